"""Head pose as ``greenroom bench eyes`` reads it from the drawn face, held to the limits on fewer poses."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace

from greenroom.bench import eyes
from greenroom.bench.eyes import Eyes, fit, pose_errors
from greenroom.seeing.gaze import eye_in_head
from greenroom.seeing.head_pose import Pose, absolute_pose, relative_pose
from greenroom.world.shot import CROPS, LIGHTS, Shot, Truth
from seeing.faces import needs_face, new_finder


@cache
def studio_eyes() -> Eyes:
    return Eyes(new_finder())


@cache
def readings() -> list[tuple[Truth, Pose | None]]:
    return studio_eyes().poses(40)


@needs_face
def test_every_drawn_head_is_found() -> None:
    assert all(read is not None for _, read in readings())
    truths = np.array([truth.pose for truth, _ in readings()])
    assert (np.ptp(truths, axis=0) > np.array(eyes.MOST_DEG)).all(), "heads differ as widely as was asked"


@needs_face
def test_head_pose_keeps_its_limits_on_each_axis() -> None:
    mean, decile, _ = pose_errors(readings())
    assert (mean < eyes.LIMIT_MEAN_DEG).all()
    assert (decile < eyes.LIMIT_DECILE_DEG).all()


@needs_face
def test_the_portrait_at_rest_is_level_but_for_its_profile() -> None:
    mesh = studio_eyes().look(Shot())
    assert mesh is not None
    yaw, pitch, roll = absolute_pose(mesh)
    assert max(abs(yaw), abs(roll)) < eyes.LIMIT_REST_DEG
    assert abs(pitch) < 15.0


@needs_face
@pytest.mark.parametrize("crop", CROPS)
@pytest.mark.parametrize("light", LIGHTS)
def test_neither_crop_nor_light_turns_the_head(crop: str, light: str) -> None:
    rest, turned = Shot(), Shot(yaw_deg=12.0, pitch_deg=-6.0, roll_deg=8.0)
    changes = {**CROPS[crop], **LIGHTS[light]}
    neutral = studio_eyes().neutral(replace(rest, **changes))
    mesh = studio_eyes().look(replace(turned, **changes))
    assert mesh is not None
    assert relative_pose(mesh, neutral) == pytest.approx((12.0, -6.0, 8.0), abs=4.0)


@needs_face
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_eyes_that_look_aside_are_read_aside(is_mirrored: bool) -> None:
    rest = Shot(is_mirrored=is_mirrored)
    neutral, read = studio_eyes().neutral(rest), []
    for yaw in (-20.0, 20.0):
        mesh = studio_eyes().look(replace(rest, gaze_yaw_deg=yaw))
        assert mesh is not None
        read.append(eye_in_head(mesh, neutral))
    left, right = read
    assert left is not None
    assert right is not None
    assert (right.yaw_deg - left.yaw_deg) * (-1 if is_mirrored else 1) > 20.0


def test_a_line_is_found_again() -> None:
    wanted = np.array([(yaw, pitch) for yaw in (-20.0, 0.0, 20.0) for pitch in (-10.0, 0.0, 10.0)])
    read = wanted @ np.array([[0.5, 0.0], [0.1, 0.3]]) + np.array([2.0, -1.0])
    found = fit(wanted, read)
    assert found.gain == pytest.approx([0.5, 0.3])
    assert found.leak == pytest.approx([0.1, 0.0])
    assert found.bias == pytest.approx([2.0, -1.0])
    assert found.worst.max() < 1e-9


def test_the_worst_tenth_is_of_each_axis_alone() -> None:
    truth = Truth(Pose(0.0, 0.0, 0.0), (0.0, 0.0), (0.0, 0.0), Pose(1.0, 0.0, 0.0), (0.0, 0.0))
    read = [Pose(10.0, 0.0, 0.0), Pose(0.0, -8.0, 0.0), *[Pose(0.0, 0.0, 0.0)] * 8]
    found = pose_errors([(truth, pose) for pose in [*read, None]])
    assert found.mean == pytest.approx([1.0, 0.8, 0.0])
    assert found.decile == pytest.approx([10.0, 8.0, 0.0])
    assert pose_errors([(truth, Pose(1.0, 0.0, 0.0))], is_by_lens=True).mean == pytest.approx([0.0, 0.0, 0.0])
