"""The world as a device in this process, and an audience that takes notes."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from greenroom.errors import GreenroomError
from greenroom.events import SAMPLE_RATE_HZ, FaceObservation, WorkerEvent
from greenroom.interview.speech import Mouth
from greenroom.interview.state import InterviewState
from greenroom.ports import Emit, Heard, Pcm, SpeakerSource
from greenroom.records import DeviceInfo, EngineInfo, SessionRecord, Word
from greenroom.requests import Watch, WorkerRequest
from greenroom.world.__main__ import make_stage

EMBEDDED_LATENCY_S = 0.02


class StageDevice:
    """Microphone and loudspeaker of a candidate's room; nothing is recorded."""

    info = (
        DeviceInfo(kind="microphone", name="stage", state="ok"),
        DeviceInfo(kind="speaker", name="stage", state="ok"),
    )

    def __init__(self, role: str, seed: int) -> None:
        self.stage = make_stage(role, seed, lambda _speaker, _microphone: None)
        self._n = 0

    def open(self, origin_ns: int) -> None:
        del origin_ns

    def close(self) -> None:
        pass

    def exchange(self, until_t: float, fill: SpeakerSource) -> list[Heard]:
        samples = round(until_t * SAMPLE_RATE_HZ) - self._n
        if samples <= 0:
            return []
        from_t = self._n / SAMPLE_RATE_HZ
        pcm, cue = fill(samples, from_t + EMBEDDED_LATENCY_S)
        self._n += samples
        return [Heard(pcm=self.stage.advance(pcm, cue), t=from_t)]


class Blind:
    """A vision worker without a face engine."""

    def __init__(self, emit: Emit) -> None:
        self.engines: tuple[EngineInfo, ...] = (EngineInfo(capability="face", name="none"),)
        self._emit = emit
        self._now_t = 0.0

    def warm_up(self, origin_ns: int) -> None:
        del origin_ns

    def handle(self, request: WorkerRequest) -> None:
        if isinstance(request, Watch) and request.is_on:
            self._emit(FaceObservation(t=self._now_t, t_known=self._now_t, frame=0, faces=0,
                                       trouble="no_engine"))

    def advance(self, until_t: float) -> None:
        self._now_t = until_t

    def forget(self) -> None:
        pass

    def close(self) -> None:
        pass


class CountingRecogniser:
    """Hears one word for every ``word_s`` of sound, always the same ones."""

    latency_s = 0.05
    info = EngineInfo(capability="recogniser", name="counting")
    text = ("i", "worked", "there", "and", "learned", "to", "plan", "a", "day", "well")

    def __init__(self) -> None:
        self.hints: tuple[str, ...] = ()
        self.word_s = 0.3
        self._t = 0.0
        self._samples = 0

    def open(self, t: float, hints: tuple[str, ...] = ()) -> None:
        self._t, self._samples, self.hints = t, 0, hints

    def feed(self, pcm: Pcm) -> None:
        self._samples += len(pcm)

    def partial(self) -> tuple[Word, ...]:
        count = int(self._samples / SAMPLE_RATE_HZ / self.word_s)
        return tuple(
            Word(text=self.text[n % 10], start_t=self._t + self.word_s * n,
                 end_t=self._t + self.word_s * (n + 1), certainty=0.9)
            for n in range(count)
        )

    def close(self) -> tuple[Word, ...]:
        return self.partial()

    def learn_channel(self, pcm: Pcm) -> tuple[float, ...]:
        return (float(np.abs(pcm.astype(np.float64)).mean()),)

    def set_channel(self, mean: tuple[float, ...]) -> None:
        del mean


class TellingRecogniser(CountingRecogniser):
    """Hears a text, a word for every 0.3 s of sound, and goes on with it from segment to segment."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._words = text.split()
        self._told = 0

    def partial(self) -> tuple[Word, ...]:
        heard = super().partial()
        return tuple(replace(word, text=self._words[(self._told + n) % len(self._words)])
                     for n, word in enumerate(heard))

    def close(self) -> tuple[Word, ...]:
        heard = self.partial()
        self._told += len(heard)
        return heard


class Notes:
    """An audience that remembers."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.said: list[str] = []
        self.mouths: list[Mouth | None] = []
        self.sessions: list[str | None] = []
        self.records: list[SessionRecord] = []
        self.reread_records: list[SessionRecord] = []
        self.failures: list[GreenroomError] = []
        self.sensations = 0

    def moved(self, before: InterviewState, after: InterviewState) -> None:
        if after.phase != before.phase:
            self.phases.append(after.phase)

    def sensed(self, event: WorkerEvent) -> None:
        del event
        self.sensations += 1

    def spoke(self, text: str) -> None:
        self.said.append(text)

    def mouth(self, mouth: Mouth | None) -> None:
        self.mouths.append(mouth)

    def opened(self, session_id: str | None) -> None:
        self.sessions.append(session_id)

    def reported(self, record: SessionRecord) -> None:
        self.records.append(record)

    def reread(self, record: SessionRecord) -> None:
        self.reread_records.append(record)

    def failed(self, error: GreenroomError) -> None:
        self.failures.append(error)
