"""Framing between the world and its devices: four bytes of length, little endian, then a tagged msgpack map."""

from __future__ import annotations

import struct

import msgspec

from greenroom.errors import LinkError
from greenroom.world.scene import FromWorld, ToWorld

MAX_MESSAGE_BYTES = 1 << 20
"""Sixteen times the largest message that is sent: half a minute of PCM."""

_LENGTH = struct.Struct("<I")
_encoder = msgspec.msgpack.Encoder()
_to_world: msgspec.msgpack.Decoder[ToWorld] = msgspec.msgpack.Decoder(ToWorld)
_from_world: msgspec.msgpack.Decoder[FromWorld] = msgspec.msgpack.Decoder(FromWorld)


def pack(message: ToWorld | FromWorld) -> bytes:
    data = _encoder.encode(message)
    return _LENGTH.pack(len(data)) + data


class Unpacker:
    """Cuts a byte stream into messages; keeps at most one unfinished message."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Bodies completed by ``data``. Raises ``LinkError`` for a length no message has."""
        self._data += data
        bodies: list[bytes] = []
        while len(self._data) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._data)
            if length > MAX_MESSAGE_BYTES:
                raise LinkError(f"a message of {length} bytes was announced", fix="run both ends from one version")
            if len(self._data) < _LENGTH.size + length:
                break
            bodies.append(bytes(self._data[_LENGTH.size : _LENGTH.size + length]))
            del self._data[: _LENGTH.size + length]
        return bodies


def decode_to_world(body: bytes) -> ToWorld:
    """Raises ``LinkError`` for anything else."""
    try:
        return _to_world.decode(body)
    except msgspec.MsgspecError as error:
        raise LinkError(f"no message for the world: {error}", fix="run both ends from one version") from error


def decode_from_world(body: bytes) -> FromWorld:
    """Raises ``LinkError`` for anything else."""
    try:
        return _from_world.decode(body)
    except msgspec.MsgspecError as error:
        raise LinkError(f"no message from the world: {error}", fix="run both ends from one version") from error
