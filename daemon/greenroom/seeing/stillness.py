"""A face that keeps stiller than anybody can is a picture of one.

A head that is held still sways by millimetres and blinks every few seconds; a poster's mesh moves by the camera's noise
alone, which the mean of a second takes away. Time is in the data.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.ports import FaceMesh

WATCH_S = 15.0
"""So long nothing may move before a face is called a picture; people seldom go so long without a blink."""
BLOCK_S = 1.0
"""Positions are averaged over so long."""
STILL_SHARE = 0.006
"""How far apart the means of a stretch may lie, over the face's width: under a millimetre. A drawn poster's, with noise
of 3 to 15 255ths, lay 0.001 to 0.0035 apart in 8 s; the drawn candidate's, who keeps still, 0.04 to 0.09."""
STILL_LIDS = 0.06
"""Change of an eye's height over its width, between means of two frames: a blink's is 0.2, a poster's 0.02 to 0.03."""
MAX_GAP_S = 1.0
"""A face that was lost for longer begins anew."""
LIDS_FRAMES = 2

_RIGID = [33, 133, 362, 263, 168, 6, 10, 234, 454]
_NOSE = 4
_EYES = [33, 133, 362, 263, 159, 158, 386, 385, 145, 153, 374, 380]
"""Corners of both eyes, four points of the upper lids, and those of the lower ones below them."""


class Stillness(NamedTuple):
    """What was seen of one face since it was last stirred or found."""

    from_t: float
    last_t: float
    block_t: float
    total: npt.NDArray[np.float64]
    """Sum of what ``_at`` gave in this block."""
    frames: int
    low: npt.NDArray[np.float64] | None = None
    high: npt.NDArray[np.float64] | None = None
    """Least and largest mean of a block."""
    lids: tuple[float, ...] = ()
    """The newest openings."""
    lids_low: float = np.inf
    lids_high: float = -np.inf
    has_stirred: bool = False

    @property
    def is_living(self) -> bool | None:
        """True once it has moved, False when it has not for ``WATCH_S``, None before."""
        if self.last_t - self.from_t >= WATCH_S:
            return False
        return True if self.has_stirred else None


def watch(before: Stillness | None, mesh: FaceMesh | None, t: float) -> Stillness | None:
    """The state after a frame taken at ``t``; None when no face has been seen for ``MAX_GAP_S``."""
    if mesh is None:
        return before if before is not None and t - before.last_t <= MAX_GAP_S else None
    at, lids = _at(mesh), _lids(mesh)
    if before is None or not 0.0 <= t - before.last_t <= MAX_GAP_S:
        return Stillness(t, t, t, at, 1, lids=(lids,))
    newest = (*before.lids, lids)[-LIDS_FRAMES:]
    steady = sum(newest) / len(newest)
    now = before._replace(last_t=t, lids=newest, lids_low=min(before.lids_low, steady),
                          lids_high=max(before.lids_high, steady))
    if now.lids_high - now.lids_low > STILL_LIDS:
        return Stillness(t, t, t, at, 1, lids=(lids,), has_stirred=True)
    if t - now.block_t < BLOCK_S:
        return now._replace(total=now.total + at, frames=now.frames + 1)
    mean = now.total / now.frames
    low = mean if now.low is None else np.minimum(now.low, mean)
    high = mean if now.high is None else np.maximum(now.high, mean)
    if float((high - low).max()) > STILL_SHARE * _width_px(mesh):
        return Stillness(t, t, t, at, 1, lids=(lids,), has_stirred=True)
    return now._replace(block_t=t, total=at, frames=1, low=low, high=high)


def _at(mesh: FaceMesh) -> npt.NDArray[np.float64]:
    """Pixels: the middle of the rigid points, and the nose's tip from there, which turns with the head."""
    middle = mesh.points[_RIGID, :2].mean(axis=0, dtype=np.float64)
    return np.concatenate([middle, mesh.points[_NOSE, :2] - middle])


def _width_px(mesh: FaceMesh) -> float:
    return max(1.0, float(np.hypot(*(mesh.points[_RIGID[-1], :2] - mesh.points[_RIGID[-2], :2]))))


def _lids(mesh: FaceMesh) -> float:
    points = mesh.points[_EYES, :2].tolist()
    (a, b, c, d), lids = points[:4], points[4:]
    width = max(1.0, math.dist(a, b) + math.dist(c, d))
    return sum(math.dist(upper, lower) for upper, lower in zip(lids[:4], lids[4:], strict=True)) / 2 / width
