"""Recordings through the same engines: a niced worker that lives only while there is work.

One job at a time. While an interview runs, jobs are held: the booth's own answer always comes first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from itertools import count
from pathlib import Path

from greenroom.errors import EngineUnavailable, GreenroomError, WorkerLost
from greenroom.events import (
    AnalysisDone,
    AnalysisFailed,
    AnalysisProgress,
    Analyze,
    DropAnalysis,
    HoldAnalysis,
    WorkerDied,
    WorkerEvent,
    WorkerName,
    WorkerReady,
)
from greenroom.records import Analysis
from greenroom.settings import Workers
from greenroom.timeline import MonotonicClock
from greenroom.workers.remote import RemoteWorker
from greenroom.workers.supervisor import Command, Supervisor

NICENESS = 10
IDLE_S = 20.0
PATIENCE = 12.0
"""Beside an interview a niced worker may get hardly any time for a minute; that is no hang."""
LOOK_S = 0.2
"""How soon a job notices that an interview begins or ends."""
WORKER: WorkerName = "analysis"
MAX_EVENTS = 64

Progress = Callable[[str, float], None]
"""Stage, and share of all work that is done, 0 to 1."""


class JobFailed(GreenroomError):
    """What the worker said of a job, with the code that it gave."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message, fix=fix)
        self.code = code


class JobWorkers:
    """Analyses recordings. ``is_busy`` tells whether an interview runs; nothing is left behind by a job that ended."""

    def __init__(self, settings: Workers, socket_path: Path, command: Command, is_busy: Callable[[], bool], *,
                 idle_s: float = IDLE_S) -> None:
        self._settings = settings
        self._path = socket_path
        self._command = command
        self._is_busy = is_busy
        self._idle_s = idle_s
        self._turn = asyncio.Lock()
        self._crew: Supervisor | None = None
        self._events: asyncio.Queue[WorkerEvent] = asyncio.Queue(MAX_EVENTS)
        self._progress: Progress | None = None
        self._numbers = count(1)
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a worker is alive for jobs."""
        return self._crew is not None

    async def analyse(self, path: Path, hints: tuple[str, ...] = (), progress: Progress | None = None) -> Analysis:
        """Hear the file at an absolute path to its end. A job whose caller is cancelled is dropped.

        Raises ``EngineUnavailable`` when the worker cannot start, ``WorkerLost`` when it dies over the job, and else
        ``JobFailed`` with the code of what is wrong with the file.
        """
        async with self._turn:
            if self._closing is not None:
                self._closing.cancel()
            while self._is_busy():  # noqa: ASYNC110 - the interview belongs to core, which signals nobody here
                await asyncio.sleep(LOOK_S)
            worker = await self._start()
            while not self._events.empty():  # of the job before
                self._events.get_nowait()
            stream = f"job-{next(self._numbers)}"
            self._progress = progress
            worker.send(Analyze(stream=stream, path=str(path), hints=hints))
            try:
                return await self._result(worker, stream)
            finally:
                self._progress = None
                worker.send(DropAnalysis(stream=stream))
                self._closing = asyncio.get_running_loop().create_task(self._close_when_idle())

    async def close(self) -> None:
        """End the worker, if there is one."""
        if self._closing is not None:
            self._closing.cancel()
        crew, self._crew = self._crew, None
        if crew is not None:
            await crew.stop()

    async def _start(self) -> RemoteWorker:
        if self._crew is None:
            self._crew = Supervisor(
                self._settings, self._path, self._take, MonotonicClock(),
                lambda name, n: ["nice", "-n", str(NICENESS), *self._command(name, n)], names=(WORKER,),
                patience=PATIENCE)
            await self._crew.start()
        worker = self._crew.workers[WORKER]
        while not worker.is_warm:
            event = await self._events.get()
            if isinstance(event, WorkerDied) and event.is_lost:
                await self.close()
                raise EngineUnavailable(f"recordings cannot be analysed: {event.reason}", fix="greenroom doctor")
        return worker

    def _take(self, name: WorkerName, event: WorkerEvent) -> None:
        del name
        if isinstance(event, AnalysisProgress):
            if self._progress is not None:
                self._progress(event.stage, event.share)
        elif isinstance(event, WorkerReady | WorkerDied | AnalysisDone | AnalysisFailed):
            if self._events.full():
                self._events.get_nowait()
            self._events.put_nowait(event)

    async def _result(self, worker: RemoteWorker, stream: str) -> Analysis:
        is_held = False
        while True:
            if is_held != self._is_busy():
                is_held = not is_held
                worker.send(HoldAnalysis(is_held=is_held))
            try:
                async with asyncio.timeout(LOOK_S):
                    event = await self._events.get()
            except TimeoutError:
                continue
            match event:
                case AnalysisDone() if event.stream == stream:
                    return event.analysis
                case AnalysisFailed() if event.stream == stream:
                    raise JobFailed(event.code, event.message, event.fix)
                case WorkerDied():
                    raise WorkerLost(f"the worker died over this recording: {event.reason}",
                                     fix="try again; if it dies again, the file is the cause")
                case _:
                    pass

    async def _close_when_idle(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(self._idle_s)
            crew, self._crew = self._crew, None
            if crew is not None:
                await crew.stop()
