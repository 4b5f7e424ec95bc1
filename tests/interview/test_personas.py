from __future__ import annotations

import tomllib
import typing
from importlib import resources

import msgspec
import pytest

from greenroom.interview import personas
from greenroom.interview.personas import NOTICES, PERSONAS
from greenroom.records import Style
from greenroom.voice.clauses import split

STYLES: tuple[Style, ...] = typing.get_args(Style)


def sentences(text: str) -> list[str]:
    return [s for s in text.replace("?", ".").replace(":", ".").split(".") if s.strip()]


@pytest.mark.parametrize("style", STYLES)
def test_everything_said_is_short_and_speakable(style: Style) -> None:
    for value in msgspec.structs.asdict(PERSONAS[style]).values():
        for text in value if isinstance(value, tuple) else (value,):
            if not isinstance(text, str):
                continue
            assert text.strip() == text != ""
            assert all(len(sentence.split()) <= 15 for sentence in sentences(text))
            assert len(text) <= 160


@pytest.mark.parametrize("style", STYLES)
def test_greeting_names_the_interviewer_and_both_ways_to_start(style: Style) -> None:
    greeting = PERSONAS[style].greeting
    assert "Ada" in greeting
    assert "say start, or press the button" in greeting.lower()


@pytest.mark.parametrize("style", STYLES)
def test_closing_has_two_sentences(style: Style) -> None:
    assert len(sentences(PERSONAS[style].closing)) == 2


@pytest.mark.parametrize("style", [style for style in STYLES if style != "pressure"])
def test_the_first_words_after_silence_give_time(style: Style) -> None:
    assert personas.reprompt(style, 0) == "Take your time."
    assert "skip" in personas.reprompt(style, 99).lower()


def test_wordings_come_in_turn_and_start_again() -> None:
    heard = [personas.acknowledgement("neutral", n) for n in range(6)]
    assert heard[:3] == heard[3:]
    assert len(set(heard)) == 3


def test_a_repeated_question_follows_its_preface() -> None:
    assert personas.repetition("supportive", 0, "Why?") == "Of course. Why?"
    assert split(personas.repetition("cold", 0, "Why did you leave?"))[0] == "I said: "


def test_the_candidate_of_the_virtual_booth_reads_the_check_sentence() -> None:
    script = tomllib.loads((resources.files("greenroom.world") / "script.toml").read_text(encoding="utf-8"))
    assert script["lines"]["check"] == [personas.CHECK_SENTENCE]


def test_spoken_notices_have_a_text() -> None:
    assert set(NOTICES) >= personas.SPOKEN_NOTICES
