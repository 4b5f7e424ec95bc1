"""A room in which something is taken for a voice: a fan, a radio, the street. Nobody says a word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from greenroom.interview import machine, turns
from greenroom.interview.answering import MAX_WORDLESS
from greenroom.interview.effects import CloseEars, OpenEars, SaveTurn
from greenroom.records import TurnRecord
from interview.play import FULL, SAY_S, Play


def saved(play: Play) -> list[TurnRecord]:
    return list({e.turn.turn: e.turn for e in play.effects if isinstance(e, SaveTurn)}.values())


def listening(questions: int = 1) -> Play:
    play = Play(questions)
    play.to_question()
    assert play.phase() == "listening"
    play.effects.clear()
    return play


def knock(play: Play) -> None:
    """Something that lasts for half a second, every 4 s."""
    play.voice_on()
    play.run(0.5)
    play.voice_off("")
    play.run(3.28)


def hum(play: Play) -> None:
    """Something that never ends."""
    if play.state.voice is None:
        play.voice_on()
    play.run(4.0)


def prompts(play: Play) -> int:
    return sum(said.cue == "reprompt" for said in play.said())


@pytest.mark.parametrize("noise", [knock, hum])
def test_an_interview_that_its_candidate_has_left_comes_to_its_end(noise: Callable[[Play], None]) -> None:
    play = listening(questions=2)
    while play.phase() in ("thinking", "asking", "listening", "closing"):
        noise(play)
        assert play.t < 400.0, play.state
    assert play.phase() == "report"
    assert [turn.ended_by for turn in saved(play)] == ["lost", "lost"]
    assert prompts(play) == 2 * turns.MAX_PROMPTS


def test_sounds_without_words_do_not_put_off_a_kind_word() -> None:
    play = listening()
    asked_t = play.t
    while not prompts(play):
        knock(play)
    assert play.t - asked_t < turns.FIRST_WORD_S + 8.0


def test_a_voice_that_may_still_become_words_is_waited_for() -> None:
    play = listening()
    play.run(turns.FIRST_WORD_S - 1.0)
    play.voice_on()
    play.run(5.0)
    assert not prompts(play)
    play.voice_off(FULL)
    play.run(1.5)
    assert not prompts(play)
    assert " ".join(word.text for word in saved(play)[0].words) == FULL


def test_words_of_a_sound_that_has_just_ended_are_waited_for() -> None:
    play = listening()
    play.run(turns.FIRST_WORD_S - 1.0)
    play.voice_on()
    play.run(0.8)
    play.voice_off(FULL)
    assert not prompts(play)
    play.run(1.5)
    assert not prompts(play)
    assert saved(play)


def test_a_noise_that_goes_on_after_an_answer_is_no_part_of_it() -> None:
    play = listening()
    segment = play.voice_on()
    play.run(3.0)
    play.hear(FULL)
    said_t = play.t
    play._words[segment] = play.state.answer.words if play.state.answer is not None else ()
    play.run(turns.WORDLESS_S + 10.0)
    turn = saved(play)[0]
    assert turn.ended_by == "silence"
    assert turn.committed_t - said_t == pytest.approx(turns.WORDLESS_S, abs=0.1)
    assert turn.ended_t == pytest.approx(said_t)
    opened, closed = ([(e.job, e.segment) for e in play.effects if isinstance(e, kind)]
                      for kind in (OpenEars, CloseEars))
    assert opened[0] in closed


def test_an_answer_of_which_words_come_is_never_noise() -> None:
    play = listening()
    play.voice_on()
    for n in range(8):
        play.hear(" ".join(["word"] * (n + 1)))
        play.run(turns.WORDLESS_S - 1.0)
    assert not saved(play)
    assert not prompts(play)


def test_a_greeting_that_only_a_noise_answers_ends_by_itself() -> None:
    play = Play()
    play.to_greeting()
    play.run(SAY_S)
    play.voice_on()
    play.run(turns.WORDLESS_S + 5.0)
    assert prompts(play) == 1
    play.run(machine.IDLE_S + 10.0)
    assert play.phase() == "attract"


def test_what_is_kept_of_sounds_without_words_is_bounded() -> None:
    play = listening()
    play.say("let me think")
    for _ in range(2 * MAX_WORDLESS):
        play.voice_on()
        play.run(0.06)
        play.voice_off("")
    answer = play.state.answer
    assert answer is not None
    assert [word.text for word in answer.words] == ["let", "me", "think"]
    assert len(answer.segments) <= MAX_WORDLESS + 2
