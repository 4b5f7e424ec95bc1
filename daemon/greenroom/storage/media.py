"""The sound of the running session, in memory only and bounded."""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from greenroom.events import SAMPLE_RATE_HZ

CAPACITY_S = 40 * 60.0
"""1.9 MB a minute."""
RUN_S = 10.0
"""The oldest sound goes in pieces of this length."""
JITTER_S = 0.002
"""Chunks whose times agree so closely belong to one run of sound."""


class _Run(Struct):
    t: float
    next_n: int
    pcm: bytearray

    @property
    def end_t(self) -> float:
        return self.t + len(self.pcm) / (2 * SAMPLE_RATE_HZ)


class SessionMedia:
    """Keeps chunks with their times as runs without gaps; when full the oldest run goes."""

    def __init__(self, capacity_s: float = CAPACITY_S) -> None:
        self._capacity_bytes = round(capacity_s * SAMPLE_RATE_HZ) * 2
        self._runs: deque[_Run] = deque()
        self._bytes = 0
        self._lost_before_t: float | None = None

    @property
    def kept_s(self) -> float:
        return self._bytes / (2 * SAMPLE_RATE_HZ)

    @property
    def lost_before_t(self) -> float | None:
        """Sound before this time has gone for want of room; None while everything is there."""
        return self._lost_before_t

    def append(self, n: int, t: float, pcm: bytes) -> None:
        """Chunk ``n`` of the stream (16 kHz mono int16) whose first sample was captured at ``t``.

        A chunk that begins before the end of what is kept is no news and is left out.
        """
        last = self._runs[-1] if self._runs else None
        if last is not None and t < last.end_t - JITTER_S:
            return
        follows = last is not None and n == last.next_n and t - last.end_t <= JITTER_S
        if last is not None and follows and len(last.pcm) < 2 * round(RUN_S * SAMPLE_RATE_HZ):
            last.pcm += pcm
            last.next_n = n + 1
        else:
            start_t = last.end_t if last is not None and follows else t
            self._runs.append(_Run(start_t, n + 1, bytearray(pcm)))
        self._bytes += len(pcm)
        while self._bytes > self._capacity_bytes:
            gone = self._runs.popleft()
            self._bytes -= len(gone.pcm)
            self._lost_before_t = gone.end_t

    def slice(self, from_t: float, to_t: float) -> list[tuple[float, bytes]]:
        """What is kept between two times, as runs without gaps and the time of each one's first sample."""
        pieces: list[tuple[float, bytearray, float]] = []
        for run in self._runs:
            first = min(max(round((from_t - run.t) * SAMPLE_RATE_HZ), 0), len(run.pcm) // 2)
            last = min(max(round((to_t - run.t) * SAMPLE_RATE_HZ), 0), len(run.pcm) // 2)
            if first >= last:
                continue
            start_t, cut = run.t + first / SAMPLE_RATE_HZ, run.pcm[2 * first : 2 * last]
            if pieces and abs(pieces[-1][2] - start_t) < 0.5 / SAMPLE_RATE_HZ:
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + cut, run.t + last / SAMPLE_RATE_HZ)
            else:
                pieces.append((start_t, cut, run.t + last / SAMPLE_RATE_HZ))
        return [(start_t, bytes(pcm)) for start_t, pcm, _ in pieces]

    def forget(self) -> None:
        """Drop all sound."""
        self._runs.clear()
        self._bytes = 0
        self._lost_before_t = None
