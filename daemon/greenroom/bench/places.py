"""Where a piece of sound lies in a longer one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm


class Place(NamedTuple):
    """Where the two are most alike."""

    start_s: float
    """Of the piece, from the first sample of the whole."""
    likeness: float
    """Their correlation there, 1 for the same sound at any level."""


def place(piece: Pcm, whole: Pcm) -> Place | None:
    """None for a piece that is silent, empty or longer than the whole."""
    part, long = piece.astype(np.float64), whole.astype(np.float64)
    if part.size > long.size or not part.any():
        return None
    size = 1 << (part.size + long.size).bit_length()
    products = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(part, size)), size)
    starts = long.size - part.size + 1
    powers = np.concatenate([[0.0], np.cumsum(long**2)])
    powers = powers[part.size :] - powers[:starts]
    alike = np.where(powers > 0, products[:starts] / np.sqrt(np.maximum(powers, 1.0) * np.sum(part**2)), 0.0)
    best = int(np.argmax(alike))
    return Place(best / SAMPLE_RATE_HZ, float(alike[best]))
