"""Whether what a language model wrote is a follow-up that can be said. Pure.

A candidate's answer stands in the model's prompt, so whatever is written may be what the candidate wanted it to say.
Refusing too much costs nothing: the follow-up is then asked as it is written in the pack.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple

from greenroom.language import cues, plain_words, plausible, prompts, unsayable
from greenroom.language.general_words import GENERAL

Unfit = Literal[
    "", "empty", "length", "characters", "no_question", "sentences", "not_english", "prompt", "machine", "score",
    "verdict", "praise", "abuse", "private", "advice", "first_person", "number", "quotation", "repeats", "off_topic",
]

LEAST_CHARS, MOST_CHARS = 15, 140
"""The questions of the packs have 15 to 130 characters."""
MOST_SENTENCES = 2
LONGEST_QUOTATION = 6
"""Words in a row of an answer; who dictates what is to be said needs more."""
LONGEST_ECHO = 4
"""The same of the rules that the model is given."""
REPEATED = 0.75
"""Share of its particular words that a question asked again has from the first."""


class _Said(NamedTuple):
    text: str
    low: str
    question: str
    answer: str
    hook: str


def unfit(text: str, *, question: str, answer: str, hook: str) -> Unfit:
    """Why ``text`` is no wording of ``hook`` after ``answer`` to ``question``; empty when it is one."""
    if not text.strip():
        return "empty"
    said = _Said(text, text.lower(), question, answer, hook)
    return next((reason for reason, is_so in _CHECKS.items() if is_so(said)), "")


# --- form ---

_QUESTION = re.compile(
    r"\b(?:what|how|why|which|who|whom|whose|when|where)\b"
    r"|(?<!you )\b(?:did|do|does|was|were|is|are|would|could|can|had|have|has|will)(?:n't)? (?:\w+ )?(?:you|it|that"
    r"|this|they|he|she|there|the|your|their|any\w*|some\w*)\b")
_STARTS_NOT = re.compile(r"(?:you are|you're|you will|you have|i|we|please|say|tell|give|write|repeat|ignore|forget)\b")
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")
_LETTERS = re.compile(r"[A-Za-z0-9 ,.'?\"-]*")


def _has_wrong_length(said: _Said) -> bool:
    return not LEAST_CHARS <= len(said.text) <= MOST_CHARS


def _has_other_characters(said: _Said) -> bool:
    return _LETTERS.fullmatch(said.text) is None or re.search(r"[A-Z]{4,}", said.text) is not None


def _is_no_question(said: _Said) -> bool:
    last = [part for part in _SENTENCE_END.split(said.low) if part.strip()][-1:]
    return (not said.text.endswith("?") or not last or _QUESTION.search(last[0]) is None
            or _STARTS_NOT.match(last[0].strip()) is not None)


def _is_too_much(said: _Said) -> bool:
    return len(_SENTENCE_END.findall(said.text)) > MOST_SENTENCES or said.text.count("?") > 1


def _is_not_english(said: _Said) -> bool:
    return plausible.doubt(plain_words.tokens(said.text), said.text) in ("other_language", "noise")


# --- what it is about ---

_WEAK = frozenset(plain_words.tokens(
    "a an the and or but so of in on at to for from with by as it its this that these those what how why which who whom"
    " whose when where did do does done was were is are be been being would could can had have has will should you your"
    " yourself they their them he she his her i my me we our us not no there here then than into out up down about over"
    " if any some all more most much many very just exactly go went get got say said"))
_ENDING = re.compile(r"(?:ing|ed|es|s|ly)$")
_DIGITS = re.compile(r"\d+")
_SMALL = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
          " seventeen eighteen nineteen")
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety hundred"
_VALUES = {word: str(n) for n, word in enumerate(_SMALL.split())} | {
    word: str(10 * n) for n, word in enumerate(_TENS.split(), 2)}


def _brings_numbers(said: _Said) -> bool:
    return not numbers(said.text) <= numbers(f"{said.question} {said.answer} {said.hook}")


def numbers(text: str) -> set[str]:
    """In digits, however they are written."""
    words = [part for word in cues.words(text) for part in word.split("-")]
    counted = {_VALUES.get(word, word.removesuffix("s")) for word in words if word in cues.NUMBERS}
    return counted | {number for word in words for number in _DIGITS.findall(word)}


def _quotes_answer(said: _Said) -> bool:
    return _shares_run(said.text, said.answer, LONGEST_QUOTATION + 1) and not _shares_run(
        said.text, said.hook, LONGEST_QUOTATION + 1)


def _quotes_prompt(said: _Said) -> bool:
    if unsayable.PROMPT.search(said.low) is not None:
        return True
    return bool(_runs(_words(said.text), LONGEST_ECHO + 1) & _of_rules() - _runs(_words(said.hook), LONGEST_ECHO + 1))


def _shares_run(one: str, other: str, length: int) -> bool:
    return bool(_runs(_words(one), length) & _runs(_words(other), length))


def _words(text: str) -> list[str]:
    return cues.words(text.replace("’", "'"))


def _runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


@cache
def _of_rules() -> set[tuple[str, ...]]:
    return _runs(_words(prompts.RULES), LONGEST_ECHO + 1)


def _repeats_question(said: _Said) -> bool:
    text, question, hook = (_content(part) for part in (said.text, said.question, said.hook))
    return len(text & question) >= REPEATED * max(len(text), 1) and len(text & question) > len(text & hook)


def _is_about_something_else(said: _Said) -> bool:
    """No particular word of answer or hook, and fewer than two ordinary ones."""
    shared = _content(said.text) & (_content(said.answer) | _content(said.hook))
    return not any(word not in GENERAL for word in shared) and len(shared) < 2


def _content(text: str) -> set[str]:
    return {_ENDING.sub("", word) if len(word) > 4 else word
            for word in plain_words.tokens(text) if word not in _WEAK and len(word) > 2}


def _says(pattern: re.Pattern[str]) -> Callable[[_Said], bool]:
    return lambda said: pattern.search(said.low) is not None


_CHECKS: dict[Unfit, Callable[[_Said], bool]] = {
    "length": _has_wrong_length, "characters": _has_other_characters, "prompt": _quotes_prompt,
    "machine": _says(unsayable.MACHINE), "score": _says(unsayable.SCORE), "verdict": _says(unsayable.VERDICT),
    "praise": _says(unsayable.PRAISE), "abuse": _says(unsayable.ABUSE), "private": _says(unsayable.PRIVATE),
    "advice": _says(unsayable.ADVICE), "no_question": _is_no_question, "sentences": _is_too_much,
    "not_english": _is_not_english, "first_person": _says(unsayable.FIRST_PERSON), "number": _brings_numbers,
    "quotation": _quotes_answer, "repeats": _repeats_question, "off_topic": _is_about_something_else,
}
"""By reason, in the order in which they are told."""
