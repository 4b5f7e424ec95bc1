"""The plan of one interview: which questions, and in which order. Pure: the same choices and seed, the same plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from msgspec.structs import replace

from greenroom.interview import tailoring
from greenroom.interview.document_use import not_chosen, used
from greenroom.records import DocumentKind, DocumentText, Plan, Question, QuestionPack, SetUp

FRAME_S = 60.0
"""Greeting, closing and the check-out screen's first look."""
AROUND_S = 30.0
"""A question is said (9 s at most) and thought about (4 s); often it is asked on about."""


def planned(set_up: SetUp, pack: QuestionPack, documents: Sequence[DocumentText], seed: int, *,
            others: Iterable[DocumentKind] = ()) -> Plan:
    """The plan for what was chosen: by number of questions, or by minutes where there are any.

    ``questions.check_set_up`` has seen the set-up. Lines of the documents are in the plan only where a question comes
    from them. ``others`` are kinds of documents that are held for the candidate and were not chosen.
    """
    own = tailoring.own_questions(set_up.questions_own)
    offered = [(document.kind, tailoring.questions(document, pack)) for document in documents]
    tailored = _in_turn(made for _, made in offered)

    def of(count: int) -> Plan:
        return make_plan(pack, count, seed, own=own, tailored=tailored, asked=set_up.asked)

    plan = of(set_up.questions) if set_up.minutes is None else _within(set_up.minutes, of, len(pack.questions))
    is_longest = len(plan.questions) >= len(pack.questions)
    chosen = used(offered, plan, frozenset(set_up.asked), is_longest=is_longest)
    return replace(plan, documents=(*chosen, *map(not_chosen, others)))


def _within(minutes: int, of: Callable[[int], Plan], most: int) -> Plan:
    """The longest plan that takes no longer; one question at least, and ``most`` of them."""
    best = of(1)
    for count in range(2, most + 1):
        plan = of(count)
        if duration_s(plan.questions) > 60.0 * minutes:
            break
        best = plan
    return best


def duration_s(questions: Iterable[Question]) -> float:
    """What an interview of these questions takes, answers as long as suggested."""
    return FRAME_S + sum(question.suggested_s + AROUND_S for question in questions)


def make_plan(pack: QuestionPack, count: int, seed: int, *, own: Sequence[Question] = (),
              tailored: Sequence[Question] = (), asked: Iterable[str] = ()) -> Plan:
    """``count`` different questions, chosen and ordered by the seed; one of motivation opens, then come the own ones,
    then those made from documents (``tailored``, the best first) in turn with the pack's, about half of each.

    Own questions are all asked, as far as ``count`` goes. One of ``asked`` (ids) is asked again only when no other is
    left. The pack's others are the reserve. ``count`` is at least 1 and at most what the pack has
    (``questions.check_set_up``).
    """
    known = frozenset(asked)
    shuffled = sorted(pack.questions, key=lambda q: (q.id in known, _draw(seed, q)))
    fresh = [q for q in shuffled if q.id not in known] or shuffled
    opening = next((q for q in fresh if q.kind == "motivation"), fresh[0])
    others = [q for q in shuffled if q is not opening]
    places = count - len(own) - 1
    if places < 0:
        return Plan(pack_id=pack.id, seed=seed, questions=tuple(own[:count]), reserve=_unasked(shuffled, known))
    made = _drawn(tailored, (places + 1) // 2, seed, known)
    rest = others[: places - len(made)]
    mixed = [q for pair in zip_longest(made, rest) for q in pair if q is not None]
    return Plan(pack_id=pack.id, seed=seed, questions=(opening, *own, *mixed),
                reserve=_unasked(others[len(rest) :], known))


def _draw(seed: int, question: Question) -> bytes:
    return hashlib.sha256(f"{seed}:{question.id}".encode()).digest()


def _drawn(tailored: Sequence[Question], count: int, seed: int, known: frozenset[str]) -> list[Question]:
    """Some of the better half, by the seed; those that were not asked before."""
    fresh = [q for q in tailored if q.id not in known]
    return sorted(fresh[: 2 * count], key=lambda q: _draw(seed, q))[:count]


def _unasked(questions: Iterable[Question], known: frozenset[str]) -> tuple[Question, ...]:
    return tuple(q for q in questions if q.id not in known)


def _in_turn(lists: Iterable[Sequence[Question]]) -> list[Question]:
    """The best of each document, then the second of each, and so on; no question twice."""
    found = [q for row in zip_longest(*lists) for q in row if q is not None]
    return list({q.id: q for q in found}.values())
