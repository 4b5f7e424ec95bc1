"""Rotated squares of a picture: where the next network shall look, and how its points come back."""

from __future__ import annotations

from math import atan2, cos, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


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

    def points(self, crop: Floats, crop_px: int) -> Floats:
        """Points (x, y, z) of the crop as points of the picture; z grows with the square."""
        matrix = self.to_picture(crop_px).astype(np.float32)
        placed = np.empty_like(crop)
        placed[:, :2] = crop[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        placed[:, 2] = crop[:, 2] * (self.side / crop_px)
        return placed


def around(points: Floats, right: Floats, left: Floats, scale: float) -> Region:
    """The square that holds ``points`` times ``scale``, turned so that ``right`` to ``left`` is level in it."""
    turn = atan2(float(left[1] - right[1]), float(left[0] - right[0]))
    c, s = cos(turn), sin(turn)
    level = points[:, :2] @ np.array([[c, -s], [s, c]], dtype=np.float32)
    left_edge, top = level.min(axis=0).tolist()
    right_edge, bottom = level.max(axis=0).tolist()
    x, y = (left_edge + right_edge) / 2, (top + bottom) / 2
    side = max(right_edge - left_edge, bottom - top) * scale
    return Region(c * x - s * y, s * x + c * y, side, turn)
