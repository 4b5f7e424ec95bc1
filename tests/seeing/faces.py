"""Faces for tests: the portrait's mesh, turned exactly, and the real networks where their weights are."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from greenroom.bench.hearing import shared_folder
from greenroom.bench.vision import Studio
from greenroom.ports import FaceMesh, Image
from greenroom.seeing.face_litert import DETECTOR_FILE, IRIS_FILE, MESH_FILE, LiteRtFace
from greenroom.seeing.face_mediapipe import FILE, MODEL, MediaPipeFace
from greenroom.seeing.head_pose import NeutralMesh, Pose, rotation
from greenroom.world.portrait import ASSETS, HEIGHT, WIDTH

AHEAD = Pose(0.0, 0.0, 0.0)
MODELS = Path(__file__).parents[2] / "models" / "face-mesh"
PATHS = (MODELS / DETECTOR_FILE, MODELS / MESH_FILE, MODELS / IRIS_FILE)
needs_face = pytest.mark.skipif(
    not all(path.is_file() for path in PATHS), reason="no face weights: greenroom models pull --minimal"
)

_PULLED = Path(__file__).parents[2] / "models" / MODEL / FILE
BUNDLE = _PULLED if _PULLED.is_file() else shared_folder() / "models" / FILE
HAS_MEDIAPIPE = importlib.util.find_spec("mediapipe") is not None
needs_mediapipe = pytest.mark.skipif(
    not (HAS_MEDIAPIPE and BUNDLE.is_file()),
    reason=f"no {FILE}: greenroom models pull {MODEL}, or set GREENROOM_TEST_DATA"
    if HAS_MEDIAPIPE
    else "the mediapipe extra is not installed",
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


@cache
def landmarker() -> MediaPipeFace:
    """The engine of MediaPipe Tasks; shared, because its library takes more than a second to import."""
    return MediaPipeFace(BUNDLE)


@cache
def landmarker_studio() -> Studio:
    """The drawn candidate before MediaPipe."""
    return Studio(landmarker())


def found(mesh: FaceMesh | None) -> FaceMesh:
    assert mesh is not None
    return mesh


def middle_x(mesh: FaceMesh) -> float:
    return float(mesh.points[:468, 0].mean())


def side_by_side(face: Image, left: float, right: float) -> Image:
    """Two faces on a 1280 x 480 frame, scaled; 0 leaves one out."""
    frame = np.full((480, 1280, 3), 150, np.uint8)
    for x, scale in ((0, left), (640, right)):
        if scale:
            small = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            frame[: small.shape[0], x : x + small.shape[1]] = small
    return frame


def framed(face: Image, width: int, height: int) -> Image:
    """The face as large as it fits, in the middle of a frame of this size."""
    side = min(width, height * 4 // 3)
    small = cv2.resize(face, (side, side * 3 // 4))
    across, down = width - side, height - small.shape[0]
    borders = (down // 2, down - down // 2, across // 2, across - across // 2)
    return np.asarray(cv2.copyMakeBorder(small, *borders, cv2.BORDER_REPLICATE), np.uint8)
