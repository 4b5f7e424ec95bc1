"""How the candidate may sit better before the camera, one advice at a time, as it stands beside their own picture.

Directions are those in which the candidate has to move; their own picture is mirrored, so left is left on it, too.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from greenroom.events import FaceObservation
from greenroom.seeing.presence import BRIGHT, DARK, FAR_HEIGHT, NEAR_HEIGHT, Box

Advice = Literal[
    "unknown", "good", "dark", "bright", "nobody", "several", "nearer", "further", "left", "right", "up", "down",
]
"""The first one: nothing here can find a face."""
OFF_CENTRE = 1 / 6
"""Shares of the picture by which the face's centre may lie aside: it stays in the middle third each way."""
EDGE = 0.02
"""A large face keeps at least so much of the picture between itself and the edge."""
EASE = 0.15
"""An advice stands until its limit is passed by this share of it: a face at the limit does not make it flicker."""
HOLD_S = 0.5
"""So long another advice has to hold before it takes the place of the one that is told: some seven pictures."""


class Framing(NamedTuple):
    """What is told, and what would be told next."""

    told: Advice
    next: Advice
    since_t: float
    """When ``next`` was first found."""


def follow(before: Framing | None, seen: FaceObservation) -> Framing:
    """The advice after one more picture; the first one is told at once. Times are those of the pictures."""
    found = advice(seen, None if before is None else before.told)
    if before is None or found == before.told:
        return Framing(found, found, seen.t)
    if found != before.next:
        return Framing(before.told, found, seen.t)
    return Framing(found, found, seen.t) if seen.t - before.since_t >= HOLD_S else before


def advice(seen: FaceObservation, told: Advice | None = None) -> Advice:
    """What one picture asks for; the limits of what is ``told`` already are harder to pass back."""
    light = seen.brightness
    if light is not None and light < DARK * _ease(told == "dark"):
        return "dark"
    if light is not None and light > BRIGHT / _ease(told == "bright"):
        return "bright"
    if seen.trouble == "no_engine":
        return "unknown"
    if seen.box is None or seen.faces == 0:
        return "nobody"
    if seen.faces > 1:
        return "several"
    return _distance(seen.box, told) or _place(seen.box, told) or "good"


def _distance(face: Box, told: Advice | None) -> Advice | None:
    height = face[3]
    if height > NEAR_HEIGHT / _ease(told == "further"):
        return "further"
    return "nearer" if height < FAR_HEIGHT * _ease(told == "nearer") else None


def _place(face: Box, told: Advice | None) -> Advice | None:
    """The side that is further out of the middle first."""
    x, y, width, height = face
    aside, above = x + width / 2 - 0.5, y + height / 2 - 0.5
    # The camera sees the candidate's left on the right of its picture.
    sideways: Advice = "left" if aside < 0 else "right"
    upright: Advice = "up" if above > 0 else "down"
    over_x = abs(aside) - _room(width) / _ease(told == sideways)
    over_y = abs(above) - _room(height) / _ease(told == upright)
    if max(over_x, over_y) <= 0:
        return None
    return sideways if over_x >= over_y else upright


def _room(size: float) -> float:
    """How far the centre of a face of this size may lie from that of the picture."""
    return max(EDGE, min(OFF_CENTRE, (1 - size) / 2 - EDGE))


def _ease(stands: bool) -> float:
    return 1 + EASE if stands else 1.0
