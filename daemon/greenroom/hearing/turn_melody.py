"""How far the voice fell before a silence: sentences that are over end near the bottom of the speaker's range.

The fall at the end of a statement is the acoustic cue to the end of a turn that carries furthest without words
(Gravano and Hirschberg 2011; Ferrer, Shriberg and Stolcke 2002).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LAST_S = 0.5
"""The end of the voice is looked for in so much before the silence."""
END_FRAMES = 10
"""Voiced frames whose median is the end: 0.1 s."""
MIN_END_FRAMES = 3
MIN_FRAMES = 30
"""Fewer voiced frames show no range."""
FLOOR_PERCENTILE = 10.0


def end_st(hz: Sequence[float], step_s: float, before: Sequence[float] = ()) -> float | None:
    """Semitones between the end of a pitch track and the speaker's floor; below the floor it is negative.

    ``hz`` has one value a frame up to the last voiced sample, 0 where there is no voice; ``before`` are values that
    the speaker had earlier. None where it cannot be told: too little voice, or an end without any.
    """
    track = np.asarray(hz, float)
    end = track[-round(LAST_S / step_s) :]
    every = np.concatenate((np.asarray(before, float), track))
    end, voiced = end[end > 0], every[every > 0]
    if end.size < MIN_END_FRAMES or voiced.size < MIN_FRAMES:
        return None
    return float(12 * np.log2(np.median(end[-END_FRAMES:]) / np.percentile(voiced, FLOOR_PERCENTILE)))
