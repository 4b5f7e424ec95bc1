"""A score as it is published: in session reports, by ``greenroom score`` and over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from greenroom.scores import AnswerScore, Certainty, Criterion, Quote, Rating, Refusal

SCHEMA_VERSION = 1
SCHEMA_ID = "greenroom-score"


class Evidence(Struct, frozen=True, kw_only=True):
    """A sentence of the answer."""

    sentence: int
    """Its number, from 1."""
    start: int
    end: int
    """Its characters in the answer's text."""
    text: str
    tells: str
    criterion: Criterion | None
    """For which it is evidence; null for what was left out."""
    answer: int | None = None
    """The number of the answer in the report; a follow-up's answer counts for its question."""
    start_s: float | None = None
    end_s: float | None = None
    """When it was said; null where no times are known."""


class ScoredCriterion(Struct, frozen=True, kw_only=True):
    """One criterion: what was counted, what its band means, and what would move it up."""

    band: int
    certainty: Certainty
    formula: str
    anchor: str
    next_anchor: str
    lacks: str
    doubt: str = ""
    """Why it is not certain."""


class ContextFact(Struct, frozen=True, kw_only=True):
    """Beside the bands: for a reader, never scored."""

    text: str
    evidence: tuple[Evidence, ...]


class ScoredAnswer(Struct, frozen=True, kw_only=True):
    """Bands 1 to 5 with their evidence, or a refusal with its reason."""

    refused: bool
    reason: Refusal | None
    explanation: str
    band: int | None
    rating: Rating | None
    certainty: Certainty | None
    bands: dict[Criterion, int]
    criteria: dict[Criterion, ScoredCriterion]
    evidence: tuple[Evidence, ...]
    strength: str
    next_step: str
    left_out: tuple[Evidence, ...]
    """Words that were no part of the answer."""
    readers: tuple[str, ...]
    """What read it; the same ones give the same score."""
    context: dict[str, ContextFact] = {}
    """By name: `coherence`, `sentiment`."""
    doubt: str = ""
    """Why it is not certain."""


class Scores(Struct, frozen=True, kw_only=True):
    """Scores in the order of the answers."""

    schema: str
    schema_version: int
    scores: tuple[ScoredAnswer, ...]


class SaidWord(NamedTuple):
    """A word of the text that was scored, where it stands in the report."""

    answer: int
    text: str
    start_s: float
    end_s: float


def published(score: AnswerScore, words: Sequence[SaidWord] = ()) -> ScoredAnswer:
    """``words``: those of the score's text in order, where their times are known."""
    places = places_of(words)
    evidence = tuple(evidence_of(score.text, quote, one.criterion, places)
                     for one in score.criteria for quote in one.evidence)
    return ScoredAnswer(
        refused=score.is_refused, reason=score.reason, explanation=score.explanation, band=score.band,
        rating=score.rating, certainty=score.certainty, doubt=score.doubt,
        bands={one.criterion: one.band for one in score.criteria},
        criteria={one.criterion: ScoredCriterion(
            band=one.band, certainty=one.certainty, formula=one.formula, anchor=one.anchor,
            next_anchor=one.next_anchor, lacks=one.lacks, doubt=one.doubt) for one in score.criteria},
        evidence=evidence, strength=score.strength, next_step=score.next_step,
        left_out=tuple(evidence_of(score.text, quote, None, places) for quote in score.left_out), readers=score.readers,
        context={fact.name: ContextFact(
            text=fact.text, evidence=tuple(evidence_of(score.text, quote, None, places) for quote in fact.evidence),
        ) for fact in score.context})


Places = Sequence[tuple[int, int, SaidWord]]
"""From and to which character of the text a word goes."""


def places_of(words: Sequence[SaidWord]) -> Places:
    places, at = [], 0
    for word in words:
        length = len(word.text.strip())
        places.append((at, at + length, word))
        at += length + 1
    return places


def evidence_of(text: str, quote: Quote, criterion: Criterion | None, places: Places) -> Evidence:
    """The quoted characters of ``text`` with their place in the report."""
    said = [word for start, end, word in places if start < quote.end and end > quote.start]
    return Evidence(
        sentence=quote.sentence, start=quote.start, end=quote.end, text=text[quote.start : quote.end],
        tells=quote.tells, criterion=criterion, answer=said[0].answer if said else None,
        start_s=said[0].start_s if said else None, end_s=said[-1].end_s if said else None)


def scores(found: tuple[AnswerScore, ...]) -> Scores:
    return Scores(schema=SCHEMA_ID, schema_version=SCHEMA_VERSION, scores=tuple(map(published, found)))


def json_schema() -> dict[str, Any]:
    """Of ``Scores``."""
    return msgspec.json.schema(Scores)
