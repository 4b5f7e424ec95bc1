"""Angles that tremble, steadied: the 1 euro filter (Casiez, Roussel and Vogel, CHI 2012).

A low-pass filter whose cutoff rises with the speed of what it follows: still eyes are averaged over some frames, a
glance is let through. At rest it lags by ``LAG_S``, in a glance of 100 degrees a second by a quarter of that.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

CUTOFF_HZ = 1.5
SLOPE_HZ_PER_DEG_S = 0.05
SPEED_CUTOFF_HZ = 1.0
"""Of the speed itself; the value of the paper."""
LAG_S = 1 / (2 * pi * CUTOFF_HZ)
"""Time constant at rest."""
FORGET_S = 0.5
"""After a longer gap what comes is taken as it is."""


class Steady(NamedTuple):
    """One angle, as steadied at ``t``."""

    t: float
    value_deg: float
    speed_deg_s: float = 0.0


def steadied(before: Steady | None, t: float, value_deg: float) -> Steady:
    """The angle at ``t`` after ``before``; as it is when there is none, or none that is recent."""
    if before is None or not 0.0 < t - before.t <= FORGET_S:
        return Steady(t, value_deg)
    step_s = t - before.t
    speed = before.speed_deg_s + _share(SPEED_CUTOFF_HZ, step_s) * (
        (value_deg - before.value_deg) / step_s - before.speed_deg_s)
    share = _share(CUTOFF_HZ + SLOPE_HZ_PER_DEG_S * abs(speed), step_s)
    return Steady(t, before.value_deg + share * (value_deg - before.value_deg), speed)


def _share(cutoff_hz: float, step_s: float) -> float:
    """How much of a step a low-pass filter of the first order takes in ``step_s``."""
    return step_s / (step_s + 1 / (2 * pi * cutoff_hz))
