from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.records import GazeCalibration
from greenroom.seeing.eye_contact import CLOSED, NO_FACE, TOO_SMALL, TURNED, UNCALIBRATED, eye_contact, zone_of
from greenroom.seeing.gaze import Gaze
from greenroom.seeing.head_pose import Pose

AHEAD = Pose(0.0, 0.0, 0.0)
OPEN = Gaze(0.0, 0.0, 1.0)
OWN = GazeCalibration(yaw_gain=1.0, yaw_bias_deg=0.0, pitch_gain=1.0, pitch_bias_deg=0.0, yaw_error_deg=1.0,
                      pitch_error_deg=2.0, interviewer_pitch_deg=-6.0, bend_deg=-90.0, low_pitch_gain=1.0)


@pytest.mark.parametrize("pose", [AHEAD, Pose(5.0, 0.0, 0.0), Pose(0.0, -10.0, 20.0), Pose(-4.0, 5.0, 0.0)])
def test_facing_the_lens_is_eye_contact(pose: Pose) -> None:
    look = eye_contact(pose, OPEN, OWN)
    assert (look.is_contact, look.reason, look.away) == (True, "", "")


@pytest.mark.parametrize(("yaw", "away"), [(-9.0, "right"), (-25.0, "right"), (9.0, "left"), (20.0, "left")])
def test_looking_aside_with_head_or_eyes_is_none_and_has_a_side(yaw: float, away: str) -> None:
    for look in (eye_contact(Pose(yaw, 0.0, 0.0), OPEN, OWN), eye_contact(AHEAD, Gaze(yaw, 0.0, 1.0), OWN)):
        assert (look.is_contact, look.away) == (False, away)


@pytest.mark.parametrize(("pitch", "is_contact", "away"), [
    (-15.0, False, "down"), (-10.0, True, ""), (5.0, True, ""), (8.0, False, "up")])
def test_below_the_lens_counts_more_kindly(pitch: float, is_contact: bool, away: str) -> None:
    look = eye_contact(Pose(0.0, pitch, 0.0), OPEN, OWN)
    assert (look.is_contact, look.away) == (is_contact, away)


def test_the_zone_reaches_below_the_interviewers_eyes() -> None:
    assert zone_of(OWN).down_deg == 11.0


def test_eyes_can_make_up_for_the_head() -> None:
    assert eye_contact(Pose(20.0, 0.0, 0.0), Gaze(-20.0, 0.0, 1.0), OWN).is_contact
    assert not eye_contact(Pose(20.0, 0.0, 0.0), Gaze(20.0, 0.0, 1.0), OWN).is_contact


def test_says_how_far_from_the_edge_a_look_is_and_how_far_off_that_may_be() -> None:
    inside, outside = eye_contact(Pose(4.0, 0.0, 0.0), OPEN, OWN), eye_contact(Pose(9.0, 0.0, 0.0), OPEN, OWN)
    assert inside.edge_deg == pytest.approx(2.0)
    assert outside.edge_deg == pytest.approx(-3.0)
    assert inside.error_deg == pytest.approx(1.58, abs=0.01)


@pytest.mark.parametrize(
    ("pose", "eyes", "reason"),
    [
        (None, None, NO_FACE),
        (Pose(45.0, 0.0, 0.0), OPEN, TURNED),
        (Pose(0.0, -40.0, 0.0), OPEN, TURNED),
        (AHEAD, None, TOO_SMALL),
        (AHEAD, Gaze(0.0, 0.0, 0.4), CLOSED),
    ],
)
def test_says_why_it_cannot_tell_and_no_number(pose: Pose | None, eyes: Gaze | None, reason: str) -> None:
    assert eye_contact(pose, eyes, OWN) == (None, reason, "", None, None)


def test_with_a_neutral_mesh_alone_the_zone_is_wider_and_it_says_so() -> None:
    look = eye_contact(Pose(9.0, -12.0, 0.0), OPEN)
    assert (look.is_contact, look.reason) == (True, UNCALIBRATED)


def test_without_anything_only_the_horizontal_counts_and_it_says_so() -> None:
    level = eye_contact(Pose(0.0, -13.0, 0.0), Gaze(0.0, 20.0, 1.0), is_neutral=False)
    assert (level.is_contact, level.reason) == (True, UNCALIBRATED)
    assert not eye_contact(Pose(20.0, 0.0, 0.0), OPEN, is_neutral=False).is_contact


@given(st.floats(-39, 39), st.floats(-34, 34), st.floats(-40, 40), st.floats(-40, 40))
def test_a_side_is_told_exactly_where_there_is_no_contact(
    yaw: float, pitch: float, eyes_yaw: float, eyes_pitch: float
) -> None:
    look = eye_contact(Pose(yaw, pitch, 0.0), Gaze(eyes_yaw, eyes_pitch, 1.0), OWN)
    assert look.edge_deg is not None
    assert look.is_contact is (look.edge_deg >= 0.0) is (not look.away)
