"""How answers are cut into the numbered sentences to which evidence points."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.language.sentences import LONG_WORDS, PAUSE_S, Sentence, of_words, split
from greenroom.records import Word

SPOKEN = st.text(st.sampled_from("ab .!?\n\"'”)…,éЖ"), max_size=120)
TEXTS = st.text(max_size=200) | SPOKEN | st.lists(
    st.sampled_from(["and then", "and I", "but", "so we", "stop.", "Mr.", "etc.", "word", "\n", "...", "?!"]),
    max_size=90).map(" ".join)  # fmt: skip


def texts_of(answer: str) -> list[str]:
    return [one.text for one in split(answer)]


def holds(text: str, sentences: tuple[Sentence, ...]) -> None:
    assert [one.n for one in sentences] == list(range(1, len(sentences) + 1))
    assert all(text[one.start : one.end] == one.text for one in sentences)
    assert all(one.text == one.text.strip() and one.text for one in sentences)
    assert all(before.end <= after.start for before, after in pairwise(sentences))
    within = {at for one in sentences for at in range(one.start, one.end)}
    assert all(at in within for at, sign in enumerate(text) if not sign.isspace())


@given(TEXTS)
def test_every_character_that_is_no_space_lies_in_exactly_one_numbered_sentence(answer: str) -> None:
    holds(answer, split(answer))


@given(st.lists(st.tuples(SPOKEN, st.floats(0.0, 2.0), st.floats(0.0, 1.0)), max_size=40))
def test_the_same_is_true_of_words_with_their_times(heard: list[tuple[str, float, float]]) -> None:
    words, t = [], 0.0
    for text, pause_s, length_s in heard:
        t += pause_s
        words.append(Word(text=text, start_t=t, end_t=t + length_s))
        t += length_s
    text, sentences = of_words(words)
    holds(text, sentences)
    assert text == " ".join(word.text.strip() for word in words if word.text.strip())


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        ("", []),
        (" \n ", []),
        ("We lost. I rang her!  Why? No idea", ["We lost.", "I rang her!", "Why?", "No idea"]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("Mr. Brandt paid 3.50 for it.", ["Mr. Brandt paid 3.50 for it."]),
        ("We met at 5 p.m. on Friday.", ["We met at 5 p.m. on Friday."]),
        ("We met at 5 p.m. She was late.", ["We met at 5 p.m.", "She was late."]),
        ("Boxes, tape, etc. We packed all.", ["Boxes, tape, etc.", "We packed all."]),
        ("She said no. I asked again.", ["She said no.", "I asked again."]),
        ("In room no. 5 it was cold.", ["In room no. 5 it was cold."]),
        ("I thought... maybe not. It was.", ["I thought... maybe not.", "It was."]),
        ("I thought... It was.", ["I thought...", "It was."]),
        ("First line\nsecond line", ["First line", "second line"]),
    ],
)
def test_marks_end_sentences_and_abbreviations_do_not(answer: str, sentences: list[str]) -> None:
    assert texts_of(answer) == sentences


def test_a_long_sentence_without_marks_is_cut_before_its_connectives() -> None:
    answer = ("last summer i worked in a small bakery near the harbour and we sold bread to the boats every morning "
              "and then one night the oven broke so i called the man who had built it and he came at five")
    assert len(answer.split()) > LONG_WORDS
    assert texts_of(answer) == [
        "last summer i worked in a small bakery near the harbour",
        "and we sold bread to the boats every morning",
        "and then one night the oven broke so i called the man who had built it and he came at five",
    ]  # fmt: skip


def test_a_sentence_of_usual_length_keeps_its_connectives() -> None:
    assert len(split("the oven broke and then I called the man and he came at five")) == 1


def spoken(*parts: str, pause_s: float) -> list[Word]:
    words, t = [], 0.0
    for part in parts:
        for text in part.split():
            words.append(Word(text=text, start_t=t, end_t=t + 0.2))
            t += 0.3
        t += pause_s
    return words


def test_a_pause_ends_a_sentence_where_its_words_can_end_one() -> None:
    _, sentences = of_words(spoken("the oven broke", "i called the man", pause_s=PAUSE_S))
    assert [one.text for one in sentences] == ["the oven broke", "i called the man"]


def test_a_pause_in_the_middle_of_a_clause_ends_none() -> None:
    _, sentences = of_words(spoken("i called the", "man who built it", pause_s=PAUSE_S))
    assert [one.text for one in sentences] == ["i called the man who built it"]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("hostile", ["." * 300_000 + "a", '."' * 150_000 + "a", "?!" * 150_000, "and I go " * 20_000,
                                     " " * 300_000 + "a", "\n" * 300_000, "a.\n" * 20_000])
def test_the_length_of_an_answer_costs_no_more_than_itself(hostile: str) -> None:
    """Quadratic work would take minutes here."""
    holds(hostile, split(hostile))


@pytest.mark.timeout(30)
def test_twenty_thousand_words_with_pauses_are_cut() -> None:
    text, sentences = of_words(spoken(*["they all came to a stop"] * 3_400, pause_s=1.0))
    assert len(sentences) == 3_400
    holds(text, sentences)
