"""A recording through the booth's engines, a step at a time: its sound like an answer's, its picture like the camera's.

Sound and picture lie on one timeline, which begins with whichever begins first.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from msgspec.structs import replace

from greenroom.errors import EngineError, GreenroomError, ModelError
from greenroom.events import SAMPLE_RATE_HZ, JobKey, PitchHeard, Utterance, WorkerEvent
from greenroom.hearing import segmenter
from greenroom.hearing.decoder_av import MAX_RECORDING_S, NoSound, Recording
from greenroom.hearing.heard import PitchTrack
from greenroom.hearing.prosody import Interval
from greenroom.hearing.recording import learning_span, pieces, voice_events, voice_spans
from greenroom.hearing.sight import Watched
from greenroom.hearing.vad import BLOCK_S
from greenroom.ports import FaceFinder, Pcm, PitchTracker, Recogniser, VoiceDetector
from greenroom.records import Analysis, EngineInfo, Word
from greenroom.requests import Analyze, CloseSegment, Hear, OpenSegment
from greenroom.seeing.decoder_av import NoPicture, Video
from greenroom.workers.listening import FillerRule, Listening
from greenroom.workers.measuring import Sound, measured
from greenroom.workers.watching import NO_FACE_ENGINE, watched

STEP_S = 0.5
"""Sound recognised in one ``advance``, some 0.2 s of work at most: a job can be held or dropped at any time."""
READ_STEP_S = 10.0
VAD_STEP_S = 30.0
READING, LISTENING, RECOGNISING = 0.05, 0.05, 0.85
"""Shares of the work on a sound, as measured on a recording of ten minutes; measures take the rest."""
LOOKING = 0.3
"""Share of all work that is the picture's, where there is sound as well."""
APART_S = 60.0
"""Sound and picture that begin further apart state no times of one clock."""
TOGETHER_S = 0.02
"""Half a frame: no silence is put before a sound that begins so little after its picture."""

Stage = Literal["reading", "listening", "recognising", "looking", "measuring"]
"""After "receiving"."""
T = TypeVar("T")
Steps = Generator[tuple[Stage, float], None, Analysis]


class Openers(NamedTuple):
    """What opens the files of jobs."""

    sound: Callable[[Path, int], Recording] = Recording
    picture: Callable[[Path], Video] = Video


class Engines(NamedTuple):
    """What a recording is heard and looked at with."""

    detector: VoiceDetector
    recogniser: Recogniser
    pitch: PitchTracker | None
    is_filler: FillerRule
    eyes: Callable[[], FaceFinder]
    """Raises ``EngineError`` or ``ModelError``."""
    look_hz: float
    infos: tuple[EngineInfo, ...]
    """Of those that hear."""


class Recorded:
    """One job. ``steps`` once, to its end or until it is closed."""

    def __init__(self, path: Path, request: Analyze, engines: Engines, openers: Openers) -> None:
        self._path = path
        self._request = request
        self._engines = engines
        self._openers = openers
        self._notes: list[str] = []
        self._infos = engines.infos

    def steps(self) -> Steps:
        """Yields the stage and the share of all work that is done. Raises ``GreenroomError``."""
        video = self._video()
        try:
            recording = self._recording(video)
            share = 1.0 if video is None else 0.0 if recording is None else 1.0 - LOOKING
            sound, origin_s = yield from _shrunk(self._hear(recording, video), share)
            seen = None
            if video is not None:
                seen = yield from self._look(video, origin_s, share, is_all=not sound.source)
        finally:
            if video is not None:
                video.close()
        yield "measuring", READING + LISTENING + RECOGNISING
        return measured(replace(sound, notes=tuple(self._notes)), self._infos, seen)

    def _recording(self, video: Video | None) -> Recording | None:
        """None when there is no sound, and a picture at least."""
        try:
            return self._openers.sound(self._path, self._request.channel)
        except NoSound as error:
            if video is None:
                raise
            self._notes.append(f"{error.message}.")
            return None

    def _video(self) -> Video | None:
        if not self._request.is_watched:
            return None
        try:
            return self._openers.picture(self._path)
        except NoPicture:
            return None

    # --- sound ------------------------------------------------------------------------------------

    def _hear(self, recording: Recording | None, video: Video | None) -> Generator[
            tuple[Stage, float], None, tuple[Sound, float]]:
        """The sound (without a source when there is none), and where the timeline begins on the file's own clock."""
        silent = Sound(pcm=np.zeros(0, np.int16), source="", voice=(), words=(), pitch=())
        starts_s = video.start_s if video is not None else None
        if recording is None:
            return silent, _known(starts_s)
        try:
            pcm = yield from _read(recording)
        except NoSound as error:
            if video is None:
                raise
            self._notes.append(f"{error.message}.")
            return silent, _known(starts_s)
        finally:
            recording.close()
        self._notes += recording.notes
        lead_s, origin_s = (0.0, 0.0) if video is None else self._aligned(recording.start_s, starts_s)
        pcm = np.concatenate([np.zeros(round(lead_s * SAMPLE_RATE_HZ), np.int16), pcm])
        voice = yield from self._voices(pcm)
        words, pitch = yield from self._words(pcm, voice, self._request.hints)
        return Sound(pcm=pcm, source=recording.source, voice=tuple(voice), words=words, pitch=pitch), origin_s

    def _aligned(self, heard_s: float | None, seen_s: float | None) -> tuple[float, float]:
        """How much silence belongs before the sound, and where the timeline begins."""
        if heard_s is None or seen_s is None or not abs(heard_s - seen_s) <= APART_S:
            self._notes.append("The file does not say how sound and picture lie to each other; both begin at 0.")
            return 0.0, _known(seen_s)
        return (heard_s - seen_s if heard_s - seen_s > TOGETHER_S else 0.0), min(heard_s, seen_s)

    def _voices(self, pcm: Pcm) -> Generator[tuple[Stage, float], None, list[Interval]]:
        """Where there is voice."""
        found: list[segmenter.VoiceEvent] = []
        step = round(VAD_STEP_S / BLOCK_S)
        for n, (start, events) in enumerate(voice_events(pcm, self._engines.detector), start=1):
            found += events
            if n % step == 0:
                yield "listening", READING + LISTENING * start / pcm.size
        return voice_spans(found)

    def _words(self, pcm: Pcm, voice: list[Interval], hints: tuple[str, ...]) -> Generator[
            tuple[Stage, float], None, tuple[tuple[Word, ...], tuple[PitchTrack, ...]]]:
        """Fed as the booth feeds an answer, but for longer segments: nobody waits for the words of a phrase."""
        events: list[WorkerEvent] = []
        recogniser = self._engines.recogniser
        listening = Listening("recording", events.append, _refuse, lambda: recogniser, self._engines.is_filler,
                              tracker=self._engines.pitch)
        recogniser.set_channel(())
        spans = pieces(voice)
        span = learning_span(voice)
        if span is not None:
            recogniser.learn_channel(pcm[round(span[0] * SAMPLE_RATE_HZ) : round(span[1] * SAMPLE_RATE_HZ)])
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

    # --- picture ----------------------------------------------------------------------------------

    def _look(self, video: Video, origin_s: float, done: float, *, is_all: bool) -> Generator[
            tuple[Stage, float], None, Watched | None]:
        """None when none of the pictures can be decoded, and there is sound at least."""
        try:
            face = self._engines.eyes()
        except (EngineError, ModelError) as error:
            self._notes.append(f"The picture was not looked at: {error.message}.")
            return Watched(source=video.source, faces=(), failure=NO_FACE_ENGINE, uncalibrated=NO_FACE_ENGINE)
        self._infos = (*self._engines.infos, face.info)
        looking = watched(video, face, self._engines.look_hz, origin_s)
        try:
            while True:
                yield "looking", (READING + LISTENING + RECOGNISING) * (done + (1.0 - done) * next(looking))
        except StopIteration as end:
            found: Watched = end.value
            return found
        except NoPicture as error:
            if is_all:
                raise
            self._notes.append(f"{error.message}.")
            return None
        finally:
            looking.close()


def _shrunk(steps: Generator[tuple[Stage, float], None, T], share: float) -> Generator[tuple[Stage, float], None, T]:
    """The same steps as a share of the work."""
    while True:
        try:
            stage, done = next(steps)
        except StopIteration as end:
            found: T = end.value
            return found
        yield stage, done * share


def _known(start_s: float | None) -> float:
    return start_s if start_s is not None and math.isfinite(start_s) else 0.0


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
