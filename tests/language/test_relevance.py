"""How near an answer is to its question by the words of both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.language.plain_words import tokens
from greenroom.language.relevance import (
    Nearness,
    is_beside,
    is_echo,
    nearness,
    question_topics,
    to_spare,
)
from greenroom.language.topics import TOPICS
from interview.written import asked, sentences, tuning

TEAM = tokens("Tell me about a time when you were part of a team that did not work well together.")


def is_aside(near: Nearness) -> bool:
    spare = to_spare(near)
    return spare is not None and spare < 0


def plain(*texts: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tokens(text) for text in texts)


@pytest.mark.parametrize("question", asked())
def test_every_question_of_the_booth_has_a_topic(question: str) -> None:
    assert question_topics(tokens(question))


def test_an_answer_on_the_subject_hits_its_topics_and_counts_a_word_once() -> None:
    near = nearness(TEAM, plain("Two colleagues argued in every meeting.", "My colleagues argued on each shift."))
    assert {"team", "conflict"} <= set(near.topics)
    once = nearness(TEAM, plain("Two colleagues argued in every meeting.", "My colleagues argued on each shift.",
                                "Two colleagues argued in every meeting again."))
    assert near.hits == once.hits >= 4


def test_words_that_only_the_question_could_bring_are_shared() -> None:
    asked = tokens("How did you repair the turbine?")
    assert nearness(asked, plain("The turbines hummed.")).shared == 1
    assert nearness(asked, plain("You did it.")).shared == 0


@pytest.mark.parametrize(
    ("near", "aside", "beside"),
    [
        (Nearness(("team",), hits=6, shared=0, best_other=8), False, False),
        (Nearness(("team",), hits=3, shared=0, best_other=6), True, False),
        (Nearness(("team",), hits=0, shared=0, best_other=6), True, True),
        (Nearness(("team",), hits=0, shared=1, best_other=6), True, False),
        (Nearness(("team",), hits=0, shared=0, best_other=4), False, False),
        (Nearness((), hits=0, shared=0, best_other=20), False, False),
        (Nearness(("team",), hits=3, shared=0, best_other=6, rank=0.0), False, False),
        (Nearness(("team",), hits=3, shared=0, best_other=6, rank=0.3), True, False),
        (Nearness(("team",), hits=4, shared=0, best_other=5, rank=0.6), False, False),
        (Nearness(("team",), hits=5, shared=0, best_other=5, rank=0.9), False, False),
        (Nearness(("team",), hits=2, shared=0, best_other=3, rank=0.6), False, False),
        (Nearness((), hits=0, shared=0, best_other=3, rank=0.6), False, False),
        (Nearness(("team",), hits=0, shared=0, best_other=6, rank=0.6), True, True),
        (Nearness(("team",), hits=0, shared=0, best_other=6, rank=0.1), False, False),
    ],
)
def test_another_subject_is_told_by_words_and_meaning_can_only_take_it_back(
    near: Nearness, aside: bool, beside: bool
) -> None:
    assert (is_aside(near), is_beside(near)) == (aside, beside)


@given(st.integers(0, 30), st.integers(0, 3), st.integers(0, 30), st.none() | st.floats(0.0, 1.0), st.booleans())
def test_what_is_beside_the_question_is_aside_as_well(
    hits: int, shared: int, best_other: int, rank: float | None, is_known: bool
) -> None:
    near = Nearness(("team",) if is_known else (), hits if is_known else 0, shared, best_other, rank)
    assert is_aside(near) or not is_beside(near)


@given(st.integers(0, 30), st.integers(5, 30))
def test_an_aside_is_told_by_six_words_for_ten_of_another_subject(hits: int, best_other: int) -> None:
    assert is_aside(Nearness(("team",), hits, 0, best_other)) is (10 * hits < 6 * best_other)


def test_saying_the_question_again_is_an_echo_and_an_answer_is_none() -> None:
    assert is_echo(TEAM, plain("A time when I was part of a team that did not work well together."))
    assert not any(is_echo(tokens(one.question), plain(*sentences(one.text))) for one in tuning())
    assert not is_echo(TEAM, ())


@given(st.lists(st.sampled_from([word for topic in TOPICS.values() for phrase in topic.spoken for word in phrase]),
                max_size=40))  # fmt: skip
def test_any_words_have_a_nearness(words: list[str]) -> None:
    near = nearness(TEAM, (tuple(words),))
    assert near.hits >= 0
    assert near.rank is None
