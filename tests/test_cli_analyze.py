"""``greenroom analyze`` as a user starts it."""

from __future__ import annotations

import os
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from commands import Running, failures, is_clean
from devices.room import needs_vad
from greenroom.reports.analysis import AnalysisReport, json_schema
from hearing.sounds import sentence, stored
from seeing.faces import needs_face
from seeing.videos import film, scene

pytestmark = [pytest.mark.process, needs_vad]


class Links(HTMLParser):
    """Ids of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids |= {found["id"] or ""} if "id" in found else set()
        href = found.get("href") or ""
        if tag == "a" and href.startswith("#"):
            self.targets.add(href[1:])


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_json_is_alone_on_standard_output_and_of_the_published_schema(tmp_path: Path) -> None:
    stored(tmp_path / "a.mp3", sentence())
    with Running(["analyze", "a.mp3", "--json", "--html", "a.html"], tmp_path) as command:
        assert command.finish(150) == 0
        report = msgspec.json.decode(command.stdout(), type=AnalysisReport)
        assert command.is_gone_within(2)
        assert not list(command.temp.iterdir())
    assert report.file == "a.mp3"
    assert report.transcript.text == " ".join(word.text for word in report.transcript.words)
    assert len(report.transcript.words) >= 5
    rate = report.measures["speaking_rate_wpm"]
    assert rate.value is not None
    assert 80 < rate.value < 260
    assert rate.evidence
    assert not any(course.name in ("eye_contact", "yaw_deg") for course in report.series), "sound shows nobody"
    page = (tmp_path / "a.html").read_text()
    links = Links(page)
    assert links.targets
    assert links.targets <= links.ids
    assert set(json_schema()["$defs"]["AnalysisReport"]["required"]) <= set(msgspec.to_builtins(report))


def test_what_is_no_recording_is_one_line_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound\n" * 100)
    with Running(["analyze", "text.wav", "--json"], tmp_path) as command:
        assert command.finish(100) == 1
        (line,) = failures(command.stderr())
        assert line.startswith("greenroom: recording: text.wav is no recording that can be read Fix: ")
        assert command.stdout() == ""
        assert command.is_gone_within(2)
        assert not list(command.temp.iterdir())
    for arguments, code in (
            (["analyze", "nowhere.wav"], 1), (["analyze"], 2), (["analyze", "text.wav", "--channel", "0"], 2),
            (["analyze", "text.wav", "--html", "no/folder.html"], 1), (["analyze", "text.wav", "--html", "."], 1)):
        with Running(arguments, tmp_path) as command:
            assert command.finish(30) == code
            assert len(failures(command.stderr())) == 1
            assert command.stdout() == ""


def test_without_the_models_it_says_in_one_line_how_to_get_them(tmp_path: Path) -> None:
    stored(tmp_path / "a.wav", sentence())
    settings = {"GREENROOM_BOOTH_MODELS_DIR": str(tmp_path / "none")}
    with Running(["analyze", "a.wav"], tmp_path, settings) as command:
        assert command.finish(30) == 1
        (line,) = [line for line in command.stderr() if line.strip()]
        assert line.startswith("greenroom: model-missing: ")


@pytest.mark.slow
def test_a_name_that_is_no_text_is_heard_and_a_good_run_tells_of_no_fault(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"bad\xff name.flac")
    stored(tmp_path / "a.flac", sentence()).rename(path)
    with Running(["analyze", path.name, "--json"], tmp_path) as command:
        assert command.finish(100) == 0
        assert msgspec.json.decode(command.stdout())["file"] == "bad? name.flac"
        assert [line for line in command.stderr() if line.strip()] == []


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    stored(tmp_path / "a.wav", sentence())
    with Running(["analyze", "a.wav", "--html", "a.html"], tmp_path) as command:
        command.until(lambda: command.worker("analysis") is not None, 60)
        command.interrupt()
        assert command.finish(30) == 130
        assert command.is_gone_within(5)
        assert is_clean([line for line in command.stderr() if line.strip() and line != "stopped"])
        assert not list(command.temp.iterdir())
    assert not (tmp_path / "a.html").exists()


def test_the_schema_is_printed(tmp_path: Path) -> None:
    with Running(["analyze", "--schema"], tmp_path) as command:
        assert command.finish(30) == 0
        assert msgspec.json.decode(command.stdout())["$id"] == "urn:greenroom-analysis:1"


@needs_face
@pytest.mark.slow
@pytest.mark.timeout(200)
def test_a_video_is_heard_and_seen_and_its_page_opens_the_evidence(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4", lambda t: scene(t, yaw_deg=15.0 * (t >= 2.5)), 5.0, pcm=sentence())
    with Running(["analyze", "a.mp4", "--json", "--html", "a.html"], tmp_path) as command:
        assert command.finish(150) == 0
        report = msgspec.json.decode(command.stdout(), type=AnalysisReport)
        assert not list(command.temp.iterdir())
    assert report.picture is not None
    assert report.picture.is_calibrated
    assert report.head_pose is not None
    assert report.head_pose.yaw_deg.p95 == pytest.approx(15.0, abs=4.0)
    assert report.eye_contact is not None
    assert report.eye_contact.share is not None
    assert report.measures["yaw_deg"].evidence
    page = (tmp_path / "a.html").read_text()
    links = Links(page)
    assert links.targets <= links.ids
    assert "Head turned" in page
    with Running(["analyze", "a.mp4"], tmp_path) as command:
        assert command.finish(150) == 0
        assert "Head, 5 to 95 % of the frames, in degrees: yaw" in command.stdout()
        assert is_clean([line for line in command.stderr() if line.strip()])
    with Running(["analyze", "a.mp4", "--json", "--sound"], tmp_path) as command:
        assert command.finish(150) == 0
        assert msgspec.json.decode(command.stdout(), type=AnalysisReport).picture is None
