"""What becomes of the sessions that a core before this one left: taken up, closed or erased. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from greenroom.interview import machine
from greenroom.interview.notices import NoticeLog
from greenroom.interview.state import InterviewState
from greenroom.ports import LeftSession
from greenroom.records import SessionRecord, Span

RESUME_WITHIN_S = 45 * 60.0
"""An interview in which nothing happened for longer is not taken up again."""
NOBODY_THERE = frozenset({"attract", "goodbye"})


class Settlement(NamedTuple):
    """What is to be done; every session that was left is in one of the three."""

    resume: LeftSession | None = None
    close: tuple[SessionRecord, ...] = ()
    """May be kept, as far as they got."""
    erase: tuple[str, ...] = ()


class _Folded(NamedTuple):
    state: InterviewState
    notices: tuple[Span, ...]


def settle(left: Sequence[LeftSession], *, may_resume: bool) -> Settlement:
    """``left``: newest first. Only the newest that is open may be taken up.

    Another one is kept when its candidate allowed that and there is an answer to report; else it is to be erased.
    """
    resume: LeftSession | None = None
    close: list[SessionRecord] = []
    erase: list[str] = []
    for session in left:
        folded = _fold(session) if session.is_open else None
        if folded is not None and may_resume:
            may_resume = False
            if session.idle_s <= RESUME_WITHIN_S and folded.state.phase not in NOBODY_THERE:
                resume = session
                continue
        record = None if folded is None else _record(session, folded)
        if record is None:
            erase.append(session.id)
        else:
            close.append(record)
    return Settlement(resume, tuple(close), tuple(erase))


def _fold(session: LeftSession) -> _Folded | None:
    """None for a journal that gives no state."""
    state, notices = InterviewState(), NoticeLog()
    try:
        for entry in session.journal:
            state, _ = machine.step(state, entry)
            notices.moved(state)
    except Exception:  # noqa: BLE001 - it may come of another version's rules, and the booth has to open all the same
        return None
    return _Folded(state, tuple(notices.spans))


def _record(session: LeftSession, folded: _Folded) -> SessionRecord | None:
    """The record of a session that may be kept; None when it may not, or says nothing."""
    state, plan = folded.state, folded.state.plan
    if not state.consent.keep or plan is None or not session.turns:
        return None
    started_at = session.head.decode(errors="replace").partition(" ")[0]
    last_t = max(turn.committed_t for turn in session.turns)
    return SessionRecord(
        id=session.id, booth=session.booth, started_at=started_at, started_t=session.journal[0].t,
        ended_t=max(state.now_t, last_t), set_up=state.set_up, consent=state.consent, plan=plan,
        engines=state.engines, devices=(), lines=state.lines, turns=session.turns, notices=folded.notices,
        is_complete=state.position >= len(plan.questions),
    )  # fmt: skip
