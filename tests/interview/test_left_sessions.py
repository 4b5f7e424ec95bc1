"""Sessions that a dead core left: the newest may be taken up, of the others only what may be kept stays."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from greenroom.events import CoreResumed, End, GiveConsent, JournalEntry
from greenroom.interview.left_sessions import RESUME_WITHIN_S, settle
from greenroom.ports import LeftSession
from greenroom.records import Consent
from interview.play import FULL, Play
from storage.samples import turn

HEAD = b"2026-11-20T10:00:00+00:00 0.0"


@cache
def played(scene: str) -> tuple[JournalEntry, ...]:
    """The journal of an interview that got as far as a scene."""
    play = Play(questions=1 if scene == "closing" else 2)
    if scene == "check":
        play.to_check()
    else:
        play.to_question()
        play.say(FULL, 3.0)
        play.run(1.5)
    if scene == "goodbye":
        for _ in range(2):
            play.feed(End(t=play.t, t_known=play.t))
    assert play.phase() == {"check": "sensor_check", "second question": "asking"}.get(scene, scene)
    return tuple(play.journal)


def left(scene: str = "second question", *, may_keep: bool = False, idle_s: float = 5.0, turns: int = 1,
         name: str = "s1") -> LeftSession:
    consent = Consent(keep=may_keep)
    journal = tuple(msgspec.structs.replace(entry, consent=consent) if isinstance(entry, GiveConsent) else entry
                    for entry in (played(scene) if scene else ()))
    return LeftSession(id=name, booth="Booth 17", is_open=True, idle_s=idle_s, head=HEAD, journal=journal,
                       turns=tuple(turn(n + 1) for n in range(turns)))


def unopen(name: str) -> LeftSession:
    """Closed without consent, or not to be read."""
    return LeftSession(id=name, booth="Booth 17", is_open=False, idle_s=5.0)


def test_the_newest_open_interview_is_taken_up_and_all_others_without_consent_go() -> None:
    newest = left(name="new")
    settled = settle((unopen("closed"), newest, unopen("unreadable"), left(name="old")), may_resume=True)
    assert settled.resume is newest
    assert settled.close == ()
    assert settled.erase == ("closed", "unreadable", "old")


@pytest.mark.parametrize("session", [
    left(idle_s=RESUME_WITHIN_S + 1), left("goodbye"), left(""),
], ids=["too old", "the candidate had gone", "nothing in the journal"])
def test_what_nobody_comes_back_to_is_not_taken_up(session: LeftSession) -> None:
    settled = settle((session,), may_resume=True)
    assert (settled.resume, settled.close, settled.erase) == (None, (), ("s1",))


def test_an_interview_that_began_long_ago_is_taken_up_when_it_was_touched_just_now() -> None:
    assert settle((left(idle_s=RESUME_WITHIN_S - 1),), may_resume=True).resume is not None


def test_a_booth_that_takes_up_nothing_leaves_nothing() -> None:
    settled = settle((left(),), may_resume=False)
    assert (settled.resume, settled.erase) == (None, ("s1",))


def test_with_consent_an_unfinished_interview_is_closed_with_what_was_said() -> None:
    session = left(may_keep=True, idle_s=RESUME_WITHIN_S + 1)
    (record,) = settle((session,), may_resume=True).close
    assert (record.id, record.booth, record.started_at) == ("s1", "Booth 17", "2026-11-20T10:00:00+00:00")
    assert record.turns == session.turns
    assert record.consent.keep
    assert not record.is_complete
    assert len(record.plan.questions) == 2
    assert record.lines
    assert record.started_t <= record.turns[0].committed_t <= record.ended_t


def test_an_interview_that_had_nothing_left_to_ask_is_complete() -> None:
    (record,) = settle((left("closing", may_keep=True),), may_resume=False).close
    assert record.is_complete


@pytest.mark.parametrize("session", [
    left("check", may_keep=True, turns=0), left(may_keep=True, turns=0), left("", may_keep=True), unopen("s1"),
], ids=["no question asked", "no answer", "nothing in the journal", "not to be read"])
def test_consent_to_keep_keeps_nothing_when_there_is_no_answer(session: LeftSession) -> None:
    settled = settle((session,), may_resume=False)
    assert (settled.close, settled.erase) == ((), ("s1",))


def test_a_journal_that_gives_no_state_does_not_keep_the_booth_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a rule of another version")

    session = left(may_keep=True)
    monkeypatch.setattr("greenroom.interview.machine.step", fail)
    assert settle((session,), may_resume=True).erase == ("s1",)


def test_an_interview_that_was_taken_up_before_counts_like_any_other() -> None:
    session = left(may_keep=True)
    again = session._replace(journal=(*session.journal, CoreResumed(t=90.0, t_known=90.0)))
    (record,) = settle((again,), may_resume=False).close
    assert record.notices
