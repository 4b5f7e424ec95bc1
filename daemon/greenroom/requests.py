"""What core asks of its workers. All are frozen msgspec structs with explicit tags."""

from __future__ import annotations

from msgspec import Struct

from greenroom.events import LIVE, JobKey
from greenroom.records import (
    AnswerToScore,
    DocumentKind,
    EngineInfo,
    GazeCalibration,
    GazeTarget,
    PointedAt,
    QuestionKind,
    Style,
    Word,
)

MAX_SHOWN_BYTES = 1024 * 1024
"""One picture of a stream; a JPEG of 1280 x 720 has a tenth to a third of this."""
MAX_SHOWN_PIXELS = 2048 * 2048
"""Of one picture of a stream, twice those of 1920 x 1080: more show a face no better, and decoding 4096 x 4096 takes a
quarter of a second."""


class Request(Struct, frozen=True, kw_only=True):
    """Something core asks of a worker."""

    stream: str = LIVE


class Play(Request, tag="play", frozen=True, kw_only=True):
    """Append PCM (16 kHz mono int16) to a job's playout. ``cue`` names what is said, for the virtual booth."""

    job: JobKey
    cue: str
    pcm: bytes
    is_last: bool = False


class PausePlayout(Request, tag="pause_playout", frozen=True, kw_only=True):
    """Fade out within 20 ms and hold."""

    job: JobKey


class ResumePlayout(Request, tag="resume_playout", frozen=True, kw_only=True):
    """Go on from where a pause began, or from ``from_s`` into the job, at most ``playout.REWIND_S`` before it."""

    job: JobKey
    from_s: float | None = None


class CutPlayout(Request, tag="cut_playout", frozen=True, kw_only=True):
    """Fade out within 20 ms and throw the rest of a job away."""

    job: JobKey


class SetCapture(Request, tag="set_capture", frozen=True, kw_only=True):
    """Open or close the microphone's stream to core."""

    is_open: bool
    voice_dbfs: float | None = None
    """The candidate's level in the sensor check: much fainter voices are somebody else's. None: any voice counts."""


class SetRoomFree(Request, tag="set_room_free", frozen=True, kw_only=True):
    """Whether nobody is at the booth, so that it may listen to its own loudspeaker."""

    is_free: bool


class RestoreEcho(Request, tag="restore_echo", frozen=True, kw_only=True):
    """What kept the echo away before the audio worker was started anew; fields as in ``EchoChecked``."""

    engine: EngineInfo
    lead_s: float
    devices: tuple[str, ...]


class Hear(Request, tag="hear", frozen=True, kw_only=True):
    """Audio for the recogniser."""

    n: int
    t: float
    pcm: bytes


class OpenSegment(Request, tag="open_segment", frozen=True, kw_only=True):
    """Start recognising a VAD segment from ``from_t`` on (audio up to 1 s old is kept for this)."""

    job: JobKey
    segment: int
    from_t: float
    hints: tuple[str, ...] = ()
    """Terms of the job that is practised, for recognisers that can make use of them."""


class CloseSegment(Request, tag="close_segment", frozen=True, kw_only=True):
    """The segment ended at ``to_t``: answer with its final utterance."""

    job: JobKey
    segment: int
    to_t: float


class LearnChannel(Request, tag="learn_channel", frozen=True, kw_only=True):
    """Adapt to voice and microphone from the audio between two times, answer ``ChannelLearned``."""

    from_t: float
    to_t: float


class ListenToRoom(Request, tag="listen_to_room", frozen=True, kw_only=True):
    """Tell the kinds of sound in these stretches of the last 30 s, answered by ``RoomHeard``."""

    spans: tuple[tuple[float, float], ...]


class SetChannel(Request, tag="set_channel", frozen=True, kw_only=True):
    """Give back what ``ChannelLearned`` said."""

    mean: tuple[float, ...]


class Watch(Request, tag="watch", frozen=True, kw_only=True):
    """Start or stop looking at the camera."""

    is_on: bool


class ShowSelf(Request, tag="show_self", frozen=True, kw_only=True):
    """Begin or stop to send the candidate's own picture (``SelfPicture``) while the camera is looked at; ``Watch``
    off and ``Forget`` stop it, too."""

    is_on: bool


class LearnNeutral(Request, tag="learn_neutral", frozen=True, kw_only=True):
    """Take the neutral mesh from the next 2 s of frames."""

    duration_s: float = 2.0


class SetNeutral(Request, tag="set_neutral", frozen=True, kw_only=True):
    """Give back what ``NeutralLearned`` said."""

    neutral: bytes


class LearnGaze(Request, tag="learn_gaze", frozen=True, kw_only=True):
    """See how the eyes are read while these points are looked at, answered by ``GazeLearned``."""

    points: tuple[GazeTarget, ...]


class SetGaze(Request, tag="set_gaze", frozen=True, kw_only=True):
    """Give back what ``GazeLearned`` said; after ``SetNeutral``."""

    calibration: GazeCalibration


class Synthesize(Request, tag="synthesize", frozen=True, kw_only=True):
    """Turn one clause into speech, answered by ``SpeechClip`` pieces with its key."""

    key: str
    text: str
    style: Style


class DropSynthesis(Request, tag="drop_synthesis", frozen=True, kw_only=True):
    """Nobody wants this key any more."""

    key: str


class WordFollowUp(Request, tag="word_follow_up", frozen=True, kw_only=True):
    """Word a follow-up that is chosen for what was said, answered by ``FollowUpWorded`` or not at all when a newer one
    comes."""

    job: JobKey
    question: str
    answer: str
    hook_id: str
    text: str
    """As it is written; what is asked stays the same."""
    style: Style
    kind: QuestionKind = "behavioural"


class GradeAnswer(Request, tag="grade_answer", frozen=True, kw_only=True):
    """Read and score the answer of a turn, answered by ``AnswerGraded``."""

    turn: int
    question_id: str
    question: str
    kind: QuestionKind
    words: tuple[Word, ...]


class ReadAnswer(Request, tag="read_answer", frozen=True, kw_only=True):
    """Once nothing else is to be done, have the language model read an answer of a session that is over, and score it
    anew. Answered by ``AnswerRead``, or by ``RequestFailed`` with the session as its key; by nothing once the session
    is forgotten."""

    session: str
    turn: int
    answer: AnswerToScore
    pointed: PointedAt | None = None
    """What a model on another server pointed at; None: the worker's own reads."""


class RetellAnswer(Request, tag="retell_answer", frozen=True, kw_only=True):
    """Likewise have the model put sentences of an answer in order. Answered by ``AnswerRetold``."""

    session: str
    turn: int
    question: str
    sentences: tuple[str, ...]


class DropReading(Request, tag="drop_reading", frozen=True, kw_only=True):
    """An interview begins: what is being read or put in order is dropped, and asked for again later."""


class ScoreTexts(Request, tag="score_texts", frozen=True, kw_only=True):
    """Score other people's answers, in order, answered by ``TextsScored``."""

    answers: tuple[AnswerToScore, ...]


class Analyze(Request, tag="analyze", frozen=True, kw_only=True):
    """Hear a recording, whose bytes follow; ``stream`` names the job. Answered by ``AnalysisDone`` or
    ``AnalysisFailed``."""

    name: str
    """What its owner calls it, without folders."""
    channel: int = 0
    """From 1; 0: the mean of all."""
    hints: tuple[str, ...] = ()
    is_watched: bool = False
    """Its picture is looked at, too, if it has one; then it need not have a sound."""


class LookAt(Request, tag="look_at", frozen=True, kw_only=True):
    """Look at a single picture, a JPEG or PNG whose bytes follow as those of a recording do. Answered by
    ``PictureSeen`` or ``AnalysisFailed``."""

    name: str = "picture"


class ReadDocument(Request, tag="read_document", frozen=True, kw_only=True):
    """Read a job description or a CV, whose bytes follow as those of a recording do. Answered by ``DocumentRead`` or
    ``AnalysisFailed``."""

    name: str
    kind: DocumentKind


class RecordingPart(Request, tag="recording_part", frozen=True, kw_only=True):
    """Some bytes of a job's recording, in order; ``AnalysisProgress`` of the stage "receiving" says that they were
    taken."""

    data: bytes
    is_last: bool


class BeginStream(Request, tag="begin_stream", frozen=True, kw_only=True):
    """Listen to sound that comes in bit by bit (``Hear``), from ``t`` 0 on, and look at pictures (``Show``). Answered
    by ``StreamHeard``, then by voice, levels, utterances and what is seen as they come."""

    hints: tuple[str, ...] = ()


class EndStream(Request, tag="end_stream", frozen=True, kw_only=True):
    """Nothing more comes: answer with ``AnalysisDone`` for all of it."""


class Show(Request, tag="show", frozen=True, kw_only=True):
    """Look at a picture of a stream, a JPEG or PNG; ``t`` grows from one to the next. Answered by ``PictureSeen``,
    ``PictureRefused`` or ``PicturePassed``."""

    t: float
    image: bytes
    """At most ``MAX_SHOWN_BYTES``; one of more than ``MAX_SHOWN_PIXELS`` is refused."""
    skipped: int = 0
    """How many that came before were passed over for this one."""


class HoldAnalysis(Request, tag="hold_analysis", frozen=True, kw_only=True):
    """Stop working for a while, or go on."""

    is_held: bool


class DropAnalysis(Request, tag="drop_analysis", frozen=True, kw_only=True):
    """Nobody wants this job or stream any more."""


WorkerRequest = (
    Play | PausePlayout | ResumePlayout | CutPlayout | SetCapture | SetRoomFree | RestoreEcho
    | Hear | OpenSegment | CloseSegment | LearnChannel | SetChannel | ListenToRoom
    | Watch | ShowSelf | LearnNeutral | SetNeutral | LearnGaze | SetGaze | Synthesize | DropSynthesis | WordFollowUp
    | GradeAnswer | ReadAnswer | RetellAnswer | DropReading | ScoreTexts
    | Analyze | LookAt | ReadDocument | RecordingPart | BeginStream | EndStream | Show | HoldAnalysis | DropAnalysis
)
