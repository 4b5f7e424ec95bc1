"""A session that is over, and what a language model's reading makes of its record. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from greenroom.interview import grading, scoring
from greenroom.language import retelling
from greenroom.records import (
    AnswerToScore,
    BandsBefore,
    ModelReading,
    ReadBy,
    Retold,
    SessionRecord,
    TurnRecord,
)
from greenroom.scores import AnswerScore

MAX_ANSWERS = 20
"""Of a session; those after them keep the score that the rules gave."""


class Read(NamedTuple):
    """What came of one answer."""

    score: AnswerScore
    is_believed: bool
    by: ReadBy


def awaited(record: SessionRecord) -> SessionRecord:
    """The record with its reading still to come, if there is anything to read."""
    return replace(record, reading=ModelReading(state="pending")) if to_read(record) else record


def to_read(record: SessionRecord) -> dict[int, AnswerToScore]:
    """The answers that have bands, by the turn of their question. Whatever was refused stays so."""
    turns = _by_turn(record)
    answers = grading.answers(turns, record.plan)
    scored = [n for n in sorted(answers) if (score := turns[n].score) is not None and score.band is not None]
    return {n: answers[n] for n in scored[:MAX_ANSWERS]}


def to_retell(record: SessionRecord, read: Mapping[int, Read]) -> tuple[int, str, tuple[str, ...]] | None:
    """Turn, question and sentences of the answer that gains most by being put in order: the one of the lowest band
    that has the material. Only what a model has read, and passed its check on, is put in order by it."""
    best: tuple[int, int] | None = None
    found: tuple[int, str, tuple[str, ...]] | None = None
    for n, given in to_read(record).items():
        one = read.get(n)
        if one is None or not one.is_believed or one.score.band is None:
            continue
        sentences = scoring.sentences_of(scoring.to_score(given))
        if (best is None or (one.score.band, n) < best) and retelling.particular(sentences) >= (
                retelling.LEAST_PARTICULAR):
            best = (one.score.band, n)
            found = (n, given.question, tuple(sentence.text for sentence in sentences))
    return found


def retold(record: SessionRecord, turn: int, text: str) -> Retold | None:
    """What a model wrote, where it is the candidate's own; None where it may not be shown."""
    given = to_read(record).get(turn)
    if given is None or retelling.unfit(text, question=given.question, answer=grading.text_of(given)):
        return None
    return Retold(turn=turn, text=text)


def finished(record: SessionRecord, read: Mapping[int, Read], words: Retold | None, at: str) -> SessionRecord:
    """The record once everything was read. Only what passed its check may move a band."""
    turns = tuple(_reread(turn, read.get(turn.turn)) for turn in record.turns)
    before = tuple(_before(turn, read[turn.turn]) for turn in record.turns if turn.turn in read)
    by = next((one.by for one in read.values()), None)
    return replace(record, turns=turns, reading=ModelReading(
        state="read", by=by, at=at, before=before, retold=words))


def failed(record: SessionRecord, why: str, at: str) -> SessionRecord:
    """The record as the rules left it, and why no model has read it."""
    return replace(record, reading=ModelReading(state="failed", why=why, at=at))


def is_of(score: AnswerScore, record: SessionRecord, turn: int) -> bool:
    """The score is of the words of this turn's answer."""
    answer = to_read(record).get(turn)
    return answer is not None and grading.is_of(score, answer)


def _reread(turn: TurnRecord, read: Read | None) -> TurnRecord:
    if read is None or turn.score is None:
        return turn
    if read.is_believed:
        return replace(turn, score=read.score)
    return replace(turn, score=replace(turn.score, readers=read.score.readers))


def _before(turn: TurnRecord, read: Read) -> BandsBefore:
    score = turn.score
    return BandsBefore(
        turn=turn.turn, is_believed=read.is_believed, band=None if score is None else score.band,
        bands={} if score is None else {one.criterion: one.band for one in score.criteria})


def _by_turn(record: SessionRecord) -> dict[int, TurnRecord]:
    return {turn.turn: turn for turn in record.turns}
