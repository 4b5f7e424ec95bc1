"""How hard each question was, and which answer made it so."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from greenroom.records import Plan
from greenroom.reports.schema import Answer, Level


def with_levels(answers: Sequence[Answer], plan: Plan) -> tuple[Answer, ...]:
    """The answers in their order; those to questions of a pack with its level."""
    difficulties = {question.id: question.difficulty for question in plan.questions if question.source is None}
    changes = {one.question_id: one for one in plan.adaptations}
    numbers = {answer.turn: answer.number for answer in answers}

    def level(answer: Answer) -> Level | None:
        if answer.is_follow_up or answer.question_id not in difficulties:
            return None
        found = Level(difficulty=difficulties[answer.question_id])
        change = changes.get(answer.question_id)
        if change is None or change.after_turn not in numbers:
            return found
        return replace(found, change=change.change, after=numbers[change.after_turn], band=change.band)

    return tuple(replace(answer, level=level(answer)) for answer in answers)
