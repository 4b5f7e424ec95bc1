"""The analysis worker: a recording through the same detector, recogniser and measures as an answer in the booth."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from greenroom import temporary
from greenroom.errors import CommandRefused, EngineError, EngineUnavailable, GreenroomError, JobsFull
from greenroom.events import (
    SAMPLE_RATE_HZ,
    AnalysisDone,
    AnalysisFailed,
    AnalysisProgress,
    JobKey,
    PitchHeard,
    Utterance,
    WorkerEvent,
)
from greenroom.hearing import segmenter
from greenroom.hearing.decoder_av import MAX_RECORDING_S, Recording
from greenroom.hearing.fillers import ends_in_filler
from greenroom.hearing.heard import PitchTrack
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.hearing.prosody import Interval
from greenroom.hearing.recording import learning_span, pieces, voice_events, voice_spans
from greenroom.hearing.vad import BLOCK_S, MODEL_FILE, SileroVad
from greenroom.ports import Emit, Pcm, PitchTracker, Recogniser, VoiceDetector
from greenroom.records import Analysis, EngineInfo, Word
from greenroom.requests import (
    Analyze,
    BeginStream,
    CloseSegment,
    DropAnalysis,
    EndStream,
    Hear,
    HoldAnalysis,
    OpenSegment,
    RecordingPart,
    WorkerRequest,
)
from greenroom.settings import Settings
from greenroom.workers.ears import MAX_STREAMS
from greenroom.workers.handed_in import HandedIn
from greenroom.workers.listening import FillerRule, Listening
from greenroom.workers.measuring import Sound, measured
from greenroom.workers.recognisers import Recognisers
from greenroom.workers.streaming import Streaming

MAX_WAITING = 8
STEP_S = 0.5
"""Sound recognised in one ``advance``, some 0.2 s of work at most: a job can be held or dropped at any time."""
READ_STEP_S = 10.0
VAD_STEP_S = 30.0
READING, LISTENING, RECOGNISING = 0.05, 0.05, 0.85
"""Shares of a job's work, as measured on a recording of ten minutes; measures take the rest."""

Stage = Literal["reading", "listening", "recognising", "measuring"]
"""After "receiving"."""
Steps = Generator[tuple[Stage, float], None, Analysis]


class AnalysisWorker:
    """One job at a time, in the order in which they came, a step with each ``advance``; streams come first."""

    def __init__(self, emit: Emit, load_detector: Callable[[], VoiceDetector],
                 load_recogniser: Callable[[], Recogniser], is_filler: FillerRule, *,
                 load_pitch: Callable[[], PitchTracker] | None = None,
                 open_recording: Callable[[Path, int], Recording] = Recording) -> None:
        self.engines: tuple[EngineInfo, ...] = ()
        self._emit = emit
        self._load_detector = load_detector
        self._load_recogniser = load_recogniser
        self._is_filler = is_filler
        self._load_pitch = load_pitch
        self._open_recording = open_recording
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
            case Analyze():
                self._watched(request.stream, lambda: self._receive(request))
            case RecordingPart() if request.stream in self._coming:
                self._watched(request.stream, lambda: self._take_part(request))
            case BeginStream():
                self._watched(request.stream, lambda: self._begin(request))
            case Hear() if request.stream in self._streams:
                self._watched(request.stream, lambda: self._streams[request.stream].hear(request))
            case EndStream() if request.stream in self._streams:
                self._streams[request.stream].end()
            case Hear() | EndStream() | RecordingPart():
                pass  # of a stream or job that has failed; whoever sends it is being told
            case HoldAnalysis():
                self._is_held = request.is_held
            case DropAnalysis():
                self._drop(request.stream)
            case _:
                raise CommandRefused(f"the analysis worker does not know {type(request).__name__}")

    def advance(self, until_t: float) -> None:
        self._t = max(self._t, until_t)
        if self._advance_streams() or self._is_held:
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
        for name in (*self._streams, *self._coming, *(job.request.stream for job in self._waiting)):
            self._drop(name)

    def close(self) -> None:
        self.forget()

    def _end(self) -> None:
        if self._job is not None:
            self._job[1].close()
            self._job[0].delete()
        self._job = None

    # --- recordings on their way ------------------------------------------------------------------

    def _receive(self, request: Analyze) -> None:
        if len(self._waiting) + len(self._coming) >= MAX_WAITING:
            raise JobsFull(f"{MAX_WAITING} recordings wait to be analysed", fix="wait for one of them")
        self._coming[request.stream] = HandedIn(request)

    def _take_part(self, part: RecordingPart) -> None:
        recording = self._coming[part.stream]
        recording.take(part.data, is_last=part.is_last)
        if part.is_last:
            self._waiting.append(self._coming.pop(part.stream))
        self._emit(AnalysisProgress(t=self._t, t_known=self._t, stream=part.stream, stage="receiving", share=0.0))

    # --- streams ----------------------------------------------------------------------------------

    def _begin(self, request: BeginStream) -> None:
        if len(self._streams) >= MAX_STREAMS:
            raise JobsFull("somebody else's stream is being heard", fix="wait until it has ended")
        if self._for_streams is None:
            self._for_streams = self._load_detector(), self._load_recogniser()
        detector, recogniser = self._for_streams
        self._streams[request.stream] = Streaming(
            request.stream, self._emit, detector=detector, recogniser=recogniser, is_filler=self._is_filler,
            tracker=self._pitch, engines=self.engines, hints=request.hints)

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
        if self._job is not None and self._job[0].request.stream == name:
            self._end()

    # --- the steps of a job -----------------------------------------------------------------------

    def _steps(self, handed_in: HandedIn) -> Steps:
        """Yields the stage and the share of all work that is done."""
        request = handed_in.request
        recording = self._open_recording(handed_in.path, request.channel)
        try:
            pcm = yield from _read(recording)
            source, notes = recording.source, tuple(recording.notes)
        finally:
            recording.close()
        voice = yield from self._voices(pcm)
        words, pitch = yield from self._words(pcm, voice, request.hints)
        yield "measuring", READING + LISTENING + RECOGNISING
        return measured(Sound(pcm=pcm, source=source, voice=tuple(voice), words=words, pitch=pitch, notes=notes),
                        self.engines)

    def _voices(self, pcm: Pcm) -> Generator[tuple[Stage, float], None, list[Interval]]:
        """Where there is voice."""
        found: list[segmenter.VoiceEvent] = []
        step = round(VAD_STEP_S / BLOCK_S)
        for n, (start, events) in enumerate(voice_events(pcm, self._detector), start=1):
            found += events
            if n % step == 0:
                yield "listening", READING + LISTENING * start / pcm.size
        return voice_spans(found)

    def _words(self, pcm: Pcm, voice: list[Interval], hints: tuple[str, ...]) -> Generator[
            tuple[Stage, float], None, tuple[tuple[Word, ...], tuple[PitchTrack, ...]]]:
        """Fed as the booth feeds an answer, but for longer segments: nobody waits for the words of a phrase."""
        events: list[WorkerEvent] = []
        listening = Listening("recording", events.append, _refuse, lambda: self._recogniser, self._is_filler,
                              tracker=self._pitch)
        self._recogniser.set_channel(())
        spans = pieces(voice)
        span = learning_span(voice)
        if span is not None:
            self._recogniser.learn_channel(pcm[round(span[0] * SAMPLE_RATE_HZ) : round(span[1] * SAMPLE_RATE_HZ)])
        due, t = deque(_segments(spans)), 0.0
        for n, start in enumerate(range(0, pcm.size, round(STEP_S * SAMPLE_RATE_HZ))):
            piece = pcm[start : start + round(STEP_S * SAMPLE_RATE_HZ)]
            listening.hear(Hear(n=n, t=start / SAMPLE_RATE_HZ, pcm=piece.tobytes()))
            before_t, t = t, (start + piece.size) / SAMPLE_RATE_HZ
            while due and due[0].t <= t:
                _tell(listening, due.popleft(), hints)
            listening.advance(before_t, t)
            yield "recognising", READING + LISTENING + RECOGNISING * start / pcm.size
        while due or listening.is_busy:
            while due:
                _tell(listening, due.popleft(), hints)
            before_t, t = t, t + 1.0
            listening.advance(before_t, t)
            yield "recognising", READING + LISTENING + RECOGNISING
        words = [word for event in events if isinstance(event, Utterance) and event.is_final for word in event.words]
        tracks = (PitchTrack(event.t, event.step_s, np.array(event.hz, np.float32))
                  for event in events if isinstance(event, PitchHeard))
        return tuple(words), tuple(tracks)


def _read(recording: Recording) -> Generator[tuple[Stage, float], None, Pcm]:
    """All of the sound."""
    pieces: list[Pcm] = []
    samples, told = 0, 0.0
    expected_s = min(recording.stated_s or MAX_RECORDING_S, MAX_RECORDING_S)
    for piece in recording.decode():
        pieces.append(piece)
        samples += piece.size
        if samples / SAMPLE_RATE_HZ - told >= READ_STEP_S:
            told = samples / SAMPLE_RATE_HZ
            yield "reading", READING * min(1.0, told / expected_s)
    yield "reading", READING
    return np.concatenate(pieces)


class _Edge(NamedTuple):
    """A segment begins or ends."""

    t: float
    segment: int
    is_start: bool


def _segments(spans: list[Interval]) -> Iterator[_Edge]:
    for n, (start_t, end_t) in enumerate(spans):
        yield _Edge(start_t, n, is_start=True)
        yield _Edge(end_t, n, is_start=False)


def _tell(listening: Listening, edge: _Edge, hints: tuple[str, ...]) -> None:
    job = JobKey(0)
    if edge.is_start:
        listening.open(OpenSegment(job=job, segment=edge.segment, from_t=edge.t, hints=hints))
    else:
        listening.close(CloseSegment(job=job, segment=edge.segment, to_t=edge.t))


def _refuse(error: GreenroomError, request: str) -> None:
    raise EngineError(f"the recogniser refused {request}: {error.message}") from error


def build(settings: Settings, emit: Emit) -> AnalysisWorker:
    """The worker that these settings ask for."""
    model = settings.booth.models_dir / "silero-vad-v6" / MODEL_FILE
    return AnalysisWorker(emit, lambda: SileroVad(model), Recognisers(settings), ends_in_filler,
                          load_pitch=PraatPitch)
