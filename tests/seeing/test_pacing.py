from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.seeing.pacing import BUSY_LOOKS, CALM_LOOKS, FLOOR_HZ, HOT_LOOKS, Load, Pacing

QUIET = Load(picture_s=0.005, core_share=0.1, is_hot=False)
SLOW = QUIET._replace(picture_s=0.05)
HOT = QUIET._replace(is_hot=True)


def weigh(pacing: Pacing, load: Load, times: int) -> float:
    for _ in range(times):
        pacing.weigh(load)
    return pacing.rate_hz


def test_a_box_with_time_looks_as_often_as_asked() -> None:
    pacing = Pacing(15.0)
    assert weigh(pacing, QUIET, 100) == 15.0
    assert pacing.reason == ""


@pytest.mark.parametrize("load", [SLOW, QUIET._replace(core_share=0.8), QUIET._replace(core_share=0.3, waiting=0.7)])
def test_a_busy_box_looks_less_often_and_says_why(load: Load) -> None:
    pacing = Pacing(15.0)
    assert weigh(pacing, load, 1) == 15.0, "one bad stretch is none"
    assert weigh(pacing, load, BUSY_LOOKS - 1) == 11.25
    assert pacing.reason == "the box is busy"


def test_the_rate_falls_only_as_far_as_it_helps_and_never_below_the_floor() -> None:
    assert weigh(Pacing(15.0), SLOW, 50) == 7.5, "0.05 s a picture are less than half of the time then"
    assert weigh(Pacing(15.0), Load(1.0, 1.0, is_hot=True), 50) == FLOOR_HZ
    assert weigh(Pacing(30.0), Load(1.0, 1.0, is_hot=True), 50) == 10.0
    assert weigh(Pacing(2.0), Load(1.0, 1.0, is_hot=True), 50) == 2.0, "no faster than asked"


def test_a_hot_box_gets_time_to_cool_between_the_steps() -> None:
    pacing = Pacing(15.0)
    assert weigh(pacing, HOT, BUSY_LOOKS) == 11.25
    assert weigh(pacing, HOT, HOT_LOOKS - 1) == 11.25
    assert weigh(pacing, HOT, 1) == 7.5
    assert pacing.reason == "the box is hot"


def test_calm_brings_the_rate_back_step_by_step() -> None:
    pacing = Pacing(15.0)
    weigh(pacing, SLOW, 50)
    assert weigh(pacing, QUIET, CALM_LOOKS - 1) == 7.5
    assert weigh(pacing, QUIET, 1) == 11.25
    assert pacing.reason
    assert weigh(pacing, QUIET, CALM_LOOKS) == 15.0
    assert not pacing.reason


def test_a_crowded_box_is_not_helped_by_giving_up_next_to_nothing() -> None:
    assert weigh(Pacing(15.0), QUIET._replace(core_share=0.05, waiting=1.0), 50) == 15.0


def test_the_rate_stays_low_until_others_wait_no_more() -> None:
    pacing = Pacing(15.0)
    assert weigh(pacing, QUIET._replace(core_share=0.2, waiting=0.7), BUSY_LOOKS) == 11.25
    assert weigh(pacing, QUIET._replace(core_share=0.15, waiting=0.3), 100) == 11.25
    assert weigh(pacing, QUIET._replace(core_share=0.15, waiting=0.1), CALM_LOOKS) == 15.0


def test_a_load_between_calm_and_busy_moves_nothing() -> None:
    pacing = Pacing(15.0)
    weigh(pacing, SLOW, 50)
    assert weigh(pacing, QUIET._replace(picture_s=0.04), 100) == 7.5


@given(st.floats(0.001, 0.2), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_steady_load_never_makes_the_rate_swing(picture_s: float, own_share: float, waiting: float) -> None:
    pacing, rates = Pacing(15.0), []
    for _ in range(80):
        share = own_share * pacing.rate_hz / 15.0
        pacing.weigh(Load(picture_s, share, is_hot=False, waiting=waiting))
        rates.append(pacing.rate_hz)
    assert rates == sorted(rates, reverse=True)


ANY = st.builds(Load, st.floats(0.0, 1.0), st.floats(0.0, 4.0), st.booleans(), st.floats(0.0, 1.0))


@given(st.lists(ANY, max_size=60), st.floats(0.5, 60.0))
def test_whatever_happens_the_rate_is_within_bounds_and_explained(loads: list[Load], wanted_hz: float) -> None:
    pacing = Pacing(wanted_hz)
    for load in loads:
        pacing.weigh(load)
        assert min(FLOOR_HZ, wanted_hz) <= pacing.rate_hz <= wanted_hz
        assert (pacing.reason == "") == (pacing.rate_hz == wanted_hz)
