from __future__ import annotations

from math import pi

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.seeing.regions import Region, around, prominent


def f32(rows: object) -> npt.NDArray[np.float32]:
    return np.array(rows, np.float32)


CORNERS = f32([[0, 0, 1], [63, 0, 1], [0, 63, 1], [63, 63, 1]])


def test_an_upright_region_maps_its_crop_to_a_square() -> None:
    placed = Region(100.0, 50.0, 128.0).points(CORNERS, 64)
    assert placed[0] == pytest.approx([100 - 63, 50 - 63, 2.0])
    assert placed[3] == pytest.approx([100 + 63, 50 + 63, 2.0])


def test_a_turned_region_follows_a_clockwise_head() -> None:
    placed = Region(0.0, 0.0, 64.0, pi / 2).points(CORNERS, 64)
    assert placed[1, :2] == pytest.approx([31.5, 31.5], abs=1e-4)


def test_a_flipped_region_swaps_left_and_right_alone() -> None:
    plain, flipped = (Region(10.0, 20.0, 64.0, 0.3, is_flipped).points(CORNERS, 64) for is_flipped in (False, True))
    assert flipped == pytest.approx(plain[[1, 0, 3, 2]], abs=1e-4)


@settings(max_examples=50, deadline=None)
@given(
    st.floats(-pi, pi),
    st.floats(5, 400),
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_the_region_around_points_is_level_with_the_eyes_and_holds_all(
    turn: float, size: float, middle: tuple[float, float]
) -> None:
    shape = f32([[-1, 0, 0], [1, 0, 0], [0, -0.6, 0], [0.3, 0.8, 0]]) * size
    cos, sin = np.cos(turn), np.sin(turn)
    turned = shape.copy()
    turned[:, :2] = shape[:, :2] @ f32([[cos, sin], [-sin, cos]]) + f32(middle)
    region = around(turned, turned[0], turned[1], 1.5)
    assert region.side == pytest.approx(3 * size, rel=1e-3)
    assert np.cos(region.turn_rad - turn) == pytest.approx(1.0, abs=1e-4)
    matrix = region.to_picture(192)
    back = (turned[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    assert back.min() > 0
    assert back.max() < 191
    assert back[0, 1] == pytest.approx(back[1, 1], abs=0.1)


def test_the_largest_face_is_the_most_prominent_until_one_is_followed() -> None:
    faces = [Region(0.0, 0.0, 80.0), Region(300.0, 0.0, 100.0), Region(600.0, 0.0, 90.0)]
    assert prominent(faces, None) == faces[1]
    assert prominent(faces, Region(5.0, 5.0, 80.0)) == faces[0], "no jumping between equals"
    assert prominent(faces, Region(900.0, 0.0, 80.0)) == faces[1], "the followed one is gone"
    assert prominent([faces[0], Region(300.0, 0.0, 120.0)], faces[0]).side == 120.0, "twice the area"
