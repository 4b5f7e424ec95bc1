"""Cuts English text into the pieces of words that BERT reads: its uncased vocabulary, without case and accents."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from greenroom.errors import ModelCorrupt

UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
MAX_WORD_CHARS = 100
"""BERT takes a longer word for an unknown one."""
IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip
"""Code points that BERT takes for words of their own."""
DROPPED = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Kinds of characters that are no part of a text: control, format, private use, halves of a character."""


def read_vocabulary(path: Path) -> dict[str, int]:
    """Pieces by line, with their numbers. Raises ``ModelCorrupt``."""
    try:
        lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelCorrupt(f"{path} is no vocabulary: {error}") from error
    pieces = {line.removesuffix("\r"): number for number, line in enumerate(lines)}
    if not pieces.keys() >= {UNKNOWN, START, END}:
        raise ModelCorrupt(f"{path} is no vocabulary of BERT: {UNKNOWN}, {START} or {END} is missing")
    return pieces


def token_ids(text: str, vocabulary: Mapping[str, int], max_tokens: int) -> list[int]:
    """The numbers of a text's pieces between those of start and end, ``max_tokens`` of them at most: what comes later
    in the text is left out. No text can bring a start or an end with it: "[SEP]" is three signs and letters."""
    pieces = islice((piece for word in words(text) for piece in pieces_of(word, vocabulary)), max_tokens - 2)
    return [vocabulary[START], *(vocabulary[piece] for piece in pieces), vocabulary[END]]


def words(text: str) -> Iterator[str]:
    """Words in lower case without accents; every sign of punctuation and every ideograph is one."""
    spaced = "".join(map(_spaced, text))
    bare = "".join(char for char in unicodedata.normalize("NFD", spaced) if unicodedata.category(char) != "Mn")
    # Letter by letter, as BERT does it: a whole Greek word would end in another letter than its capitals do.
    for run in "".join(char.lower() for char in bare).split():
        yield from _split_at_signs(run)


def pieces_of(word: str, vocabulary: Mapping[str, int]) -> list[str]:
    """The longest known beginning, then the longest known continuations (``##``); all of it unknown if a part is."""
    if len(word) > MAX_WORD_CHARS:
        return [UNKNOWN]
    pieces: list[str] = []
    start = 0
    while start < len(word):
        mark = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if mark + word[start:end] in vocabulary), None)
        if end is None:
            return [UNKNOWN]
        pieces.append(mark + word[start:end])
        start = end
    return pieces


def _spaced(char: str) -> str:
    """What a character is before words are told apart: nothing, a space, itself, or itself between spaces."""
    if char in "\t\n\r":
        return " "
    if char == "\ufffd" or unicodedata.category(char) in DROPPED:
        return ""
    if char.isspace():
        return " "
    return f" {char} " if any(first <= ord(char) <= last for first, last in IDEOGRAPHS) else char


def _split_at_signs(run: str) -> Iterator[str]:
    word = ""
    for char in run:
        if char in string.punctuation or unicodedata.category(char)[0] == "P":
            if word:
                yield word
            yield char
            word = ""
        else:
            word += char
    if word:
        yield word
