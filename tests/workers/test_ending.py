from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from greenroom.errors import EngineError
from greenroom.events import SAMPLE_RATE_HZ, EndOfTurn, Utterance
from greenroom.ports import Pcm
from greenroom.records import EngineInfo, Word
from greenroom.workers.ending import NOTHING_TOLD, PITCH_LATENCY_S, Endings
from greenroom.workers.hearing import HearingWorker
from greenroom.workers.segments import FILLER_S, TAIL_S, Chunk, Ring
from workers.listening_booth import JOB, Booth

MODEL = EngineInfo(capability="end_of_turn", name="listener")


class Listener:
    """A turn model that remembers what it was given."""

    latency_s = 0.05
    info = MODEL

    def __init__(self, *, fails: bool = False) -> None:
        self.heard: list[Pcm] = []
        self.fails = fails

    def probability(self, pcm: Pcm) -> float:
        if self.fails:
            raise EngineError("no answer")
        self.heard.append(pcm)
        return 0.25


class Melody:
    """Every sample is its pitch in Hz."""

    step_s = 0.01
    info = EngineInfo(capability="pitch", name="melody")

    def __init__(self) -> None:
        self.heard: list[Pcm] = []

    def track(self, pcm: Pcm) -> tuple[float, ...]:
        self.heard.append(pcm)
        return tuple(float(hz) for hz in pcm[:: SAMPLE_RATE_HZ // 100])


class Grammar:
    """A model of sentence ends that remembers the words."""

    info = EngineInfo(capability="sentence_ends", name="grammar")

    def __init__(self) -> None:
        self.heard: list[tuple[str, ...]] = []

    def probability(self, words: Sequence[str]) -> float | None:
        self.heard.append(tuple(words))
        return 0.2 if words else None


def said(text: str) -> tuple[Word, ...]:
    return tuple(Word(text=word, start_t=0.0, end_t=0.1) for word in text.split())


def ring(*levels: tuple[float, int]) -> Ring:
    """So many seconds of each level, one after the other."""
    made, t = Ring(), 0.0
    for seconds, level in levels:
        made.add(Chunk(t, np.full(round(seconds * SAMPLE_RATE_HZ), level, np.int16)))
        t += seconds
    return made


def test_the_model_hears_the_turn_so_far_with_a_little_silence_and_never_more_than_eight_seconds() -> None:
    listener = Listener()
    endings = Endings(listener, None)
    endings.ended(1, 2.0, 4.0)
    endings.signs(ring((30.0, 5)))
    endings.ended(1, 5.0, 20.0)
    endings.signs(ring((30.0, 5)))
    endings.ended(2, 21.0, 22.0)
    assert endings.signs(ring((30.0, 5))).model_p == 0.25
    assert [pcm.size / SAMPLE_RATE_HZ for pcm in listener.heard] == pytest.approx([2.0 + TAIL_S, 8.0 + TAIL_S,
                                                                                  1.0 + TAIL_S])


def test_the_floor_is_that_of_all_that_the_speaker_said_and_the_end_that_of_the_newest_segment() -> None:
    melody = Melody()
    endings = Endings(None, melody)
    sound = ring((3.0, 200), (2.0, 99), (0.8, 200), (0.2, 100), (1.0, 99))
    endings.ended(1, 0.0, 3.0)
    assert endings.signs(sound).pitch_st == pytest.approx(0.0)
    endings.ended(2, 5.0, 6.0)
    told = endings.signs(sound)
    assert told.model_p is None
    assert told.pitch_st == pytest.approx(-12.0, abs=0.1)
    assert [set(pcm.tolist()) for pcm in melody.heard] == [{200}, {200, 100}]


def test_of_a_long_segment_only_its_end_is_tracked() -> None:
    melody = Melody()
    endings = Endings(None, melody)
    endings.ended(1, 0.0, 20.0)
    endings.signs(ring((20.0, 200)))
    assert melody.heard[0].size == 8 * SAMPLE_RATE_HZ


def test_the_end_is_also_judged_as_a_filled_pause_where_there_is_a_voice() -> None:
    heard: list[Pcm] = []

    def score(pcm: Pcm) -> float:
        heard.append(pcm)
        return -0.5 if len(heard) == 1 else float("-inf")

    endings = Endings(None, Melody(), score)
    endings.ended(1, 0.0, 3.0)
    assert endings.signs(ring((4.0, 200))).filler == -0.5
    assert endings.signs(ring((4.0, 200))).filler is None
    assert heard[0].size == round(FILLER_S * SAMPLE_RATE_HZ)


def test_a_model_that_fails_has_nothing_to_say_and_the_melody_counts() -> None:
    endings = Endings(Listener(fails=True), Melody())
    endings.ended(1, 0.0, 3.0)
    told = endings.signs(ring((3.0, 200)))
    assert (told.model_p, told.pitch_st) == (None, 0.0)


def test_the_last_words_of_a_turn_are_looked_at_across_its_segments() -> None:
    grammar = Grammar()
    endings = Endings(None, None, sentence_ends=grammar)
    endings.ended(1, 0.0, 1.0, said("i opened"))
    endings.ended(1, 1.5, 2.0, said("it"))
    assert endings.signs(ring((3.0, 200))).end_p == 0.2
    endings.ended(2, 5.0, 6.0, said("no"))
    endings.signs(ring((6.0, 200)))
    endings.forget()
    endings.ended(2, 7.0, 8.0)
    assert endings.signs(ring((8.0, 200))).end_p is None
    assert grammar.heard == [("i", "opened", "it"), ("no",), ()]


def test_the_next_candidate_has_a_floor_of_their_own() -> None:
    melody = Melody()
    endings = Endings(None, melody)
    sound = ring((3.0, 100), (1.0, 200))
    endings.ended(1, 0.0, 3.0)
    endings.signs(sound)
    endings.forget()
    endings.ended(1, 3.0, 4.0)
    assert endings.signs(sound).pitch_st == pytest.approx(0.0)


def two_segments(listener: Listener, second: int) -> Booth:
    """Both wait when the recogniser begins; the second has a word when its level is no silence."""
    booth = Booth([(1.0, 120), (2.0, 0), (2.5, second), (3.5, 0)])
    booth.worker = HearingWorker(booth.events.append, booth._load, booth._is_filler, load_turns=lambda: listener)
    booth.worker.warm_up(0)
    booth.hear(4.5)
    for segment, (from_t, to_t) in enumerate([(1.0, 2.0), (2.5, 3.5)]):
        booth.open(from_t, segment=segment)
        booth.close(to_t, segment=segment)
    booth.t = 4.5
    booth.work(30)
    return booth


def test_a_worker_tells_the_end_after_the_words_of_the_newest_segment() -> None:
    listener = Listener()
    booth = two_segments(listener, 130)
    assert MODEL in booth.worker.engines
    told = [event for event in booth.events if isinstance(event, Utterance | EndOfTurn)]
    assert [type(event) for event in told if not isinstance(event, Utterance) or event.is_final] == [
        Utterance, Utterance, EndOfTurn, EndOfTurn]
    first, last = (event for event in told if isinstance(event, EndOfTurn))
    assert (first.segment, first.model_p) == (0, NOTHING_TOLD.model_p)
    assert (last.segment, last.model_p, last.job, last.t) == (1, 0.25, JOB, 3.5)
    final = next(event for event in told if isinstance(event, Utterance) and event.segment == 1 and event.is_final)
    assert last.t_known == pytest.approx(final.t_known + listener.latency_s)


def test_a_noise_after_the_words_does_not_keep_them_from_being_judged() -> None:
    booth = two_segments(Listener(), 0)
    told = {event.segment: event for event in booth.events if isinstance(event, EndOfTurn)}
    assert (told[0].model_p, told[0].t) == (0.25, 2.0)
    assert told[1].model_p is None
    assert len([event for event in booth.events if isinstance(event, EndOfTurn)]) == 2


def test_a_turn_model_that_fails_at_once_is_gone_without_and_costs_nothing_else() -> None:
    booth = Booth([])
    booth.worker = HearingWorker(booth.events.append, booth._load, booth._is_filler,
                                 load_turns=lambda: Listener(fails=True))
    booth.worker.warm_up(0)
    assert MODEL not in booth.worker.engines


def test_a_segment_without_words_is_not_listened_to() -> None:
    listener = Listener()
    booth = Booth([])
    booth.worker = HearingWorker(booth.events.append, booth._load, booth._is_filler, load_turns=lambda: listener)
    booth.worker.warm_up(0)
    listener.heard.clear()
    booth.run(3.0)
    booth.open(2.0)
    booth.close(2.5)
    booth.run(4.0)
    (told,) = (event for event in booth.events if isinstance(event, EndOfTurn))
    assert (told.model_p, told.pitch_st) == (None, None)
    assert listener.heard == []


def test_the_stated_time_is_that_of_the_engines_there_are() -> None:
    assert Endings(None, None).latency_s == 0.0
    assert not Endings(None, None).can_judge
    assert Endings(Listener(), Melody()).latency_s == pytest.approx(Listener.latency_s + PITCH_LATENCY_S)
