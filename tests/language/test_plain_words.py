"""Words of answers as they are compared: who speaks, and with which accent, is not in them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview import refusing
from greenroom.language import complaints, general_words, negations, plain_reasons, plausible, reading_words
from greenroom.language.plain_words import FILLERS, HEDGES, found, has, phrases, tokens
from greenroom.language.topics import TOPICS
from interview.written import CHANGES, sentences, tuning

PLAIN = [one for answer in tuning() for one in sentences(answer.text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I'm gonna call 'em 'cos I've got somethin'", "I am going to call 'em because I have got something"),
        ("I was workin' wiv dem", "I was working wiv them"),
        ("dunno", "do not know"),
        ("I don’t know", "I don't know"),
        ("The COLOUR", "the color"),
        ("we organised the programme", "we organized the program"),
        ("my neighbour apologised", "my neighbor apologized"),
        ("it was cancelled and I travelled", "it was canceled and I traveled"),
        ("I learnt maths", "I learned math"),
        ("um I er called uh her", "I called her"),
        ("I I called the the man", "I called the man"),
        ("you know I kind of called, I guess, the man, to be honest", "I called the man"),
        ("we think it broke", "it broke"),
        ("he told her of his plan himself", "she told him of her plan herself"),
        ("a friend of his and hers", "a friend of theirs and his"),
        ("I'd forgotten it, and she'd never called", "I had forgotten it, and he had never called"),
        ("I'd call him and I'd need help", "I would call her and I would need help"),
        ("they are late and they were tired", "he is late and he was tired"),
        ("we called our boss ourselves and it was ours", "I called my boss myself and it was mine"),
        ("the manager's list", "the manager list"),
        ("we stayed till ten", "we stayed until ten"),
    ],
)
def test_how_somebody_speaks_makes_no_difference(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the till", "the until"),
        ("I would say that I am sorry", "that I am sorry"),
        ("I called him", "he called me"),
        ("it did not break", "it did break"),
        ("we need 3.5 litres", "we need 35 litres"),
        ("25%", "25"),
        ("the right lever", "the lever"),
        ("it went well", "it went"),
    ],
)
def test_what_somebody_says_does(one: str, other: str) -> None:
    assert tokens(one) != tokens(other)


@pytest.mark.parametrize("change", ["he becomes she, she he", "I becomes we", "spoken with an accent", "contracted",
                                    "written out", "American spelling", "British spelling", "lower case",
                                    "curly apostrophes"])  # fmt: skip
def test_sentences_that_were_spoken_keep_their_words(change: str) -> None:
    assert [tokens(CHANGES[change](one)) for one in PLAIN] == [tokens(one) for one in PLAIN]


@pytest.mark.parametrize("hedge", HEDGES)
def test_a_hedge_leaves_nothing(hedge: str) -> None:
    assert tokens(f"They called, {hedge}, the plumber") == tokens("They called the plumber")


@pytest.mark.parametrize("filler", sorted(FILLERS))
def test_a_filled_pause_leaves_nothing(filler: str) -> None:
    assert tokens(f"They called, {filler}, the plumber") == tokens("They called the plumber")


def test_words_that_are_plain_already_stay_as_they_are() -> None:
    for one in PLAIN:
        assert tokens(" ".join(tokens(one))) == tokens(one)


@given(st.text(max_size=200) | st.text(st.sampled_from("ainog'’ 5.,%"), max_size=60))
def test_any_text_has_words_in_small_letters_of_english(text: str) -> None:
    said = tokens(text)
    assert all(word and set(word) <= set("abcdefghijklmnopqrstuvwxyz0123456789'.,%") for word in said)
    assert all(one != other for one, other in itertools.pairwise(said))


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=12), st.sets(
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map(tuple), max_size=8))  # fmt: skip
def test_a_phrase_is_found_wherever_it_stands_as_whole_words(said: list[str], looked_for: set[tuple[str, ...]]) -> None:
    words, wanted = tuple(said), frozenset(looked_for)
    everywhere = sorted(words[at:end] for at in range(len(words)) for end in range(at + 1, len(words) + 1)
                        if words[at:end] in wanted)
    assert sorted(found(words, wanted)) == everywhere
    assert has(words, wanted) is bool(everywhere)


def test_phrases_are_made_plain_as_answers_are() -> None:
    assert phrases("we didn't, the colour") == {tokens("I did not"), tokens("the color")}


MODULES = (complaints, general_words, negations, plain_reasons, plausible, reading_words, refusing)
TABLES = [(f"{module.__name__.rpartition('.')[2]}.{name}", table) for module in MODULES
          for name, table in vars(module).items() if isinstance(table, frozenset)]
TABLES += [(f"topics.{name}", topic.spoken) for name, topic in TOPICS.items()]


@pytest.mark.parametrize(("name", "table"), TABLES, ids=[name for name, _ in TABLES])
def test_no_table_has_a_word_that_no_answer_can_have(name: str, table: frozenset[str | tuple[str, ...]]) -> None:
    """A word that is made plain into another one would wait in vain."""
    for entry in table:
        words = (entry,) if isinstance(entry, str) else entry
        text = "the till" if entry == "till" else " ".join(words)
        assert tokens(text)[-len(words) :] == words, f"{name} has {entry!r}"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("hostile", ["a" * 300_000, "a'" * 150_000, "in" * 150_000, "1.1" * 100_000, "our" * 100_000,
                                     "i think " * 40_000, "you " * 100_000, "é" * 300_000])
def test_any_word_and_any_number_of_words_is_made_plain(hostile: str) -> None:
    """Quadratic work would take minutes here."""
    assert len(tokens(hostile)) <= 100_000


def test_the_longest_hedge_goes_first() -> None:
    assert tokens("as far as I remember it broke") == ("it", "broke")
    assert tokens("a little bit late") == ("late",)
