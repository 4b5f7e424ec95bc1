"""An answer cut into numbered sentences, by its punctuation, else by its pauses and connectives.

Sentence numbers are how everything else points at evidence: they begin with 1, and every character of the answer that
is no space lies in exactly one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from greenroom.language import clause_ends
from greenroom.records import Word

LONG_WORDS = 34
"""A longer sentence is cut before a connective: recognisers without punctuation would give whole answers as one."""
ENDING_WORDS = 6
LEAST_WORDS = 8
"""On both sides of such a cut."""
PAUSE_S, SURE_PAUSE_S = 0.2, 0.6
"""Silence between two words that ends a sentence: where the words before it end one, and where they may. Recognisers
put words inside a clause next to each other; between two sentences speakers breathe for 0.3 to 0.45 s."""

_ABBREVIATIONS = frozenset(("mr", "mrs", "ms", "dr", "prof", "st", "vs", "e.g", "i.e", "approx", "dept"))
_OFTEN_LAST = frozenset(("etc", "a.m", "p.m", "inc", "ltd"))
"""Abbreviations with which sentences end; the next begins with a capital letter."""
_END = re.compile(r"(?<![.!?])[.!?]++[\"'”’)\]]*+(?=\s|$)|\n+")
_CONNECTIVE = re.compile(
    r"(?<=\s)(?:and then|and so|and after|and i|and we|and they|and he|and she|so i|so we|so then|but|then i|then we"
    r"|after that|because of that)(?=\s)", re.IGNORECASE)  # fmt: skip
_WORD = re.compile(r"\S+")


class Sentence(NamedTuple):
    """``text`` is ``answer[start:end]``."""

    n: int
    start: int
    end: int
    text: str


def split(answer: str) -> tuple[Sentence, ...]:
    """Sentences of a text, in its order."""
    return _numbered(answer, [part for span in _by_marks(answer) for part in _by_connectives(answer, *span)])


def of_words(words: Sequence[Word]) -> tuple[str, tuple[Sentence, ...]]:
    """The text of recognised words with one space between them, and its sentences.

    Where the words have marks of their own these decide; pauses are added where a clause can end.
    """
    said = [word for word in words if word.text.strip()]
    text = " ".join(word.text.strip() for word in said)
    cuts, length = [], 0
    for n, word in enumerate(said):
        if n and _is_over(said[max(0, n - ENDING_WORDS) : n], word.start_t - said[n - 1].end_t):
            cuts.append(length)
        length += len(word.text.strip()) + (1 if n else 0)
    spans = [(start, end) for start, end in pairwise([0, *cuts, len(text)]) if start < end]
    marked = [(start + a, start + b) for start, end in spans for a, b in _by_marks(text[start:end])]
    return text, _numbered(text, [part for span in marked for part in _by_connectives(text, *span)])


def _is_over(last: Sequence[Word], pause_s: float) -> bool:
    """A sentence ends with these words and this pause."""
    if pause_s < PAUSE_S:
        return False
    said = [part for word in last for part in clause_ends.plain(word.text)]
    ending = clause_ends.ending(said) if said else "complete"
    return ending == "complete" or (ending == "unsure" and pause_s >= SURE_PAUSE_S)


def _numbered(answer: str, spans: list[tuple[int, int]]) -> tuple[Sentence, ...]:
    sentences: list[Sentence] = []
    for start, end in spans:
        text = answer[start:end]
        first = start + len(text) - len(text.lstrip())
        if text.strip():
            sentences.append(Sentence(len(sentences) + 1, first, first + len(text.strip()), text.strip()))
    return tuple(sentences)


def _by_marks(answer: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in _END.finditer(answer):
        if mark[0].startswith("\n") or _ends_sentence(answer, mark):
            yield start, mark.end()
            start = mark.end()
    yield start, len(answer)


def _ends_sentence(answer: str, mark: re.Match[str]) -> bool:
    before = answer[max(0, mark.start() - 12) : mark.start()].split()
    last = before[-1].lower().strip("(\"'") if before and mark[0].startswith(".") else ""
    after = answer[mark.end() : mark.end() + 3].lstrip()[:1]
    if last in _ABBREVIATIONS or (last in _OFTEN_LAST and after and not after.isupper()):
        return False
    if last == "no" and after.isdigit():
        return False
    return not (mark[0].startswith("..") and after.islower())


def _by_connectives(answer: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence that is too long; the connective begins the next part."""
    words = [match.start() for match in _WORD.finditer(answer, start, end)]
    if len(words) <= LONG_WORDS:
        yield start, end
        return
    numbers = {at: n for n, at in enumerate(words)}
    last = 0
    for match in _CONNECTIVE.finditer(answer, start, end):
        n = numbers.get(match.start())
        if n is not None and n - last >= LEAST_WORDS and len(words) - n >= LEAST_WORDS:
            yield words[last] if last else start, match.start()
            last = n
    yield words[last] if last else start, end
