"""The kiosk's look at its candidate: pictures go out as they come, the newest wins, and none is kept."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from aiohttp import WSCloseCode, web

from greenroom.server import farewell
from greenroom.server.booth import SelfViewing

WRITE_TIMEOUT_S = 2.0
"""A page that takes nothing for so long shows nobody their face."""
GOODBYE_S = 1.0
MAX_WAITING_BYTES = 32 * 1024
"""What may wait in the socket's buffer, some two pictures, before newer ones take the place of those that wait."""


class SelfViewer:
    """Serves one page until it hangs up, the view is over, or the server stops."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport, view: SelfViewing) -> None:
        self._socket = socket
        self._transport = transport
        self._view = view
        self._is_cut = asyncio.Event()
        transport.set_write_buffer_limits(high=MAX_WAITING_BYTES)

    async def run(self) -> None:
        """Never raises for what the client did."""
        reading = asyncio.create_task(self._socket.receive())  # whatever it says: there is nothing to be said
        writing = asyncio.create_task(self._write())
        cut = asyncio.create_task(self._is_cut.wait())
        tasks = (reading, writing, cut)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        code = WSCloseCode.GOING_AWAY if self._is_cut.is_set() else WSCloseCode.OK
        await farewell.close(self._socket, self._transport, code, within_s=GOODBYE_S)

    def cut(self) -> None:
        """The server stops."""
        self._is_cut.set()

    async def _write(self) -> None:
        with contextlib.suppress(TimeoutError, ConnectionError):
            while (picture := await self._view.newest()) is not None:
                async with asyncio.timeout(WRITE_TIMEOUT_S):
                    await self._socket.send_bytes(msgspec.msgpack.encode(picture))
