"""What the header of a JPEG or PNG says of it, so that a picture can be refused before anything is decoded."""

from __future__ import annotations

from typing import Literal, NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8"
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of a JPEG without a length."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that begin a frame, and give its size."""


class Header(NamedTuple):
    """Kind and size as stated; a size may be 0 or a lie."""

    kind: Literal["jpeg", "png"]
    width_px: int
    height_px: int


def header_of(data: bytes) -> Header | None:
    """None for what is neither a JPEG nor a PNG, or ends before its size."""
    if data.startswith(PNG_SIGNATURE):
        if len(data) < 24 or data[12:16] != b"IHDR":
            return None
        return Header("png", int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))
    return _jpeg(data) if data.startswith(JPEG_START) else None


def _jpeg(data: bytes) -> Header | None:
    at = len(JPEG_START)
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            if at + 9 > len(data):
                return None
            return Header("jpeg", int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7]))
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4]))
    return None
