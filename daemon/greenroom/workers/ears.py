"""A stream that a job worker hears and looks at: sound and pictures go in, events come out, nothing piles up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from greenroom.errors import CommandRefused, GreenroomError, RelayedError, WorkerLost
from greenroom.events import (
    SAMPLE_RATE_HZ,
    AnalysisDone,
    AnalysisFailed,
    PicturePassed,
    PictureRefused,
    PictureSeen,
    StreamHeard,
    WorkerDied,
    WorkerEvent,
)
from greenroom.records import EngineInfo
from greenroom.requests import EndStream, Hear
from greenroom.workers.remote import RemoteWorker
from greenroom.workers.showing import Showing

AHEAD_S = 2.0
"""Sound on its way to the worker; whoever sends more waits."""
MAX_EVENTS = 256
"""Events that wait to be taken; at half of it no more sound is let in, which leaves room for what is on its way."""
MAX_STREAMS = 1
"""At once; each has a recogniser of its own in memory."""
MAX_REFUSED = 20
"""Pictures in a row that cannot be looked at: whoever sends more of them sends no pictures."""
LOOK_S = 0.2
"""How soon a stream notices that an interview begins."""


class Ears:
    """``hear`` sound, ``show`` pictures, ``end`` both, and take what comes of it one by one with ``heard`` until it is
    None."""

    def __init__(self, name: str, worker: RemoteWorker, engines: tuple[EngineInfo, ...],
                 is_busy: Callable[[], bool]) -> None:
        self.engines = engines
        self._name = name
        self._worker = worker
        self._is_busy = is_busy
        self._events: asyncio.Queue[WorkerEvent] = asyncio.Queue(MAX_EVENTS)
        self._moved = asyncio.Event()
        self._failure: GreenroomError | None = None
        self._sent = 0
        self._heard_t = -1.0
        self._is_over = False
        self._showing = Showing(name, worker.send)
        self._refused = 0

    async def hear(self, pcm: bytes) -> None:
        """16 kHz mono int16, as much as a frame of the link takes. Waits while the worker is behind.

        Raises ``RelayedError`` and ``WorkerLost`` like ``heard``, once the stream has failed.
        """
        while self._is_full() and self._failure is None:
            self._moved.clear()
            await self._moved.wait()
        self._check()
        self._worker.send(Hear(stream=self._name, n=self._sent, t=self._sent / SAMPLE_RATE_HZ, pcm=pcm))
        self._sent += len(pcm) // 2

    async def show(self, t: float, image: bytes) -> None:
        """A JPEG or PNG that was taken ``t`` seconds after the first sample. Waits for whoever takes the events, never
        for the worker: while that has a picture the newest one waits, and the others are passed over.

        Raises like ``hear``. A picture that is not looked at is told with ``heard``.
        """
        while self._events.qsize() > MAX_EVENTS // 2 and self._failure is None:
            self._moved.clear()
            await self._moved.wait()
        self._check()
        if (refused := self._showing.show(t, image)) is not None:
            self._tell(refused)

    def end(self) -> None:
        """Nothing more comes."""
        self._showing.flush()
        self._worker.send(EndStream(stream=self._name))

    async def heard(self) -> WorkerEvent | None:
        """The next event; ``AnalysisDone`` is the last one, then None.

        Raises ``RelayedError`` with what the worker refused, ``WorkerLost`` when it died, ``CommandRefused`` when an
        interview begins.
        """
        while not self._is_over:
            if self._is_busy():
                raise busy()
            try:
                async with asyncio.timeout(LOOK_S):
                    event = await self._events.get()
            except TimeoutError:
                if self._failure is not None:
                    raise self._failure from None
                continue
            self._moved.set()
            self._is_over = isinstance(event, AnalysisDone)
            return event
        return None

    async def begun(self) -> None:
        """Wait until the worker listens. Raises like ``heard``."""
        while self._heard_t < 0.0 and self._failure is None:
            self._moved.clear()
            await self._moved.wait()
        self._check()

    def offer(self, event: WorkerEvent) -> None:
        """An event of this stream, or of the worker itself."""
        match event:
            case StreamHeard():
                self._heard_t = event.t
            case AnalysisFailed():
                self._failure = RelayedError(event.code, event.message, fix=event.fix)
            case WorkerDied():
                self._failure = WorkerLost(f"the worker died over this stream: {event.reason}", fix="begin another")
            case PicturePassed():
                self._showing.taken()
            case PictureSeen() | PictureRefused():
                self._showing.taken()
                self._tell(event)
            case _:
                self._tell(event)
        self._moved.set()

    def _tell(self, event: WorkerEvent) -> None:
        if self._events.full():
            self._failure = self._failure or WorkerLost("nobody takes what was heard", fix="read what is sent")
            return
        self._events.put_nowait(event)
        if isinstance(event, PictureSeen):
            self._refused = 0
        elif isinstance(event, PictureRefused):
            self._refused += 1
            if self._refused >= MAX_REFUSED:
                self._failure = self._failure or RelayedError(
                    event.code, f"{self._refused} pictures in a row were refused; of the last one: {event.message}",
                    fix=event.fix)

    def _is_full(self) -> bool:
        return (self._sent / SAMPLE_RATE_HZ - max(0.0, self._heard_t) > AHEAD_S
                or self._events.qsize() > MAX_EVENTS // 2)

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure


def busy(does: str = "listens to nobody else") -> CommandRefused:
    """What somebody else is told while an interview runs."""
    return CommandRefused(f"an interview is held here: the booth {does} meanwhile",
                          fix="try again when it is over")
