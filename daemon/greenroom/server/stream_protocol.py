"""The messages of ``/api/v1/ws/stream``: sound and pictures of a tool's own devices in, what is heard and seen out.

Times (``t``, ``*_s``) are seconds since the first sample of the stream, by the tool's own clock where no sound comes.
"""

from __future__ import annotations

from math import isfinite
from typing import Literal

import msgspec
from msgspec import Struct

from greenroom.errors import ProtocolError
from greenroom.reports.analysis import AnalysisReport
from greenroom.reports.sight import FrameGaze, FramePose
from greenroom.server.protocol import (
    MAX_INBOUND_BYTES,
    SCHEMA_VERSION,
    ClientMessage,
    EngineState,
    Error,
    Gauges,
    Message,
)

Form = Literal["msgpack", "plain"]
"""How a stream is written: messages in binary msgpack both ways; or bare PCM and JSON text in, JSON text out."""
MAX_PICTURE_FRAME_BYTES = 3 * 512 * 1024
"""A frame with a picture: the largest one that is looked at (``requests.MAX_SHOWN_BYTES``) in base64, with room for
somewhat larger ones, which are refused without an end of the stream. Frames with anything else are short."""
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


class StreamFace(Message, tag="stream_face", frozen=True, kw_only=True):
    """What one picture shows; fields as in the report of a single picture (``reports.sight.FrameReport``)."""

    t: float
    width_px: int
    height_px: int
    faces: int
    head_pose: FramePose
    gaze: FrameGaze
    eye_contact: bool | None
    is_blinking: bool | None
    box: tuple[float, float, float, float] | None
    brightness: float | None
    coverage: float
    reason: str
    is_calibrated: bool
    """Angles and eye contact are relative to the face as it kept still before, else absolute."""
    skipped: int
    """Pictures that were passed over since the last one that is told."""


class StreamPictureRefused(Message, tag="stream_picture_refused", frozen=True, kw_only=True):
    """The picture sent with ``t`` was not looked at, and why; the stream goes on."""

    t: float
    code: str
    message: str


class StreamMeasures(Message, tag="stream_measures", frozen=True, kw_only=True):
    """After ``finish``: everything that was heard and seen. The last message."""

    t: float
    analysis: AnalysisReport


class Sound(ClientMessage, tag="sound", frozen=True, kw_only=True):
    """The next samples: 16 kHz, mono, signed 16 bit, little endian."""

    pcm: bytes


class Picture(ClientMessage, tag="picture", frozen=True, kw_only=True):
    """A JPEG or PNG, taken at ``t``, which is later than that of the one before."""

    t: float
    image: bytes


class Finish(ClientMessage, tag="finish", frozen=True, kw_only=True):
    """No more sound comes, and no more pictures."""


StreamMessage = (
    StreamBegun | StreamVoice | StreamWords | StreamGauges | StreamFace | StreamPictureRefused | StreamMeasures | Error
)
StreamInbound = Sound | Picture | Finish

_packed: msgspec.msgpack.Decoder[StreamInbound] = msgspec.msgpack.Decoder(StreamInbound)
_text: msgspec.json.Decoder[StreamInbound] = msgspec.json.Decoder(StreamInbound)


def form_of(first: bytes | str) -> Form:
    """The first frame of a client says how it writes."""
    if isinstance(first, str):
        return "plain"
    is_map = first[:1] in (b"\xde", b"\xdf") or first[:1] in MAPS
    return "msgpack" if is_map and TYPE_KEY in first else "plain"


def decode(data: bytes | str, form: Form) -> StreamInbound:
    """Raises ``ProtocolError`` for what is no message, too long for one, half a sample, or at no time."""
    if len(data) > MAX_PICTURE_FRAME_BYTES:
        raise ProtocolError(f"a message has at most {MAX_PICTURE_FRAME_BYTES} bytes")
    if form == "msgpack" and isinstance(data, str):
        raise ProtocolError("this stream began with msgpack: text is no message of it")
    try:
        if isinstance(data, str):
            message: StreamInbound = _text.decode(data)
        else:
            message = _packed.decode(data) if form == "msgpack" else Sound(pcm=data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(str(error)[:MAX_TEXT_CHARS]) from error
    if isinstance(message, Picture):
        if not (isfinite(message.t) and message.t >= 0.0):
            raise ProtocolError("t of a picture is a number of seconds, 0 or more")
    elif len(data) > MAX_INBOUND_BYTES:
        raise ProtocolError(f"a message that is no picture has at most {MAX_INBOUND_BYTES} bytes")
    if isinstance(message, Sound) and len(message.pcm) % 2:
        raise ProtocolError("sound of 16 bit samples has an even number of bytes")
    return message


def encode(message: StreamMessage, form: Form) -> bytes | str:
    """What goes into a binary frame, or into a text frame."""
    if form == "msgpack":
        return msgspec.msgpack.encode(message)
    return msgspec.json.encode(message).decode()
