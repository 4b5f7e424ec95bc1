from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.devices.frame_clock import LATE_S, QUEUED, FrameClock


def test_a_plausible_stamp_is_the_time_of_a_picture() -> None:
    clock = FrameClock()
    assert [clock.time(t - 0.03, t) for t in (1.0, 1.1, 1.2)] == pytest.approx([0.97, 1.07, 1.17])
    assert clock.is_drivers


@pytest.mark.parametrize("stamps", [
    pytest.param([None, None], id="no stamp"),
    pytest.param([1.7e9, 1.7e9 + 0.1], id="real time"),
    pytest.param([1.0, 1.0], id="a stamp that stands still"),
    pytest.param([1.0, 0.5], id="a stamp that runs backwards"),
])
def test_a_driver_that_stamps_wrongly_is_not_believed_again(stamps: list[float | None]) -> None:
    clock = FrameClock()
    for stamp, t in zip(stamps, (1.05, 1.15), strict=True):
        clock.time(stamp, t)
    assert not clock.is_drivers
    assert clock.time(1.2, 1.25) == 1.25


def test_pictures_that_lay_in_the_queue_while_the_process_slept_keep_their_old_times() -> None:
    clock = FrameClock()
    clock.time(0.97, 1.0)
    times = [clock.time(1.0 + n / 30, 9.0 + n / 1000) for n in range(1, QUEUED + 1)]
    assert times == pytest.approx([1.0 + n / 30 for n in range(1, QUEUED + 1)])
    clock.time(9.0, 9.03)
    assert clock.is_drivers


def test_a_clock_that_stays_behind_is_not_believed() -> None:
    clock = FrameClock()
    for n in range(QUEUED + 2):
        clock.time(1.0 + n / 30, 1.0 + n / 30 + 2 * LATE_S)
    assert not clock.is_drivers


def test_what_has_no_driver_goes_by_the_grab() -> None:
    clock = FrameClock(is_drivers=False)
    assert clock.time(0.9, 1.0) == 1.0


@given(st.lists(st.tuples(st.one_of(st.none(), st.floats(-5.0, 3.0)), st.floats(0.0, 0.2)), max_size=40))
def test_times_grow_and_are_never_of_the_future(script: list[tuple[float | None, float]]) -> None:
    clock, now_t, times = FrameClock(), 0.0, []
    for offset, step in script:
        now_t += max(step, 1e-3)
        times.append(clock.time(None if offset is None else now_t + offset, now_t))
        assert times[-1] <= now_t + 0.006
    assert all(a < b for a, b in itertools.pairwise(times))
