"""A USB camera as far as this machine can show one: our own driver's answers, and a ``VideoCapture`` that records.

What no test here can tell is whether real drivers behave so.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from devices.filming import FOREVER_T, eventually, fault_of, noise, picture_of, state_of
from devices.v4l2_driver import FakeDriver
from greenroom.devices import camera as module
from greenroom.devices import opencv_capture
from greenroom.devices.camera import OpenCvCamera
from greenroom.devices.opencv_capture import BUFFERS
from greenroom.devices.v4l2 import EXPOSURE_AUTO_PRIORITY, Ask, code_number, code_text
from greenroom.devices.video_nodes import VideoNode
from greenroom.errors import DeviceMissing
from greenroom.ports import Image

WIDTH, HEIGHT, CODE, RATE = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FPS
PERIOD_S = 0.01
EXPOSURE_S = 0.04


class UsbBench:
    """What is plugged in, and what was done with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.driver = FakeDriver()
        self.node = VideoNode("", "HD Webcam")
        self.wishes: list[tuple[int, float]] = []
        self.opened: list[str] = []
        self.backends: list[int] = []
        self.has_clock = True
        self.is_plugged = False

    def plug(self, number: int, serial: str = "A1") -> None:
        path = self.folder / f"video{number}"
        path.touch()
        self.node = VideoNode(str(path), "HD Webcam", bus="usb-1", serial=serial)
        self.is_plugged = True

    def unplug(self) -> None:
        Path(self.node.path).unlink()
        self.is_plugged = False

    def nodes(self) -> tuple[VideoNode, ...]:
        return (self.node,) if self.is_plugged else ()

    @contextlib.contextmanager
    def asking(self, path: str) -> Iterator[Ask]:
        assert path == self.node.path
        yield self.driver

    def capture(self, target: str, backend: int, *_: object) -> UsbCapture:
        self.opened.append(target)
        self.backends.append(backend)
        return UsbCapture(self)


class UsbCapture:
    """A ``VideoCapture`` of the bench's camera, which grants 640 x 480 at 24 whatever it is asked for."""

    def __init__(self, bench: UsbBench) -> None:
        self._bench = bench
        self._has_code = 0.0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV names it so
        return True

    def set(self, key: int, value: float) -> bool:
        self._bench.wishes.append((key, value))
        self._has_code = value if key == CODE else self._has_code
        return True

    def get(self, key: int) -> float:
        if key == cv2.CAP_PROP_POS_MSEC:
            return (time.monotonic() - EXPOSURE_S) * 1e3 if self._bench.has_clock else 0.0
        return {WIDTH: 640.0, HEIGHT: 480.0, CODE: self._has_code, RATE: 24.0}[key]

    def grab(self) -> bool:
        time.sleep(PERIOD_S)
        return self._bench.is_plugged

    def retrieve(self) -> tuple[bool, Image]:
        return True, noise(time.monotonic())

    def release(self) -> None:
        self._has_code = 0.0


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UsbBench:
    made = UsbBench(tmp_path)
    made.plug(0)
    monkeypatch.setattr(cv2, "VideoCapture", made.capture)
    monkeypatch.setattr(opencv_capture, "asking", made.asking)
    monkeypatch.setattr(module, "video_nodes", made.nodes)
    return made


@contextlib.contextmanager
def opened(setting: str = "auto") -> Iterator[OpenCvCamera]:
    camera = OpenCvCamera(setting)
    with contextlib.closing(camera):
        camera.open(0)
        yield camera


def test_a_usb_camera_is_asked_for_code_then_size_then_rate(bench: UsbBench) -> None:
    with opened():
        assert bench.backends == [cv2.CAP_V4L2]
    assert bench.wishes == [(CODE, code_number("YUYV")), (WIDTH, 640), (HEIGHT, 480), (RATE, 30.0),
                            (cv2.CAP_PROP_BUFFERSIZE, BUFFERS)]


def test_compressed_pictures_are_asked_for_where_plain_ones_come_too_seldom(bench: UsbBench) -> None:
    bench.driver.formats = {"YUYV": {(640, 480): [10]}, "MJPG": {(640, 480): [30]}}
    with opened():
        assert code_text(int(bench.wishes[0][1])) == "MJPG"


def test_a_driver_that_lists_nothing_is_asked_for_the_usual_size(bench: UsbBench) -> None:
    bench.driver.formats = {}
    with opened():
        assert bench.wishes[0] == (WIDTH, 640)


def test_what_was_really_granted_is_told_and_whose_times_the_pictures_bear(bench: UsbBench) -> None:
    with opened() as camera:
        picture_of(camera)
        assert camera.info.detail == "640 x 480 YUYV at 24, timed by its driver"
        assert bench.driver.controls[EXPOSURE_AUTO_PRIORITY] == 0


def test_an_exposure_that_cannot_be_steadied_is_told(bench: UsbBench) -> None:
    bench.driver.refuses = {EXPOSURE_AUTO_PRIORITY}
    with opened() as camera:
        picture_of(camera)
        assert "slower in the dark" in camera.info.detail


def test_a_picture_bears_the_time_at_which_its_driver_took_it(bench: UsbBench) -> None:
    with opened() as camera:
        picture_of(camera)
        before = time.monotonic()
        taken = eventually(lambda: shot if (shot := camera.newest(FOREVER_T)) and shot[1] > before else None)[1]
        assert taken <= time.monotonic() - EXPOSURE_S
    bench.has_clock = False
    with opened() as camera:
        picture_of(camera)
        assert camera.info.detail.endswith("timed when grabbed")


@pytest.mark.parametrize("setting", ["auto", "HD Webcam", "serial:A1"])
def test_a_camera_that_comes_back_under_another_number_is_taken_up_again(bench: UsbBench, setting: str) -> None:
    camera = OpenCvCamera(setting)
    with contextlib.closing(camera):
        camera.open(0)
        picture_of(camera)
        bench.unplug()
        assert "no more pictures" in fault_of(camera).message
        with pytest.raises(DeviceMissing):
            camera.open(0)
        bench.plug(3)
        camera.open(0)
        picture_of(camera)
        assert state_of(camera) == "ok"
    assert [Path(target).name for target in bench.opened] == ["video0", "video3"]


def test_a_camera_that_was_not_chosen_is_left_alone(bench: UsbBench) -> None:
    with pytest.raises(DeviceMissing, match="Brio") as caught:
        OpenCvCamera("Brio").open(0)
    assert "serial:A1" in caught.value.message
    assert bench.opened == []
