"""Answers with the cues that the candidate's phone showed during them, so that a score can be seen in their light."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from greenroom.interview.cueing import CUE_TEXTS
from greenroom.records import SessionRecord
from greenroom.reports.schema import Answer, ReportCue


def with_cues(answers: Sequence[Answer], record: SessionRecord) -> tuple[Answer, ...]:
    """The answers in their order."""
    cues = {turn.turn: turn.cues for turn in record.turns if turn.cues}
    return tuple(
        answer if answer.turn not in cues
        else replace(answer, cues=tuple(
            ReportCue(at_s=round(cue.t - record.started_t, 3), name=cue.name, text=CUE_TEXTS[cue.name])
            for cue in cues[answer.turn]))
        for answer in answers)
