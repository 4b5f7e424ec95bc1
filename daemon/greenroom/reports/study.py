"""What to practise before the next interview: the two weakest criteria over all answers, with an exercise for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

from greenroom.reports.schema import Answer, Exercise
from greenroom.scores import Criterion

MOST = 2
"""More than two things at once are not practised."""
TOP_BAND = 4.5
"""From here on nothing needs practice."""
EXERCISES: Mapping[Criterion, tuple[str, str]] = {
    "structure": (
        "Tell it in four steps",
        (
            "Take one of your stories and write one line for each: where and when, what had to be reached, what"
            " you did, how it ended. Tell it aloud from these four lines in ninety seconds."
        ),
    ),
    "specificity": (
        "Name what one could have seen",
        (
            "Go through one answer and replace every general word by a thing, a person, a time or a number. Tell"
            " it again to somebody who was not there, and let them draw it."
        ),
    ),
    "relevance": (
        "Begin with the question",
        (
            "Let somebody read you five questions. Say the first sentence of each answer only, with a word of the"
            " question in it. Go on only when it fits."
        ),
    ),
    "reasoning": (
        "Ask yourself why, twice",
        (
            "After each step of a story say \u201cbecause\u201d, and to the reason say it once more. Keep the"
            " reasons that somebody else could have decided differently."
        ),
    ),
    "reflection": (
        "End with a sentence on yourself",
        (
            "Write down for three stories what you would do otherwise today, and where one could see that you do."
            " Put it at the end, in one sentence."
        ),
    ),
}


def study_plan(answers: Sequence[Answer]) -> tuple[Exercise, ...]:
    """The weakest first; empty where nothing was scored, or everything is at the top."""
    scored = [answer for answer in answers if answer.score is not None and answer.score.bands]
    bands: dict[Criterion, list[int]] = {}
    for answer in scored:
        for criterion, band in answer.score.bands.items() if answer.score is not None else ():
            bands.setdefault(criterion, []).append(band)
    means = {criterion: mean(some) for criterion, some in bands.items()}
    weakest = sorted((criterion for criterion in means if means[criterion] < TOP_BAND), key=lambda one: means[one])
    return tuple(
        Exercise(criterion=criterion, title=EXERCISES[criterion][0], text=EXERCISES[criterion][1],
                 mean_band=round(means[criterion], 1), answers=tuple(answer.number for answer in scored))
        for criterion in weakest[:MOST])
