"""Eyes as turning balls behind lids that follow them: for pictures whose gaze is to be measured."""

from __future__ import annotations

from math import hypot, radians, sin, sqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.ports import Image
from greenroom.seeing.head_pose import Pose, rotation
from greenroom.world.face_paint import IRISES, LOWER_LIDS, UPPER_LIDS, line

Floats = npt.NDArray[np.float32]
Lines = npt.NDArray[np.floating]
Place = tuple[float, float]

BALL_MM, IRIS_MM = 12.0, 5.85
"""Radii of the human eyeball and iris."""
PLANE_MM = sqrt(BALL_MM**2 - IRIS_MM**2)
"""From the middle of the ball to the middle of the iris, whose rim lies on the ball: 10.5 mm."""
UPPER_FOLLOWS = 0.9
"""Turn of the upper lid over that of the eye: equal in steady fixation, smaller upward (Becker & Fuchs 1988)."""
LOWER_FOLLOWS = 0.7
"""From the opening that narrows by 2.3 mm in downgaze, 1.0 mm of it above the pupil ("Quantitating the change in upper
eyelid position during downgaze", 50 subjects): the lower lid stays 1.3 mm behind some 5 mm of the eye's."""
_LASH_MM = 0.6


class _Eye(NamedTuple):
    """One eye in its own box; lines have one y for each column."""

    box: tuple[slice, slice]
    upper: Floats
    lower: Floats
    brow: Floats
    cheek: Floats
    bow: Floats
    """How far each column of a lid takes part in its movement: 0 at the corners, 1 between."""
    white: Floats
    iris: Floats
    middle: Place
    px_per_mm: float


class Eyeballs:
    """Paints the eyes of one portrait, given with the 478 points of its mesh."""

    def __init__(self, portrait: Image, points: Floats) -> None:
        import cv2

        self._cv2: Any = cv2
        self._portrait = portrait
        self._eyes = [self._eye(points, n) for n in range(2)]

    def paint(self, picture: Image, gaze: Pose, eyelids: float, irises: list[Place]) -> None:
        """Draw both eyes into the portrait's frame, turned by ``gaze``, the middles of their irises at ``irises``."""
        for eye, at in zip(self._eyes, irises, strict=True):
            picture[eye.box] = self._drawn(eye, gaze, eyelids, at)

    def _eye(self, points: Floats, n: int) -> _Eye:
        upper, lower = points[list(UPPER_LIDS[n]), :2], points[list(LOWER_LIDS[n]), :2]
        width = float(upper[-1, 0] - upper[0, 0])
        left, top = int(upper[0, 0] - 0.2 * width), int(upper[:, 1].min() - 0.55 * width)
        right, bottom = int(upper[-1, 0] + 0.2 * width), int(lower[:, 1].max() + 0.45 * width)
        columns = np.arange(left, right)
        upper_y = line(columns, upper) - top
        lower_y = np.maximum(line(columns, lower) - top, upper_y)
        along = (columns - upper[0, 0]) / width
        bow = np.sqrt(np.clip(4.0 * along * (1.0 - along), 0.0, 1.0)).astype(np.float32)
        iris = points[IRISES[n] : IRISES[n] + 5, :2]
        radius = radius_px(points, n)
        middle = (float(iris[0, 0]) - left, float(iris[0, 1]) - top)
        box = (slice(top, bottom), slice(left, right))
        white = self._white(self._portrait[box].astype(np.float32), upper_y, lower_y, middle, radius)
        size = 2 * int(1.3 * radius) + 3
        disc = self._cv2.getRectSubPix(self._portrait, (size, size), tuple(map(float, iris[0]))).astype(np.float32)
        # The upper lid covers the iris's top: it is made from the lower half.
        hidden = size // 2 - int(0.4 * radius)
        disc[:hidden] = disc[::-1][:hidden]
        brow, cheek = upper_y - np.float32(0.45 * width), lower_y + np.float32(0.35 * width)
        return _Eye(box, upper_y, lower_y, brow, cheek, bow, white, disc, middle, radius / IRIS_MM)

    def _white(self, part: Floats, upper: Floats, lower: Floats, middle: Place, radius: float) -> Floats:
        """The ball without iris and lids: what is seen of it in the portrait, and its tone where nothing is."""
        rows, columns = np.ogrid[: part.shape[0], : part.shape[1]]
        away = np.hypot(columns - middle[0], rows - middle[1])
        clear = (rows > upper + 1) & (rows < lower - 1) & (away > 1.25 * radius)
        tone = np.percentile(part[clear], 60, axis=0) if clear.any() else np.full(3, 190.0)
        seen = clear.astype(np.float32)
        # Half its edge is left to the tone, or the edge would show where the iris has moved on.
        soft = np.clip(2.0 * self._cv2.GaussianBlur(seen, (0, 0), 2.0) - 1.0, 0.0, 1.0)[..., None]
        return np.asarray(tone + (part - tone) * soft, np.float32)

    def _drawn(self, eye: _Eye, gaze: Pose, eyelids: float, at: Place) -> Image:
        rows = np.arange(len(eye.white), dtype=np.float32)[:, None]
        rise = BALL_MM * eye.px_per_mm * sin(radians(gaze.pitch_deg)) * eye.bow
        lower = eye.lower - LOWER_FOLLOWS * rise
        open_lid = np.minimum(eye.upper - UPPER_FOLLOWS * rise, lower)
        gap = lower - open_lid
        # The lash line of a closed eye ends on the lower lid, not above it.
        lid = open_lid + (1.0 - min(1.0, max(0.0, eyelids))) * (gap + 2.0 * np.minimum(gap / 4.0, 1.0))
        skin = self._skin(eye, rows, lid, lower)
        opening = np.clip(rows - lid + 0.5, 0, 1) * np.clip(lower - rows + 0.5, 0, 1) * (lower > lid)
        ball = self._ball(eye, gaze, at)
        under = (rows - lid) / eye.px_per_mm
        # Lashes at the lid's edge, then its shadow, as wide as half an iris.
        ball *= (0.55 + 0.25 * np.clip(under / _LASH_MM, 0, 1) + 0.2 * np.clip(under / 3.0, 0, 1))[..., None]
        return np.asarray(np.clip(skin + (ball - skin) * opening[..., None] + 0.5, 0, 255), np.uint8)

    def _skin(self, eye: _Eye, rows: Floats, lid: Lines, lower: Lines) -> Floats:
        """Both lids with the skin up to the brow and down to the cheek stretched or squeezed."""
        above = eye.brow + (rows - eye.brow) * (eye.upper - eye.brow) / (lid - eye.brow)
        below = eye.cheek + (rows - eye.cheek) * (eye.lower - eye.cheek) / np.minimum(lower - eye.cheek, -1.0)
        y = np.where((rows < lid) & (rows > eye.brow), above, rows)
        y = np.where((rows >= np.maximum(lid, lower)) & (rows < eye.cheek), below, y).astype(np.float32)
        x = np.broadcast_to(np.arange(eye.white.shape[1], dtype=np.float32), y.shape)
        moved = self._cv2.remap(self._portrait[eye.box], x.copy(), y, self._cv2.INTER_LINEAR)
        return np.asarray(moved, np.float32)

    def _ball(self, eye: _Eye, gaze: Pose, at: Place) -> Floats:
        """White and iris: a flat disc, seen as an ellipse when it is turned aside."""
        height, width = eye.white.shape[:2]
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        dx, dy = columns - (at[0] - eye.box[1].start), rows - (at[1] - eye.box[0].start)
        turn = rotation(gaze)
        normal = turn[:, 2]
        dz = -(normal[0] * dx + normal[1] * dy) / normal[2]
        x, y = (turn[0, n] * dx + turn[1, n] * dy + turn[2, n] * dz for n in range(2))
        half = (eye.iris.shape[0] - 1) / 2
        where = [(axis + half).astype(np.float32) for axis in (x, y)]
        how = self._cv2.INTER_LINEAR
        iris = self._cv2.remap(eye.iris, *where, how, borderMode=self._cv2.BORDER_REPLICATE)
        share = np.clip(1.04 * IRIS_MM * eye.px_per_mm + 0.5 - np.hypot(x, y), 0, 1)[..., None]
        return np.asarray(eye.white + (iris - eye.white) * share, np.float32)


def radius_px(points: Floats, n: int) -> float:
    """Radius of an iris in the portrait; ``n`` 0 is the eye on the picture's left."""
    iris = points[IRISES[n] : IRISES[n] + 5, :2]
    return float(np.mean([hypot(*(point - iris[0])) for point in iris[1:]]))
