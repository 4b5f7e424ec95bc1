"""Reasons in plain words, without anything particular."""

from __future__ import annotations

import pytest

from greenroom.language.reading import STRONG, read, told_by
from greenroom.language.sentences import split


@pytest.mark.parametrize("sentence", [
    "I rang her back because I wanted the customer to feel safe.",
    "I did it because we wanted the customer to come back happy.",
    "I stayed longer so that the customer could sleep.",
    "The reason was that I knew the guests were waiting outside.",
    "Since I knew the customer was anxious, I called first.",
    "I called twice because the customer had waited an hour.",
    "I would call her first so that the customer hears it from me.",
])
def test_why_somebody_did_something_is_a_reason_in_plain_words(sentence: str) -> None:
    (one,) = split(sentence)
    assert told_by(one).elements["reason"] == STRONG


@pytest.mark.parametrize("sentence", [
    "I did it because it is important.",
    "I called because it is very important for the team.",
    "I rang the miller because that is normal.",
    "I have called them since I was seven.",
    "So that's why I want to do it properly now.",
    "Because teamwork is important in every job.",
    "The customer shouted because.",
])
def test_what_would_fit_any_deed_is_no_reason(sentence: str) -> None:
    told = [told_by(one) for one in split(sentence)]
    assert not read(told, "strict").count("reason")
    assert not read(told, "usual").count("reason")
