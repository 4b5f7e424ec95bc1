"""One answer becomes its score: refused, or bands that point at sentences. Pure; the same words, the same score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from greenroom.interview import anchors, misheard, refusing, rubric
from greenroom.interview.addressed import is_for_the_scorer
from greenroom.interview.context import context
from greenroom.interview.misheard import Heard
from greenroom.interview.rubric import CRITERIA, Mapped
from greenroom.language import relevance
from greenroom.language.asked import kind_of
from greenroom.language.model_reading import with_reading
from greenroom.language.plain_words import tokens
from greenroom.language.reading import Element, Strictness, Told, read, told_by
from greenroom.language.relevance import Nearness
from greenroom.language.sentences import Sentence, of_words, split
from greenroom.records import AnswerToScore, QuestionKind, Word
from greenroom.scores import AnswerScore, Certainty, Criterion, CriterionScore, Quote, Rating

RULES = "rules 2"
"""Name and version of the reader by rules; another version may read otherwise."""
BY_WORDS = "relevance by words"
READINGS: tuple[Strictness, ...] = ("strict", "usual", "lenient")
MISHEARD = (1, 0, -1)
"""Words on another subject than the question's, and as many fewer on its own, for each of these: one may have been
misheard, or missed."""
RATINGS: Mapping[int, Rating] = {1: "needs work", 2: "needs work", 3: "good", 4: "strong", 5: "strong"}
AGREEING_BANDS = 1
"""Readings that lie no further apart than so many bands agree."""
APART = "a strict and a kind reading lie more than a band apart"
PRAISED_BAND = 3
MAX_QUOTES = 8
MOST_CHARACTERS = 13 * refusing.MOST_WORDS
"""More are never looked at; so many are too long for any answer."""
_TELLS: Mapping[Element, str] = {
    "situation": "circumstances", "task": "aim", "action": "a step", "result": "an end", "reflection": "a look back",
    "reason": "a reason", "limit": "a risk or limit", "condition": "a condition", "plan": "a step of a plan",
    "motive": "a motive", "outlook": "what comes next", "check": "a check", "number": "a number",
    "example": "an example", "quote": "what was said",
}  # fmt: skip
ELEMENTS_BY_TELLS: Mapping[str, Element] = {tells: element for element, tells in _TELLS.items()}
"""The element that a quote is evidence of."""


class Answer(NamedTuple):
    """What is scored: a text, or recognised words with their times."""

    question: str
    kind: QuestionKind
    text: str = ""
    words: Sequence[Word] = ()


def to_score(given: AnswerToScore) -> Answer:
    """A question that nobody has labelled is of the kind that it sounds."""
    return Answer(given.question, given.kind or kind_of(given.question), given.text, given.words)


class Pointed(NamedTuple):
    """What a model's readings of the answer agree on: sentences by element; None when it is not believed."""

    elements: Mapping[Element, frozenset[int]] | None
    reader: str
    """Who read, and what came of it."""


class _Parts(NamedTuple):
    text: str
    addressed: list[Sentence]
    answering: list[Sentence]


def sentences_of(answer: Answer) -> list[Sentence]:
    """Those that are the answer, each once; their numbers are those of the score's evidence."""
    return _parts(answer).answering


def _parts(answer: Answer) -> _Parts:
    text, sentences = of_words(answer.words) if answer.words else (answer.text, split(answer.text[:MOST_CHARACTERS]))
    addressed, answering = _parted(sentences)
    return _Parts(text, addressed, _once(answering))


def score(answer: Answer, rank: float | None = None, reader: str = BY_WORDS,
          pointed: Pointed | None = None) -> AnswerScore:
    """``rank``: how near the answer is to the question in meaning (``meaning.rank``), by what ``reader`` names.
    ``pointed``: what a model read; it counts where the rules see at least a faint sign of the same."""
    text, addressed, kept = _parts(answer)
    question = tokens(answer.question)
    plain = tuple(tokens(one.text) for one in kept)
    near = relevance.nearness(question, plain)._replace(rank=rank)
    reason = refusing.refusal(refusing.Said(
        _text_of(text, addressed), question, plain, answer.words, is_beside=relevance.is_beside(near)))
    if reason is not None:
        result = AnswerScore(text=text, reason=reason, explanation=refusing.explained(reason, answer.kind))
    else:
        result = _scored(answer.kind, text, kept, near, {} if pointed is None else pointed.elements or {},
                         heard=misheard.heard(answer.words, kept, question, near))
    left_out = tuple(_quote(one, "words to the booth") for one in addressed)
    readers = (RULES, reader) if pointed is None else (RULES, reader, pointed.reader)
    return msgspec.structs.replace(result, left_out=left_out, readers=readers)


def _parted(sentences: Sequence[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """Words to the booth, and the answer."""
    addressed: list[Sentence] = []
    answering: list[Sentence] = []
    for one in sentences:
        (addressed if is_for_the_scorer(one.text) else answering).append(one)
    return addressed, answering


def _text_of(text: str, left_out: Sequence[Sentence]) -> str:
    starts = [0, *(one.end for one in left_out)]
    ends = [*(one.start for one in left_out), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def _once(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The first of each: saying something again tells nothing more."""
    seen: dict[tuple[str, ...], Sentence] = {}
    for one in sentences:
        seen.setdefault(tokens(one.text), one)
    return list(seen.values())


def _quote(one: Sentence, tells: str) -> Quote:
    return Quote(sentence=one.n, start=one.start, end=one.end, tells=tells)


def _scored(kind: QuestionKind, text: str, sentences: Sequence[Sentence], near: Nearness,
            pointed: Mapping[Element, frozenset[int]], *, heard: Heard | None) -> AnswerScore:
    """The bands are those of the usual reading with what a model pointed at; the others tell how certain they are."""
    by_rules = [told_by(sentence) for sentence in sentences]
    told = with_reading(by_rules, pointed)
    readings = [read(told, "usual"), *(read(by_rules, strictness) for strictness in READINGS)]
    nears = [near, *(_one_word_off(near, more) for more in MISHEARD)]
    if heard is not None:
        readings.append(read(with_reading(heard.told, pointed), "usual"))
        nears.append(heard.near)
    mapped = [rubric.mapped(kind, reading, one) for reading, one in zip(readings, nears, strict=True)]
    criteria = tuple(
        _criterion(criterion, kind, [one[criterion] for one in mapped], heard,
                   _quotes(mapped[0][criterion].elements, told, sentences))
        for criterion in CRITERIA)
    wholes = [rubric.whole(kind, {criterion: one[criterion].band for criterion in CRITERIA}, reading)
              for one, reading in zip(mapped, readings, strict=True)]
    band, formula = wholes[0]
    doubt = _doubt([one for one, _ in wholes], heard)
    return AnswerScore(
        text=text, explanation=formula, band=band, rating=RATINGS[band], certainty=_certainty(doubt), doubt=doubt,
        criteria=criteria, strength=_strength(criteria), next_step=_next_step(criteria), context=context(sentences))


def _one_word_off(near: Nearness, more: int) -> Nearness:
    """On the question's subject and on another one."""
    return near._replace(best_other=max(0, near.best_other + more), hits=max(0, near.hits - more))


def _doubt(bands: Sequence[int], heard: Heard | None, *, is_told: bool = True) -> str:
    """Why a band is not certain; empty where it is.

    ``bands``: of all readings, first the one that is shown; the last is that of what was heard surely, if there is one.
    """
    *others, surely = (*bands, bands[0]) if heard is None else bands
    doubts = [] if _agree(others) else [APART]
    if heard is not None:
        hangs_on_it = bands[0] - surely > AGREEING_BANDS or (_agree(others) and not _agree(bands))
        doubts.append(heard.says(surely if hangs_on_it else None))
    if not is_told:
        doubts.append(rubric.NOT_TOLD)
    return "; ".join(filter(None, doubts))


def _agree(bands: Sequence[int]) -> bool:
    return max(bands) - min(bands) <= AGREEING_BANDS


def _certainty(doubt: str) -> Certainty:
    return "low" if doubt else "high"


def _criterion(criterion: Criterion, kind: QuestionKind, readings: Sequence[Mapped], heard: Heard | None,
               evidence: tuple[Quote, ...]) -> CriterionScore:
    """The first of the readings is the one that is shown."""
    written, found = anchors.anchors(criterion, kind), readings[0]
    doubt = _doubt([one.band for one in readings], heard, is_told=found.is_told)
    return CriterionScore(
        criterion=criterion, band=found.band, certainty=_certainty(doubt), doubt=doubt, formula=found.formula,
        evidence=evidence, anchor=written[found.band - 1],
        next_anchor=written[found.band] if found.band < len(written) else "", lacks=found.lacks)


def _quotes(elements: Sequence[Element], told: Sequence[Told], sentences: Sequence[Sentence]) -> tuple[Quote, ...]:
    numbered = {one.n: one for one in sentences}
    usual = read(told, "usual").elements
    quotes = [_quote(numbered[n], _TELLS[element]) for element in elements for n in usual[element]]
    return tuple(sorted(quotes, key=lambda quote: (quote.start, quote.tells)))[:MAX_QUOTES]


def _strength(criteria: Sequence[CriterionScore]) -> str:
    """Of the best criterion; nothing is praised that is below the middle."""
    best = max(criteria, key=lambda one: (one.band, bool(one.evidence), -CRITERIA.index(one.criterion)))
    return f"{best.criterion.capitalize()}: {best.anchor}" if best.band >= PRAISED_BAND else ""


def _next_step(criteria: Sequence[CriterionScore]) -> str:
    """What lifts the weakest criterion; the order of the criteria decides among equals."""
    weakest = min(criteria, key=lambda one: (one.band, CRITERIA.index(one.criterion)))
    return weakest.lacks
