from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from greenroom.seeing.stamps import RisingStamps


@given(st.lists(st.floats(-1e6, 1e6)))
def test_stamps_are_whole_and_rise_whatever_the_times_do(times: list[float]) -> None:
    stamps = RisingStamps()
    given_ms = [0, *(stamps.next(t) for t in times)]
    assert all(isinstance(ms, int) for ms in given_ms)
    assert all(b > a for a, b in pairwise(given_ms))


def test_stamps_lie_as_far_apart_as_the_times_also_after_time_ran_backwards() -> None:
    stamps = RisingStamps()
    assert [stamps.next(t) for t in (5.0, 5.1, 5.1, 0.0, 0.1, 0.2)] == [5000, 5100, 5101, 5102, 5202, 5302]


def test_a_picture_without_a_time_comes_right_after_the_last_and_shifts_nothing() -> None:
    stamps = RisingStamps()
    assert [stamps.next(1.0), stamps.again(), stamps.next(1.1)] == [1000, 1001, 1100]
