"""Sound of one stream as chunks in time, and one recogniser segment cut out of it in equal blocks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from greenroom.events import SAMPLE_RATE_HZ, JobKey
from greenroom.ports import Pcm
from greenroom.records import Word

RING_S = 30.0
PREROLL_S = 0.3
"""Recognised ahead of the segment's onset: soft first sounds lie before what a voice detector notices."""
TAIL_S = 0.15
"""Recognised after the segment's end."""
BLOCK_SAMPLES = round(0.06 * SAMPLE_RATE_HZ)
"""What the recogniser gets at a time, however the sound arrives: so the words do not depend on the load."""
BACKLOG_S = 40.0
BACKLOG_CUT_S = 10.0
"""So much is left out when the backlog is full, so that it is not full again at once."""
BRIDGED_S = 0.5
"""A shorter hole in the sound is filled with silence; after a longer one the recogniser begins anew."""
FILLER_S = 1.5
"""So much sound before the end of a segment tells whether it ends in a filled pause."""
_REPLAY_S = 0.1
_JITTER_S = 0.002
"""Times of a smoothed sample clock may be off by so much without any sample missing."""
_KEPT_BLOCKS = 50


class Chunk(NamedTuple):
    """Sound whose first sample is at ``t``."""

    t: float
    pcm: Pcm

    @property
    def end_t(self) -> float:
        return self.t + self.pcm.size / SAMPLE_RATE_HZ


class Block(NamedTuple):
    """Sound for the recogniser. ``is_first``: it does not go on from the block before."""

    t: float
    pcm: Pcm
    is_first: bool


class Ring:
    """The last ``RING_S`` of a stream."""

    def __init__(self) -> None:
        self._chunks: deque[Chunk] = deque()

    def add(self, chunk: Chunk) -> None:
        """Sound from before the newest chunk is a replay after a restart, which takes the place of everything."""
        if self._chunks and chunk.t < self._chunks[-1].end_t - _REPLAY_S:
            self._chunks.clear()
        self._chunks.append(chunk)
        while self._chunks[0].end_t < chunk.end_t - RING_S:
            self._chunks.popleft()

    def between(self, from_t: float, to_t: float = float("inf")) -> list[Chunk]:
        """All chunks that touch the span, whole."""
        return [chunk for chunk in self._chunks if chunk.end_t > from_t and chunk.t < to_t]

    def pcm(self, from_t: float, to_t: float) -> Pcm:
        """The samples there are between two times, joined."""
        cuts = [cut(chunk, from_t, to_t).pcm for chunk in self.between(from_t, to_t)]
        return np.concatenate(cuts) if cuts else np.zeros(0, np.int16)

    def clear(self) -> None:
        self._chunks.clear()


@dataclass
class SegmentSound:
    """The sound of one segment that is not yet recognised, and what came of the rest."""

    job: JobKey
    segment: int
    start_t: float
    """The first sample wanted."""
    hints: tuple[str, ...] = ()
    to_t: float | None = None
    """The segment's end, once it is known."""
    tail_s: float = TAIL_S
    is_cut_off: bool = False
    """No more sound that belongs here will come."""
    is_running: bool = False
    """The recogniser has begun."""
    words: list[Word] = field(default_factory=list)
    """Final words from before a hole."""
    shown: tuple[str, ...] = ()
    """Words of the last partial."""
    partial_t: float = 0.0
    """End of the sound of the last partial."""
    _waiting: deque[Chunk] = field(default_factory=deque)
    _waiting_s: float = 0.0
    _part: list[Pcm] = field(default_factory=list)
    _part_samples: int = 0
    _end_t: float | None = None
    _is_first: bool = True
    _recent: deque[Pcm] = field(default_factory=lambda: deque(maxlen=_KEPT_BLOCKS))

    @property
    def limit_t(self) -> float:
        """Sound from here on belongs to others."""
        return float("inf") if self.to_t is None else self.to_t + self.tail_s

    @property
    def covered_t(self) -> float:
        """End of the sound that was taken out in blocks; the end or start of the segment where there was none."""
        if self._end_t is None:
            return self.start_t if self.to_t is None else self.to_t
        return self._end_t - self._part_samples / SAMPLE_RATE_HZ

    def offer(self, chunk: Chunk) -> tuple[float, float] | None:
        """Take a chunk of the stream; start and length in seconds of what was left out because too much waits."""
        if chunk.t >= self.limit_t:
            self.is_cut_off = True
            return None
        self._waiting.append(chunk)
        self._waiting_s += chunk.pcm.size / SAMPLE_RATE_HZ
        if self._waiting_s <= BACKLOG_S:
            return None
        from_t = self._waiting[0].t
        while self._waiting_s > BACKLOG_S - BACKLOG_CUT_S and len(self._waiting) > 1:
            self._next()
        return from_t, self._waiting[0].t - from_t

    def next_block(self) -> Block | None:
        """The next whole block, or the rest before a hole or the end; None when that must be waited for."""
        while self._part_samples < BLOCK_SAMPLES and self._waiting:
            chunk = cut(self._waiting[0], self._wanted_t(), self.limit_t)
            is_apart = self._end_t is not None and chunk.t - self._end_t > BRIDGED_S
            if is_apart and self._part_samples:
                return self._cut_block(self._part_samples)
            self._next()
            if chunk.pcm.size:
                self._join(chunk, is_apart=is_apart)
        if self._part_samples >= BLOCK_SAMPLES:
            return self._cut_block(BLOCK_SAMPLES)
        if self._part_samples and self.is_complete:
            return self._cut_block(self._part_samples)
        return None

    @property
    def has_block(self) -> bool:
        """A whole block waits to be taken."""
        return self._part_samples + round(self._waiting_s * SAMPLE_RATE_HZ) >= BLOCK_SAMPLES

    @property
    def has_rest(self) -> bool:
        """A part of a block is left to be taken."""
        return self._part_samples > 0

    @property
    def is_complete(self) -> bool:
        """Everything that belongs here has come and is in blocks."""
        has_all = self._end_t is not None and self._end_t >= self.limit_t - 1 / SAMPLE_RATE_HZ
        return (self.is_cut_off or has_all) and not self._waiting

    def recent_pcm(self) -> Pcm:
        """Up to ``FILLER_S`` of sound before the segment's end."""
        if not self._recent or self.to_t is None:
            return np.zeros(0, np.int16)
        pcm = np.concatenate(self._recent)
        end = pcm.size - max(0, round((self.covered_t - self.to_t) * SAMPLE_RATE_HZ))
        return pcm[max(0, end - round(FILLER_S * SAMPLE_RATE_HZ)) : max(0, end)]

    def _wanted_t(self) -> float:
        return self.start_t if self._end_t is None else self._end_t

    def _next(self) -> Chunk:
        chunk = self._waiting.popleft()
        self._waiting_s = max(0.0, self._waiting_s - chunk.pcm.size / SAMPLE_RATE_HZ)
        return chunk

    def _join(self, chunk: Chunk, *, is_apart: bool) -> None:
        hole_s = 0.0 if self._end_t is None else chunk.t - self._end_t
        if is_apart:
            self._is_first = True
        elif hole_s > _JITTER_S:
            self._append(np.zeros(round(hole_s * SAMPLE_RATE_HZ), np.int16))
        self._append(chunk.pcm)
        self._end_t = chunk.end_t

    def _append(self, pcm: Pcm) -> None:
        self._part.append(pcm)
        self._part_samples += pcm.size

    def _cut_block(self, samples: int) -> Block:
        pcm = np.concatenate(self._part)
        t = self.covered_t
        self._part, self._part_samples = [pcm[samples:]], pcm.size - samples
        block = Block(t, pcm[:samples], self._is_first)
        self._is_first = False
        self._recent.append(block.pcm)
        return block


def cut(chunk: Chunk, from_t: float, to_t: float) -> Chunk:
    """The part of a chunk inside the span; empty when there is none."""
    size = chunk.pcm.size
    first = 0 if chunk.t >= from_t - _JITTER_S else min(size, round((from_t - chunk.t) * SAMPLE_RATE_HZ))
    last = size if chunk.end_t <= to_t else max(first, round((to_t - chunk.t) * SAMPLE_RATE_HZ))
    return Chunk(chunk.t + first / SAMPLE_RATE_HZ, chunk.pcm[first:last])
