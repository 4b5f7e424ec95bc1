"""How far documents come into a plan: as data, and in one line for the candidate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from greenroom.records import DocumentKind, DocumentUse, Plan, Question

_NAMES: dict[DocumentKind, str] = {"job": "the job description", "cv": "your CV"}


def used(offered: Iterable[tuple[DocumentKind, Sequence[Question]]], plan: Plan, known: AbstractSet[str], *,
         is_longest: bool) -> tuple[DocumentUse, ...]:
    """One for each document, in their order; ``offered`` are the questions that could be made of it.

    ``known`` are ids of questions that the candidate was asked before; ``is_longest`` tells that no interview has more
    questions than this plan.
    """
    planned = {question.id for question in plan.questions}

    def of(kind: DocumentKind, made: Sequence[Question]) -> DocumentUse:
        fresh = {question.id for question in made} - known
        asked = len(fresh & planned)
        return DocumentUse(kind=kind, offered=len(fresh), asked=asked, has_more=asked < len(fresh) and not is_longest)

    return tuple(of(kind, made) for kind, made in offered)


def not_chosen(kind: DocumentKind) -> DocumentUse:
    """Of a document that is held for the candidate, and that this interview was not to use."""
    return DocumentUse(kind=kind, offered=0, asked=0, has_more=False, is_chosen=False)


def note(plan: Plan) -> str:
    """What the candidate is told of documents that were read and not used up; empty where all of them are."""
    told = []
    short = [use for use in plan.documents if use.asked < use.offered]
    if short:
        parts = [f"{_lines(use.asked)} of {_NAMES[use.kind]}" for use in short]
        count = len(plan.questions)
        questions = "one question" if count == 1 else f"{count} questions"
        told.append(f"With {questions} there was room for {' and '.join(parts)}.")
    told += [f"No line of {_NAMES[use.kind]} leads to a new question."
             for use in plan.documents if use.is_chosen and use.offered == 0]
    if any(use.has_more for use in short):
        told.append("Choose more questions, or more time, to use more.")
    left = [_NAMES[use.kind] for use in plan.documents if not use.is_chosen]
    if left:
        names = " and ".join(left)
        is_one = len(left) == 1
        told.append(f"{names[0].upper()}{names[1:]} from the phone {'is' if is_one else 'are'} not used: "
                    f"start the interview there to use {'it' if is_one else 'them'}.")
    return " ".join(told)


def _lines(count: int) -> str:
    return {0: "no line", 1: "one line"}.get(count, f"{count} lines")
