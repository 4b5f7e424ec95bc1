"""What the interview wants done by others: plain frozen data, each the name of a deed."""

from __future__ import annotations

from msgspec import Struct

from greenroom.events import EchoChecked, JobKey
from greenroom.records import GazeCalibration, GazeTarget, QuestionKind, Style, TurnRecord


class OpenSession(Struct, frozen=True, tag="open_session"):
    """Begin a record."""


class Say(Struct, frozen=True, tag="say"):
    """Speak a text; ``cue`` says what it is."""

    job: JobKey
    cue: str
    text: str
    style: Style


class Prepare(Struct, frozen=True, tag="prepare"):
    """This will probably be said next: have its sound ready."""

    text: str
    style: Style


class Rehearse(Struct, frozen=True, tag="rehearse"):
    """All of this may be said in the session, the first ones soonest: have its sound ready when there is time."""

    texts: tuple[str, ...]
    style: Style


class PauseSpeech(Struct, frozen=True, tag="pause_speech"):
    job: JobKey


class ResumeSpeech(Struct, frozen=True, tag="resume_speech"):
    job: JobKey


class CutSpeech(Struct, frozen=True, tag="cut_speech"):
    job: JobKey


class OpenEars(Struct, frozen=True, tag="open_ears"):
    """Recognise from here on. ``is_again``: after a restart, with all the audio since then that core has kept."""

    job: JobKey
    segment: int
    from_t: float
    is_again: bool = False


class CloseEars(Struct, frozen=True, tag="close_ears"):
    job: JobKey
    segment: int
    to_t: float


class WordFollowUp(Struct, frozen=True, tag="word_follow_up"):
    """Have a follow-up worded for an answer that is probably over; it is asked as it is written otherwise."""

    job: JobKey
    question: str
    answer: str
    hook_id: str
    text: str
    style: Style
    kind: QuestionKind


class SetListening(Struct, frozen=True, tag="set_listening"):
    is_open: bool


class FreeRoom(Struct, frozen=True, tag="free_room"):
    """Whether nobody is at the booth: it may listen to its own loudspeaker then."""

    is_free: bool


class RestoreEcho(Struct, frozen=True, tag="restore_echo"):
    """The audio worker was started anew: what kept the echo away before."""

    checked: EchoChecked


class WatchFace(Struct, frozen=True, tag="watch_face"):
    is_on: bool


class LearnFace(Struct, frozen=True, tag="learn_face"):
    """Take the neutral mesh now."""


class RestoreFace(Struct, frozen=True, tag="restore_face"):
    neutral: bytes
    gaze: GazeCalibration | None = None


class LearnGaze(Struct, frozen=True, tag="learn_gaze"):
    """See how the eyes are read while these points are looked at."""

    points: tuple[GazeTarget, ...]


class LearnVoice(Struct, frozen=True, tag="learn_voice"):
    from_t: float
    to_t: float


class HearRoom(Struct, frozen=True, tag="hear_room"):
    """Tell the kinds of sound in these stretches."""

    spans: tuple[tuple[float, float], ...]


class RestoreVoice(Struct, frozen=True, tag="restore_voice"):
    mean: tuple[float, ...]


class SaveTurn(Struct, frozen=True, tag="save_turn"):
    """Commit a turn; sent again when its last stage is known."""

    turn: TurnRecord


class FinishSession(Struct, frozen=True, tag="finish_session"):
    """Close the record and make the report."""

    is_complete: bool


class DropSession(Struct, frozen=True, tag="drop_session"):
    """Every worker forgets; the screen is free for the next candidate. Without consent the record is erased."""

    may_keep: bool


Effect = (
    OpenSession | Say | Prepare | Rehearse | PauseSpeech | ResumeSpeech | CutSpeech | OpenEars | CloseEars
    | WordFollowUp | SetListening | FreeRoom | RestoreEcho | WatchFace | LearnFace | LearnGaze | RestoreFace
    | LearnVoice | RestoreVoice | HearRoom
    | SaveTurn | FinishSession | DropSession
)
