"""A booth without sensors or models: speaks the public protocol and walks through an interview by itself."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import segno
from aiohttp import WSMsgType, web

from greenroom.server import protocol as p

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
TICK_S = 0.1
ROLES = (
    p.RoleTile(role="graduate", title="Graduate", questions=10),
    p.RoleTile(role="software", title="Software engineer", questions=12),
    p.RoleTile(role="service", title="Customer service", questions=9),
)
QUESTIONS = (
    "Tell me about a time when you had to learn something difficult in a very short time. How did you go about it?",
    "Describe a conflict in a team you were part of. What did you do?",
    "Which of your projects are you most proud of, and what was your own part in it?",
    "Why do you want this job?",
)
FOLLOW_UP = "Can you put a number on that?"
ANSWER = (
    "In my second year I had to build a small web service for a charity and I had never written one before. So I "
    "split the week into parts: two days of reading, two days of building the smallest thing that could work, and "
    "one day of tests with the people who would use it. In the end they took forty orders in the first weekend."
)
CHECK_SENTENCE = "The quick brown fox thinks before it jumps over the lazy dog."
ENGINES = tuple(
    p.EngineState(capability=capability, name=name, detail="", is_first_choice=is_first)
    for capability, name, is_first in (
        ("voice_activity", "Silero v6", True), ("recogniser", "pocketsphinx", False), ("end_of_turn", "rules", False),
        ("face", "LiteRT mesh", False), ("synthesiser", "espeak-ng", False), ("language_model", "scripted", False),
        ("echo", "AEC3", True),
    )
)
DEVICES = tuple(
    p.DeviceState(kind=kind, name=name, state="ok")
    for kind, name in (("microphone", "Virtual room"), ("speaker", "Virtual room"), ("camera", "Virtual room"))
)


def report_view(session: str, host: str = "192.168.1.23:8481") -> p.ReportView:
    url = f"http://{host}/r/K7Q2M4"
    matrix = segno.make(url, error="m", boost_error=False, micro=False).matrix
    return p.ReportView(
        session=session,
        url=url,
        code="K7Q2M4",
        qr=tuple("".join("1" if cell else "0" for cell in row) for row in matrix),
        strength="You said what you did yourself in three of four answers, and ended two of them with a result.",
        next_step="Give one number: how many, how long, or how much. Two answers had none.",
        facts=(
            p.Fact(name="pace", label="Pace", value=142.0, unit="wpm", coverage=0.97),
            p.Fact(name="pauses", label="Longest pause", value=2.4, unit="s", coverage=1.0),
            p.Fact(name="eye_contact", label="Eye contact", value=0.71, unit="share", coverage=0.88),
            p.Fact(name="fillers", label="Fillers", value=None, unit="count", coverage=0.0, reason="the words were too quiet"),
        ),
    )


def idle_state() -> p.BoothState:
    return p.BoothState(
        t=0.0, phase="attract", state="idle", session=None, style="supportive", role="graduate", pacing="normal",
        roles=ROLES, question=None, turn=0, answering_since_t=None, caption_you="", caption_booth="", checks=(),
        engines=ENGINES, devices=DEVICES, notice=None, report=None, allowed=("begin",),
    )


@dataclass
class Client:
    role: p.Role
    socket: web.WebSocketResponse
    seq: int = 0


@dataclass
class FakeBooth:
    """``hold`` stops the walk at a phase until a test moves on; ``answer_s`` is how long an answer lasts."""

    assets: Path
    answer_s: float = 2.5
    questions: int = 2
    panel_mm: tuple[float, float] = (476.0, 268.0)
    is_walking: bool = True
    boot_id: str = "boot-1"
    state: p.BoothState = field(default_factory=idle_state)
    commands: list[p.InboundMessage] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    is_deaf: bool = False
    """Accepts connections and commands but answers nothing."""
    phone_role: p.Role = "phone"
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _walk: asyncio.Task[None] | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None
    _thread: threading.Thread | None = None
    _generation: int = 0

    # --- life, called from the test's thread -----------------------------------------------------

    def start(self) -> str:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.call(self._listen())
        return self.url

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join(5)
        self._loop.close()

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(10)

    def emit(self, *events: p.BatchEvent, gauges: p.Gauges | None = None) -> None:
        """Sends one batch to everyone, from the test's thread."""
        self.call(self._send(events, gauges or p.Gauges()))

    def show(self, **changes: Any) -> None:
        """Puts the booth into a state as a whole; every client gets a new snapshot."""

        async def change() -> None:
            self.state = msgspec.structs.replace(self.state, **changes)
            for client in list(self.clients):
                await self._snapshot(client)

        self.call(change())

    def send_raw(self, data: bytes) -> None:
        async def send() -> None:
            for client in list(self.clients):
                await client.socket.send_bytes(data)

        self.call(send())

    def lose_a_batch(self) -> None:
        """The next frame of every client jumps in its number."""

        async def skip() -> None:
            for client in self.clients:
                client.seq += 1

        self.call(skip())

    def drop_clients(self) -> None:
        async def drop() -> None:
            for client in list(self.clients):
                await client.socket.close()

        self.call(drop())

    def stop_listening(self) -> None:
        self.call(self._close())

    def listen_again(self) -> None:
        self.call(self._listen())

    def wait_for(self, holds: Callable[[], bool], within_s: float = 5.0) -> None:
        """Returns as soon as something holds that clients bring about; raises ``TimeoutError``."""
        deadline = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.02)

    def wait_for_clients(self, count: int) -> None:
        self.wait_for(lambda: len(self.clients) >= count)

    def received(self, kind: type[p.InboundMessage]) -> list[p.InboundMessage]:
        return [message for message in self.commands if isinstance(message, kind)]

    # --- server ----------------------------------------------------------------------------------

    async def _listen(self) -> None:
        app = web.Application()
        app.router.add_get("/ws", self._socket)
        app.router.add_get("/r/{code}", self._report_page)
        for page in ("kiosk", "phone"):
            app.router.add_get(f"/{page}/", self._index(page))
            app.router.add_static(f"/{page}/", self.assets / page)
        app.on_response_prepare.append(_protect)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._walk = asyncio.ensure_future(self._walk_through())

    async def _close(self) -> None:
        if self._walk is not None:
            self._walk.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._walk
        for client in list(self.clients):
            await client.socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _index(self, page: str) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
        async def index(_request: web.Request) -> web.StreamResponse:
            return web.FileResponse(self.assets / page / "index.html")

        return index

    async def _report_page(self, request: web.Request) -> web.Response:
        return web.Response(text=f"report {request.match_info['code']}")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        role: p.Role = self.phone_role if request.query.get("role") == "phone" else "kiosk"
        client = Client(role, socket)
        await socket.send_bytes(
            p.encode(
                p.Hello(
                    schema=p.SCHEMA_VERSION, boot_id=self.boot_id, version="0.1.0", role=role, t=self.now_t(),
                    panel_mm=self.panel_mm, locale="en", booth="Booth 17",
                )
            )
        )
        await self._snapshot(client)
        self.clients.append(client)
        try:
            async for message in socket:
                if message.type is WSMsgType.BINARY:
                    await self._take(client, p.decode_inbound(message.data))
        finally:
            self.clients.remove(client)
        return socket

    async def _snapshot(self, client: Client) -> None:
        state = msgspec.structs.replace(self.state, t=self.now_t())
        await client.socket.send_bytes(p.encode(p.Snapshot(seq=client.seq, state=state)))

    async def _take(self, client: Client, message: p.InboundMessage) -> None:
        if self.is_deaf:
            return
        if isinstance(message, p.Ping):
            await client.socket.send_bytes(p.encode(p.Pong(sent_ms=message.sent_ms, t=self.now_t())))
            return
        self.commands.append(message)
        if isinstance(message, p.GetSnapshot):
            await self._snapshot(client)
        elif isinstance(message, p.ClientCommand):
            kind = message.__struct_config__.tag
            if kind not in self.state.allowed:
                refusal = p.Error(code="command-refused", message="That is not possible now.", command_id=message.command_id)
                await client.socket.send_bytes(p.encode(refusal))
                return
            await client.socket.send_bytes(p.encode(p.Ack(command_id=message.command_id)))
            self._wake.set()

    async def _send(self, events: Iterable[p.BatchEvent], gauges: p.Gauges) -> None:
        events = tuple(events)
        for event in events:
            self.state = folded(self.state, event)
        for client in list(self.clients):
            seen = tuple(e for e in events if client.role in p.AUDIENCE.get(type(e), p.EVERYONE))
            client.seq += 1
            batch = p.Batch(t=self.now_t(), events=seen, gauges=gauges)
            with contextlib.suppress(ConnectionError):
                await client.socket.send_bytes(p.frame(client.seq, p.encode(batch)))

    def now_t(self) -> float:
        return time.monotonic() - 1000.0

    # --- the interview ---------------------------------------------------------------------------

    async def _walk_through(self) -> None:
        while True:
            if not self.is_walking:
                await asyncio.sleep(TICK_S)
                continue
            await self._wait("begin")
            await self._phase("consent", "give_consent", "end")
            if await self._wait("give_consent", "end") == "give_consent":
                await self._session()
            await self._phase("goodbye")
            await asyncio.sleep(1.0)
            self.state = msgspec.structs.replace(idle_state(), t=self.now_t())
            await self._phase("attract", "begin")

    async def _session(self) -> None:
        await self._phase("set_up", "choose_set_up", "end")
        if await self._wait("choose_set_up", "end") == "end":
            return
        chosen = next(m for m in reversed(self.commands) if isinstance(m, p.SetUpCommand))
        t = self.now_t()
        opened = p.SessionOpened(t=t, session="s-1", style=chosen.style, role=chosen.role, pacing=chosen.pacing)
        await self._send((opened,), p.Gauges())
        await self._check()
        if await self._greet() != "end":
            for number in range(1, self.questions + 1):
                if await self._question(number, QUESTIONS[number - 1], is_follow_up=False) == "end":
                    break
            await self._phase("closing")
            await self._say(100, "closing", "Thank you. That was the last question.")
        await self._phase("report", "continue", "end")
        await self._send((p.ReportReady(t=self.now_t(), report=report_view("s-1")),), p.Gauges())
        await self._wait("continue", "end")

    async def _check(self) -> None:
        question = p.QuestionView(turn=0, number=0, of=0, text=CHECK_SENTENCE, is_follow_up=False, suggested_s=10)
        await self._phase("sensor_check", "continue", "end")
        await self._send((p.QuestionShown(t=self.now_t(), question=question),), p.Gauges())
        await self._send((p.ChecksChanged(t=self.now_t(), checks=checks("checking")),), p.Gauges(mic_dbfs=-30.0))
        if await self._wait("continue", "end", until_s=0.5) is None:
            await self._send((p.ChecksChanged(t=self.now_t(), checks=checks("good")),), p.Gauges(mic_dbfs=-24.0))
            await self._wait("continue", "end")

    async def _greet(self) -> str | None:
        await self._phase("greeting", "continue", "end")
        await self._say(0, "greeting", "Hello, I am Ada. Take your time, and say start when you are ready.")
        return await self._wait("continue", "end")

    async def _question(self, number: int, text: str, *, is_follow_up: bool) -> str | None:
        view = p.QuestionView(
            turn=number, number=number, of=self.questions, text=text, is_follow_up=is_follow_up, suggested_s=90
        )
        await self._send((p.QuestionShown(t=self.now_t(), question=view),), p.Gauges())
        await self._phase("asking", "repeat", "skip", "pause", "end")
        await self._say(number, f"question:{number}", text)
        await self._phase("listening", "done", "repeat", "skip", "pause", "end")
        await self._send((p.Answering(t=self.now_t(), turn=number, since_t=self.now_t()),), p.Gauges())
        ended = await self._answer(number)
        while ended == "pause":
            await self._phase("paused", "resume", "end")
            await self._send((p.StateChanged(t=self.now_t(), state="paused"),), p.Gauges())
            ended = await self._wait("resume", "end")
            if ended == "resume":
                await self._phase("listening", "done", "repeat", "skip", "pause", "end")
                ended = await self._answer(number)
        t = self.now_t()
        taken = p.TurnTaken(t=t, turn=number, ended_by=ended or "silence", gap_s=None)
        await self._send((taken, p.StateChanged(t=t, state="taken")), p.Gauges())
        await self._phase("thinking", "pause", "end")
        await asyncio.sleep(0.6)
        await self._send((p.StateChanged(t=self.now_t(), state="thinking"),), p.Gauges())
        await asyncio.sleep(0.6)
        return ended

    async def _answer(self, turn: int) -> str | None:
        words = ANSWER.split(" ")
        steps = max(1, int(self.answer_s / 0.25))
        before = ""
        for step in range(1, steps + 1):
            said = " ".join(words[: len(words) * step // steps])
            settled = max(0, len(said) - 14)
            keep = max(0, min(len(before), len(said)) - 14)
            caption = p.Caption(
                t=self.now_t(), speaker="you", turn=turn, revision=step, keep=keep, text=said[keep:], settled=settled,
                is_final=step == steps,
            )
            before = said
            state: p.StateWord = "silence" if step % 5 == 0 else "voice"
            await self._send((caption, p.StateChanged(t=self.now_t(), state=state)), gauges_at(step))
            got = await self._wait("done", "skip", "pause", "repeat", "end", until_s=0.25)
            if got is not None:
                return got
        return await self._wait("done", "skip", "pause", "repeat", "end", until_s=1.0)

    async def _say(self, turn: int, cue: str, text: str) -> None:
        """Speaks by clause: captions as they are heard, the mouth ahead of them."""
        self._generation += 1
        t = self.now_t()
        letters = "".join("XBCDEFGHAC"[ord(char) % 10] for char in text if char.isalpha()) + "X"
        spacing_ms = 85
        track = p.VisemeTrack(
            turn=turn, generation=self._generation, t0=t + 0.2, at_ms=tuple(spacing_ms * k for k in range(len(letters))),
            shapes=letters,
        )
        state: p.StateWord = "asking" if cue.startswith("question") else "speaking"
        await self._send((track, p.StateChanged(t=t, state=state)), p.Gauges(speaker_dbfs=-22.0))
        revision = 0
        clauses = text.replace("? ", "?|").replace(", ", ",|").replace(". ", ".|").split("|")
        for k in range(len(clauses)):
            revision += 1
            said = " ".join(clauses[: k + 1])
            is_final = k == len(clauses) - 1
            caption = p.Caption(
                t=self.now_t(), speaker="booth", turn=turn, revision=revision, keep=0, text=said, settled=len(said),
                is_final=is_final,
            )
            await self._send((caption,), p.Gauges())
            await asyncio.sleep(0.35)
        await self._send((p.VisemeCut(t=self.now_t(), generation=self._generation),), p.Gauges(speaker_dbfs=-90.0))

    async def _phase(self, phase: p.Phase, *allowed: str) -> None:
        t = self.now_t()
        events: list[p.BatchEvent] = [p.PhaseChanged(t=t, phase=phase, allowed=allowed)]
        if phase in {"consent", "set_up", "sensor_check", "report", "goodbye", "attract"}:
            events.append(p.StateChanged(t=t, state="idle"))
        await self._send(events, p.Gauges())

    async def _wait(self, *kinds: str, until_s: float | None = None) -> str | None:
        """The next command of these kinds, or None when the time is over."""
        seen = len(self.commands)
        deadline = None if until_s is None else time.monotonic() + until_s
        while True:
            for message in self.commands[seen:]:
                seen += 1
                kind = str(message.__struct_config__.tag)
                if kind in kinds and isinstance(message, p.ClientCommand):
                    return kind
            self._wake.clear()
            rest_s = None if deadline is None else deadline - time.monotonic()
            if rest_s is not None and rest_s <= 0:
                return None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), rest_s)


def checks(state: str) -> tuple[p.CheckLine, ...]:
    texts = {
        "microphone": "We hear you well", "voice": "Clear", "camera": "We see you", "light": "Bright enough", "speaker": "Works",
        "echo": "Removed",
    }
    return tuple(
        msgspec.convert({"name": name, "state": state, "text": text if state == "good" else ""}, p.CheckLine)
        for name, text in texts.items()
    )


def gauges_at(step: int) -> p.Gauges:
    return p.Gauges(
        mic_dbfs=-26.0 - step % 5, pace_wpm=138.0 + step % 9, pauses=float(step // 4), pause_share=0.18,
        loudness_dbfs=-27.0, eye_contact=0.74, yaw_deg=-4.0 + step % 3, pitch_deg=6.0, roll_deg=1.0, faces=1.0,
        talk_s=5.0 + step * 0.25,
    )


def folded(state: p.BoothState, event: p.BatchEvent) -> p.BoothState:
    """The state that a snapshot would show after this event."""
    change = msgspec.structs.replace
    match event:
        case p.PhaseChanged():
            return change(state, phase=event.phase, allowed=event.allowed)
        case p.StateChanged():
            return change(state, state=event.state)
        case p.SessionOpened():
            return change(state, session=event.session, style=event.style, role=event.role, pacing=event.pacing)
        case p.QuestionShown():
            return change(state, question=event.question, turn=event.question.turn, caption_you="", caption_booth="")
        case p.Answering():
            return change(state, turn=event.turn, answering_since_t=event.since_t)
        case p.Caption(speaker="you"):
            return change(state, caption_you=state.caption_you[: event.keep] + event.text)
        case p.Caption():
            return change(state, caption_booth=state.caption_booth[: event.keep] + event.text)
        case p.ChecksChanged():
            return change(state, checks=event.checks)
        case p.EnginesChanged():
            return change(state, engines=event.engines)
        case p.DevicesChanged():
            return change(state, devices=event.devices)
        case p.Notice():
            return change(state, notice=event if event.text else None)
        case p.TurnTaken():
            return change(state, answering_since_t=None)
        case p.ReportReady():
            return change(state, report=event.report)
        case _:
            return state


async def _protect(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "no-store"
