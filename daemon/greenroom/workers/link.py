"""One protocol between core and its workers: length-prefixed msgpack over core's Unix socket, typed both ways.

Every frame is four bytes of length (little endian) and one message. Requests name their stream, so one worker can
serve the booth and a recording side by side.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading

import msgspec
from msgspec import Struct

from greenroom.errors import LinkError
from greenroom.events import WorkerEvent, WorkerName
from greenroom.requests import WorkerRequest

MAX_FRAME_BYTES = 4 * 1024 * 1024
_LENGTH = struct.Struct("<I")


class Hello(Struct, frozen=True, kw_only=True, tag="hello"):
    """A worker's first message, also after core came back."""

    worker: WorkerName
    pid: int
    generation: int
    is_warm: bool


class Pong(Struct, frozen=True, kw_only=True, tag="pong"):
    """Answer to ``Ping`` from a thread of its own, so that it comes even while an engine works."""

    n: int
    call: str
    """What the main thread is doing; empty when it waits."""
    call_age_s: float
    memory_mb: float


class Advanced(Struct, frozen=True, kw_only=True, tag="advanced"):
    """All work up to this time is done and its events have been sent."""

    until_t: float


class Failed(Struct, frozen=True, kw_only=True, tag="failed"):
    """The worker cannot start; it exits after this."""

    code: str
    message: str
    fix: str = ""


class Welcome(Struct, frozen=True, kw_only=True, tag="welcome"):
    """Core's answer to ``Hello``."""

    origin_ns: int
    is_lock_step: bool


class Ping(Struct, frozen=True, kw_only=True, tag="ping"):
    n: int


class Advance(Struct, frozen=True, kw_only=True, tag="advance"):
    """Lock step: do everything up to this time."""

    until_t: float


class Forget(Struct, frozen=True, kw_only=True, tag="forget"):
    """The session is over: drop everything personal."""


class Bye(Struct, frozen=True, kw_only=True, tag="bye"):
    """Stop in order and exit."""


class Die(Struct, frozen=True, kw_only=True, tag="die"):
    """Write all stacks to standard error and exit at once, whatever the main thread does: where core and workers
    belong to different users, no signal of core's reaches them."""

    reason: str


ToWorker = Welcome | Ping | Advance | Forget | Bye | Die | WorkerRequest
FromWorker = Hello | Pong | Advanced | Failed | WorkerEvent

_encoder = msgspec.msgpack.Encoder()
_to_worker: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_from_worker: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def encode(message: ToWorker | FromWorker) -> bytes:
    """One frame. Raises ``LinkError`` when the message is larger than a frame may be."""
    body = _encoder.encode(message)
    if len(body) > MAX_FRAME_BYTES:
        raise LinkError(f"a {type(message).__name__} of {len(body)} bytes does not fit a frame")
    return _LENGTH.pack(len(body)) + body


def _length(head: bytes) -> int:
    size: int = _LENGTH.unpack(head)[0]
    if size > MAX_FRAME_BYTES:
        raise LinkError(f"a frame of {size} bytes is announced; the limit is {MAX_FRAME_BYTES}")
    return size


def decode_to_worker(body: bytes) -> ToWorker:
    try:
        return _to_worker.decode(body)
    except msgspec.MsgspecError as error:
        raise LinkError(f"core sent no message of the link: {error}") from error


def decode_from_worker(body: bytes) -> FromWorker:
    try:
        return _from_worker.decode(body)
    except msgspec.MsgspecError as error:
        raise LinkError(f"a worker sent no message of the link: {error}") from error


async def read_from_worker(reader: asyncio.StreamReader) -> FromWorker | None:
    """The next message, or None at the end. Raises ``LinkError``."""
    try:
        head = await reader.readexactly(_LENGTH.size)
        body = await reader.readexactly(_length(head))
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise LinkError("the connection broke inside a frame") from error
        return None
    except ConnectionError:
        return None
    return decode_from_worker(body)


class WorkerSocket:
    """The worker's end: blocking, one reader thread, any number of writers."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._write = threading.Lock()

    @classmethod
    def connect(cls, path: str) -> WorkerSocket:
        """Raises ``OSError`` when core does not listen."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(path)
        except OSError:
            sock.close()
            raise
        return cls(sock)

    def send(self, message: FromWorker) -> None:
        """Raises ``OSError`` when core is gone."""
        frame = encode(message)
        with self._write:
            self._sock.sendall(frame)

    def read(self) -> ToWorker | None:
        """The next message, or None when core is gone. Raises ``LinkError``."""
        head = self._exactly(_LENGTH.size)
        if head is None:
            return None
        body = self._exactly(_length(head))
        return None if body is None else decode_to_worker(body)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the other side was faster
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _exactly(self, size: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < size:
            try:
                part = self._sock.recv(size - len(parts))
            except OSError:
                return None
            if not part:
                return None
            parts += part
        return bytes(parts)
