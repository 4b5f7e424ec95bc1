"""The loudspeaker's side of a PortAudio stream: a small ring that the worker keeps ahead of the callback."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from greenroom.devices.driver_clock import DriverClock
from greenroom.devices.microphone import CONTINUE
from greenroom.devices.resampler import Resampler
from greenroom.devices.ring import Ring
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm

AHEAD_S = 0.06
"""What the worker keeps in the ring: it is called every 10 ms and may be late by 50. A cut is heard this much later."""
RING_S = 1


class _Played(NamedTuple):
    """State after a callback, replaced as a whole: samples given to the device, and how many of them came from us."""

    device: int = 0
    ring: int = 0


class Speaker:
    """Takes mono at ``SAMPLE_RATE_HZ``; the callback gives it to all channels, and silence where it has none."""

    def __init__(self, rate_hz: int, channels: int, origin_ns: int, *, latency_s: float = 0.0) -> None:
        self._rate_hz = rate_hz
        self._channels = channels
        self._latency_s = latency_s
        self._origin_ns = origin_ns
        self._ring = Ring(RING_S * rate_hz)
        self._written = 0
        self._played = _Played()
        self._clock = DriverClock(rate_hz)
        self._resampler = Resampler(SAMPLE_RATE_HZ, rate_hz)
        self.newest_t: float | None = None
        """When the device last asked; None before it did."""

    def callback(self, data: bytes | None, frames: int, times: Mapping[str, float],  # noqa: ARG002 - PortAudio's
                 status: int) -> tuple[bytes, int]:  # noqa: ARG002 - signature
        """Runs in PortAudio's thread: copies and leaves."""
        now_t = (time.monotonic_ns() - self._origin_ns) * 1e-9
        lead_s = times["output_buffer_dac_time"] - times["current_time"]
        if not 0.0 < lead_s < RING_S:
            lead_s = self._latency_s  # some drivers give no time, all none for the first buffers
        played = self._played
        self._clock.follow(played.device, now_t + lead_s)
        count = min(frames, self._written - played.ring)
        out = np.zeros((frames, self._channels), np.int16)
        out[:count] = self._ring.read(played.ring, count)[:, None]
        self._played = _Played(played.device + frames, played.ring + count)
        self.newest_t = now_t
        return out.tobytes(), CONTINUE

    def wanted(self) -> tuple[int, float]:
        """How many samples (at ``SAMPLE_RATE_HZ``) to write now, and when the first of them will be heard."""
        played = self._played
        ahead = self._written - played.ring
        missing = round((AHEAD_S - ahead / self._rate_hz) * SAMPLE_RATE_HZ)
        if not self._clock.is_running or missing <= 0:
            return 0, 0.0
        return missing, self._clock.time_of(played.device + ahead + self._resampler.inside_to)

    def write(self, pcm: Pcm) -> None:
        """At most what ``wanted`` asked for."""
        out = self._resampler.process(pcm)
        self._ring.write(self._written, out)
        self._written += out.size


class NoSpeaker:
    """Stands where no loudspeaker is plugged in: takes sound at the pace at which it would have been heard."""

    def __init__(self, origin_ns: int) -> None:
        self._origin_ns = origin_ns
        self._until_t: float | None = None

    @property
    def newest_t(self) -> float:
        """It never stops asking."""
        return (time.monotonic_ns() - self._origin_ns) * 1e-9

    def wanted(self) -> tuple[int, float]:
        """As ``Speaker.wanted``."""
        now_t = self.newest_t
        start_t = now_t if self._until_t is None else max(self._until_t, now_t - RING_S)
        missing = round((now_t + AHEAD_S - start_t) * SAMPLE_RATE_HZ)
        if missing <= 0:
            return 0, 0.0
        self._until_t = start_t + missing / SAMPLE_RATE_HZ
        return missing, start_t

    def write(self, pcm: Pcm) -> None:
        """Nobody hears it."""
