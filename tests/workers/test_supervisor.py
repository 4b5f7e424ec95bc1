"""Real worker processes, killed, hung and grown."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, Self

import pytest

from greenroom.events import FollowUpWorded, JobKey, Tick, WorkerDied, WorkerEvent, WorkerName, WorkerReady
from greenroom.requests import WordFollowUp
from greenroom.settings import Workers
from greenroom.timeline import MonotonicClock, VirtualClock
from greenroom.workers import link, restarts, supervisor
from greenroom.workers.lockstep import SLICE_S, EventOrder, LockStep
from greenroom.workers.supervisor import NAMES, Supervisor

pytestmark = pytest.mark.process
TOY = Path(__file__).with_name("toy_worker.py")


class Crew:
    """Five toy workers and everything they said."""

    def __init__(self, folder: Path, *, is_lock_step: bool = False, names: tuple[WorkerName, ...] = NAMES,
                 more_memory_mb: Mapping[WorkerName, float] | None = None, **settings: object) -> None:
        self.events: list[tuple[WorkerName, WorkerEvent]] = []
        self.changed = asyncio.Event()
        self.path = folder / "workers.sock"
        workers = Workers(ping_s=0.1, **settings)  # type: ignore[arg-type]  # keyword settings of a test
        self.supervisor = Supervisor(workers, self.path, self.take, MonotonicClock(),
                                     lambda name, n: [sys.executable, str(TOY), name, str(self.path), str(n)],
                                     is_lock_step=is_lock_step, names=names, more_memory_mb=more_memory_mb)

    def take(self, name: WorkerName, event: WorkerEvent) -> None:
        self.events.append((name, event))
        self.changed.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 20)

    def readies(self, name: WorkerName) -> list[int]:
        return [e.generation for n, e in self.events if isinstance(e, WorkerReady) and n == name]

    def deaths(self, name: WorkerName) -> list[WorkerDied]:
        return [e for n, e in self.events if isinstance(e, WorkerDied) and n == name]

    def ask(self, name: WorkerName, question: str, answer: str = "") -> None:
        self.supervisor.workers[name].send(WordFollowUp(job=JobKey(1), question=question, answer=answer, hook_id="",
                                                        text="", style="neutral"))

    def answers(self) -> list[str]:
        return [e.text for _, e in self.events if isinstance(e, FollowUpWorded)]


@contextlib.asynccontextmanager
async def crew(folder: Path, *, is_lock_step: bool = False, **settings: Any) -> AsyncIterator[Crew]:
    made = Crew(folder, is_lock_step=is_lock_step, **settings)
    await made.supervisor.start()
    try:
        await made.until(lambda: all(made.readies(name) for name in NAMES))
        yield made
    finally:
        await made.supervisor.stop()


def pid(made: Crew, name: WorkerName) -> int:
    return made.supervisor.workers[name].pid


def is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_start_answer_and_leave_nothing_behind(tmp_path: Path) -> None:
    async def scene() -> list[int]:
        async with crew(tmp_path) as made:
            made.ask("language", "echo", "hello")
            await made.until(lambda: made.answers() == ["hello"])
            return [pid(made, name) for name in NAMES]

    pids = asyncio.run(scene())
    assert not any(is_alive(number) for number in pids)
    assert not (tmp_path / "workers.sock").exists()


def test_a_killed_worker_is_said_to_have_died_and_comes_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with crew(tmp_path) as made:
            os.kill(pid(made, "hearing"), signal.SIGKILL)
            await made.until(lambda: made.readies("hearing") == [1, 2])
            assert "SIGKILL" in made.deaths("hearing")[0].reason
            made.ask("hearing", "echo", "again")
            await made.until(lambda: made.answers() == ["again"])

    asyncio.run(scene())


def test_a_hung_call_is_found_by_its_age_and_the_worker_is_replaced(tmp_path: Path) -> None:
    async def scene() -> None:
        async with crew(tmp_path, call_budget_s=0.5) as made:
            made.ask("voice", "hang")
            await made.until(lambda: made.readies("voice") == [1, 2])
            (death,) = made.deaths("voice")
            assert death.heard_t is not None
            assert death.t - death.heard_t >= 0.5
            assert made.readies("language") == [1]

    asyncio.run(scene())


def test_a_worker_that_outgrows_its_memory_is_replaced(tmp_path: Path) -> None:
    async def scene() -> None:
        async with crew(tmp_path, memory_limit_mb=200) as made:
            made.ask("vision", "grow")
            await made.until(lambda: made.readies("vision") == [1, 2])

    asyncio.run(scene())


def test_the_worker_of_large_weights_may_grow_while_another_may_not(tmp_path: Path) -> None:
    async def scene() -> None:
        async with crew(tmp_path, memory_limit_mb=200, more_memory_mb={"language": 10_000.0}) as made:
            made.ask("language", "grow")
            made.ask("vision", "grow")
            await made.until(lambda: made.readies("vision") == [1, 2])
            assert made.readies("language") == [1]

    asyncio.run(scene())


def test_a_worker_that_cannot_start_is_given_up_with_its_reason(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_FAILS", "1")

    async def scene() -> Crew:
        made = Crew(tmp_path)
        await made.supervisor.start()
        try:
            await made.until(lambda: any(d.is_lost for d in made.deaths("audio")))
        finally:
            await made.supervisor.stop()
        return made

    made = asyncio.run(scene())
    assert len(made.deaths("audio")) == 6
    assert "engine-unavailable: the toy engine is not installed" in made.deaths("audio")[-1].reason
    assert "install the toy engine" in made.deaths("audio")[-1].reason


def test_a_worker_that_hangs_before_it_connects_is_killed_and_given_up(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_HANGS", "1")
    monkeypatch.setattr(supervisor, "START_S", 0.2)

    async def scene() -> Crew:
        made = Crew(tmp_path, names=("vision",))
        await made.supervisor.start()
        try:
            await made.until(lambda: any(d.is_lost for d in made.deaths("vision")))
        finally:
            await made.supervisor.stop()
        return made

    made = asyncio.run(scene())
    assert len(made.deaths("vision")) == restarts.MAX_HANGS
    assert all("not connected" in death.reason for death in made.deaths("vision"))


def test_a_worker_of_another_user_ends_itself_when_core_asks_and_leaves_its_stacks(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    forbid_signals(monkeypatch)

    async def scene() -> None:
        async with crew(tmp_path, call_budget_s=0.5) as made:
            made.ask("voice", "hang")
            await made.until(lambda: made.readies("voice") == [1, 2])
            assert made.deaths("voice")[0].reason == f"exit status {os.EX_SOFTWARE}"

    asyncio.run(scene())
    stacks = capfd.readouterr().err
    assert "core ends this worker: WordFollowUp has been running" in stacks
    assert "toy_worker.py" in stacks


def forbid_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """As under systemd, where core and workers belong to different users."""

    def refuse(number: int, _signal: int) -> None:
        raise PermissionError(number)

    monkeypatch.setattr(os, "kill", refuse)


class Stranger:
    """A worker that another starts: this end of its socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def come(cls, made: Crew, name: WorkerName) -> Self:
        stranger = cls(*await asyncio.open_unix_connection(str(made.path)))
        await stranger.say(link.Hello(worker=name, pid=2**22, generation=1, is_warm=False))
        assert isinstance(await stranger.read(), link.Welcome)
        return stranger

    async def say(self, message: link.FromWorker) -> None:
        self._writer.write(link.encode(message))
        await self._writer.drain()

    async def read(self) -> link.ToWorker:
        size = int.from_bytes(await self._reader.readexactly(4), "little")
        return link.decode_to_worker(await self._reader.readexactly(size))

    def go(self) -> None:
        self._writer.close()


@contextlib.asynccontextmanager
async def adopters(folder: Path, **settings: Any) -> AsyncIterator[Crew]:
    """A core that waits for workers which another starts."""
    made = Crew(folder, names=("vision", "voice"), life="adopted", **settings)
    await made.supervisor.start()
    try:
        yield made
    finally:
        await made.supervisor.stop()


READY = WorkerReady(t=0.0, t_known=0.0, worker="voice", generation=1, engines=())


def test_an_adopted_worker_that_dies_too_often_is_lost_with_its_reason(tmp_path: Path) -> None:
    async def scene() -> list[WorkerDied]:
        async with adopters(tmp_path) as made:
            for n in range(restarts.MAX_RESTARTS + 1):
                stranger = await Stranger.come(made, "voice")
                await stranger.say(link.Failed(code="engine-unavailable", message="no voice", fix="install one"))
                stranger.go()
                await made.until(lambda n=n: len(made.deaths("voice")) > n)  # type: ignore[misc]  # bound now
            return made.deaths("voice")

    deaths = asyncio.run(scene())
    assert [death.is_lost for death in deaths] == [False] * restarts.MAX_RESTARTS + [True]
    assert deaths[-1].reason == "engine-unavailable: no voice Fix: install one"


def test_an_adopted_worker_that_is_never_warm_is_lost_once_until_it_comes(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "COLD_S", 0.3)

    async def scene() -> Crew:
        async with adopters(tmp_path) as made:
            stranger = await Stranger.come(made, "voice")  # comes, and does not get warm
            await made.until(lambda: bool(made.deaths("vision") and made.deaths("voice")))
            await asyncio.sleep(0.5)
            assert [len(made.deaths(name)) for name in ("vision", "voice")] == [1, 1]
            await stranger.say(READY)
            await made.until(lambda: made.readies("voice") == [1])
            return made

    made = asyncio.run(scene())
    for name in ("vision", "voice"):
        (death,) = made.deaths(name)
        assert death.is_lost
        assert "has not been ready" in death.reason


def test_an_adopted_worker_that_goes_and_stays_away_is_lost_too(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "COLD_S", 0.3)

    async def scene() -> list[WorkerDied]:
        async with adopters(tmp_path) as made:
            stranger = await Stranger.come(made, "voice")
            await stranger.say(READY)
            await made.until(lambda: made.readies("voice") == [1])
            await asyncio.sleep(0.5)
            assert made.deaths("voice") == []
            stranger.go()
            await made.until(lambda: len(made.deaths("voice")) == 2)
            return made.deaths("voice")

    assert [death.is_lost for death in asyncio.run(scene())] == [False, True]


def test_a_worker_that_nothing_reaches_is_asked_and_told_of_once(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(restarts, "PING_ANSWER_S", 0.2)
    monkeypatch.setattr(restarts, "WARM_UP_S", 0.2)  # it never says that it is warm
    monkeypatch.setattr(supervisor, "DUMP_S", 0.05)
    forbid_signals(monkeypatch)

    async def scene() -> list[str]:
        async with adopters(tmp_path) as made:
            stranger = await Stranger.come(made, "voice")
            heard: list[str] = []
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.5):
                    while True:
                        heard.append(type(await stranger.read()).__name__)
            return heard

    with caplog.at_level(logging.ERROR):
        heard = asyncio.run(scene())
    assert heard.count("Ping") > 5
    assert heard.count("Die") == 1
    assert sum("no answer" in record.message for record in caplog.records) == 1


def test_garbage_on_the_socket_harms_nobody(tmp_path: Path) -> None:
    async def scene() -> None:
        async with crew(tmp_path) as made:
            for garbage in (b"", b"\xff\xff\xff\xff" * 4, b"\x02\x00\x00\x00\xc1\xc1", b"GET / HTTP/1.1\r\n\r\n"):
                _, writer = await asyncio.open_unix_connection(str(made.path))
                writer.write(garbage)
                with contextlib.suppress(ConnectionError):
                    await writer.drain()
                writer.close()
            made.ask("language", "echo", "still here")
            await made.until(lambda: made.answers() == ["still here"])

    asyncio.run(scene())


def test_lock_step_grants_time_in_slices_and_feeds_in_order(tmp_path: Path) -> None:
    async def scene() -> list[float]:
        async with crew(tmp_path, is_lock_step=True) as made:
            ticks: list[float] = []
            order, clock = EventOrder(), VirtualClock()
            steps = LockStep(list(made.supervisor.workers.values()), order, clock,
                             lambda e: ticks.append(e.t) if isinstance(e, Tick) else None)
            for _ in range(5):
                await steps.slice()
            return ticks

    assert asyncio.run(scene()) == pytest.approx([SLICE_S * n for n in range(1, 6)])


def test_workers_outlive_core_and_are_taken_over_by_the_next(tmp_path: Path) -> None:
    """The first core vanishes without a word; the workers come back to the second with their old pids."""

    async def vanish(made: Crew) -> None:
        made.supervisor._stopping.set()
        made.supervisor._server.close()  # type: ignore[union-attr]  # it was started
        for worker in made.supervisor.workers.values():
            worker._writer.transport.abort()  # type: ignore[union-attr]  # it is connected
        await asyncio.sleep(0)

    async def scene() -> None:
        first = Crew(tmp_path)
        await first.supervisor.start()
        await first.until(lambda: all(first.readies(name) for name in NAMES))
        pids = {name: pid(first, name) for name in NAMES}
        await vanish(first)
        second = Crew(tmp_path)
        second.supervisor._may_have_orphans = True
        await second.supervisor.start()
        try:
            await second.until(lambda: all(second.readies(name) for name in NAMES))
            assert {name: pid(second, name) for name in NAMES} == pids
        finally:
            await second.supervisor.stop()
            for task in first.supervisor._tasks:
                task.cancel()

    asyncio.run(scene())
