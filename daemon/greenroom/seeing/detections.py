"""What the BlazeFace network says, as boxes: its anchor grid, its numbers decoded, overlaps merged.

Coordinates are shares (0 to 1) of the network's square input; the network and its layout are MediaPipe's
"short range" face detector (128 x 128, 896 anchors, six key points).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

INPUT_PX = 128
MIN_SCORE = 0.5
"""The threshold with which the network was published."""
MAX_OVERLAP = 0.3
"""Intersection over union above which two boxes are the same face; published likewise."""
_LAYERS = ((16, 2), (8, 6))
"""Cells along one side, anchors in each cell."""


class Detection(NamedTuple):
    """One face. ``eyes`` are the candidate's right and left eye (image left and right), x and y each."""

    score: float
    x: float
    y: float
    width: float
    height: float
    eyes: Floats

    @property
    def area(self) -> float:
        return self.width * self.height


def anchors() -> Floats:
    """Centres of the 896 anchors in the order of the network's outputs."""
    return grid_centres(_LAYERS)


def grid_centres(layers: Sequence[tuple[int, int]]) -> Floats:
    """Of the anchors of grids with so many cells along a side and so many anchors in each cell: x and y, grid by grid
    and row by row."""
    rows = []
    for cells, per_cell in layers:
        at = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(at, at, indexing="ij")
        rows.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), per_cell, axis=0))
    return np.concatenate(rows).astype(np.float32)


def decode(regressors: Floats, logits: Floats, centres: Floats) -> list[Detection]:
    """Faces above ``MIN_SCORE``, best first, each once.

    ``regressors`` is 896 x 16 (box centre, size, six key points, in input pixels from the anchor), ``logits`` 896.
    """
    scores = np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -80.0, 80.0))), np.float32)
    chosen = np.flatnonzero(scores >= MIN_SCORE)
    if chosen.size == 0:
        return []
    scores = scores[chosen]
    points = (regressors[chosen].reshape(-1, 8, 2) / INPUT_PX).astype(np.float32)
    points[:, 0] += centres[chosen]
    points[:, 2:] += centres[chosen][:, None]
    return _merged(scores, points)


def _merged(scores: Floats, points: Floats) -> list[Detection]:
    """Non-maximum suppression that averages each cluster by score, which steadies the box between frames."""
    left: Floats = points[:, 0] - points[:, 1] / np.float32(2)
    right: Floats = points[:, 0] + points[:, 1] / np.float32(2)
    order = np.argsort(-scores, kind="stable")
    faces: list[Detection] = []
    while order.size:
        best = order[0]
        same = overlap(left[best], right[best], left[order], right[order]) > MAX_OVERLAP
        same[0] = True
        cluster = order[same]
        order = order[~same]
        weight = scores[cluster] / scores[cluster].sum()
        mean = np.tensordot(weight, points[cluster], axes=1)
        (x, y), (width, height) = mean[0] - mean[1] / 2, mean[1]
        faces.append(
            Detection(
                float(scores[best]), float(x), float(y), float(width), float(height), mean[2:4].astype(np.float32)
            )
        )
    return faces


def overlap(low: Floats, high: Floats, lows: Floats, highs: Floats) -> Floats:
    """Intersection over union of one box with many; a box is its low and high corner (x, y)."""
    inner = np.clip(np.minimum(high, highs) - np.maximum(low, lows), 0.0, None).prod(axis=-1)
    union = np.clip(high - low, 0.0, None).prod() + np.clip(highs - lows, 0.0, None).prod(axis=-1) - inner
    shares: Floats = inner / np.maximum(union, 1e-9)
    return shares
