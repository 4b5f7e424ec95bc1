"""Workers in this process: the same handlers without link or sockets, for fast tests and for tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from greenroom.events import Tick, WorkerEvent, WorkerName, WorkerReady
from greenroom.ports import Emit, SlicedHandler, WorkerHandler
from greenroom.requests import WorkerRequest
from greenroom.timeline import VirtualClock
from greenroom.workers.lockstep import SLICE_S, EventOrder


class LocalWorker:
    """A ``WorkerPort`` whose requests wait for the next slice, as they do on the link."""

    def __init__(self, name: WorkerName, build: Callable[[Emit], WorkerHandler],
                 sink: Callable[[WorkerName, WorkerEvent], None]) -> None:
        self.name: WorkerName = name
        self.handler = build(lambda event: sink(name, event))
        self._sink = sink
        self._requests: list[WorkerRequest] = []

    def warm_up(self) -> None:
        self.handler.warm_up(0)
        self._sink(self.name, WorkerReady(t=0.0, t_known=0.0, worker=self.name, generation=1,
                                          engines=self.handler.engines))

    def send(self, request: WorkerRequest) -> None:
        self._requests.append(request)

    def forget(self) -> None:
        self.handler.forget()

    def advance(self, until_t: float) -> None:
        requests, self._requests = self._requests, []
        for request in requests:
            self.handler.handle(request)
        self.handler.advance(until_t)
        while isinstance(self.handler, SlicedHandler) and self.handler.is_busy:
            self.handler.advance(until_t)


class LocalCrew:
    """Lock step over handlers in this process; ``feed`` gets what ``LockStep`` would give it."""

    def __init__(self, builders: Mapping[WorkerName, Callable[[Emit], WorkerHandler]], clock: VirtualClock,
                 feed: Callable[[WorkerEvent | Tick], None]) -> None:
        self._order = EventOrder()
        self._clock = clock
        self._feed = feed
        self._sources = {name: n for n, name in enumerate(builders)}
        self.workers = {name: LocalWorker(name, build, self._take) for name, build in builders.items()}

    def warm_up(self) -> None:
        for worker in self.workers.values():
            worker.warm_up()

    def slice(self) -> None:
        """One slice of time for everybody."""
        until_t = round(self._clock.now() / SLICE_S + 1) * SLICE_S
        for worker in self.workers.values():
            worker.advance(until_t)
        for event in self._order.until(until_t):
            self._clock.advance(event.t_known)
            self._feed(event)
        self._clock.advance(until_t)
        self._feed(Tick(t=until_t, t_known=until_t))

    def close(self) -> None:
        for worker in self.workers.values():
            worker.handler.close()

    def _take(self, name: WorkerName, event: WorkerEvent) -> None:
        self._order.put(self._sources[name], event)
