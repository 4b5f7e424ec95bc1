"""A score as it is published: in session reports, by ``greenroom score`` and over HTTP."""

from __future__ import annotations

from typing import Any

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


class ScoredCriterion(Struct, frozen=True, kw_only=True):
    """One criterion: what was counted, what its band means, and what would move it up."""

    band: int
    certainty: Certainty
    formula: str
    anchor: str
    next_anchor: str
    lacks: str


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


class Scores(Struct, frozen=True, kw_only=True):
    """Scores in the order of the answers."""

    schema: str
    schema_version: int
    scores: tuple[ScoredAnswer, ...]


def published(score: AnswerScore) -> ScoredAnswer:
    evidence = tuple(_evidence(score.text, quote, one.criterion) for one in score.criteria for quote in one.evidence)
    return ScoredAnswer(
        refused=score.is_refused, reason=score.reason, explanation=score.explanation, band=score.band,
        rating=score.rating, certainty=score.certainty,
        bands={one.criterion: one.band for one in score.criteria},
        criteria={one.criterion: ScoredCriterion(
            band=one.band, certainty=one.certainty, formula=one.formula, anchor=one.anchor,
            next_anchor=one.next_anchor, lacks=one.lacks) for one in score.criteria},
        evidence=evidence, strength=score.strength, next_step=score.next_step,
        left_out=tuple(_evidence(score.text, quote, None) for quote in score.left_out), readers=score.readers)


def _evidence(text: str, quote: Quote, criterion: Criterion | None) -> Evidence:
    return Evidence(sentence=quote.sentence, start=quote.start, end=quote.end, text=text[quote.start : quote.end],
                    tells=quote.tells, criterion=criterion)


def scores(found: tuple[AnswerScore, ...]) -> Scores:
    return Scores(schema=SCHEMA_ID, schema_version=SCHEMA_VERSION, scores=tuple(map(published, found)))


def json_schema() -> dict[str, Any]:
    """Of ``Scores``."""
    return msgspec.json.schema(Scores)
