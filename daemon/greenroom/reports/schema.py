"""The report as data. Times ``*_s`` are seconds since the session began, rounded to milliseconds."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from greenroom.records import CueName, EndedBy, Pacing, Speculation, Style
from greenroom.reports.coached import LetterLine, Remark
from greenroom.reports.reread import ReportReading
from greenroom.reports.scored import ScoredAnswer
from greenroom.scores import Criterion

SCHEMA_VERSION = 1
SCHEMA_ID = "greenroom-report"


class ReportSpan(Struct, frozen=True, kw_only=True):
    """A stretch of the session."""

    start_s: float
    end_s: float
    label: str = ""


class ReportWord(Struct, frozen=True, kw_only=True):
    """One recognised word; ``certainty`` says how well the booth heard it, null when the engine cannot tell."""

    text: str
    start_s: float
    end_s: float
    certainty: float | None


class ReportMeasure(Struct, frozen=True, kw_only=True):
    """One number with everything needed to check it; ``value`` is null when the booth cannot tell."""

    name: str
    label: str
    value: float | None
    unit: str
    formula: str
    source: str
    coverage: float
    reason: str
    evidence: tuple[ReportSpan, ...]
    over: float = 0.0
    """What it was divided by or averaged over; its weight in a value of the whole interview."""


class ReportStage(Struct, frozen=True, kw_only=True):
    """A step between the candidate's last voiced sample and the interviewer's next word."""

    name: str
    at_s: float
    meaning: str = ""
    """What had happened by then; empty for a name that this version does not know."""


class ReportEnding(Struct, frozen=True, kw_only=True):
    """A silence inside or after an answer, and what spoke for its being the end."""

    at_s: float
    """Last voiced sample before it."""
    category: str
    """What the words said: `complete`, `unsure`, `incomplete`, `filler` or `hold`."""
    words: int
    """Of the answer so far."""
    model_p: float | None
    """The turn model's probability that the answer was over; null when it was not asked."""
    pitch_st: float | None
    """Semitones between the end of the voice and the lowest it goes; null when it could not be told."""
    score: float | None
    """Log-odds that the answer was over; null when only the words were known."""
    wait_s: float
    """Silence that would have ended the answer."""
    went_on_s: float | None
    """The candidate went on after so much silence; null: the turn was taken."""
    filler: float | None = None
    """How much the end was like a filled pause, 0 where the odds are even; null when it could not be told."""
    end_p: float | None = None
    """The probability that a sentence ends after the last words; null when it could not be told."""


class ReportSeries(Struct, frozen=True, kw_only=True):
    """A measure over time; null where the booth could not tell."""

    name: str
    label: str
    unit: str
    t_s: tuple[float, ...]
    values: tuple[float | None, ...]


class ReportCue(Struct, frozen=True, kw_only=True):
    """A cue that the candidate's phone showed during the answer. It enters no score."""

    at_s: float
    name: CueName
    text: str


class Change(Struct, frozen=True, kw_only=True):
    """A measure of an answer against the same of the warm-up; ``difference`` is null when the booth cannot tell."""

    name: str
    label: str
    value: float | None
    warm_up: float | None
    unit: str
    difference: float | None
    difference_unit: str
    formula: str
    reason: str
    warm_up_answer: int
    """Its number."""


class Twice(Struct, frozen=True, kw_only=True):
    """One thing of two tries; null where it could not be told."""

    name: str
    label: str
    first: float | None
    second: float | None
    unit: str


class Retried(Struct, frozen=True, kw_only=True):
    """A second try at a question, against the try before."""

    first: int
    """Number of the answer of the try before."""
    target: Criterion | None
    """What was to be changed."""
    rows: tuple[Twice, ...]


class Exercise(Struct, frozen=True, kw_only=True):
    """Something to practise, and why."""

    criterion: Criterion
    title: str
    text: str
    mean_band: float
    """Over the answers named."""
    answers: tuple[int, ...]


class Source(Struct, frozen=True, kw_only=True):
    """Where a question comes from that is none of a pack."""

    document: Literal["job", "cv", "own"]
    """Job description, CV, or typed."""
    line: int
    """Of the document; 0 for one that was typed."""
    quote: str
    """That line, at most 200 characters."""


class Level(Struct, frozen=True, kw_only=True):
    """How hard a question of the pack is, and whether it was chosen because of an answer before it."""

    difficulty: int
    """1 to 3."""
    change: Literal["", "harder", "easier"] = ""
    """Empty: the question was asked as planned."""
    after: int | None = None
    """The number of the answer whose score changed it."""
    band: int | None = None
    """Of that answer; null where it told too little to be scored."""


class Answer(Struct, frozen=True, kw_only=True):
    """One turn of the candidate."""

    number: int
    """1 for the first answer of the session."""
    turn: int
    question_id: str
    cue: str
    """What was asked: `question:ID`, or `follow_up:ID:HOOK`."""
    is_follow_up: bool
    question: str
    heard_question: str
    was_question_cut: bool
    asked_s: float
    started_s: float | None
    """First voiced sample; null when nothing was said."""
    ended_s: float
    committed_s: float
    ended_by: EndedBy
    words: tuple[ReportWord, ...]
    pauses: tuple[ReportSpan, ...]
    gaps: tuple[ReportSpan, ...]
    """Sound that the booth lost."""
    stages: tuple[ReportStage, ...]
    gap_s: float | None
    """The last stage: how long the candidate waited for the interviewer."""
    measures: tuple[ReportMeasure, ...]
    series: tuple[ReportSeries, ...]
    against_warm_up: tuple[Change, ...] = ()
    """Empty for the warm-up itself, and when there was none."""
    others: tuple[ReportSpan, ...] = ()
    """Where another, fainter voice was heard with the candidate's: words there count as less certain."""
    endings: tuple[ReportEnding, ...] = ()
    """Every silence that the booth weighed, in order."""
    speculation: Speculation = "none"
    """What became of the work for the next question that was begun before the turn was taken."""
    discarded: int = 0
    """How often such work was thrown away in this turn."""
    worded_by: str = ""
    """The language model that worded the question; empty when it was asked as it is written."""
    score: ScoredAnswer | None = None
    """Of the answer together with those to its follow-ups; null for a follow-up, and where nothing was said."""
    retried: Retried | None = None
    """Null for a first try."""
    source: Source | None = None
    """Null for a question of a pack, and for follow-ups."""
    level: Level | None = None
    """Null for a follow-up."""
    cues: tuple[ReportCue, ...] = ()
    """What the candidate's phone showed meanwhile."""
    coaching: tuple[Remark, ...] = ()
    """What the interviewer writes of a score: a strength, a next step; or how to get one. Empty without a score."""

    @property
    def has_turn(self) -> bool:
        """Whether anything is known of how the booth took the turn."""
        return bool(self.stages or self.endings)

    @property
    def transcript(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def length_s(self) -> float:
        """From the first voiced sample to the last; 0 when nothing was said."""
        return 0.0 if self.started_s is None else max(self.ended_s - self.started_s, 0.0)


class Finding(Struct, frozen=True, kw_only=True):
    """One sentence for the candidate, and the rule by which it was chosen."""

    text: str
    rule: str
    answers: tuple[int, ...]
    """Numbers of the answers that it rests on."""


class Fact(Struct, frozen=True, kw_only=True):
    """One number over the whole session; ``value`` is null when the booth cannot tell."""

    name: str
    label: str
    value: float | None
    unit: str
    coverage: float
    formula: str
    reason: str = ""
    answers: tuple[int, ...] = ()
    """Numbers of the answers in which it could be measured."""


class CannotTell(Struct, frozen=True, kw_only=True):
    """Something the booth could not measure. ``answer`` is null when it concerns the whole session."""

    answer: int | None
    what: str
    reason: str


class ReportEngine(Struct, frozen=True, kw_only=True):
    """Which engine did a job, and whether it is the one the booth would choose first."""

    capability: str
    name: str
    version: str
    detail: str
    is_first_choice: bool


class ReportDevice(Struct, frozen=True, kw_only=True):
    """A device and how it was doing at the end."""

    kind: str
    name: str
    state: str
    detail: str


class ReportSound(Struct, frozen=True, kw_only=True):
    """A kind of sound that was heard while nobody spoke, and in how much of that time."""

    kind: str
    share: float


class ReportRoom(Struct, frozen=True, kw_only=True):
    """What the sensor check heard of the room; null where it could not tell."""

    verdict: str
    """`good`, `loud`, `noisy`, `too quiet` or `clipping`."""
    noise_dbfs: float | None
    voice_dbfs: float | None
    snr_db: float | None
    """Voice minus noise."""
    is_clipping: bool
    sounds: tuple[ReportSound, ...]
    """The largest share first."""
    noise: str
    """What the noise was, in words."""
    effect: str
    """How the room, or the distance to the microphone, hurt the recognition; empty when it did not."""


class Summary(Struct, frozen=True, kw_only=True):
    """What fits on the check-out screen. Says something about the answers, never about the person."""

    strength: Finding
    next_step: Finding
    facts: tuple[Fact, ...]


class Report(Struct, frozen=True, kw_only=True):
    """One interview."""

    schema: Literal["greenroom-report"]
    schema_version: int
    session: str
    booth: str
    started_at: str
    duration_s: float
    is_complete: bool
    role: str
    style: Style
    pacing: Pacing
    questions_planned: int
    summary: Summary
    answers: tuple[Answer, ...]
    gap_median_s: float | None
    """Median of the answers' ``gap_s``."""
    notices: tuple[ReportSpan, ...]
    cannot_tell: tuple[CannotTell, ...]
    engines: tuple[ReportEngine, ...]
    devices: tuple[ReportDevice, ...]
    whole: tuple[Fact, ...] = ()
    """The whole interview: who spoke how much, and what can be pooled over the answers."""
    room: ReportRoom | None = None
    """Null when the sensor check heard nothing."""
    study: tuple[Exercise, ...] = ()
    """What to practise before the next interview."""
    letter: tuple[LetterLine, ...] = ()
    """What the interviewer writes of the whole session; empty where nothing was read for a score."""
    documents: str = ""
    """One line on a job description or CV that was read and not used up; empty where there is nothing to say."""
    reading: ReportReading | None = None
    """A language model reads the answers once the interview is over; null where there is none."""


def json_schema() -> dict[str, Any]:
    """The published JSON schema of ``report.json``."""
    schema = msgspec.json.schema(Report)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA_ID}:{SCHEMA_VERSION}",
        "title": "Greenroom interview report",
        **schema,
    }


def to_json(report: Report) -> bytes:
    """``report.json``: the same report gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def from_json(data: bytes) -> Report:
    """Raises ``msgspec.MsgspecError`` for anything that is not a report of this schema."""
    return msgspec.json.decode(data, type=Report)
