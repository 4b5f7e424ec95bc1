"""Going on in the moment at which the turn was taken."""

from __future__ import annotations

import pytest

from greenroom.events import Done, End, EndOfTurn, JobKey, Utterance
from greenroom.interview import turns
from greenroom.interview.effects import CutSpeech, SaveTurn, Say
from greenroom.interview.reopening import REACTION_S
from greenroom.records import TurnRecord
from interview.play import FULL, SAY_S, Play

MORE = "and later i became the one who teaches the others"
PART = "in my second year i worked in a small shop and when the owner fell ill i kept it open for a month"
"""What a slow recogniser has told when the turn is taken."""
STARTS_S = 0.1
"""From the wish to speak to the first sample."""


def saved(play: Play) -> list[TurnRecord]:
    return [e.turn for e in play.effects if isinstance(e, SaveTurn)]


def taken(questions: int = 2) -> Play:
    """A booth that has taken the first answer in this very moment."""
    play = Play(questions=questions)
    play.to_question()
    play.run(4)
    play.say(FULL, 2.0)
    while not saved(play):
        play.run(0.02)
    return play


def taken_early(*, by_hand: bool = False) -> tuple[Play, JobKey, int]:
    """The same before the last words are final, and under which key and number they will come."""
    play = Play()
    play.to_question()
    play.run(4)
    segment = play.voice_on()
    play.run(2)
    play.hear(PART)
    play.voice_off(FULL)
    play._due = [due for due in play._due if not isinstance(due[1], Utterance)]
    if by_hand:
        play.feed(Done(t=play.t, t_known=play.t, turn=1))
    while not saved(play):
        play.run(0.02)
    assert play.state.taken is not None
    return play, play.state.taken.answer.segments[-1].job, segment


def hear_late(play: Play, job: JobKey, segment: int) -> None:
    play.feed(Utterance(t=play.t, t_known=play.t, job=job, segment=segment, words=play._words[segment],
                        is_final=True))
    play.feed(EndOfTurn(t=play.t, t_known=play.t, job=job, segment=segment, pitch_st=-1.0))


def text_of(turn: TurnRecord) -> str:
    return " ".join(word.text for word in turn.words)


@pytest.mark.parametrize("is_back_first", [False, True])
def test_the_last_words_of_a_turn_that_is_given_back_are_in_it_whenever_they_come(is_back_first: bool) -> None:
    play, job, segment = taken_early()
    if is_back_first:
        play.voice_on()
        hear_late(play, job, segment)
    else:
        hear_late(play, job, segment)
        play.voice_on()
    assert play.state.answer is not None
    told = play.state.answer.segments[0]
    assert (told.is_final, told.is_judged, [word.text for word in told.words]) == (True, True, FULL.split())
    play.run(2)
    play.voice_off(MORE)
    play.run(5)
    assert text_of(saved(play)[-1]) == f"{FULL} {MORE}"


@pytest.mark.parametrize("by_hand", [False, True])
def test_words_that_come_after_their_turn_was_taken_are_kept_with_it(by_hand: bool) -> None:
    play, job, segment = taken_early(by_hand=by_hand)
    (first,) = saved(play)
    assert text_of(first) == PART
    play.run(1.0)
    hear_late(play, job, segment)
    last = saved(play)[-1]
    assert (last.turn, last.committed_t, text_of(last)) == (1, first.committed_t, FULL)
    assert last.stages[-1].name == "first sample heard"
    assert play.state.turns == 1
    assert play.state.answer is not None
    assert not play.state.answer.words


def test_words_that_come_when_the_report_is_made_come_too_late() -> None:
    play, job, segment = taken_early()
    play.feed(End(t=play.t, t_known=play.t))
    before = len(saved(play))
    hear_late(play, job, segment)
    assert len(saved(play)) == before


@pytest.mark.parametrize("questions", [1, 2])
def test_a_voice_that_was_there_before_the_interviewer_gets_its_turn_back(questions: int) -> None:
    play = taken(questions)
    cuts = sum(isinstance(e, CutSpeech) for e in play.effects)
    play.run(0.06)
    play.voice_on()
    assert sum(isinstance(e, CutSpeech) for e in play.effects) == cuts + 1
    assert (play.phase(), play.state.turn, play.state.position, play.state.turns) == ("listening", 1, 0, 0)
    play.run(2)
    play.voice_off(MORE)
    play.run(2 + SAY_S)
    assert [turn.turn for turn in saved(play)] == [1, *[1] * (len(saved(play)) - 1)]
    last = saved(play)[-1]
    assert " ".join(word.text for word in last.words) == f"{FULL} {MORE}"
    assert play.state.turns == 1
    assert play.phase() in ("listening", "report")


def test_a_voice_right_after_the_first_sample_is_no_reaction_either() -> None:
    play = taken()
    play.run(STARTS_S + 0.02 + REACTION_S)
    play.voice_on()  # 0.1 s ago
    assert (play.phase(), play.state.turn) == ("listening", 1)


def test_a_voice_after_that_is_a_barge_in_and_the_turn_stays_taken() -> None:
    play = taken()
    play.run(0.5)
    play.voice_on()
    assert play.state.turn == 2
    play.run(turns.BARGE_CUT_S)
    assert play.phase() == "listening"
    assert play.state.turn == 2


def test_a_turn_that_was_ended_by_hand_stays_ended() -> None:
    play = Play()
    play.to_question()
    play.run(4)
    play.say(FULL, 2.0)
    play.run(0.2)
    play.feed(Done(t=play.t, t_known=play.t, turn=1))
    while not saved(play):
        play.run(0.02)
    play.voice_on()
    assert play.state.turn == 2


def test_the_question_that_was_prepared_is_asked_after_the_rest_of_the_answer() -> None:
    play = taken()
    play.run(0.06)
    play.voice_on()
    play.run(2)
    play.voice_off(MORE)
    play.run(2)
    asked = [e for e in play.effects if isinstance(e, Say) and e.cue.startswith("question:")]
    assert len(asked) == 3
    assert asked[1].cue == asked[2].cue
    assert asked[1].job != asked[2].job
