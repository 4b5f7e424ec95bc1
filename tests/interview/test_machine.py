"""The interview as a whole, in words and times."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenroom.events import (
    Begin,
    CoreResumed,
    Done,
    End,
    Pause,
    Repeat,
    Resume,
    Skip,
    WorkerDied,
    WorkerReady,
)
from greenroom.interview import machine, turns
from greenroom.interview.effects import (
    CutSpeech,
    DropSession,
    FinishSession,
    OpenEars,
    PauseSpeech,
    RestoreVoice,
    ResumeSpeech,
    SaveTurn,
    SetListening,
)
from interview.play import FULL, SAY_S, Play


def saved(play: Play) -> list[SaveTurn]:
    return [e for e in play.effects if isinstance(e, SaveTurn)]


def test_a_whole_interview_goes_from_attract_to_report_and_back() -> None:
    play = Play(questions=2)
    play.to_question()
    for _ in range(2):
        play.say(FULL, 3.0)
        play.run(1.5 + SAY_S)
    play.run(SAY_S + 1)
    assert play.phase() == "report"
    assert [s.cue.split(":")[0] for s in play.said()] == ["check", "greeting", "question", "question", "closing"]
    assert {e.turn.turn for e in saved(play)} == {1, 2}
    assert any(isinstance(e, FinishSession) and e.is_complete for e in play.effects)
    play.feed(End(t=play.t, t_known=play.t))
    play.run(5)
    assert play.phase() == "attract"
    assert any(isinstance(e, DropSession) for e in play.effects)


def test_the_journal_gives_the_state_back() -> None:
    play = Play(questions=2, follow_ups=True)
    play.to_question()
    play.say(FULL)
    play.run(4)
    again = machine.fold(play.journal)
    assert msgspec.structs.replace(again, now_t=0) == msgspec.structs.replace(play.state, now_t=0)


def test_a_follow_up_is_asked_once_a_question() -> None:
    play = Play(questions=1, follow_ups=True)
    play.to_question()
    play.say(FULL)
    play.run(2 + SAY_S)
    play.say(FULL)
    play.run(2 + SAY_S)
    assert [s.cue.split(":")[0] for s in play.said()][2:] == ["question", "follow_up", "closing"]


@pytest.mark.parametrize(("text", "taken_s"), [(FULL, 0.7), ("i worked there for two years because", 6.0)])
def test_the_wait_follows_the_words(text: str, taken_s: float) -> None:
    play = Play()
    play.to_question()
    play.run(4)
    ended_t = play.say(text, 2.0)
    play.run(8)
    assert saved(play)[0].turn.committed_t - ended_t == pytest.approx(taken_s, abs=0.1)


def test_a_pause_after_let_me_think_is_met_with_patience_not_with_the_next_question() -> None:
    play = Play()
    play.to_question()
    play.say("well let me think")
    play.run(7.0)
    assert not saved(play)
    play.run(2.0)
    assert play.said()[-1].cue == "reprompt"
    assert not saved(play)


def test_after_um_a_word_of_encouragement_comes_before_the_turn_is_taken() -> None:
    play = Play()
    play.to_question()
    play.say("i worked in a small shop and um")
    play.run(5.0)
    assert not saved(play)
    play.run(1.5)
    assert play.said()[-1].cue == "reprompt"
    play.run(SAY_S + 7.0)
    assert saved(play)[0].turn.ended_by == "cap"


def test_silence_is_met_with_three_gentle_words_and_then_the_next_question() -> None:
    play = Play()
    play.to_question()
    play.run(60)
    assert [s.cue for s in play.said()].count("reprompt") == 3
    assert saved(play)[0].turn.ended_by == "lost"
    assert saved(play)[0].turn.words == ()


def test_done_ends_the_turn_at_once_with_the_words_on_their_way() -> None:
    play = Play()
    play.to_question()
    play.voice_on()
    play.run(1)
    play._words[play._segment] = play._spoken("my answer is short because")
    play.feed(Done(t=play.t, t_known=play.t, turn=1))
    asked_t = play.t
    play.run(0.5)
    turn = saved(play)[0].turn
    assert (turn.ended_by, len(turn.words)) == ("done", 5)
    assert turn.committed_t - asked_t < 0.2


def test_done_for_another_turn_changes_nothing() -> None:
    play = Play()
    play.to_question()
    play.feed(Done(t=play.t, t_known=play.t, turn=7))
    play.run(1)
    assert not saved(play)


def test_skip_goes_on_without_an_answer() -> None:
    play = Play()
    play.to_question()
    play.feed(Skip(t=play.t, t_known=play.t, turn=1))
    play.run(1)
    assert saved(play)[0].turn.ended_by == "skip"
    assert play.state.position == 1


def test_repeat_keeps_what_was_said() -> None:
    play = Play()
    play.to_question()
    play.say("at first i worked in a shop and")
    play.feed(Repeat(t=play.t, t_known=play.t))
    play.run(SAY_S + 0.3)
    assert play.said()[-1].cue.startswith("repeat:")
    play.say(FULL)
    play.run(2)
    assert len(saved(play)[0].turn.words) == 8 + len(FULL.split())


def test_a_pause_closes_the_microphone_and_the_same_turn_goes_on() -> None:
    play = Play()
    play.to_question()
    play.feed(Pause(t=play.t, t_known=play.t))
    assert play.phase() == "paused"
    assert play.effects[-1] == SetListening(is_open=False)
    play.run(30)
    assert not saved(play)
    play.feed(Resume(t=play.t, t_known=play.t))
    assert play.phase() == "listening"
    assert SetListening(is_open=True) in play.effects


@pytest.mark.parametrize(("phase", "seconds"), [("consent", 130), ("paused", 310), ("report", 190)])
def test_a_screen_that_is_left_alone_does_not_wait_for_the_next_candidate(phase: str, seconds: float) -> None:
    play = Play(questions=1)
    if phase == "consent":
        play.feed(Begin(t=play.t, t_known=play.t))
    else:
        play.to_question()
        play.say(FULL)
        play.run(1.5 + 2 * SAY_S if phase == "report" else 0.1)
    if phase == "paused":
        play.feed(Pause(t=play.t, t_known=play.t))
    assert play.state.phase == phase
    play.run(seconds + 190 if phase == "paused" else seconds)
    play.run(10)
    assert play.state.phase == "attract"


def interrupting() -> Play:
    """A candidate who begins to speak in the middle of the second question."""
    play = Play()
    play.to_question()
    play.say(FULL)
    play.run(1.5)
    assert play.phase() == "asking"
    play.cue = play.said()[-1].cue
    play.effects.clear()
    play.voice_on()
    return play


def test_a_word_over_the_question_cuts_it_and_history_holds_what_was_heard() -> None:
    play = interrupting()
    play.run(0.2)
    play.hear("actually i")
    play.run(turns.BARGE_CUT_S - 0.2)
    assert any(isinstance(e, CutSpeech) for e in play.effects)
    assert play.phase() == "listening"
    assert play.state.lines[-1].was_cut
    assert play.state.lines[-1].heard_text != play.state.lines[-1].text


def test_a_voice_that_stays_cuts_without_a_word() -> None:
    play = interrupting()
    play.run(turns.BARGE_CUT_S)
    assert any(isinstance(e, CutSpeech) for e in play.effects)


def test_a_cough_pauses_and_the_question_goes_on() -> None:
    play = interrupting()
    play.run(0.2)
    play.voice_off("")
    play.run(0.5)
    kinds = [type(e) for e in play.effects]
    assert PauseSpeech in kinds
    assert ResumeSpeech in kinds
    assert CutSpeech not in kinds


def test_a_backchannel_does_not_take_the_floor() -> None:
    play = interrupting()
    play.run(0.15)
    play.hear("okay")
    play.run(0.15)
    play.voice_off("okay")
    play.run(0.5)
    assert not any(isinstance(e, CutSpeech) for e in play.effects)


def test_the_first_sample_of_the_next_question_completes_the_stages() -> None:
    play = Play()
    play.to_question()
    play.say(FULL)
    play.run(2)
    last = saved(play)[-1].turn
    assert [s.name for s in last.stages][-2:] == ["turn taken", "first sample heard"]
    assert last.stages[-1].at_s > last.stages[-2].at_s > 0


def died(worker: str, t: float, *, is_lost: bool = False) -> WorkerDied:
    return WorkerDied(t=t, t_known=t, worker=worker, reason="test", is_lost=is_lost)  # type: ignore[arg-type]


def ready(worker: str, t: float) -> WorkerReady:
    return WorkerReady(t=t, t_known=t, worker=worker, generation=2, engines=())  # type: ignore[arg-type]


def test_a_lost_recogniser_gets_its_mean_and_its_segment_back_and_the_turn_waits() -> None:
    play = Play()
    play.to_question()
    play.voice_on()
    play.run(1)
    play.feed(died("hearing", play.t))
    assert play.state.notice is not None
    play.run(6)
    assert not saved(play)
    play.effects.clear()
    play.feed(ready("hearing", play.t))
    assert RestoreVoice(mean=(1.0, 2.0)) in play.effects
    assert any(isinstance(e, OpenEars) and e.is_again for e in play.effects)
    play.run(5)
    assert play.state.notice is None


def test_a_question_that_was_cut_off_by_a_dead_sound_system_is_said_again() -> None:
    play = interrupting()
    play.feed(died("audio", play.t))
    play.run(0.5)
    play.feed(ready("audio", play.t))
    play.run(SAY_S + 0.5)
    assert play.said()[-1].cue == play.cue
    assert play.phase() == "listening"


def test_after_a_restart_of_core_the_open_question_is_asked_again() -> None:
    play = Play()
    play.to_question()
    play.say(FULL)
    play.run(3)
    state = machine.fold(play.journal)
    state, effects = machine.step(state, CoreResumed(t=play.t + 3, t_known=play.t + 3))
    assert state.turn == 2
    assert [e.cue for e in effects if hasattr(e, "cue")] == [play.said()[-1].cue]


_MOVES = st.lists(st.sampled_from(["speak", "wait", "long", "cough", "done", "skip", "repeat", "pause", "resume",
                                   "audio", "hearing", "end"]), max_size=12)


@given(_MOVES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_turns_are_saved_in_order_and_the_journal_holds(moves: list[str]) -> None:
    play = Play(questions=2)
    play.to_question()
    for move in moves:
        t = play.t
        match move:
            case "speak":
                play.say(FULL, 1.0)
            case "wait":
                play.run(1.3)
            case "long":
                play.run(6)
            case "cough":
                play.say("", 0.3)
            case "done":
                play.feed(Done(turn=play.state.turn, t=t, t_known=t))
            case "skip":
                play.feed(Skip(t=t, t_known=t, turn=play.state.turn))
            case "repeat":
                play.feed(Repeat(t=t, t_known=t))
            case "pause":
                play.feed(Pause(t=t, t_known=t))
            case "resume":
                play.feed(Resume(t=t, t_known=t))
            case "audio" | "hearing":
                play.feed(died(move, play.t))
                play.run(0.5)
                play.feed(ready(move, play.t))
            case "end":
                play.feed(End(t=t, t_known=t))
    numbers = [e.turn.turn for e in saved(play)]
    assert numbers == sorted(numbers)
    again = machine.fold(play.journal)
    assert msgspec.structs.replace(again, now_t=0) == msgspec.structs.replace(play.state, now_t=0)
