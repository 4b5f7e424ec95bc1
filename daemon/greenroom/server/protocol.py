"""The public messages: a closed, versioned set, each with its audience.

Every message is a msgpack map with a ``type``. ``daemon/PROTOCOL.md`` describes each one and
``clients/shared/wire.gen.ts`` is generated from this file; tests hold the three together.
Times (``t``) are seconds on the booth's timeline.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

SCHEMA_VERSION = 1
MAX_INBOUND_BYTES = 64 * 1024

Role = Literal["kiosk", "phone", "viewer", "counsellor", "admin"]
"""A viewer is a phone on the network that nobody has paired: it looks, and steers nothing."""
Phase = Literal[
    "starting", "attract", "consent", "set_up", "sensor_check", "gaze_check", "greeting", "asking", "listening",
    "thinking", "paused", "closing", "report", "goodbye", "unavailable",
]
StateWord = Literal["idle", "asking", "voice", "silence", "taken", "thinking", "paused", "speaking", "half_duplex"]
"""What the state line, the ring and the avatar show (table 2.3 of the storyboard)."""
Framing = Literal[
    "unknown", "good", "dark", "bright", "nobody", "several", "nearer", "further", "left", "right", "up", "down",
]
"""How the candidate may sit better; directions are those in which they have to move."""
CueName = Literal["louder", "slow_down", "wrap_up", "example", "result", "look_up"]
ReadingState = Literal["none", "pending", "read", "failed"]
"""Whether a language model reads the answers of an interview that is over; what the last two made of the report stays.
"""
CloseCode = Literal["stopping", "slow-client", "protocol", "rate", "too-many"]
"""Why the server ends a connection; beside the codes of ``errors.py``. "rate" also refuses single messages."""


class Message(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of all public messages."""


# --- parts --------------------------------------------------------------------------------------


class EngineState(Struct, frozen=True, kw_only=True):
    capability: str
    name: str
    detail: str
    is_first_choice: bool
    is_lost: bool = False


class DeviceState(Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    state: str
    detail: str = ""


class RoleTile(Struct, frozen=True, kw_only=True):
    role: str
    title: str
    questions: int


class CheckLine(Struct, frozen=True, kw_only=True):
    """One line of the sensor check."""

    name: Literal["microphone", "camera", "speaker", "light", "echo", "voice"]
    state: Literal["checking", "good", "fix", "absent"]
    text: str


class GazePoint(Struct, frozen=True, kw_only=True):
    """Where the candidate is asked to look, and when, on the booth's timeline."""

    name: Literal["lens", "interviewer", "left", "right", "below"]
    x: float
    y: float
    """Shares of the screen's width and height. The lens is above the screen."""
    from_t: float
    to_t: float


class SourceView(Struct, frozen=True, kw_only=True):
    """The line that a question comes from."""

    document: Literal["job", "cv", "own"]
    line: int
    """0 for a question that was typed."""
    quote: str


class QuestionView(Struct, frozen=True, kw_only=True):
    turn: int
    number: int
    """1 for the first question."""
    of: int
    text: str
    is_follow_up: bool
    suggested_s: float
    id: str = ""
    """Of the question in its pack, or of one that was made; a follow-up has that of its question."""
    source: SourceView | None = None


class Fact(Struct, frozen=True, kw_only=True):
    """One number of the check-out screen; ``value`` is null when the booth cannot tell."""

    name: str
    label: str
    value: float | None
    unit: str
    coverage: float
    reason: str = ""


class ReportView(Struct, frozen=True, kw_only=True):
    """What the check-out screen shows."""

    session: str
    url: str
    """Address of the HTML report for a phone; empty, like the next two, when no phone can reach the booth."""
    code: str
    """The same, to be typed."""
    qr: tuple[str, ...]
    """Rows of the QR matrix, '1' dark and '0' light, without a quiet zone."""
    strength: str
    next_step: str
    facts: tuple[Fact, ...]
    reading: ReadingState = "none"
    """`pending`: a language model reads the answers, and the report will change; `read` and `failed`: it is at its end,
    and who opened the report before may load it anew."""


class BoothState(Struct, frozen=True, kw_only=True):
    """Everything a screen needs, without history."""

    t: float
    phase: Phase
    state: StateWord
    session: str | None
    style: str
    role: str
    pacing: str
    questions: int
    roles: tuple[RoleTile, ...]
    question: QuestionView | None
    turn: int
    answering_since_t: float | None
    caption_you: str
    caption_booth: str
    checks: tuple[CheckLine, ...]
    gaze_points: tuple[GazePoint, ...]
    engines: tuple[EngineState, ...]
    devices: tuple[DeviceState, ...]
    notice: Notice | None
    report: ReportView | None
    allowed: tuple[str, ...]
    """Types of the commands that make sense now."""
    scores: tuple[ScoreView, ...] = ()
    """Of the answers so far, for those who are told them."""
    cues: bool = False
    """Whether the candidate's phone shows cues."""
    documents_note: str = ""
    """One line on documents that were read and are not used up by this interview; empty where there is nothing to say.
    """


# --- server to client ---------------------------------------------------------------------------


class Hello(Message, tag="hello", frozen=True, kw_only=True):
    """First message of every connection."""

    schema: int
    boot_id: str
    version: str
    role: Role
    t: float
    panel_mm: tuple[float, float]
    locale: str
    booth: str
    self_view: bool
    """Whether the sensor check offers candidates to see themselves."""
    phone_url: str = ""
    """Where a candidate's phone brings documents and steers; empty where none may, and for all but the kiosk."""


class Snapshot(Message, tag="snapshot", frozen=True, kw_only=True):
    """The whole state; batches that follow build on it."""

    seq: int
    state: BoothState


class PhaseChanged(Message, tag="phase", frozen=True, kw_only=True):
    t: float
    phase: Phase
    allowed: tuple[str, ...]


class StateChanged(Message, tag="state", frozen=True, kw_only=True):
    """State line, ring and avatar."""

    t: float
    state: StateWord


class SessionOpened(Message, tag="session", frozen=True, kw_only=True):
    """A session began, or its set-up was chosen; screens drop what they showed before."""

    t: float
    session: str
    style: str
    role: str
    pacing: str
    questions: int
    documents_note: str = ""
    """One line on documents that were read and are not used up; empty where there is nothing to say."""


class QuestionShown(Message, tag="question", frozen=True, kw_only=True):
    t: float
    question: QuestionView


class Answering(Message, tag="answering", frozen=True, kw_only=True):
    """The answer timer of a turn starts (or stops, with null)."""

    t: float
    turn: int
    since_t: float | None


class Caption(Message, tag="caption", frozen=True, kw_only=True):
    """Replaces everything after the first ``keep`` characters of this turn's caption.

    The speaker is ``you`` (candidate) or ``booth`` (interviewer).
    """

    t: float
    speaker: Literal["you", "booth"]
    turn: int
    revision: int
    keep: int
    text: str
    settled: int
    """Characters from the start that will not change any more."""
    is_final: bool


class VisemeTrack(Message, tag="visemes", frozen=True, kw_only=True):
    """Mouth shapes A to H and X of one stretch of speech. ``t0`` is when its first sample is heard."""

    turn: int
    generation: int
    t0: float
    at_ms: tuple[int, ...]
    shapes: str
    """One letter per entry of ``at_ms``."""


class VisemeCut(Message, tag="viseme_cut", frozen=True, kw_only=True):
    """Close the mouth now."""

    t: float
    generation: int


class ChecksChanged(Message, tag="checks", frozen=True, kw_only=True):
    t: float
    checks: tuple[CheckLine, ...]


class GazePoints(Message, tag="gaze_points", frozen=True, kw_only=True):
    t: float
    points: tuple[GazePoint, ...]


class EnginesChanged(Message, tag="engines", frozen=True, kw_only=True):
    t: float
    engines: tuple[EngineState, ...]


class DevicesChanged(Message, tag="devices", frozen=True, kw_only=True):
    t: float
    devices: tuple[DeviceState, ...]


class Notice(Message, tag="notice", frozen=True, kw_only=True):
    """Something that people should know; ``code`` is stable, ``text`` is for the screen. Empty text clears it."""

    t: float
    code: str
    text: str
    severity: Literal["info", "warn", "error"]


class TurnTaken(Message, tag="turn_taken", frozen=True, kw_only=True):
    """A candidate turn is over and saved."""

    t: float
    turn: int
    ended_by: str
    gap_s: float | None
    """Felt gap of the turn before this one, when known."""


class BandView(Struct, frozen=True, kw_only=True):
    """A criterion of the rubric and its band."""

    criterion: str
    band: int
    certainty: Literal["high", "low"]


class ScoreView(Struct, frozen=True, kw_only=True):
    """How an answer was judged; ``band`` is null, and ``text`` says why, when it was not scored."""

    turn: int
    number: int
    """Of the question in the plan, from 1."""
    band: int | None
    rating: str
    certainty: str
    bands: tuple[BandView, ...]
    text: str
    """What to do next time, or why nothing was scored."""


class AnswerScored(Message, tag="answer_scored", frozen=True, kw_only=True):
    """An answer was judged, or judged again with that to its follow-up."""

    t: float
    score: ScoreView


class CuesSwitched(Message, tag="cues", frozen=True, kw_only=True):
    """The candidate's phone shows cues from now on, or none."""

    t: float
    is_on: bool


class Cue(Message, tag="cue", frozen=True, kw_only=True):
    """Two words for the candidate while they answer."""

    t: float
    turn: int
    name: CueName
    text: str
    show_s: float
    """How long they are shown."""


class ReportReady(Message, tag="report", frozen=True, kw_only=True):
    t: float
    report: ReportView


class Gauges(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Live values; only those that changed are sent. A value of null means "cannot tell"."""

    mic_dbfs: float | msgspec.UnsetType | None = msgspec.UNSET
    speaker_dbfs: float | msgspec.UnsetType | None = msgspec.UNSET
    noise_dbfs: float | msgspec.UnsetType | None = msgspec.UNSET
    pace_wpm: float | msgspec.UnsetType | None = msgspec.UNSET
    pauses: float | msgspec.UnsetType | None = msgspec.UNSET
    pause_share: float | msgspec.UnsetType | None = msgspec.UNSET
    loudness_dbfs: float | msgspec.UnsetType | None = msgspec.UNSET
    eye_contact: float | msgspec.UnsetType | None = msgspec.UNSET
    yaw_deg: float | msgspec.UnsetType | None = msgspec.UNSET
    pitch_deg: float | msgspec.UnsetType | None = msgspec.UNSET
    roll_deg: float | msgspec.UnsetType | None = msgspec.UNSET
    faces: float | msgspec.UnsetType | None = msgspec.UNSET
    talk_s: float | msgspec.UnsetType | None = msgspec.UNSET


BatchEvent = (
    PhaseChanged | StateChanged | SessionOpened | QuestionShown | Answering | Caption | VisemeTrack | VisemeCut
    | ChecksChanged | GazePoints | EnginesChanged | DevicesChanged | Notice | TurnTaken | AnswerScored
    | ReportReady | CuesSwitched | Cue
)


class Batch(Message, tag="batch", frozen=True, kw_only=True):
    """One tick. Travels as the second element of ``[seq, batch]``."""

    t: float
    events: tuple[BatchEvent, ...]
    gauges: Gauges


class Ack(Message, tag="ack", frozen=True, kw_only=True):
    """A command was taken."""

    command_id: str


class Error(Message, tag="error", frozen=True, kw_only=True):
    """Something the client sent was refused; ``command_id`` is empty when it was not a command."""

    code: str
    message: str
    command_id: str = ""


class Pong(Message, tag="pong", frozen=True, kw_only=True):
    """Answer to ``ping``, for the client's estimate of the booth's clock."""

    sent_ms: float
    t: float


class Goodbye(Message, tag="goodbye", frozen=True, kw_only=True):
    """The server closes this connection; ``code`` says why."""

    code: str


class SelfView(Message, tag="self_view", frozen=True, kw_only=True):
    """The candidate's own picture. Travels on a socket of its own, and on no other."""

    t: float
    framing: Framing
    jpeg: bytes


ServerMessage = Hello | Snapshot | Batch | Ack | Error | Pong | Goodbye

# --- client to server ---------------------------------------------------------------------------


class ClientMessage(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Base of what a client may send."""


class Ping(ClientMessage, tag="ping", frozen=True, kw_only=True):
    sent_ms: float


class GetSnapshot(ClientMessage, tag="get_snapshot", frozen=True, kw_only=True):
    """Ask for the whole state again, after a gap in ``seq``."""


class SetRate(ClientMessage, tag="rate", frozen=True, kw_only=True):
    """Ask for at most this many batches a second (1 to 20)."""

    hz: float


class ClientCommand(ClientMessage, frozen=True, kw_only=True):
    """Base of commands; each is answered by ``ack`` or ``error`` with the same ``command_id``."""

    command_id: str


class BeginCommand(ClientCommand, tag="begin", frozen=True, kw_only=True):
    """Leave the attract screen."""


class ConsentCommand(ClientCommand, tag="give_consent", frozen=True, kw_only=True):
    record: bool
    keep: bool
    share_with_staff: bool
    fleet_summary: bool


class SetUpCommand(ClientCommand, tag="choose_set_up", frozen=True, kw_only=True, omit_defaults=True):
    role: str
    style: Literal["supportive", "neutral", "cold", "pressure"]
    questions: int
    pacing: Literal["fast", "normal", "patient"]
    minutes: int | None = None
    documents: tuple[str, ...] = ()
    questions_own: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


class ContinueCommand(ClientCommand, tag="continue", frozen=True, kw_only=True):
    """Go on from the sensor check, the greeting or the check-out."""


class DoneCommand(ClientCommand, tag="done", frozen=True, kw_only=True):
    """The answer of this turn is finished."""

    turn: int


class RepeatCommand(ClientCommand, tag="repeat", frozen=True, kw_only=True):
    """Say the question again."""


class RetryCommand(ClientCommand, tag="retry", frozen=True, kw_only=True):
    """Ask the question that was answered last once more."""


class SkipCommand(ClientCommand, tag="skip", frozen=True, kw_only=True):
    """Leave the question of this turn."""

    turn: int


class PauseCommand(ClientCommand, tag="pause", frozen=True, kw_only=True):
    """Stop listening for a while."""


class ResumeCommand(ClientCommand, tag="resume", frozen=True, kw_only=True):
    """Go on after a pause."""


class ShowCuesCommand(ClientCommand, tag="show_cues", frozen=True, kw_only=True):
    """Show cues on the candidate's phone while they answer, or none."""

    is_on: bool


class StayCommand(ClientCommand, tag="stay", frozen=True, kw_only=True):
    """Somebody is still at the kiosk: its screen is not left yet."""


class EndCommand(ClientCommand, tag="end", frozen=True, kw_only=True):
    """Close the interview now."""


AnyCommand = (
    BeginCommand | ConsentCommand | SetUpCommand | ContinueCommand | DoneCommand | RepeatCommand
    | RetryCommand | SkipCommand | PauseCommand | ResumeCommand
    | ShowCuesCommand | StayCommand | EndCommand
)
InboundMessage = Ping | GetSnapshot | SetRate | AnyCommand

KIOSK_COMMANDS = frozenset(
    {"begin", "give_consent", "choose_set_up", "continue", "done", "repeat", "retry", "skip", "pause", "resume", "stay",
     "end"}
)
COMMANDS_OF: dict[Role, frozenset[str]] = {
    "kiosk": KIOSK_COMMANDS,
    "phone": frozenset({"choose_set_up", "done", "repeat", "retry", "skip", "pause", "resume", "show_cues"}),
    "viewer": frozenset(),
    "counsellor": frozenset(),
    "admin": frozenset({"end"}),
}
EVERYONE: frozenset[Role] = frozenset(COMMANDS_OF)
AUDIENCE: dict[type, frozenset[Role]] = {
    VisemeTrack: frozenset({"kiosk"}),
    VisemeCut: frozenset({"kiosk"}),
    AnswerScored: frozenset({"phone", "admin"}),
    ReportReady: frozenset({"kiosk", "phone", "admin"}),
    CuesSwitched: frozenset({"phone"}),
    Cue: frozenset({"phone"}),
}
"""Who receives a batch event; those not named go to everyone."""

_encoder = msgspec.msgpack.Encoder()
_inbound: msgspec.msgpack.Decoder[InboundMessage] = msgspec.msgpack.Decoder(InboundMessage)


def encode(message: ServerMessage) -> bytes:
    return _encoder.encode(message)


def frame(seq: int, batch: bytes) -> bytes:
    """``[seq, batch]`` around an already encoded batch: a msgpack array of two."""
    return b"\x92" + _encoder.encode(seq) + batch


def decode_inbound(data: bytes) -> InboundMessage:
    """Raises ``msgspec.MsgspecError`` for anything that is not a message of this protocol."""
    return _inbound.decode(data)
