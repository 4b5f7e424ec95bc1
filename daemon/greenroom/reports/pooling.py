"""A measure of single answers becomes one number of the session, by the rules of ``hearing/summary.py``."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.hearing.summary import FORMULAS, POOLING, Part, pooled
from greenroom.reports.schema import Answer, Fact, ReportMeasure


def measure_of(name: str, answer: Answer) -> ReportMeasure | None:
    return next((measure for measure in answer.measures if measure.name == name), None)


def pooled_fact(name: str, label: str, answers: Sequence[Answer]) -> Fact:
    """``name`` is one of ``POOLING``. Coverage: share of the time spoken from which the values were taken."""
    how = POOLING[name]
    measures = [(answer, measure_of(name, answer)) for answer in answers]
    taken = [
        (answer, m, m.value)
        for answer, m in measures
        if m is not None and m.value is not None and (m.over > 0 or how in ("sum", "longest"))
    ]
    value = pooled(how, [Part(value, measure.over) for _, measure, value in taken])
    total_s = sum(answer.length_s for answer in answers)
    covered_s = sum(answer.length_s * measure.coverage for answer, measure, _ in taken)
    reasons = [m.reason for _, m in measures if m is not None and m.value is None and m.reason]
    why_not = (reasons or ["nothing was said" if not answers else "it was not measured"])[0]
    formula = next((f": {m.formula}" for _, m in measures if m is not None), "")
    return Fact(
        name=name,
        label=label,
        value=None if value is None else round(value, 3),
        unit=next((m.unit for _, m in measures if m is not None), ""),
        coverage=round(min(covered_s / total_s, 1.0), 3) if total_s > 0 and value is not None else 0.0,
        formula=f"{FORMULAS[how]}{formula}",
        reason="" if value is not None else why_not,
        answers=tuple(answer.number for answer, _, _ in taken),
    )
