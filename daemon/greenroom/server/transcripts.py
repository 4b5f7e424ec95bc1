"""An analysis in the form of OpenAI's transcription clients."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec import Struct

TRANSCRIPT_FORMATS = ("json", "text", "verbose_json")


class Document(NamedTuple):
    """A body that is sent as it is."""

    body: bytes
    media: str


class _Word(Struct):
    text: str
    start_s: float
    end_s: float


class _Transcript(Struct):
    text: str
    words: tuple[_Word, ...]


class _Analysis(Struct):
    """What is needed of the published schema."""

    duration_s: float
    transcript: _Transcript


def transcript(analysis: bytes, wanted: str) -> Document:
    """``wanted`` is one of ``TRANSCRIPT_FORMATS``."""
    found = msgspec.json.decode(analysis, type=_Analysis)
    if wanted == "text":
        return Document(found.transcript.text.encode() + b"\n", "text/plain; charset=utf-8")
    body: dict[str, object] = {"text": found.transcript.text}
    if wanted == "verbose_json":
        words = [{"word": word.text, "start": word.start_s, "end": word.end_s} for word in found.transcript.words]
        body |= {"task": "transcribe", "language": "english", "duration": found.duration_s, "words": words}
    return Document(msgspec.json.encode(body), "application/json")
