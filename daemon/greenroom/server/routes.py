"""The route table: one row a route, from which routing, checks and the OpenAPI document come.

A handler gets a ``Call`` and returns a struct (sent as JSON), a ``Document`` or a ``Redirect``; it raises errors of
``errors.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, NamedTuple, Protocol

from msgspec import Struct

from greenroom.errors import AccessDenied, CommandRefused, GreenroomError, NotFound, ProtocolError
from greenroom.ports import Clock
from greenroom.server.access import GuessLimit, ListenerName, Principal
from greenroom.server.commands import CommandDesk
from greenroom.server.protocol import (
    EVERYONE,
    Ack,
    AnyCommand,
    BoothState,
    DeviceState,
    EngineState,
    Phase,
    Role,
    RoleTile,
)
from greenroom.telemetry.hub import visible_to

ReportKind = Literal["json", "html"]
MEDIA: dict[ReportKind, str] = {"json": "application/json", "html": "text/html; charset=utf-8"}
COMMANDERS: frozenset[Role] = frozenset({"kiosk", "phone", "admin"})


class Booth(Protocol):
    """What the server may ask of the booth; it knows nothing of interviews."""

    def state(self) -> BoothState: ...

    async def report(self, session: str, kind: ReportKind) -> bytes:
        """The report as it is kept. Raises ``NotFound``."""

    def session_of(self, code: str) -> str:
        """The session that a report code (on the QR) opens. Raises ``NotFound``."""


class Health(Struct, frozen=True, kw_only=True):
    version: str
    boot_id: str
    phase: Phase
    t: float
    clients: int


class Engines(Struct, frozen=True, kw_only=True):
    engines: tuple[EngineState, ...]


class Devices(Struct, frozen=True, kw_only=True):
    devices: tuple[DeviceState, ...]


class Packs(Struct, frozen=True, kw_only=True):
    packs: tuple[RoleTile, ...]


class Failure(Struct, frozen=True, kw_only=True):
    """The body of every refusal."""

    code: str
    message: str
    fix: str = ""


class TooManyGuesses(AccessDenied):
    """Too many wrong report codes came from one address."""

    code = "rate"


class Site(NamedTuple):
    """What all handlers share."""

    booth: Booth
    desk: CommandDesk
    clock: Clock
    guesses: GuessLimit
    health: Callable[[], Health]
    openapi: Callable[[], bytes]


class Call(NamedTuple):
    """One request, checked and decoded."""

    site: Site
    principal: Principal
    listener: ListenerName
    peer: str
    path: dict[str, str]
    query: dict[str, str]
    body: Any
    t: float
    """Seconds that only move forward, for limits."""


class Document(NamedTuple):
    body: bytes
    media: str


class Redirect(NamedTuple):
    to: str


Handler = Callable[[Call], Awaitable[object]]


class Route(NamedTuple):
    """One row. ``request`` and ``response`` are msgspec types; a body may have ``body_limit`` bytes."""

    method: str
    path: str
    handler: Handler | Literal["socket", "files"]
    summary: str
    request: Any = None
    response: Any = None
    media: str = "application/json"
    roles: frozenset[Role] = EVERYONE
    body_limit: int = 0


async def root(call: Call) -> Redirect:
    return Redirect("/kiosk/" if call.listener == "loopback" else "/phone/")


async def kiosk(_call: Call) -> Redirect:
    return Redirect("/kiosk/")


async def phone(_call: Call) -> Redirect:
    return Redirect("/phone/")


async def health(call: Call) -> Health:
    return call.site.health()


async def openapi(call: Call) -> Document:
    return Document(call.site.openapi(), MEDIA["json"])


async def state(call: Call) -> BoothState:
    return visible_to(call.principal.role, call.site.booth.state())


async def engines(call: Call) -> Engines:
    return Engines(engines=call.site.booth.state().engines)


async def devices(call: Call) -> Devices:
    return Devices(devices=call.site.booth.state().devices)


async def packs(call: Call) -> Packs:
    return Packs(packs=call.site.booth.state().roles)


async def command(call: Call) -> Ack:
    answer = call.site.desk.submit(call.body, call.principal.role)
    if isinstance(answer, Ack):
        return answer
    for kind in (AccessDenied, CommandRefused, ProtocolError):
        if answer.code == kind.code:
            raise kind(answer.message)
    raise GreenroomError(answer.message)


async def report_json(call: Call) -> Document:
    return await _report(call, _opened_session(call), "json")


async def report_html(call: Call) -> Document:
    return await _report(call, _opened_session(call), "html")


async def report_by_code(call: Call) -> Document:
    return await _report(call, _session_of(call, call.path["code"]), "html")


async def report_by_code_json(call: Call) -> Document:
    return await _report(call, _session_of(call, call.path["code"]), "json")


async def _report(call: Call, session: str, kind: ReportKind) -> Document:
    return Document(await call.site.booth.report(session, kind), MEDIA[kind])


def _opened_session(call: Call) -> str:
    """The session in the path, if the caller may see it: the booth's own screens may, others show its code."""
    session = call.path["session"]
    if call.listener == "loopback" and "code" not in call.query:
        return session
    if _session_of(call, call.query.get("code", "")) != session:
        raise NotFound("no such report")
    return session


def _session_of(call: Call, code: str) -> str:
    if not call.site.guesses.is_open(call.peer, call.t):
        raise TooManyGuesses("too many wrong codes", fix="wait a minute")
    try:
        return call.site.booth.session_of(code)
    except NotFound:
        call.site.guesses.count(call.peer, call.t)
        raise


API = "/api/v1"
ROUTES: tuple[Route, ...] = (
    Route("GET", "/", root, "Leads to the page of this listener."),
    Route("GET", "/health", health, "Whether the server answers, and what the booth is doing.", response=Health),
    Route("GET", f"{API}/openapi.json", openapi, "This document."),
    Route("GET", f"{API}/state", state, "What a screen shows now.", response=BoothState),
    Route("GET", f"{API}/engines", engines, "Which engine serves each capability.", response=Engines),
    Route("GET", f"{API}/devices", devices, "Microphone, loudspeaker and camera.", response=Devices),
    Route("GET", f"{API}/packs", packs, "Roles that can be practised.", response=Packs),
    Route(
        "POST", f"{API}/commands", command, "One command of the socket's vocabulary, as JSON.",
        request=AnyCommand, response=Ack, roles=COMMANDERS, body_limit=4096,
    ),
    Route("GET", f"{API}/sessions/{{session}}/report.json", report_json, "A report as data; `code` opens it."),
    Route(
        "GET", f"{API}/sessions/{{session}}/report.html", report_html, "A report as a page; `code` opens it.",
        media=MEDIA["html"],
    ),
    Route("GET", "/r/{code}", report_by_code, "The report that the QR code opens.", media=MEDIA["html"]),
    Route("GET", "/r/{code}/report.json", report_by_code_json, "The same as data."),
    Route("GET", "/ws", "socket", "The WebSocket of PROTOCOL.md; `role` chooses kiosk, phone or admin on loopback."),
    Route("GET", "/kiosk", kiosk, "Leads to the kiosk page."),
    Route("GET", "/phone", phone, "Leads to the phone page."),
    Route("GET", "/kiosk/{name:.*}", "files", "The kiosk page.", media="text/html", roles=COMMANDERS - {"phone"}),
    Route("GET", "/phone/{name:.*}", "files", "The phone page.", media="text/html"),
)  # fmt: skip
