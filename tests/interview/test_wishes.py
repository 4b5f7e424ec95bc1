"""Which words of a candidate are a wish and no answer, and how the interviewer meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview import wishes
from greenroom.interview.effects import FinishSession, SaveTurn
from greenroom.interview.personas import PERSONAS, hint_of
from greenroom.interview.wishes import wish
from greenroom.records import Style
from interview.play import FULL, SAY_S, Play

ANSWERS = Path(__file__).parent / "answers"
STYLES: tuple[Style, ...] = get_args(Style)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("sorry I don't understand the question", "rephrase"),
        ("what do you mean by that", "rephrase"),
        ("could you rephrase that please", "rephrase"),
        ("um can you give me a hint", "hint"),
        ("what should I say", "hint"),
        ("can you give me the answer", "hint"),
        ("I don't know", "unknown"),
        ("hmm no idea to be honest", "unknown"),
        ("I can't think of anything", "unknown"),
        ("I need to stop", "stop"),
        ("I can't do this anymore", "stop"),
        ("sorry I feel sick", "stop"),
        ("you are stupid", "abuse"),
        ("oh shut up", "abuse"),
        ("are you a robot", "aside"),
        ("how am I doing", "aside"),
        ("what's the weather like", "aside"),
    ],
)
def test_a_short_utterance_that_asks_for_something_is_a_wish(said: str, meant: str) -> None:
    assert wish(said.split()) == meant


@pytest.mark.parametrize(
    "said",
    [
        "",
        "yes I did that once",
        "I told my manager that the shop was closed",
        "in the lab I did not know the answer at first so I asked my teacher who showed me the book that had it",
        "he told me to shut up and I walked out of the room because I did not want to make it any worse than it was",
        "I do not want to stop working there",
        "we had to stop the machine because it was leaking and then I called the engineer who came in the morning",
    ],
)
def test_an_answer_is_no_wish_whatever_it_speaks_of(said: str) -> None:
    assert wish(said.split()) is None


def test_none_of_the_written_answers_is_taken_for_a_wish() -> None:
    for name in ("tuning.json", "held_out.json"):
        for answer in json.loads((ANSWERS / name).read_text()):
            words = answer["answer"].split()
            assert [wish(words[:n]) for n in range(15, len(words) + 1) if wish(words[:n])] == []


def test_the_wish_to_stop_counts_at_the_end_of_a_long_answer_too() -> None:
    assert wish(f"{FULL} and sorry I can't go on".split()) == "stop"
    assert wish(f"{FULL} I can't go on with this story without the name".split()) is None


@given(st.lists(st.text(max_size=12), max_size=30))
def test_any_words_give_a_wish_or_none(words: list[str]) -> None:
    assert wish(words) in (None, *wishes.WAIT_S)


# --- how it is met ---


def asked(words: str, *, questions: int = 2) -> Play:
    play = Play(questions=questions)
    play.to_question()
    play.say(words, 1.0)
    play.run(2.5)
    return play


def turns_saved(play: Play) -> list[SaveTurn]:
    return [effect for effect in play.effects if isinstance(effect, SaveTurn)]


def test_other_words_are_found_for_a_question_that_is_not_understood_and_the_answer_begins_anew() -> None:
    play = asked("what do you mean by that")
    question = play.plan.questions[0]
    last = play.said()[-1]
    assert last.cue == f"repeat:{question.id}"
    assert last.text == f"{PERSONAS['supportive'].rephrase_preface} {question.rephrased}"
    play.run(SAY_S)
    play.say(FULL, 3.0)
    play.run(2.0)
    assert [word.text for word in turns_saved(play)[0].turn.words] == FULL.split()


def test_who_asks_for_the_answer_gets_a_hint_and_never_the_answer() -> None:
    play = asked("can you give me the answer")
    assert play.said()[-1].text == f"{PERSONAS['supportive'].no_answer} {hint_of(play.plan.questions[0])}"
    assert play.phase() == "listening"
    assert turns_saved(play) == []


def test_who_knows_nothing_is_helped_twice_and_then_the_question_is_left() -> None:
    play = asked("I don't know")
    texts = [play.said()[-1].text]
    for _ in range(2):
        play.run(SAY_S)
        play.say("I don't know", 1.0)
        play.run(2.5)
        texts.append(play.said()[-1].text)
    hint = f"{PERSONAS['supportive'].encouragement} {hint_of(play.plan.questions[0])}"
    assert texts[:2] == [hint, hint]
    assert texts[2].startswith(PERSONAS["supportive"].skipped)
    assert turns_saved(play)[0].turn.ended_by == "skip"


def test_an_answer_that_only_begins_with_i_do_not_know_is_an_answer() -> None:
    play = Play()
    play.to_question()
    play.say("I don't know", 1.0)
    play.run(1.0)
    play.say(FULL, 3.0)
    play.run(2.0)
    assert len(turns_saved(play)[0].turn.words) == 3 + len(FULL.split())


def test_who_cannot_go_on_is_let_go_kindly_and_keeps_what_was_answered() -> None:
    play = Play(questions=3)
    play.to_question()
    play.say(FULL, 3.0)
    play.run(1.5 + 2 * SAY_S)
    play.say("sorry I need to stop", 1.0)
    play.run(1.5)
    assert play.said()[-1].text == PERSONAS["supportive"].stopping
    play.run(SAY_S + 0.5)
    assert play.phase() == "report"
    assert [effect.is_complete for effect in play.effects if isinstance(effect, FinishSession)] == [False]
    assert next(effect.turn.turn for effect in turns_saved(play) if effect.turn.words) == 1


def test_abuse_is_warned_of_once_and_then_ends_the_interview() -> None:
    play = asked("you are stupid")
    assert play.said()[-1].text.startswith(PERSONAS["supportive"].warning)
    play.run(SAY_S)
    play.say("shut up", 1.0)
    play.run(1.5)
    assert play.said()[-1].text == PERSONAS["supportive"].enough
    play.run(SAY_S + 0.5)
    assert play.phase() == "report"


def test_talk_of_something_else_leads_back_to_the_question() -> None:
    play = asked("are you a robot")
    question = play.plan.questions[0]
    assert play.said()[-1].text == f"{PERSONAS['supportive'].aside} {question.text}"


@pytest.mark.parametrize("style", STYLES)
def test_every_interviewer_has_words_for_every_wish(style: Style) -> None:
    persona = PERSONAS[style]
    for text in (persona.rephrase_preface, persona.no_answer, persona.encouragement, persona.aside, persona.warning,
                 persona.enough, persona.stopping):
        assert 5 <= len(text) <= 140
    assert 0.5 <= persona.patience <= 1.5
    assert persona.depth in (1, 2)
