"""Whatever fails or is pressed, the interview goes on, ends, or says that it cannot; it never stands still."""

from __future__ import annotations

import msgspec
import pytest

from greenroom.events import (
    AudioGap,
    Continue,
    CoreResumed,
    DeviceChanged,
    Done,
    End,
    Pause,
    Repeat,
    Resume,
    Skip,
    Stay,
    VoiceStopped,
    WorkerDied,
    WorkerName,
    WorkerReady,
)
from greenroom.interview import machine, turns
from greenroom.interview.effects import CloseEars, CutSpeech, DropSession, FinishSession, OpenEars, SaveTurn
from greenroom.records import DeviceInfo, TurnRecord
from interview.play import FULL, SAY_S, Play


def saved(play: Play) -> list[TurnRecord]:
    return list({e.turn.turn: e.turn for e in play.effects if isinstance(e, SaveTurn)}.values())


def asked(questions: int = 2) -> Play:
    play = Play(questions=questions)
    play.to_question()
    return play


def notice(play: Play) -> str:
    return play.state.notice.code if play.state.notice is not None else ""


def lose(play: Play, worker: WorkerName) -> None:
    play.feed(WorkerDied(t=play.t, t_known=play.t, worker=worker, reason="test", is_lost=True))


def die(play: Play, worker: WorkerName) -> None:
    play.feed(WorkerDied(t=play.t, t_known=play.t, worker=worker, reason="test"))


def revive(play: Play, worker: WorkerName) -> None:
    play.feed(WorkerReady(t=play.t, t_known=play.t, worker=worker, generation=2, engines=()))


def microphone(play: Play, state: str) -> None:
    device = DeviceInfo(kind="microphone", name="USB", state="ok" if state == "ok" else "lost")
    play.feed(DeviceChanged(t=play.t, t_known=play.t, device=device))


def test_a_new_line_cuts_the_one_that_is_being_said() -> None:
    play = asked()
    play.say("i worked")
    play.run(0.5)
    play.feed(Pause(t=play.t, t_known=play.t))
    play.run(1.0)
    play.feed(Resume(t=play.t, t_known=play.t))
    play.run(0.5)
    welcome = play.said()[-1]
    play.feed(Done(t=play.t, t_known=play.t, turn=1))
    play.run(0.5)
    cuts = [e.job for e in play.effects if isinstance(e, CutSpeech)]
    assert welcome.job in cuts
    assert play.said()[-1].cue.startswith("question:")


def test_a_question_cut_off_by_the_plug_is_cut_before_it_is_said_again() -> None:
    play = Play()
    play.to_greeting()
    play.feed(Continue(t=play.t, t_known=play.t))
    play.run(0.6)
    first = play.said()[-1]
    microphone(play, "lost")
    play.run(1.0)
    microphone(play, "ok")
    play.run(SAY_S + 0.5)
    assert first.job in [e.job for e in play.effects if isinstance(e, CutSpeech)]
    assert play.said()[-1].text == first.text
    assert play.phase() == "listening"


@pytest.mark.parametrize("worker", ["hearing", "audio"])
def test_without_ears_for_good_the_interview_ends_with_what_was_answered(worker: WorkerName) -> None:
    play = asked()
    play.say(FULL)
    play.run(2.0 + SAY_S)
    play.voice_on()
    play.hear("then i")
    lose(play, worker)
    play.run(1.0)
    assert play.phase() == "report"
    assert [turn.ended_by for turn in saved(play)] == ["silence", "end"]
    assert [word.text for word in saved(play)[1].words] == ["then", "i"]
    assert notice(play) == f"{worker}-gone"
    assert not any(isinstance(e, FinishSession) and e.is_complete for e in play.effects)


def test_a_booth_without_ears_takes_no_candidate_until_they_are_back() -> None:
    play = Play()
    lose(play, "hearing")
    assert machine.allowed(play.state) == ()
    revive(play, "hearing")
    assert machine.allowed(play.state) == ("begin",)


def test_a_set_up_without_ears_says_goodbye() -> None:
    play = Play()
    play.to_check()
    lose(play, "audio")
    play.run(6.0)
    assert play.phase() == "attract"
    assert any(isinstance(e, DropSession) for e in play.effects)
    assert machine.allowed(play.state) == ()


def test_a_reader_that_is_gone_for_good_delays_no_turn() -> None:
    play = asked()
    lose(play, "language")
    play.run(1.0)
    ended_t = play.say(FULL)
    play.run(2.0)
    assert saved(play)[0].committed_t - ended_t < 1.0


def test_nobody_before_a_deaf_booth_is_left_alone_after_a_while() -> None:
    play = asked()
    play.say(FULL)
    play.run(2.0 + SAY_S)
    microphone(play, "lost")
    play.run(290.0)
    assert play.phase() == "listening"
    assert "stay" in machine.allowed(play.state)
    play.run(15.0)
    assert play.phase() == "report"


def test_a_touch_keeps_the_screen() -> None:
    play = asked()
    play.feed(Pause(t=play.t, t_known=play.t))
    play.run(275.0)
    assert notice(play) == "still-there"
    play.feed(Stay(t=play.t, t_known=play.t))
    play.run(1.0)
    assert notice(play) == ""
    play.run(250.0)
    assert play.phase() == "paused"
    play.run(60.0)
    assert play.phase() != "paused"


def test_a_paused_interview_stays_paused_when_the_sound_system_restarts() -> None:
    play = Play()
    play.to_greeting()
    play.feed(Continue(t=play.t, t_known=play.t))
    play.run(0.6)
    play.feed(Pause(t=play.t, t_known=play.t))
    die(play, "audio")
    play.run(1.0)
    revive(play, "audio")
    play.run(5.0)
    assert play.phase() == "paused"
    play.feed(Resume(t=play.t, t_known=play.t))
    play.run(SAY_S + 0.5)
    assert play.phase() == "listening"


def test_a_line_that_was_given_to_a_sound_system_not_yet_warm_is_said_again() -> None:
    play = Play()
    play.to_greeting()
    play.feed(Continue(t=play.t, t_known=play.t))
    line = play.said()[-1]
    revive(play, "audio")
    play.run(SAY_S + 0.5)
    assert play.said()[-1].text == line.text
    assert play.said()[-1].job != line.job
    assert play.phase() == "listening"


def test_a_core_that_comes_back_without_ears_ends_the_interview() -> None:
    play = asked()
    play.say(FULL)
    play.run(2.0 + SAY_S)
    play.state = msgspec.structs.replace(play.state, gone=("hearing",), lost=("hearing",))
    play.feed(CoreResumed(t=play.t, t_known=play.t))
    assert play.phase() == "report"


def test_a_voice_that_began_before_the_first_sample_takes_the_floor() -> None:
    play = asked()
    play.say(FULL)
    play.run(0.55)
    assert play.phase() == "thinking"
    play.voice_on()
    play.run(1.5)
    job = play.said()[-1].job
    assert job in [e.job for e in play.effects if isinstance(e, CutSpeech)]
    assert play.phase() == "listening"


@pytest.mark.parametrize("text", ["sorry can you repeat the question please", "could you say that again"])
def test_a_question_is_repeated_when_somebody_asks_for_it(text: str) -> None:
    play = asked()
    question = play.said()[-1].text
    play.say(text)
    play.run(4.5)
    assert not saved(play)
    assert play.said()[-1].cue.startswith("repeat:")
    assert play.said()[-1].text.endswith(question)
    play.run(SAY_S)
    play.say(FULL)
    play.run(1.5)
    (turn,) = saved(play)
    assert [word.text for word in turn.words] == FULL.split()


def test_a_question_is_skipped_when_somebody_asks_for_it() -> None:
    play = asked()
    play.say("skip this question please")
    play.run(4.5)
    (turn,) = saved(play)
    assert turn.ended_by == "skip"
    assert "No problem" in play.said()[-1].text


def test_start_is_understood_after_small_talk() -> None:
    play = Play()
    play.to_greeting()
    play.run(SAY_S)
    play.say("hi ada it is nice to meet you i had a look at the room before")
    play.run(1.0)
    assert play.phase() == "greeting"
    play.say("start")
    play.run(1.0)
    assert play.phase() == "asking"


def test_end_keeps_the_answer_that_was_being_given() -> None:
    play = asked(questions=1)
    play.voice_on()
    play.hear("i worked in a shop")
    play.feed(End(t=play.t, t_known=play.t))
    play.run(0.5)
    (turn,) = saved(play)
    assert turn.ended_by == "end"
    assert len(turn.words) == 5
    assert play.phase() == "report"


def test_end_during_the_last_words_is_a_whole_interview() -> None:
    play = asked(questions=1)
    play.say(FULL)
    play.run(1.5)
    assert play.phase() == "closing"
    play.feed(End(t=play.t, t_known=play.t))
    assert [e.is_complete for e in play.effects if isinstance(e, FinishSession)] == [True]


def test_a_pause_button_is_not_the_candidates_silence() -> None:
    play = asked()
    first_t = play.say("i worked in a small shop and then i")
    play.run(0.5)
    paused_t = play.t
    play.feed(Pause(t=play.t, t_known=play.t))
    play.run(240.0)
    play.feed(Resume(t=play.t, t_known=play.t))
    resumed_t = play.t
    play.run(SAY_S + 0.5)
    play.feed(Done(t=play.t, t_known=play.t, turn=1))
    play.run(1.0)
    (turn,) = saved(play)
    assert turn.pauses == ()
    assert turn.ended_t == pytest.approx(first_t)
    assert next((aside.start_t, aside.end_t) for aside in turn.asides) == pytest.approx((paused_t, resumed_t))


def test_the_interviewers_words_inside_an_answer_are_an_aside() -> None:
    play = asked()
    play.say("let me think")
    play.run(8.5)
    assert play.said()[-1].cue == "reprompt"
    play.run(SAY_S)
    play.say(FULL)
    play.run(2.0)
    (turn,) = saved(play)
    assert [aside.label for aside in turn.asides] == ["the interviewer spoke"]
    assert turn.pauses == ()


def test_lost_samples_are_a_gap_of_the_answer() -> None:
    play = asked()
    play.voice_on()
    play.run(1.0)
    play.feed(AudioGap(t=play.t - 0.5, t_known=play.t, length_s=0.25, reason="overflow"))
    play.voice_off(FULL)
    play.run(1.5)
    (turn,) = saved(play)
    (gap,) = turn.gaps
    assert gap.label == "overflow"
    assert gap.end_t - gap.start_t == pytest.approx(0.25)


def test_one_loss_that_is_told_twice_is_one_gap() -> None:
    play = asked()
    play.say("i worked in a small shop")
    lost_t = play.t
    microphone(play, "lost")
    play.run(3.0)
    microphone(play, "ok")
    play.feed(AudioGap(t=lost_t - 0.1, t_known=play.t, length_s=3.2, reason="device lost"))
    play.run(SAY_S + 0.3)
    play.say(FULL)
    play.run(2.0)
    (turn,) = saved(play)
    (gap,) = turn.gaps
    assert gap.label == "the microphone was gone"
    assert (gap.start_t, gap.end_t) == pytest.approx((lost_t - 0.1, lost_t + 3.1))


def test_who_talks_on_over_the_next_question_is_listened_to() -> None:
    play = asked()
    play.voice_on()
    play.run(0.5)
    play.feed(Skip(t=play.t, t_known=play.t, turn=1))
    play.run(1.5)
    assert play.phase() == "listening"
    assert play.state.turn == 2
    assert play.state.lines[-1].was_cut
    assert play.state.answer is not None
    assert play.state.answer.has_voice
    play.run(0.5)
    play.voice_off(FULL)
    play.run(SAY_S + 2)
    assert [turn.turn for turn in saved(play)] == [1, 2]
    assert " ".join(word.text for word in saved(play)[1].words) == FULL


def test_who_asks_for_the_question_while_speaking_is_heard_to_the_end() -> None:
    play = asked()
    play.run(1.0)
    segment = play.voice_on()
    play.run(2.0)
    play.hear("i worked in a small shop")
    play.feed(Repeat(t=play.t, t_known=play.t))
    play.run(0.1 + turns.BARGE_CUT_S + 0.1)
    assert play.phase() == "listening"
    play.run(15.0)
    assert not saved(play)
    play.voice_off(FULL)
    play.run(2.0)
    (opened,) = (e.job for e in play.effects if isinstance(e, OpenEars) and e.segment == segment)
    assert [e.job for e in play.effects if isinstance(e, CloseEars) and e.segment == segment] == [opened]
    (turn,) = saved(play)
    assert " ".join(word.text for word in turn.words) == FULL


def test_a_turn_is_not_taken_while_a_voice_is_on_that_nobody_has_begun_to_listen_to() -> None:
    play = asked()
    play.say(FULL)
    play.run(0.1)
    play.feed(Pause(t=play.t, t_known=play.t))
    play.voice_on()
    play.feed(Resume(t=play.t, t_known=play.t))
    play.run(SAY_S + 8.0)
    assert not saved(play)
    play.voice_off("")
    play.run(2.0)
    assert saved(play)


def test_a_voice_that_ended_before_the_question_began_does_not_interrupt_it() -> None:
    play = asked()
    play.voice_on()
    play.feed(Skip(t=play.t, t_known=play.t, turn=1))
    play.feed(VoiceStopped(t=play.t, t_known=play.t, segment=1))
    play.run(SAY_S / 2)
    assert play.phase() == "asking"
    play.run(SAY_S)
    assert not play.state.lines[-1].was_cut
