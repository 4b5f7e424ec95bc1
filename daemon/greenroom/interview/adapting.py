"""How hard the next question is: an answer in one of the upper bands leads to a harder one, one in a lower band to an
easier one.

A score comes while the question after its answer is already being asked, so it is the one after that which changes.
Interviewers do the same to keep a candidate where answers tell most: neither all at the top nor all at the bottom of a
scale, which is the idea of adaptive testing (van der Linden and Glas, Elements of Adaptive Testing, 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from greenroom.records import Adaptation, Plan, Question
from greenroom.scores import AnswerScore, Refusal

EASIEST, HARDEST = 1, 3
HARDER_BAND, EASIER_BAND = 4, 2
"""Of the whole answer, from which on and down to which the next question changes."""
HAD_NOTHING_TO_SAY: frozenset[Refusal] = frozenset({"empty", "too_short", "declined"})
"""Refusals that tell of the question. The others tell of the microphone, or of nothing."""


def adapted(plan: Plan, upcoming: int, question_id: str, turn: int, score: AnswerScore) -> Plan:
    """The plan with another question at the position ``upcoming``, or the same where none fits better.

    ``score`` is of the answer of ``turn`` to the question ``question_id``. What was put in before for the same position
    gives way, so that a second score of the same answer leaves what it alone would have led to. An answer changes one
    question: once that is being asked, a second score changes no other.
    """
    asked = next((question for question in plan.questions if question.id == question_id), None)
    change = _change(score)
    if asked is None or change is None or not 0 < upcoming < len(plan.questions):
        return plan
    if plan.questions[upcoming].source is not None:
        return plan  # somebody wants it asked, however hard it is
    if any(one.after_turn == turn and one.question_id != plan.questions[upcoming].id for one in plan.adaptations):
        return plan
    plan = _undone(plan, upcoming)
    if change == "as planned":
        return plan
    present = plan.questions[upcoming]
    wanted = asked.difficulty + (1 if change == "harder" else -1)
    chosen = _nearest(plan.reserve, present, min(HARDEST, max(EASIEST, wanted)))
    if chosen is None or (chosen.difficulty > present.difficulty) != (change == "harder"):
        return plan
    # Where the original was put in elsewhere meanwhile, what took its place here gives way in its turn.
    kept = (one for one in plan.adaptations if one.question_id != present.id)
    return replace(
        _swapped(plan, upcoming, chosen), adaptations=(*kept, Adaptation(
            question_id=chosen.id, replaced_id=present.id, change=change, after_turn=turn, band=score.band)))


def _change(score: AnswerScore) -> Literal["harder", "easier", "as planned"] | None:
    """None where the score says nothing of the candidate."""
    if score.band is None:
        return "easier" if score.reason in HAD_NOTHING_TO_SAY else None
    if score.band >= HARDER_BAND:
        return "harder"
    return "easier" if score.band <= EASIER_BAND else "as planned"


def _nearest(reserve: Sequence[Question], present: Question, wanted: int) -> Question | None:
    """A question of the same kind that is nearer to what is wanted; of the same competency first."""
    nearer = [question for question in reserve if question.kind == present.kind
              and abs(question.difficulty - wanted) < abs(present.difficulty - wanted)]
    return min(nearer, key=lambda question: (abs(question.difficulty - wanted),
                                             question.competency != present.competency), default=None)


def _undone(plan: Plan, upcoming: int) -> Plan:
    """As it was planned at this position."""
    present = plan.questions[upcoming]
    before = next((one for one in plan.adaptations if one.question_id == present.id), None)
    original = next((one for one in plan.reserve if before is not None and one.id == before.replaced_id), None)
    if original is None:
        return plan
    return replace(_swapped(plan, upcoming, original),
                   adaptations=tuple(one for one in plan.adaptations if one is not before))


def _swapped(plan: Plan, at: int, chosen: Question) -> Plan:
    """The two change places, each where the other was."""
    present = plan.questions[at]
    return replace(plan, questions=(*plan.questions[:at], chosen, *plan.questions[at + 1 :]),
                   reserve=tuple(present if one.id == chosen.id else one for one in plan.reserve))
