"""What the interview knows: plain frozen data."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from greenroom.events import EchoChecked, JobKey, LevelReading
from greenroom.interview.effects import Effect
from greenroom.interview.feedback import Grade
from greenroom.language.scripted import has_model
from greenroom.records import (
    HALF_DUPLEX,
    Consent,
    EndedBy,
    Ending,
    EngineInfo,
    FollowUpHook,
    GazeCalibration,
    GazeTarget,
    LiveCue,
    Plan,
    QuestionKind,
    RoomReading,
    SetUp,
    Span,
    SpokenLine,
    Style,
    TurnRecord,
    Word,
)

Phase = Literal[
    "attract", "consent", "set_up", "sensor_check", "gaze_check", "greeting", "asking", "listening", "thinking",
    "paused", "closing", "report", "goodbye",
]
Purpose = Literal["check", "gaze", "greeting", "ask", "reprompt", "closing", "notice"]
CheckState = Literal["checking", "good", "fix", "absent"]

ESSENTIAL = frozenset({"audio", "hearing"})
"""Workers without which there is no interview; the loss of another one is shown, and the interview goes on."""


class Speaking(Struct, frozen=True, kw_only=True):
    """What the interviewer is saying."""

    job: JobKey
    cue: str
    text: str
    purpose: Purpose
    started_t: float | None = None
    paused_t: float | None = None


class Voice(Struct, frozen=True):
    """A VAD segment that goes on, whatever it belongs to."""

    segment: int
    from_t: float


class BargeIn(Struct, frozen=True):
    """The candidate's voice over the interviewer's."""

    segment: int
    since_t: float


class Segment(Struct, frozen=True, kw_only=True):
    """One VAD segment of an answer and its words."""

    n: int
    """A voice that goes on after its segment was ended by hand has its number twice."""
    job: JobKey
    """Under which it is recognised; no other segment has both the same."""
    from_t: float
    to_t: float | None = None
    words: tuple[Word, ...] = ()
    is_final: bool = False
    ends_in_filler: bool = False
    has_other: bool = False
    """Another voice was heard beside it."""
    is_judged: bool = False
    """How it ends was told, as far as it can be."""
    judged_t: float | None = None
    """When the turn model or the pitch told it; None when neither could."""
    model_p: float | None = None
    pitch_st: float | None = None
    end_p: float | None = None
    filler: float | None = None
    """See ``EndOfTurn``."""


class Choice(Struct, frozen=True, kw_only=True):
    """The interviewer's follow-up to the answer as it was at ``revision``."""

    revision: int
    hook_id: str
    text: str
    """Empty when no follow-up is due."""
    known_t: float
    """When it was chosen, however it is worded later."""
    worded_by: str = ""
    """The engine that worded it; empty: as it is written."""


class Answer(Struct, frozen=True, kw_only=True):
    """A candidate turn in the making. The sensor check and the greeting listen through one, too."""

    turn: int
    job: JobKey
    """The job that asked."""
    cue: str
    question_id: str = ""
    text: str = ""
    worded_by: str = ""
    """The engine that worded what was asked; empty: as it is written."""
    kind: QuestionKind = "behavioural"
    hooks: tuple[FollowUpHook, ...] = ()
    question: SpokenLine | None = None
    opened_t: float | None = None
    """When the interviewer fell silent; None while asking."""
    segments: tuple[Segment, ...] = ()
    has_voice: bool = False
    quiet_since_t: float | None = None
    """Last voiced sample."""
    soft_end_t: float | None = None
    late_s: float | None = None
    """How late sound came to core at the soft end."""
    final_t: float | None = None
    revision: int = 0
    choice: Choice | None = None
    prepared: str = ""
    """What was last prepared to be said after it."""
    discarded: int = 0
    """How often what was begun for that was thrown away."""
    reopened_t: float | None = None
    """When the recogniser, restarted, was given the answer's last words again."""
    done_t: float | None = None
    ended_by: EndedBy = "silence"
    prompts: int = 0
    helps: int = 0
    """Hints that were given."""
    prompted_t: float | None = None
    """When the interviewer last spoke inside the answer, or it was taken up again: silence counts from here."""
    gaps: tuple[Span, ...] = ()
    asides: tuple[Span, ...] = ()
    endings: tuple[Ending, ...] = ()
    cues: tuple[LiveCue, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for segment in self.segments for word in segment.words)

    @property
    def started_t(self) -> float | None:
        """First voiced sample of a segment with words."""
        return next((s.from_t for s in self.segments if s.words), None)


class Taken(Struct, frozen=True, kw_only=True):
    """The turn that was taken last: it may have to be given back, and words of it may still be on their way."""

    job: JobKey
    """What is said after it."""
    may_return: bool
    """The booth ended it, not the candidate by hand."""
    answer: Answer
    turn: int
    position: int
    is_follow_up: bool
    own_end_st: float


class Checks(Struct, frozen=True, kw_only=True):
    """The sensor check."""

    microphone: CheckState = "checking"
    camera: CheckState = "checking"
    voice: CheckState = "checking"
    echo: CheckState = "checking"
    light: CheckState = "checking"
    levels: tuple[LevelReading, ...] = ()
    """What the room is judged by, the newest last."""
    has_asked_room: bool = False
    has_asked_face: bool = False
    asked_voice_t: float | None = None
    settled_t: float | None = None
    shown_since_t: float | None = None
    """When the candidate began to look at their own picture; None while they do not."""


class Wordings(Struct, frozen=True):
    """How often a language model was asked to word a follow-up, and what became of that."""

    asked: int = 0
    taken: int = 0
    late: int = 0
    """The turn was over, or the candidate had gone on."""
    unfit: int = 0
    failed: int = 0


class NoticeState(Struct, frozen=True):
    """Something on the screens; ``until_t`` None means until it is cleared."""

    code: str
    since_t: float
    until_t: float | None = None


class InterviewState(Struct, frozen=True, kw_only=True):
    """Everything the machine knows. Folding a session's journal gives it back."""

    phase: Phase = "attract"
    phase_since_t: float = 0.0
    touched_t: float = 0.0
    """When somebody last touched the kiosk, as far as it was told."""
    now_t: float = 0.0
    consent: Consent = Consent()
    offered: SetUp = SetUp()
    """What the set-up screen offers first; belongs to the booth."""
    set_up: SetUp = SetUp()
    plan: Plan | None = None
    position: int = 0
    is_follow_up: bool = False
    probed: tuple[str, ...] = ()
    """Ids of the follow-ups to the present question that were asked."""
    grades: tuple[Grade, ...] = ()
    """Of the answers so far, as far as they are scored."""
    again: int | None = None
    """Position of the question that may be asked again."""
    warnings: int = 0
    """For abuse."""
    turn: int = 0
    generation: int = 0
    speaking: Speaking | None = None
    voice: Voice | None = None
    barge_in: BargeIn | None = None
    answer: Answer | None = None
    last_turn: TurnRecord | None = None
    taken: Taken | None = None
    turns: int = 0
    lines: tuple[SpokenLine, ...] = ()
    own_pause_s: float = 0.5
    own_end_st: float = 0.0
    """Where the candidate's answers end, in semitones above the floor of the voice."""
    is_judging: bool = False
    """How voices end is told in this session, so that a turn may wait for it."""
    checks: Checks = Checks()
    room: RoomReading | None = None
    channel: tuple[float, ...] = ()
    neutral: bytes = b""
    panel_mm: tuple[float, float] | None = None
    """Width and height of the kiosk's picture; None where gaze is not checked. Belongs to the booth."""
    gaze_points: tuple[GazeTarget, ...] = ()
    """What the candidate is looking at or has looked at, once the instruction is over."""
    gaze: GazeCalibration | None = None
    notice: NoticeState | None = None
    lost: tuple[str, ...] = ()
    """Workers that are down now."""
    gone: tuple[str, ...] = ()
    """Those of them that nobody starts again."""
    missing: tuple[str, ...] = ()
    """Kinds of devices that are not there now."""
    echo: EchoChecked | None = None
    """What keeps the echo away, as far as the booth has listened to itself."""
    silent_since_t: float | None = None
    """No sound has come from the audio worker since then: it is gone."""
    deaf_since_t: float | None = None
    """When the microphone was lost."""
    paused_from: Phase = "attract"
    paused_t: float = 0.0
    say_again: Speaking | None = None
    """What was being said when sound was lost or the interview paused."""
    engines: tuple[EngineInfo, ...] = ()
    wordings: Wordings = Wordings()
    is_plain: bool = False
    """The candidate was told that follow-ups are asked as they are written."""

    @property
    def style(self) -> Style:
        return self.set_up.style

    @property
    def is_half_duplex(self) -> bool:
        """The booth hears nothing while the interviewer speaks."""
        return any(engine.capability == "echo" and engine.name == HALF_DUPLEX for engine in self.engines)

    @property
    def has_words(self) -> bool:
        """There is a language model that words follow-ups."""
        return has_model(self.engines)

    @property
    def is_unavailable(self) -> bool:
        """No interview can be held: a worker that it cannot do without is gone."""
        return not ESSENTIAL.isdisjoint(self.gone)


class Draft:
    """A step in the making: the state so far and the effects so far."""

    def __init__(self, state: InterviewState) -> None:
        self.state = state
        self.effects: list[Effect] = []

    def set(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)

    def do(self, effect: Effect) -> None:
        self.effects.append(effect)

    def enter(self, phase: Phase) -> None:
        if phase != self.state.phase:
            self.set(phase=phase, phase_since_t=self.state.now_t)

    def answer(self, **changes: object) -> None:
        """Change the answer in the making."""
        if self.state.answer is not None:
            self.set(answer=msgspec.structs.replace(self.state.answer, **changes))
