from __future__ import annotations

import pytest

from greenroom.records import GazeCalibration
from greenroom.seeing.eye_contact import UNCALIBRATED
from greenroom.seeing.head_pose import Pose
from greenroom.seeing.observe import observe
from seeing.faces import mesh_at, neutral, with_irises, with_lids

OWN = GazeCalibration(yaw_gain=1.5, yaw_bias_deg=0.0, pitch_gain=1.0, pitch_bias_deg=0.0, yaw_error_deg=1.0,
                      pitch_error_deg=1.0, interviewer_pitch_deg=-6.0, bend_deg=-90.0, low_pitch_gain=1.0)


def test_an_empty_chair_is_an_observation_without_numbers() -> None:
    seen = observe(None, 0.5, neutral(), 7, 1.0, 1.1)
    assert (seen.frame, seen.t, seen.t_known, seen.faces, seen.reason) == (7, 1.0, 1.1, 0, "no face")
    assert (seen.yaw_deg, seen.gaze_yaw_deg, seen.is_eye_contact, seen.is_blinking, seen.box) == (None,) * 5


def test_a_face_has_pose_gaze_box_and_eye_contact() -> None:
    seen = observe(mesh_at(Pose(5.0, -3.0, 2.0), faces=2), 0.5, neutral(), 0, 0.0, 0.0, OWN)
    assert (seen.yaw_deg, seen.pitch_deg, seen.roll_deg) == pytest.approx((5.0, -3.0, 2.0), abs=0.1)
    assert (seen.is_eye_contact, seen.is_blinking, seen.faces, seen.reason) == (True, False, 2, "")
    assert seen.box is not None
    assert seen.gaze_yaw_deg is not None


def test_gaze_and_eye_contact_are_calibrated_where_that_was_learned() -> None:
    aside = with_irises(mesh_at(), 0.03, 0.0)
    plain, own = (observe(aside, 0.5, neutral(), 0, 0.0, 0.0, calibration) for calibration in (None, OWN))
    assert plain.gaze_yaw_deg is not None
    assert own.gaze_yaw_deg == pytest.approx(1.5 * plain.gaze_yaw_deg)
    assert (plain.is_eye_contact, plain.reason, plain.away) == (True, UNCALIBRATED, "")
    assert (own.is_eye_contact, own.reason, own.away) == (False, "", "left")


def test_a_calibration_without_the_neutral_mesh_it_belongs_to_is_not_used() -> None:
    assert observe(mesh_at(), 0.5, None, 0, 0.0, 0.0, OWN) == observe(mesh_at(), 0.5, None, 0, 0.0, 0.0)


def test_while_the_eyes_are_closed_contact_cannot_be_told() -> None:
    seen = observe(with_lids(mesh_at(), 0.2), 0.5, neutral(), 0, 0.0, 0.0)
    assert (seen.is_eye_contact, seen.is_blinking, seen.reason) == (None, True, "eyes closed")
    assert (seen.gaze_yaw_deg, seen.gaze_pitch_deg) == (None, None)


@pytest.mark.parametrize(("light", "reason"), [(0.05, "too dark"), (0.97, "too bright")])
def test_in_bad_light_the_eyes_tell_nothing(light: float, reason: str) -> None:
    seen = observe(mesh_at(), light, neutral(), 0, 0.0, 0.0)
    assert (seen.is_eye_contact, seen.is_blinking, seen.gaze_yaw_deg, seen.reason) == (None, None, None, reason)
    assert seen.brightness == light


def test_a_face_partly_outside_the_picture_tells_nothing_of_the_eyes() -> None:
    seen = observe(mesh_at(shift_px=-200.0), 0.5, neutral(), 0, 0.0, 0.0)
    assert (seen.is_eye_contact, seen.is_blinking, seen.gaze_yaw_deg) == (None, None, None)
    assert seen.reason == "face partly outside the picture"
    assert seen.faces == 1


def test_without_a_neutral_mesh_angles_are_absolute_and_it_says_so() -> None:
    seen = observe(mesh_at(), 0.5, None, 0, 0.0, 0.0)
    assert seen.reason == UNCALIBRATED
    assert seen.pitch_deg == pytest.approx(-10.1, abs=1.0)


def test_a_distant_face_keeps_its_pose_and_loses_its_gaze() -> None:
    seen = observe(mesh_at(Pose(10.0, 0.0, 0.0), scale=0.2), 0.5, neutral(), 0, 0.0, 0.0)
    assert seen.yaw_deg == pytest.approx(10.0, abs=0.1)
    assert (seen.gaze_yaw_deg, seen.is_eye_contact, seen.is_blinking) == (None, None, None)
    assert seen.reason == "face too far away"
