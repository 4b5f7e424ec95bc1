"""Going on in the moment at which the turn was taken."""

from __future__ import annotations

import pytest

from greenroom.events import Done
from greenroom.interview import turns
from greenroom.interview.reopening import REACTION_S
from greenroom.interview.state import CutSpeech, SaveTurn, Say
from greenroom.records import TurnRecord
from interview.play import FULL, SAY_S, Play

MORE = "and later i became the one who teaches the others"
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
