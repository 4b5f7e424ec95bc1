"""Sentences tell of something good or bad by their words; a negation turns them round."""

from __future__ import annotations

import pytest

from greenroom.language.sentences import split
from greenroom.language.sentiment import Sentiment, sentiments


@pytest.mark.parametrize(("text", "kinds"), [
    ("The customer was angry.", {"bad"}),
    ("In the end it went well.", {"good"}),
    ("It was not good.", {"bad"}),
    ("There were no complaints.", {"good"}),
    ("The shop was a mess, but we solved it.", {"good", "bad"}),
    ("We finished on time.", {"good"}),
])
def test_a_sentence_tells_of_what_its_words_say(text: str, kinds: set[Sentiment]) -> None:
    assert sentiments(split(text)) == {1: kinds}


@pytest.mark.parametrize("text", ["Well, I took the bus to the depot.", "We sold bread.", ""])
def test_a_sentence_of_neither_is_left_out(text: str) -> None:
    assert sentiments(split(text)) == {}
