"""The ten seconds in which eyes follow points: when they come, and that nothing keeps the interview from going on."""

from __future__ import annotations

import msgspec
import pytest

from greenroom.events import (
    BoothFound,
    Continue,
    CoreResumed,
    DeviceChanged,
    End,
    GazeLearned,
    NeutralLearned,
    WorkerDied,
    WorkerReady,
)
from greenroom.interview import machine
from greenroom.interview.effects import LearnGaze, RestoreFace
from greenroom.interview.gaze_checking import ANSWER_S, LEAD_S
from greenroom.records import DeviceInfo, GazeCalibration
from interview.play import SAY_S, Play

PANEL_MM = (476.0, 268.0)
OWN = GazeCalibration(yaw_gain=1.1, yaw_bias_deg=0.5, pitch_gain=0.9, pitch_bias_deg=-0.5, bend_deg=-6.0,
                      low_pitch_gain=1.2, yaw_error_deg=1.5, pitch_error_deg=2.0, interviewer_pitch_deg=-6.7)


class Screen(Play):
    """A booth with a screen on which gaze is checked, and a candidate whose face is known."""

    def __init__(self) -> None:
        super().__init__()
        self.state = msgspec.structs.replace(self.state, panel_mm=PANEL_MM)

    def to_gaze(self) -> None:
        self.to_check()
        self.state = msgspec.structs.replace(self.state, neutral=b"a face")
        self.feed(Continue(t=self.t, t_known=self.t))

    def asked(self) -> LearnGaze:
        (asked,) = (effect for effect in self.effects if isinstance(effect, LearnGaze))
        return asked


def test_after_the_sensor_check_the_candidate_is_told_to_follow_points_and_then_they_come() -> None:
    play = Screen()
    play.to_gaze()
    assert play.phase() == "gaze_check"
    assert not any(isinstance(effect, LearnGaze) for effect in play.effects), "the instruction comes first"
    play.run(SAY_S + 0.2)
    points = play.asked().points
    assert points == play.state.gaze_points
    assert points[0].from_t == pytest.approx(play.state.lines[-1].end_t + LEAD_S, abs=0.1)


def test_what_was_learned_is_kept_and_the_greeting_follows() -> None:
    play = Screen()
    play.to_gaze()
    play.run(SAY_S + 1.0)
    play.feed(GazeLearned(t=play.t, t_known=play.t, calibration=OWN))
    assert (play.phase(), play.state.gaze) == ("greeting", OWN)


def test_eyes_that_did_not_follow_keep_nobody_from_the_interview() -> None:
    play = Screen()
    play.to_gaze()
    play.run(SAY_S + 1.0)
    play.feed(GazeLearned(t=play.t, t_known=play.t, reason="the eyes did not follow the points"))
    assert (play.phase(), play.state.gaze) == ("greeting", None)


def test_without_an_answer_the_check_ends_by_itself() -> None:
    play = Screen()
    play.to_gaze()
    play.run(SAY_S + 0.2)
    last_t = play.asked().points[-1].to_t
    play.run(last_t + ANSWER_S - play.t - 0.1)
    assert play.phase() == "gaze_check"
    play.run(0.3)
    assert play.phase() == "greeting"


def test_it_can_be_skipped_and_ended() -> None:
    assert machine.allowed(Screen().state) == ("begin",)
    for command, phase in ((Continue, "greeting"), (End, "goodbye")):
        play = Screen()
        play.to_gaze()
        assert set(machine.allowed(play.state)) == {"continue", "end"}
        play.feed(command(t=play.t, t_known=play.t))
        play.run(SAY_S + 1.0)
        assert play.phase() in (phase, "report"), phase


def test_a_late_answer_after_a_skip_still_counts() -> None:
    play = Screen()
    play.to_gaze()
    play.feed(Continue(t=play.t, t_known=play.t))
    play.feed(GazeLearned(t=play.t, t_known=play.t, calibration=OWN))
    assert (play.phase(), play.state.gaze) == ("greeting", OWN)


def test_without_screen_or_face_there_is_no_check() -> None:
    without_screen, without_face = Play(), Screen()
    for play in (without_screen, without_face):
        play.to_check()
        play.state = msgspec.structs.replace(play.state, neutral=b"" if play is without_face else b"a face")
        play.feed(Continue(t=play.t, t_known=play.t))
        assert play.phase() == "greeting"


def test_a_camera_that_goes_meanwhile_ends_the_check() -> None:
    play = Screen()
    play.to_gaze()
    play.feed(DeviceChanged(t=play.t, t_known=play.t, device=DeviceInfo(kind="camera", name="", state="lost")))
    play.run(SAY_S + 0.5)
    assert play.phase() == "greeting"


def test_eyes_that_are_started_anew_get_back_what_was_learned() -> None:
    play = Screen()
    play.to_gaze()
    play.feed(GazeLearned(t=play.t, t_known=play.t, calibration=OWN))
    play.feed(WorkerDied(t=play.t, t_known=play.t, worker="vision", reason="killed"))
    play.feed(WorkerReady(t=play.t, t_known=play.t, worker="vision", engines=(), generation=2))
    assert RestoreFace(neutral=b"a face", gaze=OWN) in play.effects


def test_a_core_that_comes_back_meanwhile_goes_on_with_the_greeting() -> None:
    play = Screen()
    play.to_check()
    play.feed(NeutralLearned(t=play.t, t_known=play.t, neutral=b"a face", is_good=True))
    play.feed(Continue(t=play.t, t_known=play.t))
    play.run(SAY_S + 1.0)
    assert play.phase() == "gaze_check"
    booth = BoothFound(t=0.0, t_known=0.0, generation=0, panel_mm=PANEL_MM)
    taken_up = machine.fold([booth, *play.journal])
    assert (taken_up.phase, taken_up.gaze_points) == ("gaze_check", play.state.gaze_points)
    resumed, _ = machine.step(taken_up, CoreResumed(t=play.t, t_known=play.t))
    assert resumed.phase == "greeting"


def test_a_journal_of_a_booth_that_checked_no_gaze_is_folded_without_it() -> None:
    play = Play()
    play.to_check()
    play.feed(NeutralLearned(t=play.t, t_known=play.t, neutral=b"a face", is_good=True))
    play.feed(Continue(t=play.t, t_known=play.t))
    booth = BoothFound(t=0.0, t_known=0.0, generation=0)
    assert machine.fold([booth, *play.journal]).phase == "greeting"


def test_a_new_candidate_begins_without_the_last_ones_gaze() -> None:
    play = Screen()
    play.to_gaze()
    play.feed(GazeLearned(t=play.t, t_known=play.t, calibration=OWN))
    play.feed(End(t=play.t, t_known=play.t))
    play.run(machine.GOODBYE_S + 10.0)
    play.feed(Continue(t=play.t, t_known=play.t))
    play.run(machine.GOODBYE_S + 1.0)
    assert (play.phase(), play.state.gaze, play.state.gaze_points) == ("attract", None, ())
    assert play.state.panel_mm == PANEL_MM
