"""Recordings and other people's streams through the same engines: a niced worker that lives only while there is work.

One recording at a time, a stream and pictures beside it. While an interview runs, recordings are held, and streams and
pictures are refused or ended: the booth's own answer always comes first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

from msgspec.structs import replace

from greenroom.errors import EngineUnavailable, JobsFull, RecordingError, RelayedError, WorkerLost
from greenroom.events import (
    AnalysisDone,
    AnalysisFailed,
    AnalysisProgress,
    DocumentRead,
    LevelReading,
    PicturePassed,
    PictureRefused,
    PictureSeen,
    StreamHeard,
    TextsScored,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerDied,
    WorkerEvent,
    WorkerName,
    WorkerReady,
)
from greenroom.records import Analysis, AnswerToScore, DocumentKind, DocumentText
from greenroom.requests import (
    Analyze,
    BeginStream,
    DropAnalysis,
    HoldAnalysis,
    LookAt,
    ReadDocument,
    RecordingPart,
    ScoreTexts,
)
from greenroom.scores import AnswerScore
from greenroom.settings import Workers
from greenroom.timeline import MonotonicClock
from greenroom.workers.ears import LOOK_S, MAX_STREAMS, Ears, busy
from greenroom.workers.handed_in import PART_BYTES, WINDOW
from greenroom.workers.remote import RemoteWorker
from greenroom.workers.supervisor import Command, Supervisor

NICENESS = 10
IDLE_S = 20.0
PATIENCE = 12.0
"""Beside an interview a niced worker may get hardly any time for a minute; that is no hang."""
WORKER: WorkerName = "analysis"
MAX_EVENTS = 64
MAX_READS = 4
"""Documents that wait or are read; a hostile one takes up to half a minute of a busy box."""
MAX_LOOKS = 4
"""Pictures that wait or are looked at; each takes some 0.1 s."""

Progress = Callable[[str, float], None]
"""Stage, and share of all work that is done, 0 to 1."""
Done = AnalysisDone | PictureSeen | DocumentRead
Take = Callable[[WorkerEvent], None]
_OF_STREAMS = (AnalysisProgress, AnalysisDone, PictureSeen, PictureRefused, PicturePassed, AnalysisFailed, StreamHeard,
               Utterance, VoiceStarted, VoiceStopped, LevelReading, TextsScored, DocumentRead)


class JobWorkers:
    """Analyses recordings and hears streams. ``is_busy`` tells whether an interview runs; nothing is left behind by a
    job that ended."""

    def __init__(self, settings: Workers, socket_path: Path, command: Command, is_busy: Callable[[], bool], *,
                 idle_s: float = IDLE_S) -> None:
        self._settings = settings
        self._path = socket_path
        self._command = command
        self._is_busy = is_busy
        self._idle_s = idle_s
        self._turn = asyncio.Lock()
        self._starting = asyncio.Lock()
        self._crew: Supervisor | None = None
        self._ready: WorkerReady | None = None
        self._lost = ""
        self._changed = asyncio.Event()
        self._takers: dict[str, Take] = {}
        self._numbers = count(1)
        self._users = self._listening = self._looks = self._reads = 0
        self._look_turn = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a worker is alive for jobs."""
        return self._crew is not None

    async def analyse(self, path: Path, hints: tuple[str, ...] = (), progress: Progress | None = None, *,
                      name: str = "", channel: int = 0, is_watched: bool = False) -> Analysis:
        """Hear a file to its end, one channel (from 1) or the mean of all (0), and look at its picture when
        ``is_watched``. ``name`` is what its owner calls it. A job whose caller is cancelled is dropped.

        Raises ``RecordingError`` for a file that cannot be opened, ``EngineUnavailable`` when the worker cannot start,
        ``WorkerLost`` when it dies over the job, and else ``RelayedError`` with the code of what is wrong.
        """
        async with self._turn:
            while self._is_busy():  # noqa: ASYNC110 - the interview belongs to core, which signals nobody here
                await asyncio.sleep(LOOK_S)
            called = (name or path.name).encode(errors="replace").decode()  # a file's name may be no text
            request = Analyze(name=called, channel=channel, hints=hints, is_watched=is_watched)
            done = await self._handed_in(request, path, progress)
            if not isinstance(done, AnalysisDone):
                raise TypeError(done)
            return done.analysis

    async def look(self, path: Path) -> PictureSeen:
        """Look at a single picture, beside whatever recording is being heard.

        Raises ``CommandRefused`` while an interview runs, ``JobsFull`` when ``MAX_LOOKS`` wait already, and else like
        ``analyse``.
        """
        if self._is_busy():
            raise busy("looks at nobody else")
        if self._looks >= MAX_LOOKS:
            raise JobsFull(f"{MAX_LOOKS} pictures wait to be looked at", fix="wait for one of them")
        self._looks += 1
        try:
            async with self._look_turn:
                seen = await self._handed_in(LookAt(), path, None)
        finally:
            self._looks -= 1
        if not isinstance(seen, PictureSeen):
            raise TypeError(seen)
        return seen

    async def read(self, path: Path, name: str, kind: DocumentKind) -> DocumentText:
        """Read a job description or CV, beside whatever else is done; before an interview's first question, too.

        Raises ``JobsFull`` when ``MAX_READS`` wait already, and else like ``analyse``.
        """
        if self._reads >= MAX_READS:
            raise JobsFull(f"{MAX_READS} documents wait to be read", fix="try again in a moment")
        self._reads += 1
        try:
            called = name.encode(errors="replace").decode()
            done = await self._handed_in(ReadDocument(name=called, kind=kind), path, None)
        finally:
            self._reads -= 1
        if not isinstance(done, DocumentRead):
            raise TypeError(done)
        return done.document

    async def score(self, answers: tuple[AnswerToScore, ...]) -> tuple[AnswerScore, ...]:
        """Score other people's answers. Raises like ``look``, and ``JobsFull`` from the worker."""
        if self._is_busy():
            raise busy("scores nobody else")
        with self._used():
            worker = await self._start()
            events: asyncio.Queue[WorkerEvent] = asyncio.Queue(MAX_EVENTS)
            stream = f"texts-{next(self._numbers)}"
            with self._stream(worker, stream, events.put_nowait):
                worker.send(ScoreTexts(stream=stream, answers=answers))
                return await self._scored(events)

    async def _scored(self, events: asyncio.Queue[WorkerEvent]) -> tuple[AnswerScore, ...]:
        while True:
            if self._is_busy():
                raise busy("scores nobody else")
            try:
                async with asyncio.timeout(LOOK_S):
                    event = await events.get()
            except TimeoutError:
                continue
            match event:
                case TextsScored():
                    return event.scores
                case AnalysisFailed():
                    raise RelayedError(event.code, event.message, fix=event.fix)
                case WorkerDied():
                    raise WorkerLost(f"the worker died over these answers: {event.reason}", fix="try again")
                case _:
                    pass

    async def _handed_in(self, request: Analyze | LookAt | ReadDocument, path: Path,
                         progress: Progress | None) -> Done:
        """What the worker finds in a file. Raises like ``analyse``; a picture is refused when an interview begins."""
        with self._used():
            worker = await self._start()
            events: asyncio.Queue[WorkerEvent] = asyncio.Queue(MAX_EVENTS)
            room = asyncio.Semaphore(WINDOW)
            stream = f"job-{next(self._numbers)}"
            with self._stream(worker, stream, _taker(events, progress, room)):
                worker.send(replace(request, stream=stream))
                sending = asyncio.create_task(_send(worker, stream, path, room))
                try:
                    return await self._result(worker, events, sending, request)
                finally:
                    sending.cancel()
                    await asyncio.gather(sending, return_exceptions=True)

    @contextlib.asynccontextmanager
    async def listen(self, hints: tuple[str, ...] = ()) -> AsyncIterator[Ears]:
        """Hear somebody's sound, and see pictures beside it, as they come in; all is dropped at the end of the block.

        Raises ``CommandRefused`` while an interview runs, ``JobsFull`` when ``MAX_STREAMS`` are being heard already,
        ``EngineUnavailable`` when the worker cannot start, ``RelayedError`` with what it refuses.
        """
        if self._is_busy():
            raise busy()
        if self._listening >= MAX_STREAMS:
            raise JobsFull("somebody else's stream is being heard", fix="wait until it has ended")
        with self._used(), self._counted():
            worker = await self._start()
            name = f"stream-{next(self._numbers)}"
            ears = Ears(name, worker, self._ready.engines if self._ready is not None else (), self._is_busy)
            with self._stream(worker, name, ears.offer):
                worker.send(BeginStream(stream=name, hints=hints))
                await ears.begun()
                yield ears

    async def close(self) -> None:
        """End the worker, if there is one."""
        if self._closing is not None:
            self._closing.cancel()
        async with self._starting:
            await self._stop()

    @contextlib.contextmanager
    def _used(self) -> Iterator[None]:
        """The worker stays while somebody uses it."""
        self._users += 1
        if self._closing is not None:
            self._closing.cancel()
        try:
            yield
        finally:
            self._users -= 1
            if self._users == 0:
                self._closing = asyncio.get_running_loop().create_task(self._close_when_idle())

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self._listening += 1
        try:
            yield
        finally:
            self._listening -= 1

    @contextlib.contextmanager
    def _stream(self, worker: RemoteWorker, name: str, take: Take) -> Iterator[None]:
        """``take`` gets the events of this stream, and those of the worker itself."""
        self._takers[name] = take
        try:
            yield
        finally:
            del self._takers[name]
            worker.send(DropAnalysis(stream=name))

    async def _start(self) -> RemoteWorker:
        async with self._starting:
            if self._crew is None:
                self._lost = ""
                self._crew = Supervisor(
                    self._settings, self._path, self._take, MonotonicClock(),
                    lambda name, n: ["nice", "-n", str(NICENESS), *self._command(name, n)], names=(WORKER,),
                    patience=PATIENCE)
                await self._crew.start()
            worker = self._crew.workers[WORKER]
            while not worker.is_warm:
                if self._lost:
                    await self._stop()
                    raise EngineUnavailable(f"recordings cannot be analysed: {self._lost}", fix="greenroom doctor")
                self._changed.clear()
                await self._changed.wait()
            return worker

    def _take(self, name: WorkerName, event: WorkerEvent) -> None:
        del name
        if isinstance(event, _OF_STREAMS):
            take = self._takers.get(event.stream)
            if take is not None:
                take(event)
            return
        if isinstance(event, WorkerReady):
            self._ready = event
        elif isinstance(event, WorkerDied):
            self._lost = event.reason if event.is_lost else ""
            for take in tuple(self._takers.values()):
                take(event)
        self._changed.set()

    async def _result(self, worker: RemoteWorker, events: asyncio.Queue[WorkerEvent], sending: asyncio.Task[None],
                      request: Analyze | LookAt | ReadDocument) -> Done:
        is_held: bool | None = None
        while True:
            if isinstance(request, LookAt) and self._is_busy():
                raise busy("looks at nobody else")
            if isinstance(request, Analyze) and is_held != self._is_busy():
                is_held = self._is_busy()
                worker.send(HoldAnalysis(is_held=is_held))
            try:
                async with asyncio.timeout(LOOK_S):
                    event = await events.get()
            except TimeoutError:
                if sending.done():
                    sending.result()
                continue
            match event:
                case AnalysisDone() | PictureSeen() | DocumentRead():
                    return event
                case AnalysisFailed():
                    raise RelayedError(event.code, event.message, fix=event.fix)
                case WorkerDied():
                    raise WorkerLost(f"the worker died over this file: {event.reason}",
                                     fix="try again; if it dies again, the file is the cause")
                case _:
                    pass

    async def _close_when_idle(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(self._idle_s)
            # Whoever comes meanwhile waits for the end of this worker, and starts another.
            await asyncio.shield(self._stop_if_idle())

    async def _stop_if_idle(self) -> None:
        async with self._starting:
            if self._users == 0:
                await self._stop()

    async def _stop(self) -> None:
        crew, self._crew, self._ready = self._crew, None, None
        if crew is not None:
            await crew.stop()


async def _send(worker: RemoteWorker, stream: str, path: Path, room: asyncio.Semaphore) -> None:
    """The file in parts, each as soon as there is room for it. Raises ``RecordingError``."""
    try:
        with path.open("rb") as file:
            is_last = False
            while not is_last:
                await room.acquire()
                data = await asyncio.to_thread(file.read, PART_BYTES)
                is_last = len(data) < PART_BYTES
                worker.send(RecordingPart(stream=stream, data=data, is_last=is_last))
    except OSError as error:
        raise RecordingError(f"{path.name} cannot be read: {error.strerror}",
                             fix="give the path of a recording that may be read") from error


def _taker(events: asyncio.Queue[WorkerEvent], progress: Progress | None, room: asyncio.Semaphore) -> Take:
    """Progress is told at once; what else comes is the end of the job, or of the worker."""

    def take(event: WorkerEvent) -> None:
        if isinstance(event, AnalysisProgress) and event.stage == "receiving":
            room.release()
        elif isinstance(event, AnalysisProgress):
            if progress is not None:
                progress(event.stage, event.share)
        elif not events.full():
            events.put_nowait(event)

    return take
