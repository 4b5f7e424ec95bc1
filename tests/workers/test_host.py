"""The worker's side of the link, run here against a core that is a thread of the test."""

from __future__ import annotations

import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from greenroom.errors import CommandRefused, EngineUnavailable, SettingsError
from greenroom.events import DeviceChanged, FollowUpWorded, JobKey, RequestFailed, WorkerReady
from greenroom.ports import Emit
from greenroom.records import DeviceInfo, EngineInfo
from greenroom.requests import WordFollowUp, WorkerRequest
from greenroom.workers import host, link

WAIT_S = 20.0
"""No test waits so long unless it fails."""


class Handler:
    """Notes what it is told; ``refuse`` and ``work`` are answers it can be told to give."""

    def __init__(self, emit: Emit) -> None:
        self.engines: tuple[EngineInfo, ...] = (EngineInfo(capability="language_model", name="toy"),)
        self.calls: list[str] = []
        self.emit = emit
        self.is_answered = threading.Event()
        self.has_forgotten = threading.Event()
        self.is_installed = True

    def warm_up(self, origin_ns: int) -> None:
        if not self.is_installed:
            raise EngineUnavailable("the toy engine is not installed", fix="install it")
        self.calls.append(f"warm_up {origin_ns}")
        device = DeviceInfo(kind="camera", name="toy", state="ok")
        self.emit(DeviceChanged(t=0.0, t_known=0.0, device=device))

    def handle(self, request: WorkerRequest) -> None:
        assert isinstance(request, WordFollowUp)
        self.calls.append(request.question)
        if request.question == "refuse":
            raise CommandRefused("not now")
        if request.question == "work":
            assert self.is_answered.wait(WAIT_S)

    def advance(self, until_t: float) -> None:
        self.calls.append(f"advance {until_t}")
        self.emit(FollowUpWorded(t=until_t, t_known=until_t, job=JobKey(0), hook_id="", text="", engine=""))

    def forget(self) -> None:
        self.calls.append("forget")
        self.has_forgotten.set()

    def close(self) -> None:
        self.calls.append("close")


class Sliced(Handler):
    """Has work for three slices."""

    @property
    def is_busy(self) -> bool:
        return sum(call.startswith("advance") for call in self.calls) < 3


class Connection:
    """Core's end of one connection of the worker, blocking."""

    def __init__(self, listener: socket.socket) -> None:
        self._sock, _ = listener.accept()
        self._sock.settimeout(WAIT_S)

    def send(self, *messages: link.ToWorker) -> None:
        for message in messages:
            self._sock.sendall(link.encode(message))

    def read(self) -> link.FromWorker:
        (size,) = struct.unpack("<I", self._exactly(4))
        return link.decode_from_worker(self._exactly(size))

    def until(self, kind: type[link.FromWorker]) -> list[link.FromWorker]:
        """Everything up to and with the first message of this kind."""
        found = [self.read()]
        while not isinstance(found[-1], kind):
            found.append(self.read())
        return found

    def close(self) -> None:
        self._sock.close()

    def _exactly(self, size: int) -> bytes:
        parts = b""
        while len(parts) < size:
            part = self._sock.recv(size - len(parts))
            assert part, "the worker went away"
            parts += part
        return parts


class Bench:
    """A host on the main thread, as in its process, and the script of a core beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        self.listener.settimeout(WAIT_S)
        self.kind = Handler
        self.handler = Handler(lambda _: None)

    def run(self, core: Callable[[], None], *, is_installed: bool = True, can_build: bool = True) -> int:
        failures: list[BaseException] = []

        def script() -> None:
            try:
                core()
            except BaseException as failure:  # noqa: BLE001 - handed to the test below
                failures.append(failure)
            finally:
                self.listener.close()
                self.path.unlink(missing_ok=True)

        def build(emit: Emit) -> Handler:
            if not can_build:
                raise SettingsError("there is no such engine", fix="choose another")
            self.handler = self.kind(emit)
            self.handler.is_installed = is_installed
            return self.handler

        side = threading.Thread(target=script, daemon=True)
        side.start()
        status = host.main("language", self.path, build, 3, "spawned")
        side.join(WAIT_S)
        if failures:
            raise failures[0]
        return status

    def meet(self) -> Connection:
        return Connection(self.listener)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(host, "FORGET_AFTER_S", 0.2)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield Bench(tmp_path / "core.sock")
    for number, handler in before.items():
        signal.signal(number, handler)


def welcome(*, is_lock_step: bool = True) -> link.Welcome:
    return link.Welcome(origin_ns=7, is_lock_step=is_lock_step)


def ask(what: str) -> WordFollowUp:
    return WordFollowUp(job=JobKey(1), question=what, answer="", hook_id="", text="", style="neutral")


def test_a_worker_says_who_it_is_warms_up_and_ends_with_bye(bench: Bench) -> None:
    heard: list[link.FromWorker] = []

    def core() -> None:
        connection = bench.meet()
        heard.append(connection.read())
        connection.send(welcome())
        heard.append(connection.until(WorkerReady)[-1])
        connection.send(link.Bye())

    assert bench.run(core) == 0
    hello, ready = heard
    assert isinstance(hello, link.Hello)
    assert (hello.worker, hello.generation, hello.is_warm) == ("language", 3, False)
    assert isinstance(ready, WorkerReady)
    assert (ready.worker, ready.generation, ready.engines) == ("language", 3, bench.handler.engines)
    assert bench.handler.calls == ["warm_up 7", "close"]


def test_in_lock_step_a_slice_is_done_when_its_events_are_sent(bench: Bench) -> None:
    heard: list[link.FromWorker] = []

    def core() -> None:
        connection = bench.meet()
        connection.send(welcome())
        connection.until(WorkerReady)
        for until_t in (0.032, 0.064):
            connection.send(link.Advance(until_t=until_t))
            heard.extend(connection.until(link.Advanced))
        connection.send(link.Bye())

    bench.run(core)
    assert [(type(m), getattr(m, "until_t", getattr(m, "t", None))) for m in heard] == [
        (FollowUpWorded, 0.032), (link.Advanced, 0.032), (FollowUpWorded, 0.064), (link.Advanced, 0.064),
    ]
    assert bench.handler.calls == ["warm_up 7", "advance 0.032", "advance 0.064", "close"]


def test_in_lock_step_a_slice_ends_when_work_that_comes_in_pieces_is_done(bench: Bench) -> None:
    bench.kind = Sliced
    heard: list[link.FromWorker] = []

    def core() -> None:
        connection = bench.meet()
        connection.send(welcome())
        connection.until(WorkerReady)
        connection.send(link.Advance(until_t=0.032))
        heard.extend(connection.until(link.Advanced))
        connection.send(link.Bye())

    bench.run(core)
    assert [type(message) for message in heard] == [FollowUpWorded] * 3 + [link.Advanced]
    assert bench.handler.calls == ["warm_up 7", *["advance 0.032"] * 3, "close"]


def test_in_lock_step_a_refusal_carries_the_time_of_the_last_slice(bench: Bench) -> None:
    heard: list[link.FromWorker] = []

    def core() -> None:
        connection = bench.meet()
        connection.send(welcome())
        connection.until(WorkerReady)
        connection.send(ask("refuse"), link.Advance(until_t=2.5), ask("refuse"))
        heard.extend(connection.until(RequestFailed) + connection.until(RequestFailed))
        connection.send(link.Bye())

    bench.run(core)
    refused = [m for m in heard if isinstance(m, RequestFailed)]
    assert [(m.t, m.t_known) for m in refused] == [(0.0, 0.0), (2.5, 2.5)]
    assert {(m.request, m.code, m.message) for m in refused} == {("WordFollowUp", "command-refused", "not now")}


def test_in_real_time_the_handler_is_advanced_without_being_asked(bench: Bench) -> None:
    def core() -> None:
        connection = bench.meet()
        connection.send(welcome(is_lock_step=False))
        for _ in range(3):
            connection.until(FollowUpWorded)
        connection.send(link.Bye())

    bench.run(core)
    times = [float(call.split()[1]) for call in bench.handler.calls if call.startswith("advance")]
    assert len(times) >= 3
    assert times == sorted(times)


def test_a_worker_that_cannot_start_says_why_and_ends(bench: Bench) -> None:
    heard: list[link.FromWorker] = []

    def core() -> None:
        connection = bench.meet()
        connection.send(welcome())
        heard.extend(connection.until(link.Failed))

    assert bench.run(core, is_installed=False) == 1
    assert heard[-1] == link.Failed(code="engine-unavailable", message="the toy engine is not installed",
                                    fix="install it")
    assert bench.handler.calls == []


def test_a_worker_whose_settings_are_wrong_tells_core_so(bench: Bench) -> None:
    heard: list[link.FromWorker] = []

    def core() -> None:
        connection = bench.meet()
        connection.send(welcome())
        heard.extend(connection.until(link.Failed))

    assert bench.run(core, can_build=False) == 2
    assert heard[-1] == link.Failed(code="settings", message="there is no such engine", fix="choose another")


def test_a_core_that_counts_time_from_another_moment_gets_a_fresh_worker(bench: Bench) -> None:
    def core() -> None:
        first = bench.meet()
        first.send(welcome())
        first.until(WorkerReady)
        first.close()
        bench.meet().send(link.Welcome(origin_ns=8, is_lock_step=True))

    assert bench.run(core) == 0
    assert [call for call in bench.handler.calls if call != "forget"] == ["warm_up 7", "close"]


def test_pings_are_answered_while_a_request_takes_long(bench: Bench) -> None:
    heard: list[link.FromWorker] = []

    def core() -> None:
        connection = bench.meet()
        connection.send(welcome())
        connection.until(WorkerReady)
        connection.send(ask("work"))
        n = 0
        while not heard or not (isinstance(heard[-1], link.Pong) and heard[-1].call):
            n += 1
            connection.send(link.Ping(n=n))
            heard.extend(connection.until(link.Pong))
        bench.handler.is_answered.set()
        connection.send(link.Bye())

    bench.run(core)
    pong = heard[-1]
    assert isinstance(pong, link.Pong)
    assert pong.call == "WordFollowUp"
    assert pong.call_age_s >= 0
    assert pong.memory_mb > 1


def test_a_core_that_comes_back_finds_the_worker_warm_and_without_memories(bench: Bench) -> None:
    hellos: list[link.FromWorker] = []
    told: list[link.FromWorker] = []

    def core() -> None:
        first = bench.meet()
        hellos.append(first.read())
        first.send(welcome())
        first.until(WorkerReady)
        first.close()
        second = bench.meet()
        hellos.append(second.read())
        second.send(welcome(), link.Advance(until_t=1.0), link.Forget())
        told.extend(second.until(link.Advanced))
        second.send(link.Bye())

    bench.run(core)
    assert [h.is_warm for h in hellos if isinstance(h, link.Hello)] == [False, True]
    assert bench.handler.calls == ["warm_up 7", "forget", "advance 1.0", "forget", "close"]
    assert [type(message) for message in told[:2]] == [WorkerReady, DeviceChanged], "it is told of devices again"


def test_a_core_that_dies_before_the_hello_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    send = link.WorkerSocket.send
    attempts: list[link.FromWorker] = []

    def fails_once(self: link.WorkerSocket, message: link.FromWorker) -> None:
        attempts.append(message)
        if len(attempts) == 1:
            raise BrokenPipeError
        send(self, message)

    monkeypatch.setattr(link.WorkerSocket, "send", fails_once)

    def core() -> None:
        bench.meet()
        second = bench.meet()
        second.send(welcome())
        second.until(WorkerReady)
        second.send(link.Bye())

    assert bench.run(core) == 0
    assert bench.handler.calls == ["warm_up 7", "close"]


def test_without_core_a_worker_forgets_and_ends(bench: Bench) -> None:
    def core() -> None:
        connection = bench.meet()
        connection.send(welcome())
        connection.until(WorkerReady)
        bench.listener.close()
        connection.close()

    assert bench.run(core) == 0
    assert bench.handler.calls == ["warm_up 7", "forget", "close"]


def test_garbage_from_core_ends_the_connection_and_not_the_worker(bench: Bench) -> None:
    def core() -> None:
        first = bench.meet()
        first.send(welcome())
        first.until(WorkerReady)
        first._sock.sendall(struct.pack("<I", 3) + b"\xc1\xc1\xc1")
        second = bench.meet()
        second.until(link.Hello)
        second.send(link.Bye())

    assert bench.run(core) == 0
