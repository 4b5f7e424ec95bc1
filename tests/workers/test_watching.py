"""Videos of the drawn candidate through the analysis worker: what is told of them is near the truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from devices.room import VAD_MODEL, needs_vad
from greenroom.errors import EngineUnavailable
from greenroom.events import AnalysisDone, AnalysisFailed, AnalysisProgress, PictureSeen, WorkerEvent
from greenroom.hearing.vad import SileroVad
from greenroom.ports import FaceFinder
from greenroom.records import Analysis, Measure
from greenroom.reports.analysis import AnalysisReport, build, json_schema, to_json
from greenroom.requests import Analyze, LookAt, RecordingPart
from greenroom.workers import watching
from greenroom.workers.analysis import AnalysisWorker
from greenroom.workers.watching import NO_FACE_ENGINE
from hearing.sounds import sentence, stored
from interview.stage import CountingRecogniser
from seeing.faces import needs_face, new_finder
from seeing.videos import film, scene

pytest.importorskip("av", reason="PyAV is not installed")
pytest.importorskip("cv2", reason="OpenCV is not installed")
pytestmark = [needs_vad, needs_face]

LOOKS_S = 2.5
"""The candidate looks into the lens for so long, to begin with."""


class Bench:
    """A worker in process, and what it tells."""

    def __init__(self, *, has_face: bool = True) -> None:
        self.events: list[WorkerEvent] = []
        self.worker = AnalysisWorker(self.events.append, lambda: SileroVad(VAD_MODEL), CountingRecogniser,
                                     lambda _pcm: False, load_face=new_finder if has_face else blind)
        self.worker.warm_up(0)

    def hand_in(self, path: Path, *, is_watched: bool = True, channel: int = 0) -> None:
        self.events.clear()
        self.worker.handle(Analyze(stream="job-1", name=path.name, is_watched=is_watched, channel=channel))
        self._send(path.read_bytes())

    def look(self, data: bytes) -> PictureSeen | AnalysisFailed:
        self.events.clear()
        self.worker.handle(LookAt(stream="job-1"))
        self._send(data)
        (found,) = [event for event in self.events if isinstance(event, PictureSeen | AnalysisFailed)]
        return found

    def run(self) -> None:
        t = 0.0
        while not any(isinstance(event, AnalysisDone | AnalysisFailed) for event in self.events):
            t += 0.01
            self.worker.advance(t)

    def analysed(self, path: Path, *, is_watched: bool = True) -> Analysis:
        self.hand_in(path, is_watched=is_watched)
        self.run()
        done = self.events[-1]
        assert isinstance(done, AnalysisDone), done
        return done.analysis

    def refused(self, path: Path, channel: int = 0) -> AnalysisFailed:
        self.hand_in(path, channel=channel)
        self.run()
        failed = self.events[-1]
        assert isinstance(failed, AnalysisFailed), failed
        return failed

    def _send(self, data: bytes) -> None:
        self.worker.handle(RecordingPart(stream="job-1", data=data, is_last=True))


def blind() -> FaceFinder:
    raise EngineUnavailable("LiteRT is not installed", fix="pip install ai-edge-litert")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.worker.close()


def turned(t: float) -> dict[str, float]:
    """Looks into the lens, then aside with the head, then back at it from the corner of the eyes; three blinks."""
    eyelids = 0.0 if any(at <= t < at + 0.25 for at in (4.0, 7.0, 11.0)) else 1.0
    if t < LOOKS_S:
        return {"eyelids": eyelids}
    return {"yaw_deg": 25.0 if t < 8.0 else 12.0, "gaze_yaw_deg": 0.0 if t < 8.0 else -12.0, "eyelids": eyelids}


def measure(analysis: Analysis, name: str) -> Measure:
    return next(each for each in analysis.measures if each.name == name)


def report(analysis: Analysis) -> AnalysisReport:
    return build(analysis, "a.mp4")


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_a_whole_video_is_told_near_the_truth(bench: Bench, tmp_path: Path) -> None:
    voice = np.concatenate([np.zeros(8000, np.int16), sentence(3), sentence(4)])
    voice = np.concatenate([voice, np.zeros(max(0, 12 * 16_000 - voice.size), np.int16)])
    path = film(tmp_path / "a.mp4", lambda t: scene(t, **turned(t)), 12.0, codec="libx264", rate_hz=30, pcm=voice)
    found = bench.analysed(path)
    told = report(found)
    assert told.picture is not None
    assert told.picture.is_calibrated
    assert told.picture.neutral is not None
    assert told.picture.neutral.start_s < 0.5
    assert told.picture.frames == pytest.approx(180, abs=3)
    assert told.head_pose is not None
    yaws = [turned(n / 15).get("yaw_deg", 0.0) for n in range(180)]
    yaw = told.head_pose.yaw_deg
    assert [yaw.p5, yaw.median, yaw.p95] == pytest.approx(list(np.percentile(yaws, (5, 50, 95))), abs=4.0)
    for spread in (told.head_pose.pitch_deg, told.head_pose.roll_deg):
        assert [spread.p5, spread.median, spread.p95] == pytest.approx([0.0, 0.0, 0.0], abs=4.0)
    assert told.head_pose.coverage > 0.97
    assert told.eye_contact is not None
    assert told.eye_contact.share == pytest.approx((LOOKS_S + 4.0) / 12.0, abs=0.08)
    assert told.blink_rate_per_min is not None
    assert told.blink_rate_per_min.value == pytest.approx(15.0, abs=0.5)
    assert told.faces is not None
    assert (told.faces.most, told.faces.none_share, told.faces.several_share) == (1, 0.0, 0.0)
    assert len(found.words) > 5
    assert {course.name for course in found.series} >= {"speaking_rate_wpm", "eye_contact", "yaw_deg"}
    away = measure(found, "eye_contact").evidence
    assert away[0].start_t == pytest.approx(2.5, abs=0.2)
    assert away[-1].end_t == pytest.approx(8.0, abs=0.3), "blinks break no look"
    assert found.engines[-1].capability == "face"


def test_a_video_without_sound_tells_what_was_seen_and_of_the_voice_nothing(bench: Bench, tmp_path: Path) -> None:
    found = bench.analysed(film(tmp_path / "a.avi", lambda t: scene(t, yaw_deg=6.0 if t > 2.1 else 0.0), 4.2,
                                codec="mjpeg"))
    told = report(found)
    assert told.source == ""
    assert told.duration_s == pytest.approx(4.2, abs=0.1)
    assert any("holds no sound" in note for note in told.notes)
    assert told.head_pose is not None
    assert told.head_pose.yaw_deg.p95 == pytest.approx(6.0, abs=3.0)
    from_sound = {name for name, each in told.measures.items() if each.reason == "there was no sound"}
    assert from_sound >= {"talk_s", "pauses", "speaking_rate_wpm", "loudness_dbfs", "pitch_median_hz"}
    assert all(told.measures[name].value is None for name in from_sound)
    assert {course.name for course in told.series} == {"eye_contact", "yaw_deg", "pitch_deg"}


def test_sound_alone_is_told_as_ever(bench: Bench, tmp_path: Path) -> None:
    path = stored(tmp_path / "a.flac", sentence())
    watched, heard = bench.analysed(path), bench.analysed(path, is_watched=False)
    assert watched == heard
    told = report(watched)
    assert (told.picture, told.head_pose, told.eye_contact, told.blink_rate_per_min, told.faces) == (None,) * 5


def test_nobody_looks_at_the_picture_when_it_was_not_asked_for(bench: Bench, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", scene, 1.0, pcm=sentence())
    found = bench.analysed(path, is_watched=False)
    assert found.sight is None
    assert found.words
    path = film(tmp_path / "b.mp4", scene, 1.0)
    bench.hand_in(path, is_watched=False)
    bench.run()
    failed = bench.events[-1]
    assert isinstance(failed, AnalysisFailed)
    assert (failed.code, failed.message) == ("recording", "b.mp4 holds no sound")


def test_a_face_that_never_looks_ahead_is_told_without_calibration_and_says_so(bench: Bench, tmp_path: Path) -> None:
    found = bench.analysed(film(tmp_path / "a.mkv", lambda t: scene(t, yaw_deg=20.0), 3.0, codec="mjpeg"))
    told = report(found)
    assert told.picture is not None
    assert not told.picture.is_calibrated
    assert told.picture.reason.startswith("not calibrated")
    assert told.head_pose is not None
    assert told.head_pose.yaw_deg.median == pytest.approx(20.0, abs=4.0)
    assert told.head_pose.reason.startswith("not calibrated")
    assert any(note.startswith("Not calibrated") for note in told.notes)


def test_a_face_that_moves_at_first_is_calibrated_when_it_keeps_still(bench: Bench, tmp_path: Path) -> None:
    found = bench.analysed(film(tmp_path / "a.mkv", lambda t: scene(t, yaw_deg=20.0 * (t < 1.5)), 4.5, codec="mjpeg"))
    assert found.sight is not None
    assert found.sight.neutral is not None
    assert found.sight.neutral.start_t == pytest.approx(1.5, abs=0.2)
    assert found.sight.yaw_deg.p95 == pytest.approx(20.0, abs=4.0), "also of the frames before"


def test_an_empty_chair_is_seen_as_one(bench: Bench, tmp_path: Path) -> None:
    told = report(bench.analysed(film(tmp_path / "a.mp4", lambda t: scene(t, is_present=False), 2.0)))
    assert told.head_pose is not None
    assert (told.head_pose.yaw_deg.median, told.head_pose.coverage, told.head_pose.reason) == (None, 0.0, "no face")
    assert told.eye_contact is not None
    assert (told.eye_contact.share, told.eye_contact.reason) == (None, "no face")
    assert told.faces is not None
    assert (told.faces.most, told.faces.none_share, told.faces.coverage) == (0, 1.0, 1.0)


def test_a_face_in_less_than_half_of_a_video_gives_no_number(bench: Bench, tmp_path: Path) -> None:
    told = report(bench.analysed(film(tmp_path / "a.mp4", lambda t: scene(t, is_present=t < 1.0), 4.0)))
    assert told.head_pose is not None
    assert told.head_pose.yaw_deg.median is None
    assert "only" in told.head_pose.reason
    assert told.head_pose.coverage == pytest.approx(0.25, abs=0.1)


def test_sound_that_begins_later_lies_where_it_is_in_the_picture(bench: Bench, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", scene, 4.0, codec="mjpeg", pcm=sentence(), sound_codec="flac", sound_late_s=1.5)
    found = bench.analysed(path)
    alone = bench.analysed(stored(tmp_path / "a.flac", sentence()))
    assert found.voice[0].start_t == pytest.approx(alone.voice[0].start_t + 1.5, abs=0.1)
    assert found.sight is not None
    assert found.sight.neutral is not None
    assert found.sight.neutral.start_t == pytest.approx(0.0, abs=0.1)


def test_a_video_that_breaks_off_is_told_as_far_as_it_goes(bench: Bench, tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.avi", scene, 8.0, codec="mjpeg").read_bytes()
    path = tmp_path / "a.avi"
    path.write_bytes(whole[: len(whole) // 2])
    found = bench.analysed(path)
    assert found.sight is not None
    assert found.sight.yaw_deg.median == pytest.approx(0.0, abs=2.0)
    assert 2.0 < found.duration_s < 6.0
    assert any("The file says" in note for note in found.notes)


def test_without_a_face_engine_the_voice_is_still_told(tmp_path: Path) -> None:
    bench = Bench(has_face=False)
    found = bench.analysed(film(tmp_path / "a.mp4", scene, 1.0, pcm=sentence()))
    assert found.words
    told = report(found)
    assert told.faces is not None
    assert (told.faces.most, told.faces.reason) == (None, NO_FACE_ENGINE)
    assert told.measures["eye_contact"].reason == NO_FACE_ENGINE
    seen = bench.look(film(tmp_path / "b.mp4", scene, 0.2).read_bytes())
    assert isinstance(seen, AnalysisFailed)
    assert seen.code == "picture"


def test_what_is_neither_heard_nor_seen_is_refused(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"hello\n" * 500)
    assert bench.refused(path).code == "recording"
    film(path, scene, 0.5, pcm=sentence())
    assert "has 1 channel, not 3" in bench.refused(path, channel=3).message


def test_progress_only_grows_and_names_its_stages(bench: Bench, tmp_path: Path) -> None:
    bench.analysed(film(tmp_path / "a.mp4", scene, 3.0, pcm=sentence()))
    told = [event for event in bench.events if isinstance(event, AnalysisProgress)]
    shares = [event.share for event in told]
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] <= shares[-1] < 1.0
    assert list(dict.fromkeys(event.stage for event in told)) == [
        "receiving", "reading", "recognising", "looking", "measuring"]


def test_the_same_video_gives_the_same_analysis(bench: Bench, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", lambda t: scene(t, yaw_deg=10 * t), 2.5, codec="mjpeg")
    other = film(tmp_path / "b.mkv", lambda t: scene(t, yaw_deg=-5 * t), 1.0, codec="mjpeg")
    first = bench.analysed(path)
    bench.analysed(other)
    assert bench.analysed(path) == first


def test_the_report_is_of_the_published_schema(bench: Bench, tmp_path: Path) -> None:
    told = report(bench.analysed(film(tmp_path / "a.mp4", scene, 2.5)))
    assert msgspec.json.decode(to_json(told), type=AnalysisReport) == told
    parts = json_schema()["$defs"]
    assert set(parts["SeenPose"]["properties"]) == {"yaw_deg", "pitch_deg", "roll_deg", "coverage", "reason"}
    assert set(parts["SeenSpread"]["required"]) == {"median", "p5", "p95"}


def test_faces_that_wait_for_a_baseline_are_few(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LEARN_WITHIN_S", 1.0)
    found = bench.analysed(film(tmp_path / "a.mkv", lambda t: scene(t, yaw_deg=20.0 * (t < 1.5)), 4.5, codec="mjpeg"))
    assert found.sight is not None
    assert found.sight.neutral is None, "it kept still later"


