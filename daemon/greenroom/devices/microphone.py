"""The microphone's side of a PortAudio stream: a ring that the callback fills and the worker drains."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from greenroom.devices.driver_clock import DriverClock
from greenroom.devices.resampler import Resampler
from greenroom.devices.ring import Ring
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Heard, Pcm

RING_S = 30
CONTINUE = 0
"""What a PortAudio callback returns to go on."""
OVERFLOW = 0x2
"""PortAudio's flag: samples were thrown away before this buffer."""
JUMP_S = 0.1
"""A capture time that is off by more for ``JUMP_BUFFERS`` buffers is a gap; less is jitter of the driver."""
JUMP_BUFFERS = 5


class _Mark(NamedTuple):
    """One callback: number of its first sample, when that was captured, and whether samples are missing before it."""

    n: int
    t: float
    has_overflow: bool


class Microphone:
    """Collects some channels of interleaved int16 buffers; gives mono at ``SAMPLE_RATE_HZ`` with capture times.

    ``picked`` counts from 0; several channels are averaged, which takes 10 log10(n) dB from noise that they do not
    share.
    """

    def __init__(self, rate_hz: int, channels: int, origin_ns: int, *, picked: tuple[int, ...] = (0,),
                 latency_s: float = 0.0) -> None:
        self._rate_hz = rate_hz
        self._channels = channels
        self._latency_s = latency_s
        self._origin_ns = origin_ns
        self._rings = [(channel, Ring(RING_S * rate_hz)) for channel in picked]
        self._written = 0
        self._read = 0
        self._marks: deque[_Mark] = deque(maxlen=RING_S * 1000)
        self.newest_t: float | None = None
        """When the last buffer arrived; None before the first."""
        self._clock = DriverClock(rate_hz)
        self._off_buffers = 0
        self._resampler = Resampler(rate_hz, SAMPLE_RATE_HZ)

    def callback(self, data: bytes | None, frames: int, times: Mapping[str, float], status: int) -> tuple[None, int]:
        """Runs in PortAudio's thread: copies and leaves."""
        now_t = (time.monotonic_ns() - self._origin_ns) * 1e-9
        age_s = times["current_time"] - times["input_buffer_adc_time"]
        if not 0.0 <= age_s < RING_S:
            age_s = self._latency_s  # some drivers give no capture time
        if data:
            pcm = np.frombuffer(data, np.int16)
            n = self._written
            for channel, ring in self._rings:
                ring.write(n, pcm[channel :: self._channels])
            self._marks.append(_Mark(n, now_t - age_s, bool(status & OVERFLOW)))
            self._written = n + frames
        self.newest_t = now_t
        return None, CONTINUE

    def drain(self) -> list[Heard]:
        """Everything since the last call, in pieces without gaps inside."""
        pieces: list[Heard] = []
        written = self._written
        overrun = max(0, written - self._read - RING_S * self._rate_hz)
        self._read += overrun
        lost = round(overrun * SAMPLE_RATE_HZ / self._rate_hz)
        while self._marks and self._marks[0].n < written:
            mark = self._marks.popleft()
            gap = self._follow(mark)
            if gap is None:
                continue
            pieces += self._take(mark.n, lost)
            lost = gap
            self._clock.restart(mark.n, mark.t)
            self._resampler = Resampler(self._rate_hz, SAMPLE_RATE_HZ)
        return pieces + self._take(written, lost)

    def _follow(self, mark: _Mark) -> int | None:
        """Keep the clock; the number of lost samples when there is a gap before this mark."""
        off_s = mark.t - self._clock.time_of(mark.n) if self._clock.is_running else 0.0
        self._off_buffers = self._off_buffers + 1 if abs(off_s) > JUMP_S else 0
        if mark.has_overflow or self._off_buffers >= JUMP_BUFFERS:
            self._off_buffers = 0
            return max(1, round(off_s * SAMPLE_RATE_HZ))
        if not self._off_buffers:
            self._clock.follow(mark.n, mark.t)
        return None

    def _take(self, until: int, lost: int) -> list[Heard]:
        """Samples up to number ``until`` as one piece."""
        count = until - self._read
        if count <= 0:
            return []
        raw = _averaged([ring.read(self._read, count) for _, ring in self._rings])
        first = self._read - self._resampler.inside_from
        self._read = until
        pcm = self._resampler.process(raw)
        if not pcm.size:
            return []
        return [Heard(pcm, self._clock.time_of(first), lost)]


def _averaged(channels: list[Pcm]) -> Pcm:
    if len(channels) == 1:
        return channels[0]
    mean: Pcm = np.rint(np.mean(channels, axis=0)).astype(np.int16)
    return mean
