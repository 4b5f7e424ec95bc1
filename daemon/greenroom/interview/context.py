"""What is told of an answer beside its bands, and enters none of them."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.language.cohesion import untied
from greenroom.language.sentences import Sentence
from greenroom.language.sentiment import sentiments
from greenroom.scores import ContextFact, Quote

MAX_QUOTES = 8
LEAST_SENTENCES = 3
"""Fewer have no course that could be followed."""


def context(sentences: Sequence[Sentence]) -> tuple[ContextFact, ...]:
    """Facts in a fixed order; those for which there is too little are left out."""
    facts = []
    if len(sentences) >= LEAST_SENTENCES:
        facts.append(_coherence(sentences))
    moods = sentiments(sentences)
    if moods:
        good, bad = (sum(kind in kinds for kinds in moods.values()) for kind in ("good", "bad"))
        told = tuple(_quote(one, " and ".join(f"something {kind}" for kind in sorted(moods[one.n], reverse=True)))
                     for one in sentences if one.n in moods)
        facts.append(ContextFact(name="sentiment", text=f"{good} of {len(sentences)} sentences tell of something good, "
                                 f"{bad} of something bad", evidence=told[:MAX_QUOTES]))
    return tuple(facts)


def _coherence(sentences: Sequence[Sentence]) -> ContextFact:
    alone = untied(sentences)
    after = len(sentences) - 1
    return ContextFact(
        name="coherence",
        text=f"{after - len(alone)} of the {after} sentences after the first take up something said shortly before",
        evidence=tuple(_quote(one, "begins anew") for one in alone)[:MAX_QUOTES])


def _quote(one: Sentence, tells: str) -> Quote:
    return Quote(sentence=one.n, start=one.start, end=one.end, tells=tells)
