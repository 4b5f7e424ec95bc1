"""What is stored and reported: plain frozen structs without behaviour.

Times named ``*_t`` are seconds on the booth's timeline (see ``timeline.py``); durations end in ``_s``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from greenroom.scores import AnswerScore, Criterion

Style = Literal["supportive", "neutral", "cold", "pressure"]
Pacing = Literal["fast", "normal", "patient"]
QuestionKind = Literal["behavioural", "situational", "technical", "motivation"]
Difficulty = Literal[1, 2, 3]
"""Easy to begin with, usual, demanding."""
DocumentKind = Literal["job", "cv"]
"""A job description, or the candidate's own CV."""
Capability = Literal[
    "voice_activity", "recogniser", "end_of_turn", "face", "synthesiser", "language_model", "echo",
    "sounds", "pitch", "sentence_ends", "body", "objects", "meaning",
]
Trouble = Literal[
    "", "no_engine", "no_face", "picture", "second_person", "leaning_out", "too_near", "too_far", "too_dark",
    "too_bright",
]
"""What keeps the candidate from being seen well; ``no_engine``: nothing looks for faces; ``picture``: the face that is
seen is the picture of one."""
CueName = Literal["louder", "slow_down", "wrap_up", "example", "result", "look_up"]
"""Two words that a candidate may have shown on their phone while they answer."""
EndedBy = Literal["silence", "done", "skip", "cap", "end", "lost"]
Speculation = Literal["reused", "missed", "none"]
"""What became of the work for what comes next that was begun before the turn was taken: it was what was said; something
else was said, or it came too late; none had been begun."""


class Record(Struct, frozen=True, kw_only=True):
    """Base of all stored values."""


class Word(Record, frozen=True, kw_only=True):
    """One recognised word."""

    text: str
    start_t: float
    end_t: float
    certainty: float | None = None
    """0 to 1: how sure the recogniser is of having heard this word; None when the engine cannot tell."""
    syllables: int | None = None
    """As the recogniser's dictionary has it; None when it has none."""


class Phoneme(Record, frozen=True, kw_only=True):
    """One sound of synthesised speech, as IPA without stress marks."""

    ipa: str
    start_s: float
    """Seconds from the start of the clip."""


class GazeTarget(Record, frozen=True, kw_only=True):
    """A point that the candidate looks at from ``from_t`` to ``to_t`` while the gaze is calibrated."""

    name: Literal["lens", "interviewer", "left", "right", "below"]
    x: float
    y: float
    """Its place on the screen, as shares of width and height; the lens is above the screen."""
    yaw_deg: float
    pitch_deg: float
    """Its direction from the ray to the lens; signs as in ``seeing/head_pose.py``."""
    from_t: float
    to_t: float


class GazeCalibration(Record, frozen=True, kw_only=True):
    """What turns a candidate's eyes as they are read into where they look, in degrees: gain x read + bias.

    Below ``bend_deg`` as read, the height goes on with ``low_pitch_gain``.
    """

    yaw_gain: float
    yaw_bias_deg: float
    pitch_gain: float
    pitch_bias_deg: float
    bend_deg: float
    low_pitch_gain: float
    yaw_error_deg: float
    pitch_error_deg: float
    """One standard deviation of a single frame."""
    interviewer_pitch_deg: float
    """Where the interviewer's eyes are, below the lens: negative."""


class SoundShare(Record, frozen=True, kw_only=True):
    """How much of some time a kind of sound was heard."""

    kind: Literal["music", "speech", "crowd", "machine", "outside", "other"]
    share: float
    """0 to 1."""


class RoomReading(Record, frozen=True, kw_only=True):
    """What the sensor check heard of the room, and whether it lets the recogniser work."""

    verdict: Literal["good", "loud", "noisy", "clipping", "too quiet"]
    """"loud" noise is heard before the candidate spoke, or over a voice that still stands out; "noisy" and "too quiet":
    the voice does not stand out far enough, because of the noise or because it is soft."""
    noise_dbfs: float | None
    voice_dbfs: float | None
    """The candidate's voice while reading the sentence; None before that."""
    snr_db: float | None
    """Voice minus noise."""
    is_clipping: bool
    sounds: tuple[SoundShare, ...] | None = None
    """Empty: too quiet, or too little, to tell. None: no engine listened."""
    expected_errors: float | None = None
    """Words that the embedded recogniser got wrong of recorded voices at this ``snr_db``, as a share."""


class TextLine(Record, frozen=True, kw_only=True):
    """A line of a document that is not blank."""

    number: int
    """From 1; blank lines of a text count, those of a PDF do not."""
    text: str
    page: int = 0
    """From 1; 0 where there are no pages."""


class DocumentText(Record, frozen=True, kw_only=True):
    """What a job description or a CV says."""

    kind: DocumentKind
    name: str
    """What its owner calls it."""
    lines: tuple[TextLine, ...]


class QuestionSource(Record, frozen=True, kw_only=True):
    """Where a question comes from that is none of a pack."""

    document: Literal["job", "cv", "own"]
    """"own": somebody typed it."""
    line: int = 0
    """Of the document; 0 for one that was typed."""
    quote: str = ""
    """The line, at most 200 characters of it."""


class FollowUpHook(Record, frozen=True, kw_only=True):
    """A follow-up question and the rule by which it is chosen."""

    id: str
    text: str
    intent: Literal["example", "numbers", "role", "result", "reflection", "tradeoff", "clarify"]


MAX_QUESTION_CHARS = 140
"""Of a question or follow-up: about nine seconds of speech, the most that people keep in mind."""


class Question(Record, frozen=True, kw_only=True):
    """One question of a pack. ``text`` has at most ``MAX_QUESTION_CHARS``."""

    id: str
    text: str
    kind: QuestionKind
    competency: str
    """Id of one of the pack's competencies; empty for a question of other origin that is near none of them."""
    difficulty: Difficulty = 2
    rephrased: str = ""
    """The same question in other, plainer words."""
    hint: str = ""
    """What a good answer has, without giving one; empty: what is said for its kind."""
    follow_ups: tuple[FollowUpHook, ...] = ()
    suggested_s: float = 90.0
    source: QuestionSource | None = None
    """None: a pack."""


class Competency(Record, frozen=True, kw_only=True):
    """Something that questions of a pack are about."""

    id: str
    title: str
    anchors: tuple[str, str, str, str, str]
    """Pieces of answers as they are typical for bands 1 to 5, in this order."""


class QuestionPack(Record, frozen=True, kw_only=True):
    """Questions for one role."""

    id: str
    role: str
    title: str
    competencies: tuple[Competency, ...]
    questions: tuple[Question, ...]
    terms: tuple[str, ...] = ()
    """Words of the job that recognisers often take for others."""


class SetUp(Record, frozen=True, kw_only=True):
    """What the candidate chose before the interview."""

    role: str = "graduate"
    style: Style = "supportive"
    questions: int = 4
    """How many; not what counts where there are ``minutes``."""
    pacing: Pacing = "normal"
    cues: bool = False
    """Whether the candidate's phone shows cues while they answer."""
    minutes: int | None = None
    """How long it may take; the number of questions follows."""
    documents: tuple[str, ...] = ()
    """Ids of a job description and a CV that the booth held when the plan was made."""
    questions_own: tuple[str, ...] = ()
    """Typed for this interview."""
    asked: tuple[str, ...] = ()
    """Ids of questions that this candidate knows from other interviews."""


class Consent(Record, frozen=True, kw_only=True):
    """What the candidate allows, one purpose each; all off by default."""

    record: bool = False
    keep: bool = False
    share_with_staff: bool = False
    fleet_summary: bool = False


class Adaptation(Record, frozen=True, kw_only=True):
    """A question that took another's place, because of how an answer before it was scored."""

    question_id: str
    replaced_id: str
    change: Literal["harder", "easier"]
    after_turn: int
    """Whose score it was."""
    band: int | None
    """None: the answer told too little to be scored."""


class DocumentUse(Record, frozen=True, kw_only=True):
    """How much of a document came into a plan."""

    kind: DocumentKind
    offered: int
    """Lines of it that a question could come from, without those that the candidate was asked about before."""
    asked: int
    """Lines that questions of the plan come from."""
    has_more: bool
    """A longer interview would ask about more of them."""
    is_chosen: bool = True
    """False for one that the booth holds and that was not chosen for this interview; nothing else is known of it."""


class Plan(Record, frozen=True, kw_only=True):
    """The questions of one session in order, with the seed that chose them."""

    pack_id: str
    seed: int
    questions: tuple[Question, ...]
    reserve: tuple[Question, ...] = ()
    """Questions of the pack that may yet take another's place; in the order of the seed."""
    adaptations: tuple[Adaptation, ...] = ()
    """At most one for each question."""
    documents: tuple[DocumentUse, ...] = ()
    """In the order in which they were chosen; then those that were not."""


HALF_DUPLEX = "half-duplex"
"""Name of the engine that keeps the echo away by not listening."""
SCRIPTED = "scripted"
"""Name of what stands for a language model where there is none: follow-ups are asked as they are written."""


class EngineInfo(Record, frozen=True, kw_only=True):
    """Which engine serves a capability, and why not the first choice."""

    capability: Capability
    name: str
    version: str = ""
    detail: str = ""
    is_first_choice: bool = True


class SeenObject(Record, frozen=True, kw_only=True):
    """A thing in a picture."""

    label: str
    """As the detector's list of kinds has it."""
    score: float
    """0 to 1."""
    box: tuple[float, float, float, float]
    """x, y, width, height as shares of the frame."""


class DeviceInfo(Record, frozen=True, kw_only=True):
    """A device and how it is doing."""

    kind: Literal["microphone", "speaker", "camera"]
    name: str
    state: Literal["ok", "lost", "absent", "silent", "frozen", "black", "covered"]
    detail: str = ""


class Span(Record, frozen=True, kw_only=True):
    """A stretch of the timeline that is evidence for a measure."""

    start_t: float
    end_t: float
    label: str = ""


class Measure(Record, frozen=True, kw_only=True):
    """One number of the report with everything needed to check it.

    ``value`` is None when the booth cannot tell; ``reason`` then says why. ``coverage`` is the share
    (0 to 1) of the answer from which the value could be taken.
    """

    name: str
    value: float | None
    unit: str
    formula: str
    source: str
    coverage: float
    reason: str = ""
    evidence: tuple[Span, ...] = ()
    over: float = 0.0
    """What a rate or share was divided by, or a level averaged over (minutes, seconds, words or frames): its weight
    when answers are pooled."""


StageName = Literal[
    "capture", "soft end", "turn model", "final words", "follow-up chosen", "first clause", "turn taken",
    "first sample heard",
]
STAGES: Mapping[StageName, str] = MappingProxyType({
    "capture": "core had the sound of the last voiced sample, as late as the newest sound was at the soft end",
    "soft end": "voice activity had been silent for long enough to begin the work for what comes next",
    "turn model": "it was known how the voice ended: the turn model's probability, the fall of the pitch",
    "final words": "the recogniser had the last words",
    "follow-up chosen": "the booth had chosen whether to ask on, and what",
    "first clause": "core had the first sound of what is said next; 0 when it was ready before the answer ended",
    "turn taken": "the booth took the turn",
    "first sample heard": "the loudspeaker gave the first sample of what is said next: the felt gap",
})
"""What each name means, in the order of the work. They are stable: stored, reported, and counted by."""


class Stage(Record, frozen=True, kw_only=True):
    """One stage of a turn gap: seconds after the candidate's last voiced sample. One that did not happen is absent."""

    name: str
    """Of ``STAGES``; older versions had others."""
    at_s: float


class Ending(Record, frozen=True, kw_only=True):
    """A silence inside or after an answer: what spoke for its being the end, and what came of it."""

    t: float
    """Last voiced sample."""
    category: str
    """What the words say: complete, unsure, incomplete, filler or hold."""
    words: int
    wait_s: float
    """Silence that would have ended the answer."""
    model_p: float | None = None
    """The turn model's probability that the answer was over; None when it was not asked."""
    pitch_st: float | None = None
    """Semitones between the end of the voice and the speaker's floor; None when it could not be told."""
    end_p: float | None = None
    """The probability that a sentence ends after the last words; None when it could not be told."""
    filler: float | None = None
    """How much the end was like a filled pause, 0 where the odds are even; None when it could not be told."""
    score: float | None = None
    """Log-odds that the answer was over; None when only the words were known."""
    went_on_s: float | None = None
    """The candidate went on after so much silence; None when the answer was over."""


class Pause(Record, frozen=True, kw_only=True):
    """A silence inside an answer that did not end the turn."""

    start_t: float
    end_t: float


class LiveCue(Record, frozen=True, kw_only=True):
    """A cue that was shown while the candidate answered."""

    t: float
    name: CueName


class SpokenLine(Record, frozen=True, kw_only=True):
    """What the interviewer said, as far as it was heard."""

    cue: str
    text: str
    heard_text: str
    start_t: float
    end_t: float
    was_cut: bool = False


class TurnRecord(Record, frozen=True, kw_only=True):
    """One candidate turn: the question, the answer and how it went."""

    turn: int
    question_id: str
    cue: str
    question: SpokenLine
    worded_by: str = ""
    """The language model that worded the question; empty: as it is written."""
    words: tuple[Word, ...]
    started_t: float | None
    """First voiced sample; None when nothing was said."""
    ended_t: float
    """Last voiced sample, or the moment the turn was ended by hand."""
    committed_t: float
    ended_by: EndedBy
    pauses: tuple[Pause, ...] = ()
    gaps: tuple[Span, ...] = ()
    """Sound that the booth lost."""
    asides: tuple[Span, ...] = ()
    """Time inside the answer that was not the candidate's: the interviewer spoke, or the interview was paused."""
    endings: tuple[Ending, ...] = ()
    """Every silence that was weighed, the last one being that in which the turn was taken."""
    others: tuple[Span, ...] = ()
    """VAD segments beside which another, fainter voice was heard: their words are less certain."""
    stages: tuple[Stage, ...] = ()
    speculation: Speculation = "none"
    discarded: int = 0
    """Speculations of this turn that were thrown away: the candidate went on, or something else was said."""
    measures: tuple[Measure, ...] = ()
    recogniser_certainty: float | None = None
    score: AnswerScore | None = None
    """None: not scored yet, or by a version that did not score."""
    series: tuple[Series, ...] = ()
    cues: tuple[LiveCue, ...] = ()
    """Shown on the candidate's phone during the answer."""


class AnswerToScore(Record, frozen=True, kw_only=True):
    """Somebody's answer to a question: as a text, or as words with their times, which say more."""

    question: str
    text: str = ""
    kind: QuestionKind | None = None
    """None: as the question sounds."""
    words: tuple[Word, ...] = ()


class ReadBy(Record, frozen=True, kw_only=True):
    """A language model that has read answers."""

    name: str
    version: str = ""
    detail: str = ""
    sha256: str = ""
    """Of the file of its weights; empty where that is not known, as on another server."""
    readings: int = 0
    """Of each answer, which have to agree."""


class PointedAt(Record, frozen=True, kw_only=True):
    """What a model's readings of an answer agree on."""

    elements: dict[str, tuple[int, ...]] | None
    """Numbers of sentences by element; None: it did not pass its check."""
    by: ReadBy


ReadingState = Literal["none", "pending", "read", "failed"]


class BandsBefore(Record, frozen=True, kw_only=True):
    """What an answer had been given before a model read it; what it has now is in its turn's score."""

    turn: int
    is_believed: bool
    """The model passed its check on this answer."""
    band: int | None
    bands: dict[Criterion, int]


class Retold(Record, frozen=True, kw_only=True):
    """A candidate's own words to a question, which a model has put in order."""

    turn: int
    text: str


class ModelReading(Record, frozen=True, kw_only=True):
    """What became of the reading of a session's answers by a language model, once the session was over."""

    state: ReadingState = "none"
    """"none": there was no model, it was not wanted, or nothing to read. "read" and "failed" are for good."""
    by: ReadBy | None = None
    at: str = ""
    """UTC, ISO 8601: when it was at its end."""
    before: tuple[BandsBefore, ...] = ()
    why: str = ""
    """It failed."""
    retold: Retold | None = None


class Series(Record, frozen=True, kw_only=True):
    """A measure over time, for plots."""

    name: str
    unit: str
    t: tuple[float, ...]
    values: tuple[float | None, ...]


class Spread(Record, frozen=True, kw_only=True):
    """How a value lay over the frames that could tell it: the middle, and what 5 % lie below and above. None: cannot
    tell."""

    median: float | None = None
    p5: float | None = None
    p95: float | None = None


class Sight(Record, frozen=True, kw_only=True):
    """What was seen in the picture of a recording, measures apart. Coverages are shares of the whole recording."""

    source: str
    """How it was stored: codec, size and rate."""
    frames: int
    """Looked at."""
    neutral: Span | None
    """Where the face kept still, to which angles and eye contact are relative; None: not calibrated."""
    uncalibrated: str
    """Why there is none; empty when there is one."""
    yaw_deg: Spread
    pitch_deg: Spread
    roll_deg: Spread
    pose_coverage: float
    most_faces: int | None
    """In one frame; None: cannot tell."""
    none_share: float | None
    several_share: float | None
    """Of the frames that were looked at."""
    looked_coverage: float
    reason: str
    """Why nothing, or not more, could be told; empty when all could."""


class Analysis(Record, frozen=True, kw_only=True):
    """What was heard in a recording. ``t`` values are seconds from its start."""

    duration_s: float
    source: str
    """How it was stored: codec, rate and channels."""
    words: tuple[Word, ...]
    voice: tuple[Span, ...]
    """VAD segments."""
    measures: tuple[Measure, ...]
    series: tuple[Series, ...]
    engines: tuple[EngineInfo, ...]
    notes: tuple[str, ...] = ()
    """What whoever reads the numbers should know: an early end, clipping."""
    sight: Sight | None = None
    """None where there is no picture, or nobody was to look at it."""


class SessionRecord(Record, frozen=True, kw_only=True):
    """One sitting, from consent to report. ``t`` values are relative to ``started_t``'s timeline."""

    id: str
    booth: str
    started_at: str
    """UTC, ISO 8601."""
    started_t: float
    ended_t: float
    set_up: SetUp
    consent: Consent
    plan: Plan
    engines: tuple[EngineInfo, ...]
    devices: tuple[DeviceInfo, ...]
    lines: tuple[SpokenLine, ...]
    turns: tuple[TurnRecord, ...]
    notices: tuple[Span, ...] = ()
    is_complete: bool = True
    room: RoomReading | None = None
    """None when the sensor check heard nothing."""
    reading: ModelReading = ModelReading()
