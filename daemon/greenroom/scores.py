"""What a score is: bands with their evidence, or a refusal with its reason. Plain frozen structs without behaviour."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Criterion = Literal["structure", "specificity", "relevance", "reasoning", "reflection"]
Certainty = Literal["high", "low"]
Rating = Literal["needs work", "good", "strong"]
Refusal = Literal[
    "empty", "too_short", "too_long", "declined", "not_heard", "noise", "other_language", "word_salad", "too_fast",
    "echo", "off_question", "abusive",
]


class Quote(Struct, frozen=True, kw_only=True):
    """A sentence of the answer that is evidence."""

    sentence: int
    """Its number, from 1."""
    start: int
    end: int
    """Characters of the answer's text."""
    tells: str
    """What it tells: a name of an element."""


class CriterionScore(Struct, frozen=True, kw_only=True):
    """One criterion. ``band`` is what ``formula`` gives for the usual reading of the answer."""

    criterion: Criterion
    band: int
    """1 to 5."""
    certainty: Certainty
    """How far stricter and kinder readings lead to the same band, and those without words that were heard unsurely."""
    doubt: str = ""
    """Why it is not certain."""
    formula: str
    evidence: tuple[Quote, ...]
    anchor: str
    """What answers in this band are like."""
    next_anchor: str
    """What answers in the next band are like; empty at the top."""
    lacks: str
    """What would move it up; empty at the top."""


class ContextFact(Struct, frozen=True, kw_only=True):
    """Something about an answer that a reader may want to know, and that enters no band."""

    name: Literal["coherence", "sentiment"]
    text: str
    """What was counted."""
    evidence: tuple[Quote, ...]


class AnswerScore(Struct, frozen=True, kw_only=True):
    """Bands of one answer, or why it has none."""

    text: str
    """To which the evidence's characters belong."""
    reason: Refusal | None = None
    """Why nothing is scored; None when it is."""
    explanation: str = ""
    """The refusal, or how the band came about."""
    band: int | None = None
    """Of the whole answer, 1 to 5."""
    rating: Rating | None = None
    certainty: Certainty | None = None
    doubt: str = ""
    """Why it is not certain."""
    criteria: tuple[CriterionScore, ...] = ()
    strength: str = ""
    next_step: str = ""
    left_out: tuple[Quote, ...] = ()
    """Sentences that were no part of the answer, such as words to the booth."""
    context: tuple[ContextFact, ...] = ()
    """Unscored; empty for a refusal."""
    readers: tuple[str, ...] = ()
    """What read the answer, with versions: the same ones give the same score."""

    @property
    def is_refused(self) -> bool:
        return self.reason is not None
