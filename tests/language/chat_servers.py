"""A server of chat completions on this machine that behaves as a test wants it to, badly above all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiohttp import web

Handler = Callable[["Asked"], Awaitable[web.StreamResponse]]


class Asked(NamedTuple):
    """One request, with its body, and how many came before it."""

    request: web.Request
    body: dict[str, Any]
    place: int


class Server:
    """``handler`` answers; whatever hangs is let go at the end."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.asked: list[Asked] = []
        self.was_asked = asyncio.Event()
        self.broken_off = asyncio.Event()
        """Somebody hung up before the end."""
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request, await request.json(), len(self.asked)))
        self.was_asked.set()
        try:
            return await self._handler(self.asked[-1])
        except (asyncio.CancelledError, ConnectionError):
            self.broken_off.set()
            raise


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Server]:
    server = Server(handler)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield server
    finally:
        await runner.cleanup()


def event(text: str = "", end: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": end}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


USE = b'data: {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}}\n\n'
DONE = b"data: [DONE]\n\n"


def whole(*words: str, end: str = "stop") -> list[bytes]:
    return [event(), *map(event, words), event(end=end), USE, DONE]


async def begun(asked: Asked, content_type: str = "text/event-stream", **headers: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": content_type, **headers})
    await response.prepare(asked.request)
    return response


def says(*chunks: bytes) -> Handler:
    """All of it, and then the end of the connection."""
    async def handler(asked: Asked) -> web.StreamResponse:
        response = await begun(asked)
        for chunk in chunks:
            await response.write(chunk)
        return response

    return handler


def hangs(*chunks: bytes) -> Handler:
    async def handler(asked: Asked) -> web.StreamResponse:
        response = await begun(asked)
        for chunk in chunks:
            await response.write(chunk)
        await asyncio.sleep(60)
        return response

    return handler


def endless(chunk: bytes) -> Handler:
    async def handler(asked: Asked) -> web.StreamResponse:
        response = await begun(asked)
        while True:
            await response.write(chunk)

    return handler


def resets(*chunks: bytes) -> Handler:
    """The connection is cut, not ended."""
    async def handler(asked: Asked) -> web.StreamResponse:
        response = await begun(asked)
        for chunk in chunks:
            await response.write(chunk)
        transport = asked.request.transport
        assert transport is not None
        transport.abort()
        return response

    return handler


def refuses(status: int, **headers: str) -> Handler:
    async def handler(_: Asked) -> web.StreamResponse:
        return web.Response(status=status, text="secret", headers=headers)

    return handler


def in_turn(*handlers: Handler) -> Handler:
    """The last one goes on."""
    async def handler(asked: Asked) -> web.StreamResponse:
        return await handlers[min(asked.place, len(handlers) - 1)](asked)

    return handler
