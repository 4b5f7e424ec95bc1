"""What was heard and seen during the session, kept in memory until measures are taken from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from greenroom.events import (
    SAMPLE_RATE_HZ,
    AudioChunk,
    FaceObservation,
    PitchHeard,
    SceneObserved,
    Tick,
    VoiceStarted,
    VoiceStopped,
    WorkerEvent,
    WorkerReady,
)
from greenroom.hearing.heard import Answer, Heard, PitchTrack
from greenroom.hearing.loudness_lufs import weighed
from greenroom.hearing.measures import answer_measures, answer_series
from greenroom.hearing.pitch import pitch
from greenroom.ports import SessionMedia
from greenroom.records import TurnRecord
from greenroom.requests import Hear

MAX_FACES = 15 * 600
"""Ten minutes of observations: longer than any answer."""
MAX_SCENES = 2 * 600
MAX_PITCH_FRAMES = 100 * 600
"""Ten minutes of looks beside the face, and of voice."""
MARGIN_S = 0.3
BLIP_S = 0.5
"""Without words, shorter VAD segments are nobody's voice: a note of sung music is taken for one, up to 0.3 s."""
PIECE_BYTES = SAMPLE_RATE_HZ // 5
"""100 ms: as much as a recogniser takes at a time."""


class Evidence:
    """Bounded recordings of the running session. Sound is in ``media``."""

    def __init__(self, media: SessionMedia) -> None:
        self._media = media
        self._faces: deque[FaceObservation] = deque(maxlen=MAX_FACES)
        self._scenes: deque[SceneObserved] = deque(maxlen=MAX_SCENES)
        self._spans: deque[tuple[float, float]] = deque(maxlen=2000)
        self._voice_since_t: float | None = None
        self._pitch: deque[PitchTrack] = deque()
        self._pitch_frames = 0

    def chunk(self, event: AudioChunk) -> None:
        self._media.append(event.n, event.t, event.pcm)

    def face(self, event: FaceObservation) -> None:
        self._faces.append(event)

    def scene(self, event: SceneObserved) -> None:
        self._scenes.append(event)

    def pitch(self, event: PitchHeard) -> None:
        self._pitch.append(PitchTrack(event.t, event.step_s, np.array(event.hz, np.float32)))
        self._pitch_frames += len(event.hz)
        while self._pitch_frames > MAX_PITCH_FRAMES:
            self._pitch_frames -= len(self._pitch.popleft().hz)

    def voice_started(self, event: VoiceStarted) -> None:
        self._voice_since_t = event.t

    def voice_stopped(self, event: VoiceStopped) -> None:
        if self._voice_since_t is not None:
            self._spans.append((self._voice_since_t, event.t))
        self._voice_since_t = None

    def interrupted(self, t: float) -> None:
        """The sound system is gone: a voice that was being heard is heard no longer."""
        if self._voice_since_t is not None:
            self._spans.append((self._voice_since_t, t))
        self._voice_since_t = None

    def sound(self, from_t: float, to_t: float) -> list[tuple[float, bytes]]:
        return self._media.slice(from_t, to_t)

    def answer(self, turn: TurnRecord, *, with_sound: bool = True) -> Answer:
        """A copy of everything that belongs to a turn."""
        from_t = turn.started_t if turn.started_t is not None else turn.question.end_t
        asked = [turn.question.end_t, *(aside.end_t for aside in turn.asides if aside.end_t <= from_t)]
        question_end_t = min(max(asked), from_t)
        to_t = turn.ended_t
        spans = [*self._spans]
        if self._voice_since_t is not None:
            spans.append((self._voice_since_t, to_t))
        if not turn.words:
            spans = [(a, b) for a, b in spans if b - a >= BLIP_S]
        return Answer(
            question_end_t=question_end_t, words=turn.words, ended_t=to_t, gaps=turn.gaps,
            asides=turn.asides,
            voice_spans=tuple((max(a, from_t), min(b, to_t)) for a, b in spans if b > from_t and a < to_t),
            pcm_runs=tuple(self.sound(from_t - MARGIN_S, to_t + MARGIN_S)) if with_sound else (),
            faces=tuple(f for f in self._faces if question_end_t <= f.t <= to_t),
            scenes=tuple(s for s in self._scenes if question_end_t <= s.t <= to_t),
            pitch=self._tracks(from_t, to_t),
        )

    def _tracks(self, from_t: float, to_t: float) -> tuple[PitchTrack, ...]:
        return tuple(
            track for track in self._pitch if track.t < to_t and track.t + len(track.hz) * track.step_s > from_t
        )

    def replay(self, from_t: float, to_t: float) -> Iterator[Hear]:
        """What was heard between two times, for a recogniser that has forgotten it."""
        n = 0
        for t, pcm in self._media.slice(from_t, to_t):
            for start in range(0, len(pcm), PIECE_BYTES):
                yield Hear(n=n, t=t + start / (2 * SAMPLE_RATE_HZ), pcm=pcm[start : start + PIECE_BYTES])
                n += 1

    def forget(self) -> None:
        self._media.forget()
        self._faces.clear()
        self._scenes.clear()
        self._spans.clear()
        self._pitch.clear()
        self._pitch_frames = 0
        self._voice_since_t = None


class VoiceNumbers:
    """Counts VAD segments on where an audio worker died: its successor begins at 0 again."""

    def __init__(self) -> None:
        self._first = self._next = 0

    def numbered(self, event: WorkerEvent | Tick) -> WorkerEvent | Tick:
        """The event with its segment's number in the session."""
        if isinstance(event, WorkerReady) and event.worker == "audio":
            self._first = self._next
        elif isinstance(event, VoiceStarted | VoiceStopped):
            event = replace(event, segment=self._first + event.segment)
            self._next = max(self._next, event.segment + 1)
        return event


def measured(turn: TurnRecord, answer: Answer) -> TurnRecord:
    """The turn with its measures and series. Takes some 10 ms a minute of speech, so it never runs on core's loop."""
    whole = weighed(answer)
    return replace(turn, measures=answer_measures(whole), series=answer_series(whole))


def repitched(turn: TurnRecord, answer: Answer) -> TurnRecord:
    """The turn with what its pitch measures now: it is tracked after the words, which may end the turn before."""
    late = {measure.name: measure for measure in pitch(Heard(answer))}
    return replace(turn, measures=tuple(late.get(measure.name, measure) for measure in turn.measures))
