"""Fast mode: core grants time in slices and orders what comes back, so that one seed gives one run."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterable

from greenroom.errors import WorkerLost
from greenroom.events import Tick, WorkerEvent
from greenroom.timeline import VirtualClock
from greenroom.workers.remote import RemoteWorker

SLICE_S = 0.032
"""One VAD block: nothing in the booth decides faster."""


class EventOrder:
    """Events waiting for the slice in which the booth knows them, by (t_known, source, arrival within the source)."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, WorkerEvent]] = []
        self._counts: dict[int, int] = {}

    def put(self, source: int, event: WorkerEvent) -> None:
        n = self._counts[source] = self._counts.get(source, 0) + 1
        heapq.heappush(self._heap, (event.t_known, source, n, event))

    def until(self, t: float) -> Iterable[WorkerEvent]:
        """Everything known by ``t``, in order."""
        while self._heap and self._heap[0][0] <= t:
            yield heapq.heappop(self._heap)[3]


class LockStep:
    """Drives all workers slice by slice.

    ``feed`` is given each event in order, then one ``Tick`` a slice; requests it makes reach the workers with the
    next slice.
    """

    def __init__(self, workers: list[RemoteWorker], order: EventOrder, clock: VirtualClock,
                 feed: Callable[[WorkerEvent | Tick], None]) -> None:
        self._workers = workers
        self._order = order
        self._clock = clock
        self._feed = feed

    async def slice(self) -> None:
        """One slice. Raises ``WorkerLost`` when a worker died: runs that repeat hide nothing."""
        until_t = round(self._clock.now() / SLICE_S + 1) * SLICE_S
        alive = await asyncio.gather(*(worker.advance(until_t) for worker in self._workers))
        for worker, is_alive in zip(self._workers, alive, strict=True):
            if not is_alive:
                raise WorkerLost(f"the {worker.name} worker died in fast mode",
                                 fix="run without --fast to see it restarted")
        for event in self._order.until(until_t):
            self._clock.advance(event.t_known)
            self._feed(event)
        self._clock.advance(until_t)
        self._feed(Tick(t=until_t, t_known=until_t))
