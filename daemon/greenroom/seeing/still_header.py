"""What a JPEG or PNG says of itself, and what of it a decoder needs, so that nothing else in it costs anything."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of a JPEG without a length."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that begin a frame, and give its size."""
MAX_SCANS, MAX_SEGMENTS, MAX_WALKED = 100, 500, 10_000
"""A progressive JPEG has some ten scans, each with a table or two before it, and one frame. A scan of a few bytes costs
a pass over the whole picture, and so does another frame: a megabyte of either takes 7 and 17 s at 2048 x 2048."""
_SCAN = 0xDA
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
"""Neither a stuffed byte of samples nor a restart among them."""
_TABLES = frozenset({0xC4, 0xDB, 0xDD})
_ONCE = {0xE0: b"JFIF\0", 0xE1: b"Exif\0\0", 0xEE: b"Adobe"}
"""Segments that say how to hold the picture and what its colours are."""
_FRAME_WITHIN = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]")
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


def jpeg_alone(jpeg: bytes) -> bytes | None:
    """The picture of a JPEG without what else is in its file; None when it is made to cost time. What is broken stays
    so."""
    kept, once, at = [JPEG_START], list[bytes](), len(JPEG_START)
    scans = 0
    for _ in range(MAX_WALKED):
        found = _MARKER.search(jpeg, at)
        if found is None or found[1] == JPEG_END[1:]:
            picture = b"".join([*kept, b"" if found is None else JPEG_END])
            # A decoder also finds a frame in what a table has too much of.
            is_plain = scans <= MAX_SCANS and len(kept) <= MAX_SEGMENTS and len(_FRAME_WITHIN.findall(picture)) <= 1
            return JPEG_START + b"".join(once) + picture[len(JPEG_START) :] if is_plain else None
        marker, at = found[1][0], found.end()
        if marker in _ALONE or marker == JPEG_START[1]:
            continue
        start, at = found.start(), at + max(2, int.from_bytes(jpeg[at : at + 2]))
        if marker == _SCAN:
            scans += 1
            following = _MARKER.search(jpeg, at)
            at = len(jpeg) if following is None else following.start()
        if marker == _SCAN or marker in _FRAMES or marker in _TABLES:
            kept.append(jpeg[start:at])
        elif marker in _ONCE and jpeg.startswith(_ONCE[marker], start + 4) and len(once) < len(_ONCE):
            once.append(jpeg[start:at])
    return None


def png_alone(png: bytes) -> bytes:
    """The picture of a PNG without what else is in its file; what is broken stays so."""
    kept, at = [png[: len(PNG_SIGNATURE)]], len(PNG_SIGNATURE)
    while at < len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] in _NEEDED:
            kept.append(png[at:end])
        at = end
    return b"".join(kept)
