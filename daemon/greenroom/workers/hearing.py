"""The hearing worker: turns the candidate's sound into utterances."""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np

from greenroom.errors import CommandRefused, EngineError, EngineUnavailable, GreenroomError, ModelError
from greenroom.events import LIVE, SAMPLE_RATE_HZ, RequestFailed
from greenroom.hearing.fillers import ends_in_filler, score
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.hearing.sentence_end_ngram import NgramSentenceEnds
from greenroom.hearing.sounds_yamnet import MODEL, MODEL_FILE, YamnetSounds
from greenroom.hearing.turn_smart import MODEL as TURN_MODEL
from greenroom.hearing.turn_smart import MODEL_FILE as TURN_FILE
from greenroom.hearing.turn_smart import SmartTurn
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import Emit, PitchTracker, Recogniser, SentenceEnds, SoundClassifier, TurnDetector
from greenroom.records import EngineInfo
from greenroom.requests import CloseSegment, Hear, LearnChannel, ListenToRoom, OpenSegment, SetChannel, WorkerRequest
from greenroom.settings import Settings
from greenroom.workers.ending import Endings
from greenroom.workers.listening import FillerRule, Listening
from greenroom.workers.recognisers import Recognisers

log = logging.getLogger(__name__)

MAX_STREAMS = 4
RULES = EngineInfo(capability="end_of_turn", name="rules", detail="words and melody, without the turn model",
                   is_first_choice=False)


def no_sounds() -> SoundClassifier:
    """Stands where nobody is to tell what the room sounds like. Raises ``EngineUnavailable``."""
    raise EngineUnavailable("there is no sound classifier")


def no_pitch() -> PitchTracker:
    """Stands where nobody is to track pitch. Raises ``EngineUnavailable``."""
    raise EngineUnavailable("there is no pitch tracker")


def no_turns() -> TurnDetector:
    """Stands where no model is to tell the end of a turn. Raises ``EngineUnavailable``."""
    raise EngineUnavailable("there is no turn model")


def no_sentence_ends() -> SentenceEnds:
    """Stands where no model is to tell where sentences end. Raises ``EngineUnavailable``."""
    raise EngineUnavailable("there is no model of sentence ends")


class HearingWorker:
    """One recogniser a stream, made when the stream first needs it; the live stream's is made in ``warm_up``.

    All streams share the classifier of sounds and the pitch tracker. Without them the booth cannot tell what the noise
    is, or how high a voice was, and goes on. Only the live stream's turns are judged; without the turn model by melody
    and words.
    """

    def __init__(self, emit: Emit, load_recogniser: Callable[[], Recogniser], is_filler: FillerRule,
                 *, load_sounds: Callable[[], SoundClassifier] = no_sounds,
                 load_pitch: Callable[[], PitchTracker] = no_pitch,
                 load_turns: Callable[[], TurnDetector] = no_turns,
                 load_sentence_ends: Callable[[], SentenceEnds] = no_sentence_ends) -> None:
        self.engines: tuple[EngineInfo, ...] = ()
        self._emit = emit
        self._load_recogniser = load_recogniser
        self._is_filler = is_filler
        self._load_sounds = load_sounds
        self._sounds: SoundClassifier | GreenroomError = EngineUnavailable("the worker is not warm")
        self._load_pitch = load_pitch
        self._pitch: PitchTracker | None = None
        self._load_turns = load_turns
        self._turns: TurnDetector | None = None
        self._load_sentence_ends = load_sentence_ends
        self._sentence_ends: SentenceEnds | None = None
        self._streams: dict[str, Listening] = {}
        self._now_t = 0.0

    def warm_up(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature; sound carries its own times
        """Recognise a little noise, so that the first answer does not wait. Raises what ``load_recogniser`` does."""
        self._pitch, self._turns = self._warm_pitch(), self._warm_turns()
        self._sentence_ends = self._warm_sentence_ends()
        live = self._stream(LIVE)
        live.warm_up()
        try:
            self._sounds = self._load_sounds()
        except (ModelError, EngineError) as error:
            log.info("the kinds of noise in the room will not be told: %s", error)
            self._sounds = error
        engines = (self._sounds, self._pitch, self._turns, self._sentence_ends)
        self.engines = (live.engine, *(e.info for e in engines if e is not None and not isinstance(e, GreenroomError)))
        if self._turns is None and self._pitch is not None:
            self.engines = (*self.engines, RULES)

    def _warm_pitch(self) -> PitchTracker | None:
        try:
            tracker = self._load_pitch()
        except EngineUnavailable as error:
            log.info("pitch will not be told: %s", error)
            return None
        tracker.track(np.full(SAMPLE_RATE_HZ // 2, 1, np.int16))
        return tracker

    def _warm_turns(self) -> TurnDetector | None:
        try:
            detector = self._load_turns()
            detector.probability(np.full(SAMPLE_RATE_HZ // 2, 1, np.int16))
        except (ModelError, EngineError) as error:
            log.info("the end of a turn is told without the turn model: %s", error)
            return None
        return detector

    def _warm_sentence_ends(self) -> SentenceEnds | None:
        try:
            return self._load_sentence_ends()
        except EngineUnavailable as error:
            log.info("the end of a turn is told without a model of sentence ends: %s", error)
            return None

    def handle(self, request: WorkerRequest) -> None:
        try:
            self._obey(request)
        except GreenroomError as error:
            self._tell(error, type(request).__name__)

    def advance(self, until_t: float) -> None:
        for name in sorted(self._streams, key=lambda name: name != LIVE):
            self._streams[name].advance(self._now_t, until_t)
        self._now_t = max(self._now_t, until_t)

    def forget(self) -> None:
        """Drop all sound, words and voices."""
        self._streams = {name: stream for name, stream in self._streams.items() if name == LIVE}
        for stream in self._streams.values():
            stream.forget()

    def close(self) -> None:
        self._streams.clear()

    def _obey(self, request: WorkerRequest) -> None:
        match request:
            case Hear():
                self._stream(request.stream).hear(request)
            case OpenSegment():
                self._stream(request.stream).open(request)
            case CloseSegment():
                self._stream(request.stream).close(request)
            case LearnChannel():
                self._stream(request.stream).learn(request.from_t, request.to_t)
            case ListenToRoom():
                if isinstance(self._sounds, GreenroomError):
                    raise self._sounds
                self._stream(request.stream).listen_to_room(request.spans, self._sounds)
            case SetChannel():
                self._stream(request.stream).set_channel(request.mean)
            case _:
                raise CommandRefused(f"the hearing worker does not know {type(request).__name__}")

    def _stream(self, name: str) -> Listening:
        """The state of a stream; a new one takes the place of the idle one that was longest unused."""
        if name in self._streams:
            self._streams[name] = stream = self._streams.pop(name)
            return stream
        if len(self._streams) >= MAX_STREAMS:
            idle = next((n for n, stream in self._streams.items() if n != LIVE and not stream.is_busy), None)
            if idle is None:
                raise CommandRefused(f"{MAX_STREAMS} streams are busy", fix="close a segment of one of them first")
            del self._streams[idle]
        endings = Endings(self._turns, self._pitch, score, self._sentence_ends) if name == LIVE else None
        stream = Listening(name, self._emit, self._tell, self._load_recogniser, self._is_filler,
                           tracker=self._pitch, endings=endings)
        self._streams[name] = stream
        return stream

    def _tell(self, error: GreenroomError, request: str) -> None:
        self._emit(RequestFailed(t=self._now_t, t_known=self._now_t, worker="hearing", request=request,
                                 code=error.code, message=error.message))


def build(settings: Settings, emit: Emit) -> HearingWorker:
    """The worker that these settings ask for."""
    return HearingWorker(emit, Recognisers(settings), ends_in_filler, load_sounds=lambda: load_sounds(settings),
                         load_pitch=PraatPitch, load_turns=lambda: load_turns(settings),
                         load_sentence_ends=NgramSentenceEnds)


def load_sounds(settings: Settings) -> SoundClassifier:
    """Raises ``ModelMissing``, ``ModelCorrupt`` or ``EngineUnavailable``."""
    return YamnetSounds(Store(settings.booth.models_dir, Manifest.load()).path(MODEL, MODEL_FILE))


def load_turns(settings: Settings) -> TurnDetector:
    """Raises ``ModelMissing``, ``ModelCorrupt`` or ``EngineUnavailable``."""
    return SmartTurn(Store(settings.booth.models_dir, Manifest.load()).path(TURN_MODEL, TURN_FILE))
