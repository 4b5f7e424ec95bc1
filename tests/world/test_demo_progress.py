"""A demo says where it is, each stage once, from what it has written down so far."""

from __future__ import annotations

from pathlib import Path

import msgspec

from greenroom.events import JobKey, PlayoutStarted, Tick
from greenroom.world.demo_progress import Progress


def write(path: Path, *cues: tuple[float, str]) -> None:
    with path.open("ab") as events:
        for t, cue in cues:
            events.write(msgspec.json.encode(Tick(t=t, t_known=t)) + b"\n")
            events.write(msgspec.json.encode(PlayoutStarted(t=t, t_known=t, job=JobKey(1), cue=cue)) + b"\n")


def test_stages_and_questions_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    progress = Progress(path, 2)
    assert not list(progress.lines())
    write(path, (8.2, "check"), (21.0, "greeting"), (65.9, "question:a"))
    assert list(progress.lines()) == ["  0:08  sensor check", "  0:21  greeting", "  1:05  question 1 of 2"]
    assert not list(progress.lines())
    write(path, (80.0, "follow_up:a:why"), (95.0, "reprompt"), (96.0, "question:a"), (120.0, "question:b"))
    assert list(progress.lines()) == ["  1:20  follow-up", "  2:00  question 2 of 2"]


def test_a_line_that_is_being_written_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    write(path, (1.0, "check"))
    whole = path.read_bytes()
    progress = Progress(path, 4)
    path.write_bytes(whole[:-5])
    assert not list(progress.lines())
    path.write_bytes(whole)
    assert list(progress.lines()) == ["  0:01  sensor check"]
