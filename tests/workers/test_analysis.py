"""The analysis worker, driven in process: steps, ends, and jobs that are held or dropped."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.room import VAD_MODEL, needs_vad
from greenroom.errors import RecordingError
from greenroom.events import SAMPLE_RATE_HZ, AnalysisDone, AnalysisFailed, AnalysisProgress, WorkerEvent
from greenroom.hearing.decoder_av import Recording
from greenroom.hearing.vad import SileroVad
from greenroom.ports import Pcm
from greenroom.records import Analysis
from greenroom.requests import Analyze, DropAnalysis, HoldAnalysis, RecordingPart
from greenroom.workers import analysis, recorded
from greenroom.workers.analysis import AnalysisWorker
from greenroom.workers.recorded import Openers
from hearing.sounds import sentence
from interview.stage import CountingRecogniser

pytestmark = needs_vad


class Tape(Recording):
    """A recording that needs no file."""

    def __init__(self, pcm: Pcm) -> None:
        self.notes = ["a note"]
        self._pcm = pcm
        self.is_closed = False

    @property
    def source(self) -> str:
        return "tape"

    @property
    def stated_s(self) -> float | None:
        return None

    def decode(self) -> Iterator[Pcm]:
        for start in range(0, self._pcm.size, 4000):
            yield self._pcm[start : start + 4000]

    def close(self) -> None:
        self.is_closed = True


def with_pauses(*parts: Pcm) -> Pcm:
    gap = np.zeros(3 * SAMPLE_RATE_HZ, np.int16)
    return np.concatenate([gap, *(piece for part in parts for piece in (part, gap))])


class Bench:
    def __init__(self, pcm: Pcm | None = None) -> None:
        self.tape = Tape(with_pauses(sentence(3), sentence(4)) if pcm is None else pcm)
        self.events: list[WorkerEvent] = []
        self.worker = AnalysisWorker(self.events.append, lambda: SileroVad(VAD_MODEL), CountingRecogniser,
                                     lambda _pcm: False, openers=Openers(sound=self.open))
        self.worker.warm_up(0)
        self.t = 0.0

    def open(self, path: Path, channel: int) -> Recording:
        assert channel == 0
        if path.name == "bad":
            raise RecordingError("bad is no recording", fix="give another")
        return self.tape

    def hand_in(self, stream: str, name: str) -> None:
        self.worker.handle(Analyze(stream=stream, name=name))
        self.worker.handle(RecordingPart(stream=stream, data=b"RI", is_last=False))
        self.worker.handle(RecordingPart(stream=stream, data=b"FF", is_last=True))

    def run(self, steps: int = 10_000) -> None:
        for _ in range(steps):
            self.t += 0.01
            self.worker.advance(self.t)

    def done(self) -> list[Analysis]:
        return [event.analysis for event in self.events if isinstance(event, AnalysisDone)]


def test_a_recording_gives_words_voice_and_measures_on_its_own_timeline() -> None:
    bench = Bench()
    bench.hand_in("job-1", "a.wav")
    bench.run()
    (found,) = bench.done()
    assert found.duration_s == pytest.approx(bench.tape._pcm.size / SAMPLE_RATE_HZ)
    assert found.words
    first_s = sentence(3).size / SAMPLE_RATE_HZ
    assert found.voice[0].start_t == pytest.approx(3.0, abs=0.15)
    assert found.voice[-1].end_t == pytest.approx(found.duration_s - 3.0, abs=0.3)
    assert any(word.start_t > 6.0 + first_s - 0.5 for word in found.words)
    assert {measure.name for measure in found.measures} >= {"longest_pause_s", "loudness_dbfs", "talk_s"}
    assert "eye_contact" not in {measure.name for measure in found.measures}
    longest = next(measure for measure in found.measures if measure.name == "longest_pause_s")
    assert longest.value == pytest.approx(3.0, abs=0.3)
    assert (found.source, found.notes) == ("tape", ("a note",))
    assert bench.tape.is_closed


def test_progress_only_grows_and_work_comes_in_small_steps() -> None:
    bench = Bench(with_pauses(*(sentence(n) for n in range(3, 9))))
    bench.hand_in("job-1", "a.wav")
    bench.run()
    shares = [event.share for event in bench.events if isinstance(event, AnalysisProgress)]
    assert shares == sorted(shares)
    assert len(shares) >= bench.tape._pcm.size / SAMPLE_RATE_HZ / recorded.STEP_S


@pytest.mark.parametrize("pcm", [np.zeros(5 * SAMPLE_RATE_HZ, np.int16), np.zeros(100, np.int16)],
                         ids=["silence", "hardly anything"])
def test_where_nothing_is_said_nothing_is_told(pcm: Pcm) -> None:
    bench = Bench(pcm)
    bench.hand_in("job-1", "a.wav")
    bench.run()
    (found,) = bench.done()
    assert not found.words
    assert not found.voice
    assert all(measure.value is None and measure.reason for measure in found.measures if measure.name != "talk_s")


def test_a_file_that_is_none_is_told_with_its_code_and_the_next_job_is_done() -> None:
    bench = Bench()
    bench.hand_in("job-1", "bad")
    bench.hand_in("job-2", "good")
    bench.run()
    (failed,) = [event for event in bench.events if isinstance(event, AnalysisFailed)]
    assert (failed.stream, failed.code, failed.fix) == ("job-1", "recording", "give another")
    assert len(bench.done()) == 1


def test_a_job_can_be_held_and_dropped() -> None:
    bench = Bench()
    bench.hand_in("job-1", "a.wav")
    bench.run(5)
    bench.worker.handle(HoldAnalysis(is_held=True))
    before = len(bench.events)
    bench.run(100)
    assert len(bench.events) == before
    bench.worker.handle(HoldAnalysis(is_held=False))
    bench.run(2)
    assert len(bench.events) > before
    bench.worker.handle(DropAnalysis(stream="job-1"))
    bench.run()
    assert bench.done() == []
    assert bench.tape.is_closed


def test_jobs_that_wait_are_bounded() -> None:
    bench = Bench()
    for n in range(analysis.MAX_WAITING):
        bench.hand_in(f"job-{n}", "a.wav")
    bench.hand_in("one-more", "a.wav")
    (failed,) = [event for event in bench.events if isinstance(event, AnalysisFailed)]
    assert (failed.stream, failed.code) == ("one-more", "jobs-full")


def folders(folder: Path) -> list[Path]:
    return sorted(folder.glob("greenroom-*"))


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_recording_arrives_whole_under_its_own_name_and_is_gone_after_its_job(temp: Path) -> None:
    bench = Bench()
    bench.hand_in("job-1", "my answer, take 2.wav")
    (folder,) = folders(temp)
    assert (folder / "my answer, take 2.wav").read_bytes() == b"RIFF"
    assert [e.stage for e in bench.events if isinstance(e, AnalysisProgress)] == ["receiving"] * 2
    bench.run()
    assert len(bench.done()) == 1
    assert folders(temp) == []


@pytest.mark.parametrize("name", ["/etc/passwd", "../../up.wav", "ä" * 300, "", "..", ".", "a\0b"])
def test_whatever_it_is_called_it_lies_in_its_own_folder(temp: Path, name: str) -> None:
    bench = Bench()
    bench.hand_in("job-1", name)
    (folder,) = folders(temp)
    assert [path.read_bytes() for path in folder.iterdir()] == [b"RIFF"]
    assert sorted(temp.iterdir()) == [folder]


def test_recordings_that_are_dropped_forgotten_or_bad_leave_nothing(temp: Path) -> None:
    bench = Bench()
    bench.worker.handle(Analyze(stream="half", name="a.wav"))
    bench.hand_in("waits", "a.wav")
    bench.worker.handle(DropAnalysis(stream="half"))
    bench.worker.handle(RecordingPart(stream="half", data=b"late", is_last=True))
    bench.worker.handle(DropAnalysis(stream="waits"))
    assert folders(temp) == []
    bench.hand_in("job-1", "bad")
    bench.run(3)
    bench.hand_in("job-2", "a.wav")
    bench.run(3)
    bench.worker.handle(Analyze(stream="job-3", name="a.wav"))
    assert len(folders(temp)) == 2
    bench.worker.forget()
    assert folders(temp) == []


def test_a_recording_that_cannot_be_stored_is_told_with_its_code(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temp / "nowhere"))
    bench = Bench()
    bench.hand_in("job-1", "a.wav")
    (failed,) = [event for event in bench.events if isinstance(event, AnalysisFailed)]
    assert (failed.stream, failed.code) == ("job-1", "storage")
    assert "another place" in failed.fix


def test_what_a_worker_left_that_was_killed_is_swept_up(temp: Path) -> None:
    left, other = temp / "greenroom-999999999-abc", temp / f"greenroom-{os.getpid()}-abc"
    for folder in (left, other):
        folder.mkdir()
        (folder / "a.wav").touch()
    Bench()
    assert folders(temp) == [other]
