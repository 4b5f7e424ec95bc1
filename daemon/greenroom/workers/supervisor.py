"""Keeps the workers alive: starts them (or adopts those of systemd), watches them, restarts them, stops them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from greenroom.errors import LinkError, SettingsError
from greenroom.events import WorkerDied, WorkerEvent, WorkerName, WorkerReady
from greenroom.ports import Clock
from greenroom.settings import Workers
from greenroom.workers.link import Bye, Die, Hello, Ping, Welcome, encode, read_from_worker
from greenroom.workers.remote import RemoteWorker, Sink
from greenroom.workers.restarts import COLD_S, START_S, RestartBudget, Vitals, is_missing, verdict

log = logging.getLogger(__name__)

NAMES: tuple[WorkerName, ...] = ("audio", "vision", "hearing", "voice", "language")
ORPHAN_GRACE_S = 1.0
"""A core that was restarted waits so long for the workers of the one before to come back by themselves."""
STOP_S = 3.0
MAX_SOCKET_BYTES = 107
"""What Linux takes as the address of a Unix socket."""
DUMP_S = 0.3
"""A worker has so long to write its stacks and go before it is killed."""

Command = Callable[[WorkerName, int], list[str]]
"""The command line of a worker process: name and generation in, arguments out."""


def command(socket_path: Path, config: list[str]) -> Command:
    """Workers are ``greenroom worker NAME`` with core's own settings."""

    def build(name: WorkerName, generation: int) -> list[str]:
        return [sys.executable, "-m", "greenroom", *config, "worker", name, "--socket", str(socket_path),
                "--generation", str(generation)]

    return build


class End(NamedTuple):
    """How one life of a spawned worker ended."""

    reason: str
    has_hung: bool = False
    """It never connected."""


class Supervisor:
    """Owns the socket and one slot per worker.

    ``sink`` receives every event of every worker, ``WorkerReady`` and ``WorkerDied`` included. A worker that was lost
    may come all the same where another starts it; its ``WorkerReady`` says so.
    """

    def __init__(self, settings: Workers, socket_path: Path, sink: Sink, clock: Clock,
                 command: Command, *, origin_ns: int = 0, is_lock_step: bool = False,
                 may_have_orphans: bool = False, names: tuple[WorkerName, ...] = NAMES,
                 patience: float = 1.0, more_memory_mb: Mapping[WorkerName, float] | None = None) -> None:
        """``more_memory_mb``: what single workers may have beyond the limit of all."""
        self.workers = {name: RemoteWorker(name, self._hear) for name in names}
        self._settings = settings
        self._path = socket_path
        self._sink = sink
        self._clock = clock
        self._command = command
        self._welcome = Welcome(origin_ns=origin_ns, is_lock_step=is_lock_step)
        self._is_lock_step = is_lock_step
        self._may_have_orphans = may_have_orphans
        self._patience = patience
        self._more_memory_mb = more_memory_mb or {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._generations = dict.fromkeys(names, 0)
        self._budgets = dict.fromkeys(names, RestartBudget())
        self._heard_t: dict[WorkerName, float] = {}
        self._cold_since_s: dict[WorkerName, float] = {}
        """Adopted workers that are waited for."""
        self._ended = {name: asyncio.Event() for name in names}
        self._greeted = {name: asyncio.Event() for name in names}
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Listen and start one keeper per worker; they become ready one by one. Raises ``SettingsError``."""
        if len(os.fsencode(self._path)) > MAX_SOCKET_BYTES:
            raise SettingsError(f"the workers' socket has a path of over {MAX_SOCKET_BYTES} bytes: {self._path}",
                                fix="set workers.socket to a shorter one")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self._server = await asyncio.start_unix_server(self._greet, str(self._path))
        self._path.chmod(0o600 if self._settings.life == "spawned" else 0o660)
        if self._settings.life == "spawned":
            for name in self.workers:
                self._own(self._keep(name))
        else:
            self._cold_since_s = dict.fromkeys(self.workers, time.monotonic())
        self._own(self._watch())

    async def stop(self) -> None:
        """Workers finish what they do and exit; those that do not are killed."""
        self._stopping.set()
        for worker in self.workers.values():
            if worker.is_connected and not worker.is_warm:  # it reads no message for seconds, and has nothing to lose
                _kill(worker.pid)
            worker.post(Bye())
        ends = [self._ended[name].wait() for name, worker in self.workers.items() if worker.is_connected]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*ends), STOP_S)
        for worker in self.workers.values():
            if worker.is_connected:
                log.warning("%s worker did not stop in time; killing it", worker.name)
                _kill(worker.pid)
        tasks = list(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _own(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            hello = await asyncio.wait_for(read_from_worker(reader), timeout=5.0)
        except (LinkError, TimeoutError) as error:
            log.warning("a stranger on the worker socket: %s", error)
            writer.close()
            return
        if self._stopping.is_set() and self._settings.life == "adopted":  # it waits for the next one to listen
            writer.close()
            return
        if not isinstance(hello, Hello) or not self._expects(hello.worker):
            writer.write(encode(Bye()))
            writer.close()
            return
        worker = self.workers[hello.worker]
        self._generations[hello.worker] = max(self._generations[hello.worker], hello.generation)
        writer.write(encode(self._welcome))
        self._ended[hello.worker].clear()
        self._greeted[hello.worker].set()
        try:
            await worker.serve(hello, reader, writer)
        finally:
            self._ended[hello.worker].set()
        if not self._stopping.is_set() and self._settings.life == "adopted":
            if self._ends(hello.worker, End("the connection ended")):
                self._cold_since_s.setdefault(hello.worker, time.monotonic())
            else:
                self._cold_since_s.pop(hello.worker, None)

    def _expects(self, name: WorkerName) -> bool:
        """Whether there is an empty slot for this worker."""
        return name in self.workers and not self.workers[name].is_connected and not self._stopping.is_set()

    def _hear(self, name: WorkerName, event: WorkerEvent) -> None:
        if isinstance(event, WorkerReady):
            self._cold_since_s.pop(name, None)
        self._heard_t[name] = self._clock.now()
        self._sink(name, event)

    async def _keep(self, name: WorkerName) -> None:
        """Start a worker, wait for its end, start it again."""
        worker = self.workers[name]
        if self._may_have_orphans:
            await self._await_orphan(worker)
        while not self._stopping.is_set():
            if worker.is_connected:
                await self._ended[name].wait()
                end: End | None = End("it went away")
            else:
                end = await self._run(name)
            if end is None:
                continue
            if self._stopping.is_set() or not self._ends(name, end):
                return

    async def _await_orphan(self, worker: RemoteWorker) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._greeted[worker.name].wait(), ORPHAN_GRACE_S)

    async def _run(self, name: WorkerName) -> End | None:
        """One life of a spawned worker; None when one of a core before this was there first."""
        self._generations[name] += 1
        process = await asyncio.create_subprocess_exec(
            *self._command(name, self._generations[name]), stdin=asyncio.subprocess.DEVNULL,
            process_group=0)  # Ctrl-C in a terminal is core's business
        has_hung = False
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), START_S)
            if process.returncode is None and self.workers[name].pid != process.pid:
                has_hung = True
                process.kill()
            status = await process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        if self.workers[name].is_connected and self.workers[name].pid != process.pid:
            return None
        if has_hung:
            return End(f"it had not connected after {START_S:.0f} s", has_hung=True)
        return End(f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}")

    def _ends(self, name: WorkerName, end: End) -> bool:
        """Tell of a worker's end; whether its budget allows another start."""
        spent = self._budgets[name].spend(time.monotonic(), has_hung=end.has_hung)
        if spent is not None:
            self._budgets[name] = spent
        self._died(name, end.reason, is_lost=spent is None)
        return spent is not None

    def _died(self, name: WorkerName, reason: str, *, is_lost: bool) -> None:
        """``reason`` gives way to what the worker itself said."""
        failure = self.workers[name].failure
        if failure is not None:
            reason = f"{failure.code}: {failure.message}" + (f" Fix: {failure.fix}" if failure.fix else "")
        log.error("%s worker: %s; %s", name, reason, "given up" if is_lost else "restarting")
        now_t = self._clock.now()
        self._sink(name, WorkerDied(t=now_t, t_known=now_t, worker=name, reason=reason, is_lost=is_lost,
                                    heard_t=self._heard_t.pop(name, None)))

    async def _watch(self) -> None:
        """Ping every worker, end the one that hangs or outgrows its memory, and give up on those that stay away."""
        vitals: dict[tuple[WorkerName, int], Vitals] = {}
        ended: set[tuple[WorkerName, int]] = set()
        n = 0
        while not self._stopping.is_set():
            n += 1
            for worker in self.workers.values():
                worker.post(Ping(n=n))
            await asyncio.sleep(self._settings.ping_s)
            now_s = time.monotonic()
            self._give_up(now_s)
            for worker in self.workers.values():
                if not worker.is_connected:
                    continue
                key = (worker.name, worker.pid)
                while not worker.pongs.empty():
                    pong = worker.pongs.get_nowait()
                    vitals[key] = Vitals(now_s, pong.call, pong.call_age_s, pong.memory_mb)
                reason = verdict(vitals.setdefault(key, Vitals(now_s)), now_s,
                                 is_warm=worker.is_warm, call_budget_s=self._settings.call_budget_s,
                                 memory_limit_mb=self._limit_mb(worker.name), patience=self._patience)
                if reason and key not in ended:  # one that can neither read nor be killed is systemd's to end
                    ended.add(key)
                    await self._put_down(worker, reason)

    def _limit_mb(self, name: WorkerName) -> float:
        return self._settings.memory_limit_mb + self._more_memory_mb.get(name, 0.0)

    def _give_up(self, now_s: float) -> None:
        """Workers of another's that have not come, or not come back, are lost until they do."""
        for name in [name for name, since_s in self._cold_since_s.items() if is_missing(since_s, now_s)]:
            del self._cold_since_s[name]
            self._died(name, f"it has not been ready for {COLD_S:.0f} s", is_lost=True)

    async def _put_down(self, worker: RemoteWorker, reason: str) -> None:
        log.error("%s worker: %s; it writes down its stacks and is ended", worker.name, reason)
        pid = worker.pid
        worker.post(Die(reason=reason))
        await asyncio.sleep(DUMP_S)
        if worker.is_connected and worker.pid == pid:  # it cannot even read; this signal needs no Python to be obeyed
            _kill(pid, signal.SIGUSR1)
            await asyncio.sleep(DUMP_S)
        _kill(pid)


def _kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
