"""Core's side of the link: a worker as a port, whatever its process is doing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from greenroom.errors import LinkError
from greenroom.events import WorkerEvent, WorkerName, WorkerReady
from greenroom.requests import WorkerRequest
from greenroom.workers.link import (
    Advance,
    Advanced,
    Failed,
    Forget,
    FromWorker,
    Hello,
    Pong,
    ToWorker,
    encode,
    read_from_worker,
)

log = logging.getLogger(__name__)

MAX_UNSENT_BYTES = 8 * 1024 * 1024
"""More than this waiting for a worker means that it does not read; it is cut off and restarted."""


Sink = Callable[[WorkerName, WorkerEvent], None]
"""Takes a worker's event with the name of the worker."""


class RemoteWorker:
    """A ``WorkerPort`` over the link. Requests to a dead worker are dropped; its events go to ``sink``."""

    def __init__(self, name: WorkerName, sink: Sink) -> None:
        self.name: WorkerName = name
        self.pid = 0
        self.generation = 0
        self.is_warm = False
        self.pongs: asyncio.Queue[Pong] = asyncio.Queue(16)
        self.failure: Failed | None = None
        self._sink = sink
        self._writer: asyncio.StreamWriter | None = None
        self._advanced: asyncio.Future[None] | None = None
        self._until_t = 0.0

    @property
    def is_connected(self) -> bool:
        return self._writer is not None

    def send(self, request: WorkerRequest) -> None:
        """What is asked of a worker that warms up is not kept for it: once it is ready it is told how things stand."""
        if self.is_warm:
            self.post(request)

    def forget(self) -> None:
        self.post(Forget())

    def post(self, message: ToWorker) -> None:
        """Queue a message on the socket; never blocks."""
        if self._writer is None:
            return
        if self._writer.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            log.error("%s worker does not read; cutting it off", self.name)
            self._writer.transport.abort()
            self._lost()
            return
        self._writer.write(encode(message))

    async def advance(self, until_t: float) -> bool:
        """Lock step: wait until the worker has done a slice; False when it died over it."""
        if self._writer is None:
            return False
        self._until_t = until_t
        self._advanced = asyncio.get_running_loop().create_future()
        self.post(Advance(until_t=until_t))
        try:
            await self._advanced
        except LinkError:
            return False
        finally:
            self._advanced = None
        return True

    async def serve(self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one connection until it ends."""
        self.pid, self.generation, self.failure = hello.pid, hello.generation, None
        self._writer, self.is_warm = writer, False
        try:
            while (message := await read_from_worker(reader)) is not None:
                self._take(message)
        except LinkError as error:
            log.error("%s worker: %s", self.name, error)  # noqa: TRY400 - an expected failure; its one line says it all
        finally:
            if self._writer is writer:
                self._lost()
            writer.close()

    def _take(self, message: FromWorker) -> None:
        match message:
            case Advanced():
                if self._advanced is not None and not self._advanced.done() and message.until_t >= self._until_t:
                    self._advanced.set_result(None)
            case Pong():
                if not self.pongs.full():
                    self.pongs.put_nowait(message)
            case Failed():
                self.failure = message
            case WorkerReady():
                self.is_warm = True
                self._sink(self.name, message)
            case Hello():
                raise LinkError("a second hello on one connection")
            case _:
                self._sink(self.name, message)

    def _lost(self) -> None:
        self._writer, self.is_warm = None, False
        if self._advanced is not None and not self._advanced.done():
            self._advanced.set_exception(LinkError(f"the {self.name} worker died"))
