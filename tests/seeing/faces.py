"""Faces for tests: the portrait's mesh, turned exactly, and the real networks where their weights are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from greenroom.bench.vision import Studio
from greenroom.ports import FaceMesh
from greenroom.seeing.face_litert import DETECTOR_FILE, IRIS_FILE, MESH_FILE, LiteRtFace
from greenroom.seeing.head_pose import NeutralMesh, Pose, rotation
from greenroom.world.portrait import ASSETS, HEIGHT, WIDTH

AHEAD = Pose(0.0, 0.0, 0.0)
MODELS = Path(__file__).parents[2] / "models" / "face-mesh"
PATHS = tuple(MODELS / name for name in (DETECTOR_FILE, MESH_FILE, IRIS_FILE))
needs_face = pytest.mark.skipif(
    not all(path.is_file() for path in PATHS), reason="no face weights: greenroom models pull --minimal"
)


@cache
def portrait_points() -> npt.NDArray[np.float32]:
    with np.load(ASSETS / "portrait.npz") as data:
        points: npt.NDArray[np.float32] = data["points"]
    return points


def mesh_at(pose: Pose = AHEAD, scale: float = 1.0, shift_px: float = 0.0, faces: int = 1) -> FaceMesh:
    """The portrait's mesh, turned, scaled and shifted without any error of a network."""
    points = portrait_points().astype(np.float64)
    middle = points[:468].mean(axis=0)
    turned = (points - middle) @ rotation(pose).T * scale + middle + [shift_px, shift_px, 0.0]
    return FaceMesh(turned.astype(np.float32), 1.0, (WIDTH, HEIGHT), faces)


def with_irises(mesh: FaceMesh, across: float, down: float) -> FaceMesh:
    """The irises shifted by shares of the eye's width."""
    points = mesh.points.copy()
    for outer, inner, iris in ((33, 133, 468), (263, 362, 473)):
        width = np.linalg.norm(points[outer] - points[inner])
        points[iris : iris + 5, :2] += np.array([across, down]) * width
    return mesh._replace(points=points)


def with_lids(mesh: FaceMesh, openness: float) -> FaceMesh:
    """The upper lids drawn down to a share of their height over the lower ones."""
    points = mesh.points.copy()
    for upper, lower in (((160, 159, 158), (144, 145, 153)), ((387, 386, 385), (373, 374, 380))):
        for a, b in zip(upper, lower, strict=True):
            points[a] = points[b] + openness * (points[a] - points[b])
    return mesh._replace(points=points)


def neutral() -> NeutralMesh:
    return NeutralMesh(portrait_points())


def new_finder() -> LiteRtFace:
    return LiteRtFace(*PATHS)


@cache
def studio() -> Studio:
    """The drawn candidate before the real networks; shared, because learning the neutral mesh takes 15 frames."""
    return Studio(new_finder())
