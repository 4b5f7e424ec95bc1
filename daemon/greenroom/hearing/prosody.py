"""Pace, pauses and loudness as plain functions of words, VAD segments and levels; for report and live meters."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import summary
from greenroom.hearing.loudness import to_dbfs
from greenroom.ports import Pcm

Interval = tuple[float, float]
"""Start and end time."""

PAUSE_S = 0.35
"""A silence of this length is heard as a pause in dialogue (Gao, Sun and Li, Language Testing 42, 2025); shorter ones
are stops of consonants."""
PACE_WINDOW_S = 15.0
PACE_AFTER_S = 5.0
"""Words of less time give a pace that jumps."""
MIN_WORDS = 5
FRAME_S = 0.1
_FRAME = round(FRAME_S * SAMPLE_RATE_HZ)
_ROUNDING_S = 1e-4


def pauses_between(voice: Sequence[Interval], missing: Sequence[Interval] = ()) -> list[Interval]:
    """Silences of at least ``PAUSE_S`` between VAD segments; one that touches a missing stretch may be none."""
    silences = [(a[1], b[0]) for a, b in pairwise(merge(voice))]
    lost = merge(missing)
    return [gap for gap in silences if gap[1] - gap[0] >= PAUSE_S and not _touches(gap, lost)]


def rolling_pace_wpm(words: Sequence[Interval], t: float) -> float | None:
    """Words a minute in the ``PACE_WINDOW_S`` before the last word that ended by ``t``.

    None before words span ``PACE_AFTER_S`` or when there are fewer than ``MIN_WORDS``. Words must be in order, and none
    may end before the one before it does.
    """
    said = bisect.bisect_right(words, t, key=lambda word: word[1])
    if not said or words[said - 1][1] - words[0][0] < PACE_AFTER_S:
        return None
    end_t = words[said - 1][1]
    first = bisect.bisect_left(words, end_t - PACE_WINDOW_S, hi=said, key=lambda word: word[0])
    if said - first < MIN_WORDS:
        return None
    from_t = words[0][0] if first == 0 else end_t - PACE_WINDOW_S
    return summary.per_minute(said - first, max(end_t - from_t, 1e-3))


def mean_dbfs(levels_dbfs: Sequence[float]) -> float:
    """Mean of the power, in dBFS; levels must not be empty."""
    return to_dbfs(float(np.mean(10 ** (np.asarray(levels_dbfs) / 10))))


def voiced_levels(runs: Sequence[tuple[float, Pcm]], voice: Sequence[Interval]) -> list[tuple[float, float]]:
    """Start time and level in dBFS of each ``FRAME_S`` of the runs that lies inside a VAD segment.

    The mean of a frame is taken out: a constant offset of the microphone is no sound.
    """
    spans = merge(voice)
    starts = np.array([start_t for start_t, _ in spans])
    ends = np.array([end_t for _, end_t in spans])
    levels: list[tuple[float, float]] = []
    for run_t, pcm in runs:
        frames = pcm[: pcm.size // _FRAME * _FRAME].reshape(-1, _FRAME)
        t = run_t + np.arange(len(frames)) * FRAME_S
        span = np.searchsorted(starts, t + _ROUNDING_S, side="right") - 1
        is_inside = span >= 0
        is_inside[is_inside] = t[is_inside] + FRAME_S <= ends[span[is_inside]] + _ROUNDING_S
        levels += [(float(t[n]), to_dbfs(_power(frames[n]))) for n in np.flatnonzero(is_inside)]
    return levels


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
    rest, first, total_s = sorted(others), 0, 0.0
    for start_t, end_t in sorted(some):
        while first < len(rest) and rest[first][1] <= start_t:
            first += 1
        n = first
        while n < len(rest) and rest[n][0] < end_t:
            total_s += max(0.0, min(end_t, rest[n][1]) - max(start_t, rest[n][0]))
            n += 1
    return total_s


def outside(intervals: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """What of the stretches lies in none of the others."""
    left: list[Interval] = []
    merged = merge(others)
    for start_t, end_t in merge(intervals):
        edges = [start_t, *(t for interval in cut(merged, start_t, end_t) for t in interval), end_t]
        left += [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]
    return left


def clip(intervals: Sequence[Interval], from_t: float, to_t: float) -> list[Interval]:
    """The part of the stretches between two times."""
    return cut(merge(intervals), from_t, to_t)


def cut(merged: Sequence[Interval], from_t: float, to_t: float) -> list[Interval]:
    """The same for stretches that are in order and apart."""
    first = bisect.bisect_right(merged, from_t, key=lambda interval: interval[1])
    last = bisect.bisect_left(merged, to_t, key=lambda interval: interval[0])
    return [(max(a, from_t), min(b, to_t)) for a, b in merged[first:last] if min(b, to_t) > max(a, from_t)]


def _touches(interval: Interval, merged: Sequence[Interval]) -> bool:
    return bool(cut(merged, *interval))


def _power(frame: npt.NDArray[np.int16]) -> float:
    """Mean square around the mean, 0 to 1."""
    return float(np.var(frame, dtype=np.float64)) / 32768**2
