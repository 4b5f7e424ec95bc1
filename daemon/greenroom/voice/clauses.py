"""Splits what the interviewer says into clauses, and tells which words of them were heard."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from greenroom.errors import EngineError
from greenroom.records import Phoneme
from greenroom.voice.visemes import SILENCE

CLAUSE_WORDS = 12
"""From so many words on, a later clause may end at a comma."""
MAX_CLAUSE_CHARS = 200
"""A clause never gets longer, boundary or not."""
MAX_TEXT_CHARS = 500
"""No engine is asked for more at once: espeak cuts a text by itself beyond about 800 bytes, at a place nobody chose."""
BREATH_S, SENTENCE_BREATH_S = 0.2, 0.35
"""Silence after a clause that ends inside a sentence, and with it: near what voices leave inside a clause."""
WORD_BOUNDARY = " "
"""Stands in a phoneme's ``ipa`` where a new word begins; it has no length of its own."""

_BOUNDARY = re.compile(r"(?P<end>[.?!…]+[\"'”’)\]]*)\s+|(?P<inner>[,;:][\"'”’)\]]*|\s[–—-])\s+")
_PUNCTUATED = re.compile(r"(?P<mark>[.?!…,;:–—-])[\"'”’)\]]*\s*$")
_ABBREVIATION = re.compile(r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|approx|e\.g|i\.e))\.$")
_WORD = re.compile(r"\S+")
_SPOKEN = re.compile(r"[^\W_]")


class SpokenClause(NamedTuple):
    """A clause with the times of its rendered speech, in seconds from the start of the clause's clip."""

    text: str
    duration_s: float
    phonemes: tuple[Phoneme, ...] = ()


def speakable(text: str) -> str:
    """The text without control characters, which engines take for commands, or for its end; no character moves.

    Raises ``EngineError`` for a text of more than ``MAX_TEXT_CHARS`` characters.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise EngineError(
            f"a clause of {len(text)} characters is too long to be spoken at once",
            fix=f"split it into clauses of at most {MAX_TEXT_CHARS} characters",
        )
    return "".join(" " if ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 else c for c in text)


def split(text: str) -> tuple[str, ...]:
    """The clauses of a text in order; joined without a separator they are the text again.

    The first one, which decides how soon a voice is heard, ends at the first punctuation. Nothing is cut without
    punctuation before ``MAX_CLAUSE_CHARS``: at "Tell me about a time / when you" the voice of espeak would fall 4 to 7
    semitones further than inside the sentence, and Piper's would leave 0.1 to 0.3 s of silence.
    """
    clauses: list[str] = []
    begin = 0
    for match in _BOUNDARY.finditer(text):
        if _ends_clause(text[begin : match.end()], match, is_first=not clauses):
            clauses.append(text[begin : match.end()])
            begin = match.end()
    clauses.append(text[begin:])
    return tuple(piece for clause in clauses for piece in _bounded(clause))


def breath_s(before: str) -> float:
    """Silence after a clause, ahead of the next: none where a text was cut only because it is long."""
    found = _PUNCTUATED.search(before)
    if found is None:
        return 0.0
    return SENTENCE_BREATH_S if found["mark"] in ".?!…" else BREATH_S


def heard_text(clauses: Sequence[SpokenClause], heard_s: float) -> str:
    """The words heard completely when playout ended ``heard_s`` after the first sample of the first clause."""
    heard: list[str] = []
    begin_s = 0.0
    for clause in clauses:
        words = list(_WORD.finditer(clause.text))
        ends = word_ends(clause)
        whole = sum(1 for end_s in ends if begin_s + end_s <= heard_s + 1e-6)
        if whole:
            heard.append(clause.text[: words[whole - 1].end()].strip())
        if whole < len(words):
            break
        begin_s += clause.duration_s
    return " ".join(heard)


def resume_s(clauses: Sequence[SpokenClause], heard_s: float) -> float:
    """Where to go on after a pause at ``heard_s``: at the beginning of the word that it broke off."""
    begin_s = 0.0
    for clause in clauses:
        if heard_s < begin_s + clause.duration_s:
            starts = [begin_s + start_s for start_s, _ in _word_spans(clause)]
            ends = [begin_s + end_s for _, end_s in _word_spans(clause)]
            return next((start for start, end in zip(starts, ends, strict=True) if start <= heard_s < end), heard_s)
        begin_s += clause.duration_s
    return heard_s


def _word_spans(clause: SpokenClause) -> list[tuple[float, float]]:
    """Start and end of each word; a pause after a word, where the engine marks it, belongs to none."""
    ends_s = word_ends(clause)
    marked = [p.start_s for p in clause.phonemes if p.ipa == WORD_BOUNDARY]
    starts_s = marked if len(marked) == len(ends_s) else [0.0, *ends_s[:-1]]
    pauses_s = [p.start_s for p in clause.phonemes if p.ipa == SILENCE]
    return [(start_s, min([end_s, *(s for s in pauses_s if s > start_s)]))
            for start_s, end_s in zip(starts_s, ends_s, strict=True)]


def word_ends(clause: SpokenClause) -> tuple[float, ...]:
    """When each word of a clause ends: by its phonemes where they mark as many words, else in proportion to letters."""
    words = _WORD.findall(clause.text)
    starts = [p.start_s for p in clause.phonemes if p.ipa == WORD_BOUNDARY]
    spoken = [bool(_SPOKEN.search(word)) for word in words]
    if starts and len(starts) == sum(spoken):
        ends_s = iter([*starts[1:], clause.duration_s])
        last_s = starts[0]
        result = []
        for is_spoken in spoken:
            last_s = max(last_s, next(ends_s)) if is_spoken else last_s
            result.append(min(last_s, clause.duration_s))
        return tuple(result)
    letters = [len(word) + 1 for word in words]
    total = sum(letters)
    return tuple(clause.duration_s * sum(letters[: n + 1]) / total for n in range(len(words)))


def word_starts(text: str, marks: Sequence[tuple[int, float]], end_s: float) -> tuple[float, ...]:
    """When each spoken word of a text begins, from an engine's marks (character index, seconds).

    Engines join words ("of the") and split them ("well-known"): of several marks in a word the first counts, a word
    without one shares the time up to the next mark in proportion to letters.
    """
    words = [word for word in _WORD.finditer(text) if _SPOKEN.search(word.group())]
    starts: list[float | None] = [None] * len(words)
    reached_s = 0.0
    for index, start_s in sorted(marks, key=lambda mark: mark[1]):
        n = next((n for n, word in enumerate(words) if word.start() <= index < word.end()), None)
        if n is not None and starts[n] is None and all(s is None for s in starts[n + 1 :]):
            starts[n] = reached_s = min(max(start_s, reached_s), end_s)
    known = [-1, *(n for n, start_s in enumerate(starts) if start_s is not None), len(words)]
    result = [0.0] * len(words)
    for left, right in itertools.pairwise(known):
        from_s = 0.0 if left < 0 else starts[left] or 0.0
        to_s = end_s if right == len(words) else starts[right] or 0.0
        run = range(max(left, 0), right)
        letters = [len(words[n].group()) + 1 for n in run]
        for k, n in enumerate(run):
            result[n] = from_s + (to_s - from_s) * sum(letters[:k]) / sum(letters)
    return tuple(result)


def _ends_clause(clause: str, match: re.Match[str], *, is_first: bool) -> bool:
    words = len(clause.split())
    if match["end"]:
        return not _ABBREVIATION.search(clause.rstrip())
    # Of one word only a colon makes a clause: "Again: ", but not "So, ".
    return (is_first and (words >= 2 or match["inner"].startswith(":"))) or words >= CLAUSE_WORDS


def _bounded(clause: str) -> list[str]:
    pieces = []
    while len(clause) > MAX_CLAUSE_CHARS:
        space = clause.rfind(" ", 0, MAX_CLAUSE_CHARS)
        cut = space + 1 if space > 0 else MAX_CLAUSE_CHARS
        pieces.append(clause[:cut])
        clause = clause[cut:]
    return [*pieces, clause] if clause else pieces
