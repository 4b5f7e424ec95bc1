"""What the recognised words show of the delivery: discourse phrases, repetitions, and how sure the recogniser was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from greenroom.hearing import prosody
from greenroom.hearing.heard import FEW_WORDS, Heard
from greenroom.hearing.stating import share, stated
from greenroom.language import clause_ends
from greenroom.records import Measure, Span, Word

PHRASES = tuple(
    tuple(phrase.split())
    for phrase in ("you know", "i mean", "sort of", "kind of", "basically", "actually", "literally")
)
"""Only these: "so", "well", "right" and "like" mean something too often."""
MAX_REPEATED = 3
"""Words of a repetition: "i was i was"."""
MEANT = frozenset((
    "very", "really", "so", "much", "many", "more", "far", "long", "no", "yes", "yeah", "never", "had", "that", "is",
))  # fmt: skip
"""One of these twice is often meant: "very very", "had had", "what it is is"."""
NUMBERS = frozenset(
    ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty")
)
SOURCE = "recogniser, words"


def wording(heard: Heard) -> tuple[Measure, ...]:
    """Discourse phrases and repeated words (counts), recogniser certainty (share)."""
    return _phrases(heard), _repeated(heard), _certainty(heard)


def discourse_phrases(words: Sequence[Word]) -> list[Span]:
    """Where one of ``PHRASES`` was said without a pause inside; words in order."""
    said = _plain(words)
    return [
        _span(words, n, n + len(phrase))
        for n in range(len(said))
        for phrase in PHRASES
        if tuple(said[n : n + len(phrase)]) == phrase
        and all(b.start_t - a.end_t < prosody.PAUSE_S for a, b in pairwise(words[n : n + len(phrase)]))
    ]


def repeated_words(words: Sequence[Word]) -> list[Span]:
    """Where one to ``MAX_REPEATED`` words were said again at once, the second time included; words in order."""
    said = _plain(words)
    spans: list[Span] = []
    n = 0
    while n < len(said):
        length = next((k for k in range(MAX_REPEATED, 0, -1) if _is_repeated(said, n, k)), 0)
        if length:
            spans.append(_span(words, n, n + 2 * length))
        n += length or 1
    return spans


def _is_repeated(said: list[str], n: int, length: int) -> bool:
    first, again = said[n : n + length], said[n + length : n + 2 * length]
    is_meant = (MEANT | NUMBERS).issuperset(first)
    return first == again and all(first) and not is_meant


def _phrases(heard: Heard) -> Measure:
    return _counted(
        heard, "discourse_phrases", discourse_phrases(heard.words),
        'Number of "you know", "i mean", "sort of", "kind of", "basically", "actually" and "literally", also where '
        'they mean what they say; "so", "well", "right" and "like" never count',
    )


def _repeated(heard: Heard) -> Measure:
    return _counted(
        heard, "repeated_words", repeated_words(heard.words),
        f"How often one to {MAX_REPEATED} words were said again at once; numbers, and doublings that are "
        'usually meant ("very very", "had had"), do not count',
    )


def _counted(heard: Heard, name: str, found: list[Span], formula: str) -> Measure:
    is_enough = len(heard.words) >= prosody.MIN_WORDS
    return stated(
        name,
        float(len(found)) if is_enough else None,
        "count",
        formula=formula,
        source=SOURCE,
        coverage=heard.heard_share * heard.worded_share if heard.voice else 0.0,
        reason=FEW_WORDS,
        evidence=tuple(found) if is_enough else (),
    )


def _certainty(heard: Heard) -> Measure:
    told = [word.certainty for word in heard.words if word.certainty is not None]
    is_enough = len(heard.words) >= prosody.MIN_WORDS
    return stated(
        "recogniser_certainty",
        float(np.mean(told)) if told and is_enough else None,
        "share",
        formula="Mean certainty of the recognised words: how well the booth could hear, not how well was spoken",
        source="recogniser",
        coverage=share(len(told), len(heard.words)),
        reason="the recogniser states no certainty" if is_enough else FEW_WORDS,
        evidence=heard.worded,
        over=len(told),
    )


def _plain(words: Sequence[Word]) -> list[str]:
    return [" ".join(clause_ends.plain(word.text)) for word in words]


def _span(words: Sequence[Word], first: int, end: int) -> Span:
    said = words[first:end]
    text = " ".join(word.text for word in said)
    return Span(start_t=said[0].start_t, end_t=max(word.end_t for word in said), label=f'"{text}"')
