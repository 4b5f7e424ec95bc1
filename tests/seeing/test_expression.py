"""Mouth and brows against the face at rest: exact meshes, and drawn movements through the real networks."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from greenroom.bench.eyes import Eyes
from greenroom.ports import FaceMesh, Image
from greenroom.seeing.expression import Expression, expression
from greenroom.seeing.face_litert import LiteRtFace
from greenroom.seeing.head_pose import NeutralMesh, Pose, place
from greenroom.seeing.observe import observe
from greenroom.world.shot import Shot
from seeing.faces import PATHS, mesh_at, needs_face, neutral

CORNERS, BROWS, LIPS = (61, 291), (105, 66, 107, 334, 296, 336), (13, 14)


def moved(mesh: FaceMesh, rows: tuple[int, ...], by: npt.NDArray[np.floating]) -> FaceMesh:
    points = mesh.points.copy()
    points[list(rows)] += by.astype(np.float32)
    return mesh._replace(points=points)


def read(mesh: FaceMesh) -> Expression:
    return expression(mesh, neutral(), place(mesh, neutral()))


@pytest.mark.parametrize("pose", [Pose(0, 0, 0), Pose(25, -12, 15), Pose(-20, 10, -10)])
def test_a_turn_of_the_head_is_no_movement_of_the_face(pose: Pose) -> None:
    assert read(mesh_at(pose, 1.3, 20.0)) == pytest.approx((0.0, 0.0, 0.0), abs=0.02)


def test_corners_up_and_apart_are_a_smile_brows_up_a_raise_and_lips_apart_an_open_mouth() -> None:
    width = float(np.ptp(neutral().points[:468, 0]))
    rest = mesh_at()
    smile = moved(moved(rest, (61,), np.array([-0.03, -0.03, 0]) * width), (291,), np.array([0.03, -0.03, 0]) * width)
    assert read(smile).smile == pytest.approx(1.0, abs=0.05)
    assert read(moved(rest, CORNERS, np.array([0, 0.05, 0]) * width)).smile == 0.0
    assert read(moved(rest, BROWS, np.array([0, -0.02, 0]) * width)).brow_raise == pytest.approx(0.5, abs=0.1)
    assert read(moved(rest, (14,), np.array([0, 0.05, 0]) * width)).mouth_open == pytest.approx(0.5, abs=0.1)


@cache
def eyes() -> Eyes:
    return Eyes(LiteRtFace(*PATHS))


@cache
def rest() -> NeutralMesh:
    return eyes().neutral(Shot())


def pushed(picture: Image, moves: list[tuple[npt.NDArray[np.floating], tuple[float, float], float]]) -> Image:
    """The picture with places pushed by pixels, softly within a radius."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    from_x, from_y = x.copy(), y.copy()
    for (at_x, at_y), (by_x, by_y), radius in moves:
        near = np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * radius**2))
        from_x -= (by_x * near).astype(np.float32)
        from_y -= (by_y * near).astype(np.float32)
    return np.asarray(cv2.remap(picture, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def looked(picture: Image) -> Expression:
    finder = eyes()._finder
    finder.reset()
    mesh = None
    for n in range(3):
        mesh = finder.find(picture, n / 15)
    assert mesh is not None
    return expression(mesh, rest(), place(mesh, rest()))


@needs_face
def test_a_drawn_smile_and_drawn_raised_brows_are_read_from_the_picture() -> None:
    at = eyes().renderer.landmarks(Shot())
    step = 0.05 * float(np.ptp(at[:468, 0]))
    picture = eyes().renderer.render(Shot())
    smile = looked(pushed(picture, [(at[61], (-step, -step), 2 * step), (at[291], (step, -step), 2 * step)]))
    brows = looked(pushed(picture, [(at[row], (0.0, -step), 2 * step) for row in (105, 334, 66, 296)]))
    assert smile.smile > 0.6
    assert smile.brow_raise < 0.3
    assert brows.brow_raise > 0.6
    assert brows.smile < 0.3


@needs_face
def test_a_mouth_that_speaks_in_a_turning_head_opens_and_neither_smiles_nor_raises_its_brows() -> None:
    draw = np.random.default_rng(4)
    found = []
    for mouth in (0.0, 0.5, 1.0) * 6:
        yaw, pitch, roll = (float(one) for one in draw.uniform([-20, -12, -10], [20, 12, 10]))
        found.append((mouth, looked(eyes().renderer.render(Shot(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll,
                                                                mouth=mouth)))))
    assert max(one.smile for _, one in found) < 0.4
    assert max(one.brow_raise for _, one in found) < 0.5
    assert min(one.mouth_open for mouth, one in found if mouth == 1.0) > 0.4
    assert max(one.mouth_open for mouth, one in found if mouth == 0.0) < 0.3


def test_it_is_observed_only_when_asked_for_and_with_a_face_at_rest() -> None:
    mesh = mesh_at()
    asked = observe(mesh, 0.5, neutral(), 0, 0.0, 0.0, with_expression=True)
    assert (asked.smile, asked.brow_raise, asked.mouth_open) == pytest.approx((0.0, 0.0, 0.0), abs=0.02)
    for silent in (observe(mesh, 0.5, neutral(), 0, 0.0, 0.0),
                   observe(mesh, 0.5, None, 0, 0.0, 0.0, with_expression=True)):
        assert (silent.smile, silent.brow_raise, silent.mouth_open) == (None, None, None)
