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
from aiohttp import WSMsgType, web

from browser.material import folded, idle_state
from browser.walk import Walk
from greenroom.documents.lines import plain
from greenroom.errors import DocumentError
from greenroom.interview.questions import load_packs
from greenroom.records import DocumentKind
from greenroom.reports.document import build
from greenroom.server import protocol as p
from greenroom.telemetry.hub import visible_to

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
@dataclass
class Client:
    role: p.Role
    socket: web.WebSocketResponse
    seq: int = 0


@dataclass
class FakeBooth:
    """Walks from attract to goodbye as clients command, unless ``is_walking`` is off."""

    assets: Path
    answer_s: float = 2.5
    linger_s: float = 15.0
    """How long the booth waits for Done after the last word."""
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
    has_self_view: bool = True
    phone_url: str = "http://192.168.100.123:8481/phone/"
    self_views: list[p.SelfView] = field(default_factory=list)
    lookers: list[web.WebSocketResponse] = field(default_factory=list)
    """Pages that look at the candidate's own picture."""
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _walk: asyncio.Task[None] | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None
    _thread: threading.Thread | None = None

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
        self.call(self.send(events, gauges))

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
        app.router.add_get("/api/v1/ws/self_view", self._self_view)
        app.router.add_post("/api/v1/documents", self._document)
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
        if self.is_walking:
            self._walk = asyncio.ensure_future(Walk(self).for_ever())

    async def _close(self) -> None:
        if self._walk is not None:
            self._walk.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._walk
        for socket in (*(client.socket for client in self.clients), *self.lookers):
            await socket.close()
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
                    panel_mm=self.panel_mm, locale="en", booth="Booth 17", self_view=self.has_self_view,
                    phone_url=self.phone_url if role == "kiosk" else "",
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

    async def _self_view(self, request: web.Request) -> web.WebSocketResponse:
        """Shows what is in ``self_views``, over and over, or is quiet while there is nothing."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.lookers.append(socket)
        listening = asyncio.ensure_future(socket.receive())
        count = 0
        while not listening.done():
            if self.self_views:
                await socket.send_bytes(msgspec.msgpack.encode(self.self_views[count % len(self.self_views)]))
                count += 1
            await asyncio.wait({listening}, timeout=0.05)
        self.lookers.remove(socket)
        return socket

    async def _document(self, request: web.Request) -> web.Response:
        """Reads texts itself."""
        kind: DocumentKind = "cv" if request.query["kind"] == "cv" else "job"
        try:
            text = plain(await request.read(), request.query.get("name", "the text"), kind)
        except DocumentError as error:
            return web.json_response({"code": error.code, "message": error.message, "fix": error.fix}, status=422)
        report = build(f"{kind}-1", text, "software", load_packs())
        return web.json_response(msgspec.to_builtins(report), status=201)

    async def _snapshot(self, client: Client) -> None:
        state = visible_to(client.role, msgspec.structs.replace(self.state, t=self.now_t()))
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
                words = "That is not possible now."
                refusal = p.Error(code="command-refused", message=words, command_id=message.command_id)
                await client.socket.send_bytes(p.encode(refusal))
                return
            await client.socket.send_bytes(p.encode(p.Ack(command_id=message.command_id)))
            self.wake.set()

    async def send(self, events: Iterable[p.BatchEvent], gauges: p.Gauges | None = None) -> None:
        events = tuple(events)
        for event in events:
            self.state = folded(self.state, event)
        for client in list(self.clients):
            seen = tuple(e for e in events if client.role in p.AUDIENCE.get(type(e), p.EVERYONE))
            client.seq += 1
            batch = p.Batch(t=self.now_t(), events=seen, gauges=gauges or p.Gauges())
            with contextlib.suppress(ConnectionError):
                await client.socket.send_bytes(p.frame(client.seq, p.encode(batch)))

    def now_t(self) -> float:
        return time.monotonic() - 1000.0


async def _protect(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "no-store"
