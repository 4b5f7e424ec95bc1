"""The booth's one timeline: seconds since an origin on the machine's monotonic clock, or virtual."""

from __future__ import annotations

import time


class MonotonicClock:
    """Seconds since ``origin_ns`` of CLOCK_MONOTONIC, which all processes of a machine share."""

    def __init__(self, origin_ns: int = 0) -> None:
        self.origin_ns = origin_ns

    def now(self) -> float:
        return (time.monotonic_ns() - self.origin_ns) * 1e-9


class VirtualClock:
    """Time that moves only when told to."""

    origin_ns = 0

    def __init__(self, now_t: float = 0.0) -> None:
        self._now_t = now_t

    def now(self) -> float:
        return self._now_t

    def advance(self, until_t: float) -> None:
        """Move to ``until_t``; time never runs backwards."""
        self._now_t = max(self._now_t, until_t)


class SampleClock:
    """Maps sample numbers of one run of audio onto the timeline: an anchor and a rate.

    ``anchor`` fixes that sample ``n`` was captured at ``t``; it is called once when a run begins and again after a gap.
    """

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._n0 = 0
        self._t0 = 0.0

    def anchor(self, n: int, t: float) -> None:
        self._n0, self._t0 = n, t

    def time_of(self, n: int) -> float:
        return self._t0 + (n - self._n0) / self.rate_hz

    def sample_at(self, t: float) -> int:
        return self._n0 + round((t - self._t0) * self.rate_hz)
