from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.questions import load_packs
from greenroom.language import scripted
from greenroom.records import SCRIPTED, FollowUpHook

INTENTS = ("example", "numbers", "role", "result", "reflection", "tradeoff", "clarify")
HOOKS = tuple(msgspec.convert({"id": i, "text": f"Ask for {i}?", "intent": i}, FollowUpHook) for i in INTENTS)
FULL = (
    "for example last year we were six people and i wrote the plan instead of waiting for somebody to do it "
    "and in the end we finished nine days early so i learned to begin at once"
)


def chosen(answer: str, *intents: str) -> str:
    hooks = tuple(hook for hook in HOOKS if not intents or hook.intent in intents)
    return scripted.choose(answer, hooks)[0]


def without(*phrases: str) -> str:
    answer = FULL
    for phrase in phrases:
        assert phrase in answer
        answer = answer.replace(phrase, "")
    return answer


def test_an_answer_that_covers_everything_gets_no_follow_up() -> None:
    assert chosen(FULL) == ""


@pytest.mark.parametrize(
    ("answer", "hook"),
    [
        (without("six ", "nine "), "numbers"),
        (without("i wrote", "i learned").replace("we were", "we were and learned"), "role"),
        (without("in the end", "finished"), "result"),
        (without("i learned"), "reflection"),
        (without("instead of waiting"), "tradeoff"),
        ("it was good for all of us", "example"),
    ],
)
def test_the_follow_up_asks_for_what_is_missing(answer: str, hook: str) -> None:
    assert chosen(answer) == hook


def test_a_short_answer_without_a_hook_for_examples_is_asked_to_be_clear() -> None:
    assert chosen("it was good", "clarify", "numbers") == "clarify"


@pytest.mark.parametrize("answer", ["", "um", "no idea"])
def test_nothing_said_is_not_followed_up(answer: str) -> None:
    assert chosen(answer) == ""


def test_without_hooks_there_is_nothing_to_ask() -> None:
    assert scripted.choose("it was good for me", ()) == ("", "")


def test_the_wording_is_the_packs_own() -> None:
    assert scripted.choose("it was good for me", HOOKS) == ("example", "Ask for example?")


def test_a_booth_without_a_model_says_so_and_why() -> None:
    assert scripted.engine().detail == "rules instead of a language model"
    assert scripted.engine("no room").detail == "rules instead of a language model: no room"
    assert (scripted.engine().name, scripted.engine().is_first_choice) == (SCRIPTED, False)


@given(st.text(max_size=300))
def test_only_hooks_of_the_question_are_chosen_and_always_the_same(answer: str) -> None:
    for pack, _ in zip(load_packs().values(), range(1), strict=False):
        for question in itertools.islice(pack.questions, 2):
            once = scripted.choose(answer, question.follow_ups)
            assert once == scripted.choose(answer, question.follow_ups)
            assert once[0] in {"", *(hook.id for hook in question.follow_ups)}
            assert bool(once[0]) == bool(once[1])
