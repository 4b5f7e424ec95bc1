"""A whole interview through every process, twice: it repeats, and what it measures lies within its bounds."""

from __future__ import annotations

import re
import statistics
from pathlib import Path
from typing import Any

import msgspec
import pytest

from commands import Running, is_clean
from greenroom.reports.schema import Report, from_json
from greenroom.world.measure import (
    felt_gaps,
    pooled,
    read_room,
    reference_texts,
    self_interruptions,
    word_errors,
)
from greenroom.world.truth import Truth, read_truth
from test_cli import needs_models

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(300), needs_models]

MAX_WORD_ERROR_RATE = 0.2
MAX_HEAD_POSE_ERROR_DEG = 4.0
STAGES = {"capture", "soft end", "final words", "first clause", "turn taken", "first sample heard"}


class Interview:
    """What one run left."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        with Running(["demo", "--fast", "--questions", "1", "--seed", "1", "--out", "out"], folder) as command:
            self.status = command.finish(120)
            self.stdout, self.stderr = command.stdout(), command.stderr()
        self.out = folder / "out"
        self.truth: Truth = read_truth(self.out / "truth.json")
        self.report: Report = from_json((self.out / "report.json").read_bytes())
        lines = (self.out / "events.jsonl").read_bytes().splitlines()
        self.events: list[dict[str, Any]] = [msgspec.json.decode(line) for line in lines]


@pytest.fixture(scope="module")
def interview(tmp_path_factory: pytest.TempPathFactory) -> Interview:
    return Interview(tmp_path_factory.mktemp("end_to_end") / "first")


def test_it_ends_well_and_leaves_everything(interview: Interview) -> None:
    assert interview.status == 0
    assert is_clean(interview.stderr)
    assert interview.report.is_complete
    assert sorted(path.name for path in interview.out.iterdir()) == [
        "events.jsonl", "report.html", "report.json", "room.wav", "truth.json"]
    assert f"Report: {interview.out / 'report.html'}" in interview.stdout


def test_the_same_seed_gives_the_same_interview(interview: Interview,
                                                tmp_path_factory: pytest.TempPathFactory) -> None:
    again = Interview(tmp_path_factory.mktemp("end_to_end") / "again")
    for name in ("events.jsonl", "room.wav", "truth.json"):
        assert (again.out / name).read_bytes() == (interview.out / name).read_bytes(), name
    first, second = (_without_identity(each.out / "report.json") for each in (interview, again))
    assert first == second


def test_words_come_out_as_they_were_said(interview: Interview) -> None:
    said = reference_texts(interview.truth)
    parts = [word_errors(said[answer.cue], answer.transcript) for answer in interview.report.answers]
    assert pooled(parts).words >= 50
    assert pooled(parts).rate < MAX_WORD_ERROR_RATE


def test_the_booth_never_interrupts_itself_or_the_candidate(interview: Interview) -> None:
    cuts = [float(event["t"]) for event in interview.events if event["type"] in ("playout_paused", "playout_cut")]
    assert self_interruptions(cuts, interview.truth) == []
    assert not interview.truth.cut_offs


def test_the_booth_has_listened_to_itself_before_anybody_came(interview: Interview) -> None:
    (echo,) = (engine for engine in interview.report.engines if engine.capability == "echo")
    assert echo.name == "webrtc-aec3"
    assert "dB removed" in echo.detail


def test_every_answer_has_its_gap_with_stages(interview: Interview) -> None:
    room = read_room(interview.out / "room.wav", interview.truth)
    gaps = [gap.gap_s for gap in felt_gaps(room, interview.truth) if gap.cue.startswith(("question:", "follow_up:"))]
    assert len(gaps) == len(interview.report.answers) >= 1
    assert 0.0 < statistics.median(gaps) < 1.6
    for answer in interview.report.answers:
        assert answer.gap_s is not None
        assert {stage.name for stage in answer.stages} >= STAGES


@pytest.mark.parametrize("axis", ["yaw_deg", "pitch_deg", "roll_deg"])
def test_the_head_is_where_it_was_seen(interview: Interview, axis: str) -> None:
    scenes = dict(zip((round(t * 1000) for t in interview.truth.scenes.t), getattr(interview.truth.scenes, axis),
                      strict=True))
    errors = [abs(event[axis] - scenes[round(event["t"] * 1000)]) for event in interview.events
              if event["type"] == "face" and event.get(axis) is not None and round(event["t"] * 1000) in scenes]
    assert len(errors) > 200
    assert statistics.fmean(errors) < MAX_HEAD_POSE_ERROR_DEG


def test_the_report_needs_nothing_from_elsewhere(interview: Interview) -> None:
    page = (interview.out / "report.html").read_text()
    assert interview.report.answers[0].question in page
    # Names of XML vocabularies are addresses by form only.
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", page)) - {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert addresses == set()
    assert not re.search(r"(src|href|action)\s*=\s*[\"']//", page)


def _without_identity(path: Path) -> Any:
    report = msgspec.json.decode(path.read_bytes())
    for key in ("session", "id", "started_at"):
        report.pop(key, None)
    return report
