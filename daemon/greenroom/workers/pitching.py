"""Pitch of what was recognised, tracked while nothing waits to be recognised: the interviewer's gap comes first."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from greenroom.events import SAMPLE_RATE_HZ, PitchHeard
from greenroom.ports import Pcm, PitchTracker
from greenroom.workers.segments import Block

PIECE_S = 4.0
"""Tracked at a time: some 20 ms of work."""
MAX_WAITING_S = 120.0
"""Of sound; the oldest goes, and the coverage of the pitch says so."""


class _Piece(NamedTuple):
    segment: int
    t: float
    pcm: Pcm


class Pitching:
    """The sound of one stream whose pitch is still to be tracked."""

    def __init__(self, tracker: PitchTracker | None, stream: str) -> None:
        self._tracker = tracker
        self._stream = stream
        self._open: deque[Block] = deque()
        self._open_samples = 0
        self._waiting: deque[_Piece] = deque()
        self._waiting_samples = 0

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting)

    def take(self, block: Block) -> None:
        """Keep what the recogniser was fed, until its segment ends."""
        if self._tracker is None:
            return
        self._open.append(block)
        self._open_samples += block.pcm.size
        while self._open_samples > MAX_WAITING_S * SAMPLE_RATE_HZ:
            self._open_samples -= self._open.popleft().pcm.size

    def end(self, segment: int) -> None:
        """The segment's final utterance has been sent."""
        blocks: list[Block] = []
        samples = 0
        for block in self._open:
            if blocks and (block.is_first or samples >= PIECE_S * SAMPLE_RATE_HZ):
                self._wait(segment, blocks)
                blocks, samples = [], 0
            blocks.append(block)
            samples += block.pcm.size
        if blocks:
            self._wait(segment, blocks)
        self._open.clear()
        self._open_samples = 0

    def work(self, known_t: float) -> PitchHeard | None:
        """Track one piece; None when there is none."""
        if self._tracker is None or not self._waiting:
            return None
        piece = self._waiting.popleft()
        self._waiting_samples -= piece.pcm.size
        t = piece.t + self._tracker.step_s / 2
        hz = self._tracker.track(piece.pcm)
        return PitchHeard(t=t, t_known=max(known_t, t), segment=piece.segment, step_s=self._tracker.step_s, hz=hz,
                          stream=self._stream)

    def forget(self) -> None:
        self._open.clear()
        self._waiting.clear()
        self._open_samples = self._waiting_samples = 0

    def _wait(self, segment: int, blocks: list[Block]) -> None:
        pcm = np.concatenate([block.pcm for block in blocks])
        self._waiting.append(_Piece(segment, blocks[0].t, pcm))
        self._waiting_samples += pcm.size
        while self._waiting_samples > MAX_WAITING_S * SAMPLE_RATE_HZ:
            self._waiting_samples -= self._waiting.popleft().pcm.size
