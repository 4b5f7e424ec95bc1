"""Whether a hand is before the mouth, and whether a phone is in a hand: from landmarks and boxes alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, hypot, pi, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.ports import Body, FaceMesh, Hand
from greenroom.records import SeenObject
from greenroom.seeing.bodies import LEFT_HAND, MIN_VISIBLE, MOUTH, RIGHT_HAND
from greenroom.seeing.regions import Region

Floats = npt.NDArray[np.floating]

SIDE_FACES = 3.0
"""Side of the square around the mouth in which a hand is looked for, in widths of the face."""
SURE, UNSURE = 0.5, 0.1
"""Scores from which a hand is one, and below which it is none.

Of 150 drawn faces without a hand (speaking, turned by up to 30 degrees, bearded, dark, noisy) none was taken for one
with a hand at its mouth and one for a perhaps. Of 150 with a photographed hand pasted there, in all these lights, 100
were seen, 22 were a perhaps and 28 were missed.
"""
NEAR_FACES = 0.15
"""A mouth so far outside a hand's outline, in widths of the face, is still behind it: fingers have a thickness."""
MIN_FACE_PX = 40.0
"""Below, a hand is some ten pixels of the network's input."""
PHONE = "cell phone"
MIN_PHONE_SCORE = 0.4
REACH = 0.02
"""Distance of a phone's box from a hand's landmark, as a share of the frame's height, at which they touch."""

_PALM = (0, 2)
_PALM_MARGIN, _PALM_RISE = 2.6, 0.5
"""Square of a hand over its palm, and how far its middle lies from the palm's toward the fingers, as published."""
_DIRECTIONS = np.linspace(0.0, 2.0 * np.pi, 36, endpoint=False)
_FACE_EDGES, _LIPS = (234, 454), (13, 14)
_FACE_MOUTHS = 3.0
"""Width of a face over that of its mouth."""


class Mouth(NamedTuple):
    """Where a mouth is, and the width of its face, in pixels."""

    x: float
    y: float
    face_px: float


def mouth_of(mesh: FaceMesh | None, body: Body | None) -> Mouth | None:
    """From the face, else from the body: a hand may hide so much of a face that it is not found."""
    if mesh is not None:
        x, y = mesh.points[list(_LIPS), :2].mean(axis=0)
        dx, dy = mesh.points[_FACE_EDGES[1], :2] - mesh.points[_FACE_EDGES[0], :2]
        return Mouth(float(x), float(y), hypot(dx, dy))
    if body is None or body.visibility[list(MOUTH)].min() < MIN_VISIBLE:
        return None
    left, right = body.points[list(MOUTH)]
    x, y = (left + right) / 2
    return Mouth(float(x), float(y), _FACE_MOUTHS * float(np.hypot(*(left - right))))


def at_mouth(hand: Hand | None, mouth: Mouth) -> bool | None:
    """Whether the mouth lies within the outline of a hand; None when what is there may be a hand or none."""
    if mouth.face_px < MIN_FACE_PX:
        return None
    if hand is None or hand.score < UNSURE:
        return False
    is_there = _depth(hand.points, (mouth.x, mouth.y)) > -NEAR_FACES * mouth.face_px
    if hand.score >= SURE:
        return is_there
    return None if is_there else False


def hand_region(x: float, y: float, size: float, points: Floats) -> Region:
    """The square of the landmark network for a palm's box and its key points (7 x 2), all in pixels."""
    dx, dy = (float(value) for value in points[_PALM[1]] - points[_PALM[0]])
    turn = pi / 2 - atan2(-dy, dx)
    rise = _PALM_RISE * size
    return Region(x + rise * sin(turn), y - rise * cos(turn), _PALM_MARGIN * size, turn)


def phone_in_hand(objects: Sequence[SeenObject], body: Body | None) -> bool | None:
    """Whether a phone touches a hand of the body; None when there is one and no hand to be seen."""
    phones = [thing for thing in objects if thing.label == PHONE and thing.score >= MIN_PHONE_SCORE]
    if not phones:
        return False
    hands = _hands(body)
    return any(_touches(phone.box, hands) for phone in phones) if len(hands) else None


def _hands(body: Body | None) -> Floats:
    """Landmarks of hands that are seen, as shares of the frame."""
    if body is None:
        return np.empty((0, 2), np.float32)
    rows = [row for row in (*LEFT_HAND, *RIGHT_HAND) if body.visibility[row] >= MIN_VISIBLE]
    return np.asarray(body.points[rows] / np.array(body.size, np.float32), np.float32)


def _touches(box: tuple[float, float, float, float], points: Floats) -> bool:
    low = np.array(box[:2]) - REACH
    high = np.array(box[:2]) + box[2:] + REACH
    return bool(((points >= low) & (points <= high)).all(axis=1).any())


def _depth(points: Floats, at: tuple[float, float]) -> float:
    """How far inside the outline of points a place is; negative outside."""
    ways = np.stack([np.cos(_DIRECTIONS), np.sin(_DIRECTIONS)])
    return float(((points - np.array(at)) @ ways).max(axis=0).min())
