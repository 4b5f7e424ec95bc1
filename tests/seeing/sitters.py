"""Bodies for tests: NASA's portrait of Eileen Collins, in the public domain, turned, scaled and shifted in its plane,
and hands drawn before its mouth."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import cos, radians, sin
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from greenroom.ports import Body, Image
from greenroom.seeing import body_litert, hands_litert
from greenroom.seeing.body_litert import LiteRtBody
from greenroom.seeing.hands_litert import LiteRtHands

MODELS = Path(__file__).parents[2] / "models" / body_litert.MODEL
BODY_PATHS = (MODELS / body_litert.DETECTOR_FILE, MODELS / body_litert.LANDMARKS_FILE)
HAND_PATHS = (MODELS / hands_litert.PALM_FILE, MODELS / hands_litert.LANDMARKS_FILE)
needs_body = pytest.mark.skipif(
    not all(path.is_file() for path in (*BODY_PATHS, *HAND_PATHS)),
    reason="no body weights: greenroom models pull body-pose",
)
SIZE = (640, 480)
NECK, MOUTH = (226.0, 200.0), (223.0, 146.0)
"""In the portrait."""
FACE_PX = 91.0
"""Width of its face."""


class Frame(NamedTuple):
    """A picture, and where and how wide the face in it is."""

    picture: Image
    mouth: tuple[float, float]
    face_px: float


def new_body() -> LiteRtBody:
    return LiteRtBody(*BODY_PATHS)


def new_hands() -> LiteRtHands:
    return LiteRtHands(*HAND_PATHS)


def found(body: Body | None) -> Body:
    assert body is not None
    return body


def frame(scale: float = 1.0, shift: tuple[float, float] = (0.0, 0.0), turn_deg: float = 0.0) -> Frame:
    """The sitter before a webcam, turned clockwise about the neck; a larger scale is nearer."""
    width, height = SIZE
    size = scale * height / 512
    c, s = size * cos(radians(turn_deg)), size * sin(radians(turn_deg))
    matrix = np.array([[c, -s, 0.0], [s, c, 0.0]])
    matrix[:, 2] = np.array([width / 2 + shift[0], 0.45 * height + shift[1]]) - matrix[:, :2] @ NECK
    how = cv2.INTER_AREA if size < 1 else cv2.INTER_CUBIC
    picture = cv2.warpAffine(_portrait(), matrix, SIZE, flags=how, borderMode=cv2.BORDER_REPLICATE)
    x, y = matrix[:, :2] @ MOUTH + matrix[:, 2]
    return Frame(np.asarray(picture, np.uint8), (float(x), float(y)), FACE_PX * size)


@cache
def _portrait() -> Image:
    stored = cv2.imread(str(Path(__file__).with_name("sitter.jpg")), cv2.IMREAD_COLOR_RGB)
    assert stored is not None
    return np.asarray(stored, np.uint8)


# --- a hand ---------------------------------------------------------------------------------------

Place = tuple[float, float]
_SKIN = np.array([224.0, 172.0, 148.0], np.float32)
_FINGERS: tuple[tuple[Place, ...], ...] = (
    ((-0.42, -0.05), (-0.52, -0.55), (-0.50, -0.80), (-0.48, -1.0)),
    ((-0.14, -0.10), (-0.17, -0.68), (-0.17, -0.98), (-0.17, -1.22)),
    ((0.14, -0.08), (0.15, -0.64), (0.16, -0.92), (0.17, -1.12)),
    ((0.40, 0.02), (0.44, -0.40), (0.46, -0.62), (0.47, -0.80)),
)
_OUTLINE = ((-0.5, 0.0), (-0.14, -0.1), (0.14, -0.08), (0.46, 0.05), (0.5, 0.4), (0.35, 0.95), (-0.35, 0.95))
_THUMB = ((-0.45, 0.55, 0.19), (-0.80, 0.12, 0.16), (-1.0, -0.18, 0.13))
_ARM = ((0.02, 2.2, 0.42), (0.0, 1.0, 0.34))
_LINES = (((-0.4, 0.1), (0.4, 0.12)), ((-0.45, 0.2), (0.2, 0.8)), ((-0.3, 0.15), (-0.15, 0.9)))


def with_hand(shown: Frame, at: tuple[float, float], width_px: float, turn_deg: float) -> Image:
    """The picture with an open hand and forearm, its palm before ``at``, turned clockwise from upright."""
    painter = _Painter(width_px)
    painter.bones([(x, y, r) for x, y, r in _ARM])
    painter.palm()
    for finger in _FINGERS:
        painter.bones([(x, y, r) for (x, y), r in zip(finger, (0.165, 0.15, 0.14, 0.115), strict=True)])
        for x, y in finger[1:3]:
            painter.line((x - 0.1, y), (x + 0.1, y), 0.62)
    painter.bones([(x, y, r) for x, y, r in _THUMB])
    for start, end in _LINES:
        painter.line(start, end, 0.68)
    return painter.over(shown.picture, at, turn_deg)


class _Painter:
    """Rounded limbs in units of the hand's width, on a canvas of their own."""

    def __init__(self, unit_px: float) -> None:
        self._unit = unit_px
        side = int(unit_px * 4.2)
        self._middle = np.array([side / 2, side * 0.55])
        self._rows, self._columns = np.mgrid[:side, :side].astype(np.float32)
        self._image = np.zeros((side, side, 3), np.float32)
        self._share = np.zeros((side, side), np.float32)

    def bones(self, joints: list[tuple[float, float, float]]) -> None:
        for (ax, ay, ar), (bx, by, br) in pairwise(joints):
            a, b = self._at((ax, ay)), self._at((bx, by))
            along = b - a
            t = (self._columns - a[0]) * along[0] + (self._rows - a[1]) * along[1]
            t = np.clip(t / max(1e-6, float((along**2).sum())), 0.0, 1.0)
            across, down = self._columns - a[0] - t * along[0], self._rows - a[1] - t * along[1]
            radius = self._unit * (ar + (br - ar) * t)
            out = np.hypot(across, down) / radius
            shade = (0.52 + 0.48 * np.sqrt(np.clip(1.0 - out**2, 0.0, 1.0))) * (1.0 - 0.12 * across / radius)
            self._lay(_SKIN * shade[..., None], np.clip((1.0 - out) * radius + 0.5, 0.0, 1.0))

    def palm(self) -> None:
        mask = np.zeros_like(self._share)
        cv2.fillPoly(mask, [np.round([self._at(place) for place in _OUTLINE]).astype(np.int32)], 1.0)
        soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.07 * self._unit), np.float32)
        self._lay(np.broadcast_to(_SKIN, self._image.shape), soft)

    def line(self, start: Place, end: Place, shade: float) -> None:
        ends = [tuple(int(v) for v in self._at(place)) for place in (start, end)]
        colour = tuple(float(v) for v in _SKIN * shade)
        cv2.line(self._image, ends[0], ends[1], colour, max(1, int(0.025 * self._unit)), cv2.LINE_AA)

    def over(self, picture: Image, at: tuple[float, float], turn_deg: float) -> Image:
        c, s = cos(radians(turn_deg)), sin(radians(turn_deg))
        matrix = np.array([[c, -s, 0.0], [s, c, 0.0]])
        matrix[:, 2] = np.array(at) - matrix[:, :2] @ self._middle
        size = (picture.shape[1], picture.shape[0])
        image, share = cv2.warpAffine(self._image, matrix, size), cv2.warpAffine(self._share, matrix, size)
        return np.clip(picture + (image - picture) * share[..., None] + 0.5, 0, 255).astype(np.uint8)

    def _at(self, place: Place) -> npt.NDArray[np.float64]:
        return self._middle + np.array(place) * self._unit

    def _lay(self, colour: npt.NDArray[np.floating], share: npt.NDArray[np.floating]) -> None:
        self._image += (colour - self._image) * share[..., None]
        self._share = np.maximum(self._share, share).astype(np.float32)
