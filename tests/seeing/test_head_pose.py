from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.ports import FaceMesh
from greenroom.seeing.head_pose import (
    MIN_MESHES,
    NeutralMesh,
    Pose,
    absolute_pose,
    metric_pose,
    pose_of,
    relative_pose,
    rotation,
)
from seeing.faces import mesh_at, neutral, with_lids

angles = st.floats(-60, 60)
poses = st.builds(Pose, angles, angles, angles)


@settings(max_examples=50, deadline=None)
@given(poses)
def test_a_rotation_and_its_pose_say_the_same(pose: Pose) -> None:
    matrix = rotation(pose)
    assert matrix @ matrix.T == pytest.approx(np.eye(3), abs=1e-9)
    assert pose_of(matrix) == pytest.approx(pose, abs=1e-6)


def test_the_axes_are_those_of_the_picture() -> None:
    nose = np.array([0.0, 0.0, -1.0])
    ear = np.array([1.0, 0.0, 0.0])
    assert (rotation(Pose(20.0, 0.0, 0.0)) @ nose)[0] > 0, "yaw turns the nose to the picture's right"
    assert (rotation(Pose(0.0, 20.0, 0.0)) @ nose)[1] < 0, "pitch raises the nose"
    assert (rotation(Pose(0.0, 0.0, 20.0)) @ ear)[1] > 0, "roll is clockwise: the ear on the picture's right sinks"


@settings(max_examples=50, deadline=None)
@given(poses, st.floats(0.3, 3.0), st.floats(-200, 200))
def test_reads_the_pose_of_a_turned_mesh_whatever_its_size_and_place(pose: Pose, scale: float, shift: float) -> None:
    assert relative_pose(mesh_at(pose, scale, shift), neutral()) == pytest.approx(pose, abs=0.05)


@pytest.mark.parametrize("turn_deg", [-30.0, -15.0, 15.0, 30.0])
def test_turning_the_picture_changes_roll_alone(turn_deg: float) -> None:
    upright, turned = absolute_pose(mesh_at()), absolute_pose(mesh_at(Pose(0.0, 0.0, turn_deg)))
    assert turned == pytest.approx((upright.yaw_deg, upright.pitch_deg, upright.roll_deg + turn_deg), abs=0.05)


def test_a_mirrored_mesh_has_the_opposite_yaw_and_roll() -> None:
    mesh = mesh_at(Pose(14.0, 6.0, -9.0))
    yaw, pitch, roll = absolute_pose(mesh)
    mirrored = mesh.points * [-1, 1, 1]
    # A mirrored face has its left eye where the right one was.
    swap = np.arange(478)
    for a, b in ((33, 263), (234, 454)):
        swap[[a, b]] = swap[[b, a]]
    flipped = absolute_pose(mesh._replace(points=mirrored[swap].astype(np.float32)))
    assert flipped == pytest.approx((-yaw, pitch, -roll), abs=0.05)


def test_a_metric_model_tells_the_pitch_without_the_slope_of_the_profile() -> None:
    mesh = mesh_at(Pose(5.0, 8.0, 2.0))
    turn = np.diag([1.0, -1.0, -1.0]) @ rotation(Pose(4.0, 8.0, 2.0)) @ np.diag([1.0, -1.0, -1.0])
    transform = np.block([[1.1 * turn, np.array([[1.0], [2.0], [-40.0]])], [np.zeros((1, 3)), np.ones((1, 1))]])
    plain, metric = absolute_pose(mesh), absolute_pose(mesh._replace(transform=transform))
    assert metric_pose(transform) == pytest.approx((4.0, 8.0, 2.0), abs=1e-6), "size and place do not matter"
    assert metric == pytest.approx((plain.yaw_deg, 8.0, plain.roll_deg), abs=1e-6)


def test_speech_and_blinks_do_not_turn_the_head() -> None:
    mesh = with_lids(mesh_at(Pose(5.0, -4.0, 3.0)), 0.1)
    points = mesh.points.copy()
    mouth = points[:468, 1] > points[13, 1]
    points[:468][mouth, 1] += 15.0
    assert relative_pose(mesh._replace(points=points), neutral()) == pytest.approx((5.0, -4.0, 3.0), abs=0.2)


def test_learns_the_face_in_the_middle_of_small_movements() -> None:
    draw = np.random.default_rng(5)
    meshes = [mesh_at(Pose(*draw.uniform(-2, 2, 3)), 1.0, float(draw.uniform(-3, 3))) for _ in range(30)]
    learned = NeutralMesh.learn(meshes)
    assert learned is not None
    assert relative_pose(mesh_at(Pose(10.0, 5.0, 2.0)), learned) == pytest.approx((10.0, 5.0, 2.0), abs=0.6)


def test_leaves_blinks_and_a_glance_aside_out_of_the_neutral_mesh() -> None:
    still = [mesh_at() for _ in range(20)]
    others = [with_lids(mesh_at(), 0.1) for _ in range(4)] + [mesh_at(Pose(25.0, 0.0, 0.0)) for _ in range(5)]
    learned = NeutralMesh.learn(still + others)
    assert learned is not None
    assert np.abs(learned.points - mesh_at().points).max() < 0.5


@pytest.mark.parametrize("count", [0, 1, MIN_MESHES - 1])
def test_does_not_learn_from_too_few_meshes(count: int) -> None:
    assert NeutralMesh.learn([mesh_at()] * count) is None


def test_does_not_learn_from_a_head_that_keeps_turning() -> None:
    assert NeutralMesh.learn([mesh_at(Pose(float(yaw), 0.0, 0.0)) for yaw in range(-45, 45, 3)]) is None


def test_does_not_learn_without_irises() -> None:
    bare = [mesh._replace(points=mesh.points[:468]) for mesh in [mesh_at()] * 20]
    assert NeutralMesh.learn(bare) is None


def test_survives_a_restart_as_bytes() -> None:
    again = NeutralMesh.from_bytes(neutral().to_bytes())
    assert np.array_equal(again.points, neutral().points)
    assert np.array_equal(again.rigid, neutral().rigid)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_refuses_bytes_it_did_not_write(data: bytes) -> None:
    with pytest.raises(ValueError, match="neutral mesh"):
        NeutralMesh.from_bytes(data)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_refuses_a_neutral_mesh_without_extent(value: float) -> None:
    data = NeutralMesh.from_bytes(neutral().to_bytes()).to_bytes()
    body = np.full(478 * 3, value, "<f4").tobytes()
    with pytest.raises(ValueError, match="extent"):
        NeutralMesh.from_bytes(data[: len(data) - len(body)] + body)


def test_a_mesh_of_468_points_has_a_pose_too() -> None:
    mesh = mesh_at(Pose(8.0, 0.0, 0.0))
    bare: FaceMesh = mesh._replace(points=mesh.points[:468])
    assert relative_pose(bare, neutral()) == pytest.approx((8.0, 0.0, 0.0), abs=0.05)
