from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.ports import FaceMesh
from greenroom.seeing.gaze import (
    CLOSED,
    NO_FACE,
    TOO_SMALL,
    TURNED,
    UNCALIBRATED,
    Gaze,
    eye_contact,
    eye_in_head,
    is_blinking,
    line_of_sight,
)
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
    assert right.yaw_deg == pytest.approx(20.8, abs=1.5)
    assert up.pitch_deg == pytest.approx(24.0, abs=3.0)


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


@pytest.mark.parametrize("pose", [AHEAD, Pose(7.0, 0.0, 0.0), Pose(0.0, -10.0, 20.0), Pose(-5.0, 8.0, 0.0)])
def test_facing_the_lens_is_eye_contact(pose: Pose) -> None:
    assert eye_contact(pose, OPEN) == (True, "")


@pytest.mark.parametrize("yaw", [-25.0, -20.0, 20.0, 25.0])
def test_looking_aside_with_head_or_eyes_is_none(yaw: float) -> None:
    assert eye_contact(Pose(yaw, 0.0, 0.0), OPEN) == (False, "")
    assert eye_contact(AHEAD, Gaze(yaw, 0.0, 1.0)) == (False, "")


@pytest.mark.parametrize(("pitch", "is_contact"), [(-25.0, False), (-12.0, True), (8.0, True), (12.0, False)])
def test_looking_a_little_down_still_counts(pitch: float, is_contact: bool) -> None:
    assert eye_contact(Pose(0.0, pitch, 0.0), OPEN) == (is_contact, "")


def test_eyes_can_make_up_for_the_head() -> None:
    assert eye_contact(Pose(20.0, 0.0, 0.0), Gaze(-20.0, 0.0, 1.0)) == (True, "")
    assert eye_contact(Pose(20.0, 0.0, 0.0), Gaze(20.0, 0.0, 1.0)) == (False, "")


@pytest.mark.parametrize(
    ("pose", "gaze", "reason"),
    [
        (None, None, NO_FACE),
        (Pose(45.0, 0.0, 0.0), OPEN, TURNED),
        (Pose(0.0, -40.0, 0.0), OPEN, TURNED),
        (AHEAD, None, TOO_SMALL),
        (AHEAD, Gaze(0.0, 0.0, 0.4), CLOSED),
    ],
)
def test_says_why_it_cannot_tell(pose: Pose | None, gaze: Gaze | None, reason: str) -> None:
    assert eye_contact(pose, gaze) == (None, reason)


def test_without_calibration_only_the_horizontal_counts_and_it_says_so() -> None:
    assert eye_contact(Pose(0.0, -13.0, 0.0), Gaze(0.0, 20.0, 1.0), is_calibrated=False) == (True, UNCALIBRATED)
    assert eye_contact(Pose(20.0, 0.0, 0.0), OPEN, is_calibrated=False) == (False, UNCALIBRATED)


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
