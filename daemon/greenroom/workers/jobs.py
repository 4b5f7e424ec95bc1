"""Recorded sound through the same engines: a second, niced set of workers that lives only while there is work.

One job at a time. While an interview runs, jobs wait: the booth's own answer always comes first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from greenroom.errors import EngineError, EngineUnavailable
from greenroom.events import (
    SAMPLE_RATE_HZ,
    CloseSegment,
    Hear,
    JobKey,
    OpenSegment,
    RequestFailed,
    Utterance,
    WorkerDied,
    WorkerEvent,
    WorkerName,
    WorkerReady,
)
from greenroom.records import Word
from greenroom.settings import Workers
from greenroom.timeline import MonotonicClock
from greenroom.workers.supervisor import Command, Supervisor

log = logging.getLogger(__name__)

NICENESS = 10
IDLE_S = 20.0
PIECE_BYTES = 3200
MAX_SEGMENT_S = 15.0
"""What a recogniser takes at once; callers cut at pauses."""

Span = tuple[float, float]


class JobWorkers:
    """Recognises recordings. ``is_busy`` tells whether an interview runs; ``ended`` jobs leave nothing behind."""

    def __init__(self, settings: Workers, socket_path: Path, command: Command, is_busy: Callable[[], bool], *,
                 idle_s: float = IDLE_S) -> None:
        self._settings = settings
        self._path = socket_path
        self._command = command
        self._is_busy = is_busy
        self._idle_s = idle_s
        self._turn = asyncio.Lock()
        self._crew: Supervisor | None = None
        self._events: asyncio.Queue[WorkerEvent] = asyncio.Queue(1000)
        self._numbers = count(1)
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a worker is alive for jobs."""
        return self._crew is not None

    async def transcribe(self, pcm: bytes, segments: Sequence[Span],
                         progress: Callable[[float], None] = lambda _share: None) -> tuple[Word, ...]:
        """Words of a recording (16 kHz mono int16) in the given segments of at most 15 s, times from its start.

        Raises ``EngineUnavailable`` when the worker cannot start, ``EngineError`` when it refuses or dies.
        """
        async with self._turn:
            if self._closing is not None:
                self._closing.cancel()
            await self._free()
            await self._start()
            try:
                return await self._run(pcm, segments, progress)
            finally:
                self._closing = asyncio.get_running_loop().create_task(self._close_when_idle())

    async def close(self) -> None:
        """End the worker, if there is one."""
        if self._closing is not None:
            self._closing.cancel()
        crew, self._crew = self._crew, None
        if crew is not None:
            await crew.stop()

    async def _free(self) -> None:
        """Wait for the end of a running interview, a second at a time."""
        while self._is_busy():  # noqa: ASYNC110 - the interview belongs to core, which signals nobody here
            await asyncio.sleep(1.0)

    async def _start(self) -> None:
        if self._crew is not None:
            return
        self._crew = Supervisor(
            self._settings, self._path, self._take, MonotonicClock(),
            lambda name, n: ["nice", "-n", str(NICENESS), *self._command(name, n)], names=("hearing",))
        await self._crew.start()
        while not isinstance(event := await self._events.get(), WorkerReady):
            if isinstance(event, WorkerDied) and event.is_lost:
                await self.close()
                raise EngineUnavailable(f"the job worker cannot start: {event.reason}", fix="greenroom doctor")

    def _take(self, name: WorkerName, event: WorkerEvent) -> None:
        if self._events.full():
            log.error("%s worker says more than a job can ask for", name)
        else:
            self._events.put_nowait(event)

    async def _run(self, pcm: bytes, segments: Sequence[Span], progress: Callable[[float], None]) -> tuple[Word, ...]:
        stream = f"job-{next(self._numbers)}"
        words: list[Word] = []
        for n, (from_t, to_t) in enumerate(segments):
            await self._free()
            self._hear(stream, pcm, n, from_t, to_t)
            words += await self._final(n)
            progress((n + 1) / len(segments))
        return tuple(words)

    def _hear(self, stream: str, pcm: bytes, n: int, from_t: float, to_t: float) -> None:
        """Send one segment with a little sound on both sides."""
        assert self._crew is not None  # noqa: S101 - a job runs only after the start
        worker, job = self._crew.workers["hearing"], JobKey(n)
        start = 2 * round(max(from_t - 0.3, 0.0) * SAMPLE_RATE_HZ)
        end = min(2 * round((min(to_t, from_t + MAX_SEGMENT_S) + 0.3) * SAMPLE_RATE_HZ), len(pcm))
        for k, offset in enumerate(range(start, end, PIECE_BYTES)):
            worker.send(Hear(stream=stream, n=k, t=offset / 2 / SAMPLE_RATE_HZ,
                             pcm=pcm[offset : min(offset + PIECE_BYTES, end)]))
        worker.send(OpenSegment(stream=stream, job=job, segment=n, from_t=from_t))
        worker.send(CloseSegment(stream=stream, job=job, segment=n, to_t=min(to_t, from_t + MAX_SEGMENT_S)))

    async def _final(self, n: int) -> tuple[Word, ...]:
        while True:
            event = await self._events.get()
            if isinstance(event, Utterance) and event.segment == n and event.is_final:
                return event.words
            if isinstance(event, RequestFailed):
                raise EngineError(f"the recogniser refused a segment: {event.message}")
            if isinstance(event, WorkerDied):
                raise EngineError(f"the job worker died: {event.reason}", fix="try again")

    async def _close_when_idle(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(self._idle_s)
            crew, self._crew = self._crew, None
            if crew is not None:
                await crew.stop()
