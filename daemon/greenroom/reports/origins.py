"""Which line of a job description or CV a question came from."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from greenroom.records import Plan
from greenroom.reports.schema import Answer, Source


def with_sources(answers: Sequence[Answer], plan: Plan) -> tuple[Answer, ...]:
    """The answers in their order; those to questions that were made or typed with where these come from."""
    sources = {question.id: question.source for question in plan.questions if question.source is not None}

    def told(answer: Answer) -> Answer:
        source = None if answer.is_follow_up else sources.get(answer.question_id)
        if source is None:
            return answer
        return replace(answer, source=Source(document=source.document, line=source.line, quote=source.quote))

    return tuple(map(told, answers))
