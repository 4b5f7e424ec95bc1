"""Work for a client who waits for the answer: nobody wants it any more when the client has hung up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiohttp import web

LOOK_S = 0.2
"""How soon it is noticed that a client has hung up; aiohttp tells its handlers nothing of it."""
Answer = TypeVar("Answer")


async def while_waited_for(request: web.Request, work: Awaitable[Answer]) -> Answer:
    """What ``work`` gives, or raises. It is cancelled when the caller is, or when the client hangs up.

    Raises ``ConnectionResetError`` then; the work has ended by that time.
    """
    working = asyncio.ensure_future(work)
    try:
        while not working.done():
            if _has_hung_up(request):
                raise ConnectionResetError("the client has hung up")
            await asyncio.wait({working}, timeout=LOOK_S)
        return working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


def _has_hung_up(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
