"""The worker's side of the link: drives a handler from core's messages and from the clock.

The main thread does all the work. A second thread reads the socket and answers pings, so that core can tell a long
native call (its age is in the answer) from a dead process, and end a process whose main thread hangs.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import msgspec

from greenroom import systemd
from greenroom.errors import GreenroomError
from greenroom.events import DeviceChanged, RequestFailed, WorkerEvent, WorkerName, WorkerReady
from greenroom.ports import Emit, SlicedHandler, WorkerHandler
from greenroom.requests import WorkerRequest
from greenroom.timeline import MonotonicClock
from greenroom.workers.link import (
    Advance,
    Advanced,
    Bye,
    Die,
    Failed,
    Forget,
    FromWorker,
    Hello,
    Ping,
    Pong,
    ToWorker,
    Welcome,
    WorkerSocket,
)

log = logging.getLogger(__name__)

STEP_S = 0.01
"""How often a handler is advanced in real time."""
INBOX = 4096
WATCHDOG_S = 1.0
FORGET_AFTER_S = 5.0
"""Without core for so long a worker drops all personal data."""
RECONNECT_S = 0.1


class _CoreGone:
    """Put into the inbox by the reader when the connection ended."""


class Host:
    """Runs one handler until core says ``Bye`` or the process is told to stop.

    ``life`` is "spawned" (exit when core stays away) or "adopted" (wait for the next core for ever).
    """

    def __init__(self, name: WorkerName, socket_path: Path, build: Callable[[Emit], WorkerHandler], *,
                 generation: int = 1, life: str = "spawned") -> None:
        self._name = name
        self._path = str(socket_path)
        self._generation = generation
        self._life = life
        self._build = build
        self._handler: WorkerHandler | None = None
        self._sliced: SlicedHandler | None = None
        """The handler, where it does its work in slices."""
        self._link: WorkerSocket | None = None
        self._inbox: queue.Queue[ToWorker | _CoreGone] = queue.Queue(INBOX)
        self._call = ("", 0.0)
        self._is_warm = False
        self._is_lock_step = False
        self._clock = MonotonicClock()
        self._until_t = 0.0
        # Core listens for this one only while it has work; the others are ready when they are warm.
        self._waits_for_work = name == "analysis" and life == "adopted"
        self._devices: dict[str, DeviceChanged] = {}
        self._stopping = threading.Event()

    def run(self) -> int:
        """The exit status of the process."""
        faulthandler.register(signal.SIGUSR1, all_threads=True)
        signal.signal(signal.SIGTERM, lambda *_: self._stopping.set())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; core stops its workers in order
        try:
            while not self._stopping.is_set() and self._connect():
                self._serve()
        except GreenroomError as error:
            log.error("%s worker: %s", self._name, error)  # noqa: TRY400 - an expected failure; its one line says it all
            self._try_send(Failed(code=error.code, message=error.message, fix=error.fix))
            return error.exit_status
        finally:
            if self._is_warm:
                self._doing.close()
            if self._link is not None:
                self._link.close()
        return 0

    def _connect(self) -> bool:
        """Wait for core; False when it stays away and this worker's life ends with core's."""
        gone_s = time.monotonic()
        has_forgotten = is_told = False
        while not self._stopping.is_set():
            try:
                self._link = WorkerSocket.connect(self._path)
                self._link.send(Hello(worker=self._name, pid=os.getpid(), generation=self._generation,
                                      is_warm=self._is_warm))
            except OSError:
                if self._waits_for_work and not is_told:
                    is_told = True
                    systemd.ready("waiting for recordings")
                systemd.watchdog()
                if time.monotonic() - gone_s > FORGET_AFTER_S:
                    if self._is_warm and not has_forgotten:
                        self._doing.forget()
                        has_forgotten = True
                    if self._life == "spawned":
                        return False
                self._stopping.wait(RECONNECT_S)
                continue
            threading.Thread(target=self._read, args=(self._link,), daemon=True, name="link").start()
            return True
        return False

    def _read(self, link: WorkerSocket) -> None:
        try:
            while (message := link.read()) is not None:
                if isinstance(message, Ping):
                    call, since_s = self._call
                    age_s = time.monotonic() - since_s if call else 0.0
                    link.send(Pong(n=message.n, call=call, call_age_s=age_s, memory_mb=_memory_mb()))
                elif isinstance(message, Die):
                    _die(message.reason)
                else:
                    self._inbox.put(message)
        except (OSError, GreenroomError) as error:
            log.warning("%s worker: link broke: %s", self._name, error)
        self._inbox.put(_CoreGone())

    def _serve(self) -> None:
        """Until core is gone or the process stops."""
        next_s = alive_s = 0.0
        while not self._stopping.is_set():
            try:
                message = self._inbox.get(timeout=self._pause_s())
            except queue.Empty:
                message = None
            if isinstance(message, _CoreGone):
                return
            if isinstance(message, Bye):
                self._stopping.set()
                return
            if message is not None:
                self._take(message)
            if time.monotonic() >= alive_s:
                alive_s = time.monotonic() + WATCHDOG_S
                systemd.watchdog()
            if self._is_warm and not self._is_lock_step and (self._is_busy or time.monotonic() >= next_s):
                next_s = time.monotonic() + STEP_S
                with self._calling("advance"):
                    self._doing.advance(self._clock.now())

    def _take(self, message: ToWorker) -> None:
        match message:
            case Welcome():
                self._welcomed(message)
            case Advance():
                self._until_t = message.until_t
                self._advance_whole(message.until_t)
                self._try_send(Advanced(until_t=message.until_t))
            case Forget():
                self._doing.forget()
            case Ping() | Die() | Bye():
                pass  # answered where they are read
            case _:
                self._request(message)

    def _pause_s(self) -> float:
        """How long there is nothing to do but to wait for messages."""
        if self._is_lock_step or not self._is_warm:
            return 0.05
        return 0.0 if self._is_busy else STEP_S

    def _advance_whole(self, until_t: float) -> None:
        """In lock step time waits for the work that is begun."""
        is_busy = True
        while is_busy:
            with self._calling("advance"):
                self._doing.advance(until_t)
            is_busy = self._is_busy

    @property
    def _is_busy(self) -> bool:
        """There is more work to do at once."""
        return self._sliced is not None and self._sliced.is_busy

    def _welcomed(self, message: Welcome) -> None:
        if self._is_warm and message.origin_ns != self._clock.origin_ns:
            log.info("%s worker: core counts time from another moment; starting over", self._name)
            self._stopping.set()
            return
        self._clock = MonotonicClock(message.origin_ns)
        self._is_lock_step = message.is_lock_step
        told = tuple(self._devices.values())
        with self._calling("warm_up"):
            if self._is_warm:
                self._doing.forget()  # what the core before this one began, nobody ends
            else:
                self._doing.warm_up(message.origin_ns)
                self._is_warm = True
                systemd.ready(f"{self._name} is warm")
        now_t = self._now()
        self._emit(WorkerReady(t=now_t, t_known=now_t, worker=self._name, generation=self._generation,
                               engines=self._doing.engines))
        for event in told:
            self._try_send(msgspec.structs.replace(event, t=now_t, t_known=now_t))

    @property
    def _doing(self) -> WorkerHandler:
        """Built when core listens, so that core hears why it cannot be built."""
        if self._handler is None:
            self._handler = self._build(self._emit)
            self._sliced = self._handler if isinstance(self._handler, SlicedHandler) else None
        return self._handler

    def _request(self, request: WorkerRequest) -> None:
        name = type(request).__name__
        try:
            with self._calling(name):
                self._doing.handle(request)
        except GreenroomError as error:
            now_t = self._now()
            self._emit(RequestFailed(t=now_t, t_known=now_t, worker=self._name, request=name, code=error.code,
                                     message=error.message))

    def _now(self) -> float:
        """In lock step the time that core granted last."""
        return self._until_t if self._is_lock_step else self._clock.now()

    @contextlib.contextmanager
    def _calling(self, what: str) -> Iterator[None]:
        self._call = (what, time.monotonic())
        try:
            yield
        finally:
            self._call = ("", 0.0)

    def _emit(self, event: WorkerEvent) -> None:
        if isinstance(event, DeviceChanged):
            self._devices[event.device.kind] = event  # a core that is started later wants to know, too
        self._try_send(event)

    def _try_send(self, message: FromWorker) -> None:
        if self._link is not None:
            with contextlib.suppress(OSError):  # core is gone: the reader notices and the loop reconnects
                self._link.send(message)


def _die(reason: str) -> NoReturn:
    """Past all logging and cleaning up: the main thread may hold any lock, and closing could hang as well."""
    with contextlib.suppress(OSError):
        os.write(2, f"core ends this worker: {reason}\n".encode())
        faulthandler.dump_traceback(file=2, all_threads=True)
    os._exit(os.EX_SOFTWARE)


def _memory_mb() -> float:
    """Resident set of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(name: WorkerName, socket_path: Path, build: Callable[[Emit], WorkerHandler], generation: int,
         life: str) -> int:
    """Entry of every worker process."""
    try:
        return Host(name, socket_path, build, generation=generation, life=life).run()
    except BrokenPipeError:
        return 0
    finally:
        sys.stdout.flush()
