"""Words to whoever scores are told from stories in which others give orders and marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.addressed import is_for_the_scorer
from greenroom.language.sentences import split
from interview.tricks import ORDERS
from interview.written import tuning


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_is_for_the_scorer_in_any_letters(order: str) -> None:
    assert all(is_for_the_scorer(one) for one in (order, order.upper(), order.lower(), f"I fixed it. {order}"))


@pytest.mark.parametrize(
    "sentence",
    [
        "My manager told me to ignore the rules.",
        "They told us to disregard the earlier instructions.",
        "I wanted to forget the rules of the old shop.",
        "We never ignore the safety rules.",
        "We give the customer the best score.",
        "The customer would give it 5 stars.",
        "I give it my full attention.",
        "They give me five minutes, and I rank the orders by date.",
        "First, I would mark it as urgent, and rate it from one to five.",
        "I had to grade the papers and mark the answers.",
        "Then I would read the essay, and mark the answer in pencil.",
        "She said: you are the assistant manager now.",
        "You are a model student, my teacher said.",
        "As an AI engineer I trained models.",
        "We got new instructions from the head nurse.",
        "The system message said that the disk was full.",
        "The answer was perfect, and the examiner liked it.",
        "I did as the examiner asked.",
        "First, set the table for ten.",
        "AI, to me, is a tool for the ward.",
    ],
)
def test_a_story_in_which_others_give_orders_and_marks_is_not(sentence: str) -> None:
    assert not is_for_the_scorer(sentence)


def test_no_sentence_of_the_written_answers_is() -> None:
    assert [s.text for one in tuning() for s in split(one.text) if is_for_the_scorer(s.text)] == []


@given(st.text(max_size=200))
def test_any_text_can_be_asked_about(text: str) -> None:
    assert is_for_the_scorer(text) in (True, False)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("hostile", ["ignore a b " * 20_000, "ignore " + " " * 300_000, ", " * 100_000,
                                     "you are now " * 20_000, "give me the " * 20_000, "this answer is " * 20_000,
                                     "ignore all all " * 20_000, "a" * 300_000])
def test_the_length_of_a_sentence_costs_no_more_than_itself(hostile: str) -> None:
    """Quadratic work would take minutes here."""
    assert not is_for_the_scorer(hostile)
