"""What changes on the screens when the interview moves."""

from __future__ import annotations

import msgspec

from greenroom.interview.state import InterviewState
from greenroom.records import SetUp
from greenroom.server.protocol import BoothState, SessionOpened
from greenroom.telemetry import screen

COLD = SetUp(role="retail", style="cold", questions=6, pacing="patient")


def shown(state: InterviewState, session: str | None = "s1") -> BoothState:
    return screen.booth_state(state, session=session, packs={}, devices=(), report=None, caption_you="",
                              caption_booth="", is_ready=True)


def test_what_was_chosen_reaches_every_screen() -> None:
    before = shown(InterviewState(phase="set_up"))
    after = shown(InterviewState(phase="sensor_check", set_up=COLD))
    first = screen.changes(before, after)[0]
    assert first == SessionOpened(t=0.0, session="s1", style="cold", role="retail", pacing="patient", questions=6)


def test_a_session_that_goes_on_is_opened_once() -> None:
    state = InterviewState(phase="asking", set_up=COLD)
    later = msgspec.structs.replace(state, phase="listening")
    assert not any(isinstance(event, SessionOpened) for event in screen.changes(shown(state), shown(later)))


def test_a_session_that_is_over_opens_none() -> None:
    before, after = shown(InterviewState(set_up=COLD)), shown(InterviewState(), session=None)
    assert not any(isinstance(event, SessionOpened) for event in screen.changes(before, after))


def test_the_set_up_screen_offers_what_the_booth_is_set_to() -> None:
    state = shown(InterviewState(phase="set_up", offered=COLD, set_up=COLD))
    assert (state.role, state.style, state.questions, state.pacing) == ("retail", "cold", 6, "patient")
