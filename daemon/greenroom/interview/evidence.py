"""What was heard and seen during the session, kept in memory until measures are taken from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec.structs import replace

from greenroom.events import (
    SAMPLE_RATE_HZ,
    AudioChunk,
    FaceObservation,
    Hear,
    Tick,
    VoiceStarted,
    VoiceStopped,
    WorkerEvent,
    WorkerReady,
)
from greenroom.hearing.measures import Answer, answer_measures, answer_series
from greenroom.ports import SessionMedia
from greenroom.records import TurnRecord

MAX_FACES = 15 * 600
"""Ten minutes of observations: longer than any answer."""
MARGIN_S = 0.3
PIECE_BYTES = SAMPLE_RATE_HZ // 5
"""100 ms: as much as a recogniser takes at a time."""


class Evidence:
    """Bounded recordings of the running session. Sound is in ``media``."""

    def __init__(self, media: SessionMedia) -> None:
        self._media = media
        self._faces: deque[FaceObservation] = deque(maxlen=MAX_FACES)
        self._spans: deque[tuple[float, float]] = deque(maxlen=2000)
        self._voice_since_t: float | None = None

    def chunk(self, event: AudioChunk) -> None:
        self._media.append(event.n, event.t, event.pcm)

    def face(self, event: FaceObservation) -> None:
        self._faces.append(event)

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

    def answer(self, turn: TurnRecord) -> Answer:
        """A copy of everything that belongs to a turn."""
        from_t = turn.started_t if turn.started_t is not None else turn.question.end_t
        asked = [turn.question.end_t, *(aside.end_t for aside in turn.asides if aside.end_t <= from_t)]
        question_end_t = min(max(asked), from_t)
        to_t = turn.ended_t
        spans = [*self._spans]
        if self._voice_since_t is not None:
            spans.append((self._voice_since_t, to_t))
        return Answer(
            question_end_t=question_end_t, words=turn.words, ended_t=to_t, gaps=turn.gaps,
            asides=turn.asides,
            voice_spans=tuple((max(a, from_t), min(b, to_t)) for a, b in spans if b > from_t and a < to_t),
            pcm_runs=tuple(self.sound(from_t - MARGIN_S, to_t + MARGIN_S)),
            faces=tuple(f for f in self._faces if question_end_t <= f.t <= to_t),
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
        self._spans.clear()
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
    return replace(turn, measures=answer_measures(answer), series=answer_series(answer))
