"""Opens cameras, recordings and addresses through OpenCV, and makes its pictures those of the booth."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from greenroom.devices.camera_source import Source
from greenroom.devices.v4l2 import Exposure, Mode, choose, code_number, code_text, modes, steady_exposure
from greenroom.devices.video_nodes import asking
from greenroom.ports import Image

if TYPE_CHECKING:
    from cv2 import VideoCapture

SIZE_PX = (640, 480)
"""Asked of USB cameras; the face networks look at 128 and 192 pixels, so more would only cost."""
MAX_SIDE_PX = 1280
"""Larger pictures are made smaller."""
BUFFERS = 2
"""With one, the driver has nowhere to write the next picture while one is decoded, and every other is lost; the thread
that grabs never leaves a picture waiting, so the second costs no delay."""
OPEN_TIMEOUT_MS = 2000
READ_TIMEOUT_MS = 1500
_ENVIRONMENT = {
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # a refused connection is told by the camera, once
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",  # seconds; OpenCV's own 10 would keep an unplugged camera's thread
}
_USUAL_HZ = 25.0
_TURNS = {90: "ROTATE_90_CLOCKWISE", 180: "ROTATE_180", 270: "ROTATE_90_COUNTERCLOCKWISE"}


class OpenCvCapture:
    """One open ``VideoCapture``. Any call may hang in a driver."""

    def __init__(self, source: Source, capture: VideoCapture, granted: str, pace_s: float) -> None:
        self.granted = granted
        """Size, code and rate as the driver states them, and what it does about exposure."""
        self.pace_s = pace_s
        """Between the pictures of a recording; 0 for what comes by itself."""
        self._source = source
        self._capture = capture

    def grab(self) -> bool:
        """Wait for the next picture; False when there is none."""
        if self._capture.grab():
            return True
        if self._source.kind != "loop":
            return False
        self._capture.release()
        again = _video(opencv(), self._source)
        self._capture = again
        return again.isOpened() and bool(again.grab())

    def picture(self) -> Image | None:
        """Blue, green and red of what was grabbed; None when it cannot be decoded."""
        is_there, picture = self._capture.retrieve()
        return _colour(picture) if is_there and picture is not None else None

    def stamp_s(self) -> float | None:
        """When the driver took what was grabbed, on its own clock; None where nobody tells."""
        if self._source.kind != "node":
            return None
        stamp_ms = self._capture.get(opencv().CAP_PROP_POS_MSEC)
        return stamp_ms * 1e-3 if stamp_ms > 0 else None

    def end(self) -> str:
        """What it means that there are no more pictures."""
        return "the recording has ended" if self._source.kind == "file" else "it gives no more pictures"

    def release(self) -> None:
        self._capture.release()


def open_capture(source: Source, rate_hz: float) -> OpenCvCapture | None:
    """None when it cannot be opened; raises whatever OpenCV raises."""
    cv2 = opencv()
    if source.kind != "address" and not Path(source.target).exists():
        return None
    if source.kind == "node":
        return _open_node(cv2, source, rate_hz)
    capture = _video(cv2, source)
    if not capture.isOpened():
        return None
    stated_hz = capture.get(cv2.CAP_PROP_FPS)
    is_recording = source.kind != "address"
    rate_hz = stated_hz if 1.0 <= stated_hz <= 120.0 else _USUAL_HZ
    granted = _granted(cv2, capture) + (f" at {rate_hz:g}" if is_recording else "")
    return OpenCvCapture(source, capture, granted, 1.0 / rate_hz if is_recording else 0.0)


def to_rgb(bgr: Image, rotation_deg: int = 0) -> Image:
    """Red, green and blue, turned clockwise by 0, 90, 180 or 270 degrees, no side longer than ``MAX_SIDE_PX``."""
    cv2 = opencv()
    if (side := max(bgr.shape[:2])) > MAX_SIDE_PX:
        size = [max(1, round(length * MAX_SIDE_PX / side)) for length in (bgr.shape[1], bgr.shape[0])]
        # Averaging areas that are no whole number of pixels costs nearly twice as much.
        manner = cv2.INTER_LINEAR if side < 2 * MAX_SIDE_PX else cv2.INTER_AREA
        bgr = cv2.resize(bgr, size, interpolation=manner)
    if rotation_deg:
        bgr = cv2.rotate(bgr, getattr(cv2, _TURNS[rotation_deg]))
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def opencv() -> ModuleType:
    for key, value in _ENVIRONMENT.items():  # OpenCV reads them when it is loaded
        os.environ.setdefault(key, value)
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    return cv2


def _video(cv2: ModuleType, source: Source) -> VideoCapture:
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
    capture: VideoCapture = cv2.VideoCapture(source.target, cv2.CAP_FFMPEG, limits)
    return capture


def _open_node(cv2: ModuleType, source: Source, rate_hz: float) -> OpenCvCapture | None:
    with asking(source.target) as ask:
        mode = choose(modes(ask), *SIZE_PX, rate_hz)
        capture = cv2.VideoCapture(source.target, cv2.CAP_V4L2)
        if not capture.isOpened():
            return None
        for key, value in _wishes(cv2, mode, rate_hz):
            capture.set(key, value)
        exposure = steady_exposure(ask)
    stated_hz = capture.get(cv2.CAP_PROP_FPS)
    rate = f" at {stated_hz:.3g}" if stated_hz > 0 else ""
    return OpenCvCapture(source, capture, _granted(cv2, capture) + rate + _exposed(exposure), 0.0)


def _wishes(cv2: ModuleType, mode: Mode | None, rate_hz: float) -> list[tuple[int, float]]:
    """What is set, in order: the code first, as a size may exist in one code only."""
    width, height = (mode.width_px, mode.height_px) if mode is not None else SIZE_PX
    code = [(cv2.CAP_PROP_FOURCC, float(code_number(mode.code)))] if mode is not None else []
    rate = min(rate_hz, mode.rate_hz) if mode is not None else rate_hz
    return [*code, (cv2.CAP_PROP_FRAME_WIDTH, width), (cv2.CAP_PROP_FRAME_HEIGHT, height),
            (cv2.CAP_PROP_FPS, rate), (cv2.CAP_PROP_BUFFERSIZE, BUFFERS)]


def _granted(cv2: ModuleType, capture: VideoCapture) -> str:
    """Size and code as they really are, for what was asked may not be what was given."""
    width, height = (round(capture.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    return f"{width} x {height} {code_text(int(capture.get(cv2.CAP_PROP_FOURCC)))}".strip()


def _exposed(exposure: Exposure) -> str:
    by_hand = ", exposure set by hand" if exposure.is_automatic is False else ""
    return by_hand + (", slower in the dark" if exposure.keeps_rate is False else "")


def _colour(picture: Any) -> Image:
    """Three channels of 8 bits, whatever the source gives."""
    if picture.dtype != np.uint8:
        picture = (picture >> 8).astype(np.uint8)
    if picture.ndim == 2:
        picture = picture[:, :, np.newaxis]
    if picture.shape[2] < 3:
        picture = picture[:, :, :1].repeat(3, axis=2)
    return np.ascontiguousarray(picture[:, :, :3])
