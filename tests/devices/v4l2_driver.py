"""A V4L2 driver of our own, as far as its answers go: formats, sizes, rates and controls in the kernel's layouts."""

from __future__ import annotations

import struct

from greenroom.devices.v4l2 import (
    ENUM_FMT,
    ENUM_FRAMEINTERVALS,
    ENUM_FRAMESIZES,
    EXPOSURE_AUTO,
    EXPOSURE_AUTO_PRIORITY,
    G_CTRL,
    QUERYCAP,
    QUERYCTRL,
    S_CTRL,
    code_number,
    code_text,
)

Formats = dict[str, dict[tuple[int, int], list[int]]]
"""Code, then size, then pictures a second."""
WEBCAM: Formats = {
    "YUYV": {(640, 480): [30, 15], (1280, 720): [10], (1920, 1080): [5]},
    "MJPG": {(640, 480): [30], (1280, 720): [30], (1920, 1080): [30]},
    "H264": {(640, 480): [30]},
}


class FakeDriver:
    """Answers an ``Ask`` as a USB camera would. ``refuses`` holds controls whose setting has no effect."""

    def __init__(self, formats: Formats = WEBCAM, controls: dict[int, int] | None = None) -> None:
        self.formats = formats
        self.controls = {EXPOSURE_AUTO: 3, EXPOSURE_AUTO_PRIORITY: 1} if controls is None else controls
        self.refuses: set[int] = set()
        self.read_only: set[int] = set()
        self.set_controls: list[tuple[int, int]] = []

    def __call__(self, code: int, structure: bytes) -> bytes | None:
        answers = {QUERYCAP: self._capability, ENUM_FMT: self._format, ENUM_FRAMESIZES: self._size,
                   ENUM_FRAMEINTERVALS: self._interval, QUERYCTRL: self._query, G_CTRL: self._get, S_CTRL: self._set}
        assert len(structure) == code >> 16 & 0x3FFF, "the request's code states the structure's size"
        try:
            return answers[code](structure).ljust(len(structure), b"\0")
        except (KeyError, IndexError):
            return None

    def _capability(self, _: bytes) -> bytes:
        return struct.pack("=16s32s32sIII", b"uvcvideo", b"HD Webcam", b"usb-1", 0x60100, 0x8420_0001, 0x0420_0001)

    def _format(self, structure: bytes) -> bytes:
        (index,) = struct.unpack_from("=I", structure)
        return struct.pack("=III32sI", index, 1, 0, b"", code_number(list(self.formats)[index]))

    def _size(self, structure: bytes) -> bytes:
        index, code = struct.unpack_from("=II", structure)
        return struct.pack("=IIIII", index, code, 1, *list(self.formats[code_text(code)])[index])

    def _interval(self, structure: bytes) -> bytes:
        index, code, width, height = struct.unpack_from("=IIII", structure)
        rate_hz = self.formats[code_text(code)][width, height][index]
        return struct.pack("=IIIIIII", index, code, width, height, 1, 1, rate_hz)

    def _query(self, structure: bytes) -> bytes:
        (number,) = struct.unpack_from("=I", structure)
        flags = 4 if number in self.read_only else 0
        return struct.pack("=II32siiiiI", number, 1, b"", 0, 3, 1, self.controls[number], flags)

    def _get(self, structure: bytes) -> bytes:
        (number,) = struct.unpack_from("=I", structure)
        return struct.pack("=Ii", number, self.controls[number])

    def _set(self, structure: bytes) -> bytes:
        number, value = struct.unpack_from("=Ii", structure)
        self.set_controls.append((number, value))
        if number not in self.refuses:
            self.controls[number] = value
        return structure
