"""What others hand in to be scored: one answer, or a list of them, as JSON."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from greenroom.errors import ScoreInputError
from greenroom.records import AnswerToScore, QuestionKind, Word

MAX_ANSWERS = 200
MAX_CHARACTERS = 400_000
"""Of one answer: 20,000 words and more are read far enough to refuse them."""
MAX_WORDS = 40_000
_FIX = 'send {"question": "...", "answer": "..."} or a list of such objects; see greenroom score --schema'


class TimedWord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recognised word; seconds from any beginning."""

    text: str
    start_s: float
    end_s: float
    certainty: float | None = None


class GivenAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer and its question. ``words`` take the place of ``answer``: with times, pace and hearing can be judged,
    too."""

    question: str
    answer: str = ""
    role: str = ""
    """Of whom it is asked; not scored."""
    kind: QuestionKind | Literal[""] = ""
    """Left out: as the question sounds."""
    words: tuple[TimedWord, ...] = ()


Given = GivenAnswer | tuple[GivenAnswer, ...]


def parse(data: bytes, name: str) -> tuple[AnswerToScore, ...]:
    """Raises ``ScoreInputError`` naming file, place and fault."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScoreInputError(f"{name} is no UTF-8 text: byte {error.start}", fix="save it as UTF-8") from error
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ScoreInputError(f"{name} is not JSON: {_place(error, text)}", fix=_FIX) from error
    try:
        given = msgspec.convert(raw if isinstance(raw, list) else [raw], tuple[GivenAnswer, ...])
    except msgspec.ValidationError as error:
        raise ScoreInputError(f"{name}: {str(error).replace('`$', '`answers')}", fix=_FIX) from error
    return checked(given, name)


def checked(given: Given, name: str) -> tuple[AnswerToScore, ...]:
    """In the form that scores take. Raises ``ScoreInputError`` for what is too much."""
    answers = (given,) if isinstance(given, GivenAnswer) else given
    if not answers:
        raise ScoreInputError(f"{name} holds no answer", fix=_FIX)
    if len(answers) > MAX_ANSWERS:
        raise ScoreInputError(f"{name} holds {len(answers)} answers", fix=f"send at most {MAX_ANSWERS} at once")
    return tuple(_answer(one, f"{name}: answer {n}") for n, one in enumerate(answers, start=1))


def _answer(one: GivenAnswer, place: str) -> AnswerToScore:
    if not one.question.strip():
        raise ScoreInputError(f"{place}: question is empty", fix="say what was asked")
    if len(one.answer) > MAX_CHARACTERS or len(one.question) > MAX_CHARACTERS or len(one.words) > MAX_WORDS:
        raise ScoreInputError(f"{place} is too long", fix=f"at most {MAX_CHARACTERS} characters or {MAX_WORDS} words")
    last_s = 0.0
    for n, word in enumerate(one.words, start=1):
        if not last_s <= word.start_s <= word.end_s < float("inf"):
            raise ScoreInputError(f"{place}: word {n} has no time after the one before", fix="give seconds that grow")
        last_s = word.start_s
    words = tuple(Word(text=word.text, start_t=word.start_s, end_t=word.end_s, certainty=word.certainty)
                  for word in one.words)
    return AnswerToScore(question=one.question, text=one.answer, kind=one.kind or None, words=words)


def _place(error: Exception, text: str) -> str:
    said = str(error).removesuffix(")")
    head, mark, byte = said.rpartition("(byte ")
    if not mark or not byte.isdecimal():
        return said or "it is nested too deeply"
    line = text.encode()[: int(byte)].count(b"\n") + 1
    return f"{head.strip()}, line {line}"
