"""What a recording needs before its measures can be taken. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import segmenter
from greenroom.hearing.loudness import CLIP_LEVEL
from greenroom.hearing.prosody import Interval
from greenroom.hearing.vad import BLOCK_SAMPLES
from greenroom.ports import Pcm, VoiceDetector

RUN_S = 120.0
"""Measures take runs of sound one by one; a recording is cut into some of about this length, in silences."""
JOIN_S = 2.0
PIECE_S = 14.0
"""A little less than the longest segment of a recogniser."""
LEARN_FROM_S, LEARN_TO_S = 3.0, 8.0
"""So much voice tells a recogniser about speaker and microphone; more makes it no better."""
APART = 0.5
"""Two microphones of one array, and most stereo, lie far above; two headsets of one conversation near 0."""
HEARD_DBFS = -60.0
APART_NOTE = ("The channels differ, as when each has a voice of its own; what was heard is the mean of all. "
              "--channel N (over HTTP ?channel=N) hears one.")
CLIPPED_SHARE = 1e-4
"""Of all samples, and ten at least: single ones at the rail are true peaks."""


class ChannelLikeness:
    """Tells whether channels hear the same or each something of its own, as when there is one for each speaker."""

    def __init__(self) -> None:
        self._products: npt.NDArray[np.float64] | None = None
        self._samples = 0

    def add(self, planes: Pcm) -> None:
        """The same stretch of all channels, a row each."""
        wave = planes.astype(np.float64) / 32768
        products = wave @ wave.T
        self._products = products if self._products is None else self._products + products
        self._samples += planes.shape[1]

    @property
    def is_apart(self) -> bool:
        """Two channels with sound in them correlate by less than ``APART``."""
        if self._products is None or not self._samples:
            return False
        power = np.diag(self._products)
        heard = np.flatnonzero(power / self._samples > 10 ** (HEARD_DBFS / 10))
        likeness = self._products[np.ix_(heard, heard)] / np.sqrt(np.outer(power[heard], power[heard]))
        return bool(heard.size > 1 and likeness.min() < APART)


def mixed(planes: Pcm, channel: int) -> Pcm:
    """One channel, from 1, of rows; 0 is their mean."""
    chosen: Pcm = planes[channel - 1] if channel else np.rint(planes.mean(axis=0)).astype(np.int16)
    return chosen


def voice_events(pcm: Pcm, detector: VoiceDetector) -> Iterator[tuple[int, tuple[segmenter.VoiceEvent, ...]]]:
    """Where voice begins and ends, block by block: number of a block's first sample, and what it tells."""
    detector.reset()
    state = segmenter.State()
    for start in range(0, pcm.size - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
        end = start + BLOCK_SAMPLES
        state, events = segmenter.step(state, detector.probability(pcm[start:end]), end / SAMPLE_RATE_HZ)
        yield start, events
    yield pcm.size, segmenter.stop(state, pcm.size / SAMPLE_RATE_HZ)[1]


def voice_spans(events: Sequence[segmenter.VoiceEvent]) -> list[Interval]:
    """The VAD segments of whole ``voice_events``."""
    return [(start.t, stop.t) for start, stop in zip(events[::2], events[1::2], strict=True)]


def runs(pcm: Pcm, voice: Sequence[Interval], rate_hz: int = SAMPLE_RATE_HZ) -> Iterator[tuple[float, bytes]]:
    """The sound as runs for the measures: time of the first sample, and samples. Nothing is left out."""
    start_t, end_t = 0.0, pcm.size / rate_hz
    for before, after in pairwise(voice):
        cut_t = (before[1] + after[0]) / 2
        if cut_t - start_t >= RUN_S:
            yield start_t, _bytes(pcm, start_t, cut_t, rate_hz)
            start_t = cut_t
    yield start_t, _bytes(pcm, start_t, end_t, rate_hz)


def _bytes(pcm: Pcm, from_t: float, to_t: float, rate_hz: int) -> bytes:
    return pcm[round(from_t * rate_hz) : round(to_t * rate_hz)].tobytes()


def pieces(voice: Sequence[Interval]) -> list[Interval]:
    """Stretches for a recogniser: VAD segments with short silences between them make one, which gives it context."""
    joined: list[Interval] = []
    for start_t, end_t in voice:
        if joined and start_t - joined[-1][1] <= JOIN_S and end_t - joined[-1][0] <= PIECE_S:
            joined[-1] = (joined[-1][0], end_t)
        else:
            joined.append((start_t, end_t))
    return joined


def learning_span(voice: Sequence[Interval]) -> Interval | None:
    """The first stretch of time that holds ``LEARN_FROM_S`` of voice, at most ``LEARN_TO_S`` long; None without one."""
    for n, (start_t, _) in enumerate(voice):
        inside = [(a, min(b, start_t + LEARN_TO_S)) for a, b in voice[n:] if a < start_t + LEARN_TO_S]
        if sum(b - a for a, b in inside) >= LEARN_FROM_S:
            return start_t, inside[-1][1]
    return None


def clipped_note(pcm: Pcm) -> tuple[str, ...]:
    """A warning for sound that was too loud for the microphone or the file."""
    clipped = np.count_nonzero(np.abs(pcm.astype(np.int32)) >= CLIP_LEVEL)
    if clipped < 10 or clipped / pcm.size < CLIPPED_SHARE:
        return ()
    return (f"The sound is clipped in {clipped} samples: it was too loud for the microphone.",)
