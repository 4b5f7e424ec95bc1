from __future__ import annotations

import numpy as np
import pytest

from greenroom.seeing.presence import advice, box, brightness, is_cut
from seeing.faces import mesh_at


@pytest.mark.parametrize("value", [0, 51, 255])
def test_brightness_runs_from_black_to_white(value: int) -> None:
    assert brightness(np.full((480, 640, 3), value, np.uint8)) == pytest.approx(value / 255)


def test_brightness_of_a_tiny_picture_is_a_number() -> None:
    assert 0.0 <= brightness(np.full((8, 8, 3), 90, np.uint8)) <= 1.0


def test_the_box_holds_the_face_in_shares_of_the_frame() -> None:
    x, y, width, height = box(mesh_at())
    points = mesh_at().points[:468]
    assert (x * 640, y * 480) == pytest.approx(points[:, :2].min(axis=0), abs=0.01)
    assert (width * 640, height * 480) == pytest.approx(np.ptp(points[:, :2], axis=0), abs=0.01)


def test_the_box_ends_at_the_frame() -> None:
    x, y, width, height = box(mesh_at(scale=4.0))
    assert (x, y) == (0.0, 0.0)
    assert (width, height) == (1.0, 1.0)


def test_a_face_is_cut_when_a_part_of_it_lies_outside() -> None:
    whole = mesh_at()
    few_px, many_px = np.quantile(whole.points[:468, 0], [0.02, 0.10])
    aside = np.array([1, 0, 0], np.float32)
    assert not is_cut(whole)
    assert not is_cut(whole._replace(points=whole.points - few_px * aside)), "the very edge does not matter"
    assert is_cut(whole._replace(points=whole.points - many_px * aside))


@pytest.mark.parametrize(
    ("height", "light", "said"),
    [
        (0.4, 0.5, ""),
        (0.9, 0.5, "too near"),
        (0.1, 0.5, "too far away"),
        (0.4, 0.05, "too dark"),
        (0.4, 0.97, "too bright"),
    ],
)
def test_says_what_keeps_the_camera_from_seeing(height: float, light: float, said: str) -> None:
    assert advice((0.4, 0.3, 0.2, height), light) == said


def test_nobody_in_good_light_is_no_face_and_in_the_dark_it_is_the_dark() -> None:
    assert advice(None, 0.5) == "no face"
    assert advice(None, 0.01) == "too dark"
