"""What MediaPipe's detectors of bodies and palms say: the one thing that is seen best, with its key points.

Coordinates are shares (0 to 1) of the network's square input. Both networks give, for each anchor of a grid, a logit
and a row: centre and size of a box, then the key points, in input pixels from the anchor.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.seeing.detections import grid_centres

Floats = npt.NDArray[np.float32]


class Detector(NamedTuple):
    """The layout of a detector's network, as published with it."""

    input_px: int
    layers: tuple[tuple[int, int], ...]
    """Cells along one side, anchors in each cell."""
    values: int
    """In a row."""

    def anchors(self) -> Floats:
        """Centres of the anchors in the order of the network's outputs."""
        return grid_centres(self.layers)


BODIES = Detector(224, ((28, 2), (14, 2), (7, 6)), 12)
"""Its four key points: middle of the hips, a point on the circle around the body, and the same for the upper body."""
PALMS = Detector(192, ((24, 2), (12, 6)), 18)
"""Its seven key points: wrist, then the roots of index, middle, ring and little finger, and two of the thumb."""


class Aligned(NamedTuple):
    """What is seen best."""

    score: float
    x: float
    y: float
    """Middle of its box."""
    size: float
    """Longer side of its box."""
    points: Floats
    """Key points, x and y each."""


def best(detector: Detector, rows: Floats, logits: Floats, centres: Floats) -> Aligned:
    """The best anchor's; its score may be next to nothing. ``rows`` is anchors x values, ``logits`` one per anchor."""
    place = int(np.argmax(logits))
    score = 1.0 / (1.0 + np.exp(-np.clip(float(logits[place]), -80.0, 80.0)))
    points = (rows[place].reshape(-1, 2) / detector.input_px).astype(np.float32)
    size = float(points[1].max())
    x, y = points[0] + centres[place]
    return Aligned(float(score), float(x), float(y), size, points[2:] + centres[place])
