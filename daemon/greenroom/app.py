"""Core's life: its parts start in order inside one exit stack, time passes, and all of them end."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import msgspec

import greenroom
from greenroom import systemd
from greenroom.core import Core, Options
from greenroom.errors import GreenroomError, WorkerLost
from greenroom.events import (
    CoreResumed,
    Tick,
    WorkerEvent,
)
from greenroom.hearing import loudness_lufs
from greenroom.interview.left_sessions import Settlement, settle
from greenroom.interview.second_reading import MAX_SESSIONS
from greenroom.ports import Background
from greenroom.server.discovery import Discovery
from greenroom.server.http import Server
from greenroom.settings import Settings
from greenroom.starting import after_reboot, clear_up, forget_old
from greenroom.stopping import Stopping
from greenroom.storage.files import held
from greenroom.storage.sessions import SqlSessionStore
from greenroom.tasks import AtOnce, InOrder
from greenroom.timeline import MonotonicClock, VirtualClock
from greenroom.workers.lockstep import LockStep
from greenroom.workers.supervisor import NAMES

log = logging.getLogger(__name__)

TICK_S = 0.02
WARM_UP_S = 120.0
RESUME_WAIT_S = 15.0
"""An interview that is taken up again waits so long for the workers; those that come later join it."""
LINGER_S = 3.0
"""How long a demo's report stays on the screens before the booth closes."""


async def run(settings: Settings, options: Options) -> int:
    """Core until it is told to stop (or, in a demo, until the report is made). The exit status."""
    stopping = Stopping()
    stopping.listen(has_parent=options.has_parent)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(held(settings.booth.state_dir))
        database = settings.booth.state_dir / "sessions.db"
        store = SqlSessionStore(database, settings.booth.name)
        stack.callback(store.close)
        may_resume = not options.is_fast and (options.has_parent or settings.booth.resume)
        left = settle(store.left_behind(), may_resume=may_resume)
        # Unbuffered: a core that is killed leaves whole lines, and the next one goes on after them.
        path = options.out / "events.jsonl" if options.out is not None else None
        events = stack.enter_context(path.open("ab", buffering=0)) if path is not None else None
        background: Background
        if options.is_fast:
            background = AtOnce()
        else:
            background = in_order = InOrder()
            stack.push_async_callback(in_order.close)
        if not options.is_fast:
            options = msgspec.structs.replace(options, origin_ns=after_reboot(options.origin_ns, store))
        clock = VirtualClock() if options.is_fast else MonotonicClock(options.origin_ns)
        core = Core(settings, options, store, background, clock=clock, events=events)
        # Now, and not when the first answer has just ended and the interviewer is about to speak.
        background.run(loudness_lufs.warm_up, lambda _: None, lambda error: log.info("no LUFS: %s", error))
        if not options.is_headless:
            await _serve(core, stack)
        stack.callback(systemd.stopping, "stopping")
        await core.supervisor.start()
        stack.push_async_callback(core.supervisor.stop)
        if core.remote_language is not None:
            stack.push_async_callback(core.remote_language.close)
        if options.is_demo:
            stack.push_async_callback(core.jobs.close)
            await core.prepare()
        # Not before the booth has its port: until then another core may be at work on these sessions.
        await asyncio.to_thread(clear_up, left, store, core.handover)
        forget_old(database)
        if options.is_fast:
            return await _lock_step(core, stopping)
        reading_on = asyncio.create_task(_read_on(core, background, is_wanted=settings.language.reads_answers))
        stack.callback(reading_on.cancel)
        return await _real_time(core, stopping, left)


async def _serve(core: Core, stack: contextlib.AsyncExitStack) -> None:
    core.server = Server(core.settings, core.hub, core, core.command)
    await core.server.start()
    stack.push_async_callback(core.jobs.close)
    stack.push_async_callback(core.server.stop)
    log.info("kiosk at %s", core.server.url)
    flushing = asyncio.create_task(_flush(core))
    stack.callback(flushing.cancel)
    if core.settings.discovery.is_on and core.settings.server.lan:
        discovery = Discovery(core.settings.server.lan_port, greenroom.__version__)
        await discovery.start()
        stack.push_async_callback(discovery.stop)


async def _flush(core: Core) -> None:
    core.display.refresh()
    while True:
        now_t = core.clock.now()
        core.display.measure(now_t)
        core.hub.flush(now_t)
        await asyncio.sleep(1 / 15)


async def _real_time(core: Core, stopping: Stopping, left: Settlement) -> int:
    resume = asyncio.create_task(_resume(core, left))
    try:
        return await _ticks(core, stopping)
    finally:
        resume.cancel()


async def _ticks(core: Core, stopping: Stopping) -> int:
    watchdog_s = systemd.watchdog_period_s()
    next_watchdog_t, report_t = 0.0, None
    while not stopping.is_set():
        core.tick()
        if core.handover.fault is not None:
            raise core.handover.fault
        now_t = core.clock.now()
        if watchdog_s is not None and now_t >= next_watchdog_t:
            next_watchdog_t = now_t + watchdog_s
            systemd.watchdog()
        if core.options.is_demo and core.is_over:
            report_t = now_t if report_t is None else report_t
            if now_t - report_t >= LINGER_S:
                return 0
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), TICK_S)
    return 130 if core.options.is_demo or stopping.is_interrupted else 0


async def _lock_step(core: Core, stopping: Stopping) -> int:
    clock = core.clock
    assert isinstance(clock, VirtualClock)  # noqa: S101 - decided two frames up
    await _warm(core, stopping)

    def feed(event: WorkerEvent | Tick) -> None:
        if isinstance(event, Tick):
            core.tick()
        else:
            core.session.feed(event)

    steps = LockStep([core.supervisor.workers[name] for name in NAMES], core.order, clock, feed)
    while not stopping.is_set() and not core.is_over:
        await steps.slice()
        if core.handover.fault is not None:
            raise core.handover.fault
    return 0 if core.handover.newest is not None else 130


async def _warm(core: Core, stopping: Stopping) -> None:
    """Wait until every worker is warm, so that lock step begins with all of them."""
    deadline = asyncio.get_running_loop().time() + WARM_UP_S
    while len(core.warm) < len(NAMES) and not stopping.is_set():
        for worker in core.supervisor.workers.values():
            if worker.failure is not None:
                raise GreenroomError(f"the {worker.name} worker cannot start: {worker.failure.message}",
                                     fix=worker.failure.fix)
        if core.failure is not None:
            raise WorkerLost(core.failure, fix="see the messages above")
        if asyncio.get_running_loop().time() > deadline:
            missing = sorted(set(NAMES) - core.warm)
            raise GreenroomError(f"not warm after {WARM_UP_S:.0f} s: {', '.join(missing)}",
                                 fix="see the messages above")
        await asyncio.sleep(0.02)


async def _resume(core: Core, left: Settlement) -> None:
    """Take up the interview that a core before this one left behind, once there are workers to go on with."""
    session = left.resume
    if session is None:
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(RESUME_WAIT_S):
            await core.is_warm.wait()
    if core.session.session_id is None:
        now_t = core.clock.now()
        core.session.resume(session.id, session.head, list(session.journal), CoreResumed(t=now_t, t_known=now_t))
    else:  # somebody else has sat down
        await asyncio.to_thread(clear_up, settle((session,), may_resume=False), core.store, core.handover)


async def _read_on(core: Core, background: Background, *, is_wanted: bool) -> None:
    """Interviews whose answers the model of a core before this one had not read to the end."""
    await core.is_warm.wait()
    background.run(lambda: core.store.unread(MAX_SESSIONS),
                   lambda records: core.session.readings.take_up(records, is_wanted=is_wanted),
                   lambda error: log.warning("no interview is read on: %s", error))
