"""How often the candidate is looked at: less often while the box has too much to do or is too hot."""

from __future__ import annotations

from typing import Literal, NamedTuple

FLOOR_HZ = 5.0
"""Below, a glance of half a second would be one or two pictures."""
STEPS = (1.0, 0.75, 0.5, 1.0 / 3.0)
"""Shares of the rate that the settings ask for."""
BUSY = 0.5
"""Of the time: with more in pictures, or more of a core used, hearing and voice wait for it on a box of two cores.
Ordinary is a tenth: 4 to 6 ms a picture at 15 a second."""
CROWDED, ROOMY = 0.5, 0.2
"""Share of the time in which others wait for a processor: above the one the box is busy, whoever keeps it so, when
looking takes ``WORTH`` or more of a core; below the other it is not. With less in it, giving way would help nobody."""
WORTH = 0.1
CALM = 0.3
"""What the next higher rate may be expected to need. The distance to ``BUSY`` keeps the rate from swinging."""
BUSY_LOOKS, HOT_LOOKS, CALM_LOOKS = 2, 4, 6
"""Loads in a row before a step down, and up. Metal cools slowly: the next step down for heat waits longer."""

Reason = Literal["", "the box is hot", "the box is busy"]
HOT: Reason = "the box is hot"
BUSY_BOX: Reason = "the box is busy"


class Load(NamedTuple):
    """What a stretch of a few seconds was like."""

    picture_s: float
    """Median time that one picture took, waiting for a core included; 0 when there was none."""
    core_share: float
    """CPU time of the process in all its threads, by the clock; 1 is one core."""
    is_hot: bool
    waiting: float = 0.0
    """Share of the time in which somebody on the box waited for a processor."""


class Pacing:
    """Takes one ``Load`` after another and gives the rate. Nothing but the loads decides."""

    def __init__(self, wanted_hz: float) -> None:
        floor_hz = min(wanted_hz, FLOOR_HZ)
        self._rates = sorted({max(floor_hz, wanted_hz * step) for step in STEPS}, reverse=True)
        self._step = 0
        self._bad = self._calm = 0
        self.reason: Reason = ""
        """Why the rate is not the wanted one; empty when it is."""

    @property
    def rate_hz(self) -> float:
        return self._rates[self._step]

    def weigh(self, load: Load) -> None:
        reason = self._complaint(load)
        if reason:
            self._calm, self._bad = 0, self._bad + 1
            first_is_quick = self._step == 0 or reason != HOT
            if self._bad >= (BUSY_LOOKS if first_is_quick else HOT_LOOKS):
                self._move(1, reason)
        elif self._may_rise(load):
            self._bad, self._calm = 0, self._calm + 1
            if self._calm >= CALM_LOOKS:
                self._move(-1, self.reason)
        else:
            self._bad = self._calm = 0

    def _complaint(self, load: Load) -> Reason:
        if load.is_hot:
            return HOT
        is_in_the_way = load.waiting > CROWDED and load.core_share >= WORTH
        return BUSY_BOX if is_in_the_way or max(load.picture_s * self.rate_hz, load.core_share) > BUSY else ""

    def _may_rise(self, load: Load) -> bool:
        """Whether the next higher rate would be light enough, all else being equal."""
        higher_hz = self._rates[max(0, self._step - 1)]
        core_share = load.core_share * higher_hz / self.rate_hz
        is_in_the_way = load.waiting > ROOMY and core_share >= WORTH
        return not is_in_the_way and max(load.picture_s * higher_hz, core_share) < CALM

    def _move(self, steps: int, reason: Reason) -> None:
        self._step = min(max(0, self._step + steps), len(self._rates) - 1)
        self._bad = self._calm = 0
        self.reason = reason if self._step else ""

