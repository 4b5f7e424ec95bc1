"""Somebody's sound and pictures between the server and the worker that hears and looks."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import AsyncIterator

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.decoder_av import MAX_RECORDING_S
from greenroom.server.protocol import EngineState
from greenroom.server.stream_protocol import StreamBegun, StreamMessage
from greenroom.telemetry.streamed import Streamed
from greenroom.workers.ears import Ears
from greenroom.workers.jobs import JobWorkers


class EarStream:
    """A stream as the server sees it."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self._streamed = Streamed()
        self._due: deque[StreamMessage] = deque()
        self.begun = StreamBegun(
            sample_rate_hz=SAMPLE_RATE_HZ, max_s=MAX_RECORDING_S,
            engines=tuple(EngineState(capability=engine.capability, name=engine.name, detail=engine.detail,
                                      is_first_choice=engine.is_first_choice) for engine in ears.engines))

    async def hear(self, pcm: bytes) -> None:
        await self._ears.hear(pcm)

    async def show(self, t: float, image: bytes) -> None:
        await self._ears.show(t, image)

    def end(self) -> None:
        self._ears.end()

    async def told(self) -> StreamMessage | None:
        while not self._due:
            event = await self._ears.heard()
            if event is None:
                return None
            self._due.extend(self._streamed.feed(event))
        return self._due.popleft()


@contextlib.asynccontextmanager
async def listen(jobs: JobWorkers) -> AsyncIterator[EarStream]:
    """Raises like ``JobWorkers.listen``."""
    async with jobs.listen() as ears:
        yield EarStream(ears)
