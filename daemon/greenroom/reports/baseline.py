"""Each later answer against the warm-up: a person's own first answer is the only fair yardstick for their voice."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace

from greenroom.records import Plan
from greenroom.reports.findings import label
from greenroom.reports.pooling import measure_of
from greenroom.reports.schema import Answer, Change

FORMULAS = {
    "speaking_rate_wpm": ("%", "100 x (this answer - warm-up) / warm-up"),
    "loudness_lufs": ("LU", "This answer - warm-up"),
    "pitch_median_hz": ("st", "12 x log2(this answer / warm-up), in semitones"),
}
"""What is compared, the unit of the difference and how it is formed."""


def against_warm_up(answers: Sequence[Answer], plan: Plan) -> tuple[Answer, ...]:
    """The answers with their differences; without any when the first question was no warm-up (kind motivation)."""
    kinds = {question.id: question.kind for question in plan.questions}
    if not answers or answers[0].is_follow_up or kinds.get(answers[0].question_id) != "motivation":
        return tuple(answers)
    first, *later = answers
    return (first, *(replace(answer, against_warm_up=_changes(first, answer)) for answer in later))


def _changes(warm_up: Answer, answer: Answer) -> tuple[Change, ...]:
    if not answer.words:
        return ()
    return tuple(_change(name, warm_up, answer) for name in FORMULAS if measure_of(name, answer) is not None)


def _change(name: str, warm_up: Answer, answer: Answer) -> Change:
    before, now = measure_of(name, warm_up), measure_of(name, answer)
    was, value = before.value if before else None, now.value if now else None
    unit, formula = FORMULAS[name]
    difference = _difference(name, was, value)
    reason = ""
    if was is None:
        reason = f"of the warm-up: {before.reason if before else 'it was not measured'}"
    elif difference is None:
        reason = (now.reason if now else "") or "there is nothing to compare"
    return Change(
        name=name,
        label=label(name),
        value=value,
        warm_up=was,
        unit=now.unit if now else "",
        difference=difference,
        difference_unit=unit,
        formula=formula,
        reason=reason,
        warm_up_answer=warm_up.number,
    )


def _difference(name: str, was: float | None, value: float | None) -> float | None:
    if was is None or value is None:
        return None
    if name == "loudness_lufs":
        return round(value - was, 1)
    if was <= 0 or value <= 0:
        return None
    return round(100 * (value - was) / was, 1) if name == "speaking_rate_wpm" else round(12 * math.log2(value / was), 1)
