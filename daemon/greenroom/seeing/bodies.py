"""Landmarks of a body: their rows, where the pose network shall look, and what it says as points."""

from __future__ import annotations

from math import atan2, cos, hypot, pi, sin

import numpy as np
import numpy.typing as npt

from greenroom.ports import Body
from greenroom.seeing.regions import Region

Floats = npt.NDArray[np.float32]

NOSE = 0
MOUTH = (9, 10)
LEFT_SHOULDER, RIGHT_SHOULDER = 11, 12
"""The candidate's own left and right: their right shoulder is on the picture's left."""
LEFT_HAND, RIGHT_HAND = (15, 17, 19, 21), (16, 18, 20, 22)
"""Wrist, then the roots of little finger, index and thumb."""
ROWS = 25
"""From nose to hips; the network knows legs, too."""
MIN_VISIBLE = 0.5

POINTS, VALUES = 39, 5
"""The network's landmarks, and x, y, z and the logits of visibility and presence of each."""
CELLS = 64
"""Sides of its heat maps."""
_REACH = 3
"""Cells around a landmark in which its heat map moves it, as published."""
_MIN_HEAT = 0.5
_MIRRORED = (0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15, 18, 17, 20, 19, 22, 21, 24, 23)

_DETECTED_MARGIN = 1.25
"""The network was trained with squares so much larger than the circle around a body."""
SIDE_SPANS, BELOW_SPANS = 5.0, 0.8
"""Side of the square over the span of the shoulders, and how far below them its middle lies.

A standing body fills the square. From the detector's larger squares, which end at the feet that a webcam does not
show, shoulder lines of two photographs turned by 5 and 10 degrees came back with 2.8 degrees of mean error, from this
one, settled, with 0.7.
"""
_NOSE_SPANS = 1.6
"""Span of the shoulders over the nose's distance from them, for a body that is turned aside."""


def detected_region(start: npt.NDArray[np.floating], end: npt.NDArray[np.floating]) -> Region:
    """The square around a body for the middle of its hips and the point on its circle, in pixels."""
    dx, dy = (float(value) for value in end - start)
    turn = pi / 2 - atan2(-dy, dx)
    return Region(float(start[0]), float(start[1]), 2.0 * hypot(dx, dy) * _DETECTED_MARGIN, turn)


def settled_region(points: Floats) -> Region:
    """The square in which landmarks are read best, from landmarks that were read in another one: level with the
    shoulders, so that a body is read alike however it is tilted."""
    left, right, nose = points[LEFT_SHOULDER], points[RIGHT_SHOULDER], points[NOSE]
    dx, dy = (float(value) for value in left - right)
    middle = (left + right) / 2
    span = max(hypot(dx, dy), _NOSE_SPANS * float(np.hypot(*(nose - middle))))
    turn = atan2(dy, dx)
    x = float(middle[0]) - BELOW_SPANS * span * sin(turn)
    return Region(x, float(middle[1]) + BELOW_SPANS * span * cos(turn), SIDE_SPANS * span, turn)


def landmarks(rows: Floats, heat: Floats, crop_px: int) -> Floats:
    """Points of the crop (25 x 3) from the network's rows (39 x 5), each moved to where its heat map is warm."""
    placed = rows[:ROWS, :3].copy()
    for row, (across, down) in enumerate(placed[:, :2] * (CELLS / crop_px)):
        if not (0.0 <= across < CELLS and 0.0 <= down < CELLS):
            continue
        top, left = max(0, int(down) - _REACH), max(0, int(across) - _REACH)
        warmth = shares(heat[top : int(down) + _REACH + 1, left : int(across) + _REACH + 1, row])
        if warmth.max() >= _MIN_HEAT:
            total = warmth.sum()
            placed[row, 0] = (left + (warmth.sum(axis=0) * np.arange(warmth.shape[1])).sum() / total) * crop_px / CELLS
            placed[row, 1] = (top + (warmth.sum(axis=1) * np.arange(warmth.shape[0])).sum() / total) * crop_px / CELLS
    return placed


def visibility(rows: Floats, points: Floats, size: tuple[int, int]) -> Floats:
    """0 to 1 of the first 25 rows: not hidden, and present; 0 outside a picture of ``size``."""
    shown = np.minimum(shares(rows[:ROWS, 3]), shares(rows[:ROWS, 4]))
    is_inside = ((points[:, :2] >= 0.0) & (points[:, :2] <= np.array(size))).all(axis=1)
    return np.where(is_inside, shown, np.float32(0.0)).astype(np.float32)


def both(one: Body, mirrored: Body) -> Body:
    """The mean of a body and the same read in a mirror: what the network does differently left and right cancels."""
    order = list(_MIRRORED)
    points = (one.points + mirrored.points[order]) / np.float32(2)
    shown = np.minimum(one.visibility, mirrored.visibility[order])
    return Body(points, shown, min(one.score, mirrored.score), one.size)


def shares(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -80.0, 80.0))), np.float32)
