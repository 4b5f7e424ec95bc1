"""When a picture was taken: by its driver where that is to be believed, else when it was grabbed."""

from __future__ import annotations

AHEAD_S = 0.005
"""A stamp may lie so far after the grab, for rounding; more comes from another clock."""
LATE_S = 1.0
QUEUED = 4
"""So many pictures in a row may be old: they lay in the driver's queue while this process did not run."""


class FrameClock:
    """Takes every picture's stamp and the time of its grab in order; the times it gives grow.

    Drivers stamp on the monotonic clock unless they are told otherwise; some leave the stamp at zero, count real
    time, or run away from it. After one such stamp the driver is not believed again until the camera is reopened.
    """

    def __init__(self, *, is_drivers: bool = True) -> None:
        self.is_drivers = is_drivers
        self._last_t: float | None = None
        self._late = 0

    def time(self, stamp_t: float | None, grabbed_t: float) -> float:
        """Capture time of one picture, of ``stamp_t`` where there is one; both on the session's timeline."""
        self.is_drivers = self.is_drivers and stamp_t is not None and self._is_plausible(stamp_t, grabbed_t)
        t = stamp_t if self.is_drivers and stamp_t is not None else grabbed_t
        if self._last_t is not None and t <= self._last_t:
            t = self._last_t + 1e-6
        self._last_t = t
        return t

    def _is_plausible(self, stamp_t: float, grabbed_t: float) -> bool:
        self._late = self._late + 1 if grabbed_t - stamp_t > LATE_S else 0
        grows = self._last_t is None or stamp_t > self._last_t
        return grows and stamp_t <= grabbed_t + AHEAD_S and self._late <= QUEUED
