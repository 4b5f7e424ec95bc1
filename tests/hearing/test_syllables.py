"""Syllables by spelling, held against the dictionary of the recogniser."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.hearing.syllables import VOWEL_PHONES, count, guessed, spoken_syllables
from greenroom.interview.questions import load_packs
from greenroom.records import Word
from greenroom.world.render import load_index


def dictionary() -> dict[str, set[int]]:
    pocketsphinx = pytest.importorskip("pocketsphinx")
    known: dict[str, set[int]] = {}
    for line in Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")).read_text().splitlines():
        word, *phones = line.split()
        word = re.sub(r"\(\d+\)$", "", word)
        if re.fullmatch(r"[a-z']+", word):
            known.setdefault(word, set()).add(sum(phone in VOWEL_PHONES for phone in phones))
    return known


def test_nine_in_ten_words_of_the_dictionary_are_counted_as_it_does() -> None:
    known = dictionary()
    right = sum(count(word) in syllables for word, syllables in known.items())
    nearest = sum(min((abs(n - count(word)), n) for n in syllables)[1] for word, syllables in known.items())
    total = sum(map(count, known))
    print(f"{right / len(known):.3f} of {len(known)} words agree; {total / nearest:.3f} as many syllables")
    assert right / len(known) > 0.91


def test_of_the_running_words_of_answers_and_questions_nearly_all_are() -> None:
    known = dictionary()
    texts = [clip.text for clip in load_index().values()]
    texts += [question.text for pack in load_packs().values() for question in pack.questions]
    words = Counter(word for text in texts for word in re.findall(r"[a-z']+", text.lower()) if word in known)
    right = sum(n for word, n in words.items() if count(word) in known[word])
    print(f"{right / words.total():.4f} of {words.total()} running words agree")
    assert right / words.total() > 0.99


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("i", 1), ("the", 1), ("made", 1), ("worked", 1), ("wanted", 2), ("handled", 2), ("hundred", 2), ("table", 2),
        ("idea", 3), ("science", 2), ("rhythm", 2), ("didn't", 2), ("earlier", 3), ("People", 2), ("homework", 2),
        ("university", 5), ("re-read", 2), ("well-known", 2), ("colleague's", 2), ("changes", 2), ("things", 1),
    ],
)  # fmt: skip
def test_words_are_counted_as_they_are_spoken(word: str, syllables: int) -> None:
    assert count(word) == syllables


@given(st.text(max_size=30))
def test_any_text_has_at_least_one_and_not_more_than_its_letters(text: str) -> None:
    assert 1 <= count(text) <= max(1, len(text))


def test_the_dictionary_comes_before_the_spelling() -> None:
    known, unknown = Word(text="read", start_t=0, end_t=1, syllables=3), Word(text="idea", start_t=0, end_t=1)
    assert [spoken_syllables(word) for word in (known, unknown)] == [3, 3]
    assert guessed((known, unknown)) == 1
