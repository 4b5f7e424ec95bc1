"""How a measure states itself: clamped coverage, and no value where too little of the answer could be measured."""

from __future__ import annotations

from greenroom.records import Measure, Span

MIN_COVERAGE = 0.5
"""A value taken from less of the answer is not shown."""


def stated(
    name: str,
    value: float | None,
    unit: str,
    *,
    formula: str,
    source: str,
    coverage: float,
    reason: str = "",
    evidence: tuple[Span, ...] = (),
    over: float = 0.0,
) -> Measure:
    """``reason`` says why there is no value; it is dropped when there is one. ``over``: see ``Measure``."""
    coverage = min(max(float(coverage), 0.0), 1.0)
    if value is not None and coverage < MIN_COVERAGE:
        value, reason = None, f"only {coverage:.0%} of the answer could be measured"
    return Measure(
        name=name,
        value=None if value is None else float(value),
        unit=unit,
        formula=formula,
        source=source,
        coverage=coverage,
        reason="" if value is not None else reason,
        evidence=evidence,
        over=0.0 if value is None else float(over),
    )


def share(part: float, whole: float) -> float:
    """0 to 1; 0 of nothing."""
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0
