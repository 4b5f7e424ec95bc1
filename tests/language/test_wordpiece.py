"""Pieces of words: what BERT reads of a text, and that it is what the library of its makers says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commands import MODELS
from greenroom.errors import ModelCorrupt
from greenroom.language.encoder_minilm import MAX_TOKENS, MODEL
from greenroom.language.encoder_minilm import VOCABULARY as VOCABULARY_FILE
from greenroom.language.wordpiece import MAX_WORD_CHARS, pieces_of, read_vocabulary, token_ids, words
from language.tiny_bert import PIECES

VOCABULARY = {piece: number for number, piece in enumerate(PIECES)}
REAL = MODELS / MODEL / VOCABULARY_FILE
needs_vocabulary = pytest.mark.skipif(not REAL.is_file(), reason=f"no vocabulary: greenroom models pull {MODEL}")

USUAL = st.characters(min_codepoint=1, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cn"))
"""Scripts of living languages and signs. What Unicode has taken up since its version 8 is left out below: the library
does not know it yet."""
ODD = st.sampled_from("\u4e00\u9fff\u3042\uac00\uf900\U00020000\U0001f600\U0001f468\u200d\ufe0f\ufeff\ufffd\ue000"
                      "\u0085\u2028\u3000\u0130\u0131\u03a3\u1e9e\u01c5\ufb03\u212b\u2126\u00ad\u0345\u0301\u05b0\u0651")
USUAL_WORDS = st.sampled_from(["the ", "man", "s", " eating", "'", "-", "don't", "C++", "3.5"])
TEXTS = st.lists(st.one_of(USUAL_WORDS, USUAL, ODD), max_size=40).map("".join)
NEWER = (
    (0x61D, 0x61D), (0x7FD, 0x7FD), (0x890, 0x891), (0x898, 0x89F), (0x8CA, 0x8E2), (0x9FD, 0x9FE), (0xA76, 0xA76),
    (0xAFA, 0xAFF), (0xB55, 0xB55), (0xC04, 0xC04), (0xC3C, 0xC3C), (0xC77, 0xC77), (0xC84, 0xC84), (0xD00, 0xD00),
    (0xD3B, 0xD3C), (0xD81, 0xD81), (0xEBA, 0xEBA), (0x166D, 0x166D), (0x1734, 0x1734), (0x180F, 0x180F),
    (0x1885, 0x1886), (0x1ABF, 0x1ACE), (0x1B7D, 0x1B7E), (0x1DF6, 0x1DFB), (0x2E43, 0x2E4F), (0x2E52, 0x2E5D),
)  # fmt: skip
"""Below 0x3000 every other code point was found to be read alike."""

SUBJECTS = (
    "I", "My manager", "The café's owner", "Zoë", "Nobody", "Our 3-person team", "Ångström", "São Paulo's office",
)  # fmt: skip
VERBS = (
    "led", "re-organised", "couldn't fix", "shipped (v2.0)", "antidisestablishmentarianised", "e-mailed", "debugged",
)  # fmt: skip
THINGS = (
    "the rollout", "C++/Rust code", "a $1,000,000 budget", "naïve résumés", "it — twice", "東京 tower", "#1 @home",
    "um… that",
)  # fmt: skip
NASTY = (
    "", " ", "\t\n\r", "[]", "\x00a\x00", "a\u200bb", "e\u0301", "\u0301", "x" * 100, "x" * 101, "é" * 100,
    "👩‍👩‍👧 family", "ﬁne",
    "İstanbul ıI", "ΣΊΣΥΦΟΣ ς", "Straße STRASSE ẞ", "한국어 텍스트",
    "العَرَبِيَّة", "עִבְרִית", "हिन्दी", "ไทย",
    "漢字かな交じり文", "𝒻𝒶𝓃𝒸𝓎", "½ ² ①", "a\u00a0b",
    "a\u3000b", "a\u2028b", "\ufeffbom", "\ufffd?", "don’t “quote”", "a_b-c.d,e",
    "...", "¿Qué?", "$5 + 3 = 8 < 9 | ~x^2 `y`", "\U0010fffd",
)  # fmt: skip
SENTENCES = (*NASTY, *(f"{who} {did} {what}." for who in SUBJECTS for did in VERBS for what in THINGS))


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, int]:
    return read_vocabulary(REAL)


@pytest.fixture(scope="module")
def library(vocabulary: dict[str, int]) -> Any:
    """The same vocabulary in the library of BERT's makers, which comes with faster-whisper."""
    tokenizers = pytest.importorskip("tokenizers", reason="the whisper extra is not installed")
    theirs = tokenizers.BertWordPieceTokenizer(vocab=vocabulary, lowercase=True)
    theirs.enable_truncation(MAX_TOKENS)
    return theirs


def test_a_word_is_cut_into_its_longest_known_pieces() -> None:
    assert pieces_of("eating", VOCABULARY) == ["eat", "##ing"]
    assert pieces_of("eatings", VOCABULARY) == ["eat", "##ing", "##s"]
    assert pieces_of("eater", VOCABULARY) == ["[UNK]"]
    assert pieces_of("a" * (MAX_WORD_CHARS + 1), {"a": 0, "##a": 1}) == ["[UNK]"]
    assert len(pieces_of("a" * MAX_WORD_CHARS, {"a": 0, "##a": 1})) == MAX_WORD_CHARS


def test_case_accents_and_unseen_signs_do_not_count_and_signs_are_words() -> None:
    spoken = "  The Café\u200b's\x07 ÉCLAIR—\t3.5\n"
    assert list(words(spoken)) == ["the", "cafe", "'", "s", "eclair", "—", "3", ".", "5"]
    assert list(words("in 東京!")) == ["in", "東", "京", "!"]
    assert list(words("\u00ad \ufeff \ud800")) == []


def test_a_text_stands_between_start_and_end() -> None:
    assert token_ids("A man eats", VOCABULARY, 9) == [2, 4, 5, 7, 6, 3]
    assert token_ids("", VOCABULARY, 9) == [2, 3]


def test_nobody_can_say_where_a_text_ends() -> None:
    assert token_ids("[SEP][CLS]", VOCABULARY, 99)[1:-1] == [VOCABULARY["[UNK]"]] * 6


@given(st.text(max_size=60), st.integers(2, 12))
def test_no_text_gives_more_tokens_than_are_asked_for(text: str, most: int) -> None:
    ids = token_ids(text, VOCABULARY, most)
    assert len(ids) <= most
    assert (ids[0], ids[-1]) == (2, 3)
    assert ids[:-1] == token_ids(text, VOCABULARY, 1000)[: len(ids) - 1]


@pytest.mark.parametrize("content", [b"", b"a\nb\n", b"[CLS]\n[SEP]\n", b"\xff[UNK]\n[CLS]\n[SEP]"])
def test_a_file_that_is_no_vocabulary_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vocab.txt").write_bytes(content)
    with pytest.raises(ModelCorrupt):
        read_vocabulary(tmp_path / "vocab.txt")
    with pytest.raises(ModelCorrupt):
        read_vocabulary(tmp_path / "none.txt")


@needs_vocabulary
@pytest.mark.parametrize(("text", "ids"), [
    ("This is an example sentence", [101, 2023, 2003, 2019, 2742, 6251, 102]),
    ("Each sentence is converted.", [101, 2169, 6251, 2003, 4991, 1012, 102]),
    ("Café déjà vu — 東京", [101, 7668, 2139, 3900, 24728, 1517, 1879, 1755, 102]),
])
def test_the_numbers_are_those_that_others_publish(text: str, ids: list[int], vocabulary: dict[str, int]) -> None:
    assert token_ids(text, vocabulary, MAX_TOKENS) == ids


@needs_vocabulary
def test_sentences_are_cut_as_the_library_of_its_makers_does_it(vocabulary: dict[str, int], library: Any) -> None:
    assert len(SENTENCES) > 400
    for text in (*SENTENCES, " ".join(SENTENCES), "word " * 1000):
        assert token_ids(text, vocabulary, MAX_TOKENS) == library.encode(text).ids, text


@needs_vocabulary
@given(TEXTS)
@example("\u0345\u0301a\u0316")
def test_so_is_any_text(vocabulary: dict[str, int], library: Any, text: str) -> None:
    known = "".join(char for char in text if not any(first <= ord(char) <= last for first, last in NEWER))
    assert token_ids(known, vocabulary, MAX_TOKENS) == library.encode(known).ids
