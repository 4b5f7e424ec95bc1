from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.events import (
    SAMPLE_RATE_HZ,
    WorkerEvent,
)
from greenroom.ports import WorkerHandler
from greenroom.workers import listening, segments
from workers.listening_booth import JOB, Booth, LevelRecogniser, texts


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
