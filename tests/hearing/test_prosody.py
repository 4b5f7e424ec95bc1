"""Pace, pauses and loudness from words, VAD segments and samples."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import prosody

TIMES = st.floats(0, 100, allow_nan=False)
INTERVALS = st.lists(st.tuples(TIMES, TIMES).map(lambda pair: (min(pair), max(pair))), max_size=12)


def words_at(wpm: float, seconds: float, from_t: float = 0.0) -> list[tuple[float, float]]:
    step_s = 60 / wpm
    return [(from_t + n * step_s, from_t + (n + 1) * step_s) for n in range(int(seconds / step_s))]


def test_a_silence_of_a_third_of_a_second_is_a_pause() -> None:
    voice = [(0.0, 1.0), (1.2, 2.0), (2.4, 3.0), (6.0, 7.0)]
    assert prosody.pauses_between(voice) == [(2.0, 2.4), (3.0, 6.0)]


def test_silence_with_missing_sound_in_it_may_be_no_pause() -> None:
    assert prosody.pauses_between([(0.0, 1.0), (3.0, 4.0)], [(1.5, 1.6)]) == []


@pytest.mark.parametrize("wpm", [90.0, 140.0, 220.0])
def test_rolling_pace_is_the_pace_of_even_speech(wpm: float) -> None:
    words = words_at(wpm, 60.0)
    for t in (8.0, 20.0, 55.0):
        assert prosody.rolling_pace_wpm(words, t) == pytest.approx(wpm, rel=0.06)


def test_rolling_pace_says_nothing_for_the_first_five_seconds_and_without_words() -> None:
    words = words_at(150.0, 30.0)
    assert prosody.rolling_pace_wpm(words, 4.9) is None
    assert prosody.rolling_pace_wpm([], 20.0) is None
    assert prosody.rolling_pace_wpm([(0.0, 3.0), (3.0, 7.0)], 20.0) is None


def test_rolling_pace_forgets_what_is_older_than_its_window_and_stays_in_a_pause() -> None:
    words = [*words_at(90.0, 20.0), *words_at(180.0, 20.0, from_t=20.0)]
    assert prosody.rolling_pace_wpm(words, 40.0) == pytest.approx(180.0, rel=0.03)
    assert prosody.rolling_pace_wpm(words, 55.0) == prosody.rolling_pace_wpm(words, 40.0)


def test_the_mean_of_levels_is_one_of_power() -> None:
    assert prosody.mean_dbfs([-20.0, -20.0]) == pytest.approx(-20.0)
    assert prosody.mean_dbfs([-20.0, -60.0]) == pytest.approx(-23.01, abs=0.01)


def test_levels_are_taken_only_within_the_voice() -> None:
    wave = 3277 * np.sqrt(2) * np.sin(2 * np.pi * 200 * np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)
    wave[:SAMPLE_RATE_HZ] = 0
    levels = prosody.voiced_levels([(10.0, wave.astype(np.int16))], [(11.0, 11.5), (30.0, 31.0)])
    assert [round(t, 3) for t, _ in levels] == [11.0, 11.1, 11.2, 11.3, 11.4]
    assert all(level == pytest.approx(-20.0, abs=0.05) for _, level in levels)


@given(INTERVALS)
def test_merged_stretches_are_in_order_and_apart(intervals: list[tuple[float, float]]) -> None:
    merged = prosody.merge(intervals)
    assert all(a[1] < b[0] for a, b in pairwise(merged))
    assert prosody.length_s(intervals) <= sum(b - a for a, b in intervals) + 1e-9
    assert prosody.overlap_s(merged, merged) == pytest.approx(prosody.length_s(intervals))


@given(INTERVALS, TIMES, TIMES)
def test_clipping_keeps_what_lies_between(intervals: list[tuple[float, float]], a: float, b: float) -> None:
    from_t, to_t = min(a, b), max(a, b)
    clipped = prosody.clip(intervals, from_t, to_t)
    assert all(from_t <= start_t < end_t <= to_t for start_t, end_t in clipped)
    assert prosody.length_s(clipped) == pytest.approx(prosody.overlap_s(prosody.merge(intervals), [(from_t, to_t)]))


@given(INTERVALS, INTERVALS)
def test_what_lies_outside_and_what_lies_inside_make_the_whole(
    some: list[tuple[float, float]], others: list[tuple[float, float]]
) -> None:
    left = prosody.outside(some, others)
    inside_s = prosody.overlap_s(prosody.merge(some), prosody.merge(others))
    assert prosody.length_s(left) + inside_s == pytest.approx(prosody.length_s(some), abs=1e-6)
    assert prosody.overlap_s(left, prosody.merge(others)) == pytest.approx(0.0, abs=1e-6)
