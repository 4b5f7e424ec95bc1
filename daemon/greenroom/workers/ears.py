"""A stream of sound that is being heard by a job worker: sound goes in, events come out, neither piles up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from greenroom.errors import CommandRefused, GreenroomError, RelayedError, WorkerLost
from greenroom.events import SAMPLE_RATE_HZ, AnalysisDone, AnalysisFailed, StreamHeard, WorkerDied, WorkerEvent
from greenroom.records import EngineInfo
from greenroom.requests import EndStream, Hear
from greenroom.workers.remote import RemoteWorker

AHEAD_S = 2.0
"""Sound on its way to the worker; whoever sends more waits."""
MAX_EVENTS = 256
"""Events that wait to be taken; at half of it no more sound is let in, which leaves room for what is on its way."""
MAX_STREAMS = 1
"""At once; each has a recogniser of its own in memory."""
LOOK_S = 0.2
"""How soon a stream notices that an interview begins."""


class Ears:
    """``hear`` sound, ``end`` it, and take what was heard one by one with ``heard`` until it is None."""

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

    def end(self) -> None:
        """No more sound comes."""
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
            case _ if not self._events.full():
                self._events.put_nowait(event)
            case _:
                self._failure = self._failure or WorkerLost("nobody takes what was heard", fix="read what is sent")
        self._moved.set()

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
