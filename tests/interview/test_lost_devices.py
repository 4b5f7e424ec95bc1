"""What the interview does when a plug is pulled, and when it is back."""

from __future__ import annotations

from typing import Literal

import pytest

from greenroom.events import DeviceChanged, Done
from greenroom.interview import faults, machine
from greenroom.interview.effects import SaveTurn
from greenroom.records import DeviceInfo
from interview.play import FULL, SAY_S, Play

Kind = Literal["microphone", "speaker", "camera"]


def change(play: Play, kind: Kind, state: Literal["ok", "lost", "covered"]) -> None:
    device = DeviceInfo(kind=kind, name="USB", state=state)
    play.feed(DeviceChanged(t=play.t, t_known=play.t, device=device))


def notice(play: Play) -> str:
    return play.state.notice.code if play.state.notice is not None else ""


def checks(play: Play, *names: str) -> list[str]:
    return [getattr(play.state.checks, name) for name in names]


def saved(play: Play) -> list[SaveTurn]:
    return [e for e in play.effects if isinstance(e, SaveTurn)]


def test_the_turn_waits_for_the_microphone_and_goes_on_when_it_is_back() -> None:
    play = Play()
    play.to_question()
    play.say("i worked in a small shop")
    change(play, "microphone", "lost")
    lost_t = play.t
    assert notice(play) == "microphone-lost"
    play.run(20)
    assert play.phase() == "listening"
    assert not saved(play)
    change(play, "microphone", "ok")
    back_t = play.t
    play.run(SAY_S + 0.3)
    assert play.said()[-1].text == "I hear you again. Please go on."
    play.say(FULL)
    play.run(2)
    (turn,) = {e.turn.turn: e.turn for e in saved(play)}.values()
    (gap,) = turn.gaps
    assert (gap.start_t, gap.end_t) == pytest.approx((lost_t, back_t))
    assert [word.text for word in turn.words][:3] == ["i", "worked", "in"]
    assert turn.words[-1].text == "day"
    play.run(faults.NOTICE_S)
    assert notice(play) == ""


def test_a_button_ends_the_turn_without_a_microphone_too() -> None:
    play = Play()
    play.to_question()
    change(play, "microphone", "lost")
    play.feed(Done(t=play.t, t_known=play.t, turn=play.state.turn))
    play.run(1)
    assert saved(play)


@pytest.mark.parametrize(("kind", "state"), [("speaker", "lost"), ("camera", "lost"), ("camera", "covered")])
def test_without_the_others_the_interview_goes_on(kind: Kind, state: Literal["lost", "covered"]) -> None:
    play = Play()
    play.to_question()
    change(play, kind, state)
    assert notice(play) == f"{kind}-lost"
    play.say(FULL)
    play.run(2)
    assert saved(play)
    change(play, kind, "ok")
    play.run(faults.NOTICE_S + 0.1)
    assert notice(play) == ""


def test_the_worst_loss_is_the_one_on_the_screen() -> None:
    play = Play()
    play.to_question()
    shown = []
    for kind, state in (("camera", "lost"), ("microphone", "lost"), ("speaker", "lost"), ("microphone", "ok"),
                        ("speaker", "ok")):
        change(play, kind, state)  # type: ignore[arg-type]  # both are literals
        shown.append(notice(play))
    assert shown == ["camera-lost", "microphone-lost", "microphone-lost", "speaker-lost", "camera-lost"]


def test_a_check_without_a_microphone_waits_for_it_and_says_so() -> None:
    play = Play()
    change(play, "microphone", "lost")
    assert notice(play) == ""
    play.to_check()
    assert notice(play) == "microphone-lost"
    assert checks(play, "microphone", "voice") == ["absent", "absent"]
    play.run(60)
    assert play.phase() == "sensor_check"
    change(play, "microphone", "ok")
    assert checks(play, "microphone", "voice") == ["checking", "checking"]


def test_a_check_without_a_camera_does_not_look_for_one() -> None:
    play = Play()
    change(play, "camera", "lost")
    play.to_check()
    assert checks(play, "camera", "light") == ["absent", "absent"]
    assert notice(play) == ""
    change(play, "camera", "ok")
    assert checks(play, "camera", "light") == ["checking", "checking"]


def test_a_booth_whose_microphone_never_comes_ends_by_itself() -> None:
    play = Play()
    change(play, "microphone", "lost")
    play.to_check()
    play.run(machine.IDLE_S + 10)
    assert play.phase() == "attract"
    assert play.state.missing == ("microphone",)


def test_the_journal_of_a_lost_microphone_gives_the_state_back() -> None:
    play = Play()
    play.to_question()
    play.say(FULL, 1.0)
    change(play, "microphone", "lost")
    play.run(1)
    change(play, "microphone", "ok")
    play.run(SAY_S + 3)
    state = machine.fold(play.journal)
    assert state.turn == play.state.turn
    assert state.missing == play.state.missing == ()
