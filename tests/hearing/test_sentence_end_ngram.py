from __future__ import annotations

import pytest

from greenroom.hearing.sentence_end_ngram import NgramSentenceEnds


@pytest.fixture(scope="module")
def ends() -> NgramSentenceEnds:
    return NgramSentenceEnds()


@pytest.mark.parametrize(("open_clause", "whole"), [
    ("i had to learn a new", "i had to learn it"), ("then i told", "that is what they told me"),
    ("we took", "it works"), ("it was only a large box full", "it was only a box"),
])
def test_a_sentence_ends_more_readily_after_a_whole_clause(ends: NgramSentenceEnds, open_clause: str,
                                                           whole: str) -> None:
    first, second = ends.probability(open_clause.split()), ends.probability(whole.split())
    assert first is not None
    assert second is not None
    assert first < second / 1.6


def test_only_the_last_two_words_count_whatever_the_recogniser_marks_them_with(ends: NgramSentenceEnds) -> None:
    assert ends.probability(["we", "opened", "the", "shop"]) == ends.probability(["the(2)", "Shop,"])


def test_it_is_a_probability_for_any_words_and_none_for_no_word(ends: NgramSentenceEnds) -> None:
    for words in (["shop"], ["qwertyuiop", "asdfgh"], ["Don't"], ["well-known"]):
        p = ends.probability(words)
        assert p is not None
        assert 0.0 < p < 1.0
    assert ends.probability([]) is None
    assert ends.probability(["..."]) is None
