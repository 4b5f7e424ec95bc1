"""Sentences with filled pauses between them, in voices that the virtual booth does not have."""

from __future__ import annotations

import numpy as np

from greenroom.bench.spoken import stretched
from greenroom.bench.voices import Voice, other_voices
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.world.render import load_index

__all__ = ["composed", "other_voices"]

FILLERS = ("um", "uh", "er", "uhm")
LENGTHS_S = (0.3, 0.45, 0.62)
SENTENCES = 60
EVERY = 5
"""So many sentences and a filler; half of the fillers follow at once."""


def composed(voice: Voice) -> tuple[Pcm, list[tuple[float, float]], int]:
    """Sentences with fillers between them, where the fillers are, and how many sentences there are."""
    random = np.random.default_rng(1)
    texts = sorted({clip.text for clip in load_index().values() if len(clip.text) > 8})
    fillers = [(text, length_s) for text in FILLERS for length_s in LENGTHS_S]
    pieces, truth = [_silence(0.5)], list[tuple[float, float]]()
    for n, k in enumerate(random.permutation(len(texts))[:SENTENCES]):
        pieces.append(voice.say(texts[k], False))
        number, rest = divmod(n, EVERY)
        if rest == EVERY - 1:
            text, length_s = fillers[number]
            pieces.append(_silence(0.04 if (number + number // 3) % 2 else random.uniform(0.28, 0.6)))
            start_s = sum(piece.size for piece in pieces) / SAMPLE_RATE_HZ
            pieces.append(_of_length(voice.say(text, True), length_s))
            truth.append((start_s, start_s + pieces[-1].size / SAMPLE_RATE_HZ))
        pieces.append(_silence(random.uniform(0.3, 0.7)))
    return np.concatenate(pieces), truth, SENTENCES


def _of_length(pcm: Pcm, seconds: float) -> Pcm:
    return stretched(pcm, seconds * SAMPLE_RATE_HZ / pcm.size)


def _silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)
