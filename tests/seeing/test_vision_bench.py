"""The accuracy that ``greenroom bench vision`` prints, held to its limits on fewer frames."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.bench import vision
from greenroom.bench.vision import CONTACT, IN_PLANE_DEG, LIMIT_DEG, LIMIT_IN_PLANE_DEG, errors, poses
from greenroom.seeing.head_pose import Pose
from seeing.faces import needs_face, studio

pytestmark = needs_face


def test_head_pose_is_within_its_limit_of_the_drawn_truth() -> None:
    wanted = poses(10)
    off = errors([studio().read(pose) for pose in wanted])
    assert len(off) == len(wanted), "every face is found"
    assert (np.abs(off).mean(axis=0) < LIMIT_DEG).all()
    spread = np.ptp(np.array(wanted), axis=0)
    assert (spread > 15.0).all(), "the poses differ enough for a reader that always says zero to fail"


@pytest.mark.parametrize("turn_deg", IN_PLANE_DEG)
def test_a_picture_turned_in_its_plane_is_read_so(turn_deg: float) -> None:
    assert max(map(abs, studio().in_plane(turn_deg))) < LIMIT_IN_PLANE_DEG


def test_a_mirrored_picture_flips_yaw_and_roll() -> None:
    both = studio().mirrored(Pose(12.0, 5.0, 8.0))
    assert both is not None
    plain, mirror = both
    assert plain.yaw_deg > 5.0
    assert plain.roll_deg > 5.0
    assert mirror.yaw_deg == pytest.approx(-plain.yaw_deg, abs=LIMIT_DEG)
    assert mirror.roll_deg == pytest.approx(-plain.roll_deg, abs=LIMIT_DEG)
    assert mirror.pitch_deg == pytest.approx(plain.pitch_deg, abs=LIMIT_DEG)


@pytest.mark.parametrize("name", CONTACT)
def test_eye_contact_is_told_from_looking_aside(name: str) -> None:
    pose, gaze_yaw_deg, truth = CONTACT[name]
    assert studio().is_contact(pose, gaze_yaw_deg) is truth


@pytest.mark.slow
def test_the_benchmark_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    vision.run(frames=10, count=3)
    printed = capsys.readouterr().out
    for words in (
        "tracked face",
        "no face",
        "frames/s on one core",
        "memory",
        "mean error",
        "turned +30",
        "eyes 20 left",
    ):
        assert words in printed
