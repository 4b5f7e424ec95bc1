"""Texts that clients want to hear, in the booth's own form and in that of OpenAI's clients; the sound that they get."""

from __future__ import annotations

import asyncio
import io
import wave
from typing import Literal, get_args

import numpy as np
from msgspec import Struct

from greenroom.errors import ProtocolError
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.records import Style
from greenroom.server.transcripts import Document

OPENAI_PCM_HZ = 24_000
"""What OpenAI's clients take bare samples for."""
STYLES: tuple[Style, ...] = get_args(Style)
FORMATS = ("wav", "pcm")


class TextToSay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to say, in which of the interviewer's manners."""

    text: str
    style: Style = "neutral"


class OpenAiSpeech(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The request of OpenAI's clients. There is one ``model``, whatever it is called; ``voice`` is a style."""

    input: str
    voice: str
    model: str = ""
    response_format: str = "mp3"
    """"wav" or "pcm". Left out it means mp3 to these clients, which the booth does not make."""
    speed: float = 1.0
    instructions: str = ""
    stream_format: Literal["audio", "sse"] = "audio"

    def style(self) -> Style:
        """The manner that is asked for. Raises ``ProtocolError`` for what would not be done as it was asked."""
        if self.response_format not in FORMATS:
            raise ProtocolError(f"response_format is one of {', '.join(FORMATS)}; mp3, which is meant when it is left "
                                "out, is none of them", fix='send "response_format": "wav"')
        if self.speed != 1.0:
            raise ProtocolError("speed is 1", fix="choose a voice: each has a pace of its own")
        if self.instructions:
            raise ProtocolError("instructions cannot be followed", fix="choose a voice: each has a manner of its own")
        if self.stream_format != "audio":
            raise ProtocolError("stream_format is audio", fix="leave it out")
        for style in STYLES:
            if self.voice == style:
                return style
        raise ProtocolError("there is no such voice", fix=f"known: {', '.join(STYLES)}")


def wav(pcm: bytes) -> Document:
    """16 kHz mono int16 as a file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE_HZ)
        writer.writeframes(pcm)
    return Document(file.getvalue(), "audio/wav")


async def said(pcm: bytes, wanted: str) -> Document:
    """``wanted`` is one of ``FORMATS``."""
    if wanted == "wav":
        return wav(pcm)
    return Document(await asyncio.to_thread(at_24k, pcm), "audio/pcm")


def at_24k(pcm: bytes) -> bytes:
    """The same sound at ``OPENAI_PCM_HZ``."""
    import soxr

    samples = np.frombuffer(pcm, np.int16)
    resampled: bytes = soxr.resample(samples, SAMPLE_RATE_HZ, OPENAI_PCM_HZ, quality="HQ").tobytes()
    return resampled
