"""Level, peak and clipping of each channel of a microphone: for choosing a channel and setting the gain. Pure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.hearing.loudness import CLIP_LEVEL, FULL_SCALE, SILENCE_DBFS, to_dbfs

Frames = npt.NDArray[np.int16]
"""Rows of samples, a column a channel."""
QUIET_DBFS, LOUD_DBFS = -50.0, -6.0
"""A voice at arm's length should lie between: softer, the noise of the converter comes near; louder, laughter clips."""


class ChannelLevel(NamedTuple):
    """One channel, from 1. ``clipped`` counts samples at the rail since the beginning."""

    channel: int
    now_dbfs: float
    peak_dbfs: float
    clipped: int

    @property
    def advice(self) -> str:
        if self.clipped:
            return "clips: lower the gain"
        if self.peak_dbfs <= SILENCE_DBFS:
            return "silent: muted, or not a microphone"
        if self.peak_dbfs < QUIET_DBFS:
            return "soft: raise the gain, or come nearer"
        return "loud: lower the gain a little" if self.peak_dbfs > LOUD_DBFS else ""


class ChannelLevels:
    """Fed with what was captured; peaks and clipping are those of everything so far."""

    def __init__(self, channels: int) -> None:
        self._peaks = np.zeros(channels)
        self._powers = np.zeros(channels)
        self._clipped = np.zeros(channels, np.int64)

    def add(self, frames: Frames) -> None:
        if not frames.size:
            return
        wave = np.abs(frames.astype(np.float64))
        self._powers = np.mean(wave**2, axis=0)
        self._peaks = np.maximum(self._peaks, wave.max(axis=0))
        self._clipped += (wave >= CLIP_LEVEL).sum(axis=0)

    def levels(self) -> tuple[ChannelLevel, ...]:
        known = zip(self._powers / FULL_SCALE**2, (self._peaks / FULL_SCALE) ** 2, self._clipped, strict=True)
        return tuple(
            ChannelLevel(n, to_dbfs(float(power)), to_dbfs(float(peak)), int(clipped))
            for n, (power, peak, clipped) in enumerate(known, start=1)
        )
