"""What every request passes on its way in and out: Host, Origin, role, body, error codes, headers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec
from aiohttp import web

from greenroom.errors import (
    AccessDenied,
    CommandRefused,
    DocumentError,
    DocumentTooLong,
    GreenroomError,
    JobsFull,
    NotFound,
    PictureError,
    PictureTooLarge,
    ProtocolError,
    RecordingError,
    RecordingTooLong,
    RelayedError,
    ScoreInputError,
    TextTooLong,
    WorkerLost,
)
from greenroom.server.access import HostNames, ListenerName, Principal, WrongHost, check_origin
from greenroom.server.calls import Call, Handler, Redirect, Route, TooManyGuesses
from greenroom.server.failure import Failure
from greenroom.server.transcripts import Document
from greenroom.server.uploads import receive
from greenroom.server.waiting import while_waited_for

BODY_S = 10.0
STATUS: tuple[tuple[type[GreenroomError], int], ...] = (
    (WrongHost, 421),
    (TooManyGuesses, 429),
    (AccessDenied, 403),
    (NotFound, 404),
    (ProtocolError, 400),
    (CommandRefused, 409),
    (RecordingTooLong, 413),
    (RecordingError, 422),
    (ScoreInputError, 422),
    (DocumentTooLong, 413),
    (DocumentError, 422),
    (PictureTooLarge, 413),
    (PictureError, 422),
    (TextTooLong, 413),
    (RelayedError, 422),
    (JobsFull, 503),
    (WorkerLost, 503),
    (GreenroomError, 500),
)
NO_STORE = {"Cache-Control": "no-store"}
NOTHING_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_CSP = f"{NOTHING_CSP}; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'"
REPORT_CSP = f"{NOTHING_CSP}; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""Reports are one file with their own style and no script."""
HARDENING = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Server": "greenroom",
}
log = logging.getLogger(__name__)
Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Served(Protocol):
    """What stands behind the gate."""

    hosts: HostNames
    uploads: Path
    """Where recordings wait to be heard."""

    def look_up_hosts(self) -> HostNames: ...

    def principal(self, request: web.Request, listener: ListenerName) -> Principal: ...

    def staff(self, request: web.Request) -> Principal: ...

    def call(self, request: web.Request, principal: Principal, listener: ListenerName, body: Any) -> Call: ...

    def file(self, request: web.Request) -> web.FileResponse: ...

    async def socket(
        self, request: web.Request, principal: Principal, listener: ListenerName
    ) -> web.StreamResponse: ...

    async def stream(self, request: web.Request, listener: ListenerName) -> web.StreamResponse: ...

    async def self_view(self, request: web.Request, listener: ListenerName) -> web.StreamResponse: ...


class Refused(GreenroomError):
    """A refusal with a status of its own."""

    def __init__(self, status: int, code: str, message: str, *, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.status = status
        self.code = code


class Gate:
    """What every request of one listener passes on its way in and out."""

    def __init__(self, site: Served, listener: ListenerName) -> None:
        self._site = site
        self._listener: ListenerName = listener

    def serves(self, route: Route) -> Handle:
        """The handler of one row."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if route.is_for_staff and self._listener == "lan":
                principal = self._site.staff(request)
            else:
                principal = self._site.principal(request, self._listener)
            if principal.role not in route.roles:
                raise AccessDenied(f"not for a {principal.role}", fix="use the booth's own screen")
            if route.handler == "socket":
                return await self._site.socket(request, principal, self._listener)
            if route.handler == "stream":
                return await self._site.stream(request, self._listener)
            if route.handler == "self_view":
                return await self._site.self_view(request, self._listener)
            if route.handler == "files":
                return self._site.file(request)
            if isinstance(route.handler, str):
                raise TypeError(route.handler)
            if route.upload_limit:
                return await self._uploaded(request, route, route.handler, principal)
            body = await _body(request, route)
            return await self._answered(request, route, route.handler, principal, body)

        return handle

    async def _uploaded(
        self, request: web.Request, route: Route, handler: Handler, principal: Principal
    ) -> web.StreamResponse:
        upload = await receive(request, self._site.uploads, route.upload_limit, is_document=route.is_document)
        try:
            return await self._answered(request, route, handler, principal, upload)
        except BaseException:
            upload.path.unlink(missing_ok=True)
            raise

    async def _answered(
        self, request: web.Request, route: Route, handler: Handler, principal: Principal, body: Any
    ) -> web.StreamResponse:
        work = handler(self._site.call(request, principal, self._listener, body))
        return _response(await (while_waited_for(request, work) if route.is_waited_for else work), route.status)

    @web.middleware
    async def checked(self, request: web.Request, handler: Handle) -> web.StreamResponse:
        try:
            self._check(request)
            return await handler(request)
        except Refused as error:
            return _failure(error, error.status)
        except GreenroomError as error:
            return _failure(error, next(status for kind, status in STATUS if isinstance(error, kind)))
        except web.HTTPException as error:
            code = NotFound.code if error.status == 404 else ProtocolError.code
            allow = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
            return _failure(Refused(error.status, code, error.reason), error.status, allow)
        except ConnectionError:
            # The client hung up: nobody reads this, and there is nothing to log.
            return web.Response()
        except Exception:
            log.exception("a request to %s failed", request.match_info.route.resource)
            return _failure(GreenroomError("the booth could not do this"), 500)

    def _check(self, request: web.Request) -> None:
        headers = request.headers.getall("Host", [])
        try:
            host = self._site.hosts.check(headers)
        except WrongHost:
            host = self._site.look_up_hosts().check(headers)
        check_origin(
            changes_state=request.method not in {"GET", "HEAD"} or "Upgrade" in request.headers,
            origin=request.headers.get("Origin"),
            fetch_site=request.headers.get("Sec-Fetch-Site"),
            host=host,
            listener=self._listener,
        )


async def _body(request: web.Request, route: Route) -> Any:
    """The decoded body, read no further than the route allows."""
    if route.request is None:
        return None
    if request.content_type != "application/json" or request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(415, ProtocolError.code, "the body is plain JSON", fix="send Content-Type: application/json")
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.content.iter_chunked(4096):
                data += chunk
                if len(data) > route.body_limit:
                    raise Refused(413, ProtocolError.code, f"the body has at most {route.body_limit} bytes")
        return msgspec.json.decode(bytes(data), type=route.request)
    except TimeoutError as error:
        raise Refused(408, ProtocolError.code, "the body did not arrive") from error
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ProtocolError(str(error)[:200]) from error


def _response(answer: object, status: int = 200) -> web.StreamResponse:
    if isinstance(answer, Redirect):
        return web.Response(status=302, headers={"Location": answer.to} | NO_STORE)
    if isinstance(answer, Document):
        security = {"Content-Security-Policy": REPORT_CSP} if answer.media.startswith("text/html") else {}
        return web.Response(body=answer.body, headers={"Content-Type": answer.media} | NO_STORE | security)
    body = msgspec.json.encode(answer)
    return web.Response(status=status, body=body, content_type="application/json", headers=NO_STORE)


def _failure(error: GreenroomError, status: int, headers: dict[str, str] | None = None) -> web.Response:
    body = msgspec.json.encode(Failure.of(error))
    return web.Response(
        status=status, body=body, content_type="application/json", headers=NO_STORE | (headers or {})
    )


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Headers of every response; the pages may load nothing but their own files and talk to nobody but this server."""
    if isinstance(response, web.FileResponse):
        response.headers["Content-Security-Policy"] = f"{PAGE_CSP}; connect-src 'self' ws://{request.host}"
    else:
        response.headers.setdefault("Content-Security-Policy", NOTHING_CSP)
    for name, value in HARDENING.items():
        response.headers[name] = value
