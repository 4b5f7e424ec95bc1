"""What the interviewer says of the answers: two sentences, out of the bands, in the persona's tone. Nothing is praised
that no rule found, and nothing is said of answers that were not scored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import mean

from msgspec import Struct

from greenroom.records import QuestionKind, Style
from greenroom.scores import AnswerScore, Criterion

PRAISED_BAND = 3.0
"""On average; below it nothing is called a strength."""

STRENGTHS: Mapping[Criterion, str] = {
    "structure": "one could follow what you told from its beginning to its end",
    "specificity": "you told particular things that one could picture",
    "relevance": "you answered what you were asked",
    "reasoning": "you said why you did things",
    "reflection": "you said what you took from it",
}
NEXT_STEPS: Mapping[Criterion, str] = {
    "structure": "say it step by step, from its beginning to its end",
    "specificity": "name people, things, times and numbers",
    "relevance": "stay closer to the question",
    "reasoning": "say more often why you did something",
    "reflection": "end with what you took from it, or what could go wrong",
}
_STRENGTHS_OF: Mapping[QuestionKind, Mapping[Criterion, str]] = {
    "behavioural": {},
    "situational": {
        "structure": "one could follow your plan step by step",
        "reasoning": "you said why you would do it in this way",
        "reflection": "you saw what could go wrong",
    },
    "technical": {
        "structure": "one could follow how it is done",
        "reasoning": "you said why it is done in this way",
        "reflection": "you knew the limits of it",
    },
    "motivation": {
        "structure": "one could follow how your wish came about",
        "reasoning": "you said why you want it",
        "reflection": "you said what you still lack",
    },
}
_NEXT_STEPS_OF: Mapping[QuestionKind, Mapping[Criterion, str]] = {
    "behavioural": {
        "structure": "say what you did step by step, and how it turned out",
        "reflection": "end with what you took from it",
    },
    "situational": {
        "structure": "say step by step what you would do, and how you would check it",
        "specificity": "be exact about whom you would ask, what you would use, and by when",
        "reasoning": "say more often why you would do it in this way",
        "reflection": "say what could go wrong, and what you would do then",
    },
    "technical": {
        "structure": "say step by step how it is done, and how you know that it is right",
        "specificity": "name the tools, the parts and the numbers",
        "reasoning": "say more often why it is done in this way",
        "reflection": "say where its limits are, and what could go wrong",
    },
    "motivation": {
        "structure": "say how it began, what you have done towards it, and what comes next",
        "reasoning": "say more often why you want it",
        "reflection": "say what you still lack for it",
    },
}
"""What differs from the general wordings, which are for answers to questions of several kinds."""
SPOKEN: Mapping[Style, tuple[str, str]] = {
    "supportive": ("I liked that {strength}.", "Next time, {next_step}."),
    "neutral": ("A strength: {strength}.", "Next time, {next_step}."),
    "cold": ("One thing was good: {strength}.", "But {next_step}."),
    "pressure": ("Under pressure, {strength}.", "Still, {next_step}."),
}


class Grade(Struct, frozen=True, kw_only=True):
    """What the machine remembers of a score; ``bands`` is empty for an answer that was not scored."""

    turn: int
    question_id: str
    band: int | None
    bands: dict[Criterion, int]
    kind: QuestionKind | None = None
    """Of the question; None where it is not known."""


def grade(turn: int, question_id: str, score: AnswerScore, kind: QuestionKind | None = None) -> Grade:
    return Grade(turn=turn, question_id=question_id, band=score.band, kind=kind,
                 bands={one.criterion: one.band for one in score.criteria})


def strength_in(criterion: Criterion, kinds: Collection[QuestionKind | None]) -> str:
    """What was good in answers to questions of these kinds."""
    return _of_kind(_STRENGTHS_OF, kinds).get(criterion, STRENGTHS[criterion])


def next_step_in(criterion: Criterion, kinds: Collection[QuestionKind | None]) -> str:
    """What to do in answers to questions of these kinds."""
    return _of_kind(_NEXT_STEPS_OF, kinds).get(criterion, NEXT_STEPS[criterion])


def _of_kind(wordings: Mapping[QuestionKind, Mapping[Criterion, str]],
             kinds: Collection[QuestionKind | None]) -> Mapping[Criterion, str]:
    """Empty unless all are of one kind."""
    only = next(iter(kinds), None) if len(set(kinds)) == 1 else None
    return {} if only is None else wordings[only]


def spoken(style: Style, grades: Sequence[Grade]) -> str:
    """A strength and a next step; only the second where there is no strength; empty where nothing was scored."""
    means = averages(grades)
    if not means:
        return ""
    strength = strongest({one: mean_band for one, mean_band in means.items() if _carries(grades, one)})
    weakest = weakest_of(means)
    said, next_said = SPOKEN[style]
    kinds = [grade.kind for grade in grades if grade.bands]
    parts = [said.format(strength=strength_in(strength, kinds))] if strength is not None else []
    if weakest is not None and weakest != strength:
        parts.append(next_said.format(next_step=next_step_in(weakest, kinds)))
    text = " ".join(parts)
    return text[:1].upper() + text[1:]


def _carries(grades: Sequence[Grade], criterion: Criterion) -> bool:
    """More than half of the scored answers show it: what is said of all of them must not be true of a few."""
    bands = [grade.bands[criterion] for grade in grades if grade.bands]
    return 2 * sum(band >= PRAISED_BAND for band in bands) > len(bands)


def averages(grades: Sequence[Grade]) -> dict[Criterion, float]:
    """Mean band of each criterion over the answers that have one."""
    scored = [grade for grade in grades if grade.bands]
    if not scored:
        return {}
    return {criterion: mean(grade.bands[criterion] for grade in scored) for criterion in scored[0].bands}


def strongest(means: Mapping[Criterion, float]) -> Criterion | None:
    """The first of the best; None when none is good enough to be praised. To have answered the question is praised
    only where nothing else is."""
    best = max(means, key=lambda criterion: (means[criterion], criterion != "relevance"), default=None)
    return best if best is not None and means[best] >= PRAISED_BAND else None


def weakest_of(means: Mapping[Criterion, float]) -> Criterion | None:
    """The first of the worst; None where everything is at the top."""
    worst = min(means, key=lambda criterion: means[criterion], default=None)
    return worst if worst is not None and means[worst] < 5.0 else None
