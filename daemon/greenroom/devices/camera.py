"""The camera through OpenCV: a thread grabs, the newest picture waits in a slot, and a dead camera is noticed."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

import numpy as np

from greenroom.devices.picture_health import PictureHealth
from greenroom.devices.video_nodes import video_nodes
from greenroom.errors import DeviceLost, DeviceMissing
from greenroom.ports import Image
from greenroom.records import DeviceInfo

if TYPE_CHECKING:
    from cv2 import VideoCapture

SIZE_PX = (640, 480)
"""Asked of USB cameras; the face networks look at 128 and 192 pixels, so more would only cost."""
OPEN_TIMEOUT_MS = 2000
READ_TIMEOUT_MS = 1000
OPEN_WAIT_S = 4.0
"""A driver that takes longer to open is left to its thread."""
FIRST_PICTURE_S = 3.0
"""USB cameras set their exposure before the first picture."""
NO_PICTURE_S = 1.0
CLOSE_WAIT_S = 1.5

_ENVIRONMENT = {
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # a refused connection is told by this module, once
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",  # seconds; OpenCV's own 10 would keep an unplugged camera's thread
}

Kind = Literal["node", "address", "file"]
State = Literal["ok", "lost", "absent", "frozen", "black"]


class Source(NamedTuple):
    """Where pictures come from. ``name`` may be shown: it holds no password."""

    kind: Kind
    target: str
    name: str


class Shot(NamedTuple):
    """One picture as it was grabbed, in OpenCV's order of colours."""

    bgr: Image
    t: float
    frame: int


class OpenCvCamera:
    """A camera given as in the settings: "auto", a device number, a path, or an http or rtsp address.

    "auto" is the first video node that opens, looked up again at each ``open``, as a camera that was plugged in
    again may have another number. Capture times are those at which the driver handed a picture over. A black
    camera is only told in ``info``; a frozen one raises ``DeviceLost`` until it shows another picture.
    """

    def __init__(self, setting: str = "auto") -> None:
        self._setting = setting
        self._info = DeviceInfo(kind="camera", name=_name(setting), state="absent")
        self._health = PictureHealth()
        self._grabber: _Grabber | None = None
        self._stuck: dict[str, _Grabber] = {}
        """By what was opened: threads that hang in a driver."""
        self._returned = 0

    @property
    def info(self) -> DeviceInfo:
        return self._info

    def open(self, origin_ns: int) -> None:
        """Raises ``DeviceMissing``."""
        self.close()
        self._stuck = {target: grabber for target, grabber in self._stuck.items() if grabber.is_alive}
        if not self._health.is_frozen:
            self._health = PictureHealth()
        faults = []
        for source in _sources(self._setting):
            if source.target in self._stuck:
                faults.append(f"{source.name}: its driver hangs; unplug it and plug it in again")
                continue
            grabber = _Grabber(source, self._health, origin_ns)
            if grabber.start():
                self._grabber = grabber
                self._returned = 0
                self._tell("frozen" if self._health.is_frozen else "ok", name=source.name)
                return
            self._stuck[source.target] = grabber
            faults.append(f"{source.name}: {grabber.fault}")
        raise self._missing("; ".join(faults) or "no camera is plugged in", "plug in a camera or set devices.camera")

    def close(self) -> None:
        """Returns within ``CLOSE_WAIT_S``, even when the driver hangs."""
        grabber, self._grabber = self._grabber, None
        if grabber is not None and not grabber.stop():
            self._stuck[grabber.target] = grabber

    def newest(self, until_t: float) -> tuple[Image, float, int] | None:
        if self._grabber is None:
            raise DeviceLost("the camera is not open")
        if fault := self._grabber.look():
            raise self._lost("lost", fault)
        shot = self._grabber.newest
        if self._health.is_frozen and shot is not None:
            raise self._lost("frozen", "the picture does not change")
        if shot is None:
            return None
        if self._health.is_black:
            self._tell("black", "the picture is black: is the lens covered?")
        else:
            self._tell("ok")
        if shot.frame <= self._returned or shot.t > until_t:
            return None
        self._returned = shot.frame
        cv2 = _opencv()
        return np.asarray(cv2.cvtColor(shot.bgr, cv2.COLOR_BGR2RGB), np.uint8), shot.t, shot.frame

    def _tell(self, state: State, detail: str = "", *, name: str = "") -> None:
        self._info = DeviceInfo(kind="camera", name=name or self._info.name, state=state, detail=detail)

    def _lost(self, state: Literal["lost", "frozen"], fault: str) -> DeviceLost:
        self._tell(state, fault)
        return DeviceLost(f"{self._info.name}: {fault}", fix="check the camera's cable")

    def _missing(self, fault: str, fix: str) -> DeviceMissing:
        self._tell("absent", fault)
        return DeviceMissing(fault, fix=fix)


class _Grabber:
    """Owns one ``VideoCapture`` from open to release, in a thread of its own, because any call of it may hang."""

    def __init__(self, source: Source, health: PictureHealth, origin_ns: int) -> None:
        self.newest: Shot | None = None
        self.fault = ""
        self._source = source
        self._health = health
        self._origin_ns = origin_ns
        self._last_t: float | None = None
        self._opened_t = 0.0
        self._is_open = False
        self._settled = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="camera")

    @property
    def target(self) -> str:
        return self._source.target

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> bool:
        """True when the camera is open; else ``fault`` says why not."""
        self._thread.start()
        if not self._settled.wait(OPEN_WAIT_S):
            self.fault = f"does not open within {OPEN_WAIT_S:g} s"
            self._stopping.set()
        return not self.fault

    def stop(self) -> bool:
        """Drop the picture and end the thread; False when it hangs in the driver (it ends when the driver lets go)."""
        self._stopping.set()
        self._thread.join(CLOSE_WAIT_S)
        self.newest = None
        return not self.is_alive

    def look(self) -> str:
        """What is wrong by now; empty when nothing is."""
        if self.fault:
            return self.fault
        since_t, limit_s = (self._opened_t, FIRST_PICTURE_S) if self._last_t is None else (self._last_t, NO_PICTURE_S)
        return f"no picture for {limit_s:g} s" if self._now() - since_t > limit_s else ""

    def _now(self) -> float:
        return (time.monotonic_ns() - self._origin_ns) * 1e-9

    def _run(self) -> None:
        capture = None
        try:
            capture = _open_capture(_opencv(), self._source)
            if capture is None:
                self.fault = "cannot be opened"
                return
            self._opened_t = self._now()
            self._settled.set()
            self._grab(capture, _pace_s(_opencv(), capture) if self._source.kind == "file" else 0.0)
        except Exception as error:  # noqa: BLE001 - OpenCV raises its own and the standard library's; all mean no camera
            self.fault = f"OpenCV failed: {type(error).__name__}"
        finally:
            if capture is not None:
                capture.release()
            self._settled.set()

    def _grab(self, capture: VideoCapture, pace_s: float) -> None:
        frame = 0
        while not self._stopping.wait(pace_s):
            is_there, picture = capture.read()
            t = self._now()
            if self._stopping.is_set():
                return
            if not is_there or picture is None:
                self.fault = "the recording has ended" if pace_s else "it gives no more pictures"
                return
            frame += 1
            shot = Shot(np.asarray(picture, np.uint8), t, frame)
            self._health.see(shot.bgr, t)
            self._last_t = t
            self.newest = shot


def list_cameras() -> tuple[DeviceInfo, ...]:
    """The cameras that are plugged in; none of them is switched on for this."""
    return tuple(
        DeviceInfo(kind="camera", name=node.name or node.path, state="absent" if node.fault else "ok",
                   detail=f"{node.path}: {node.fault}" if node.fault else node.path)
        for node in video_nodes()
    )


def _sources(setting: str) -> list[Source]:
    if setting == "auto":
        return [Source("node", node.path, node.name or node.path) for node in video_nodes()]
    if setting.isdecimal():
        setting = f"/dev/video{setting}"
    if "://" in setting:
        return [Source("address", setting, _name(setting))]
    return [Source("node" if setting.startswith("/dev/") else "file", setting, _name(setting))]


def _name(setting: str) -> str:
    """What may be shown of a setting: an address without user, password and query."""
    if setting == "auto":
        return ""
    if "://" not in setting:
        return f"/dev/video{setting}" if setting.isdecimal() else setting
    try:
        parts = urlsplit(setting)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return setting.partition("://")[0]
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def _open_capture(cv2: ModuleType, source: Source) -> VideoCapture | None:
    if source.kind != "address" and not Path(source.target).exists():
        return None
    if source.kind == "node":
        capture = cv2.VideoCapture(source.target, cv2.CAP_V4L2)
        for key, value in ((cv2.CAP_PROP_FRAME_WIDTH, SIZE_PX[0]), (cv2.CAP_PROP_FRAME_HEIGHT, SIZE_PX[1]),
                           (cv2.CAP_PROP_BUFFERSIZE, 1)):
            capture.set(key, value)
    else:
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
        capture = cv2.VideoCapture(source.target, cv2.CAP_FFMPEG, limits)
    return capture if capture.isOpened() else None


def _pace_s(cv2: ModuleType, capture: VideoCapture) -> float:
    """A recording is played at the speed it states, or at 25 pictures a second."""
    rate_hz = capture.get(cv2.CAP_PROP_FPS)
    return 1.0 / rate_hz if 1.0 <= rate_hz <= 120.0 else 0.04


def _opencv() -> ModuleType:
    for key, value in _ENVIRONMENT.items():  # OpenCV reads them when it is loaded
        os.environ.setdefault(key, value)
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    return cv2


class NoCamera:
    """Stands where the settings say that there is no camera."""

    info = DeviceInfo(kind="camera", name="", state="absent", detail="switched off in the settings")

    def open(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature
        raise DeviceMissing("the camera is switched off in the settings", fix="set devices.camera to auto")

    def close(self) -> None:
        """Nothing was open."""

    def newest(self, until_t: float) -> tuple[Image, float, int] | None:  # noqa: ARG002 - the port's signature
        raise DeviceLost("there is no camera")
