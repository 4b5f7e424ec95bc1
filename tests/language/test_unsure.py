"""What is left of an answer without the words that its recogniser heard unsurely."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from greenroom.language.plain_words import tokens
from greenroom.language.reading import is_particular, told_by
from greenroom.language.sentences import of_words
from greenroom.language.unsure import UNHEARD, UNSURE_CERTAINTY, is_unsure, of_sure_words
from greenroom.records import Word

SURE, UNSURE = 0.9, UNSURE_CERTAINTY - 0.1


def heard(text: str, unsure: str = "") -> tuple[Word, ...]:
    """``unsure``: the words that were heard unsurely."""
    return tuple(Word(text=word, start_t=n * 0.4, end_t=n * 0.4 + 0.35,
                      certainty=UNSURE if word in unsure.split() else SURE)
                 for n, word in enumerate(text.split()))


def kept(words: tuple[Word, ...]) -> list[str]:
    return [one.text for one in of_sure_words(words, of_words(words)[1])]


def test_a_word_without_a_certainty_is_believed() -> None:
    assert not is_unsure(Word(text="oven", start_t=0.0, end_t=0.3))
    assert [is_unsure(word) for word in heard("the oven", "oven")] == [False, True]


def test_a_mark_stands_where_an_unsure_word_stood() -> None:
    assert kept(heard("I rang the miller. He came at four.", "miller. at")) == [f"I rang the {UNHEARD}",
                                                                               f"He came {UNHEARD} four."]


def test_sentences_of_sure_words_stay_as_they_are() -> None:
    words = heard("I rang the miller. He came at four.")
    sentences = of_words(words)[1]
    assert of_sure_words(words, sentences) == sentences


def test_the_mark_tells_nothing_and_makes_no_phrase_of_what_was_not_said_in_a_row() -> None:
    assert tokens(UNHEARD) == (UNHEARD,)
    assert not is_particular(UNHEARD)
    words = heard("In the very end the miller came.", "very")
    (whole,) = of_words(words)[1]
    (sure,) = of_sure_words(words, (whole,))
    assert "result" not in told_by(whole, sure).elements


def test_what_speaks_against_an_element_counts_even_where_it_was_heard_unsurely() -> None:
    words = heard("I learned that they are lazy at the depot.", "lazy")
    (whole,) = of_words(words)[1]
    (sure,) = of_sure_words(words, (whole,))
    assert "reflection" not in told_by(whole, sure).elements
    assert "reflection" in told_by(sure).elements


SPOKEN = st.lists(st.sampled_from([
    "I", "we", "would", "because", "in the end", "ring", "rang", "told him", "the oven", "was repaired", "forty", "if",
    "I learned", "lazy", "you know", "I'd", "last year", "at a bakery", "since", "so that", "customer", "wanted", ".",
]), min_size=1, max_size=40).map(" ".join)  # fmt: skip


@given(SPOKEN, st.data())
def test_fewer_sure_words_never_tell_more(text: str, data: st.DataObject) -> None:
    words = heard(text)
    flags = st.lists(st.booleans(), min_size=len(words), max_size=len(words))
    some, more = data.draw(flags), data.draw(flags)

    def told(masks: list[bool]) -> list[Word]:
        return [Word(text=word.text, start_t=word.start_t, end_t=word.end_t, certainty=UNSURE if is_out else SURE)
                for word, is_out in zip(words, masks, strict=True)]

    whole = of_words(words)[1]
    fewer = [told_by(a, b) for a, b in zip(whole, of_sure_words(told(some), whole), strict=True)]
    fewest = [told_by(a, b) for a, b in zip(
        whole, of_sure_words(told([a or b for a, b in zip(some, more, strict=True)]), whole), strict=True)]
    for sentence, less, least in zip(whole, fewer, fewest, strict=True):
        full = told_by(sentence)
        for upper, lower in ((full, less), (less, least)):
            assert all(strength <= upper.elements.get(element, 0) for element, strength in lower.elements.items())
            assert lower.steps <= upper.steps
            assert lower.plans <= upper.plans
            assert lower.particulars <= upper.particulars
            assert lower.words == upper.words
