"""Conversion between the booth's sample rate and a device's, through soxr."""

from __future__ import annotations

from typing import Any

from greenroom.ports import Pcm


class Resampler:
    """Streaming conversion of mono int16 between two rates; the identity when they are equal."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._from_hz, self._to_hz = from_hz, to_hz
        self._taken = self._given = 0
        self._stream: Any = None
        if from_hz != to_hz:
            import soxr

            self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality="HQ")

    @property
    def inside_from(self) -> int:
        """Input samples whose output is still to come."""
        return max(0, self._taken - round(self._given * self._from_hz / self._to_hz))

    @property
    def inside_to(self) -> int:
        """Output samples still to come of the input so far."""
        return max(0, round(self._taken * self._to_hz / self._from_hz) - self._given)

    def process(self, pcm: Pcm) -> Pcm:
        if self._stream is None:
            return pcm
        out: Pcm = self._stream.resample_chunk(pcm)
        self._taken += pcm.size
        self._given += out.size
        return out
