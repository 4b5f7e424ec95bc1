"""Which kind of sound each of AudioSet's classes is, and the kinds of a stretch of sound from YAMNet's scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from greenroom.records import SoundShare

Kind = Literal["music", "speech", "crowd", "machine", "outside", "other"]
Scores = npt.NDArray[np.float32]

MIN_SCORE = 0.1
"""A window in which no class reaches this has no kind. Scores are independent of each other and do not add up to 1."""
NO_KIND = ""
"""Silence, and classes that tell of the place or the recording and not of a sound in it."""

FIRST_CLASSES: tuple[tuple[str, Kind | Literal[""]], ...] = (
    ("Speech", "speech"),
    ("Singing", "music"),
    ("Groan", "other"),
    ("Cheering", "crowd"),
    ("Animal", "outside"),
    ("Music", "music"),
    ("Wind", "outside"),
    # Rushing water: inside a room it is the air of a fan or a duct.
    ("Stream", "machine"),
    ("Gurgling", "other"),
    ("Vehicle", "outside"),
    ("Engine", "machine"),
    ("Door", "other"),
    ("Microwave oven", "machine"),
    ("Water tap, faucet", "other"),
    ("Hair dryer", "machine"),
    ("Toilet flush", "other"),
    ("Electric toothbrush", "machine"),
    ("Zipper (clothing)", "other"),
    ("Electric shaver, electric razor", "machine"),
    ("Shuffling cards", "other"),
    ("Mechanisms", "machine"),
    ("Camera", "other"),
    ("Tools", "machine"),
    ("Explosion", "outside"),
    ("Wood", "other"),
    ("Electronic tuner", "music"),
    ("Basketball bounce", "other"),
    ("Whir", "machine"),
    ("Clatter", "other"),
    ("Rumble", "machine"),
    ("Plop", "other"),
    ("Hum", "machine"),
    ("Zing", "other"),
    ("Silence", ""),
    ("Sine wave", "machine"),
    ("Sound effect", "other"),
    ("Inside, small room", ""),
    ("Noise", "machine"),
    ("Distortion", ""),
    ("Cacophony", "crowd"),
    ("White noise", "machine"),
    ("Television", "speech"),
    ("Field recording", ""),
)
"""In the order of YAMNet's list of 521: from this class on, up to the next entry, classes are of this kind.

Laughing and crying count as speech (somebody is there); animals, weather and traffic as outside; tools, engines and
every steady noise as machine; alarms, things that are handled, and noises of the body as other.
"""


def kinds_of(labels: Sequence[str]) -> tuple[str, ...]:
    """The kind of every class, ``NO_KIND`` for some. Raises ``ValueError`` for a list that is not YAMNet's."""
    starts = [labels.index(label) for label, _ in FIRST_CLASSES]
    if starts[0] != 0 or starts != sorted(starts):
        raise ValueError("the classes stand in another order")
    ends = [*starts[1:], len(labels)]
    spans = zip(FIRST_CLASSES, starts, ends, strict=True)
    return tuple(kind for (_, kind), start, end in spans for _ in range(start, end))


def kind_of_window(scores: Scores, kinds: Sequence[str]) -> str:
    """The kind of the class with the highest score."""
    best = int(np.argmax(scores))
    return kinds[best] if scores[best] >= MIN_SCORE else NO_KIND


def shares(found: Sequence[str]) -> tuple[SoundShare, ...]:
    """Windows of a kind / all windows, the largest share first; windows of no kind belong to none."""
    counted = Counter(kind for kind in found if kind != NO_KIND)
    return tuple(
        SoundShare(kind=kind, share=count / len(found))  # type: ignore[arg-type]  # the table holds kinds only
        for kind, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    )
