"""How near an answer is to its question by vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.language.meaning import Vectors, rank

EAST, NORTH, UP = np.eye(3, dtype=np.float32)


def rows(*vectors: npt.NDArray[np.floating[Any]]) -> Vectors:
    return np.stack([vector / np.linalg.norm(vector) for vector in vectors]).astype(np.float32)


NONE: Vectors = np.zeros((0, 3), np.float32)


def test_an_answer_to_the_question_is_nearer_to_it_than_to_all_others() -> None:
    assert rank(rows(EAST), rows(NORTH, UP), rows(EAST, EAST + NORTH)) == 0.0


def test_an_answer_to_another_question_is_nearer_to_that() -> None:
    assert rank(rows(EAST), rows(NORTH, UP), rows(NORTH)) == 0.5
    assert rank(rows(EAST), rows(NORTH, UP), rows(NORTH, UP)) == 1.0


def test_questions_that_are_equally_near_do_not_count() -> None:
    assert rank(rows(EAST), rows(EAST, EAST, NORTH), rows(EAST + NORTH)) == 0.0


def test_the_three_nearest_sentences_count_and_the_rest_of_the_story_does_not() -> None:
    near = rows(EAST, EAST, EAST)
    story = rows(EAST, EAST, EAST, *[UP] * 20)
    others = rows(EAST + NORTH)
    assert rank(rows(EAST), others, near) == rank(rows(EAST), others, story) == 0.0


@pytest.mark.parametrize(("others", "sentences"), [(NONE, rows(EAST)), (rows(NORTH), NONE), (NONE, NONE)])
def test_without_other_questions_or_without_sentences_nothing_is_told(others: Vectors, sentences: Vectors) -> None:
    assert rank(rows(EAST), others, sentences) is None


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**31))
def test_it_is_a_share_that_no_order_of_sentences_changes(questions: int, sentences: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    question, others, said = (rows(*dice.normal(size=(n, 8))) for n in (1, questions, sentences))
    told = rank(question, others, said)
    assert told is not None
    assert 0.0 <= told <= 1.0
    assert told == rank(question, others, said[::-1])
