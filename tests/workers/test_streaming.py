"""A stream of somebody's sound, driven in process with the real voice detector."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from devices.room import VAD_MODEL, needs_vad
from greenroom.errors import EngineUnavailable
from greenroom.events import (
    SAMPLE_RATE_HZ,
    AnalysisDone,
    AnalysisFailed,
    AnalysisProgress,
    LevelReading,
    StreamHeard,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerEvent,
)
from greenroom.hearing.vad import SileroVad
from greenroom.ports import FaceFinder, Pcm
from greenroom.records import Analysis
from greenroom.requests import Analyze, BeginStream, DropAnalysis, EndStream, Hear, RecordingPart
from greenroom.workers import streaming
from greenroom.workers.analysis import AnalysisWorker
from greenroom.workers.segments import RING_S
from hearing.sounds import sentence
from interview.stage import CountingRecogniser

pytestmark = needs_vad
NAME = "stream-1"


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)


def spoken(*gaps_s: float) -> Pcm:
    """A sentence after each silence, and a silence at the end."""
    return np.concatenate([
        *(part for n, gap_s in enumerate(gaps_s) for part in (silence(gap_s), sentence(3 + n))), silence(1.0)])


def blind() -> FaceFinder:
    raise EngineUnavailable("nobody looks here")


class Bench:
    def __init__(self, load_face: Callable[[], FaceFinder] = blind) -> None:
        self.events: list[WorkerEvent] = []
        self.worker = AnalysisWorker(self.events.append, lambda: SileroVad(VAD_MODEL), CountingRecogniser,
                                     lambda _pcm: False, load_face=load_face)
        self.worker.warm_up(0)
        self._sent = 0

    def begin(self) -> None:
        self.worker.handle(BeginStream(stream=NAME))

    def send(self, pcm: Pcm, samples: int = 3_200) -> None:
        """As a client does that waits for what was sent."""
        for start in range(0, pcm.size, samples):
            piece = pcm[start : start + samples]
            self.worker.handle(Hear(stream=NAME, n=self._sent, t=self._sent / SAMPLE_RATE_HZ, pcm=piece.tobytes()))
            self._sent += piece.size
            while self._sent - self.heard_t * SAMPLE_RATE_HZ >= streaming.STEP_SAMPLES and not self.failed:
                self.worker.advance(0.0)

    def end(self) -> Analysis:
        self.worker.handle(EndStream(stream=NAME))
        for _ in range(2_000):
            self.worker.advance(0.0)
        (done,) = self.of(AnalysisDone)
        assert isinstance(done, AnalysisDone)
        return done.analysis

    def of(self, *kinds: type[WorkerEvent]) -> list[WorkerEvent]:
        return [event for event in self.events if isinstance(event, kinds)]

    @property
    def heard_t(self) -> float:
        return max((event.t for event in self.of(StreamHeard)), default=0.0)

    @property
    def failed(self) -> list[str]:
        return [event.code for event in self.events if isinstance(event, AnalysisFailed)]

    @property
    def utterances(self) -> list[Utterance]:
        return [event for event in self.events if isinstance(event, Utterance)]


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    made.begin()
    yield made
    assert all(event.stream == NAME for event in made.events if hasattr(event, "stream"))


def test_voice_levels_and_words_come_while_the_sound_does(bench: Bench) -> None:
    bench.send(spoken(1.0, 1.0, 1.0))
    assert len(bench.of(VoiceStarted)) == len(bench.of(VoiceStopped)) >= 3
    assert bench.of(VoiceStarted)[0].t == pytest.approx(1.0, abs=0.15)
    levels = bench.of(LevelReading)
    assert len(levels) == int(bench.heard_t * 10 + 1e-6)
    assert any(not utterance.is_final for utterance in bench.utterances)
    assert [u.segment for u in bench.utterances if u.is_final] == list(range(len(bench.of(VoiceStopped))))
    assert not bench.of(AnalysisDone), "it goes on"


def test_the_end_brings_all_words_and_the_measures_of_a_recording(bench: Bench) -> None:
    sound = spoken(1.0, 3.0)
    bench.send(sound)
    found = bench.end()
    assert found.duration_s == pytest.approx(sound.size / SAMPLE_RATE_HZ)
    assert found.words == tuple(word for u in bench.utterances if u.is_final for word in u.words)
    longest = next(measure for measure in found.measures if measure.name == "longest_pause_s")
    assert longest.value == pytest.approx(3.0, abs=0.3)
    assert "time_to_first_word_s" not in {measure.name for measure in found.measures}
    assert "stream" in found.source


@pytest.mark.parametrize("samples", [100, 512, 1_000, 16_000])
def test_what_is_heard_does_not_depend_on_how_the_sound_is_cut(samples: int) -> None:
    sound = spoken(0.5, 0.7)
    results = []
    for size in (samples, 3_200):
        bench = Bench()
        bench.begin()
        bench.send(sound, size)
        results.append(bench.end())
    assert results[0] == results[1]


def test_words_said_before_the_channel_was_learned_are_not_lost(bench: Bench) -> None:
    sound = spoken(0.5)
    bench.send(sound[: round(1.5 * SAMPLE_RATE_HZ)])
    assert not bench.utterances, "a second of voice is too little to learn from"
    bench.send(sound[round(1.5 * SAMPLE_RATE_HZ) :])
    found = bench.end()
    assert found.words[0].start_t < 1.5


def test_a_word_alone_is_told_at_the_end(bench: Bench) -> None:
    sound = spoken(0.5)[: round(1.2 * SAMPLE_RATE_HZ)]
    bench.send(np.concatenate([sound, silence(0.5)]))
    assert bench.end().words


def test_a_word_after_which_somebody_is_silent_for_long_is_told(bench: Bench) -> None:
    bench.send(np.concatenate([spoken(0.5)[: round(1.2 * SAMPLE_RATE_HZ)], silence(RING_S + 10.0)]))
    assert [u for u in bench.utterances if u.is_final and u.words]


@pytest.mark.parametrize("sound", [silence(0.0), silence(0.02), silence(3.0)], ids=["none", "one chunk", "silence"])
def test_where_nothing_is_said_nothing_is_told(bench: Bench, sound: Pcm) -> None:
    bench.send(sound)
    found = bench.end()
    assert not found.words
    assert all(measure.value is None for measure in found.measures if measure.name != "talk_s")


def test_sound_that_comes_too_fast_ends_the_stream_and_not_the_worker(bench: Bench) -> None:
    bench.worker.handle(Hear(stream=NAME, n=0, t=0.0, pcm=silence(streaming.MAX_WAITING_S + 1.0).tobytes()))
    assert bench.failed == ["command-refused"]
    bench.worker.handle(Hear(stream=NAME, n=0, t=0.0, pcm=silence(0.1).tobytes()))
    bench.worker.handle(EndStream(stream=NAME))
    bench.worker.advance(0.0)
    assert bench.failed == ["command-refused"], "of a stream that is gone nothing more is told"


def test_a_stream_has_an_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MAX_RECORDING_S", 1.0)
    bench.send(silence(1.5))
    assert bench.failed == ["recording-too-long"]


def test_a_second_stream_is_refused_and_the_first_goes_on(bench: Bench) -> None:
    bench.worker.handle(BeginStream(stream=NAME + "b"))
    (failed,) = bench.of(AnalysisFailed)
    assert isinstance(failed, AnalysisFailed)
    assert (failed.stream, failed.code) == (NAME + "b", "jobs-full")
    bench.events.remove(failed)
    bench.send(silence(0.512))
    assert bench.heard_t == 0.512


def test_a_stream_that_is_dropped_leaves_room_for_the_next(bench: Bench) -> None:
    bench.send(spoken(0.5))
    bench.worker.handle(DropAnalysis(stream=NAME))
    bench.begin()
    assert not bench.failed


def test_somebody_who_is_speaking_leaves_time_for_recordings(bench: Bench) -> None:
    bench.send(spoken(0.5)[: round(5.0 * SAMPLE_RATE_HZ)])
    for _ in range(200):
        bench.worker.advance(0.0)
    assert bench.of(VoiceStarted)
    assert len(bench.of(VoiceStarted)) > len(bench.of(VoiceStopped)), "in the middle of a voice"
    assert bench.utterances[-1].t > bench.heard_t - 0.5, "nothing of it waits"
    bench.worker.handle(Analyze(stream="job-1", name="a.wav"))
    bench.worker.handle(RecordingPart(stream="job-1", data=b"no sound", is_last=True))
    bench.worker.advance(0.0)
    assert bench.failed == ["recording"]
    bench.events = [event for event in bench.events if not isinstance(event, AnalysisFailed | AnalysisProgress)]


def test_a_recording_waits_while_a_stream_is_worked_on_and_goes_on_beside_it(bench: Bench) -> None:
    bench.worker.handle(Hear(stream=NAME, n=0, t=0.0, pcm=silence(0.512).tobytes()))
    bench.worker.handle(Analyze(stream="job-1", name="a.wav"))
    bench.worker.handle(RecordingPart(stream="job-1", data=b"no sound", is_last=True))
    while bench.heard_t < 0.512:
        bench.worker.advance(0.0)
        assert not bench.failed
    bench.worker.advance(0.0)
    assert bench.failed == ["recording"]
    bench.events = [event for event in bench.events if not isinstance(event, AnalysisFailed | AnalysisProgress)]
