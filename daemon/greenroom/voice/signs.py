"""The signs of a phoneme alphabet, one letter or mark each, as phonemes of the booth and as words of the text."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from greenroom.records import Phoneme
from greenroom.voice.visemes import SILENCE

Kind = Literal["sound", "stress", "mark", "gap", "pause"]

_TOGETHER = frozenset({"eɪ", "aɪ", "aʊ", "ɔɪ", "oʊ", "əʊ", "tʃ", "dʒ"})
"""Two signs that are one phoneme with a mouth of its own."""
_WORD = re.compile(r"\S+")


class Sign(NamedTuple):
    """A sign and when it begins, in seconds from the start of the clip."""

    text: str
    start_s: float


def kind_of(sign: str) -> Kind:
    """A stress belongs to the sound after it, a mark (of length, of quality) to the one before, a gap to no word."""
    if sign in {"ˈ", "ˌ"}:
        return "stress"
    if sign.isspace():
        return "gap"
    categories = {unicodedata.category(letter) for letter in sign}
    if categories & {"Ll", "Lo", "Lu"}:
        return "sound"
    return "mark" if categories & {"Lm", "Mn", "Nd", "Sk"} else "pause"


def phonemes(signs: Sequence[Sign]) -> tuple[Phoneme, ...]:
    """Sounds and silences in order; a sound begins with its stress, and lasts until what comes next."""
    found: list[Phoneme] = []
    stressed_s: float | None = None
    can_join = False
    for sign in signs:
        match kind_of(sign.text):
            case "stress":
                stressed_s = sign.start_s if stressed_s is None else stressed_s
                can_join = False
            case "sound":
                if can_join and found[-1].ipa + sign.text in _TOGETHER:
                    found[-1] = Phoneme(ipa=found[-1].ipa + sign.text, start_s=found[-1].start_s)
                    can_join = False
                else:
                    found.append(Phoneme(ipa=sign.text, start_s=sign.start_s if stressed_s is None else stressed_s))
                    can_join = True
                stressed_s = None
            case "pause":
                if not found or found[-1].ipa != SILENCE:
                    found.append(Phoneme(ipa=SILENCE, start_s=sign.start_s))
                can_join = False
            case _:
                can_join = False
    return tuple(found)


def word_marks(text: str, signs: Sequence[Sign], alone: Callable[[str], Sequence[str]]) -> list[tuple[int, float]]:
    """Character index and time of the words of a text, as ``clauses.word_starts`` wants them.

    Engines join words and split them, so that gaps between signs are not the gaps of the text: what was spoken is held
    against what ``alone`` says that each word sounds like by itself.
    """
    expected: list[str] = []
    words: list[tuple[int, int, int]] = []
    for word in _WORD.finditer(text):
        sounds = [sign for sign in alone(word.group()) if kind_of(sign) == "sound"]
        if sounds:
            words.append((word.start(), len(expected), len(expected) + 1 + len(sounds)))
            expected += [" ", *sounds]
    spoken = _spoken(signs)
    same = difflib.SequenceMatcher(None, expected, [sign.text for sign in spoken], autojunk=False)
    found = {block.a + n: block.b + n for block in same.get_matching_blocks() for n in range(block.size)}
    marks = []
    for index, gap, end in words:
        if gap in found and found[gap] + 1 < len(spoken):
            marks.append((index, spoken[found[gap] + 1].start_s))
        elif first := next((found[n] for n in range(gap + 1, end) if n in found), None):
            marks.append((index, spoken[first].start_s))
    return marks


def _spoken(signs: Sequence[Sign]) -> list[Sign]:
    """Sounds, from their stress on, and single gaps, the first one ahead of the first sound."""
    kept = [Sign(" ", 0.0)]
    stressed_s: float | None = None
    for sign in signs:
        match kind_of(sign.text):
            case "stress":
                stressed_s = sign.start_s if stressed_s is None else stressed_s
            case "sound":
                kept.append(Sign(sign.text, sign.start_s if stressed_s is None else stressed_s))
                stressed_s = None
            case "gap" if kept[-1].text != " ":
                kept.append(Sign(" ", sign.start_s))
            case _:
                pass
    return kept
