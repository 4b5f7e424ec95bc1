"""What comes between a face and its picture: hands, hair, glare, light, blur, noise, compression."""

from __future__ import annotations

from math import cos, hypot, radians, sin
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.ports import Image
from greenroom.world.shot import Shot

Floats = npt.NDArray[np.float64]

_SKIN, _SKIN_SHADE = (205, 158, 134), (165, 118, 98)
_HAIR = (128, 98, 62)
_MASK = (150, 190, 210)
_RIGHT_EYE, _LEFT_EYE = (33, 133), (362, 263)
_MASK_EDGE = (234, 116, 121, 195, 350, 345, 454, 365, 379, 152, 150, 136)
"""From ear to ear over the nose, then under the chin."""


class Spoiler:
    """Steps from a clean picture to a spoiled one; each returns its argument when the shot asks for nothing."""

    def __init__(self) -> None:
        import cv2

        self._cv2: Any = cv2

    def covered(self, picture: Image, shot: Shot, points: Floats) -> Image:
        """Something before the face; ``points`` are the mesh's in the picture."""
        kind = shot.occlusion
        if kind == "hand over mouth":
            return self._hand(picture, points[[13, 14]].mean(axis=0), points)
        if kind == "hand over eye":
            return self._hand(picture, points[list(_RIGHT_EYE)].mean(axis=0), points)
        if kind == "fringe":
            return self._fringe(picture, points)
        if kind == "mask":
            cloth = picture.copy()
            outline = np.round(points[list(_MASK_EDGE)]).astype(np.int32)
            self._cv2.fillPoly(cloth, [outline], _MASK, lineType=self._cv2.LINE_AA)
            for share in (0.3, 0.5, 0.7):
                left, right = (points[ear] + share * (points[152] - points[ear]) for ear in (234, 454))
                middle = points[1] + share * (points[152] - points[1])
                fold = np.round([left * 0.6 + middle * 0.4, middle, right * 0.6 + middle * 0.4]).astype(np.int32)
                self._cv2.polylines(cloth, [fold], False, (130, 170, 192), 1, lineType=self._cv2.LINE_AA)
            return cloth
        return picture

    def lit(self, picture: Image, shot: Shot, points: Floats | None) -> Image:
        """Light, then the glare of glasses, which is as bright in the dark."""
        if (shot.brightness, shot.contrast, shot.warmth, shot.side_light) != (1.0, 1.0, 0.0, 0.0):
            tint = np.array([1.0 + 0.15 * shot.warmth, 1.0, 1.0 - 0.35 * shot.warmth], np.float32)
            across = np.linspace(0.0, 1.0, picture.shape[1], dtype=np.float32)
            darker = across if shot.side_light > 0 else 1.0 - across
            fall = (1.0 - abs(shot.side_light) * darker)[None, :, None]
            lit = (128.0 + (picture.astype(np.float32) - 128.0) * shot.contrast) * tint * fall * shot.brightness
            picture = np.clip(lit + 0.5, 0, 255).astype(np.uint8)
        if shot.glare > 0.0 and points is not None:
            return self._glare(picture, shot.glare, points)
        return picture

    def taken(self, picture: Image, shot: Shot) -> Image:
        """What lens, shutter and sensor do."""
        cv2 = self._cv2
        if shot.motion_px > 0.0:
            picture = np.asarray(cv2.filter2D(picture, -1, _smear(shot), borderType=cv2.BORDER_REPLICATE), np.uint8)
        if shot.blur_px > 0.0:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), shot.blur_px), np.uint8)
        if shot.noise > 0.0:
            grain = np.random.default_rng(shot.seed).standard_normal(picture.shape, np.float32)
            picture = np.clip(picture + shot.noise * grain + 0.5, 0, 255).astype(np.uint8)
        return picture

    def coded(self, picture: Image, shot: Shot) -> Image:
        """JPEG there and back."""
        if shot.jpeg_quality is None:
            return picture
        cv2 = self._cv2
        _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)

    def _hand(self, picture: Image, at: Floats, points: Floats) -> Image:
        """A palm and four fingers across the place, from the picture's left."""
        cv2 = self._cv2
        covered = picture.copy()
        unit = hypot(*(points[454] - points[234])) / 4.0
        x, y = at
        finger = max(1, round(0.42 * unit))
        for n in range(4):
            level = y + (n - 1.5) * 0.42 * unit
            reach = (0.9, 1.15, 1.1, 0.8)[n]
            start, tip = (round(x - 1.6 * unit), round(level)), (round(x + reach * unit), round(level))
            cv2.line(covered, start, tip, _SKIN_SHADE, finger, lineType=cv2.LINE_AA)
            cv2.line(covered, start, tip, _SKIN, max(1, finger - 2), lineType=cv2.LINE_AA)
        palm = (round(x - 1.9 * unit), round(y + 0.2 * unit))
        cv2.ellipse(covered, palm, (round(1.0 * unit), round(1.1 * unit)), 0, 0, 360, _SKIN, -1, lineType=cv2.LINE_AA)
        return covered

    def _fringe(self, picture: Image, points: Floats) -> Image:
        """Strands from the hair line down over the upper half of both eyes."""
        cv2 = self._cv2
        covered = picture.copy()
        across, down = points[454] - points[234], points[152] - points[10]
        draw = np.random.default_rng(0)
        for share in np.linspace(0.05, 0.95, 90):
            root = points[10] - 0.15 * down + (share - 0.5) * 0.9 * across
            tip = root + (0.47 + 0.05 * draw.standard_normal()) * down + 0.03 * draw.standard_normal() * across
            shade = tuple(int(channel * draw.uniform(0.7, 1.2)) for channel in _HAIR)
            thickness = max(1, round(0.012 * float(np.linalg.norm(across))))
            cv2.line(covered, tuple(map(round, root)), tuple(map(round, tip)), shade, thickness, lineType=cv2.LINE_AA)
        return covered

    def _glare(self, picture: Image, strength: float, points: Floats) -> Image:
        height, width = picture.shape[:2]
        rows, columns = np.ogrid[:height, :width]
        spots = np.zeros((height, width), np.float32)
        for outer, inner in (_RIGHT_EYE, _LEFT_EYE):
            size = float(np.linalg.norm(points[outer] - points[inner]))
            # A lamp above the screen, on both lenses at the same side.
            x, y = points[[outer, inner]].mean(axis=0) + np.array([0.12, -0.08]) * size
            spots += np.exp(-0.5 * (((columns - x) / (0.22 * size)) ** 2 + ((rows - y) / (0.16 * size)) ** 2))
        share = np.clip(strength * 1.2 * spots, 0.0, min(1.0, strength))[..., None]
        return np.asarray(picture + (255.0 - picture) * share, np.uint8)


def _smear(shot: Shot) -> npt.NDArray[np.float32]:
    """A line of ``motion_px`` as a kernel that sums to 1."""
    half = int(np.ceil(shot.motion_px / 2))
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    for step in np.linspace(-shot.motion_px / 2, shot.motion_px / 2, 8 * half + 1):
        x, y = step * cos(radians(shot.motion_deg)), step * sin(radians(shot.motion_deg))
        kernel[half + round(y), half + round(x)] += 1.0
    return np.asarray(kernel / kernel.sum(), np.float32)
