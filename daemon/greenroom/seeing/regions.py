"""Rotated squares of a picture: where the next network shall look, and how its points come back."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, hypot, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

SWITCH_AREA = 1.6
"""How much larger than the followed face another one must be to be followed instead: no jumping between equals."""


class Region(NamedTuple):
    """A square around a centre in pixels, turned clockwise by ``turn_rad``; mirrored when ``is_flipped``."""

    x: float
    y: float
    side: float
    turn_rad: float = 0.0
    is_flipped: bool = False

    def to_picture(self, crop_px: int) -> npt.NDArray[np.float64]:
        """2 x 3 matrix from pixels of a ``crop_px`` square crop to pixels of the picture."""
        scale = self.side / crop_px
        across = -scale if self.is_flipped else scale
        c, s = cos(self.turn_rad), sin(self.turn_rad)
        # Pixel centres lie half a pixel inside the crop's corner.
        middle = (crop_px - 1) / 2
        x = self.x - middle * (c * across - s * scale)
        y = self.y - middle * (s * across + c * scale)
        return np.array([[c * across, -s * scale, x], [s * across, c * scale, y]])

    def is_at(self, before: Region) -> bool:
        """Whether its centre lies within the middle of a square seen before."""
        return hypot(self.x - before.x, self.y - before.y) < before.side / 4

    def points(self, crop: Floats, crop_px: int) -> Floats:
        """Points (x, y, z) of the crop as points of the picture; z grows with the square."""
        # Column by column: a matrix product of so few numbers in strides costs six times as much.
        (a, b, x), (c, d, y) = self.to_picture(crop_px).astype(np.float32)
        placed = np.empty_like(crop)
        across, down = crop[:, 0], crop[:, 1]
        placed[:, 0] = across * a + down * b + x
        placed[:, 1] = across * c + down * d + y
        placed[:, 2] = crop[:, 2] * np.float32(self.side / crop_px)
        return placed


def around(points: Floats, right: Floats, left: Floats, scale: float) -> Region:
    """The square that holds ``points`` times ``scale``, turned so that ``right`` to ``left`` is level in it."""
    turn = atan2(float(left[1] - right[1]), float(left[0] - right[0]))
    c, s = cos(turn), sin(turn)
    cos_turn, sin_turn = np.float32(c), np.float32(s)
    across = points[:, 0] * cos_turn + points[:, 1] * sin_turn
    down = points[:, 1] * cos_turn - points[:, 0] * sin_turn
    left_edge, right_edge, top, bottom = (float(edge) for edge in (across.min(), across.max(), down.min(), down.max()))
    x, y = (left_edge + right_edge) / 2, (top + bottom) / 2
    side = max(right_edge - left_edge, bottom - top) * scale
    return Region(c * x - s * y, s * x + c * y, side, turn)


def prominent(faces: Sequence[Region], before: Region | None) -> Region:
    """The face that was at ``before`` as long as no other is ``SWITCH_AREA`` times as large; else the largest one."""
    largest = max(faces, key=lambda face: face.side)
    if before is None:
        return largest
    own = [face for face in faces if face.is_at(before)]
    return own[0] if own and largest.side**2 < SWITCH_AREA * own[0].side ** 2 else largest
