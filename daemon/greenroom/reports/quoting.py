"""Pieces of an answer that are quoted: cut at clauses, and never anything that was not said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from greenroom.language.reading import Element, told_by
from greenroom.language.sentences import Sentence

MOST_CHARACTERS = 140
"""As much as a question of a pack has: what is read at a glance."""
_CLAUSE = re.compile(
    r"(?<=[,;:–—])\s+|\s+(?=(?:and|but|so|because|which|when|while|then|although|until|after|before|if)\s)",
    re.IGNORECASE)  # fmt: skip
_WORD_END = re.compile(r"\s+")
_LOOSE = " \t\n\r,;:.–—\"“”‘’'"
"""Marks that a quote neither begins nor ends with."""


def cut(sentence: Sentence, element: Element | None = None) -> tuple[int, int]:
    """From and to which character of the answer a quote of the sentence goes: all of it, or else the first run of its
    clauses that tells ``element``."""
    found = list(_runs(sentence))
    if element is not None:
        telling = [run for run in found if element in told_by(_as_sentence(sentence, run)).elements]
        found = telling or found
    start, end = found[0] if found else (0, 0)
    return sentence.start + start, sentence.start + end


def _as_sentence(sentence: Sentence, run: tuple[int, int]) -> Sentence:
    return Sentence(sentence.n, *run, sentence.text[run[0] : run[1]])


def _runs(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Each as long as it may be, beginning at one clause after the other."""
    text = sentence.text
    starts = [0, *(match.end() for match in _CLAUSE.finditer(text))]
    ends = [*(match.start() for match in _CLAUSE.finditer(text)), len(text)]
    for n, start in enumerate(starts):
        fitting = [end for end in ends[n:] if end - start <= MOST_CHARACTERS]
        end = fitting[-1] if fitting else _last_word(text, start)
        trimmed = _trimmed(text, start, end)
        if trimmed[0] < trimmed[1]:
            yield trimmed
        if fitting and fitting[-1] == len(text):
            return


def _last_word(text: str, start: int) -> int:
    """Of a clause that is too long by itself."""
    most = start + MOST_CHARACTERS
    ends = [match.start() for match in _WORD_END.finditer(text, start, most + 1) if match.start() <= most]
    return ends[-1] if ends and ends[-1] > start else most


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _LOOSE:
        start += 1
    while start < end and text[end - 1] in _LOOSE:
        end -= 1
    return start, end



def is_cut(sentence: Sentence, end: int) -> bool:
    """A quote that goes to ``end`` leaves out words after it."""
    return any(sign.isalnum() for sign in sentence.text[end - sentence.start :])
