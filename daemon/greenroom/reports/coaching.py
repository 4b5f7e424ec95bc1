"""Coaching for each scored answer: a strength and a next step, each with the words of the answer it rests on.

Nothing is praised that no rule found, nothing is quoted that was not said, and nothing is said of answers without a
score. The same record gives the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from greenroom.interview import grading, scoring
from greenroom.language.reading import Element, Told, is_particular, read, told_by
from greenroom.language.sentences import Sentence
from greenroom.records import AnswerToScore, QuestionKind, SessionRecord, Style
from greenroom.reports import coaching_words as wordings
from greenroom.reports import quoting
from greenroom.reports.coached import Remark
from greenroom.reports.judged import said_words
from greenroom.reports.refusal_words import REFUSED_FRAMES, Refused, refused
from greenroom.reports.schema import Answer
from greenroom.reports.scored import Evidence, Places, evidence_of, places_of
from greenroom.scores import AnswerScore, Criterion, CriterionScore, Quote

UNKNOWN_PLACE: wordings.Place = "end"
"""Where advice goes that these wordings do not know: that of another version of the rubric."""
NEXT_STEP = "where the next step goes"
"""What a quote tells that is no evidence."""
UNASKED: Mapping[QuestionKind, frozenset[str]] = {
    "behavioural": frozenset(("a step of a plan", "a motive")), "situational": frozenset(("a motive",)),
    "technical": frozenset(("a motive",)), "motivation": frozenset(("a step of a plan",)),
}
"""What is no strength of an answer to such a question: "I would say" is no plan where a case was asked for."""
LEAST_WORDS = 5
"""A shorter sentence is not told to be general."""


class _Read(NamedTuple):
    """A scored answer with its sentences."""

    score: AnswerScore
    kind: QuestionKind
    sentences: Sequence[Sentence]
    told: Mapping[int, Told]
    places: Places

    def numbers(self, *elements: Element) -> list[int]:
        """Of the sentences that tell one of these, in their order."""
        usual = read([*self.told.values()], "usual").elements
        return sorted({n for element in elements for n in usual[element]})

    def quote(self, sentence: Sentence, tells: str, criterion: Criterion) -> Evidence:
        start, end = quoting.cut(sentence, scoring.ELEMENTS_BY_TELLS.get(tells))
        return evidence_of(self.score.text, Quote(sentence=sentence.n, start=start, end=end, tells=tells), criterion,
                           self.places)

    def quoted(self, quote: Evidence) -> str:
        sentence = next(one for one in self.sentences if one.n == quote.sentence)
        return f"“{quote.text}{' …' if quoting.is_cut(sentence, quote.end) else ''}”"


class _Written:
    """Sentences of one report: none twice."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._used: set[tuple[str, str]] = set()

    def frame(self, number: int, frames: Mapping[Style, wordings.Four], phrases: Sequence[str]) -> tuple[str, str]:
        """The frame and what goes into it for the ``number``-th answer: another pair for each answer, while there are
        some; then a frame that names the answer."""
        ours = frames[self.style]
        for n in range(number - 1, number - 1 + len(ours) * len(phrases)):
            pair = ours[n % len(ours)], phrases[n % len(phrases)]
            if pair not in self._used:
                self._used.add(pair)
                return pair
        return f"In answer {number} as before: {ours[number % len(ours)]}", phrases[number % len(phrases)]


def with_coaching(answers: Sequence[Answer], record: SessionRecord) -> tuple[Answer, ...]:
    """The answers in their order, those with a score with remarks."""
    given = grading.answers({turn.turn: turn for turn in record.turns}, record.plan)
    scores = {turn.turn: turn.score for turn in record.turns}
    written = _Written(record.set_up.style)
    coached = []
    for n, answer in enumerate(answers):
        score = scores.get(answer.turn)
        if score is None:
            coached.append(answer)
        elif score.reason is not None:
            reason = refused(score.reason, _kind(given.get(answer.turn)))
            coached.append(replace(answer, coaching=(_refused(reason, answer.number, written),)))
        else:
            found = _read(score, given.get(answer.turn), places_of(said_words(answers[n:])))
            remarks = (_strength(found, answer.number, written), _next_step(found, answer.number, written))
            coached.append(replace(answer, coaching=remarks))
    return tuple(coached)


def _read(score: AnswerScore, given: AnswerToScore | None, places: Places) -> _Read:
    """By its words where the score is of them, as they part sentences by pauses; else by the text of the score."""
    if given is not None and grading.is_of(score, given):
        asked = scoring.to_score(given)
    else:
        asked = scoring.Answer("", _kind(given), text=score.text)
    sentences = [one for one in scoring.sentences_of(asked) if any(sign.isalnum() for sign in one.text)]
    return _Read(score, asked.kind, sentences, {one.n: told_by(one) for one in sentences}, places)


def _kind(given: AnswerToScore | None) -> QuestionKind:
    return "behavioural" if given is None else scoring.to_score(given).kind


def _refused(reason: Refused, number: int, written: _Written) -> Remark:
    frame, why = written.frame(number, REFUSED_FRAMES, reason.whys)
    how = reason.hows[reason.whys.index(why)]
    return Remark(kind="refused", text=frame.format(why=why, how=how))


def _strength(found: _Read, number: int, written: _Written) -> Remark:
    best = _best(found)
    if best is None:
        frame, why = written.frame(number, wordings.NO_STRENGTH_FRAMES, wordings.NO_STRENGTHS)
        return Remark(kind="no_strength", text=frame.format(why=why))
    criterion, quote = best
    frame, praise = written.frame(number, wordings.PRAISE_FRAMES, wordings.PRAISES[quote.tells])
    return Remark(kind="strength", criterion=criterion, quote=quote,
                  text=frame.format(quote=found.quoted(quote), praise=praise))


def _best(found: _Read) -> tuple[Criterion, Evidence] | None:
    """The evidence of the best criterion that has some and is good enough to be praised. To have answered the question
    is praised only where nothing else is."""
    praised = [one for one in found.score.criteria if one.band >= scoring.PRAISED_BAND]
    for one in sorted(praised, key=lambda one: (one.criterion == "relevance", -one.band)):
        evidence = _telling(found, one)
        if evidence is not None:
            return one.criterion, evidence
    return None


def _telling(found: _Read, one: CriterionScore) -> Evidence | None:
    """Of the sentences that are evidence, the one that tells it most strongly, then the most particular one. Where
    particular words were counted, and no sentence was named, the sentence with most of them."""
    known = {sentence.n: sentence for sentence in found.sentences}
    named = [(known[quote.sentence], quote.tells) for quote in one.evidence
             if quote.sentence in known and quote.tells in wordings.PRAISES
             and quote.tells not in UNASKED[found.kind]]
    if not named and one.criterion == "specificity":
        named = [(sentence, wordings.PARTICULARS) for sentence in found.sentences
                 if any(map(is_particular, sentence.text.lower().split()))]
    if not named:
        return None
    sentence, tells = max(named, key=lambda pair: _weight(found.told[pair[0].n], pair[1]))
    return found.quote(sentence, tells, one.criterion)


def _weight(told: Told, tells: str) -> tuple[int, int, int]:
    element = scoring.ELEMENTS_BY_TELLS.get(tells)
    return told.elements.get(element, 0) if element is not None else 0, len(told.particulars), -told.n


def _next_step(found: _Read, number: int, written: _Written) -> Remark:
    """For the weakest criterion; the first of the weakest, as in the score."""
    weakest = min(found.score.criteria, key=lambda one: one.band)
    if not weakest.lacks:
        frame, why = written.frame(number, wordings.TOP_FRAMES, wordings.TOPS)
        return Remark(kind="nothing_lacks", text=frame.format(why=why))
    advice = wordings.ADVICES.get(weakest.lacks) or _unknown(weakest.lacks)
    quote = found.quote(_PLACES[advice.place](found), NEXT_STEP, weakest.criterion)
    frame, phrase = written.frame(number, wordings.STEP_FRAMES, advice.phrases)
    where = wordings.WHERE[advice.place].format(quote=found.quoted(quote))
    return Remark(kind="next_step", criterion=weakest.criterion, quote=quote,
                  text=frame.format(where=where, Where=f"{where[:1].upper()}{where[1:]}", advice=phrase))


def _unknown(lacks: str) -> wordings.Advice:
    said = f"{lacks[:1].lower()}{lacks[1:].rstrip('.?!')}"
    return wordings.Advice(UNKNOWN_PLACE, (said, f"please {said}", f"once more, {said}"))


def _last(found: _Read, numbers: Sequence[int], otherwise: int) -> Sentence:
    """The last of these sentences; with none, the one at that place."""
    return next((one for one in reversed(found.sentences) if one.n in numbers), found.sentences[otherwise])


def _steps(found: _Read) -> list[int]:
    """What was learned is no step, though it was done."""
    back = found.numbers("reflection")
    return [n for n in found.numbers("action", "plan") if n not in back]


def _unreasoned(found: _Read) -> Sentence:
    reasoned = found.numbers("reason")
    steps = [n for n in _steps(found) or found.numbers("motive") if n not in reasoned]
    return _last(found, steps or [n for n in found.told if n not in reasoned], -1)


def _most_general(found: _Read) -> Sentence:
    """The fewest particulars and numbers for its length; the first of those."""
    def share(one: Sentence) -> float:
        told = found.told[one.n]
        return (len(told.particulars) + ("number" in told.elements)) / max(told.words, 1)

    long_enough = [one for one in found.sentences if found.told[one.n].words >= LEAST_WORDS]
    return min(long_enough or found.sentences, key=share)


_PLACES: Mapping[wordings.Place, Callable[[_Read], Sentence]] = {
    "beginning": lambda found: found.sentences[0],
    "opening": lambda found: found.sentences[0],
    "setting": lambda found: _last(found, found.numbers("situation", "motive"), 0),
    "step": lambda found: _last(found, _steps(found), -1),
    "unreasoned": _unreasoned,
    "general": _most_general,
    "end": lambda found: found.sentences[-1],
}
