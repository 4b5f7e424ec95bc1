"""What a language model's reading changed, after the interview: both bands stay to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from greenroom.records import BandsBefore, ModelReading, SessionRecord
from greenroom.scores import AnswerScore, Criterion

SHOWN_SHA256 = 12
"""Characters of a fingerprint that are said; the whole one stands beside them."""
PENDING = ("Scored by rules at the end of the interview. A language model still reads the answers; this report will "
           "say what came of it.")


class BandMoved(Struct, frozen=True, kw_only=True):
    """A band that a model's reading moved."""

    answer: int
    """Its number."""
    criterion: Criterion | None
    """Null: the band of the whole answer."""
    before: int
    """By rules alone."""
    after: int


class OwnWords(Struct, frozen=True, kw_only=True):
    """The candidate's own words to a question, put in order. None of it was looked up anywhere else."""

    answer: int
    """Its number."""
    text: str
    written_by: str
    rule: str
    """By which it was let through."""


class ReportReading(Struct, frozen=True, kw_only=True):
    """Who read the answers after the interview, and what came of it."""

    state: Literal["pending", "read", "failed"]
    text: str
    """The same, in words."""
    model: str
    """Its name and version; empty while it has not read."""
    detail: str
    sha256: str
    """Of its weights; empty where they are not known, as on another server."""
    read_at: str
    """UTC, ISO 8601."""
    readings: int
    """Of each answer, which have to agree."""
    answers: int
    """That were read."""
    believed: int
    """In which it passed its check."""
    moved: tuple[BandMoved, ...]
    own_words: OwnWords | None
    """Null where there is no answer with enough in it, or what was written is not the candidate's own."""


RULE = ("every number and every word but those that join others was said in this answer or its question; 20 to 120 "
        "words; the answer with the lowest band that has at least 3 sentences with something particular in them")


def report_reading(record: SessionRecord) -> ReportReading | None:
    """None where no model was to read."""
    reading = record.reading
    if reading.state == "none":
        return None
    numbers = {turn.turn: n for n, turn in enumerate(record.turns, start=1)}
    scores = {turn.turn: turn.score for turn in record.turns if turn.score is not None}
    moved = tuple(one for before in reading.before if before.turn in scores
                  for one in _moved(numbers[before.turn], before, scores[before.turn]))
    believed = sum(before.is_believed for before in reading.before)
    by = reading.by
    return ReportReading(
        state=reading.state, text=_text(reading, believed, moved), model=_model(reading),
        detail="" if by is None else by.detail, sha256="" if by is None else by.sha256, read_at=reading.at,
        readings=0 if by is None else by.readings, answers=len(reading.before), believed=believed, moved=moved,
        own_words=_own_words(reading, numbers))


def _moved(answer: int, before: BandsBefore, now: AnswerScore) -> Iterable[BandMoved]:
    bands: list[tuple[Criterion | None, int | None, int | None]] = [
        (None, before.band, now.band),
        *((one.criterion, before.bands.get(one.criterion), one.band) for one in now.criteria)]
    for criterion, was, band in bands:
        if band is not None and was is not None and band != was:
            yield BandMoved(answer=answer, criterion=criterion, before=was, after=band)


def _model(reading: ModelReading) -> str:
    by = reading.by
    return "" if by is None else f"{by.name} {by.version}".strip()


def _text(reading: ModelReading, believed: int, moved: tuple[BandMoved, ...]) -> str:
    if reading.state == "pending":
        return PENDING
    if reading.state == "failed":
        return f"Scored by rules at the end of the interview. No model has read the answers: {reading.why}."
    by, count = reading.by, len(reading.before)
    weights = f"sha256 {by.sha256[:SHOWN_SHA256]}" if by is not None and by.sha256 else "its weights are not known"
    what = "one band moved" if len(moved) == 1 else f"{len(moved)} bands moved" if moved else "no band moved"
    check = f"{believed} of {count} {'answer' if count == 1 else 'answers'} believed" if believed else (
        "it did not pass its check, and nothing of what it said counts")
    return (f"Scored by rules at the end of the interview; read by {_model(reading)} ({weights}) afterwards: {check}; "
            f"{what}.")


def _own_words(reading: ModelReading, numbers: Mapping[int, int]) -> OwnWords | None:
    retold = reading.retold
    if retold is None or retold.turn not in numbers:
        return None
    return OwnWords(answer=numbers[retold.turn], text=retold.text, written_by=_model(reading), rule=RULE)
