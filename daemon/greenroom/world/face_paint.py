"""Eyes, eyelids and mouth of the portrait, moved within its own frame before the head is turned."""

from __future__ import annotations

from math import hypot, radians, sin
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.ports import Image

Floats = npt.NDArray[np.float32]

EYEBALL_OVER_IRIS = 12.0 / 5.85
"""Radius of the human eyeball over that of its iris."""
MOUTH_OPENING = 0.3
"""Largest gap between the lips over the mouth's width."""
_INSIDE_MOUTH = (52.0, 22.0, 22.0)
LOWER_LIDS = ((33, 7, 163, 144, 145, 153, 154, 155, 133), (362, 382, 381, 380, 374, 373, 390, 249, 263))
UPPER_LIDS = ((33, 246, 161, 160, 159, 158, 157, 173, 133), (362, 398, 384, 385, 386, 387, 388, 466, 263))
IRISES = (468, 473)
_LOWER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_CHIN = 152


class _Eye(NamedTuple):
    """One eye in its own box (``box`` in the portrait); lines have one y for each column."""

    box: tuple[slice, slice]
    upper: Floats
    lower: Floats
    brow: Floats
    opening: Floats
    """How much of each pixel lies between the lids."""
    white: Floats
    """The box without its iris."""
    iris: Floats
    middle: tuple[float, float]
    radius: float


class FacePainter:
    """Paints one portrait, given with the 478 points of its mesh."""

    def __init__(self, portrait: Image, points: Floats) -> None:
        import cv2

        self._cv2: Any = cv2
        self._portrait = portrait
        self._eyes = [self._eye(points, n) for n in range(2)]
        self._prepare_mouth(points)

    def speaking(self, mouth: float) -> Image:
        """The portrait with its mouth opened, its eyes as they are."""
        picture = self._portrait.copy()
        if mouth > 0.0:
            picture[self._mouth_box] = self._open_mouth(mouth)
        return picture

    def paint(self, gaze_yaw_deg: float, gaze_pitch_deg: float, eyelids: float, mouth: float) -> Image:
        """The portrait with its eyes turned (signs as in ``head_pose``), lids 1 open to 0, mouth 0 closed to 1."""
        picture = self.speaking(mouth)
        for eye in self._eyes:
            part = self._look(eye, gaze_yaw_deg, gaze_pitch_deg)
            picture[eye.box] = part if eyelids >= 1.0 else self._close(eye, part, eyelids)
        return picture

    def _eye(self, points: Floats, n: int) -> _Eye:
        cv2 = self._cv2
        upper, lower = points[list(UPPER_LIDS[n]), :2], points[list(LOWER_LIDS[n]), :2]
        width = float(upper[-1, 0] - upper[0, 0])
        left, top = int(upper[0, 0] - 0.2 * width), int(upper[:, 1].min() - 0.4 * width)
        right, bottom = int(upper[-1, 0] + 0.2 * width), int(lower[:, 1].max() + 0.15 * width)
        columns = np.arange(left, right)
        upper_y = line(columns, upper) - top
        lower_y = np.maximum(line(columns, lower) - top, upper_y)
        rows = np.arange(bottom - top, dtype=np.float32)[:, None]
        # Half a pixel of softness on both lids; nothing is open outside the corners.
        opening = np.clip(rows - upper_y + 0.5, 0, 1) * np.clip(lower_y - rows + 0.5, 0, 1) * (lower_y > upper_y)
        box = (slice(top, bottom), slice(left, right))
        part = self._portrait[box].astype(np.float32)
        iris = points[IRISES[n] : IRISES[n] + 5, :2]
        x, y = float(iris[0, 0]) - left, float(iris[0, 1]) - top
        radius = float(np.mean([hypot(*(point - iris[0])) for point in iris[1:]]))
        away = np.hypot(np.arange(right - left)[None, :] - x, rows - y)
        clear = (opening > 0.9) & (away > 1.25 * radius)
        tone = np.percentile(part[clear], 60, axis=0) if clear.any() else np.full(3, 190.0)
        covered = np.clip(1.35 - away / radius, 0.0, 0.15)[..., None] / 0.15
        white = part * (1 - covered) + tone * covered
        # Shaded by the upper lid, as an eyeball is.
        white *= 0.8 + 0.2 * np.clip((rows - upper_y) / (0.5 * radius), 0, 1)[..., None]
        size = 2 * int(1.3 * radius) + 3
        disc = cv2.getRectSubPix(self._portrait, (size, size), (x + left, y + top)).astype(np.float32)
        # The upper lid covers the iris's top: it is made from the lower half.
        hidden = size // 2 - int(0.4 * radius)
        disc[:hidden] = disc[::-1][:hidden]
        brow = upper_y - 0.35 * width
        return _Eye(box, upper_y, lower_y, brow, opening[..., None], white.astype(np.float32), disc, (x, y), radius)

    def _look(self, eye: _Eye, yaw_deg: float, pitch_deg: float) -> Image:
        reach = eye.radius * EYEBALL_OVER_IRIS
        x = eye.middle[0] + reach * sin(radians(yaw_deg))
        y = eye.middle[1] - reach * sin(radians(pitch_deg))
        height, width = eye.white.shape[:2]
        half = (eye.iris.shape[0] - 1) / 2
        move = np.array([[1.0, 0.0, x - half], [0.0, 1.0, y - half]])
        iris = self._cv2.warpAffine(eye.iris, move, (width, height), borderMode=self._cv2.BORDER_REPLICATE)
        rows, columns = np.ogrid[:height, :width]
        share = np.clip(1.08 * eye.radius + 0.5 - np.hypot(columns - x, rows - y), 0, 1)[..., None]
        seen = eye.white + (iris - eye.white) * share
        part = self._portrait[eye.box]
        looked: Image = np.clip(part + (seen - part) * eye.opening, 0, 255).astype(np.uint8)
        return looked

    def _close(self, eye: _Eye, part: Image, eyelids: float) -> Image:
        """The upper lid drawn down over the eye, its skin stretched from the brow."""
        height, width = part.shape[:2]
        rows = np.arange(height, dtype=np.float32)[:, None]
        gap = eye.lower - eye.upper
        # The lash line ends on the lower lid, not above it.
        lid = eye.upper + (1.0 - max(0.0, eyelids)) * (gap + 2.0 * np.minimum(gap / 4.0, 1.0))
        stretched = eye.brow + (rows - eye.brow) * (eye.upper - eye.brow) / (lid - eye.brow)
        y = np.where((rows < lid) & (rows > eye.brow), stretched, rows).astype(np.float32)
        x = np.broadcast_to(np.arange(width, dtype=np.float32), y.shape)
        closed: Image = self._cv2.remap(part, x.copy(), y, self._cv2.INTER_LINEAR)
        return closed

    def _prepare_mouth(self, points: Floats) -> None:
        lip = points[list(_LOWER_LIP), :2]
        width = float(lip[-1, 0] - lip[0, 0])
        left, right = int(lip[0, 0]), int(lip[-1, 0]) + 1
        top, bottom = int(lip[:, 1].min() - 2), int(points[_CHIN, 1] + 0.1 * width)
        columns = np.arange(left, right)
        self._mouth_box = (slice(top, bottom), slice(left, right))
        self._lip = line(columns, lip) - top
        across = (columns - (left + right - 1) / 2) / (width / 2)
        self._gap = (MOUTH_OPENING * width * np.clip(1 - across**2, 0, None)).astype(np.float32)

    def _open_mouth(self, mouth: float) -> Image:
        """Lower lip and chin drawn down, darkness between the lips."""
        part = self._portrait[self._mouth_box]
        height, width = part.shape[:2]
        rows = np.arange(height, dtype=np.float32)[:, None]
        gap = self._gap * min(1.0, mouth)
        below = self._lip + (rows - self._lip - gap) * (height - self._lip) / (height - self._lip - gap)
        y = np.where(rows > self._lip + gap, below, np.minimum(rows, self._lip)).astype(np.float32)
        x = np.broadcast_to(np.arange(width, dtype=np.float32), y.shape)
        moved = self._cv2.remap(part, x.copy(), y, self._cv2.INTER_LINEAR).astype(np.float32)
        inside = np.clip(rows - self._lip, 0, 1) * np.clip(self._lip + gap - rows, 0, 1)
        opened = moved + (np.array(_INSIDE_MOUTH, np.float32) - moved) * inside[..., None]
        return np.asarray(opened, np.uint8)


def line(columns: npt.NDArray[np.integer], points: Floats) -> Floats:
    """The height of a line through ``points`` (left to right) in each column; level beyond its ends."""
    return np.asarray(np.interp(columns, points[:, 0], points[:, 1]), np.float32)
