from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import VoiceStarted, VoiceStopped
from greenroom.hearing.segmenter import NORMAL, STRICT, Rules, State, VoiceEvent, step, stop

BLOCK_S = NORMAL.block_s


def run(probabilities: list[float], rules: Rules = NORMAL) -> list[VoiceEvent]:
    """Events of consecutive blocks from time 0, closed at the end."""
    state = State()
    found: list[VoiceEvent] = []
    for n, probability in enumerate(probabilities):
        state, events = step(state, probability, (n + 1) * BLOCK_S, rules)
        found += events
    return found + list(stop(state, len(probabilities) * BLOCK_S)[1])


def test_two_blocks_of_voice_begin_a_segment_dated_back_to_its_onset() -> None:
    (started, stopped) = run([0.0] * 10 + [0.9, 0.9] + [0.0] * 10)
    assert isinstance(started, VoiceStarted)
    assert [started.t, started.t_known] == pytest.approx([10 * BLOCK_S, 12 * BLOCK_S])
    assert stopped.t == pytest.approx(12 * BLOCK_S)
    assert stopped.t_known - stopped.t == pytest.approx(7 * BLOCK_S)


def test_one_block_is_a_click() -> None:
    assert run([0.0, 0.99, 0.0, 0.0, 0.99, 0.0]) == []


def test_a_soft_first_sound_belongs_to_the_segment() -> None:
    (started, _) = run([0.0] * 5 + [0.3, 0.4, 0.9, 0.9])
    assert started.t == pytest.approx(5 * BLOCK_S)


def test_a_long_murmur_before_is_not_dated_back_for_ever() -> None:
    (started, _) = run([0.3] * 20 + [0.9, 0.9])
    assert started.t == pytest.approx(20 * BLOCK_S - NORMAL.onset_s)


def test_a_weak_second_block_keeps_the_onset() -> None:
    assert run([0.0, 0.6, 0.4, 0.4])[0].t == pytest.approx(BLOCK_S)


def test_a_short_silence_does_not_end_a_segment() -> None:
    assert len(run([0.9] * 5 + [0.1] * 6 + [0.9] * 5)) == 2
    assert len(run([0.9] * 5 + [0.1] * 7 + [0.9] * 5)) == 4


def test_strict_rules_want_200_ms_of_clear_voice() -> None:
    assert run([0.9] * 5 + [0.0] * 8, STRICT) == []
    assert run([0.7] * 20, STRICT) == []
    assert len(run([0.9] * 6, STRICT)) == 2


def heard(blocks: list[tuple[float, bool]]) -> list[VoiceEvent]:
    """Like ``run``, with blocks that say whether the voice is near."""
    state = State()
    found: list[VoiceEvent] = []
    for n, (probability, is_near) in enumerate(blocks):
        state, events = step(state, probability, (n + 1) * BLOCK_S, is_near=is_near)
        found += events
    return found + list(stop(state, len(blocks) * BLOCK_S)[1])


FAR, NEAR, SILENT = (0.9, False), (0.9, True), (0.0, False)


def test_a_voice_that_is_never_near_is_nobody_s() -> None:
    assert heard([FAR] * 200) == []


def test_a_soft_beginning_belongs_to_the_segment_and_a_long_one_is_somebody_else_s() -> None:
    (started, stopped) = heard([SILENT] * 10 + [FAR] * 10 + [NEAR] * 30 + [SILENT] * 10)
    assert [started.t, started.t_known] == pytest.approx([10 * BLOCK_S, 21 * BLOCK_S])
    assert isinstance(stopped, VoiceStopped)
    assert not stopped.has_other
    (started, stopped) = heard([SILENT] * 10 + [FAR] * 100 + [NEAR] * 30)
    assert started.t == pytest.approx(111 * BLOCK_S - NORMAL.faint_s)
    assert isinstance(stopped, VoiceStopped)
    assert stopped.has_other


def test_a_sentence_may_end_softly() -> None:
    (_, stopped) = heard([NEAR] * 30 + [FAR] * 20 + [SILENT] * 10)
    assert isinstance(stopped, VoiceStopped)
    assert stopped.t == pytest.approx(50 * BLOCK_S)
    assert not stopped.has_other


def test_somebody_who_talks_on_does_not_keep_the_segment_open() -> None:
    events = heard([NEAR] * 30 + [FAR] * 200)
    assert len(events) == 2
    stopped = events[1]
    assert isinstance(stopped, VoiceStopped)
    assert stopped.t == pytest.approx(30 * BLOCK_S)
    assert stopped.t_known == pytest.approx(30 * BLOCK_S + NORMAL.faint_s, abs=BLOCK_S)
    assert stopped.has_other


def test_a_segment_long_after_somebody_else_s_voice_is_the_candidate_s_alone() -> None:
    pause = round(NORMAL.beside_s / BLOCK_S) + 2
    assert not heard([FAR] * 100 + [SILENT] * pause + [NEAR] * 30)[-1].has_other  # type: ignore[union-attr]  # it ends
    assert heard([FAR] * 100 + [SILENT] * 30 + [NEAR] * 30)[-1].has_other  # type: ignore[union-attr]  # it ends


def test_stop_in_silence_says_nothing() -> None:
    assert stop(State(segments=3), 1.0) == (State(segments=3), ())


blocks = st.lists(st.floats(0, 1), max_size=200)
rules = st.builds(Rules, start_probability=st.floats(0.5, 0.9), keep_probability=st.floats(0.2, 0.5),
                  start_s=st.floats(0.0, 0.3), hang_over_s=st.floats(0.05, 0.5))


@given(blocks, rules)
def test_segments_alternate_and_never_run_backwards(probabilities: list[float], rules: Rules) -> None:
    events = run(probabilities, rules)
    assert [type(event) for event in events] == [VoiceStarted, VoiceStopped] * (len(events) // 2)
    assert [event.segment for event in events] == [n // 2 for n in range(len(events))]
    for before, after in itertools.pairwise(events):
        assert before.t <= after.t
        assert before.t_known <= after.t_known
    assert all(event.t <= event.t_known for event in events)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=200))
def test_times_do_not_run_backwards_whoever_speaks(mixed: list[tuple[float, bool]]) -> None:
    events = heard(mixed)
    assert [type(event) for event in events] == [VoiceStarted, VoiceStopped] * (len(events) // 2)
    assert all(before.t <= after.t for before, after in itertools.pairwise(events))


@given(blocks, rules)
def test_segments_and_silences_last_as_long_as_the_rules_say(probabilities: list[float], rules: Rules) -> None:
    events = run(probabilities, rules)
    for started, stopped in zip(events[::2], events[1::2], strict=True):
        assert stopped.t - started.t >= rules.start_s - 1e-5
    for stopped in events[1:-1:2]:
        assert stopped.t_known - stopped.t >= rules.hang_over_s - 1e-5


@given(blocks)
def test_every_block_over_the_keeping_threshold_in_a_segment_is_inside_it(probabilities: list[float]) -> None:
    events = run(probabilities)
    for started, stopped in zip(events[::2], events[1::2], strict=True):
        last = round(stopped.t / BLOCK_S) - 1
        assert probabilities[last] >= NORMAL.keep_probability
        assert started.t <= last * BLOCK_S + 1e-6
