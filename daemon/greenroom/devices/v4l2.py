"""What Linux's video drivers are asked beside OpenCV: name, picture formats, exposure. Packing and reading only.

The layouts are those of ``linux/videodev2.h``, which are the same on every 64-bit machine. Functions that ask more
than once take an ``Ask``, which does the ``ioctl``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

Ask = Callable[[int, bytes], bytes | None]
"""Request code and structure; the structure as the driver gives it back, or None when it refuses."""

QUERYCAP, ENUM_FMT, ENUM_FRAMESIZES, ENUM_FRAMEINTERVALS = 0x8068_5600, 0xC040_5602, 0xC02C_564A, 0xC034_564B
G_CTRL, S_CTRL, QUERYCTRL = 0xC008_561B, 0xC008_561C, 0xC044_5624

CAPABILITY = struct.Struct("=16s32s32sIII12x")
"""driver, card, bus, version, capabilities of the device, capabilities of this node."""
_FORMAT = struct.Struct("=III32sI16x")
"""index, buffer type, flags, description, four-character code."""
_SIZE = struct.Struct("=III6I8x")
"""index, code, kind; width and height, or least, greatest and step of both."""
_INTERVAL = struct.Struct("=IIIII6I8x")
"""index, code, width, height, kind; numerator and denominator of one interval, or of least, greatest and step."""
_QUERY = struct.Struct("=II32siiiiI8x")
"""id, type, name, least, greatest, step, usual value, flags."""
CONTROL = struct.Struct("=Ii")
"""id, value."""

_CAPTURES = 0x0000_1000 | 0x0000_0001
"""V4L2_CAP_VIDEO_CAPTURE, plain and multi-planar."""
_HAS_NODE_CAPABILITIES = 0x8000_0000
_CAPTURE_BUFFER = 1
_DISCRETE = 1
_MOST = 40
"""Of formats, sizes and rates each: a driver that never says that it has told all is cut short."""

EXPOSURE_AUTO, EXPOSURE_AUTO_PRIORITY = 0x009A_0901, 0x009A_0903
"""``auto_exposure``, and ``exposure_dynamic_framerate``: whether darkness may lengthen a picture's time."""
_DISABLED_OR_READ_ONLY = 0x0001 | 0x0004
_BY_HAND = 1
_AUTOMATIC = (3, 0)
"""Aperture priority, which is what USB cameras call automatic, and the fully automatic one of others."""

COMPRESSED = frozenset({"MJPG", "JPEG"})
GREY = frozenset({"GREY", "Y10 ", "Y12 ", "Y16 "})
DECODED = COMPRESSED | GREY | {"YUYV", "UYVY", "NV12", "NV21", "YU12", "YV12", "BGR3", "RGB3"}
"""What OpenCV makes pictures of; H264 and the like are left out."""


class Capability(NamedTuple):
    card: str
    bus: str
    gives_pictures: bool


class Mode(NamedTuple):
    """One way in which a camera gives pictures."""

    code: str
    width_px: int
    height_px: int
    rate_hz: float


class Exposure(NamedTuple):
    """As it is after ``steady_exposure``; None where the driver has no such control."""

    is_automatic: bool | None
    keeps_rate: bool | None


def capability(answer: bytes) -> Capability:
    _, card, bus, _, of_device, of_node = CAPABILITY.unpack(answer)
    capabilities = of_node if of_device & _HAS_NODE_CAPABILITIES else of_device
    return Capability(_text(card), _text(bus), bool(capabilities & _CAPTURES))


def code_text(code: int) -> str:
    """A four-character code as it is written; "" when it is none."""
    text = (code & 0xFFFF_FFFF).to_bytes(4, "little").decode("latin-1")
    return text if text.isascii() and text.isprintable() and text.strip() else ""


def code_number(text: str) -> int:
    """The other way; ``text`` has four characters."""
    return int.from_bytes(text.encode("latin-1"), "little")


def modes(ask: Ask) -> tuple[Mode, ...]:
    """Every mode that OpenCV can decode; none where the driver does not list them.

    A range of sizes counts by its greatest, and by 640 x 480 when that lies within; a range of rates by its highest.
    """
    return tuple(
        Mode(code_text(code), width, height, rate)
        for code in _codes(ask) if code_text(code) in DECODED
        for width, height in _sizes(ask, code)
        for rate in _rates(ask, code, width, height)
    )


def choose(offered: tuple[Mode, ...], width_px: int, height_px: int, rate_hz: float) -> Mode | None:
    """The mode that gives at least this, with the fewest pixels; None when nothing is offered.

    Uncompressed pictures are taken when they come in the wanted size as often as wanted, for they cost no decoding;
    else compressed ones. Grey ones are the last resort. When nothing reaches what is wanted, what comes nearest.
    """
    def rank(mode: Mode) -> tuple[bool, float, int, bool, float]:
        size = min(mode.width_px / width_px, mode.height_px / height_px)
        shortfall = max(0.0, 1.0 - size) + max(0.0, 1.0 - mode.rate_hz / rate_hz)
        pixels = mode.width_px * mode.height_px
        return mode.code in GREY, round(shortfall, 2), pixels, mode.code in COMPRESSED, mode.rate_hz

    return min(offered, key=rank, default=None)


def steady_exposure(ask: Ask) -> Exposure:
    """Leave the exposure to the camera, but not at the price of fewer pictures in the dark."""
    return Exposure(_automatic(ask), _keeps_rate(ask))


def _automatic(ask: Ask) -> bool | None:
    value = _control(ask, EXPOSURE_AUTO)
    if value is None:
        return None
    for choice in _AUTOMATIC:
        if value != _BY_HAND:
            break
        ask(S_CTRL, CONTROL.pack(EXPOSURE_AUTO, choice))
        value = _control(ask, EXPOSURE_AUTO)
    return value != _BY_HAND


def _keeps_rate(ask: Ask) -> bool | None:
    value = _control(ask, EXPOSURE_AUTO_PRIORITY)
    if value:
        ask(S_CTRL, CONTROL.pack(EXPOSURE_AUTO_PRIORITY, 0))
        value = _control(ask, EXPOSURE_AUTO_PRIORITY)
    return None if value is None else value == 0


def _control(ask: Ask, number: int) -> int | None:
    answer = ask(QUERYCTRL, _QUERY.pack(number, 0, b"", 0, 0, 0, 0, 0))
    if answer is None or _QUERY.unpack(answer)[7] & _DISABLED_OR_READ_ONLY:
        return None
    answer = ask(G_CTRL, CONTROL.pack(number, 0))
    return None if answer is None else int(CONTROL.unpack(answer)[1])


def _codes(ask: Ask) -> Iterator[int]:
    for index in range(_MOST):
        answer = ask(ENUM_FMT, _FORMAT.pack(index, _CAPTURE_BUFFER, 0, b"", 0))
        if answer is None:
            return
        yield int(_FORMAT.unpack(answer)[4])


def _sizes(ask: Ask, code: int) -> Iterator[tuple[int, int]]:
    for index in range(_MOST):
        answer = ask(ENUM_FRAMESIZES, _SIZE.pack(index, code, 0, 0, 0, 0, 0, 0, 0))
        if answer is None:
            return
        _, _, kind, *numbers = _SIZE.unpack(answer)
        if kind == _DISCRETE:
            yield numbers[0], numbers[1]
            continue
        least_width, most_width, _, least_height, most_height, _ = numbers
        if least_width <= 640 <= most_width and least_height <= 480 <= most_height:
            yield 640, 480
        yield most_width, most_height
        return


def _rates(ask: Ask, code: int, width: int, height: int) -> Iterator[float]:
    for index in range(_MOST):
        answer = ask(ENUM_FRAMEINTERVALS, _INTERVAL.pack(index, code, width, height, 0, 0, 0, 0, 0, 0, 0))
        if answer is None:
            return
        *_, kind, numerator, denominator, _, _, _, _ = _INTERVAL.unpack(answer)
        if numerator:
            yield denominator / numerator
        if kind != _DISCRETE:
            return


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace").strip()
