"""What flows inside the booth: events (happened) and commands (asked by a client); ``requests.py`` asks the workers.

All are frozen msgspec structs with explicit tags; none of them ever reaches a client (see ``server/protocol.py``).
``t`` is when something happened on the booth's timeline in seconds, ``t_known`` when the booth knew it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from greenroom.records import (
    Analysis,
    Capability,
    Consent,
    CueName,
    DeviceInfo,
    DocumentText,
    EngineInfo,
    GazeCalibration,
    Phoneme,
    Plan,
    ReadBy,
    SeenObject,
    SetUp,
    SoundShare,
    SpokenLine,
    Trouble,
    Word,
)
from greenroom.scores import AnswerScore

WorkerName = Literal["audio", "vision", "hearing", "voice", "language", "analysis"]
"""All but the last serve the booth; that one is started for recordings and goes when it is idle."""
RUN_BY: dict[Capability, WorkerName] = {
    "voice_activity": "audio", "echo": "audio", "recogniser": "hearing", "end_of_turn": "hearing", "face": "vision",
    "synthesiser": "voice", "language_model": "language", "sounds": "hearing", "pitch": "hearing",
    "sentence_ends": "hearing", "body": "vision", "objects": "vision",
    "meaning": "language",
}
"""Which worker of the booth runs the engine of a capability."""
SAMPLE_RATE_HZ = 16_000
"""The one rate at which PCM travels inside the booth: mono, signed 16 bit, little endian."""
CHUNK_S = 0.02
LIVE = "live"
"""The stream that the booth's own sensors feed."""


class JobKey(Struct, frozen=True, order=True):
    """Names a piece of speculative work; anything that carries a stale key is dropped at every hop."""

    turn: int
    revision: int = 0
    generation: int = 0


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened."""

    t: float
    t_known: float


# --- time ---------------------------------------------------------------------------------------


class Tick(Event, tag="tick", frozen=True, kw_only=True):
    """Time passed; lets timers run when nothing else happens."""


# --- audio --------------------------------------------------------------------------------------


class AudioChunk(Event, tag="audio_chunk", frozen=True, kw_only=True):
    """20 ms of the candidate's side after echo cancellation. ``t`` is its first sample."""

    n: int
    """Chunk number since the stream began; a jump is a gap."""
    pcm: bytes
    stream: str = LIVE


class VoiceStarted(Event, tag="voice_started", frozen=True, kw_only=True):
    """A VAD segment began at ``t``."""

    segment: int
    stream: str = LIVE


class VoiceStopped(Event, tag="voice_stopped", frozen=True, kw_only=True):
    """A VAD segment ended; ``t`` is its last voiced sample, ``t_known`` the soft end (``t`` + hang-over)."""

    segment: int
    has_other: bool = False
    """Another, fainter voice was heard right before it or at its end."""
    late_s: float | None = None
    """How old the newest sound was when core got it; core's own, None when it had none."""
    stream: str = LIVE


class LevelReading(Event, tag="level", frozen=True, kw_only=True):
    """Loudness of the last 100 ms of microphone and loudspeaker."""

    mic_dbfs: float
    speaker_dbfs: float
    noise_dbfs: float
    speech_probability: float
    is_clipping: bool = False
    stream: str = LIVE


class AudioGap(Event, tag="audio_gap", frozen=True, kw_only=True):
    """Samples are missing from ``t`` on, for ``length_s``."""

    length_s: float
    reason: str


class PlayoutStarted(Event, tag="playout_started", frozen=True, kw_only=True):
    """The first sample of a job was heard at ``t``."""

    job: JobKey
    cue: str
    ready_t: float | None = None
    """When core had the first sound of it; core's own, None when there was none to have."""


class PlayoutProgress(Event, tag="playout_progress", frozen=True, kw_only=True):
    """So much of a job has been heard, and so much waits in the audio worker."""

    job: JobKey
    heard_s: float
    queued_s: float


class PlayoutPaused(Event, tag="playout_paused", frozen=True, kw_only=True):
    """The loudspeaker is silent in the middle of a job."""

    job: JobKey
    heard_s: float


class PlayoutResumed(Event, tag="playout_resumed", frozen=True, kw_only=True):
    """A paused job goes on; ``t`` is the first sample heard again."""

    job: JobKey
    heard_s: float


class PlayoutFinished(Event, tag="playout_finished", frozen=True, kw_only=True):
    """The last sample of a job was heard at ``t``."""

    job: JobKey
    heard_s: float


class PlayoutCut(Event, tag="playout_cut", frozen=True, kw_only=True):
    """A job was thrown away after ``heard_s``."""

    job: JobKey
    heard_s: float


# --- hearing ------------------------------------------------------------------------------------


class Utterance(Event, tag="utterance", frozen=True, kw_only=True):
    """What was recognised in one VAD segment of a turn so far; ``t`` is the end of the audio it covers."""

    job: JobKey
    segment: int
    words: tuple[Word, ...]
    is_final: bool
    ends_in_filler: bool = False
    """The audio ends in a filled pause ("um", "uh"), which no text shows."""
    stream: str = LIVE


class EndOfTurn(Event, tag="end_of_turn", frozen=True, kw_only=True):
    """How the sound before the silence at ``t`` ends; it follows the final utterance of the segment."""

    job: JobKey
    segment: int
    model_p: float | None = None
    """The turn model's probability that the turn is over; None without the model."""
    pitch_st: float | None = None
    """Semitones between the end of the voice and the speaker's floor; None when it cannot be told."""
    end_p: float | None = None
    """The probability that a sentence ends after the last words; None where no model of language tells it."""
    filler: float | None = None
    """How much the end is like a filled pause, 0 where the odds are even; None when there is no voice to judge."""
    stream: str = LIVE


class PitchHeard(Event, tag="pitch_heard", frozen=True, kw_only=True):
    """The pitch of one VAD segment; ``t`` is the middle of the first frame."""

    segment: int
    step_s: float
    hz: tuple[float, ...]
    """One value a frame; 0 where there is no voice."""
    stream: str = LIVE


class RoomHeard(Event, tag="room_heard", frozen=True, kw_only=True):
    """What the room sounds like while nobody of the interview speaks; ``t`` is the end of what was listened to."""

    sounds: tuple[SoundShare, ...]
    """The loudest kind first; empty when it was too little, or too quiet, to tell."""
    stream: str = LIVE


class ChannelLearned(Event, tag="channel_learned", frozen=True, kw_only=True):
    """The recogniser adapted to voice and microphone; opaque numbers to be given back after a restart."""

    mean: tuple[float, ...]


# --- vision -------------------------------------------------------------------------------------


class FaceObservation(Event, tag="face", frozen=True, kw_only=True):
    """What one camera frame shows. Angles are degrees; see ``seeing/head_pose.py`` for the axes."""

    frame: int
    faces: int
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    gaze_yaw_deg: float | None = None
    gaze_pitch_deg: float | None = None
    is_eye_contact: bool | None = None
    """None: cannot tell; ``reason`` says why."""
    away: Literal["", "left", "right", "up", "down"] = ""
    """On which of the candidate's sides the look passes the zone of eye contact; empty inside it and without a look."""
    edge_deg: float | None = None
    """How far within the zone's edge the look is; negative outside."""
    edge_error_deg: float | None = None
    """How far off that may be: one standard deviation."""
    is_blinking: bool | None = None
    is_living: bool | None = None
    """False: a picture of a face, which is not counted in ``faces``. None: not known yet."""
    box: tuple[float, float, float, float] | None = None
    """x, y, width, height of the face as shares of the frame."""
    brightness: float | None = None
    reason: str = ""
    trouble: Trouble = ""
    """What keeps the candidate from being seen well, whether or not it keeps the look from being told."""
    smile: float | None = None
    """How far the mouth's corners are raised and drawn apart against the face at rest, 0 to 1; None unless asked for,
    and without a face at rest. See ``seeing/expression.py`` for this and the next two."""
    brow_raise: float | None = None
    mouth_open: float | None = None


class SelfPicture(Event, tag="self_picture", frozen=True, kw_only=True):
    """The candidate's own picture, which they asked to see; for their eyes, and no entry of a journal."""

    jpeg: bytes
    """Small and mirrored; see ``seeing/self_view.py``."""


class SceneObserved(Event, tag="scene", frozen=True, kw_only=True):
    """What one camera frame shows of the candidate beside the face; about two a second while the box has time for it.

    See ``seeing/posture.py`` for the values of the posture, which are against the candidate's own at rest.
    """

    tilt_deg: float | None = None
    nearness: float | None = None
    lowered: float | None = None
    posture_reason: str = ""
    """Why one of them is None."""
    hand_at_mouth: bool | None = None
    """None: cannot tell; ``hand_reason`` says why."""
    hand_reason: str = ""
    objects: tuple[SeenObject, ...] | None = None
    """The surest first; None: nobody looks for things, and ``objects_reason`` says why."""
    phone_in_hand: bool | None = None
    objects_reason: str = ""


class NeutralLearned(Event, tag="neutral_learned", frozen=True, kw_only=True):
    """The candidate's own neutral mesh was taken; opaque numbers to be given back after a restart."""

    neutral: bytes
    is_good: bool
    reason: str = ""


class GazeLearned(Event, tag="gaze_learned", frozen=True, kw_only=True):
    """The candidate's gaze was calibrated, or could not be; to be given back after a restart."""

    calibration: GazeCalibration | None = None
    reason: str = ""
    """Why there is none."""


# --- voice and language -------------------------------------------------------------------------


class SpeechClip(Event, tag="speech_clip", frozen=True, kw_only=True):
    """A piece of synthesised speech of one clause, in order; ``phonemes`` come with the last piece."""

    key: str
    pcm: bytes
    sample_rate_hz: int
    is_last: bool
    phonemes: tuple[Phoneme, ...] = ()
    stream: str = LIVE


class FollowUpWorded(Event, tag="follow_up_worded", frozen=True, kw_only=True):
    """What a language model made of a follow-up; nobody has looked yet whether it can be said."""

    job: JobKey
    hook_id: str
    text: str
    engine: str


class AnswerGraded(Event, tag="answer_graded", frozen=True, kw_only=True):
    """An answer was read and scored; ``score.text`` says which words it was."""

    turn: int
    question_id: str
    score: AnswerScore


class AnswerRead(Event, tag="answer_read", frozen=True, kw_only=True):
    """A language model has read an answer of a session that is over, and code has scored it anew."""

    session: str
    turn: int
    score: AnswerScore
    is_believed: bool
    """The model passed its check; else nothing of what it said is in the score."""
    by: ReadBy


class AnswerRetold(Event, tag="answer_retold", frozen=True, kw_only=True):
    """What a language model made of a candidate's sentences; nobody has looked yet whether it is fit to be shown."""

    session: str
    turn: int
    text: str


# --- recordings ---------------------------------------------------------------------------------


class AnalysisProgress(Event, tag="analysis_progress", frozen=True, kw_only=True):
    """How far the analysis of a recording is."""

    stream: str
    stage: Literal["receiving", "reading", "listening", "recognising", "looking", "measuring"]
    share: float
    """0 to 1, of all stages."""


class AnalysisDone(Event, tag="analysis_done", frozen=True, kw_only=True):
    """A recording has been heard to its end."""

    stream: str
    analysis: Analysis


class PictureSeen(Event, tag="picture_seen", frozen=True, kw_only=True):
    """What a picture of somebody else's shows; in a stream ``t`` is that of the picture."""

    stream: str
    width_px: int
    height_px: int
    """Upright, as it was looked at."""
    face: FaceObservation
    engine: EngineInfo
    is_calibrated: bool = False
    """Relative to the face as it kept still, earlier in the stream."""
    skipped: int = 0
    """Pictures of the stream that were passed over since the last one that was seen."""


class PictureRefused(Event, tag="picture_refused", frozen=True, kw_only=True):
    """The picture of a stream at ``t`` was not looked at; ``code`` is one of ``errors.py``. The stream goes on."""

    stream: str
    code: str
    message: str
    fix: str = ""


class PicturePassed(Event, tag="picture_passed", frozen=True, kw_only=True):
    """The picture of a stream at ``t`` was passed over, and is counted in the next ``PictureSeen``."""

    stream: str


class TextsScored(Event, tag="texts_scored", frozen=True, kw_only=True):
    """Scores of other people's answers, in the order in which they came."""

    stream: str
    scores: tuple[AnswerScore, ...]


class DocumentRead(Event, tag="document_read", frozen=True, kw_only=True):
    """What a job description or CV says."""

    stream: str
    document: DocumentText


class AnalysisFailed(Event, tag="analysis_failed", frozen=True, kw_only=True):
    """A recording cannot be analysed; ``code`` is one of ``errors.py``."""

    stream: str
    code: str
    message: str
    fix: str = ""


class StreamHeard(Event, tag="stream_heard", frozen=True, kw_only=True):
    """The sound of a stream was worked on up to ``t``, counted from its first sample; 0 says that it has begun."""

    stream: str


# --- workers and devices ------------------------------------------------------------------------


class WorkerReady(Event, tag="worker_ready", frozen=True, kw_only=True):
    """A worker is warm; ``generation`` counts its starts."""

    worker: WorkerName
    generation: int
    engines: tuple[EngineInfo, ...]


class WorkerDied(Event, tag="worker_died", frozen=True, kw_only=True):
    """A worker is gone and will be restarted, unless ``is_lost``."""

    worker: WorkerName
    reason: str
    is_lost: bool = False
    heard_t: float | None = None
    """When it was last heard of: one that hung was of no use from then on. None when it never was."""


class SessionPlanned(Event, tag="session_planned", frozen=True, kw_only=True):
    """The set-up was accepted and questions were chosen for it."""

    set_up: SetUp
    plan: Plan


class SelfShown(Event, tag="self_shown", frozen=True, kw_only=True):
    """Somebody began, or ceased, to look at their own picture in the sensor check."""

    is_on: bool


class CueShown(Event, tag="cue_shown", frozen=True, kw_only=True):
    """The candidate's phone shows a cue."""

    turn: int
    name: CueName


class LineSpoken(Event, tag="line_spoken", frozen=True, kw_only=True):
    """A job of the loudspeaker is over; ``line`` says what of it was heard."""

    job: JobKey
    line: SpokenLine


class BoothFound(Event, tag="booth_found", frozen=True, kw_only=True):
    """How the booth was when a session began, or was taken up: what no other entry of its journal tells."""

    generation: int
    """Of the last job before; later ones count on from it."""
    lost: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    silent_since_t: float | None = None
    deaf_since_t: float | None = None
    engines: tuple[EngineInfo, ...] = ()
    echo: EchoChecked | None = None
    panel_mm: tuple[float, float] | None = None
    """Each as in ``InterviewState``."""


class CoreResumed(Event, tag="core_resumed", frozen=True, kw_only=True):
    """Core died and has folded the journal; what was in flight is lost."""


class EchoChecked(Event, tag="echo_checked", frozen=True, kw_only=True):
    """The audio worker has listened to its own loudspeaker and chosen what keeps the echo away.

    Without figures it has not listened yet: there is another loudspeaker or microphone than the one before.
    """

    engine: EngineInfo
    """The choice; its ``detail`` says why."""
    noise_dbfs: float | None = None
    level_dbfs: float | None = None
    """The echo of a voice at its usual level, at the microphone."""
    delay_s: float | None = None
    """From the loudspeaker to the microphone. None, as the two below: no echo was heard."""
    return_loss_db: float | None = None
    """What was played against its echo."""
    removed_db: float | None = None
    """By how much the canceller made it weaker."""
    lead_s: float = 0.0
    """How far ahead of the microphone the canceller gets what is played."""
    devices: tuple[str, ...] = ()
    """Names of those that were listened to."""


class DeviceChanged(Event, tag="device_changed", frozen=True, kw_only=True):
    """A device appeared, vanished or fell silent."""

    device: DeviceInfo


class RequestFailed(Event, tag="request_failed", frozen=True, kw_only=True):
    """A worker could not do what was asked; ``code`` is one of ``errors.py``."""

    worker: WorkerName
    request: str
    code: str
    message: str
    stream: str = LIVE
    key: str = ""
    """Of the clause that cannot be said, from the voice worker; the session whose answers cannot be read, from the
    language worker."""


_Told = (
    AudioChunk | VoiceStarted | VoiceStopped | LevelReading | AudioGap
    | PlayoutStarted | PlayoutProgress | PlayoutPaused | PlayoutResumed | PlayoutFinished | PlayoutCut
    | Utterance | EndOfTurn | PitchHeard | RoomHeard | ChannelLearned | FaceObservation | SceneObserved
    | NeutralLearned | GazeLearned | SpeechClip | FollowUpWorded | AnswerGraded | TextsScored
    | AnalysisProgress | AnalysisDone | PictureSeen
    | PictureRefused | PicturePassed | DocumentRead
    | AnalysisFailed | StreamHeard
    | WorkerReady | WorkerDied | EchoChecked | DeviceChanged | RequestFailed
)
WorkerEvent = _Told | SelfPicture | AnswerRead | AnswerRetold


# --- commands of clients ------------------------------------------------------------------------


class Command(Struct, frozen=True, kw_only=True):
    """Something a client asks of the interview. ``t`` is when core received it."""

    t: float = 0.0
    t_known: float = 0.0
    role: Literal["kiosk", "phone", "viewer", "counsellor", "admin", "booth"] = "kiosk"


class Begin(Command, tag="begin", frozen=True, kw_only=True):
    """Leave the attract screen."""


class GiveConsent(Command, tag="give_consent", frozen=True, kw_only=True):
    """Accept the consent screen with these switches."""

    consent: Consent


class ChooseSetUp(Command, tag="choose_set_up", frozen=True, kw_only=True):
    """Accept the set-up screen."""

    set_up: SetUp


class Continue(Command, tag="continue", frozen=True, kw_only=True):
    """Go on from the sensor check, the greeting or the check-out."""


class Done(Command, tag="done", frozen=True, kw_only=True):
    """The candidate has finished the answer of this turn."""

    turn: int


class Repeat(Command, tag="repeat", frozen=True, kw_only=True):
    """Say the question again."""


class Retry(Command, tag="retry", frozen=True, kw_only=True):
    """Ask the question that was answered last once more."""


class Skip(Command, tag="skip", frozen=True, kw_only=True):
    """Leave the question of this turn; a second tap does not leave the next one."""

    turn: int


class Pause(Command, tag="pause", frozen=True, kw_only=True):
    """Stop listening for a while."""


class Resume(Command, tag="resume", frozen=True, kw_only=True):
    """Go on after a pause."""


class ShowCues(Command, tag="show_cues", frozen=True, kw_only=True):
    """The candidate wants cues on their phone while they answer, or none."""

    is_on: bool


class Stay(Command, tag="stay", frozen=True, kw_only=True):
    """Somebody is still at the kiosk."""


class End(Command, tag="end", frozen=True, kw_only=True):
    """Close the interview now, in any phase."""


ClientCommand = (
    Begin | GiveConsent | ChooseSetUp | Continue | Done | Repeat | Retry | Skip | Pause | Resume
    | ShowCues | Stay | End
)
JournalEntry = (
    _Told | ClientCommand | Tick | SessionPlanned | SelfShown | CueShown | LineSpoken | BoothFound | CoreResumed
)
"""What the machine is fed; a session is rebuilt by folding these. Pictures are none of them, nor what is read
once a session is over."""
