"""The numbers of the whole interview: who spoke how much, and every measure that can be pooled."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.hearing.summary import POOLING
from greenroom.records import SpokenLine
from greenroom.reports.findings import TALK, label, talk
from greenroom.reports.pooling import pooled_fact
from greenroom.reports.schema import Answer, Fact

TALK_RATIO = "talk_ratio"


def whole(answers: Sequence[Answer], lines: Sequence[SpokenLine], origin_t: float) -> tuple[Fact, ...]:
    """``talk_ratio`` first, then what was measured in at least one answer."""
    spoken = [answer for answer in answers if answer.started_s is not None]
    names = {measure.name for answer in spoken for measure in answer.measures}
    return (
        _talk_ratio(answers, lines, origin_t),
        *(pooled_fact(name, label(name), spoken) for name in POOLING if name in names and name != TALK),
    )


def _talk_ratio(answers: Sequence[Answer], lines: Sequence[SpokenLine], origin_t: float) -> Fact:
    mine = talk(answers)
    from_s = min((answer.asked_s for answer in answers), default=0.0)
    to_s = max((answer.ended_s for answer in answers), default=0.0)
    spans = [(line.start_t - origin_t, line.end_t - origin_t) for line in lines]
    theirs_s = sum(min(end_s, to_s) - max(start_s, from_s) for start_s, end_s in spans
                   if min(end_s, to_s) > max(start_s, from_s))
    value = mine.value / (mine.value + theirs_s) if mine.value is not None and mine.value + theirs_s > 0 else None
    return Fact(
        name=TALK_RATIO,
        label=label(TALK_RATIO),
        value=None if value is None else round(value, 3),
        unit="share",
        coverage=mine.coverage if value is not None else 0.0,
        formula="Your VAD segments / (these + the interviewer's lines, each from its first sample heard to its last), "
        "from the first question to the end of the last answer",
        reason="" if value is not None else mine.reason or "nothing was said",
        answers=mine.answers,
    )
