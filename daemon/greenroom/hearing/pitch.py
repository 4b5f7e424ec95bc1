"""How high the voice was and how much that moved, from tracks of its pitch."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from greenroom.hearing import prosody
from greenroom.hearing.heard import Heard
from greenroom.hearing.stating import share, stated
from greenroom.records import Measure

MIN_MEDIAN_S, MIN_SPREAD_S = 0.5, 2.0
"""Voiced time that a median, and that a range, is taken from at least."""
OCTAVE_ST = 12.0
"""Frames further from the median are taken for errors of an octave: speech hardly leaves this band (De Looze and Hirst
2014)."""
_FRAMES = "voiced frames within VAD segments; frames more than an octave from their median are left out"
_SOURCE = "samples; Praat's autocorrelation method"


def pitch(heard: Heard) -> tuple[Measure, ...]:
    """Median (Hz), range (st) and variation (st); a semitone (st) is a twelfth of an octave."""
    hz, seconds = voiced_hz(heard)
    median = float(np.median(hz)) if seconds >= MIN_MEDIAN_S else None
    semitones = 12 * np.log2(hz / median) if median is not None and seconds >= MIN_SPREAD_S else None
    why = "its pitch was not tracked" if heard.voice else heard.why_silent
    rows = (
        ("pitch_median_hz", median, "hz", f"Median of the {_FRAMES}", MIN_MEDIAN_S),
        ("pitch_range_st", None if semitones is None else float(np.ptp(np.percentile(semitones, [10, 90]))), "st",
         f"90th minus 10th percentile, in semitones, of the {_FRAMES}", MIN_SPREAD_S),
        ("pitch_variation_st", None if semitones is None else float(np.std(semitones)), "st",
         f"Standard deviation, in semitones, of the {_FRAMES}", MIN_SPREAD_S),
    )
    return tuple(
        stated(
            name,
            value,
            unit,
            formula=formula,
            source=_SOURCE,
            coverage=_coverage(heard),
            reason=f"less than {needed:g} s of voiced sound" if heard.pitch and heard.voice else why,
            evidence=heard.voiced,
        )
        for name, value, unit, formula, needed in rows
    )


def voiced_hz(heard: Heard) -> tuple[npt.NDArray[np.float64], float]:
    """Pitch of the frames that count, and their time in seconds."""
    kept: list[npt.NDArray[np.float64]] = []
    step_s, until_t = 0.0, -math.inf
    for track in sorted(heard.pitch, key=lambda track: track.t):
        step_s, end_t = track.step_s, track.t + len(track.hz) * track.step_s
        # What was heard again after a restart counts once.
        for a, b in prosody.cut(heard.voice, max(track.t, until_t), end_t):
            first, last = math.ceil((a - track.t) / step_s - 1e-6), math.ceil((b - track.t) / step_s - 1e-6)
            kept.append(track.hz[max(0, first) : last].astype(np.float64))
        until_t = max(until_t, end_t)
    hz = np.concatenate(kept) if kept else np.zeros(0)
    hz = hz[hz > 0]
    if hz.size:
        hz = hz[np.abs(12 * np.log2(hz / np.median(hz))) <= OCTAVE_ST]
    return hz, hz.size * step_s


def _coverage(heard: Heard) -> float:
    """Share of the voice whose pitch was tracked, whether the frames turned out voiced or not."""
    tracked = prosody.merge([(t, t + len(hz) * step_s) for t, step_s, hz in heard.pitch])
    return share(prosody.overlap_s(tracked, heard.voice), heard.talk_s)
