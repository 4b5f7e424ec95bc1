"""Times that an audio driver states, made steady."""

from __future__ import annotations

from greenroom.timeline import SampleClock

SMOOTHING = 0.01
"""Share of a timing error that one buffer corrects: a time constant of 1 s at 10 ms a buffer."""


class DriverClock:
    """A ``SampleClock`` that follows a driver's jittery times: the mean of all at first, then an exponential one."""

    def __init__(self, rate_hz: int) -> None:
        self._clock = SampleClock(rate_hz)
        self._seen = 0

    @property
    def is_running(self) -> bool:
        return self._seen > 0

    def time_of(self, n: int) -> float:
        return self._clock.time_of(n)

    def restart(self, n: int, t: float) -> None:
        """Believe this one time, after a gap."""
        self._seen = 1
        self._clock.anchor(n, t)

    def follow(self, n: int, t: float) -> None:
        """Take the stated time of sample ``n`` into account."""
        if not self._seen:
            self.restart(n, t)
            return
        self._seen += 1
        expected_t = self._clock.time_of(n)
        self._clock.anchor(n, expected_t + (t - expected_t) * max(SMOOTHING, 1 / self._seen))
