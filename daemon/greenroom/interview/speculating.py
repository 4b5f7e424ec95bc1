"""Work for what comes next that is begun before the turn is taken: what became of it."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.interview.state import Answer, Draft
from greenroom.records import Speculation


def throw_away(draft: Draft) -> None:
    """The answer goes on, or will be given again."""
    if draft.state.answer is not None:
        draft.set(answer=without(draft.state.answer))


def without(answer: Answer) -> Answer:
    """What was chosen for the answer so far is out of date; the next question of the plan never is."""
    if answer.choice is None or not answer.choice.text:
        return answer
    return replace(answer, prepared="", discarded=answer.discarded + 1)


def outcome(answer: Answer, said: str) -> tuple[Speculation, int]:
    """Whether what was prepared is what is said now, and how many speculations of the turn were in vain."""
    if not answer.prepared:
        return "none", answer.discarded
    if answer.prepared == said:
        return "reused", answer.discarded
    return "missed", answer.discarded + 1
