from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.errors import EngineError, EngineUnavailable
from greenroom.events import (
    LIVE,
    SAMPLE_RATE_HZ,
    AudioGap,
    ChannelLearned,
    CloseSegment,
    Hear,
    JobKey,
    LearnChannel,
    OpenSegment,
    RequestFailed,
    SetChannel,
    Synthesize,
    Utterance,
    WorkerEvent,
)
from greenroom.ports import Pcm, WorkerHandler
from greenroom.records import EngineInfo, Word
from greenroom.settings import Engines, Settings
from greenroom.workers import hearing, listening, segments
from greenroom.workers.hearing import HearingWorker
from greenroom.world.measure import word_errors
from greenroom.world.render import ClipReader, load_index

JOB = JobKey(turn=1)
SLICE_S = 0.032
CHUNK_S = 0.02


class LevelRecogniser:
    """Hears a word wherever the level of the sound changes to another one than 0: the level is the word."""

    latency_s = 0.05
    info = EngineInfo(capability="recogniser", name="level")

    def __init__(self) -> None:
        self.opened: list[float] = []
        self.fed: list[Pcm] = []
        self.fed_samples = 0
        self.means: list[tuple[float, ...]] = []
        self._t = 0.0
        self._words: list[Word] = []
        self._level = 0
        self._is_open = False

    def open(self, t: float) -> None:
        assert not self._is_open
        self.opened.append(t)
        self._t, self._words, self._level, self._is_open = t, [], 0, True

    def feed(self, pcm: Pcm) -> None:
        assert self._is_open
        assert 0 < pcm.size <= 0.1 * SAMPLE_RATE_HZ
        self.fed.append(pcm)
        self.fed_samples += pcm.size
        edges = np.flatnonzero(np.diff(pcm, prepend=self._level))
        for edge in edges:
            if pcm[edge]:
                t = self._t + edge / SAMPLE_RATE_HZ
                self._words.append(Word(text=str(pcm[edge]), start_t=t, end_t=t + 0.1))
        self._level = int(pcm[-1])
        self._t += pcm.size / SAMPLE_RATE_HZ

    def partial(self) -> tuple[Word, ...]:
        assert self._is_open
        return tuple(self._words)

    def close(self) -> tuple[Word, ...]:
        self._is_open = False
        words, self._words = tuple(self._words), []
        return tuple(msgspec.structs.replace(word, certainty=0.5) for word in words)

    def learn_channel(self, pcm: Pcm) -> tuple[float, ...]:
        assert not self._is_open
        if not pcm.any():
            raise EngineError("only silence")
        return (float(pcm.size), float(pcm.max()))

    def set_channel(self, mean: tuple[float, ...]) -> None:
        assert not self._is_open
        self.means.append(mean)


class Booth:
    """A worker with a room: ``levels`` says from which second on which level sounds."""

    def __init__(self, levels: Sequence[tuple[float, int]] = ()) -> None:
        self.events: list[WorkerEvent] = []
        self.recognisers: list[LevelRecogniser] = []
        self.asked: list[Pcm] = []
        self.levels = levels
        self.worker = HearingWorker(self.events.append, self._load, self._is_filler)
        self.worker.warm_up(0)
        self.t = self.heard_t = 0.0
        self.engine.opened.clear()
        self.engine.fed.clear()
        self.engine.means.clear()

    @property
    def engine(self) -> LevelRecogniser:
        return self.recognisers[0]

    def _load(self) -> LevelRecogniser:
        self.recognisers.append(LevelRecogniser())
        return self.recognisers[-1]

    def _is_filler(self, pcm: Pcm) -> bool:
        self.asked.append(pcm)
        return bool(pcm[-1] == 99)

    def sound(self, from_t: float, samples: int) -> Pcm:
        t = from_t + (np.arange(samples) + 0.5) / SAMPLE_RATE_HZ
        pcm = np.zeros(samples, np.int16)
        for start_t, level in self.levels:
            pcm[t >= start_t] = level
        return pcm

    def hear(self, until_t: float, *, chunk_s: float = CHUNK_S, stream: str = LIVE) -> None:
        """Hand over all sound up to a time without letting the worker work."""
        while self.heard_t + chunk_s <= until_t + 1e-9:
            pcm = self.sound(self.heard_t, round(chunk_s * SAMPLE_RATE_HZ))
            self.worker.handle(Hear(n=0, t=self.heard_t, pcm=pcm.tobytes(), stream=stream))
            self.heard_t = round(self.heard_t + chunk_s, 6)

    def run(self, until_t: float) -> None:
        """Lock step: sound up to the slice's beginning, then the slice."""
        while self.t + SLICE_S <= until_t + 1e-9:
            self.hear(self.t)
            self.t = round(self.t + SLICE_S, 6)
            self.worker.advance(self.t)

    def work(self, times: int = 100) -> None:
        for _ in range(times):
            self.worker.advance(self.t)

    def open(self, from_t: float, segment: int = 0, stream: str = LIVE) -> None:
        self.worker.handle(OpenSegment(job=JOB, segment=segment, from_t=from_t, stream=stream))

    def close(self, to_t: float, segment: int = 0, stream: str = LIVE) -> None:
        self.worker.handle(CloseSegment(job=JOB, segment=segment, to_t=to_t, stream=stream))

    def finals(self) -> list[Utterance]:
        return [e for e in self.events if isinstance(e, Utterance) and e.is_final]

    def partials(self) -> list[Utterance]:
        return [e for e in self.events if isinstance(e, Utterance) and not e.is_final]

    def failures(self) -> list[RequestFailed]:
        return [e for e in self.events if isinstance(e, RequestFailed)]


def texts(utterance: Utterance) -> list[str]:
    return [word.text for word in utterance.words]


def test_is_a_worker_that_is_warm_before_the_first_answer() -> None:
    booth = Booth()
    handler: WorkerHandler = booth.worker
    assert [engine.name for engine in handler.engines] == ["level"]
    assert booth.engine.fed_samples > 0
    assert booth.events == []
    handler.close()


def test_a_segment_is_recognised_from_before_its_onset_to_after_its_end() -> None:
    booth = Booth([(1.75, 5), (1.9, 0), (2.2, 6), (2.9, 0), (3.0, 7), (3.1, 8)])
    booth.run(2.1)
    booth.open(2.1)
    booth.run(2.95)
    booth.close(2.9)
    booth.run(4.0)
    (final,) = booth.finals()
    assert texts(final) == ["5", "6", "7"]  # 1.8 s to 3.05 s
    assert [word.start_t for word in final.words] == pytest.approx([1.8, 2.2, 3.0], abs=1e-3)
    assert final.t == pytest.approx(3.05)
    assert booth.engine.opened == pytest.approx([1.8])
    assert sum(pcm.size for pcm in booth.engine.fed) == round(1.25 * SAMPLE_RATE_HZ)
    assert final.job == JOB
    assert {word.certainty for word in final.words} == {0.5}


def test_partials_come_when_words_change_and_at_most_five_times_a_second() -> None:
    booth = Booth([(1.0 + n * 0.05, n + 1) for n in range(20)])  # a new word every 50 ms for 1 s, then the last goes on
    booth.run(1.0)
    booth.open(1.0)
    booth.run(4.0)
    times = [partial.t for partial in booth.partials()]
    assert np.diff(times).min() >= 0.2 - 1e-6
    assert 4 <= len(times) <= 7
    assert max(times) < 2.3
    assert texts(booth.partials()[-1]) == [str(n + 1) for n in range(20)]


def test_what_is_known_when_follows_from_the_sound_and_the_stated_latency() -> None:
    booth = Booth([(1.0, 5), (1.5, 0)])
    booth.run(1.0)
    booth.open(1.0)
    booth.run(1.7)
    booth.close(1.5)
    before_t = booth.t
    booth.run(1.8)
    (final,) = booth.finals()
    assert final.t_known == pytest.approx(max(final.t, before_t) + LevelRecogniser.latency_s)
    assert all(e.t_known >= e.t + LevelRecogniser.latency_s - 1e-9 for e in booth.events)


def test_a_segment_without_sound_gets_an_empty_final() -> None:
    booth = Booth()
    booth.open(1.0)
    booth.close(1.2)
    booth.t = 1.3
    booth.work(1)
    assert booth.finals() == []
    booth.t = 2.0
    booth.work(1)
    (final,) = booth.finals()
    assert (final.words, final.ends_in_filler, final.t) == ((), False, 1.2)
    assert booth.engine.opened == []


def test_a_closed_segment_waits_for_its_tail() -> None:
    booth = Booth([(1.0, 5), (1.64, 6)])
    booth.hear(1.5)
    booth.open(1.0)
    booth.close(1.5)
    booth.t = 1.6
    booth.work(3)
    assert booth.finals() == []
    booth.hear(1.7)
    booth.work(1)
    assert texts(booth.finals()[0]) == ["5", "6"]


def test_a_tail_that_never_comes_is_not_waited_for() -> None:
    booth = Booth([(1.0, 5)])
    booth.hear(1.5)
    booth.open(1.0)
    booth.close(1.5)
    booth.t = 1.65 + listening.TAIL_WAIT_S + 0.01
    booth.work(3)
    (final,) = booth.finals()
    assert (texts(final), final.t) == (["5"], 1.5)


def test_a_new_segment_closes_the_one_before_and_no_word_is_heard_twice() -> None:
    booth = Booth([(1.0, 5), (1.3, 0), (1.9, 6), (2.1, 7), (2.2, 0)])
    booth.run(1.0)
    booth.open(1.0, segment=0)
    booth.run(1.8)
    booth.open(2.05, segment=1)
    booth.run(2.6)
    booth.close(2.2, segment=1)
    booth.run(3.0)
    first, second = booth.finals()
    assert (first.segment, texts(first)) == (0, ["5"])
    assert (second.segment, texts(second)) == (1, ["6", "7"])


def test_words_after_the_end_are_left_to_the_next_segment() -> None:
    booth = Booth([(1.0, 5), (1.3, 0), (1.6, 6), (1.9, 0)])
    booth.run(1.0)
    booth.open(1.0, segment=0)
    booth.run(2.0)
    booth.close(1.3, segment=0)
    booth.open(1.6, segment=1)
    booth.close(1.9, segment=1)
    booth.run(2.5)
    assert [texts(final) for final in booth.finals()] == [["5"], ["6"]]


def test_a_filled_pause_is_looked_for_in_the_sound_before_the_end() -> None:
    booth = Booth([(1.0, 5), (2.9, 99), (3.5, 0)])
    booth.run(1.0)
    booth.open(1.0)
    booth.run(3.9)
    booth.close(3.5)
    booth.run(4.0)
    assert booth.finals()[0].ends_in_filler
    (asked,) = booth.asked
    assert asked.size == 1.5 * SAMPLE_RATE_HZ
    assert asked[-1] == 99
    assert asked[0] == 5


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([0.01, 0.02, 0.05, 0.1, 0.5]), st.sampled_from([1, 3, 10, 1000]), st.integers(0, 7))
def test_words_and_blocks_do_not_depend_on_how_the_sound_arrives(chunk_s: float, every: int, phase: int) -> None:
    booth = Booth([(1.0 + 0.13 * n, n + 1) for n in range(10)])
    booth.hear(1.0, chunk_s=chunk_s)
    booth.open(1.0)
    while booth.heard_t < 3.0:
        booth.hear(booth.heard_t + chunk_s, chunk_s=chunk_s)
        phase += 1
        if phase % every == 0:
            booth.work(1)
    booth.close(2.5)
    booth.t = 3.0
    booth.work()
    (final,) = booth.finals()
    assert texts(final) == [str(n + 1) for n in range(10)]
    sizes = [pcm.size for pcm in booth.engine.fed]
    assert set(sizes[:-1]) == {segments.BLOCK_SAMPLES}
    assert sum(sizes) >= round((2.5 + segments.TAIL_S - 0.7) * SAMPLE_RATE_HZ)


def test_equal_calls_give_equal_events() -> None:
    def play() -> list[WorkerEvent]:
        booth = Booth([(1.0 + 0.31 * n, n + 1) for n in range(10)])
        booth.run(1.0)
        booth.open(1.0)
        booth.run(3.3)
        booth.close(3.0)
        booth.run(4.0)
        return booth.events

    assert play() == play()


def test_one_advance_does_a_bounded_amount_and_a_backlog_loses_nothing() -> None:
    booth = Booth([(n / 4, n + 1) for n in range(100)])
    booth.open(0.3)
    booth.hear(20.0, chunk_s=0.1)
    booth.t = 20.0
    booth.work(1)
    fed = sum(pcm.size for pcm in booth.engine.fed)
    assert fed <= (listening.WORK_S + 0.1) * SAMPLE_RATE_HZ
    booth.close(20.0)
    booth.t = 21.0
    booth.work()
    assert texts(booth.finals()[0]) == [str(n + 1) for n in range(80)]
    assert booth.failures() == []


def test_more_than_the_backlog_is_left_out_and_told() -> None:
    booth = Booth([(n, n + 1) for n in range(60)])
    booth.open(0.0)
    booth.hear(45.0, chunk_s=0.1)
    (failure,) = booth.failures()
    assert (failure.request, failure.code) == ("Hear", "engine")
    (gap,) = [event for event in booth.events if isinstance(event, AudioGap)]
    assert gap.length_s == pytest.approx(segments.BACKLOG_CUT_S, abs=0.2)
    booth.close(45.0)
    booth.t = 46.0
    booth.work(200)
    (final,) = booth.finals()
    later = [word for word in final.words if word.start_t > gap.t + gap.length_s + 1]
    assert len(later) >= 30
    assert [int(word.text) - 1.0 for word in later] == pytest.approx([word.start_t for word in later], abs=1e-3)
    assert texts(final)[-1] == "45"


def test_a_short_hole_is_bridged_and_a_long_one_begins_anew_so_times_stay_right() -> None:
    booth = Booth([(1.0, 5), (2.0, 6), (4.5, 7), (5.0, 0)])
    booth.hear(1.5)
    booth.open(1.0)
    booth.heard_t = 1.7
    booth.hear(2.5)
    booth.heard_t = 4.0
    booth.hear(5.5)
    booth.close(5.0)
    booth.t = 6.0
    booth.work()
    (final,) = booth.finals()
    heard = {word.text: word.start_t for word in final.words}
    assert texts(final) == ["5", "5", "6", "6", "7"]  # the hole and the new beginning each show the level again
    assert heard["7"] == pytest.approx(4.5, abs=1e-3)
    assert booth.engine.opened == pytest.approx([0.7, 4.0])


def test_a_replay_after_a_restart_is_recognised_from_the_segment_s_beginning() -> None:
    booth = Booth([(1.0, 5), (2.0, 6), (3.0, 7)])
    booth.heard_t = 3.02
    booth.hear(3.2)  # live sound that came first
    booth.heard_t = 0.5
    booth.hear(3.2, chunk_s=0.1)
    booth.open(1.0)
    booth.hear(3.6)
    booth.close(3.4)
    booth.t = 4.0
    booth.work()
    assert texts(booth.finals()[0]) == ["5", "6", "7"]
    assert booth.engine.opened == pytest.approx([0.7])


def test_the_ring_is_bounded() -> None:
    booth = Booth([(0.0, 3)])
    booth.hear(60.0, chunk_s=0.1)
    booth.open(0.5)
    booth.close(60.0)
    booth.t = 61.0
    booth.work(200)
    assert sum(pcm.size for pcm in booth.engine.fed) <= (segments.RING_S + 0.2) * SAMPLE_RATE_HZ
    assert booth.engine.opened[0] == pytest.approx(30.0, abs=0.2)


def test_the_channel_is_learned_from_the_sound_between_two_times() -> None:
    booth = Booth([(1.0, 4), (4.0, 9)])
    booth.run(5.0)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=3.5))
    booth.run(5.1)
    (learned,) = [event for event in booth.events if isinstance(event, ChannelLearned)]
    assert learned.mean == (2.5 * SAMPLE_RATE_HZ, 4.0)
    assert learned.t == 3.5
    assert learned.t_known >= 5.0


def test_the_channel_is_changed_only_between_segments() -> None:
    booth = Booth([(1.0, 4)])
    booth.run(3.0)
    booth.open(2.0)
    booth.run(3.5)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=3.0))
    booth.worker.handle(SetChannel(mean=(1.0, 2.0)))
    booth.run(3.8)
    assert booth.engine.means == []
    booth.close(3.5)
    booth.run(4.0)
    kinds = [type(event).__name__ for event in booth.events if not isinstance(event, Utterance) or event.is_final]
    assert kinds == ["Utterance", "ChannelLearned"]
    assert booth.engine.means == [(1.0, 2.0)]


@pytest.mark.parametrize(("from_t", "to_t"), [(2.0, 3.4), (2.5, 2.0), (50.0, 60.0)])
def test_too_little_sound_to_learn_from_is_refused(from_t: float, to_t: float) -> None:
    booth = Booth([(1.0, 4)])
    booth.run(5.0)
    booth.worker.handle(LearnChannel(from_t=from_t, to_t=to_t))
    booth.run(5.2)
    assert [(f.code, f.request) for f in booth.failures()] == [("command-refused", "LearnChannel")]
    assert not [event for event in booth.events if isinstance(event, ChannelLearned)]


def test_silence_to_learn_from_is_told() -> None:
    booth = Booth()
    booth.run(5.0)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=4.0))
    booth.run(5.2)
    assert [(f.code, f.request) for f in booth.failures()] == [("engine", "LearnChannel")]


def test_streams_do_not_mix() -> None:
    booth = Booth([(1.0, 5), (2.0, 0)])
    booth.hear(2.5)
    booth.heard_t, booth.levels = 0.0, [(1.0, 8), (2.0, 0)]
    booth.hear(2.5, stream="job")
    for stream in (LIVE, "job"):
        booth.open(1.0, stream=stream)
        booth.close(2.0, stream=stream)
    booth.t = 3.0
    booth.work(10)
    assert {final.stream: texts(final) for final in booth.finals()} == {LIVE: ["5"], "job": ["8"]}
    assert len(booth.recognisers) == 2


def test_streams_are_bounded_and_the_live_one_stays() -> None:
    booth = Booth()
    for n in range(10):
        booth.worker.handle(Hear(n=0, t=0.0, pcm=b"", stream=f"job-{n}"))
    assert len(booth.worker._streams) == hearing.MAX_STREAMS
    assert LIVE in booth.worker._streams
    assert booth.failures() == []
    for n in range(10):
        booth.open(0.0, stream=f"busy-{n}")
    assert len(booth.worker._streams) == hearing.MAX_STREAMS
    assert {f.code for f in booth.failures()} == {"command-refused"}
    assert len(booth.failures()) == 7


def test_segments_that_wait_are_bounded() -> None:
    booth = Booth()
    for n in range(listening.MAX_QUEUED + 1):
        booth.open(float(n), segment=n)
    assert [f.request for f in booth.failures()] == ["OpenSegment"]


def test_requests_that_make_no_sense_are_refused() -> None:
    booth = Booth()
    booth.close(1.0, segment=7)
    booth.worker.handle(Hear(n=0, t=0.0, pcm=b"abc"))
    booth.worker.handle(Synthesize(key="k", clause=0, text="no", style="neutral"))
    assert [f.request for f in booth.failures()] == ["CloseSegment", "Hear", "Synthesize"]
    assert {f.code for f in booth.failures()} == {"command-refused"}


def test_closing_twice_gives_one_final() -> None:
    booth = Booth([(1.0, 5)])
    booth.hear(2.0)
    booth.open(1.0)
    booth.close(1.5)
    booth.close(1.6)
    booth.t = 2.0
    booth.work()
    booth.close(1.5)
    assert len(booth.finals()) == 1
    assert booth.failures() == []


def test_nothing_personal_is_kept_after_forgetting() -> None:
    booth = Booth([(1.0, 5)])
    booth.run(3.0)
    booth.open(1.0)
    booth.worker.handle(Hear(n=0, t=0.0, pcm=b"", stream="job"))
    booth.run(3.2)
    booth.worker.handle(SetChannel(mean=(1.0,)))
    booth.events.clear()
    booth.worker.forget()
    assert booth.engine.means[-1] == ()
    assert list(booth.worker._streams) == [LIVE]
    booth.t = 10.0
    booth.work()
    assert booth.events == []
    booth.open(1.0)
    booth.close(3.0)
    booth.work()
    assert [texts(final) for final in booth.finals()] == [[]]


def test_an_engine_without_an_adapter_is_named_with_what_to_do() -> None:
    with pytest.raises(EngineUnavailable) as caught:
        hearing.build(Settings(engines=Engines(recogniser="whisper")), lambda _: None)
    assert caught.value.fix


@pytest.mark.slow
def test_a_recorded_sentence_goes_through_with_the_booth_s_own_engine() -> None:
    clip = next(c for c in load_index().values() if c.text.startswith("Hello, this is my voice"))
    pcm = ClipReader()(clip.name)
    booth = Booth()
    booth.worker = hearing.build(Settings(), booth.events.append)
    booth.worker.warm_up(0)
    booth.sound = lambda from_t, samples: _part(pcm, from_t - 1.0, samples)  # type: ignore[method-assign]  # one room
    end_t = 1.0 + pcm.size / SAMPLE_RATE_HZ
    booth.run(end_t + 0.5)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=end_t))
    booth.open(1.0)
    booth.close(end_t)
    booth.run(end_t + 1.5)
    (final,) = booth.finals()
    assert booth.failures() == []
    assert word_errors(clip.text, " ".join(texts(final))).rate <= 0.3
    assert final.words[0].start_t == pytest.approx(1.0, abs=0.15)


def _part(pcm: Pcm, from_s: float, samples: int) -> Pcm:
    """Samples of a recording that begins at 0, with silence around."""
    start = round(from_s * SAMPLE_RATE_HZ)
    around = np.zeros(samples, np.int16)
    inside = pcm[max(0, start) : max(0, start + samples)]
    offset = max(0, -start)
    around[offset : offset + inside.size] = inside
    return around
