"""Is somebody there, where, and is there light enough to see them."""

from __future__ import annotations

from typing import NamedTuple

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


class Extent(NamedTuple):
    """Where a face lies in its picture."""

    box: Box
    """x, y, width and height as shares of the frame; parts outside the frame are cut off."""
    is_cut: bool
    """Whether part of it lies outside the picture."""


def extent(mesh: FaceMesh) -> Extent:
    x, y = mesh.points[:468, 0], mesh.points[:468, 1]
    width, height = mesh.size
    left, right = (min(1.0, max(0.0, float(edge) / width)) for edge in (x.min(), x.max()))
    top, bottom = (min(1.0, max(0.0, float(edge) / height)) for edge in (y.min(), y.max()))
    is_outside = (x < 0.0) | (x > width) | (y < 0.0) | (y > height)
    return Extent((left, top, right - left, bottom - top), bool(np.count_nonzero(is_outside) > OUTSIDE_SHARE * len(x)))


def light_fault(light: float) -> str:
    """What is wrong with the light; empty when nothing is."""
    if light < DARK:
        return "too dark"
    return "too bright" if light > BRIGHT else ""


def trouble(face: Extent | None, faces: int, light: float, *, is_living: bool | None = None) -> Trouble:
    """The first of these that holds: bad light, nobody, a picture, somebody else as well, a face cut off, its size."""
    if light < DARK:
        return "too_dark"
    if light > BRIGHT:
        return "too_bright"
    if face is None:
        return "no_face"
    if is_living is False:
        return "picture"
    if faces > 1:
        return "second_person"
    if face.is_cut:
        return "leaning_out"
    height = face.box[3]
    if height > NEAR_HEIGHT:
        return "too_near"
    return "too_far" if height < FAR_HEIGHT else ""
