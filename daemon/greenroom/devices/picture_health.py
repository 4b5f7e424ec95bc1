"""Tells a camera that only seems to work: always the same picture, or a black one."""

from __future__ import annotations

import zlib

import numpy as np

from greenroom.ports import Image

FROZEN_S = 2.0
"""The noise of a sensor changes every picture; the very same one for so long comes from a driver that is stuck."""
BLACK_S = 2.0
BLACK_LUMA = 4.0
"""Of 255: below the darkest room, where a sensor's gain still shows noise; what a shutter over the lens gives."""
_EVERY_ROW = 4
_EVERY_PIXEL = 8
_LUMA_OF_BGR = np.array([0.114, 0.587, 0.299], np.float32)


class PictureHealth:
    """Sees every picture in order. A black picture counts as black only, as a closed shutter gives it unchanged."""

    def __init__(self) -> None:
        self.is_frozen = False
        self.is_black = False
        self._mark: int | None = None
        self._same_since_t = 0.0
        self._black_since_t: float | None = None

    def see(self, bgr: Image, t: float) -> None:
        """One picture (blue, green, red) that was captured at ``t``."""
        is_dark = float(bgr[::_EVERY_PIXEL, ::_EVERY_PIXEL].mean(axis=(0, 1)) @ _LUMA_OF_BGR) < BLACK_LUMA
        if not is_dark:
            self._black_since_t = None
        elif self._black_since_t is None:
            self._black_since_t = t
        self.is_black = self._black_since_t is not None and t - self._black_since_t > BLACK_S
        mark = zlib.crc32(bgr[::_EVERY_ROW].tobytes())
        if mark != self._mark or is_dark:
            self._mark, self._same_since_t = mark, t
        self.is_frozen = t - self._same_since_t > FROZEN_S
