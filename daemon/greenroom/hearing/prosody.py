"""Pace, pauses and loudness as plain functions of words, VAD segments and levels; for report and live meters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.loudness import power, to_dbfs
from greenroom.ports import Pcm

Interval = tuple[float, float]
"""Start and end time."""

PAUSE_S = 0.35
"""A silence of this length is heard as a pause; shorter ones are stops of consonants."""
PACE_WINDOW_S = 15.0
PACE_AFTER_S = 5.0
"""Words of less time give a pace that jumps."""
MIN_WORDS = 5
FRAME_S = 0.1


def pauses_between(voice: Sequence[Interval], missing: Sequence[Interval] = ()) -> list[Interval]:
    """Silences of at least ``PAUSE_S`` between VAD segments; one that touches a missing stretch may be none."""
    merged = merge(voice)
    silences = [(a[1], b[0]) for a, b in pairwise(merged)]
    return [gap for gap in silences if gap[1] - gap[0] >= PAUSE_S and overlap_s([gap], missing) == 0.0]


def rolling_pace_wpm(words: Sequence[Interval], t: float) -> float | None:
    """Words a minute in the ``PACE_WINDOW_S`` before the last word that ended by ``t``.

    None before words span ``PACE_AFTER_S`` or when there are fewer than ``MIN_WORDS``. Words must be in order.
    """
    said = [word for word in words if word[1] <= t]
    if not said or said[-1][1] - said[0][0] < PACE_AFTER_S:
        return None
    end_t = said[-1][1]
    recent = [word for word in said if word[0] >= end_t - PACE_WINDOW_S]
    if len(recent) < MIN_WORDS:
        return None
    from_t = recent[0][0] if len(recent) == len(said) else end_t - PACE_WINDOW_S
    return len(recent) * 60.0 / max(end_t - from_t, 1e-3)


def mean_dbfs(levels_dbfs: Sequence[float]) -> float:
    """Mean of the power, in dBFS; levels must not be empty."""
    return to_dbfs(float(np.mean(10 ** (np.asarray(levels_dbfs) / 10))))


def voiced_levels(runs: Sequence[tuple[float, Pcm]], voice: Sequence[Interval]) -> list[tuple[float, float]]:
    """Start time and level in dBFS of each ``FRAME_S`` of the runs that lies inside a VAD segment."""
    spans = merge(voice)
    return [
        (t, to_dbfs(power(frame)))
        for t, frame in _frames(runs)
        if overlap_s([(t, t + FRAME_S)], spans) >= FRAME_S * 0.999
    ]


def merge(intervals: Sequence[Interval]) -> list[Interval]:
    """The same stretches in order, without overlap."""
    merged: list[Interval] = []
    for start_t, end_t in sorted(intervals):
        if merged and start_t <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_t))
        elif end_t > start_t:
            merged.append((start_t, end_t))
    return merged


def length_s(intervals: Sequence[Interval]) -> float:
    return float(sum(end_t - start_t for start_t, end_t in merge(intervals)))


def overlap_s(some: Sequence[Interval], others: Sequence[Interval]) -> float:
    """Seconds that lie in both; each list without overlap in itself."""
    return float(sum(max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for a in some for b in others))


def outside(intervals: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """What of the stretches lies in none of the others."""
    left: list[Interval] = []
    for start_t, end_t in merge(intervals):
        inside = clip(others, start_t, end_t)
        edges = [start_t, *(t for interval in inside for t in interval), end_t]
        left += [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]
    return left


def clip(intervals: Sequence[Interval], from_t: float, to_t: float) -> list[Interval]:
    """The part of the stretches between two times."""
    return [(max(a, from_t), min(b, to_t)) for a, b in merge(intervals) if min(b, to_t) > max(a, from_t)]


def _frames(runs: Sequence[tuple[float, Pcm]]) -> Iterator[tuple[float, Pcm]]:
    size = round(FRAME_S * SAMPLE_RATE_HZ)
    for t, pcm in runs:
        for n in range(pcm.size // size):
            yield t + n * FRAME_S, pcm[n * size : (n + 1) * size]
