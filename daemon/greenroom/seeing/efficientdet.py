"""What the EfficientDet-Lite0 network says, as things with boxes: its anchors, its numbers decoded, overlaps dropped.

The layout is that of the file which MediaPipe publishes: 320 x 320, 19206 anchors, for each the scores of 90 kinds
(COCO's numbers less one, some unused) and how its box differs: centre and logarithm of the size, y first, over the
anchor's size.
"""

from __future__ import annotations

from math import ceil

import numpy as np
import numpy.typing as npt

from greenroom.records import SeenObject
from greenroom.seeing.detections import overlap

Floats = npt.NDArray[np.float32]

INPUT_PX = 320
KINDS = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "", "backpack", "umbrella", "", "", "handbag", "tie", "suitcase",
    "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard",
    "surfboard", "tennis racket", "bottle", "", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana",
    "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "", "dining table", "", "", "toilet", "", "tv", "laptop", "mouse", "remote", "keyboard",
    "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "", "book", "clock", "vase", "scissors",
    "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
"""Empty: a number that COCO does not use."""
MIN_SCORE = 0.3
"""Below, so small a network's boxes are mostly none; whoever counts things asks for more."""
MAX_OVERLAP = 0.5
"""Intersection over union above which two boxes are the same thing."""
MOST = 10
"""Things told of one picture."""

_LEVELS = (3, 4, 5, 6, 7)
"""Powers of two by which the grids are coarser than the picture."""
_ANCHOR_SCALE = 3.0
_OCTAVES = (0.0, 1.0 / 3.0, 2.0 / 3.0)
_ASPECTS = ((1.0, 1.0), (1.4, 0.7), (0.7, 1.4))
"""Width and height of an anchor over its size."""


def anchors() -> Floats:
    """19206 x 4: middle y, x, height and width as shares of the input, in the order of the network's outputs."""
    rows = []
    for level in _LEVELS:
        cells = ceil(INPUT_PX / 2**level)
        at = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(at, at, indexing="ij")
        sizes = [_ANCHOR_SCALE / cells * 2.0**octave * np.array([high, wide]) for octave in _OCTAVES
                 for wide, high in _ASPECTS]
        middles = np.repeat(np.stack([y.ravel(), x.ravel()], axis=1), len(sizes), axis=0)
        rows.append(np.concatenate([middles, np.tile(np.array(sizes), (cells * cells, 1))], axis=1))
    return np.concatenate(rows).astype(np.float32)


def decode(differences: Floats, scores: Floats, grid: Floats) -> tuple[SeenObject, ...]:
    """Things above ``MIN_SCORE``, the surest first, each once. ``differences`` is anchors x 4, ``scores`` anchors x 90.

    Boxes are shares of the network's square input. Scores are taken for logits when one is negative.
    """
    if scores.min() < 0.0:
        scores = np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -80.0, 80.0))), np.float32)
    kinds = scores.argmax(axis=1)
    best = scores.max(axis=1)
    chosen = [row for row in np.argsort(-best, kind="stable")[: 20 * MOST] if best[row] >= MIN_SCORE]
    if not chosen:
        return ()
    differences, middles, sizes = differences[chosen], grid[chosen, :2], grid[chosen, 2:]
    centre = middles + differences[:, :2] * sizes
    half = sizes * np.exp(np.clip(differences[:, 2:], -10.0, 4.0)) / 2.0
    low, high = (np.asarray(corner[:, ::-1], np.float32) for corner in (centre - half, centre + half))
    things = []
    for n in _apart(kinds[chosen], low, high):
        (x, y), (wide, tall) = low[n], high[n] - low[n]
        box = (float(x), float(y), float(wide), float(tall))
        things.append(SeenObject(label=KINDS[kinds[chosen[n]]], score=float(best[chosen[n]]), box=box))
    return tuple(thing for thing in things if thing.label)[:MOST]


def _apart(kinds: npt.NDArray[np.intp], low: Floats, high: Floats) -> list[int]:
    """Rows of which none covers much of a surer one of its kind."""
    kept: list[int] = []
    for n in range(len(kinds)):
        same = [k for k in kept if kinds[k] == kinds[n]]
        if not same or overlap(low[n], high[n], low[same], high[same]).max() <= MAX_OVERLAP:
            kept.append(n)
    return kept
