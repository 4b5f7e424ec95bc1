"""The analysis worker: what others hand in or stream, before the booth's own engines and measures."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

from greenroom import temporary
from greenroom.documents.reading import Reading
from greenroom.errors import CommandRefused, EngineUnavailable, GreenroomError, JobsFull
from greenroom.events import AnalysisDone, AnalysisFailed, AnalysisProgress, DocumentRead, PictureSeen, TextsScored
from greenroom.hearing.fillers import ends_in_filler
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.hearing.vad import MODEL_FILE, SileroVad
from greenroom.ports import Emit, FaceFinder, PitchTracker, Recogniser, VoiceDetector
from greenroom.records import EngineInfo
from greenroom.requests import (
    Analyze,
    BeginStream,
    DropAnalysis,
    EndStream,
    Hear,
    HoldAnalysis,
    LookAt,
    ReadDocument,
    RecordingPart,
    ScoreTexts,
    Show,
    WorkerRequest,
)
from greenroom.scores import AnswerScore
from greenroom.seeing.decoder_av import picture_of
from greenroom.settings import Settings
from greenroom.workers.ears import MAX_STREAMS
from greenroom.workers.faces import load_face
from greenroom.workers.graders import load_grader
from greenroom.workers.grading import Grader
from greenroom.workers.handed_in import HandedIn
from greenroom.workers.listening import FillerRule
from greenroom.workers.pictures import Pictures
from greenroom.workers.recognisers import Recognisers
from greenroom.workers.recorded import Engines, Openers, Recorded, Steps
from greenroom.workers.streaming import Streaming
from greenroom.workers.watching import look_once

MAX_WAITING = 8
Eyes = Literal["recordings", "pictures", "streams"]


class _Texts(NamedTuple):
    """Answers of others on their way to scores."""

    request: ScoreTexts
    scores: list[AnswerScore]


class _Document(NamedTuple):
    """A job description or CV that is read, or waits for it."""

    handed_in: HandedIn
    reading: Reading

    def delete(self) -> None:
        self.reading.close()
        self.handed_in.delete()


def _blind() -> FaceFinder:
    raise EngineUnavailable("this worker has no face engine", fix="greenroom doctor")


class AnalysisWorker:
    """One job at a time, in the order in which they came, a step with each ``advance``; streams come first."""

    def __init__(self, emit: Emit, load_detector: Callable[[], VoiceDetector],
                 load_recogniser: Callable[[], Recogniser], is_filler: FillerRule, *,
                 load_pitch: Callable[[], PitchTracker] | None = None,
                 load_face: Callable[[], FaceFinder] = _blind, look_hz: float = 15.0,
                 openers: Openers | None = None,
                 load_grader: Callable[[], Grader] = lambda: Grader(None, ())) -> None:
        self.engines: tuple[EngineInfo, ...] = ()
        self._emit = emit
        self._load_detector = load_detector
        self._load_recogniser = load_recogniser
        self._is_filler = is_filler
        self._load_pitch = load_pitch
        self._load_face = load_face
        self._eyes: dict[Eyes, FaceFinder] = {}
        self._look_hz = look_hz
        self._openers = openers or Openers()
        self._load_grader = load_grader
        self._grader: Grader | None = None
        self._texts: deque[_Texts] = deque()
        self._documents: deque[_Document] = deque()
        self._coming: dict[str, HandedIn] = {}
        self._waiting: deque[HandedIn] = deque()
        self._job: tuple[HandedIn, Steps] | None = None
        self._is_held = False
        self._t = 0.0
        self._streams: dict[str, Streaming] = {}
        self._for_streams: tuple[VoiceDetector, Recogniser] | None = None

    def warm_up(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature; a recording has its own times
        """Raises ``ModelMissing`` and ``EngineUnavailable``; without a pitch tracker pitch cannot be told."""
        temporary.sweep()
        self._detector = self._load_detector()
        self._recogniser = self._load_recogniser()
        self._pitch: PitchTracker | None = None
        with contextlib.suppress(EngineUnavailable):
            self._pitch = self._load_pitch() if self._load_pitch is not None else None
        engines = (self._detector, self._recogniser, *((self._pitch,) if self._pitch is not None else ()))
        self.engines = tuple(engine.info for engine in engines)

    def handle(self, request: WorkerRequest) -> None:
        match request:
            case Analyze() | LookAt() | ReadDocument():
                self._watched(request.stream, lambda: self._receive(request))
            case RecordingPart() if request.stream in self._coming:
                self._watched(request.stream, lambda: self._take_part(request))
            case BeginStream():
                self._watched(request.stream, lambda: self._begin(request))
            case Hear() if request.stream in self._streams:
                self._watched(request.stream, lambda: self._streams[request.stream].hear(request))
            case Show() if request.stream in self._streams:
                self._watched(request.stream, lambda: self._streams[request.stream].show(request))
            case EndStream() if request.stream in self._streams:
                self._streams[request.stream].end()
            case Hear() | Show() | EndStream() | RecordingPart():
                pass  # of a stream or job that has failed; whoever sends it is being told
            case ScoreTexts():
                self._watched(request.stream, lambda: self._take_texts(request))
            case HoldAnalysis():
                self._is_held = request.is_held
            case DropAnalysis():
                self._drop(request.stream)
            case _:
                raise CommandRefused(f"the analysis worker does not know {type(request).__name__}")

    def advance(self, until_t: float) -> None:
        self._t = max(self._t, until_t)
        self._read_on()
        if self._advance_streams() or self._is_held or self._score_next():
            return
        if self._job is None:
            if not self._waiting:
                return
            recording = self._waiting.popleft()
            self._job = recording, self._steps(recording)
        stream, steps = self._job[0].request.stream, self._job[1]
        try:
            stage, share = next(steps)
        except StopIteration as done:
            self._end()
            self._emit(AnalysisDone(t=self._t, t_known=self._t, stream=stream, analysis=done.value))
        except GreenroomError as error:
            self._end()
            self._emit(AnalysisFailed(t=self._t, t_known=self._t, stream=stream, code=error.code,
                                      message=error.message, fix=error.fix))
        else:
            self._emit(AnalysisProgress(t=self._t, t_known=self._t, stream=stream, stage=stage, share=share))

    def forget(self) -> None:
        self._end()
        self._texts.clear()
        for name in (*self._streams, *self._coming, *(job.request.stream for job in self._waiting),
                     *(one.handed_in.request.stream for one in self._documents)):
            self._drop(name)

    def close(self) -> None:
        self.forget()

    def _end(self) -> None:
        if self._job is not None:
            self._job[1].close()
            self._job[0].delete()
        self._job = None

    # --- recordings on their way ------------------------------------------------------------------

    def _receive(self, request: Analyze | LookAt | ReadDocument) -> None:
        if len(self._waiting) + len(self._documents) + len(self._coming) >= MAX_WAITING:
            raise JobsFull(f"{MAX_WAITING} files wait to be looked at", fix="wait for one of them")
        self._coming[request.stream] = HandedIn(request)

    def _take_part(self, part: RecordingPart) -> None:
        recording = self._coming[part.stream]
        recording.take(part.data, is_last=part.is_last)
        self._emit(AnalysisProgress(t=self._t, t_known=self._t, stream=part.stream, stage="receiving", share=0.0))
        if part.is_last and isinstance(recording.request, LookAt):
            self._look_at(recording)
        elif part.is_last and isinstance(recording.request, ReadDocument):
            request = recording.request
            self._documents.append(_Document(recording, Reading(recording.path, request.name, request.kind)))
            del self._coming[part.stream]
        elif part.is_last:
            self._waiting.append(self._coming.pop(part.stream))

    def _look_at(self, handed_in: HandedIn) -> None:
        """A single picture does not queue with recordings: it takes less than a step of one."""
        picture = picture_of(handed_in.path.read_bytes())
        face = self._eyes_for("pictures")
        seen = PictureSeen(t=self._t, t_known=self._t, stream=handed_in.request.stream, width_px=picture.shape[1],
                           height_px=picture.shape[0], face=look_once(picture, face), engine=face.info)
        self._drop(handed_in.request.stream)
        self._emit(seen)

    def _read_on(self) -> None:
        """One step of the first document. A PDF is read in a process of its own, and other work goes on beside it."""
        if self._documents:
            document = self._documents[0]
            self._watched(document.handed_in.request.stream, lambda: self._read(document))

    def _read(self, document: _Document) -> None:
        found = document.reading.step()
        if found is not None:
            stream = document.handed_in.request.stream
            self._drop(stream)
            self._emit(DocumentRead(t=self._t, t_known=self._t, stream=stream, document=found))

    def _take_texts(self, request: ScoreTexts) -> None:
        if len(self._texts) >= MAX_WAITING:
            raise JobsFull(f"{MAX_WAITING} lists of answers wait to be scored", fix="wait for one of them")
        self._texts.append(_Texts(request, []))

    def _score_next(self) -> bool:
        """One answer of others; whether there was any."""
        if not self._texts:
            return False
        texts = self._texts[0]
        self._watched(texts.request.stream, lambda: self._score(texts))
        return True

    def _score(self, texts: _Texts) -> None:
        if self._grader is None:
            self._grader = self._load_grader()
        given = texts.request.answers[len(texts.scores)]
        texts.scores.append(self._grader.grade(given))
        if len(texts.scores) == len(texts.request.answers):
            self._texts.popleft()
            self._emit(TextsScored(t=self._t, t_known=self._t, stream=texts.request.stream,
                                   scores=tuple(texts.scores)))

    def _eyes_for(self, use: Eyes) -> FaceFinder:
        """Loaded when they are needed first: most recordings are sound. A finder follows a face, so each use has its
        own. Raises ``EngineError`` and ``ModelError``."""
        if use not in self._eyes:
            self._eyes[use] = self._load_face()
        return self._eyes[use]

    def _steps(self, handed_in: HandedIn) -> Steps:
        request = handed_in.request
        if not isinstance(request, Analyze):
            raise TypeError(request)
        engines = Engines(self._detector, self._recogniser, self._pitch, self._is_filler,
                          lambda: self._eyes_for("recordings"), self._look_hz, self.engines)
        return Recorded(handed_in.path, request, engines, self._openers).steps()

    # --- streams ----------------------------------------------------------------------------------

    def _begin(self, request: BeginStream) -> None:
        if len(self._streams) >= MAX_STREAMS:
            raise JobsFull("somebody else's stream is being heard", fix="wait until it has ended")
        if self._for_streams is None:
            self._for_streams = self._load_detector(), self._load_recogniser()
        detector, recogniser = self._for_streams
        self._streams[request.stream] = Streaming(
            request.stream, self._emit, detector=detector, recogniser=recogniser, is_filler=self._is_filler,
            tracker=self._pitch, engines=self.engines, hints=request.hints,
            pictures=Pictures(request.stream, self._emit, lambda: self._eyes_for("streams"), self._look_hz))

    def _advance_streams(self) -> bool:
        """Whether there was anything to do."""
        name = next((name for name, stream in self._streams.items() if stream.has_work), None)
        if name is None:
            return False
        self._watched(name, self._streams[name].step)
        if name in self._streams and self._streams[name].is_over:
            self._drop(name)
        return True

    def _watched(self, stream: str, work: Callable[[], None]) -> None:
        """Work for a stream or job, which ends with whatever goes wrong."""
        try:
            work()
        except GreenroomError as error:
            self._drop(stream)
            self._emit(AnalysisFailed(t=self._t, t_known=self._t, stream=stream, code=error.code,
                                      message=error.message, fix=error.fix))

    def _drop(self, name: str) -> None:
        """Nothing of this stream or job is left."""
        stream, coming = self._streams.pop(name, None), self._coming.pop(name, None)
        if stream is not None:
            stream.forget()
        for job in [*([coming] if coming is not None else []), *self._waiting]:
            if job.request.stream == name:
                job.delete()
        self._waiting = deque(job for job in self._waiting if job.request.stream != name)
        for document in self._documents:
            if document.handed_in.request.stream == name:
                document.delete()
        self._documents = deque(one for one in self._documents if one.handed_in.request.stream != name)
        self._texts = deque(texts for texts in self._texts if texts.request.stream != name)
        if self._job is not None and self._job[0].request.stream == name:
            self._end()


def build(settings: Settings, emit: Emit) -> AnalysisWorker:
    """The worker that these settings ask for."""
    model = settings.booth.models_dir / "silero-vad-v6" / MODEL_FILE
    return AnalysisWorker(emit, lambda: SileroVad(model), Recognisers(settings), ends_in_filler,
                          load_pitch=PraatPitch, load_face=lambda: load_face(settings),
                          look_hz=settings.devices.camera_rate_hz, load_grader=lambda: load_grader(settings))
