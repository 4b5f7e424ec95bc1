"""The messages of ``/api/v1/ws/stream``: sound of a tool's own microphone in, what is heard out.

Times (``t``, ``*_s``) are seconds of sound since the first sample of the stream.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from greenroom.errors import ProtocolError
from greenroom.reports.analysis import AnalysisReport
from greenroom.server.protocol import SCHEMA_VERSION, ClientMessage, EngineState, Error, Gauges, Message

Form = Literal["msgpack", "plain"]
"""How a stream is written: messages in binary msgpack both ways; or bare PCM and JSON text in, JSON text out."""
MAX_TEXT_CHARS = 200
MAPS = tuple(bytes([0x80 + size]) for size in range(1, 16))
TYPE_KEY = b"\xa4type"
"""A msgpack map begins with one of ``MAPS`` or with de or df, and "type" stands in it like this: also a map that is no
message is meant as one, and told what is wrong with it. Samples never look so but by a rare chance."""


class StreamWord(Struct, frozen=True, kw_only=True):
    """One recognised word; ``certainty`` is 0 to 1, null when the engine does not say."""

    text: str
    start_s: float
    end_s: float
    certainty: float | None


class StreamBegun(Message, tag="stream_begun", frozen=True, kw_only=True):
    """The first message: the booth listens."""

    schema: int = SCHEMA_VERSION
    sample_rate_hz: int
    max_s: float
    engines: tuple[EngineState, ...]


class StreamVoice(Message, tag="stream_voice", frozen=True, kw_only=True):
    """A voice begins or ends at ``t``."""

    t: float
    is_voice: bool


class StreamWords(Message, tag="stream_words", frozen=True, kw_only=True):
    """The words of one stretch of voice, in place of those told of it before; final ones do not change any more."""

    t: float
    segment: int
    words: tuple[StreamWord, ...]
    is_final: bool
    ends_in_filler: bool


class StreamGauges(Message, tag="stream_gauges", frozen=True, kw_only=True):
    """Live values, twice a second of sound."""

    t: float
    gauges: Gauges


class StreamMeasures(Message, tag="stream_measures", frozen=True, kw_only=True):
    """After ``finish``: everything that was heard. The last message."""

    t: float
    analysis: AnalysisReport


class Sound(ClientMessage, tag="sound", frozen=True, kw_only=True):
    """The next samples: 16 kHz, mono, signed 16 bit, little endian."""

    pcm: bytes


class Finish(ClientMessage, tag="finish", frozen=True, kw_only=True):
    """No more sound comes."""


StreamMessage = StreamBegun | StreamVoice | StreamWords | StreamGauges | StreamMeasures | Error
StreamInbound = Sound | Finish

_packed: msgspec.msgpack.Decoder[StreamInbound] = msgspec.msgpack.Decoder(StreamInbound)
_text: msgspec.json.Decoder[StreamInbound] = msgspec.json.Decoder(StreamInbound)


def form_of(first: bytes | str) -> Form:
    """The first frame of a client says how it writes."""
    if isinstance(first, str):
        return "plain"
    is_map = first[:1] in (b"\xde", b"\xdf") or first[:1] in MAPS
    return "msgpack" if is_map and TYPE_KEY in first else "plain"


def decode(data: bytes | str, form: Form) -> StreamInbound:
    """Raises ``ProtocolError`` for what is no message, or half a sample."""
    if form == "msgpack" and isinstance(data, str):
        raise ProtocolError("this stream began with msgpack: text is no message of it")
    try:
        if isinstance(data, str):
            message: StreamInbound = _text.decode(data)
        else:
            message = _packed.decode(data) if form == "msgpack" else Sound(pcm=data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(str(error)[:MAX_TEXT_CHARS]) from error
    if isinstance(message, Sound) and len(message.pcm) % 2:
        raise ProtocolError("sound of 16 bit samples has an even number of bytes")
    return message


def encode(message: StreamMessage, form: Form) -> bytes | str:
    """What goes into a binary frame, or into a text frame."""
    if form == "msgpack":
        return msgspec.msgpack.encode(message)
    return msgspec.json.encode(message).decode()
