"""Angles that tremble, steadied: the 1 euro filter (Casiez, Roussel and Vogel, CHI 2012).

A low-pass filter whose cutoff rises with the speed of what it follows: a head or an eye at rest is averaged over some
frames, a turn or a glance is let through.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

from greenroom.seeing.gaze import Gaze, is_blinking
from greenroom.seeing.head_pose import Pose


class Filter(NamedTuple):
    """Cutoff at rest, and how much it rises with each degree a second."""

    cutoff_hz: float
    slope_hz: float

    @property
    def lag_s(self) -> float:
        """Time constant at rest."""
        return 1 / (2 * pi * self.cutoff_hz)


HEAD = Filter(4.0, 0.1)
"""Lags by 0.04 s at rest. Landmarks tremble by some tenths of a degree; nods last 0.3 s and more."""
EYES = Filter(1.5, 0.1)
"""Lags by 0.11 s at rest, in a glance of 50 degrees a second by a quarter of that. A single reading of an iris is off
by 1 to 2 degrees, fixations last 0.2 s and more."""
SPEED_CUTOFF_HZ = 1.0
"""Of the speed itself; the value of the paper."""
FORGET_S = 0.5
"""After a longer gap what comes is taken as it is."""


class Steady(NamedTuple):
    """One angle, as steadied at ``t``."""

    t: float
    value_deg: float
    speed_deg_s: float = 0.0


def steadied(before: Steady | None, t: float, value_deg: float, by: Filter) -> Steady:
    """The angle at ``t`` after ``before``; as it is when there is none, or none that is recent."""
    if before is None or not 0.0 < t - before.t <= FORGET_S:
        return Steady(t, value_deg)
    step_s = t - before.t
    speed = before.speed_deg_s + _share(SPEED_CUTOFF_HZ, step_s) * (
        (value_deg - before.value_deg) / step_s - before.speed_deg_s)
    share = _share(by.cutoff_hz + by.slope_hz * abs(speed), step_s)
    return Steady(t, before.value_deg + share * (value_deg - before.value_deg), speed)


class Steadier:
    """The angles of one face over time. What was steadied before a blink goes on after it."""

    def __init__(self) -> None:
        self._head: tuple[Steady, ...] = ()
        self._eyes: tuple[Steady, ...] = ()

    def head(self, t: float, pose: Pose) -> Pose:
        self._head = _all(self._head, t, pose, HEAD)
        return Pose(*(one.value_deg for one in self._head))

    def eyes(self, t: float, eyes: Gaze) -> Gaze:
        """Closed eyes point nowhere and are left as they are."""
        if is_blinking(eyes):
            return eyes
        self._eyes = _all(self._eyes, t, eyes[:2], EYES)
        yaw, pitch = (one.value_deg for one in self._eyes)
        return Gaze(yaw, pitch, eyes.openness)


def _all(before: tuple[Steady, ...], t: float, values_deg: tuple[float, ...], by: Filter) -> tuple[Steady, ...]:
    known = before or (None,) * len(values_deg)
    return tuple(steadied(one, t, value, by) for one, value in zip(known, values_deg, strict=True))


def _share(cutoff_hz: float, step_s: float) -> float:
    """How much of a step a low-pass filter of the first order takes in ``step_s``."""
    return step_s / (step_s + 1 / (2 * pi * cutoff_hz))
