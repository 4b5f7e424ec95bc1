from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.seeing.gaze import Gaze
from greenroom.seeing.head_pose import Pose
from greenroom.seeing.smoothing import EYES, FORGET_S, HEAD, Filter, Steadier, Steady, steadied

STEP_S = 1 / 15


def followed(values: list[float], by: Filter) -> list[float]:
    seen, last = [], None
    for n, value in enumerate(values):
        last = steadied(last, n * STEP_S, value, by)
        seen.append(last.value_deg)
    return seen


def test_eyes_at_rest_tremble_half_as_much() -> None:
    noise = list(np.random.default_rng(1).normal(0.0, 1.5, 300))
    assert float(np.std(followed(noise, EYES)[30:])) < 0.55 * float(np.std(noise))


def test_a_glance_is_there_within_a_fixation() -> None:
    seen = followed([0.0] * 10 + [15.0] * 10, EYES)
    assert seen[12] > 12.0, "0.2 s after it began"


def test_a_slow_turn_of_the_head_lags_by_no_more_than_is_stated() -> None:
    turn = [5.0 * n * STEP_S for n in range(60)]
    lag_s = (turn[-1] - followed(turn, HEAD)[-1]) / 5.0
    assert 0.0 <= lag_s <= HEAD.lag_s == pytest.approx(0.04, abs=0.001)


def test_what_comes_after_a_gap_or_out_of_time_is_taken_as_it_is() -> None:
    before = Steady(1.0, 10.0, 3.0)
    assert steadied(before, 1.0 + FORGET_S + 0.1, -5.0, EYES) == Steady(1.0 + FORGET_S + 0.1, -5.0)
    assert steadied(before, 0.5, -5.0, EYES) == Steady(0.5, -5.0)


def test_a_blink_neither_moves_nor_forgets_the_eyes() -> None:
    steadier = Steadier()
    for n in range(10):
        steadier.eyes(n * STEP_S, Gaze(8.0, -4.0, 1.0))
    closed = Gaze(40.0, -40.0, 0.2)
    assert steadier.eyes(10 * STEP_S, closed) == closed
    assert steadier.eyes(11 * STEP_S, Gaze(8.0, -4.0, 1.0)) == pytest.approx((8.0, -4.0, 1.0))


@given(st.lists(st.floats(-90, 90), min_size=1, max_size=40))
def test_a_steadied_angle_stays_between_what_was_and_what_is_read(values: list[float]) -> None:
    for by in (HEAD, EYES):
        seen = followed(values, by)
        for n in range(1, len(values)):
            low, high = sorted((seen[n - 1], values[n]))
            assert low - 1e-9 <= seen[n] <= high + 1e-9


def test_all_angles_of_the_head_are_steadied() -> None:
    steadier = Steadier()
    steadier.head(0.0, Pose(0.0, 0.0, 0.0))
    pose = steadier.head(STEP_S, Pose(10.0, -10.0, 5.0))
    assert 0.0 < pose.yaw_deg < 10.0
    assert -10.0 < pose.pitch_deg < 0.0
    assert 0.0 < pose.roll_deg < 5.0
