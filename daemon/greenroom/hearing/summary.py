"""Pooling: the one way in which rates, shares and levels of pieces become those of the whole.

A value travels with what it was taken over (``Measure.over``), so that a turn, a session and a live window are sums
over sums. A mean of means would give a short answer the weight of a long one; medians and ranges cannot be pooled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

Pooling = Literal["sum", "longest", "ratio", "level"]

POOLING: dict[str, Pooling] = {
    "speaking_rate_wpm": "ratio",
    "articulation_rate_wpm": "ratio",
    "speaking_rate_spm": "ratio",
    "articulation_rate_spm": "ratio",
    "pauses": "sum",
    "longest_pause_s": "longest",
    "pause_share": "ratio",
    "pauses_within_clause": "sum",
    "filled_pauses": "sum",
    "discourse_phrases": "sum",
    "repeated_words": "sum",
    "loudness_dbfs": "level",
    "loudness_lufs": "level",
    "talk_s": "sum",
    "recogniser_certainty": "ratio",
    "eye_contact": "ratio",
    "longest_eye_contact_s": "longest",
    "glances_away_per_min": "ratio",
    "head_movement_deg_s": "ratio",
    "nods_per_min": "ratio",
    "blink_rate_per_min": "ratio",
    "smile_share": "ratio",
    "brow_raises_per_min": "ratio",
    "mouth_open_share": "ratio",
    "in_view": "ratio",
    "hand_at_mouth": "ratio",
    "phone_in_hand": "ratio",
}
"""By name of a measure, in the order of a report; others cannot be pooled."""
FORMULAS: dict[Pooling, str] = {
    "sum": "Sum over all answers",
    "longest": "Longest of all answers",
    "ratio": "Sum over all answers of what is counted / sum of what it is divided by",
    "level": "Mean of the power over the voice of all answers",
}


class Part(NamedTuple):
    """The value of one piece, and what it was taken over."""

    value: float
    over: float


def pooled(how: Pooling, parts: Sequence[Part]) -> float | None:
    """The value of the whole; None when there is nothing to pool."""
    if not parts:
        return None
    if how == "sum":
        return sum(part.value for part in parts)
    if how == "longest":
        return max(part.value for part in parts)
    over = sum(part.over for part in parts)
    if over <= 0:
        return None
    if how == "ratio":
        return sum(part.value * part.over for part in parts) / over
    power = sum(10 ** (part.value / 10) * part.over for part in parts) / over
    return 10 * float(np.log10(power)) if power > 0 else None


def per_minute(count: float, seconds: float) -> float:
    """``seconds`` must not be 0."""
    return count * 60.0 / seconds
