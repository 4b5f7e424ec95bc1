"""Core: every part of the booth that is not in a worker, chosen and wired."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import secrets
import time
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

import greenroom
from greenroom import streams, systemd
from greenroom.documents.shelf import Shelf
from greenroom.errors import CommandRefused, EngineUnavailable, GreenroomError
from greenroom.events import (
    LIVE,
    ClientCommand,
    JournalEntry,
    RequestFailed,
    SelfPicture,
    SpeechClip,
    Tick,
    WorkerDied,
    WorkerEvent,
    WorkerName,
    WorkerReady,
)
from greenroom.handover import Handover
from greenroom.interview.effects import Effect
from greenroom.interview.evidence import Evidence
from greenroom.interview.questions import check_set_up, load_packs
from greenroom.interview.session import Session
from greenroom.ports import Background, WorkerPort
from greenroom.preparing import Preparation
from greenroom.records import AnswerToScore, DocumentKind, SessionRecord, Style
from greenroom.reports import analysis, scored, sight
from greenroom.reports.document import DocumentReport
from greenroom.server.http import Server
from greenroom.server.jobs import Recording
from greenroom.server.protocol import BoothState, ReportView
from greenroom.settings import Settings
from greenroom.storage.files import unwritable
from greenroom.storage.media import SessionMedia
from greenroom.storage.sessions import SqlSessionStore
from greenroom.telemetry import admin_page, exposition
from greenroom.telemetry.display import Display
from greenroom.telemetry.figures import Figures, WorkerFigures, families
from greenroom.telemetry.hub import Hub
from greenroom.telemetry.self_views import SelfViews, View
from greenroom.timeline import MonotonicClock, VirtualClock
from greenroom.workers import language_models
from greenroom.workers.jobs import JobWorkers, Progress
from greenroom.workers.lockstep import EventOrder
from greenroom.workers.remote_language import RemoteLanguage
from greenroom.workers.speaking import SpokenTexts
from greenroom.workers.supervisor import NAMES, Supervisor, command
from greenroom.world.visitor import press

log = logging.getLogger(__name__)

NOBODY_SPEAKS = frozenset({"attract", "report", "goodbye"})
"""Phases in which recordings may be analysed, and texts of others said."""


class Options(Struct, frozen=True, kw_only=True):
    """What the command line adds to the settings."""

    config: list[str] = []
    """Arguments that give workers the same settings."""
    out: Path | None = None
    """Folder for report.json, report.html and events.jsonl (demo)."""
    is_fast: bool = False
    is_demo: bool = False
    """Press the buttons of the virtual candidate, and end after one interview."""
    is_headless: bool = False
    origin_ns: int = 0
    minutes: int | None = None
    documents: dict[DocumentKind, Path] = {}
    questions_own: tuple[str, ...] = ()
    """What the virtual candidate chooses besides the settings (demo)."""
    has_parent: bool = False
    """Standard input is a pipe from the parent; its end means stop."""


class Core:
    """Everything that lives in core, wired."""

    def __init__(self, settings: Settings, options: Options, store: SqlSessionStore, background: Background, *,
                 clock: MonotonicClock | VirtualClock, events: IO[bytes] | None) -> None:
        self.settings, self.options = settings, options
        self.store = store
        self.clock = clock
        self.shelf = Shelf(clock.now)
        self.order = EventOrder()
        self.warm: set[WorkerName] = set()
        self.is_warm = asyncio.Event()
        self.failure: str | None = None
        self._events = events
        self.hub = Hub(clock)
        self.supervisor = Supervisor(
            settings.workers, settings.workers_socket, self.take, clock,
            command(settings.workers_socket, options.config),
            origin_ns=options.origin_ns, is_lock_step=options.is_fast, may_have_orphans=options.has_parent,
            more_memory_mb={"language": language_models.memory_mb(settings)})
        self.remote_language = self._remote_language()
        self.jobs = JobWorkers(
            settings.workers, settings.jobs_socket, command(settings.jobs_socket, options.config), self.is_busy)
        self.texts = SpokenTexts(self.supervisor.workers["voice"], self.is_busy)
        self.self_views = SelfViews(self.supervisor.workers["vision"], self._self_place,
                                    lambda is_on: self.session.self_shown(is_on=is_on))
        packs = load_packs(settings.interview.packs_dir)
        check_set_up(settings.interview.set_up(), packs)
        self.display = Display(self.hub, clock, packs, lambda: self.session.devices, on_report=self._report,
                               on_reread=self._reread, on_leave=self._leave)
        self.handover = Handover(store, options.out, self._public_url, self.display.failed)
        workers: dict[WorkerName, WorkerPort] = {**self.supervisor.workers}
        if self.remote_language is not None:
            workers["language"] = self.remote_language
        self.session = Session(
            workers, store, background, clock, self.display,
            packs=packs, evidence=Evidence(SessionMedia()), booth=settings.booth.name,
            offered=settings.interview.set_up(),
            panel_mm=settings.server.panel_mm if settings.interview.gaze_check else None,
            reads_answers=settings.language.reads_answers,
            draw_seed=lambda: _seed(settings), wall_time=_wall_time,
            trace=self._trace if events is not None else None, documents=self.shelf)
        self.preparation = Preparation(self.shelf, self.jobs, packs, settings.interview.role,
                                       lambda: self.session.state.phase)
        self.pressed = settings.interview.set_up()
        """What the virtual candidate of a demo chooses."""
        self.server: Server | None = None
        self._began_s = time.monotonic()

    def is_busy(self) -> bool:
        """Whether an interview runs: it has all of the booth for itself."""
        return self.session.state.phase not in NOBODY_SPEAKS

    @property
    def is_over(self) -> bool:
        """There is a report, and no model reads its answers any more: a demo may end."""
        return self.handover.newest is not None and not self.session.readings.is_busy

    # --- events ---

    def take(self, source: WorkerName, event: WorkerEvent) -> None:
        """An event of a worker: at once in real time, in its slice in lock step."""
        self.texts.take(event)
        self.self_views.take(event)
        if isinstance(event, SelfPicture):
            return
        if isinstance(event, SpeechClip | RequestFailed) and event.stream != LIVE:
            return
        if isinstance(event, WorkerReady):
            self._settle(source)
            if source == "language" and self.remote_language is not None:
                event = msgspec.structs.replace(event, engines=self.remote_language.engines(event.engines))
        elif isinstance(event, WorkerDied) and event.is_lost:
            if self.options.is_fast:
                self.failure = f"the {source} worker cannot start: {event.reason}"
            else:
                self._settle(source)
        if self.options.is_fast:
            self.order.put(NAMES.index(source), event)
        else:
            self._feed(event)

    def _remote_language(self) -> RemoteLanguage | None:
        """The model on another server. What it takes for an answer no seed can repeat: a fast run does without."""
        if self.options.is_fast or language_models.wanted(self.settings) != "remote":
            return None
        try:
            model = language_models.remote_model(self.settings)
        except EngineUnavailable as error:
            log.warning("no language model, follow-ups are asked as they are written: %s", error)
            return None
        return RemoteLanguage(model, self.supervisor.workers["language"],
                              lambda event: self.take("language", event), self.clock)

    def _feed(self, event: WorkerEvent | Tick) -> None:
        try:
            self.session.feed(event)
        except GreenroomError as error:
            log.error("%s", error)  # noqa: TRY400 - an expected failure; its one line says it all

    def command(self, command: ClientCommand) -> None:
        """A client's command; time is core's. Raises ``CommandRefused``."""
        if not self.display.is_ready:
            raise CommandRefused("the booth is still starting", fix="wait until its engines are warm")
        now_t = self.clock.now()
        self.session.command(msgspec.structs.replace(command, t=now_t, t_known=now_t))

    def tick(self) -> None:
        now_t = self.clock.now()
        if self.options.is_demo:
            self._press(now_t)
        self.self_views.follow()
        self.shelf.tidy()
        self._feed(Tick(t=now_t, t_known=now_t))

    def _press(self, now_t: float) -> None:
        if not self.display.is_ready:
            return
        state = self.session.state
        due = press(state.phase, state.phase_since_t, now_t, self.pressed,
                    listens_to_itself=self.settings.engines.echo == "auto" and state.echo is None)
        if due is not None:
            with contextlib.suppress(CommandRefused):
                self.session.command(due)

    def _settle(self, worker: WorkerName) -> None:
        """A worker is warm, or nobody starts it again: the booth opens with what there is, and says what is missing."""
        self.warm.add(worker)
        if len(self.warm) == len(NAMES) and not self.display.is_ready:
            self.display.is_ready = True
            self.is_warm.set()
            systemd.ready("waiting for a candidate")
            log.info("all engines are warm")

    def _trace(self, entry: JournalEntry | Effect) -> None:
        if self._events is None or self.handover.fault is not None:
            return
        try:
            self._events.write(msgspec.json.encode(entry) + b"\n")
        except OSError as error:
            self.handover.fault = unwritable(Path("events.jsonl"), error)

    # --- the booth as the server sees it ---

    def state(self) -> BoothState:
        return self.display.state

    async def report(self, session: str, kind: str) -> bytes:
        return await self.handover.read(session, kind)

    async def analyse(self, recording: Recording, progress: Progress) -> bytes:
        found = await self.jobs.analyse(recording.path, progress=progress, name=recording.name,
                                        channel=recording.channel, is_watched=recording.is_watched)
        return analysis.to_json(analysis.build(found, recording.name))

    async def look(self, path: Path, t_s: float | None) -> sight.FrameReport:
        seen = await self.jobs.look(path)
        return sight.frame(seen.face, (seen.width_px, seen.height_px), seen.engine, t_s)

    async def score(self, answers: tuple[AnswerToScore, ...]) -> scored.Scores:
        return scored.scores(await self.jobs.score(answers))

    async def take_document(self, path: Path, name: str, kind: DocumentKind, role: str) -> DocumentReport:
        return await self.preparation.take(path, name, kind, role)

    async def prepare(self) -> None:
        """What a demo's command line hands in."""
        self.pressed = msgspec.structs.replace(
            self.pressed, documents=await self.preparation.load(self.options.documents),
            minutes=self.options.minutes, questions_own=self.options.questions_own)

    def drop_document(self, document: str) -> None:
        self.shelf.drop(document)

    def listen(self) -> contextlib.AbstractAsyncContextManager[streams.EarStream]:
        return streams.listen(self.jobs)

    def show_self(self) -> contextlib.AbstractContextManager[View]:
        return self.self_views.open()

    async def speak(self, text: str, style: Style) -> bytes:
        return await self.texts.speak(text, style)

    def session_of(self, code: str) -> str:
        return self.handover.session_of(code)

    def metrics(self) -> bytes:
        return exposition.text(families(self.figures())).encode()

    def admin_page(self, *, is_live: bool, other: str) -> bytes:
        return admin_page.render(self.figures(), is_live=is_live, other=other).encode()

    def figures(self) -> Figures:
        """The booth's state in numbers."""
        gone, tally = self.session.state.gone, self.display.tally
        return Figures(
            version=greenroom.__version__, uptime_s=time.monotonic() - self._began_s,
            clients=self.server.clients if self.server is not None else 0, shown=self.display.state, tally=tally,
            workers=tuple(
                WorkerFigures(name=name, is_up=worker.is_warm, is_lost=name in gone, restarts=tally.restarts[name])
                for name, worker in self.supervisor.workers.items()),
        )

    def _self_place(self) -> str | None:
        """The session whose candidate may look at themselves now."""
        is_there = self.settings.interview.self_view and self.session.state.phase == "sensor_check"
        return self.session.session_id if is_there else None

    def _leave(self) -> None:
        self.shelf.clear()
        self.handover.forget()

    def _report(self, record: SessionRecord) -> ReportView:
        return self.handover.make(record)

    def _reread(self, record: SessionRecord) -> None:
        self.handover.remake(record)

    def _public_url(self) -> str:
        return self.server.lan_url if self.server is not None else ""


def _seed(settings: Settings) -> int:
    """Repeatable where the settings say so; else another choice of questions for everybody who sits down."""
    return secrets.randbelow(2**31) if settings.booth.seed is None else settings.booth.seed


def _wall_time() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
