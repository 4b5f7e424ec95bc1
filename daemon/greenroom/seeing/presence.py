"""Is somebody there, where, and is there light enough to see them."""

from __future__ import annotations

import numpy as np

from greenroom.ports import FaceMesh, Image
from greenroom.records import Trouble

NEAR_HEIGHT, FAR_HEIGHT = 0.75, 0.22
"""Face height as a share of the frame: above, it leaves the frame when it moves; below, the detector may lose it."""
DARK, BRIGHT = 0.12, 0.92
"""Brightness outside which the face mesh is not to be trusted."""
OUTSIDE_SHARE = 0.05
"""With more of the mesh's points outside the frame, the face is cut: the networks guess what they do not see."""
_STRIDE = 8

Box = tuple[float, float, float, float]


def brightness(picture: Image) -> float:
    """Mean of all channels from 0 black to 1 white, from one pixel in 64."""
    return float(picture[_STRIDE // 2 :: _STRIDE, _STRIDE // 2 :: _STRIDE].mean() / 255.0)


def box(mesh: FaceMesh) -> Box:
    """x, y, width and height of the face as shares of the frame; parts outside the frame are cut off."""
    low = np.clip(mesh.points[:468, :2].min(axis=0) / mesh.size, 0.0, 1.0)
    high = np.clip(mesh.points[:468, :2].max(axis=0) / mesh.size, 0.0, 1.0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def light_fault(light: float) -> str:
    """What is wrong with the light; empty when nothing is."""
    if light < DARK:
        return "too dark"
    return "too bright" if light > BRIGHT else ""


def is_cut(mesh: FaceMesh) -> bool:
    """Whether part of the face lies outside the picture."""
    points = mesh.points[:468, :2]
    is_outside = ((points < 0.0) | (points > mesh.size)).any(axis=1)
    return bool(is_outside.mean() > OUTSIDE_SHARE)


def trouble(mesh: FaceMesh | None, light: float, *, is_living: bool | None = None) -> Trouble:
    """The first of these that holds: bad light, nobody, a picture, somebody else as well, a face cut off, its size."""
    if light < DARK:
        return "too_dark"
    if light > BRIGHT:
        return "too_bright"
    if mesh is None:
        return "no_face"
    if is_living is False:
        return "picture"
    if mesh.faces > 1:
        return "second_person"
    if is_cut(mesh):
        return "leaning_out"
    height = box(mesh)[3]
    if height > NEAR_HEIGHT:
        return "too_near"
    return "too_far" if height < FAR_HEIGHT else ""
