"""What a JPEG or PNG says of itself, and what of it a decoder needs, so that nothing else in it costs anything."""

from __future__ import annotations

from typing import Literal, NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8"
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of a JPEG without a length."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that begin a frame, and give its size."""
MAX_SCANS = 100
"""A progressive JPEG has some ten. Each costs a pass over the whole picture and may be a few bytes long: at 2048 x 2048
a thousand of them, 20 KB, take 0.16 s, and a megabyte takes seven."""
_SCAN = b"\xff\xda"
_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf"})
"""Chunks of a PNG that make the picture, or say how to hold it. Others hold text and profiles, some of it packed:
150 KB become 150 MB."""


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


def has_too_many_scans(jpeg: bytes) -> bool:
    """Samples never look like the beginning of a scan; other segments do by chance."""
    return jpeg.count(_SCAN) > MAX_SCANS


def png_alone(png: bytes) -> bytes:
    """The picture of a PNG without what else is in its file; what is broken stays so."""
    kept, at = [png[: len(PNG_SIGNATURE)]], len(PNG_SIGNATURE)
    while at < len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] in _NEEDED:
            kept.append(png[at:end])
        at = end
    return b"".join(kept)
