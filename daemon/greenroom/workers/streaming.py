"""A stream from somebody else's microphone and camera: what is heard and seen as it comes, measures at its end.

Time is that of the sound: ``t`` counts from its first sample, however fast or slow it arrives; pictures say when on the
same clock they were taken.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from msgspec.structs import replace

from greenroom.errors import CommandRefused, EngineError, GreenroomError, RecordingTooLong
from greenroom.events import (
    SAMPLE_RATE_HZ,
    AnalysisDone,
    JobKey,
    LevelReading,
    PitchHeard,
    StreamHeard,
    Utterance,
    VoiceStarted,
    WorkerEvent,
)
from greenroom.hearing import segmenter
from greenroom.hearing.decoder_av import MAX_RECORDING_S
from greenroom.hearing.heard import PitchTrack
from greenroom.hearing.loudness import LevelMeter, power
from greenroom.hearing.prosody import Interval
from greenroom.hearing.recording import LEARN_FROM_S
from greenroom.hearing.vad import BLOCK_SAMPLES
from greenroom.ports import Emit, Pcm, PitchTracker, Recogniser, VoiceDetector
from greenroom.records import EngineInfo, Word
from greenroom.requests import CloseSegment, Hear, OpenSegment, Show
from greenroom.workers.listening import LEARN_MIN_S, FillerRule, Listening
from greenroom.workers.measuring import Sound, measured
from greenroom.workers.pictures import Pictures

STEP_SAMPLES = 2 * BLOCK_SAMPLES
"""0.064 s of sound, however it arrives: so what is heard does not depend on that. At most 0.03 s of work."""
MAX_WAITING_S = 10.0
"""Sound that has come and was not worked on yet; whoever sends waits for ``StreamHeard``."""
LEARN_BY_S = 20.0
"""So long after the first voice the channel is learned from what there is: the ring of the stream holds 30 s."""
SOUND_BETWEEN = 3
"""Steps of sound between two looks at pictures while sound waits: 0.19 s of it. So pictures take a quarter of the time
at most, and frames still lie as near to each other as the measures of what is seen ask for."""
SOURCE = f"stream, {SAMPLE_RATE_HZ} Hz, 1 channel"
NO_SOUND_NOTE = "No sound came."
_LEVEL_SAMPLES = SAMPLE_RATE_HZ // 10
_METER_SAMPLES = _LEVEL_SAMPLES // LevelMeter.BLOCKS


class Streaming:
    """One stream. Sound comes with ``hear``, pictures with ``show``, work is done in ``step``, that on sound first.

    The recogniser learns the channel from the first ``LEARN_FROM_S`` of voice, or of less when a pause follows; words
    are told from then on, those before included.
    """

    def __init__(self, name: str, emit: Emit, *, detector: VoiceDetector, recogniser: Recogniser,
                 is_filler: FillerRule, tracker: PitchTracker | None, engines: tuple[EngineInfo, ...],
                 pictures: Pictures, hints: tuple[str, ...] = ()) -> None:
        self._name = name
        self._emit = emit
        self._detector = detector
        self._engines = engines
        self._pictures = pictures
        self._since_look = 0
        self._hints = hints
        self._listening = Listening(name, self._take, _refuse, lambda: recogniser, is_filler, tracker=tracker)
        self._sound = bytearray()
        self._worked = self._detected = self._metered = 0
        self._state = segmenter.State()
        self._meter = LevelMeter()
        self._probability = 0.0
        self._voice: list[Interval] = []
        self._started_t: float | None = None
        self._edges: deque[segmenter.VoiceEvent] = deque()
        self._has_learned = False
        self._is_ended = self._is_flushed = False
        self._words: list[Word] = []
        self._pitch: list[PitchTrack] = []
        self._flush_t = 0.0
        self.is_over = False
        detector.reset()
        recogniser.set_channel(())
        emit(StreamHeard(t=0.0, t_known=0.0, stream=name))

    @property
    def has_work(self) -> bool:
        """Whether a step would do anything."""
        return self._is_ended or self._has_sound_work or self._pictures.waiting_t is not None

    def hear(self, request: Hear) -> None:
        """Raises ``RecordingTooLong`` beyond an hour, ``CommandRefused`` for sound that nobody can take."""
        if self._is_ended:
            raise CommandRefused("the stream has been ended")
        if len(request.pcm) % 2:
            raise CommandRefused("PCM of 16 bit samples has an even number of bytes")
        samples = (len(self._sound) + len(request.pcm)) // 2
        if samples > MAX_RECORDING_S * SAMPLE_RATE_HZ:
            raise RecordingTooLong(f"the stream is longer than {MAX_RECORDING_S / 60:.0f} minutes", fix="begin another")
        if samples - self._worked > MAX_WAITING_S * SAMPLE_RATE_HZ:
            raise CommandRefused("sound comes faster than it can be heard", fix="wait until what was sent is heard")
        self._sound += request.pcm

    def show(self, request: Show) -> None:
        """Raises like ``hear``."""
        if self._is_ended:
            raise CommandRefused("the stream has been ended")
        self._pictures.show(request)

    def end(self) -> None:
        """Nothing more comes."""
        self._is_ended = True

    def step(self) -> None:
        """A little of the work that waits; at the very end ``AnalysisDone`` is told."""
        before_t = self._t
        self._since_look += 1
        if self._may_look:
            self._since_look = 0
            self._pictures.look()
        elif self._has_step:
            piece = self._pcm(self._worked, self._worked + STEP_SAMPLES)
            self._listening.hear(Hear(n=self._worked, t=before_t, pcm=piece.tobytes()))
            self._worked += piece.size
            self._detect()
            self._tell_levels()
            self._learn(is_last=False)
            self._listening.advance(before_t, self._t)
            self._emit(StreamHeard(t=self._t, t_known=self._t, stream=self._name))
        elif not self._is_ended:
            self._listening.advance(before_t, before_t)
        elif not self._is_flushed:
            self._is_flushed, self._flush_t = True, self._t
            self._state, events = segmenter.stop(self._state, self._t)
            self._note(events)
            self._learn(is_last=True)
        elif self._listening.is_busy:
            self._flush_t += 1.0
            self._listening.advance(self._flush_t - 1.0, self._flush_t)
        elif self._pictures.waiting_t is not None:
            self._pictures.look()
        else:
            self._finish()

    def forget(self) -> None:
        """Drop sound, words and pictures."""
        self._listening.forget()
        self._pictures.forget()
        self._sound.clear()

    @property
    def _has_step(self) -> bool:
        waiting = len(self._sound) // 2 - self._worked
        return waiting >= STEP_SAMPLES or (waiting > 0 and self._is_ended)

    @property
    def _has_sound_work(self) -> bool:
        return self._has_step or self._listening.has_work

    @property
    def _may_look(self) -> bool:
        """Sound goes first; while some of it waits, pictures come in their place in it, and not all of them."""
        t = self._pictures.waiting_t
        return t is not None and (
            not self._has_sound_work or (t <= self._t and self._since_look > SOUND_BETWEEN))

    @property
    def _t(self) -> float:
        return self._worked / SAMPLE_RATE_HZ

    def _pcm(self, first: int, last: int) -> Pcm:
        return np.frombuffer(bytes(self._sound[2 * first : 2 * last]), np.int16)

    def _detect(self) -> None:
        while self._detected + BLOCK_SAMPLES <= self._worked:
            block = self._pcm(self._detected, self._detected + BLOCK_SAMPLES)
            self._detected += BLOCK_SAMPLES
            self._probability = self._detector.probability(block)
            self._state, events = segmenter.step(self._state, self._probability, self._detected / SAMPLE_RATE_HZ)
            self._note(events)

    def _note(self, events: tuple[segmenter.VoiceEvent, ...]) -> None:
        for event in events:
            if isinstance(event, VoiceStarted):
                self._started_t = event.t
            elif self._started_t is not None:
                self._voice.append((self._started_t, event.t))
                self._started_t = None
            self._edges.append(event)
            self._emit(replace(event, stream=self._name))
        if self._has_learned:
            self._open_segments()

    def _tell_levels(self) -> None:
        while self._metered + _LEVEL_SAMPLES <= self._worked:
            for _ in range(LevelMeter.BLOCKS):
                block = self._pcm(self._metered, self._metered + _METER_SAMPLES)
                self._metered += _METER_SAMPLES
                level = self._meter.add(block, power(block), 0.0)
            if level is not None:
                t = self._metered / SAMPLE_RATE_HZ
                self._emit(LevelReading(
                    t=t, t_known=t, mic_dbfs=level.mic_dbfs, speaker_dbfs=level.speaker_dbfs,
                    noise_dbfs=level.noise_dbfs, speech_probability=self._probability, is_clipping=level.is_clipping,
                    stream=self._name))

    def _learn(self, *, is_last: bool) -> None:
        """Adapt to the channel as soon as there is enough voice to do so, then begin with what has waited for it."""
        if self._has_learned or not self._edges:
            return
        first_t = self._edges[0].t
        running_s = self._t - self._started_t if self._started_t is not None else 0.0
        voiced_s = sum(end_t - start_t for start_t, end_t in self._voice) + running_s
        is_pause = self._started_t is None and voiced_s >= LEARN_MIN_S
        if not (is_last or is_pause or voiced_s >= LEARN_FROM_S or self._t - first_t >= LEARN_BY_S):
            return
        if self._t - first_t >= LEARN_MIN_S:
            self._listening.learn(first_t, self._t)
        self._has_learned = True
        self._open_segments()

    def _open_segments(self) -> None:
        job = JobKey(0)
        while self._edges:
            edge = self._edges.popleft()
            if isinstance(edge, VoiceStarted):
                self._listening.open(OpenSegment(job=job, segment=edge.segment, from_t=edge.t, hints=self._hints))
            else:
                self._listening.close(CloseSegment(job=job, segment=edge.segment, to_t=edge.t))

    def _take(self, event: WorkerEvent) -> None:
        match event:
            case Utterance():
                if event.is_final:
                    self._words += event.words
                self._emit(event)
            case PitchHeard():
                self._pitch.append(PitchTrack(event.t, event.step_s, np.array(event.hz, np.float32)))
            case _:
                pass

    def _finish(self) -> None:
        self.is_over = True
        watched = self._pictures.finish()
        is_heard = self._worked > 0
        sound = Sound(pcm=self._pcm(0, self._worked), source=SOURCE if is_heard else "", voice=tuple(self._voice),
                      words=tuple(self._words), pitch=tuple(self._pitch), notes=() if is_heard else (NO_SOUND_NOTE,))
        analysis = measured(sound, (*self._engines, *self._pictures.engines), watched)
        self._emit(AnalysisDone(t=analysis.duration_s, t_known=analysis.duration_s, stream=self._name,
                                analysis=analysis))


def _refuse(error: GreenroomError, request: str) -> None:
    """A channel that cannot be learned costs some words at most."""
    if request != "LearnChannel":
        raise EngineError(f"the recogniser refused {request}: {error.message}") from error
