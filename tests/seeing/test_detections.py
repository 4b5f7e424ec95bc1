from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from greenroom.seeing.detections import INPUT_PX, anchors, decode, overlap


def f32(rows: object) -> npt.NDArray[np.float32]:
    return np.array(rows, np.float32)


CENTRES = anchors()


def outputs(*faces: tuple[int, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Network outputs with a face of a quarter of the input, given by anchor, shift in pixels and logit."""
    regressors = np.zeros((896, 16), np.float32)
    logits = np.full(896, -100.0, np.float32)
    for anchor, shift_px, logit in faces:
        regressors[anchor] = [shift_px, 0, 32, 32, *(shift_px + 4 * n if n % 2 == 0 else 1.0 * n for n in range(12))]
        logits[anchor] = logit
    return regressors, logits


def test_has_the_896_anchors_of_the_network() -> None:
    assert CENTRES.shape == (896, 2)
    assert CENTRES[0] == pytest.approx([1 / 32, 1 / 32])
    assert CENTRES[0] == pytest.approx(CENTRES[1])
    assert CENTRES[512] == pytest.approx([1 / 16, 1 / 16])
    assert CENTRES[-1] == pytest.approx([15 / 16, 15 / 16])


def test_finds_nothing_without_a_confident_anchor() -> None:
    assert decode(*outputs((300, 0.0, -0.01)), CENTRES) == []


def test_places_a_box_and_the_eyes_around_its_anchor() -> None:
    (face,) = decode(*outputs((300, 6.4, 5.0)), CENTRES)
    assert face.score == pytest.approx(0.9933, abs=1e-3)
    assert (face.width, face.height) == pytest.approx((0.25, 0.25))
    assert face.x + face.width / 2 == pytest.approx(CENTRES[300, 0] + 6.4 / INPUT_PX)
    assert face.y + face.height / 2 == pytest.approx(CENTRES[300, 1])
    assert face.eyes[0] == pytest.approx(CENTRES[300] + np.array([6.4, 1.0]) / INPUT_PX)
    assert face.eyes[1] == pytest.approx(CENTRES[300] + np.array([14.4, 3.0]) / INPUT_PX)


def test_merges_overlapping_boxes_into_one_face_between_them() -> None:
    (face,) = decode(*outputs((300, 0.0, 4.0), (301, 2.0, 4.0)), CENTRES)
    assert face.x + face.width / 2 == pytest.approx(CENTRES[300, 0] + 1.0 / INPUT_PX)


def test_keeps_two_faces_apart_best_first() -> None:
    weak, strong = 2 * (16 * 3 + 2), 2 * (16 * 3 + 12)
    faces = decode(*outputs((weak, 0.0, 1.0), (strong, 0.0, 6.0)), CENTRES)
    assert len(faces) == 2
    assert faces[0].score > faces[1].score
    assert faces[0].x > faces[1].x


@pytest.mark.parametrize("logit", [1e6, np.inf])
def test_survives_absurd_outputs(logit: float) -> None:
    (face,) = decode(*outputs((10, 0.0, logit)), CENTRES)
    assert face.score == pytest.approx(1.0)


def test_overlap_is_shared_area_over_joint_area() -> None:
    low, high = f32([0, 0]), f32([2, 2])
    lows, highs = f32([[0, 0], [1, 0], [3, 3]]), f32([[2, 2], [3, 2], [4, 4]])
    assert overlap(low, high, lows, highs) == pytest.approx([1.0, 1 / 3, 0.0])
