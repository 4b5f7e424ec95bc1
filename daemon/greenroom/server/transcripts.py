"""An analysis in the form of OpenAI's transcription clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec import Struct

TRANSCRIPT_FORMATS = ("json", "text", "srt", "verbose_json", "vtt")
CUE_WORDS, CUE_S, CUE_GAP_S = 12, 6.0, 0.7
"""A subtitle ends with so many words or seconds, or at a pause: two lines that can be read while they are heard."""


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
    said = found.transcript
    match wanted:
        case "text":
            return _text(said.text + "\n")
        case "srt":
            cues = enumerate(_cues(said.words), start=1)
            return _text("".join(f"{n}\n{_span(cue, ',')}\n{_line(cue)}\n\n" for n, cue in cues))
        case "vtt":
            return _text("WEBVTT\n\n" + "".join(f"{_span(cue, '.')}\n{_line(cue)}\n\n" for cue in _cues(said.words)),
                         "vtt")
    body: dict[str, object] = {"text": said.text}
    if wanted == "verbose_json":
        words = [{"word": word.text, "start": word.start_s, "end": word.end_s} for word in said.words]
        body |= {"task": "transcribe", "language": "english", "duration": found.duration_s, "words": words}
    return Document(msgspec.json.encode(body), "application/json")


def _text(text: str, kind: str = "plain") -> Document:
    return Document(text.encode(), f"text/{kind}; charset=utf-8")


def _cues(words: tuple[_Word, ...]) -> Iterator[list[_Word]]:
    cue: list[_Word] = []
    for word in words:
        if cue and (len(cue) >= CUE_WORDS or word.end_s - cue[0].start_s > CUE_S
                    or word.start_s - cue[-1].end_s > CUE_GAP_S):
            yield cue
            cue = []
        cue.append(word)
    if cue:
        yield cue


def _line(cue: list[_Word]) -> str:
    return " ".join(word.text for word in cue)


def _span(cue: list[_Word], point: str) -> str:
    return f"{_clock(cue[0].start_s, point)} --> {_clock(cue[-1].end_s, point)}"


def _clock(seconds: float, point: str) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"
