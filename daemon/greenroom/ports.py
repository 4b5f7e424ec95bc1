"""The seams of the booth: what runners need, without saying who provides it.

PCM is mono int16 little endian at ``SAMPLE_RATE_HZ`` unless a parameter says otherwise. Methods block; they
run in worker processes, never on core's event loop. Those that are ``async`` run there.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from greenroom.errors import GreenroomError
from greenroom.events import ClientCommand, JournalEntry, WorkerEvent, WorkerName
from greenroom.records import (
    DeviceInfo,
    EngineInfo,
    Phoneme,
    SeenObject,
    SessionRecord,
    SoundShare,
    Style,
    TurnRecord,
    Word,
)
from greenroom.requests import WorkerRequest

Pcm = npt.NDArray[np.int16]
Image = npt.NDArray[np.uint8]
"""Height x width x 3, RGB."""
T = TypeVar("T")
Emit = Callable[[WorkerEvent], None]


class Clock(Protocol):
    """Seconds on the booth's timeline."""

    def now(self) -> float: ...


# --- devices ------------------------------------------------------------------------------------


class Heard(NamedTuple):
    """Microphone samples and the time of the first one."""

    pcm: Pcm
    t: float
    lost_samples: int = 0
    """Samples that are missing right before ``pcm``."""


class SoundDevice(Protocol):
    """A microphone and a loudspeaker that share one clock.

    Time advances only by ``exchange``: it returns all microphone samples up to ``until_t`` and tells, for the
    echo canceller, what the loudspeaker played meanwhile. It raises ``DeviceLost`` when the device is gone.
    """

    @property
    def info(self) -> tuple[DeviceInfo, ...]: ...

    def open(self, origin_ns: int) -> None: ...

    def close(self) -> None: ...

    def exchange(self, until_t: float, fill: SpeakerSource) -> list[Heard]: ...


class SpeakerSource(Protocol):
    """Where a loudspeaker gets its samples from."""

    def __call__(self, samples: int, heard_t: float) -> tuple[Pcm, str]:
        """``samples`` samples of which the first is heard at ``heard_t``, and the cue of what is being said."""


class Camera(Protocol):
    """The newest picture of a camera."""

    @property
    def info(self) -> DeviceInfo: ...

    def open(self, origin_ns: int) -> None: ...

    def close(self) -> None: ...

    def newest(self, until_t: float) -> tuple[Image, float, int] | None:
        """Picture, capture time and frame number of the newest frame not yet returned; None when there is none.

        Raises ``DeviceLost`` when the camera is gone or frozen.
        """


# --- engines ------------------------------------------------------------------------------------


class Engine(Protocol):
    """What every engine can say about itself."""

    @property
    def info(self) -> EngineInfo: ...


class VoiceDetector(Engine, Protocol):
    """Speech probability of consecutive blocks of 512 samples."""

    def probability(self, block: Pcm) -> float: ...

    def reset(self) -> None: ...


class EchoCanceller(Engine, Protocol):
    """Removes the loudspeaker from the microphone, 10 ms (160 samples) at a time."""

    def played(self, block: Pcm) -> None: ...

    def clean(self, block: Pcm, delay_s: float) -> Pcm: ...


class Recogniser(Engine, Protocol):
    """Streaming speech recognition of one segment at a time."""

    latency_s: float
    """Stated time from audio to text, used for ``t_known`` in lock step."""

    def open(self, t: float, hints: tuple[str, ...] = ()) -> None:
        """Begin a segment whose first sample is at ``t``; ``hints`` are terms that may well be said."""

    def feed(self, pcm: Pcm) -> None:
        """At most 100 ms of audio."""

    def partial(self) -> tuple[Word, ...]: ...

    def close(self) -> tuple[Word, ...]:
        """End the segment; the final words with certainty."""

    def learn_channel(self, pcm: Pcm) -> tuple[float, ...]: ...

    def set_channel(self, mean: tuple[float, ...]) -> None: ...


class TurnDetector(Engine, Protocol):
    """Tells from sound whether a speaker has finished."""

    latency_s: float
    """Stated time for one answer, used for ``t_known`` in lock step."""

    def probability(self, pcm: Pcm) -> float:
        """0 to 1 that the turn of which these samples are the last is over. Raises ``EngineError``."""


class SentenceEnds(Engine, Protocol):
    """Tells from words whether a sentence can end after them."""

    def probability(self, words: Sequence[str]) -> float | None:
        """0 to 1 that a sentence ends after these words; None for no word at all."""


class PitchTracker(Engine, Protocol):
    """Pitch of recorded speech."""

    step_s: float

    def track(self, pcm: Pcm) -> tuple[float, ...]:
        """Hz every ``step_s``, of frames of which the first is centred half a step in; 0 where there is no voice."""


class SoundClassifier(Engine, Protocol):
    """Tells kinds of sound apart."""

    def classify(self, pcm: Pcm) -> tuple[SoundShare, ...]:
        """The loudest kind first; empty for less than a second of sound."""


class FaceMesh(NamedTuple):
    """Landmarks of one face in pixels, MediaPipe indices; z on the scale of x."""

    points: npt.NDArray[np.float32]
    """468 or 478 rows of x, y, z; rows 468 to 477 are the irises."""
    score: float | None
    """0 to 1 that it is a face; None when the engine tells no more than that it takes it for one."""
    size: tuple[int, int]
    """Width and height of the picture."""
    faces: int = 1
    blendshapes: Mapping[str, float] | None = None
    """Movements of the face by their ARKit names (``jawOpen``, ``browInnerUp``), 0 to 1; None when nobody read them."""
    transform: npt.NDArray[np.float64] | None = None
    """4 x 4: from a metric head model to the camera, in cm; x right, y up, z toward the viewer. None likewise."""


class FaceFinder(Engine, Protocol):
    """Finds the most prominent face and follows it from frame to frame."""

    def find(self, picture: Image, t: float) -> FaceMesh | None: ...

    def reset(self) -> None: ...

    def close(self) -> None:
        """Free what is held; nothing is asked of it after that."""


class Body(NamedTuple):
    """Landmarks of a body from head to hips, as MediaPipe's pose numbers them (``seeing/bodies.py`` names them)."""

    points: npt.NDArray[np.float32]
    """25 rows of x, y in pixels; a point may lie outside the picture, guessed."""
    visibility: npt.NDArray[np.float32]
    """25 times 0 to 1 that the point is in the picture and nothing hides it."""
    score: float
    """0 to 1 that it is a body."""
    size: tuple[int, int]
    """Width and height of the picture."""


class BodyFinder(Engine, Protocol):
    """Finds a body and follows it from picture to picture."""

    def find(self, picture: Image, t: float) -> Body | None: ...

    def reset(self) -> None: ...

    def close(self) -> None:
        """Free what is held; nothing is asked of it after that."""


class Hand(NamedTuple):
    """Landmarks of one hand in pixels, as MediaPipe numbers them: wrist, then each finger from its root."""

    points: npt.NDArray[np.float32]
    """21 rows of x, y."""
    score: float
    """0 to 1 that it is a hand."""


class HandFinder(Engine, Protocol):
    """Looks for one hand in a part of a picture; keeps nothing from one picture to the next."""

    def find(self, picture: Image, at: tuple[float, float], side_px: float) -> Hand | None:
        """What is most like a hand in a square around ``at``, however little; None when nothing is like a palm."""

    def close(self) -> None: ...


class ObjectFinder(Engine, Protocol):
    """Finds things of the kinds that its network was trained with."""

    def find(self, picture: Image) -> tuple[SeenObject, ...]:
        """The surest first."""

    def close(self) -> None: ...


class Speech(NamedTuple):
    """A piece of synthesised speech."""

    pcm: Pcm
    sample_rate_hz: int
    phonemes: tuple[Phoneme, ...]


class Intonation(Protocol):
    """Changes how far a voice goes up and down."""

    def widened(self, pcm: Pcm, rate_hz: int, factor: float) -> Pcm:
        """As many samples with ``factor`` times the distance in semitones from their median pitch."""


class Synthesizer(Engine, Protocol):
    """Text to speech, one clause at a time."""

    def speak(self, text: str, style: Style) -> Speech: ...


class SentenceEncoder(Engine, Protocol):
    """Puts texts of like meaning near each other."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row of length 1 for each text, whose products are cosines. Raises ``EngineError``."""


class Message(NamedTuple):
    """One part of what a language model is told, in the order of the conversation."""

    role: Literal["system", "user", "assistant"]
    text: str


class TokenUse(NamedTuple):
    """What one call of a language model cost."""

    evaluated: int
    """Tokens of the prompt that were computed."""
    reused: int
    """Tokens of the prompt that were still there from the call before."""
    generated: int
    left_out: int = 0
    """Messages, the oldest, that the context has no more room for."""


class LanguageModel(Engine, Protocol):
    """A model that words what the interviewer says, and reads answers. One caller at a time, always the same thread.

    A conversation is only ever appended to, so that what was told before is not computed again.
    """

    def converse(self, messages: Sequence[Message], *, max_tokens: int, seed: int) -> Iterator[str]:
        """Words as they come; empty ones while the messages are taken in, so that this, too, can be broken off.

        Closing the iterator stops before the next token. With no tokens at all the messages are only taken in, and
        another call that begins with them answers sooner. Raises ``EngineError``.
        """

    def read(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> Iterator[str]:
        """JSON that the JSON schema allows, the likeliest at each token, as it comes; its context is apart from the
        conversation's. Empty strings while the messages are taken in.

        Closing the iterator stops before the next token. Raises ``EngineError``, also when ``max_tokens`` were not
        enough.
        """

    @property
    def use(self) -> TokenUse | None:
        """Of the last call that ended; None before the first one, or where the engine does not tell."""

    def forget(self) -> None:
        """Drop everything that was said, also what is computed of it."""

    def close(self) -> None:
        """Free what is held; nothing is asked of it after that."""


class RemoteModel(Engine, Protocol):
    """A ``LanguageModel`` that another server runs: the same, but awaited, on core's loop. One call at a time."""

    def converse(self, messages: Sequence[Message], *, max_tokens: int, seed: int) -> AsyncGenerator[str, None]:
        """Words as they come. ``aclose`` ends the connection, and with it the work. Raises ``LanguageModelError``."""

    async def read(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> str:
        """JSON that obeys the JSON schema. Raises ``LanguageModelError``, or ``EngineError`` for the schema itself."""

    @property
    def use(self) -> TokenUse | None: ...

    async def close(self) -> None: ...


# --- workers ------------------------------------------------------------------------------------


class WorkerHandler(Protocol):
    """What a worker does, whoever drives it: a process on the link or a test in process.

    Events leave through the ``emit`` callable given to the constructor. Nothing here reads a clock: ``advance``
    carries the time, from the wall in real time and from core in lock step.
    """

    engines: tuple[EngineInfo, ...]

    def warm_up(self, origin_ns: int) -> None:
        """Load engines and open devices."""

    def handle(self, request: WorkerRequest) -> None: ...

    def advance(self, until_t: float) -> None:
        """Do all work that is due up to this time."""

    def forget(self) -> None:
        """Drop everything personal."""

    def close(self) -> None: ...


@runtime_checkable
class SlicedHandler(WorkerHandler, Protocol):
    """One that does its work in slices of the wall's time, so that it hears of a change of plan in between.

    In lock step, where time stands still meanwhile, it is advanced to the same time until it is not busy.
    """

    @property
    def is_busy(self) -> bool: ...


class WorkerPort(Protocol):
    """A worker as core sees it; requests to a dead worker are dropped."""

    name: WorkerName

    def send(self, request: WorkerRequest) -> None: ...

    def forget(self) -> None:
        """The session is over: drop everything personal."""


# --- core ---------------------------------------------------------------------------------------


class LeftSession(NamedTuple):
    """A session that a core before this one left open, or closed without consent to keep it."""

    id: str
    booth: str
    is_open: bool
    """Never closed, and all of it can be read; the fields below ``idle_s`` are empty otherwise."""
    idle_s: float
    """Since its journal or a turn was last written."""
    head: bytes = b""
    journal: tuple[JournalEntry, ...] = ()
    turns: tuple[TurnRecord, ...] = ()


class SessionStore(Protocol):
    """Where sessions are kept. Every method has committed when it returns."""

    def open_session(self, session_id: str, started_at: str, head: bytes) -> None: ...

    def append_journal(self, session_id: str, entries: list[JournalEntry]) -> None: ...

    def save_turn(self, session_id: str, turn: TurnRecord) -> None: ...

    def close_session(self, record: SessionRecord) -> None: ...

    def unfinished(self) -> tuple[str, bytes, list[JournalEntry]] | None:
        """The newest session that was never closed: id, head and journal."""

    def left_behind(self) -> list[LeftSession]:
        """Newest first: every session but those that are closed and may be kept."""

    def turns(self, session_id: str) -> tuple[TurnRecord, ...]:
        """The turns saved so far, also of a session that is still open."""

    def load(self, session_id: str) -> SessionRecord: ...

    def save_reading(self, record: SessionRecord) -> bool:
        """The record of a closed session once a model has read its answers, or failed to. False, and nothing is
        changed, where no reading of it is awaited: it was never closed, is erased, or was read before."""

    def unread(self, most: int) -> list[SessionRecord]:
        """The newest closed sessions whose reading is still awaited, at most so many, newest first."""

    def delete(self, session_id: str) -> bool:
        """Erase a session and its report for good; False when it is unknown."""


class CommandSink(Protocol):
    """Takes a client's command; raises ``CommandRefused`` when it makes no sense now."""

    def __call__(self, command: ClientCommand) -> None: ...


class Background(Protocol):
    """Runs work that blocks, in order, off core's loop (or at once, in lock step)."""

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[GreenroomError], None]) -> None:
        """``then`` and ``failed`` are called on core's loop."""


class SessionMedia(Protocol):
    """The sound of the running session, bounded."""

    def append(self, n: int, t: float, pcm: bytes) -> None: ...

    def slice(self, from_t: float, to_t: float) -> list[tuple[float, bytes]]: ...

    def forget(self) -> None: ...
