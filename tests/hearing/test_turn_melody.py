from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.hearing.turn_melody import end_st

STEP_S = 0.01


def declining(to_hz: float) -> list[float]:
    """A second of voice from 120 to 180 Hz, and a last syllable."""
    middle = 150 + 30 * np.sin(np.linspace(0, 6, 100))
    return [*middle, *np.linspace(150, to_hz, 20), *([to_hz] * 12)]


def test_a_voice_that_falls_to_its_floor_has_no_semitones_left() -> None:
    assert end_st(declining(120), STEP_S) == pytest.approx(0.0, abs=0.5)


def test_a_voice_that_stays_up_is_so_many_semitones_above_it() -> None:
    floor_hz = np.percentile(declining(170), 10)
    assert end_st(declining(170), STEP_S) == pytest.approx(12 * np.log2(170 / floor_hz), abs=0.1)


def test_a_voice_that_falls_below_its_floor_is_negative() -> None:
    low = [*([150.0] * 200), *([120.0] * 12)]
    assert end_st(low, STEP_S) == pytest.approx(12 * np.log2(120 / 150), abs=0.1)


def test_what_the_speaker_said_before_counts_for_the_floor_and_not_for_the_end() -> None:
    flat = [150.0] * 60
    assert end_st(flat, STEP_S) == pytest.approx(0.0)
    assert end_st(flat, STEP_S, [100.0] * 200) == pytest.approx(12 * np.log2(1.5))


def test_an_unvoiced_end_does_not_count_but_one_of_half_a_second_cannot_be_told() -> None:
    assert end_st([*declining(120), *([0.0] * 20)], STEP_S) == end_st(declining(120), STEP_S)
    assert end_st([*declining(120), *([0.0] * 50)], STEP_S) is None


def test_a_few_frames_show_no_range() -> None:
    assert end_st([120.0] * 20, STEP_S) is None
    assert end_st([], STEP_S) is None


@given(st.lists(st.one_of(st.just(0.0), st.floats(60, 600)), max_size=300), st.floats(0.5, 2.0))
def test_it_does_not_depend_on_how_high_the_speaker_is(hz: list[float], times: float) -> None:
    one, other = end_st(hz, STEP_S), end_st([times * value for value in hz], STEP_S)
    assert (one is None) == (other is None)
    if one is not None:
        assert other == pytest.approx(one, abs=1e-6)
