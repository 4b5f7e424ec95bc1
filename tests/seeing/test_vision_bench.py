"""The accuracy that ``greenroom bench vision`` prints, held to its limits on fewer frames."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.bench import vision
from greenroom.bench.vision import CONTACT, IN_PLANE_DEG, LIMIT_DEG, LIMIT_IN_PLANE_DEG, Candidate, errors, poses
from greenroom.errors import ModelMissing
from greenroom.models.store import Store
from greenroom.ports import FaceFinder
from greenroom.seeing.head_pose import Pose
from seeing.faces import landmarker_studio, needs_face, needs_mediapipe, studio

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
        "gaze against drawn truth",
        "eyes 20 left",
    ):
        assert words in printed
    assert "--- LiteRT: litert-face-mesh" in printed
    assert "--- MediaPipe: " in printed, "measured, or named as missing"


def test_an_engine_that_is_not_here_is_named_and_the_other_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(vision, "ENGINES", (Candidate("Other", missing, 1.0), vision.ENGINES[0]))
    vision.run(frames=5, count=1)
    printed = capsys.readouterr().out
    assert "--- Other: missing (model-missing: nothing here)" in printed
    assert printed.count("tracked face ") == 1


def test_without_any_engine_the_benchmark_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision, "ENGINES", (Candidate("Other", missing, 1.0),))
    with pytest.raises(ModelMissing, match="nothing here"):
        vision.run()


def missing(_store: Store) -> FaceFinder:
    raise ModelMissing("nothing here")


@needs_mediapipe
def test_mediapipe_reads_the_head_within_the_same_limit() -> None:
    off = errors([landmarker_studio().read(pose) for pose in poses(10)])
    assert len(off) == 10
    assert (np.abs(off).mean(axis=0) < LIMIT_DEG).all()


@needs_mediapipe
@pytest.mark.parametrize("name", CONTACT)
def test_mediapipe_tells_eye_contact_from_looking_aside(name: str) -> None:
    pose, gaze_yaw_deg, truth = CONTACT[name]
    assert landmarker_studio().is_contact(pose, gaze_yaw_deg) is truth


def test_gaze_is_read_within_five_degrees_by_the_engine_that_comes_first() -> None:
    assert max(map(abs, studio().gaze_errors())) < 5.0
