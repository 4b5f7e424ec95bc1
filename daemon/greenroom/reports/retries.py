"""A question that was answered twice: what changed, side by side, and whether the target was met."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from greenroom.reports.pooling import measure_of
from greenroom.reports.schema import Answer, Retried, Twice
from greenroom.reports.scored import ScoredAnswer
from greenroom.scores import Criterion

MEASURES = ("speaking_rate_wpm", "pause_share", "filled_pauses", "talk_s")
"""Of how it was said, beside the bands."""


def with_retries(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Answers of a second try, compared with the try before."""
    told: list[Answer] = []
    for answer in answers:
        before = next((one for one in reversed(told) if one.question_id == answer.question_id
                       and not one.is_follow_up and one.words), None)
        is_again = answer.cue.startswith("retry:") and before is not None and answer.words
        told.append(replace(answer, retried=_compared(before, answer)) if is_again and before is not None else answer)
    return tuple(told)


def _compared(first: Answer, second: Answer) -> Retried:
    rows = [*_bands(first.score, second.score), *_measures(first, second)]
    return Retried(first=first.number, target=_target(first.score), rows=tuple(rows))


def _target(score: ScoredAnswer | None) -> Criterion | None:
    """What the interviewer asked to look to: the weakest of the first time."""
    if score is None or not score.bands:
        return None
    weakest = min(score.bands, key=lambda criterion: score.bands[criterion])
    return weakest if score.bands[weakest] < 5 else None


def _bands(first: ScoredAnswer | None, second: ScoredAnswer | None) -> list[Twice]:
    if first is None or second is None or not first.bands or not second.bands:
        return []
    return [Twice(name=name, label=name.capitalize(), first=float(first.bands[name]), second=float(second.bands[name]),
                  unit="band") for name in first.bands]


def _measures(first: Answer, second: Answer) -> list[Twice]:
    rows = []
    for name in MEASURES:
        before, after = measure_of(name, first), measure_of(name, second)
        if before is not None and after is not None:
            rows.append(Twice(name=name, label=before.label, first=before.value, second=after.value, unit=before.unit))
    return rows
