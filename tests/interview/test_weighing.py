"""How the sound of an ending moves the moment at which a turn is taken, and what is kept of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from greenroom.events import (
    Done,
    EndOfTurn,
    JobKey,
    PlayoutStarted,
    Skip,
    Utterance,
    WorkerDied,
    WorkerReady,
)
from greenroom.interview.effects import SaveTurn
from greenroom.interview.endpointing import BRIEF_S, WAIT_S
from greenroom.interview.turns import FINAL_GRACE_S
from greenroom.interview.weighing import JUDGED_BY_S, weigh
from greenroom.records import TurnRecord
from interview.play import FULL, SAY_S, Play


def listening(*, with_model: bool = True, follow_ups: bool = False) -> Play:
    play = Play(follow_ups=follow_ups)
    play.to_question()
    if with_model:
        play.feed(EndOfTurn(t=0, t_known=0, job=JobKey(0), segment=1, pitch_st=-1.0))
    play.run(4)
    return play


def say(play: Play, text: str, pitch_st: float | None = None, model_p: float | None = None,
        end_p: float | None = None) -> float:
    """An answer, and how it ends 0.2 s after the final words; its last voiced sample."""
    ended_t = play.say(text, 2.0)
    play.run(0.3)
    answer = play.state.answer
    assert answer is not None
    play.feed(EndOfTurn(t=ended_t, t_known=play.t, job=answer.segments[-1].job, segment=answer.segments[-1].n,
                        model_p=model_p, pitch_st=pitch_st, end_p=end_p))
    return ended_t


def held_back(play: Play, heard: str, whole: str) -> tuple[float, Utterance]:
    """An answer of which a busy recogniser has told only a part when it ends: its last voiced sample, and the final
    utterance that is on its way."""
    play.voice_on()
    play.run(2)
    play.hear(heard)
    ended_t = play.voice_off(whole)
    (final,) = (event for _, event in play._due if isinstance(event, Utterance))
    play._due = [due for due in play._due if due[1] is not final]
    return ended_t, final


def saved(play: Play) -> list[TurnRecord]:
    return [e.turn for e in play.effects if isinstance(e, SaveTurn)]


@pytest.mark.parametrize(("pitch_st", "tier"), [(-1.2, "complete"), (0.1, "unsure"), (2.0, "incomplete")])
def test_the_wait_follows_how_the_voice_ended(pitch_st: float, tier: str) -> None:
    play = listening()
    ended_t = say(play, FULL, pitch_st, 0.5)
    play.run(8)
    assert saved(play)[0].committed_t - ended_t == pytest.approx(WAIT_S[tier], abs=0.05)  # type: ignore[index]  # tiers


def test_the_first_sentence_of_a_story_is_not_taken_for_the_whole_and_that_of_a_follow_up_is() -> None:
    play = listening()
    ended_t = say(play, "i worked in a small shop and i learned to deal with people", -1.2, 0.9)
    play.run(8)
    assert saved(play)[0].committed_t - ended_t == pytest.approx(BRIEF_S, abs=0.05)
    play = listening(follow_ups=True)
    say(play, FULL, -1.2, 0.9)
    play.run(SAY_S + 2.0)
    assert play.state.is_follow_up
    ended_t = say(play, "i worked in a small shop and i learned to deal with people", -1.2, 0.9)
    play.run(8)
    assert saved(play)[-1].committed_t - ended_t == pytest.approx(WAIT_S["complete"], abs=0.05)


def test_words_that_a_sentence_seldom_ends_with_make_the_wait_longer() -> None:
    waits = []
    for end_p in (0.2, 0.005):
        play = listening()
        ended_t = say(play, FULL, 0.2, 0.5, end_p)
        play.run(8)
        (ending,) = saved(play)[0].endings
        assert ending.end_p == end_p
        waits.append(saved(play)[0].committed_t - ended_t)
    assert waits == pytest.approx([WAIT_S["unsure"], WAIT_S["incomplete"]], abs=0.05)


def test_a_turn_is_not_taken_before_the_model_has_spoken() -> None:
    play = listening()
    ended_t = play.say(FULL, 2.0)
    play.run(WAIT_S["complete"] + 0.1 - 0.22)
    assert not saved(play)
    play.run(8)
    assert saved(play)[0].committed_t - ended_t == pytest.approx(JUDGED_BY_S, abs=0.05)


@pytest.mark.parametrize("late_s", [1.0, 2.0, 3.5])
def test_words_that_sound_whole_are_not_taken_while_the_last_one_is_on_its_way(late_s: float) -> None:
    play = listening()
    ended_t, final = held_back(play, FULL, f"{FULL} because")
    play.run(late_s)
    assert not saved(play)
    play.feed(final)
    play.feed(EndOfTurn(t=play.t, t_known=play.t, job=final.job, segment=final.segment, model_p=0.01, pitch_st=0.5))
    play.run(8)
    turn = saved(play)[0]
    assert turn.words[-1].text == "because"
    assert turn.committed_t - ended_t == pytest.approx(WAIT_S["incomplete"], abs=0.05)


def test_a_recogniser_that_never_finishes_is_waited_for_within_bounds() -> None:
    play = listening()
    ended_t, _ = held_back(play, FULL, f"{FULL} because")
    play.run(8)
    turn = saved(play)[0]
    assert turn.words[-1].text == "day"
    assert FINAL_GRACE_S <= turn.committed_t - ended_t <= JUDGED_BY_S + 0.05


def test_where_there_is_no_model_nobody_waits_for_it() -> None:
    play = listening(with_model=False)
    ended_t = play.say(FULL, 2.0)
    play.run(8)
    assert saved(play)[0].committed_t - ended_t == pytest.approx(WAIT_S["complete"], abs=0.05)


def test_every_silence_leaves_a_trace() -> None:
    play = listening()
    say(play, FULL, 2.0, 0.1)
    play.run(2.5)
    ended_t = say(play, "and that was very good for me", -1.2, 0.9)
    play.run(4)
    first, last = saved(play)[0].endings
    assert (first.category, first.pitch_st, first.model_p, first.wait_s) == ("complete", 2.0, 0.1, WAIT_S["incomplete"])
    assert first.went_on_s == pytest.approx(2.5 + 0.22 + 0.3 - 0.1, abs=0.05)
    assert first.score is not None
    assert last.went_on_s is None
    assert last.t == pytest.approx(ended_t)
    assert last.words == len(FULL.split()) + 7
    assert last.score is not None
    assert last.score > first.score


def test_a_candidate_whose_answers_end_high_is_soon_answered_sooner() -> None:
    play = Play(questions=4)
    play.to_question()
    waits = []
    for _ in range(4):
        ended_t = say(play, FULL, 1.6, 0.4)
        play.run(7 + SAY_S)
        waits.append(saved(play)[-1].committed_t - ended_t)
    assert waits[0] == pytest.approx(WAIT_S["incomplete"], abs=0.05)
    assert waits[-1] < 2.0
    assert play.state.own_end_st > 0.5


def test_a_cough_after_the_sentence_says_nothing_about_it() -> None:
    play = listening()
    ended_t = say(play, FULL, -1.2, 0.9)
    play.run(0.1)
    play.voice_on()
    play.run(0.1)
    coughed_t = play.voice_off("")
    play.run(4)
    assert saved(play)[0].committed_t - coughed_t == pytest.approx(WAIT_S["complete"], abs=0.1)
    assert saved(play)[0].committed_t > ended_t


def test_a_line_that_is_broken_off_is_no_pause_of_who_breaks_it_off() -> None:
    play = listening(with_model=False)
    play.say("let me think")
    play.run(8.0)
    assert play.said()[-1].cue == "reprompt"
    spoken_s = play.t - next(e.t for e in reversed(play.journal) if isinstance(e, PlayoutStarted))
    play.run(1.5 - spoken_s)
    play.voice_on()
    answer = play.state.answer
    assert answer is not None
    ending = answer.endings[-1]
    assert ending.went_on_s == pytest.approx(play.t - 0.1 - ending.t - 1.4, abs=0.05)


def test_a_recogniser_that_comes_back_without_a_turn_model_makes_nobody_wait_for_it() -> None:
    play = listening()
    play.feed(WorkerDied(t=play.t, t_known=play.t, worker="hearing", reason="test"))
    play.feed(WorkerReady(t=play.t, t_known=play.t, worker="hearing", generation=2, engines=()))
    ended_t = play.say(FULL, 2.0)
    play.run(8)
    assert saved(play)[0].committed_t - ended_t == pytest.approx(WAIT_S["complete"], abs=0.05)


@pytest.mark.parametrize("command", [Done, Skip])
def test_a_silence_that_the_candidate_ended_by_hand_was_not_taken_and_teaches_nothing(
        command: type[Done | Skip]) -> None:
    play = listening()
    say(play, f"{FULL} and then i", 2.0, 0.1)
    play.feed(command(t=play.t, t_known=play.t, turn=1))
    play.run(1)
    assert saved(play)[-1].endings == ()
    assert play.state.own_end_st == 0.0


@pytest.mark.parametrize("has_cough", [False, True])
def test_a_filled_pause_is_met_with_patience_whatever_sounds_after_it(has_cough: bool) -> None:
    play = listening(with_model=False)
    play.voice_on()
    play.run(2.0)
    play.voice_off(FULL)
    play._due = [(at_t, replace(due, ends_in_filler=True) if isinstance(due, Utterance) else due)
                 for at_t, due in play._due]
    play.run(0.3)
    if has_cough:
        play.voice_on()
        play.run(0.1)
        play.voice_off("")
    play.run(WAIT_S["filler"] - 1.0)
    assert not saved(play)
    answer = play.state.answer
    assert answer is not None
    assert weigh(play.state, answer)[1].category == "filler"
