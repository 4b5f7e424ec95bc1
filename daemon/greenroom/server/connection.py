"""One WebSocket client: a reader that answers, and a writer that is never waited for."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque

import msgspec
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from greenroom.errors import ProtocolError
from greenroom.server.commands import CommandDesk
from greenroom.server.protocol import (
    MAX_INBOUND_BYTES,
    CloseCode,
    Error,
    GetSnapshot,
    Goodbye,
    Hello,
    InboundMessage,
    Ping,
    Pong,
    Role,
    ServerMessage,
    SetRate,
    decode_inbound,
    encode,
)
from greenroom.telemetry.hub import Hub

MAX_FRAMES = 64
"""Frames of all kinds that may wait for the writer; a client whose answers pile up is cut."""
MAX_BATCHES = 4
"""With so many frames waiting no batch is taken; the hub merges what follows."""
MAX_WAITING_BYTES = 64 * 1024
"""What may wait in the socket's buffer before batches are held back and merged."""
MAX_TEXT_CHARS = 200
MAX_GARBAGE = 5
MAX_REFUSED = 100
WRITE_TIMEOUT_S = 5.0
GOODBYE_S = 1.0
"""How long a client that is cut may take to read why."""
MESSAGES_PER_S, MESSAGE_BURST = 50.0, 100.0
STATUS: dict[CloseCode, int] = {
    "stopping": WSCloseCode.GOING_AWAY,
    "slow-client": WSCloseCode.POLICY_VIOLATION,
    "protocol": WSCloseCode.PROTOCOL_ERROR,
    "rate": WSCloseCode.POLICY_VIOLATION,
    "too-many": WSCloseCode.TRY_AGAIN_LATER,
}


class MessageBudget:
    """A token bucket: ``MESSAGES_PER_S`` on average, ``MESSAGE_BURST`` at once."""

    def __init__(self, t: float) -> None:
        self._tokens = MESSAGE_BURST
        self._t = t

    def take(self, t: float) -> bool:
        """Whether one more message at ``t`` is within the budget."""
        self._tokens = min(MESSAGE_BURST, self._tokens + (t - self._t) * MESSAGES_PER_S)
        self._t = t
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class Connection:
    """Hello, snapshot, then numbered batches; the hub's ``Listener``."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.WriteTransport,
        *,
        role: Role,
        hub: Hub,
        desk: CommandDesk,
    ) -> None:
        self.role: Role = role
        self._socket = socket
        self._transport = transport
        self._hub = hub
        self._desk = desk
        self._frames: deque[bytes] = deque()
        self._has_work = asyncio.Event()
        self._closing: CloseCode | None = None
        self._budget = MessageBudget(asyncio.get_running_loop().time())
        self._garbage = 0
        self._refused = 0
        self.has_ended = asyncio.Event()
        self._subscription = hub.subscribe(self, role)
        transport.set_write_buffer_limits(high=MAX_WAITING_BYTES)

    async def run(self, hello: Hello) -> None:
        """Serve the client until either side closes; never raises for what the client did."""
        self._put(encode(hello))
        reader, writer = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.unsubscribe(self._subscription)
            for task in (reader, writer):
                task.cancel()
            ends = await asyncio.gather(reader, writer, return_exceptions=True)
            if self._transport.get_write_buffer_size():
                # Nobody reads what is left; closing in order would wait for the client for ever.
                self._transport.abort()
            self.has_ended.set()
        for end in ends:
            if isinstance(end, Exception):
                raise end

    def offer(self, data: bytes) -> bool:
        if len(self._frames) >= MAX_BATCHES or self._transport.get_write_buffer_size() > MAX_WAITING_BYTES // 2:
            return self._closing is not None
        self._put(data)
        return True

    def cut(self, code: CloseCode) -> None:
        """Say goodbye, and hang up a second later even when nobody listens."""
        if self._closing is None:
            self._closing = code
            self._frames.append(encode(Goodbye(code=code)))
            self._has_work.set()
            asyncio.get_running_loop().call_later(GOODBYE_S, self._transport.abort)

    def _put(self, data: bytes) -> None:
        if self._closing is not None:
            return
        if len(self._frames) >= MAX_FRAMES:
            self._frames.clear()
            self.cut("slow-client")
            return
        self._frames.append(data)
        self._has_work.set()

    async def _write(self) -> None:
        with contextlib.suppress(TimeoutError, ConnectionError):
            while True:
                await self._has_work.wait()
                self._has_work.clear()
                while self._frames:
                    async with asyncio.timeout(WRITE_TIMEOUT_S):
                        await self._socket.send_bytes(self._frames.popleft())
                if self._closing is not None:
                    await self._socket.close(code=STATUS[self._closing], message=self._closing.encode())
                    return

    async def _read(self) -> None:
        async for frame in self._socket:
            if self._closing is not None:
                return
            answer = self._answer(frame)
            if answer is not None:
                self._put(encode(answer))
            # A flood is already in memory and would never yield by itself: others and the writer get their turn.
            await asyncio.sleep(0)

    def _answer(self, frame: WSMessage) -> ServerMessage | None:
        is_within_budget = self._budget.take(asyncio.get_running_loop().time())
        try:
            message = _decoded(frame)
        except ProtocolError as error:
            self._garbage += 1
            self._count(self._garbage >= MAX_GARBAGE, "protocol")
            return Error(code=error.code, message=error.message)
        if not is_within_budget:
            self._refused += 1
            self._count(self._refused >= MAX_REFUSED, "rate")
            return Error(code="rate", message="too many messages", command_id=getattr(message, "command_id", "")[:64])
        return self._served(message)

    def _count(self, is_enough: bool, code: CloseCode) -> None:
        if is_enough:
            # After the answer to the message that was one too many.
            asyncio.get_running_loop().call_soon(self.cut, code)

    def _served(self, message: InboundMessage) -> ServerMessage | None:
        match message:
            case Ping():
                return Pong(sent_ms=message.sent_ms, t=self._hub.clock.now())
            case GetSnapshot():
                self._subscription.wants_snapshot = True
                return None
            case SetRate():
                if not math.isfinite(message.hz):
                    return Error(code=ProtocolError.code, message="hz is a number from 1 to 20")
                self._subscription.set_rate(message.hz)
                return None
            case _:
                return self._desk.submit(message, self.role)


def _decoded(frame: WSMessage) -> InboundMessage:
    if frame.type is not WSMsgType.BINARY:
        raise ProtocolError("messages are binary msgpack")
    data: bytes = frame.data
    if len(data) > MAX_INBOUND_BYTES:
        raise ProtocolError(f"a message has at most {MAX_INBOUND_BYTES} bytes")
    try:
        return decode_inbound(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(str(error)[:MAX_TEXT_CHARS]) from error
