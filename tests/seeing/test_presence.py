from __future__ import annotations

import numpy as np
import pytest

from greenroom.seeing.presence import brightness, extent, trouble
from seeing.faces import mesh_at


@pytest.mark.parametrize("value", [0, 51, 255])
def test_brightness_runs_from_black_to_white(value: int) -> None:
    assert brightness(np.full((480, 640, 3), value, np.uint8)) == pytest.approx(value / 255)


def test_brightness_of_a_tiny_picture_is_a_number() -> None:
    assert 0.0 <= brightness(np.full((8, 8, 3), 90, np.uint8)) <= 1.0


def test_the_box_holds_the_face_in_shares_of_the_frame() -> None:
    x, y, width, height = extent(mesh_at()).box
    points = mesh_at().points[:468]
    assert (x * 640, y * 480) == pytest.approx(points[:, :2].min(axis=0), abs=0.01)
    assert (width * 640, height * 480) == pytest.approx(np.ptp(points[:, :2], axis=0), abs=0.01)


def test_the_box_ends_at_the_frame() -> None:
    x, y, width, height = extent(mesh_at(scale=4.0)).box
    assert (x, y) == (0.0, 0.0)
    assert (width, height) == (1.0, 1.0)


def test_a_face_is_cut_when_a_part_of_it_lies_outside() -> None:
    whole = mesh_at()
    few_px, many_px = np.quantile(whole.points[:468, 0], [0.02, 0.10])
    aside = np.array([1, 0, 0], np.float32)
    assert not extent(whole).is_cut
    assert not extent(whole._replace(points=whole.points - few_px * aside)).is_cut, "the very edge does not matter"
    assert extent(whole._replace(points=whole.points - many_px * aside)).is_cut


@pytest.mark.parametrize(
    ("scale", "light", "said"),
    [
        (1.0, 0.5, ""),
        (0.4, 0.5, "too_far"),
        (1.0, 0.05, "too_dark"),
        (1.0, 0.97, "too_bright"),
        (4.0, 0.5, "leaning_out"),
    ],
)
def test_says_what_keeps_the_camera_from_seeing(scale: float, light: float, said: str) -> None:
    assert trouble(extent(mesh_at(scale=scale)), 1, light) == said


def test_a_face_that_fills_the_picture_is_too_near() -> None:
    mesh = mesh_at(scale=1.7)
    middle = mesh.points[:468].mean(axis=0)
    centred = mesh.points + np.array([320.0 - middle[0], 240.0 - middle[1], 0.0], np.float32)
    assert trouble(extent(mesh._replace(points=centred.astype(np.float32))), 1, 0.5) == "too_near"


def test_nobody_in_good_light_is_no_face_and_in_the_dark_it_is_the_dark() -> None:
    assert trouble(None, 0, 0.5) == "no_face"
    assert trouble(None, 0, 0.01) == "too_dark"


def test_a_second_face_is_a_second_person_and_a_face_that_never_moves_a_picture() -> None:
    assert trouble(extent(mesh_at()), 2, 0.5) == "second_person"
    assert trouble(extent(mesh_at()), 1, 0.5, is_living=False) == "picture"
