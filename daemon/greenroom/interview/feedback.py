"""What the interviewer says of the answers: two sentences, out of the bands, in the persona's tone. Nothing is praised
that no rule found, and nothing is said of answers that were not scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

from msgspec import Struct

from greenroom.records import Style
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
    "structure": "say what you did step by step, and how it turned out",
    "specificity": "name people, things, times and numbers",
    "relevance": "stay closer to the question",
    "reasoning": "say more often why you did something",
    "reflection": "end with what you took from it, or what could go wrong",
}
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


def grade(turn: int, question_id: str, score: AnswerScore) -> Grade:
    return Grade(turn=turn, question_id=question_id, band=score.band,
                 bands={one.criterion: one.band for one in score.criteria})


def spoken(style: Style, grades: Sequence[Grade]) -> str:
    """A strength and a next step; only the second where there is no strength; empty where nothing was scored."""
    means = averages(grades)
    if not means:
        return ""
    strength = strongest({one: mean_band for one, mean_band in means.items() if _carries(grades, one)})
    weakest = weakest_of(means)
    said, next_said = SPOKEN[style]
    parts = [said.format(strength=STRENGTHS[strength])] if strength is not None else []
    if weakest is not None and weakest != strength:
        parts.append(next_said.format(next_step=NEXT_STEPS[weakest]))
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
