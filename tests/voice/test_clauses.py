from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.personas import NOTICES, PERSONAS, SPOKEN_NOTICES, repetition
from greenroom.interview.planning import make_plan
from greenroom.interview.questions import load_packs
from greenroom.records import Phoneme, Style
from greenroom.voice import clauses
from greenroom.voice.clauses import (
    BREATH_S,
    SENTENCE_BREATH_S,
    SpokenClause,
    breath_s,
    heard_text,
    resume_s,
    split,
    word_ends,
    word_starts,
)

FIRST_CLAUSE_WORDS = 8
texts = st.text(alphabet=st.sampled_from("abI  \n.,;:?!…—-\"'é9"), max_size=600)


@given(texts)
def test_clauses_joined_are_the_text(text: str) -> None:
    assert "".join(split(text)) == text


@given(texts)
def test_no_clause_is_empty_or_longer_than_the_bound(text: str) -> None:
    assert all(0 < len(clause) <= clauses.MAX_CLAUSE_CHARS for clause in split(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thank you. Tell me more.", ["Thank you. ", "Tell me more."]),
        (
            "That helps, thanks. Now tell me, if you can, about a team.",
            ["That helps, ", "thanks. ", "Now tell me, if you can, about a team."],
        ),
        ("Tell me about a time when you worked in a team.", ["Tell me about a time when you worked in a team."]),
        ("So, what happened?", ["So, what happened?"]),
        ("Dr. Smith paid 3.5 dollars, e.g. for tea.", ["Dr. Smith paid 3.5 dollars, ", "e.g. for tea."]),
        ("He said “stop.” Then we went on.", ["He said “stop.” ", "Then we went on."]),
        ("", []),
    ],
)
def test_a_clause_ends_where_a_speaker_would_breathe(text: str, expected: list[str]) -> None:
    assert list(split(text)) == expected


def test_a_long_opening_ends_at_its_first_punctuation() -> None:
    first, *_ = split("I would like to hear about the hardest thing, which you did last year. And why?")
    assert first.endswith("thing, ")


def opening_words(text: str) -> int:
    return len(split(text)[0].split())


STYLES: tuple[Style, ...] = ("supportive", "neutral", "cold")
TEXTS = tuple(text for pack in load_packs().values() for question in pack.questions
              for text in (question.text, *(hook.text for hook in question.follow_ups)))


def said_lines(style: Style) -> list[str]:
    """Everything in the words in which it is said when nothing goes wrong."""
    persona, texts = PERSONAS[style], (*TEXTS, PERSONAS[style].closing)
    openings = [make_plan(pack, 1, seed).questions[0].text for pack in load_packs().values() for seed in range(20)]
    after = [f"{preface} {text}" for preface in (*persona.acknowledgements, persona.skipped) for text in texts]
    again = [repetition(style, n, text) for n in range(len(persona.repeat_prefaces)) for text in TEXTS]
    return [persona.greeting, persona.check_instruction, *openings, *after, *again, *persona.reprompts,
            persona.resumed, *(NOTICES[code] for code in SPOKEN_NOTICES)]


def table(texts: Iterable[str]) -> str:
    rows = sorted({(-opening_words(text), split(text)[0]) for text in texts})
    return "\n".join(["", "words  first clause", *(f"{-words:5d}  {first}" for words, first in rows[:20])])


@pytest.mark.parametrize("style", STYLES)
def test_all_that_is_said_opens_with_a_short_clause(style: Style) -> None:
    lines = said_lines(style)
    assert len(lines) > 400
    assert max(map(opening_words, lines)) <= FIRST_CLAUSE_WORDS, table(lines)


def test_a_text_that_opens_long_has_no_punctuation_to_end_at() -> None:
    """Without a preface, as after a pause of the interview."""
    long = [text for text in TEXTS if opening_words(text) > FIRST_CLAUSE_WORDS]
    punctuated = [text for text in long if re.search(r"[,.;:?!] ", " ".join(text.split()[: opening_words(text) - 1]))]
    assert punctuated == [], table(long)


def test_only_punctuation_gives_a_breath() -> None:
    assert [breath_s(text) > 0 for text in ("Thank you. ", "To begin, ", "I said: ", "He said “stop.” ", "yes – ")] \
        == [True] * 5
    assert breath_s("word " * 30) == 0.0
    assert breath_s("Why? ") == SENTENCE_BREATH_S > breath_s("First, ") == BREATH_S
    assert all(breath_s(part) for text in TEXTS for part in split(text)[:-1])


def spoken(text: str, duration_s: float, *starts_s: float) -> SpokenClause:
    marks = tuple(Phoneme(ipa=clauses.WORD_BOUNDARY, start_s=s) for s in starts_s)
    return SpokenClause(text, duration_s, marks)


def test_only_words_that_ended_count_as_heard() -> None:
    clause = spoken("Tell me more", 1.0, 0.0, 0.3, 0.5)
    heard = [heard_text([clause], s) for s in (0.0, 0.29, 0.3, 0.49, 0.5, 0.99, 1.0)]
    assert heard == ["", "", "Tell", "Tell", "Tell me", "Tell me", "Tell me more"]


def test_heard_text_goes_on_through_the_clauses() -> None:
    parts = [spoken("Thank you. ", 0.8, 0.0, 0.4), spoken("Go on, please.", 1.2, 0.1, 0.5, 0.8)]
    assert heard_text(parts, 0.8 + 0.8) == "Thank you. Go on,"
    assert heard_text(parts, 9.0) == "Thank you. Go on, please."


def test_a_sign_without_sound_is_heard_with_the_word_before_it() -> None:
    assert heard_text([spoken("yes - no", 1.0, 0.0, 0.6)], 0.6) == "yes -"


def test_without_marks_time_is_shared_by_letters() -> None:
    assert word_ends(SpokenClause("aaa b", 6.0)) == pytest.approx((4.0, 6.0))


@given(texts, st.floats(0, 20), st.floats(0, 20), st.floats(0.01, 10))
def test_hearing_longer_never_hears_less(text: str, one_s: float, other_s: float, duration_s: float) -> None:
    parts = [SpokenClause(clause, duration_s) for clause in split(text)]
    shorter, longer = sorted((one_s, other_s))
    assert heard_text(parts, longer).startswith(heard_text(parts, shorter))
    assert heard_text(parts, duration_s * len(parts) + 1e-3).split() == text.split()


@given(texts, st.lists(st.tuples(st.integers(-3, 700), st.floats(-1, 9)), max_size=20), st.floats(0.1, 8))
def test_words_begin_in_order_and_inside_the_clip(text: str, marks: list[tuple[int, float]], end_s: float) -> None:
    starts = word_starts(text, marks, end_s)
    assert list(starts) == sorted(starts)
    assert all(0 <= start_s <= end_s for start_s in starts)


def test_words_that_an_engine_joins_share_their_time() -> None:
    assert word_starts("of the people", [(0, 0.2), (7, 0.9)], 2.0) == pytest.approx((0.2, 0.5, 0.9))


def test_after_a_pause_the_word_that_was_broken_off_comes_again() -> None:
    marks = tuple(Phoneme(ipa=ipa, start_s=t) for ipa, t in
                  [(" ", 0.1), ("t", 0.1), (" ", 0.5), ("m", 0.5), ("|", 0.8), (" ", 1.0), ("n", 1.0)])
    clauses = [SpokenClause("Tell me now.", 1.5, marks), SpokenClause(" Or later.", 1.0)]
    assert resume_s(clauses, 0.3) == pytest.approx(0.1)
    assert resume_s(clauses, 0.7) == pytest.approx(0.5)
    assert resume_s(clauses, 0.9) == pytest.approx(0.9)  # between two words
    assert resume_s(clauses, 1.2) == pytest.approx(1.0)
    assert resume_s(clauses, 2.4) == pytest.approx(1.5 + 1.0 * 3 / 10)  # no marks: by letters
    assert resume_s(clauses, 9.0) == 9.0
    assert resume_s([], 0.4) == 0.4
