"""A row of the route table, and the call that its handler gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from greenroom.errors import AccessDenied
from greenroom.ports import Clock
from greenroom.server.access import GuessLimit, ListenerName, Principal
from greenroom.server.booth import Booth
from greenroom.server.commands import CommandDesk
from greenroom.server.jobs import JobDesk
from greenroom.server.protocol import EVERYONE, Phase, Role


class Health(Struct, frozen=True, kw_only=True):
    version: str
    boot_id: str
    phase: Phase
    t: float
    clients: int


class TooManyGuesses(AccessDenied):
    """Too many wrong codes or tokens came from one address."""

    code = "rate"


class Site(NamedTuple):
    """What all handlers share."""

    booth: Booth
    desk: CommandDesk
    jobs: JobDesk
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


class Redirect(NamedTuple):
    to: str


Handler = Callable[[Call], Awaitable[object]]


class Route(NamedTuple):
    """One row. ``request`` and ``response`` are msgspec types; a body may have ``body_limit`` bytes."""

    method: str
    path: str
    handler: Handler | Literal["socket", "stream", "self_view", "files"]
    summary: str
    request: Any = None
    response: Any = None
    media: str = "application/json"
    roles: frozenset[Role] = EVERYONE
    body_limit: int = 0
    upload_limit: int = 0
    """The body is a recording of at most so many bytes; the handler gets an ``Upload``."""
    status: int = 200
    query: tuple[str, ...] = ()
    """Parameters behind the path that may be left out."""
    is_document: bool = False
    """What is uploaded is a document, and no recording."""
    is_for_staff: bool = False
    """Over the network for whoever has the admin token, and for nobody else."""
    is_waited_for: bool = False
    """The work takes long and is of use to the waiting client alone: it is cancelled when that one hangs up."""
