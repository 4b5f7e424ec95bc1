from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.ports import FaceMesh
from greenroom.records import GazeCalibration
from greenroom.seeing.gaze import Gaze, calibrated, eye_in_head, is_blinking, line_of_sight, toward
from greenroom.seeing.head_pose import NeutralMesh, Pose
from seeing.faces import mesh_at, neutral, with_irises, with_lids

AHEAD = Pose(0.0, 0.0, 0.0)
OPEN = Gaze(0.0, 0.0, 1.0)


def gaze_of(mesh: FaceMesh, own: NeutralMesh | None) -> Gaze:
    gaze = eye_in_head(mesh, own)
    assert gaze is not None
    return gaze


def test_the_neutral_mesh_looks_straight_ahead_with_open_eyes() -> None:
    assert gaze_of(mesh_at(), neutral()) == pytest.approx((0.0, 0.0, 1.0), abs=1e-3)


@settings(max_examples=50, deadline=None)
@given(st.floats(-25, 25), st.floats(-20, 20), st.floats(-25, 25), st.floats(0.5, 2.0))
def test_turning_the_head_does_not_turn_the_eyes_in_it(yaw: float, pitch: float, roll: float, scale: float) -> None:
    gaze = gaze_of(mesh_at(Pose(yaw, pitch, roll), scale), neutral())
    assert gaze.openness == pytest.approx(1.0, abs=0.01)
    # The iris's depth is assumed, not measured: some degrees remain at large angles.
    assert abs(gaze.yaw_deg) < 1.5 + 0.25 * (abs(yaw) + abs(pitch))
    assert abs(gaze.pitch_deg) < 3.0 + 0.4 * (abs(pitch) + abs(yaw))


def test_signs_are_those_of_the_head_pose() -> None:
    right = gaze_of(with_irises(mesh_at(), 0.08, 0.0), neutral())
    up = gaze_of(with_irises(mesh_at(), 0.0, -0.05), neutral())
    assert right.yaw_deg == pytest.approx(21.6, abs=1.5)
    assert up.pitch_deg == pytest.approx(20.7, abs=1.5)


def test_more_shift_is_more_angle_up_to_a_right_angle() -> None:
    found = [gaze_of(with_irises(mesh_at(), share, 0.0), neutral()).yaw_deg for share in (-9.0, -0.1, 0.0, 0.1, 9.0)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (-90.0, 90.0)


@pytest.mark.parametrize(("openness", "is_closed"), [(1.0, False), (0.8, False), (0.55, True), (0.1, True)])
def test_lids_that_come_together_are_a_blink(openness: float, is_closed: bool) -> None:
    gaze = gaze_of(with_lids(mesh_at(), openness), neutral())
    assert gaze.openness == pytest.approx(openness, abs=0.03)
    assert is_blinking(gaze) is is_closed


def test_cannot_read_small_eyes_or_a_mesh_without_irises() -> None:
    assert eye_in_head(mesh_at(scale=0.2), neutral()) is None
    assert eye_in_head(mesh_at()._replace(points=mesh_at().points[:468]), neutral()) is None


def test_without_calibration_typical_eyes_are_assumed() -> None:
    gaze = gaze_of(mesh_at(), None)
    assert not is_blinking(gaze)
    assert is_blinking(gaze_of(with_lids(mesh_at(), 0.3), None))


@settings(max_examples=50, deadline=None)
@given(st.floats(-30, 30), st.floats(-25, 25))
def test_the_line_of_sight_of_still_eyes_is_the_heads(yaw: float, pitch: float) -> None:
    assert line_of_sight(Pose(yaw, pitch, 0.0), OPEN) == pytest.approx((yaw, pitch), abs=1e-6)


def test_a_tilted_head_tilts_where_its_eyes_look() -> None:
    yaw, pitch = line_of_sight(Pose(0.0, 0.0, 90.0), Gaze(10.0, 0.0, 1.0))
    assert (yaw, pitch) == pytest.approx((0.0, -10.0), abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.floats(-30, 30), st.floats(-25, 25), st.floats(-20, 20), st.floats(-30, 30), st.floats(-30, 30))
def test_eyes_that_look_toward_a_direction_make_it_the_line_of_sight(
    yaw: float, pitch: float, roll: float, away_yaw: float, away_pitch: float
) -> None:
    head = Pose(yaw, pitch, roll)
    eyes = Gaze(*toward(head, away_yaw, away_pitch), 1.0)
    assert line_of_sight(head, eyes) == pytest.approx((away_yaw, away_pitch), abs=1e-6)


def test_a_calibration_stretches_and_shifts_each_axis() -> None:
    own = GazeCalibration(yaw_gain=1.5, yaw_bias_deg=1.0, pitch_gain=2.0, pitch_bias_deg=-3.0, yaw_error_deg=1.0,
                          pitch_error_deg=1.0, interviewer_pitch_deg=-6.0, bend_deg=-90.0, low_pitch_gain=1.0)
    assert calibrated(Gaze(10.0, 5.0, 0.9), own) == (16.0, 7.0, 0.9)
