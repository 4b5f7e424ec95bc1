"""The test source: a moving picture of our own, for setting up and trying out without a camera."""

from __future__ import annotations

import numpy as np

from greenroom.ports import Image

WIDTH_PX, HEIGHT_PX = 640, 480
RATE_HZ = 30.0
_BARS_BGR = ((235, 235, 235), (16, 235, 235), (235, 235, 16), (16, 235, 16), (235, 16, 235), (16, 16, 235),
             (235, 16, 16), (16, 16, 16))
_STEP_PX = 4
_MARK_PX = 24


class DrawnCapture:
    """Colour bars, over which a white mark runs one way round, once in about 5 s."""

    granted = f"{WIDTH_PX} x {HEIGHT_PX} drawn at {RATE_HZ:g}"
    pace_s = 1.0 / RATE_HZ

    def __init__(self) -> None:
        self._frame = 0
        bars = np.array(_BARS_BGR, np.uint8).repeat(WIDTH_PX // len(_BARS_BGR), axis=0)
        self._bars = np.tile(bars, (HEIGHT_PX, 1, 1))

    def grab(self) -> bool:
        self._frame += 1
        return True

    def picture(self) -> Image | None:
        result = self._bars.copy()
        left = self._frame * _STEP_PX % WIDTH_PX
        result[HEIGHT_PX // 2 - _MARK_PX : HEIGHT_PX // 2 + _MARK_PX, left : left + _MARK_PX] = 255
        return result

    def stamp_s(self) -> float | None:
        return None

    def end(self) -> str:
        return "it gives no more pictures"

    def release(self) -> None:
        """Nothing was open."""
