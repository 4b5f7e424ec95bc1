"""What rules find in sentences, in three strengths."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.language.plain_words import tokens
from greenroom.language.reading import (
    ELEMENTS,
    STRONG,
    WEAK,
    Element,
    Told,
    is_number,
    is_particular,
    read,
    stem,
    told_by,
)
from greenroom.language.sentences import split
from interview.written import tuning

TUNING = tuning()


def told(text: str) -> list[Told]:
    return [told_by(one) for one in split(text)]


def one(text: str) -> Told:
    (only,) = told(text)
    return only


@pytest.mark.parametrize(
    ("sentence", "element"),
    [
        ("Last summer I worked at a bakery near the harbour.", "situation"),
        ("We had to bake two hundred loaves by Friday.", "task"),
        ("I rang the miller and borrowed his van.", "action"),
        ("In the end the boats got their bread.", "result"),
        ("Since then I check the oven the evening before.", "reflection"),
        ("I rang the miller because the flour was damp.", "reason"),
        ("The risk is that the dough goes sour overnight.", "limit"),
        ("If the oven is cold I would ring the miller.", "condition"),
        ("First I would ring the miller and weigh the flour.", "plan"),
        ("I like the smell of dough at four.", "motive"),
        ("Next year I start in an apprenticeship as a baker.", "outlook"),
        ("Then I would check that the oven is warm again.", "check"),
        ("There were forty loaves.", "number"),
        ("I said: please bring us flour.", "quote"),
    ],
)
def test_a_sentence_tells_what_it_says(sentence: str, element: Element) -> None:
    assert one(sentence).elements.get(element) == STRONG


def test_a_phrase_beside_nothing_particular_is_weak() -> None:
    assert one("In the end it was good for all of us.").elements["result"] == WEAK
    assert one("In the end the baker got his flour.").elements["result"] == STRONG


@pytest.mark.parametrize(
    ("sentence", "steps"),
    [
        ("I rang the miller, weighed the flour and lit the oven.", {"rang", "weigh", "lit"}),
        ("She quickly wrote a list and then told him.", {stem("wrote"), "told"}),
        ("I tried to help and I was involved.", set()),
        ("The broken oven was repaired by a dedicated, skilled man.", set()),
        ("I was surprised, and we were united.", set()),
    ],
)
def test_steps_are_verbs_that_say_what_was_done(sentence: str, steps: set[str]) -> None:
    assert one(sentence).steps == steps


def test_plans_are_verbs_that_say_what_would_be_done() -> None:
    assert one("I would first ring the miller and then weigh the flour.").plans == {"ring", "weigh"}
    assert one("I would say sorry and would want to be there.").plans == {"say"}


@pytest.mark.parametrize(("word", "is_one"), [("25", True), ("3.5", True), ("forty", True), ("half", True),
                                              ("one", False), ("oven", False), ("first", False)])
def test_numbers_are_digits_or_number_words(word: str, is_one: bool) -> None:
    assert is_number(word) is is_one


def test_particulars_are_words_that_do_not_fit_any_story() -> None:
    said = tokens("The team had a communication problem with the forklift and the oven")
    assert [word for word in said if is_particular(word)] == ["forklift", "oven"]


@pytest.mark.parametrize("answer", TUNING, ids=[answer.id for answer in TUNING])
def test_a_kinder_reading_finds_all_that_a_stricter_one_finds(answer: object) -> None:
    text = next(other.text for other in TUNING if other is answer)
    strict, usual, lenient = (read(told(text), strictness) for strictness in ("strict", "usual", "lenient"))
    for element in ELEMENTS:
        assert set(strict.elements[element]) <= set(usual.elements[element]) <= set(lenient.elements[element])
    assert strict.steps <= usual.steps <= lenient.steps
    assert strict.plans <= usual.plans <= lenient.plans
    assert strict.particulars == usual.particulars == lenient.particulars


WORDS = st.sampled_from([
    "I", "we", "would", "because", "in the end", "ring", "rang", "told him", "the oven", "the miller", "forty", "if",
    "I learned", "from", "the risk", "I like", "last year", "at a bakery", "and then", ".", "!",
])  # fmt: skip
TEXTS = st.text(max_size=150) | st.lists(WORDS, max_size=60).map(" ".join)


@given(TEXTS, st.randoms(use_true_random=False))
def test_any_text_is_read_and_the_order_of_its_sentences_does_not_enter(text: str, dice: random.Random) -> None:
    sentences = told(text)
    for strictness in ("strict", "usual", "lenient"):
        reading = read(sentences, strictness)
        assert set(reading.elements) == set(ELEMENTS)
        mixed = list(sentences)
        dice.shuffle(mixed)
        other = read(mixed, strictness)
        assert other._replace(elements={}) == reading._replace(elements={})
        assert {e: sorted(ns) for e, ns in other.elements.items()} == {
            e: sorted(ns) for e, ns in reading.elements.items()}


@given(TEXTS, TEXTS)
def test_a_further_sentence_takes_nothing_away(text: str, more: str) -> None:
    before = told(text)
    after = [*before, *(further._replace(n=further.n + len(before)) for further in told(more))]
    for strictness in ("strict", "usual", "lenient"):
        less, all_of_it = read(before, strictness), read(after, strictness)
        assert all(set(less.elements[e]) <= set(all_of_it.elements[e]) for e in ELEMENTS)
        assert less.steps <= all_of_it.steps
        assert less.particulars <= all_of_it.particulars
