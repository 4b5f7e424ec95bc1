"""What the loudspeaker played, by time, for the echo canceller."""

from __future__ import annotations

import numpy as np

from greenroom.devices.ring import Ring
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm

RING_SAMPLES = 30 * SAMPLE_RATE_HZ
"""As long as the microphone's ring, so that a late analysis still finds its reference."""
JUMP_SAMPLES = SAMPLE_RATE_HZ * 5 // 1000
"""A smaller difference in time is drift between two clocks and is made up sample by sample."""


class Reference:
    """A ring on the timeline's own sample grid; silence wherever nothing was played."""

    def __init__(self) -> None:
        self._ring = Ring(RING_SAMPLES)
        self._end = 0
        """Sample number after the newest one; silence follows."""

    def played(self, pcm: Pcm, heard_t: float) -> None:
        """Keep samples, at most 30 s, of which the first is heard at ``heard_t``."""
        start = round(heard_t * SAMPLE_RATE_HZ)
        off = start - self._end
        if abs(off) > JUMP_SAMPLES:
            missing = min(max(off, 0), RING_SAMPLES)
            self._ring.write(start - missing, np.zeros(missing, np.int16))
            self._end = start
        elif off > 1 and pcm.size:
            pcm = np.concatenate((pcm[:1], pcm))
        elif off < -1:
            pcm = pcm[1:]
        self._ring.write(self._end, pcm)
        self._end += pcm.size

    def at(self, t: float, samples: int) -> Pcm:
        """``samples`` samples heard from ``t`` on."""
        start = round(t * SAMPLE_RATE_HZ)
        known = min(max(self._end - start, 0), samples)
        out = np.zeros(samples, np.int16)
        if known and self._end - RING_SAMPLES <= start:
            out[:known] = self._ring.read(start, known)
        return out

    def clear(self) -> None:
        """Silence everything that was played."""
        self._ring.clear()
