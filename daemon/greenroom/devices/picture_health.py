"""Tells a camera that only seems to work: always the same picture, a black one, or one that shows nothing."""

from __future__ import annotations

import math
import zlib

import numpy as np
import numpy.typing as npt

from greenroom.ports import Image

FROZEN_S = 1.5
"""The noise of a sensor changes every picture; the very same one for so long comes from a driver that is stuck."""
BLACK_S = 1.5
BLACK_LUMA = 4.0
"""Of 255: below the darkest room, where a sensor's gain still shows noise; what a shutter over the lens gives."""
COVERED_S = 1.0
PLAIN = 3.0
"""Bend of brightness, of 255, from one of about 24 rows of blocks to the next, which 99 of 100 places of a picture
without detail stay below. Tried on drawn covers under noise of up to 10 of 255: tape, tape with light at one side and a
glowing finger reach 2.0, an evenly lit wall too; a wall with the edge of a chair 8 of 255 darker has 7.7, the portrait
at a twentieth of its light 4.7. What a real hand does has not been measured."""
SMOOTHING_S = 0.3
"""Blocks are averaged over this, or the noise of a dark picture would pass for detail."""
PLAIN_EVERY_S = 0.09
"""Detail is looked for about ten times a second, however many pictures come."""
_ROWS = 120
"""About so many rows are compared for sameness; small pictures are compared whole."""
_BLOCK_ROWS = 24
_SAMPLE_ROWS = 240
_EVERY_PIXEL = 8
_LUMA_OF_BGR = np.array([0.114, 0.587, 0.299], np.float32)

Grid = npt.NDArray[np.float32]


class PictureHealth:
    """Sees every picture in order. Black and covered ones do not count as frozen: a lens cap gives them unchanged."""

    def __init__(self) -> None:
        self.is_frozen = self.is_black = self.is_covered = False
        self._mark: int | None = None
        self._blocks: Grid | None = None
        self._last_t = 0.0
        self._is_plain = False
        self._same_since_t = 0.0
        self._black_since_t: float | None = None
        self._plain_since_t: float | None = None

    def see(self, bgr: Image, t: float) -> None:
        """One picture (blue, green, red) of any size that was captured at ``t``."""
        is_dark = float(bgr[::_EVERY_PIXEL, ::_EVERY_PIXEL].mean(axis=(0, 1)) @ _LUMA_OF_BGR) < BLACK_LUMA
        if self._blocks is None or t - self._last_t >= PLAIN_EVERY_S:
            self._is_plain = self._looks_plain(bgr, t)
        is_plain = self._is_plain
        self._black_since_t = _since(self._black_since_t, t, is_so=is_dark)
        self._plain_since_t = _since(self._plain_since_t, t, is_so=is_plain and not is_dark)
        self.is_black = self._black_since_t is not None and t - self._black_since_t > BLACK_S
        self.is_covered = self._plain_since_t is not None and t - self._plain_since_t > COVERED_S
        mark = zlib.crc32(bgr[:: max(1, len(bgr) // _ROWS)].tobytes())
        if mark != self._mark or is_dark or is_plain:
            self._mark, self._same_since_t = mark, t
        self.is_frozen = t - self._same_since_t > FROZEN_S

    def _looks_plain(self, bgr: Image, t: float) -> bool:
        blocks = _blocks(bgr)
        if self._blocks is not None and self._blocks.shape == blocks.shape:
            weight = 1.0 - math.exp(-max(0.0, t - self._last_t) / SMOOTHING_S)
            blocks = self._blocks + weight * (blocks - self._blocks)
        self._blocks, self._last_t = blocks, t
        bends = np.concatenate([np.abs(np.diff(blocks, 2, axis=axis)).ravel() for axis in (0, 1)])
        return bends.size > 0 and float(np.percentile(bends, 99)) < PLAIN


def _since(since_t: float | None, t: float, *, is_so: bool) -> float | None:
    if not is_so:
        return None
    return t if since_t is None else since_t


def _blocks(bgr: Image) -> Grid:
    """Mean green of square blocks."""
    green = bgr[:: max(1, len(bgr) // _SAMPLE_ROWS), :: max(1, len(bgr) // _SAMPLE_ROWS), 1]
    side = max(1, len(green) // _BLOCK_ROWS)
    rows, columns = green.shape[0] // side, green.shape[1] // side
    cut = green[: rows * side, : columns * side].reshape(rows, side, columns, side)
    result: Grid = cut.mean(axis=(1, 3), dtype=np.float32)
    return result
