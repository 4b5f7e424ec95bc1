"""A camera: the newest picture of whatever the settings name, and what is wrong with it."""

from __future__ import annotations

from functools import partial
from typing import Literal

from greenroom.devices.camera_source import Source, name_of, nothing_fits, sources
from greenroom.devices.drawn_capture import DrawnCapture
from greenroom.devices.grabber import Capture, Grabber
from greenroom.devices.opencv_capture import open_capture, to_rgb
from greenroom.devices.picture_health import PictureHealth
from greenroom.devices.video_nodes import has_by_id, video_nodes
from greenroom.errors import DeviceLost, DeviceMissing
from greenroom.ports import Image
from greenroom.records import DeviceInfo

SPARE = 2.0
"""A camera is asked for so many times the pictures that are looked at: the newest is then young when it is wanted."""
_SKIP = 0.4
"""Of the time between two looks: pictures that come faster are not decoded."""

State = Literal["ok", "lost", "absent", "frozen", "black", "covered"]


class OpenCvCamera:
    """A camera, recording, address or test picture given as in ``settings.devices.camera``.

    What a setting means is looked up again at each ``open``, as a camera that was plugged in again may have another
    number. Capture times are those of the driver where they can be believed, else those of the grab; ``info.detail``
    says which, and what size, code and rate were granted. A black or covered camera is only told in ``info``; a frozen
    one raises ``DeviceLost`` until it shows another picture. Pictures are turned clockwise by ``rotation_deg``.
    """

    def __init__(self, setting: str = "auto", *, rate_hz: float = 15.0, rotation_deg: int = 0) -> None:
        self._setting = setting
        self._rate_hz = rate_hz
        self._rotation_deg = rotation_deg
        self._info = DeviceInfo(kind="camera", name=name_of(setting), state="absent")
        self._health = PictureHealth()
        self._grabber: Grabber | None = None
        self._stuck: dict[str, Grabber] = {}
        """By what was opened: threads that hang in a driver."""
        self._known_id = ""
        self._returned = 0
        self._returned_t: float | None = None

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
        nodes = video_nodes()
        for source in sources(self._setting, nodes, self._known_id):
            if source.target in self._stuck:
                faults.append(f"{source.name}: its driver hangs; unplug it and plug it in again")
                continue
            grabber = Grabber(source, partial(self._open, source), self._health, origin_ns)
            if grabber.start():
                self._take(grabber, source)
                return
            self._stuck[source.target] = grabber
            faults.append(f"{source.name}: {grabber.fault}")
        fault = "; ".join(faults) or nothing_fits(self._setting, nodes, has_by_id=has_by_id())
        self._tell("absent", fault)
        raise DeviceMissing(fault, fix="plug in a camera, or set devices.camera to one of `greenroom devices`")

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
        self._judge(self._grabber)
        if shot.frame <= self._returned or shot.t > until_t:
            return None
        if self._returned_t is not None:
            self._grabber.skip_s = _SKIP * (shot.t - self._returned_t)
        self._returned, self._returned_t = shot.frame, shot.t
        return to_rgb(shot.bgr, self._rotation_deg), shot.t, shot.frame

    def _open(self, source: Source) -> Capture | None:
        return DrawnCapture() if source.kind == "test" else open_capture(source, SPARE * self._rate_hz)

    def _take(self, grabber: Grabber, source: Source) -> None:
        self._grabber = grabber
        self._known_id = source.id
        self._returned, self._returned_t = 0, None
        self._tell("frozen" if self._health.is_frozen else "ok", grabber.manner, name=source.name)

    def _judge(self, grabber: Grabber) -> None:
        if self._health.is_black:
            self._tell("black", "the picture is black: is the lens covered?")
        elif self._health.is_covered:
            self._tell("covered", "the picture shows nothing: is something before the lens?")
        else:
            self._tell("ok", grabber.manner)

    def _tell(self, state: State, detail: str = "", *, name: str = "") -> None:
        self._info = DeviceInfo(kind="camera", name=name or self._info.name, state=state, detail=detail)

    def _lost(self, state: Literal["lost", "frozen"], fault: str) -> DeviceLost:
        self._tell(state, fault)
        return DeviceLost(f"{self._info.name}: {fault}", fix="check the camera's cable")


def list_cameras() -> tuple[DeviceInfo, ...]:
    """The cameras that are plugged in, with what to put into the settings; none of them is switched on for this."""
    without = "" if has_by_id() else ", as udev makes no /dev/v4l/by-id here"
    return tuple(
        DeviceInfo(kind="camera", name=node.name or node.path, state="absent" if node.fault else "ok",
                   detail=f"{node.path}: {node.fault}" if node.fault else
                          f'camera = "{node.id}"{without} ({"grey, " if node.is_grey else ""}{node.path})')
        for node in video_nodes()
    )


class NoCamera:
    """Stands where the settings say that there is no camera."""

    info = DeviceInfo(kind="camera", name="", state="absent", detail="switched off in the settings")

    def open(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature
        raise DeviceMissing("the camera is switched off in the settings", fix="set devices.camera to auto")

    def close(self) -> None:
        """Nothing was open."""

    def newest(self, until_t: float) -> tuple[Image, float, int] | None:  # noqa: ARG002 - the port's signature
        raise DeviceLost("there is no camera")
