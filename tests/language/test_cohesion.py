"""Sentences are tied to those before them by connectives, references and particular words."""

from __future__ import annotations

import pytest

from greenroom.language.cohesion import untied
from greenroom.language.sentences import split


@pytest.mark.parametrize("text", [
    "The oven broke on Friday. So I rang the owner.",
    "The oven broke on Friday. It had been leaking gas.",
    "The oven broke on Friday. A man came to weld the oven.",
    "The oven broke on Friday. Um.",
    "The oven broke on Friday.",
    "",
])
def test_a_sentence_that_takes_up_an_earlier_one_is_tied(text: str) -> None:
    assert untied(split(text)) == ()


def test_a_sentence_that_begins_anew_is_found() -> None:
    text = "The oven broke on Friday. My sister plays the trumpet. Cellos are dear. Then the trumpet broke."
    assert [one.n for one in untied(split(text))] == [2, 3]


def test_what_was_said_long_before_is_not_taken_up() -> None:
    text = "The oven broke. So we waited. Then we sang. And we slept. My uncle owns an oven."
    assert [one.n for one in untied(split(text))] == [5]
