"""Rotated squares of a picture: where the next network shall look, and how its points come back."""

from __future__ import annotations

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
        cos, sin = np.cos(self.turn_rad), np.sin(self.turn_rad)
        turned = np.array([[cos * across, -sin * scale], [sin * across, cos * scale]])
        # Pixel centres lie half a pixel inside the crop's corner.
        middle = np.full(2, (crop_px - 1) / 2)
        return np.column_stack([turned, np.array([self.x, self.y]) - turned @ middle])

    def points(self, crop: Floats, crop_px: int) -> Floats:
        """Points (x, y, z) of the crop as points of the picture; z grows with the square."""
        matrix = self.to_picture(crop_px)
        placed = np.empty_like(crop)
        placed[:, :2] = crop[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        placed[:, 2] = crop[:, 2] * (self.side / crop_px)
        return placed


def around(points: Floats, right: Floats, left: Floats, scale: float) -> Region:
    """The square that holds ``points`` times ``scale``, turned so that ``right`` to ``left`` is level in it."""
    dx, dy = (left - right)[:2]
    turn = float(np.arctan2(dy, dx))
    cos, sin = np.cos(turn), np.sin(turn)
    level = points[:, :2] @ np.array([[cos, -sin], [sin, cos]], dtype=np.float32)
    low, high = level.min(axis=0), level.max(axis=0)
    x, y = (low + high) / 2
    side = float((high - low).max()) * scale
    return Region(float(cos * x - sin * y), float(sin * x + cos * y), side, turn)
