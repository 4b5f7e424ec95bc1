"""One tool that brings its own microphone or camera: sound is read no faster than it can be heard, pictures that come
faster than they can be looked at are passed over, answers go as they come."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import WSCloseCode, WSMsgType, web

from greenroom.errors import GreenroomError, ProtocolError
from greenroom.server import farewell
from greenroom.server.booth import Stream
from greenroom.server.protocol import Error
from greenroom.server.stream_protocol import Finish, Form, Picture, Sound, StreamMessage, decode, encode, form_of

QUIET_S = 30.0
"""A client that sends nothing for so long has gone, and others may be heard."""
WRITE_TIMEOUT_S = 5.0
GOODBYE_S = 2.0
MAX_WAITING_BYTES = 64 * 1024


class Conversation:
    """Serves one client until what it sent is measured, or either side gives up."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport, stream: Stream) -> None:
        self._socket = socket
        self._transport = transport
        self._stream = stream
        transport.set_write_buffer_limits(high=MAX_WAITING_BYTES)
        self._form: Form = "plain"

    async def run(self) -> None:
        """Never raises for what the client did."""
        try:
            first = await self._receive(QUIET_S)
            if first is None:
                return
            self._form = form_of(first)
            await self._send(self._stream.begun)
            await self._converse(first)
            await self._close(WSCloseCode.OK)
        except GreenroomError as error:
            await self._refuse(error)
        except TimeoutError:
            await self._close(WSCloseCode.POLICY_VIOLATION, "slow-client")
        except ConnectionError:
            pass

    async def _converse(self, first: bytes | str) -> None:
        reader, writer = asyncio.create_task(self._read(first)), asyncio.create_task(self._write())
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            ended = reader if reader.done() else writer
            ended.result()
        finally:
            for task in (reader, writer):
                task.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)

    async def _read(self, first: bytes | str) -> None:
        """Until the client has gone."""
        data: bytes | str | None = first
        is_finished = False
        while data is not None:
            message = decode(data, self._form)
            if is_finished:
                raise ProtocolError("this stream was finished", fix="open another one")
            match message:
                case Sound():
                    await self._stream.hear(message.pcm)
                case Picture():
                    await self._stream.show(message.t, message.image)
                case Finish():
                    is_finished = True
                    self._stream.end()
            data = await self._receive(None if is_finished else QUIET_S)

    async def _write(self) -> None:
        while (message := await self._stream.told()) is not None:
            await self._send(message)

    async def _receive(self, within_s: float | None) -> bytes | str | None:
        """The next frame; None when there will be none. Raises ``ProtocolError`` when it does not come."""
        try:
            async with asyncio.timeout(within_s):
                frame = await self._socket.receive()
        except TimeoutError as error:
            raise ProtocolError(f"neither sound nor a picture came for {QUIET_S:.0f} s",
                                fix="send silence or pictures, too, or `finish`") from error
        return frame.data if frame.type in (WSMsgType.BINARY, WSMsgType.TEXT) else None

    async def _send(self, message: StreamMessage) -> None:
        data = encode(message, self._form)
        async with asyncio.timeout(WRITE_TIMEOUT_S):
            if isinstance(data, str):
                await self._socket.send_str(data)
            else:
                await self._socket.send_bytes(data)

    async def _refuse(self, error: GreenroomError) -> None:
        with contextlib.suppress(TimeoutError, ConnectionError):
            text = f"{error.message}: {error.fix}" if error.fix else error.message
            await self._send(Error(code=error.code, message=text))
        await self._close(WSCloseCode.POLICY_VIOLATION, error.code)

    async def _close(self, code: int, reason: str = "") -> None:
        await farewell.close(self._socket, self._transport, code, reason, within_s=GOODBYE_S)
