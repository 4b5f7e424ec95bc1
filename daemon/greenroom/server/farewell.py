"""How a socket of its own is closed: in order, or by hanging up on a client that reads nothing."""

from __future__ import annotations

import asyncio

from aiohttp import web


async def close(socket: web.WebSocketResponse, transport: asyncio.WriteTransport, code: int, reason: str = "", *,
                within_s: float) -> None:
    """Never raises for what the client does."""
    try:
        async with asyncio.timeout(within_s):
            await socket.close(code=code, message=reason.encode())
    except (TimeoutError, ConnectionError):
        transport.abort()
