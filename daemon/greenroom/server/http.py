"""The HTTP server: two listeners and the sockets that hang on them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import secrets
import socket as sockets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import WSCloseCode, web
from aiohttp.http_exceptions import HttpProcessingError

import greenroom
from greenroom.errors import AccessDenied, PortBusy, ProtocolError, SettingsError
from greenroom.ports import CommandSink
from greenroom.server import openapi
from greenroom.server.access import (
    GuessLimit,
    HostNames,
    ListenerName,
    Principal,
    Seats,
    is_loopback,
    is_staff,
    principal_of,
)
from greenroom.server.booth import Booth
from greenroom.server.calls import Call, Health, Site, TooManyGuesses
from greenroom.server.commands import CommandDesk
from greenroom.server.connection import Connection
from greenroom.server.discovery import booth_host, lan_addresses, public_address
from greenroom.server.gate import Gate, Refused, harden
from greenroom.server.jobs import JobDesk
from greenroom.server.kiosk_files import PageFiles, headers_for
from greenroom.server.protocol import MAX_INBOUND_BYTES, SCHEMA_VERSION, Hello
from greenroom.server.routes import API, ROUTES
from greenroom.server.self_view import SelfViewer
from greenroom.server.stream_protocol import MAX_PICTURE_FRAME_BYTES
from greenroom.server.streaming import Conversation
from greenroom.server.uploads import clear
from greenroom.settings import Settings
from greenroom.telemetry.hub import Hub

HEARTBEAT_S = 20.0
KEEPALIVE_S = 15.0
GOODBYE_S = 2.0
MAX_LAN_SOCKETS = 512
"""Connections of any kind from the network; half of what a process may open, the rest is for the booth itself."""
LAN_MAY = {"viewer": "may watch (nobody is paired)", "phone": "may watch, steer and open the report (nobody is paired)"}
log = logging.getLogger(__name__)
http_log = logging.getLogger(f"{__name__}.requests")
http_log.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)))
"""Without the requests that are no HTTP: each would be a stack trace, at the price of a few bytes for a stranger."""


class Busy(asyncio.Protocol):
    """Hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class LanRunner(web.AppRunner):
    """Takes at most ``MAX_LAN_SOCKETS`` connections at once, also of those who ask for nothing."""

    @property
    def server(self) -> Any:
        """Makes the protocol of one connection."""
        server = super().server
        return server and (lambda: server() if len(server.connections) < MAX_LAN_SOCKETS else Busy())


class Server:
    """Serves kiosk and phones on the running event loop. ``hub`` must be flushed by its owner."""

    def __init__(
        self,
        settings: Settings,
        hub: Hub,
        booth: Booth,
        sink: CommandSink,
        clients_dir: Path | None = None,
        *,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.boot_id = secrets.token_hex(8)
        self._settings = settings
        self._hub = hub
        self._booth = booth
        self._files = PageFiles(clients_dir)
        self._heartbeat_s = heartbeat_s
        self._desk = CommandDesk(sink, hub.clock)
        self.uploads = settings.booth.state_dir.absolute() / "uploads"
        self._jobs = JobDesk(booth.analyse, f"{API}/jobs")
        self._site = Site(booth, self._desk, self._jobs, hub.clock, GuessLimit(), self._health, self._openapi)
        self._tokens = GuessLimit()
        self._connections: set[Connection] = set()
        self._streams: set[web.WebSocketResponse] = set()
        self._self_viewers: set[SelfViewer] = set()
        self._seats = Seats()
        self._runners: list[web.AppRunner] = []
        self._ports: dict[ListenerName, int] = {}
        self.hosts = HostNames.of("")
        self._hosts_at = float("-inf")

    @property
    def url(self) -> str:
        """Address of the kiosk's listener."""
        return _url(self._settings.server.host, self._ports["loopback"])

    @property
    def lan_port(self) -> int | None:
        """Port of the phones' listener; None when it is off."""
        return self._ports.get("lan")

    @property
    def lan_url(self) -> str:
        """Address at which phones reach the booth; empty when they cannot."""
        address = public_address(self._settings.server.lan_host) if self.lan_port is not None else None
        return _url(address, self._ports["lan"]) if address is not None else ""

    @property
    def clients(self) -> int:
        return len(self._connections)

    async def start(self) -> None:
        """Raises ``PortBusy`` or ``SettingsError``; then nothing is left listening."""
        server = self._settings.server
        clear(self.uploads)
        if not is_loopback(server.host):
            raise SettingsError(
                f"`server.host` is {server.host}, which is not this machine's loopback address",
                fix="leave it at 127.0.0.1 and set server.lan = true for phones",
            )
        try:
            await self._listen("loopback", server.host, server.port)
            if server.lan:
                await self._listen("lan", server.lan_host, server.lan_port)
                log.warning("server.lan is on: anybody on the network %s", LAN_MAY[server.lan_role])
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Say goodbye to every client, drop all jobs and close both listeners."""
        await self._jobs.close()
        for connection in self._connections:
            connection.cut("stopping")
        for viewer in self._self_viewers:
            viewer.cut()
        for stream in tuple(self._streams):
            await stream.close(code=WSCloseCode.GOING_AWAY, message=b"stopping")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await asyncio.gather(*(connection.has_ended.wait() for connection in self._connections))
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        self._ports.clear()

    async def _listen(self, name: ListenerName, host: str, port: int) -> None:
        runner = (web.AppRunner if name == "loopback" else LanRunner)(
            self._app(name),
            access_log=None,
            logger=http_log,
            keepalive_timeout=KEEPALIVE_S,
            shutdown_timeout=GOODBYE_S,
        )
        self._runners.append(runner)
        await runner.setup()
        setting = "server.port" if name == "loopback" else "server.lan_port"
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortBusy(
                    f"port {port} on {host} is taken by another program",
                    fix=f"stop it (`ss -ltnp sport = :{port}` names it) or choose another `{setting}`",
                ) from error
            raise SettingsError(f"cannot listen on {host} port {port}: {error.strerror}") from error
        self._ports[name] = runner.addresses[0][1]

    def _app(self, listener: ListenerName) -> web.Application:
        gate = Gate(self, listener)
        app = web.Application(middlewares=[gate.checked])
        app.on_response_prepare.append(harden)
        for route in ROUTES:
            app.router.add_route(route.method, route.path, gate.serves(route))
        return app

    def look_up_hosts(self) -> HostNames:
        """This machine's names as they are now, at most one look a second."""
        now = asyncio.get_running_loop().time()
        if now - self._hosts_at >= 1.0:
            others = (*self._settings.server.allowed_hosts, booth_host())
            self.hosts = HostNames.of(sockets.gethostname(), lan_addresses(), others)
            self._hosts_at = now
        return self.hosts

    def call(self, request: web.Request, principal: Principal, listener: ListenerName, body: Any) -> Call:
        return Call(
            site=self._site,
            principal=principal,
            listener=listener,
            peer=str(request.remote),
            path=dict(request.match_info),
            query=dict(request.query),
            body=body,
            t=asyncio.get_running_loop().time(),
        )

    def principal(self, request: web.Request, listener: ListenerName) -> Principal:
        """Raises ``AccessDenied``."""
        wanted, server = request.query.get("role"), self._settings.server
        return principal_of(listener, request.remote, wanted,
                            lambda: not server.admin_token or self._shows_admin_token(request),
                            lan_role=server.lan_role)

    def staff(self, request: web.Request) -> Principal:
        """Whoever shows the admin token, over the network. Raises ``AccessDenied``."""
        if self._shows_admin_token(request):
            return Principal(role="admin")
        raise AccessDenied("the admin token is missing or wrong",
                           fix="set server.admin_token and send it as a bearer token, or ask on the booth itself")

    def _shows_admin_token(self, request: web.Request) -> bool:
        """Every wrong token is counted, none at all is no guess. Raises ``TooManyGuesses``, then for the right one
        too."""
        token, address, now = _token(request), str(request.remote), asyncio.get_running_loop().time()
        if not self._tokens.is_open(address, now):
            raise TooManyGuesses("too many wrong tokens", fix="wait a minute")
        is_right = is_staff(token, self._settings.server.admin_token)
        if token and not is_right:
            self._tokens.count(address, now)
        return is_right

    def file(self, request: web.Request) -> web.FileResponse:
        path = self._files.find(request.path.split("/")[1], request.match_info["name"])
        return web.FileResponse(path, headers=headers_for(path))

    async def socket(
        self, request: web.Request, principal: Principal, listener: ListenerName
    ) -> web.StreamResponse:
        socket = self._web_socket(request)
        with self._seat(request, listener):
            await socket.prepare(request)
            if request.transport is not None:
                await self._serve(socket, request.transport, principal)
        return socket

    async def stream(self, request: web.Request, listener: ListenerName) -> web.StreamResponse:
        socket = self._web_socket(request, 2 * MAX_PICTURE_FRAME_BYTES)
        with self._seat(request, listener):
            async with self._booth.listen() as stream:
                await socket.prepare(request)
                self._streams.add(socket)
                try:
                    if request.transport is not None:
                        await Conversation(socket, request.transport, stream).run()
                finally:
                    self._streams.discard(socket)
        return socket

    async def self_view(self, request: web.Request, listener: ListenerName) -> web.StreamResponse:
        socket = self._web_socket(request)
        with self._seat(request, listener), self._booth.show_self() as view:
            await socket.prepare(request)
            if request.transport is not None:
                viewer = SelfViewer(socket, request.transport, view)
                self._self_viewers.add(viewer)
                try:
                    await viewer.run()
                finally:
                    self._self_viewers.discard(viewer)
        return socket

    def _web_socket(self, request: web.Request, max_bytes: int = 4 * MAX_INBOUND_BYTES) -> web.WebSocketResponse:
        """``max_bytes`` lies above our own limit, so that a message that is too long gets its coded error before
        anybody hangs up."""
        socket = web.WebSocketResponse(
            heartbeat=self._heartbeat_s,
            compress=False,
            max_msg_size=max_bytes,
            timeout=GOODBYE_S,
            writer_limit=4096,
        )
        if not socket.can_prepare(request):
            raise Refused(426, ProtocolError.code, "this address is a WebSocket")
        return socket

    @contextlib.contextmanager
    def _seat(self, request: web.Request, listener: ListenerName) -> Iterator[None]:
        address = str(request.remote)
        if not self._seats.take(listener, address):
            raise Refused(503, "too-many", "too many screens are connected", fix="close one")
        try:
            yield
        finally:
            self._seats.leave(listener, address)

    async def _serve(
        self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport, principal: Principal
    ) -> None:
        connection = Connection(socket, transport, role=principal.role, hub=self._hub, desk=self._desk)
        self._connections.add(connection)
        try:
            await connection.run(self._hello(principal))
        finally:
            self._connections.discard(connection)

    def _hello(self, principal: Principal) -> Hello:
        return Hello(
            schema=SCHEMA_VERSION,
            boot_id=self.boot_id,
            version=greenroom.__version__,
            role=principal.role,
            t=self._hub.clock.now(),
            panel_mm=self._settings.server.panel_mm,
            locale="en",
            booth=self._settings.booth.name,
            self_view=self._settings.interview.self_view,
            phone_url=self._phone_url() if principal.role == "kiosk" else "",
        )

    def _phone_url(self) -> str:
        may_steer = self._settings.server.lan_role == "phone" and self.lan_url != ""
        return f"{self.lan_url}phone/" if may_steer else ""

    def _health(self) -> Health:
        return Health(
            version=greenroom.__version__,
            boot_id=self.boot_id,
            phase=self._booth.state().phase,
            t=self._hub.clock.now(),
            clients=self.clients,
        )

    def _openapi(self) -> bytes:
        return msgspec.json.encode(openapi.document(ROUTES, greenroom.__version__))


def _token(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ") or request.query.get("token", "")


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
