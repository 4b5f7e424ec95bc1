from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.ports import Body
from greenroom.seeing.bodies import LEFT_SHOULDER, NOSE, RIGHT_SHOULDER, ROWS
from greenroom.seeing.posture import (
    ASIDE,
    NO_BODY,
    NO_REST,
    NO_SHOULDERS,
    Build,
    Posture,
    build_of,
    posture,
    rest_of,
)


def sitter(tilt_deg: float = 0.0, width_px: float = 200.0, neck_px: float = 120.0, visible: float = 0.9) -> Body:
    """Shoulders around the middle of the picture, the nose above them."""
    points = np.zeros((ROWS, 2), np.float32)
    turn = np.radians(tilt_deg)
    along, up = np.array([np.cos(turn), np.sin(turn)]), np.array([np.sin(turn), -np.cos(turn)])
    middle = np.array([320.0, 300.0])
    points[LEFT_SHOULDER], points[RIGHT_SHOULDER] = middle + along * width_px / 2, middle - along * width_px / 2
    points[NOSE] = middle + up * neck_px
    return Body(points, np.full(ROWS, visible, np.float32), 0.9, (640, 480))


REST = Build(2.0, 200 / 480, 120 / 480, 180 / 480)


@given(tilt_deg=st.floats(-40, 40), width=st.floats(0.87, 2.0))
def test_reads_tilt_and_nearness_apart(tilt_deg: float, width: float) -> None:
    seen = posture(build_of(sitter(tilt_deg + 2.0, 200.0 * width, 120.0 * width)), REST)
    assert seen.reason == ""
    assert seen.tilt_deg == pytest.approx(tilt_deg, abs=0.01)
    assert seen.nearness == pytest.approx(width - 1.0, abs=1e-3)


@given(down_px=st.floats(-100, 100))
def test_a_head_that_is_lower_than_at_rest_is_lowered(down_px: float) -> None:
    sunk = sitter(2.0)
    sunk.points[:, 1] += down_px + 180.0 - sunk.points[NOSE, 1]
    assert posture(build_of(sunk), REST).lowered == pytest.approx(down_px / 200.0, abs=1e-3)


def test_a_left_shoulder_that_sinks_is_a_positive_tilt() -> None:
    lower = sitter()
    lower.points[LEFT_SHOULDER, 1] += 20.0
    assert (posture(build_of(lower), Build(0.0, 0.4, 0.25, 0.4)).tilt_deg or 0.0) > 5.0


def test_a_body_that_turns_aside_is_not_taken_for_one_that_leans_back() -> None:
    seen = posture(build_of(sitter(2.0, 150.0)), REST)
    assert (seen.nearness, seen.reason) == (None, ASIDE)
    assert seen.tilt_deg == pytest.approx(0.0, abs=0.01)
    # Further away, everything shrinks.
    assert posture(build_of(sitter(2.0, 150.0, 90.0)), REST).nearness == pytest.approx(-0.25, abs=1e-3)


def test_says_why_it_cannot_tell() -> None:
    assert posture(build_of(None), REST) == Posture(reason=NO_BODY)
    assert posture(build_of(sitter(visible=0.3)), REST) == Posture(reason=NO_SHOULDERS)
    assert posture(build_of(sitter()), None) == Posture(reason=NO_REST)
    backwards = sitter(180.0)
    assert posture(build_of(backwards), REST) == Posture(reason=ASIDE)


def test_rest_is_the_middle_of_bodies_that_agree() -> None:
    calm = [Build(1.0 + n / 10, 0.4, 0.25, 0.3) for n in range(4)]
    assert rest_of(calm[:2]) is None
    assert rest_of([*calm, Build(30.0, 0.9, 0.1, 0.9)]) == pytest.approx((1.15, 0.4, 0.25, 0.3))
    assert rest_of([Build(20.0 * n, 0.4, 0.25, 0.3) for n in range(5)]) is None


def test_a_build_says_what_is_in_the_picture() -> None:
    seen = build_of(sitter(10.0))
    assert isinstance(seen, Build)
    assert seen == pytest.approx((10.0, 200 / 480, 0.25, 0.379), abs=0.01)
