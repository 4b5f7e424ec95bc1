"""A recogniser of levels and a booth around the hearing worker, for its tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from greenroom.errors import EngineError
from greenroom.events import LIVE, SAMPLE_RATE_HZ, JobKey, RequestFailed, Utterance, WorkerEvent
from greenroom.ports import Pcm, PitchTracker
from greenroom.records import EngineInfo, Word
from greenroom.requests import CloseSegment, Hear, OpenSegment
from greenroom.workers.hearing import HearingWorker, no_pitch

JOB = JobKey(turn=1)
SLICE_S = 0.032
CHUNK_S = 0.02


class LevelRecogniser:
    """Hears a word wherever the level of the sound changes to another one than 0: the level is the word."""

    latency_s = 0.05
    info = EngineInfo(capability="recogniser", name="level")

    def __init__(self) -> None:
        self.opened: list[float] = []
        self.fed: list[Pcm] = []
        self.fed_samples = 0
        self.means: list[tuple[float, ...]] = []
        self._t = 0.0
        self._words: list[Word] = []
        self._level = 0
        self._is_open = False

    def open(self, t: float, hints: tuple[str, ...] = ()) -> None:  # noqa: ARG002 - the port's parameter
        assert not self._is_open
        self.opened.append(t)
        self._t, self._words, self._level, self._is_open = t, [], 0, True

    def feed(self, pcm: Pcm) -> None:
        assert self._is_open
        assert 0 < pcm.size <= 0.1 * SAMPLE_RATE_HZ
        self.fed.append(pcm)
        self.fed_samples += pcm.size
        edges = np.flatnonzero(np.diff(pcm, prepend=self._level))
        for edge in edges:
            if pcm[edge]:
                t = self._t + edge / SAMPLE_RATE_HZ
                self._words.append(Word(text=str(pcm[edge]), start_t=t, end_t=t + 0.1))
        self._level = int(pcm[-1])
        self._t += pcm.size / SAMPLE_RATE_HZ

    def partial(self) -> tuple[Word, ...]:
        assert self._is_open
        return tuple(self._words)

    def close(self) -> tuple[Word, ...]:
        self._is_open = False
        words, self._words = tuple(self._words), []
        return tuple(msgspec.structs.replace(word, certainty=0.5) for word in words)

    def learn_channel(self, pcm: Pcm) -> tuple[float, ...]:
        assert not self._is_open
        if not pcm.any():
            raise EngineError("only silence")
        return (float(pcm.size), float(pcm.max()))

    def set_channel(self, mean: tuple[float, ...]) -> None:
        assert not self._is_open
        self.means.append(mean)


class Booth:
    """A worker with a room: ``levels`` says from which second on which level sounds."""

    def __init__(self, levels: Sequence[tuple[float, int]] = (),
                 load_pitch: Callable[[], PitchTracker] = no_pitch) -> None:
        self.events: list[WorkerEvent] = []
        self.recognisers: list[LevelRecogniser] = []
        self.asked: list[Pcm] = []
        self.levels = levels
        self.worker = HearingWorker(self.events.append, self._load, self._is_filler, load_pitch=load_pitch)
        self.worker.warm_up(0)
        self.t = self.heard_t = 0.0
        self.engine.opened.clear()
        self.engine.fed.clear()
        self.engine.means.clear()

    @property
    def engine(self) -> LevelRecogniser:
        return self.recognisers[0]

    def _load(self) -> LevelRecogniser:
        self.recognisers.append(LevelRecogniser())
        return self.recognisers[-1]

    def _is_filler(self, pcm: Pcm) -> bool:
        self.asked.append(pcm)
        return bool(pcm[-1] == 99)

    def sound(self, from_t: float, samples: int) -> Pcm:
        t = from_t + (np.arange(samples) + 0.5) / SAMPLE_RATE_HZ
        pcm = np.zeros(samples, np.int16)
        for start_t, level in self.levels:
            pcm[t >= start_t] = level
        return pcm

    def hear(self, until_t: float, *, chunk_s: float = CHUNK_S, stream: str = LIVE) -> None:
        """Hand over all sound up to a time without letting the worker work."""
        while self.heard_t + chunk_s <= until_t + 1e-9:
            pcm = self.sound(self.heard_t, round(chunk_s * SAMPLE_RATE_HZ))
            self.worker.handle(Hear(n=0, t=self.heard_t, pcm=pcm.tobytes(), stream=stream))
            self.heard_t = round(self.heard_t + chunk_s, 6)

    def run(self, until_t: float) -> None:
        """Lock step: sound up to the slice's beginning, then the slice."""
        while self.t + SLICE_S <= until_t + 1e-9:
            self.hear(self.t)
            self.t = round(self.t + SLICE_S, 6)
            self.worker.advance(self.t)

    def work(self, times: int = 100) -> None:
        for _ in range(times):
            self.worker.advance(self.t)

    def open(self, from_t: float, segment: int = 0, stream: str = LIVE) -> None:
        self.worker.handle(OpenSegment(job=JOB, segment=segment, from_t=from_t, stream=stream))

    def close(self, to_t: float, segment: int = 0, stream: str = LIVE) -> None:
        self.worker.handle(CloseSegment(job=JOB, segment=segment, to_t=to_t, stream=stream))

    def finals(self) -> list[Utterance]:
        return [e for e in self.events if isinstance(e, Utterance) and e.is_final]

    def partials(self) -> list[Utterance]:
        return [e for e in self.events if isinstance(e, Utterance) and not e.is_final]

    def failures(self) -> list[RequestFailed]:
        return [e for e in self.events if isinstance(e, RequestFailed)]


def texts(utterance: Utterance) -> list[str]:
    return [word.text for word in utterance.words]
