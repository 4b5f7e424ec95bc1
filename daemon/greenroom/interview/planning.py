"""The plan of one interview: which questions, and in which order."""

from __future__ import annotations

import hashlib

from greenroom.records import Plan, QuestionPack


def make_plan(pack: QuestionPack, count: int, seed: int) -> Plan:
    """``count`` different questions of a pack, chosen and ordered by the seed; a question of motivation opens. The
    others are the reserve.

    ``count`` is at least 1 and at most what the pack has (``questions.check_set_up``).
    """
    shuffled = sorted(pack.questions, key=lambda q: hashlib.sha256(f"{seed}:{q.id}".encode()).digest())
    opening = next((q for q in shuffled if q.kind == "motivation"), shuffled[0])
    others = [q for q in shuffled if q is not opening]
    return Plan(pack_id=pack.id, seed=seed, questions=(opening, *others[: count - 1]),
                reserve=tuple(others[count - 1 :]))
