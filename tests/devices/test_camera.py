from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import cv2
import pytest

from devices.filming import (
    FOREVER_T,
    LIMIT_S,
    Scene,
    always_the_same,
    black,
    camera_threads,
    covered,
    eventually,
    fault_of,
    noise,
    picture_of,
    state_of,
)
from devices.mjpeg import MjpegServer, mjpeg_camera
from greenroom.devices import camera as module
from greenroom.devices import grabber as grabbing
from greenroom.devices.camera import OpenCvCamera, list_cameras
from greenroom.devices.camera_source import Source
from greenroom.devices.video_nodes import VideoNode
from greenroom.errors import DeviceLost, DeviceMissing
from greenroom.ports import Image


@pytest.fixture
def scene() -> Scene:
    return Scene(noise)


@pytest.fixture
def server(scene: Scene) -> Iterator[MjpegServer]:
    served = MjpegServer(scene, fps=30)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def camera(server: MjpegServer) -> Iterator[OpenCvCamera]:
    opened = OpenCvCamera(server.url)
    opened.open(0)
    yield opened
    opened.close()


# --- a live camera ------------------------------------------------------------------------------


def test_a_live_camera_gives_rgb_pictures_with_growing_times_and_numbers(camera: OpenCvCamera) -> None:
    shots = [picture_of(camera) for _ in range(5)]
    picture = shots[-1][0]
    assert picture.shape == (120, 160, 3)
    red, green, blue = picture[60, 40].astype(int)
    assert red > 180
    assert green < 80
    assert blue < 80
    times = [t for _, t, _ in shots]
    assert times == sorted(set(times))
    assert times[-1] <= time.monotonic()
    numbers = [n for _, _, n in shots]
    assert numbers == sorted(set(numbers))
    assert state_of(camera) == "ok"


def test_capture_times_count_from_the_origin(server: MjpegServer) -> None:
    origin_ns = time.monotonic_ns()
    camera = OpenCvCamera(server.url)
    camera.open(origin_ns)
    _, t, _ = picture_of(camera)
    camera.close()
    assert 0.0 < t <= (time.monotonic_ns() - origin_ns) * 1e-9


def test_the_newest_picture_wins_and_is_given_once(server: MjpegServer, camera: OpenCvCamera) -> None:
    _, _, first = picture_of(camera)
    sent = server.sent
    eventually(lambda: True if server.sent >= sent + 10 else None)
    _, _, second = picture_of(camera)
    assert second >= first + 5


def test_a_picture_of_later_than_asked_waits(camera: OpenCvCamera) -> None:
    picture_of(camera)
    assert camera.newest(0.0) is None


# --- faults -------------------------------------------------------------------------------------


def test_a_camera_that_stalls_is_lost(server: MjpegServer, camera: OpenCvCamera) -> None:
    picture_of(camera)
    server.is_stalled = True
    assert fault_of(camera).code == "device-lost"
    assert state_of(camera) == "lost"


def test_a_frozen_camera_is_told_from_a_live_one_until_it_moves_again(
    scene: Scene, camera: OpenCvCamera
) -> None:
    picture_of(camera)
    scene.render = always_the_same
    assert "does not change" in fault_of(camera).message
    assert state_of(camera) == "frozen"
    camera.open(0)
    fault_of(camera)
    assert state_of(camera) == "frozen", "opening it again does not thaw it"
    scene.render = noise
    camera.open(0)
    picture_of(camera)
    assert state_of(camera) == "ok"


def test_a_black_camera_goes_on_and_says_so(scene: Scene, camera: OpenCvCamera) -> None:
    scene.render = black
    eventually(lambda: (camera.newest(FOREVER_T) is not None and state_of(camera) == "black") or None)
    assert picture_of(camera)[0].max() < 10
    scene.render = noise
    eventually(lambda: (camera.newest(FOREVER_T) is not None and state_of(camera) == "ok") or None)


def test_a_covered_camera_goes_on_and_says_so(scene: Scene, camera: OpenCvCamera) -> None:
    scene.render = covered
    eventually(lambda: (camera.newest(FOREVER_T) is not None and state_of(camera) == "covered") or None)
    assert "lens" in camera.info.detail
    scene.render = noise
    eventually(lambda: (camera.newest(FOREVER_T) is not None and state_of(camera) == "ok") or None)


def test_a_camera_that_goes_away_is_lost_missing_while_away_and_back_afterwards(
    server: MjpegServer, camera: OpenCvCamera
) -> None:
    picture_of(camera)
    server.stop()
    fault_of(camera)
    with pytest.raises(DeviceMissing, match="cannot be opened"):
        camera.open(0)
    assert state_of(camera) == "absent"
    server.start()
    camera.open(0)
    picture_of(camera)
    assert state_of(camera) == "ok"


@pytest.mark.parametrize("setting", ["/dev/video63", "63", "/nowhere/clip.avi", "http://127.0.0.1:9/x.mjpg"])
def test_a_camera_that_is_not_there_is_missing(setting: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DeviceMissing, match="cannot be opened") as caught:
        OpenCvCamera(setting).open(0)
    assert caught.value.fix
    assert capfd.readouterr().err == "", "OpenCV's own complaints would only puzzle the operator"


def test_the_name_of_an_address_holds_no_password() -> None:
    camera = OpenCvCamera("http://admin:secret@127.0.0.1:9/live.mjpg?token=secret")
    with pytest.raises(DeviceMissing) as caught:
        camera.open(0)
    assert camera.info.name == "http://127.0.0.1:9/live.mjpg"
    assert "secret" not in str(caught.value) + str(camera.info)


def test_nothing_is_left_after_close(camera: OpenCvCamera) -> None:
    picture_of(camera)
    camera.close()
    camera.close()
    assert camera_threads() == []
    with pytest.raises(DeviceLost):
        camera.newest(FOREVER_T)


# --- recordings and automatic choice ------------------------------------------------------------


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 50, (160, 120))
    for n in range(20):
        writer.write(noise(n))
    writer.release()
    return path


def test_a_recording_plays_at_its_own_pace_and_ends(recording: Path) -> None:
    camera = OpenCvCamera(str(recording))
    camera.open(0)
    first = picture_of(camera)
    times = [first[1]]

    def ask() -> DeviceLost | None:
        try:
            if (shot := camera.newest(FOREVER_T)) is not None:
                times.append(shot[1])
        except DeviceLost as error:
            return error
        return None

    assert "ended" in eventually(ask).message
    camera.close()
    assert times[-1] - times[0] > 0.01 * (len(times) - 1)


def test_auto_takes_the_first_node_that_opens(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = (VideoNode("/dev/video98", "broken"), VideoNode(str(recording), "good one"))
    monkeypatch.setattr(module, "video_nodes", lambda: nodes)
    monkeypatch.setattr(module, "sources", lambda *_: [Source("file", node.path, node.name) for node in nodes])
    camera = OpenCvCamera("auto")
    camera.open(0)
    picture_of(camera)
    camera.close()
    assert camera.info.name == "good one"


def test_auto_without_any_node_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "video_nodes", lambda: ())
    with pytest.raises(DeviceMissing, match="no camera is plugged in"):
        OpenCvCamera().open(0)


# --- a driver that hangs ------------------------------------------------------------------------


class HangingCapture:
    """A driver that gives one picture and then hangs until it is let go."""

    let_go: ClassVar[threading.Event]
    hangs: ClassVar[threading.Event]

    def __init__(self, *arguments: object) -> None:
        self.reads = 0
        self.arguments = arguments

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV names it so
        return True

    def set(self, key: int, value: float) -> bool:
        return bool(key or value)

    def get(self, key: int) -> float:
        return 30.0 + 0 * key

    def grab(self) -> bool:
        self.reads += 1
        if self.reads > 1:
            self.hangs.set()
            self.let_go.wait()
        return True

    def retrieve(self) -> tuple[bool, Image]:
        return True, noise(self.reads)

    def release(self) -> None:
        self.reads = 0


def test_a_driver_that_hangs_neither_holds_close_nor_gathers_threads(
    recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    HangingCapture.let_go, HangingCapture.hangs = threading.Event(), threading.Event()
    monkeypatch.setattr(cv2, "VideoCapture", HangingCapture)
    camera = OpenCvCamera(str(recording))
    camera.open(0)
    HangingCapture.hangs.wait(LIMIT_S)
    assert fault_of(camera).message.endswith(f"no picture for {grabbing.NO_PICTURE_S:g} s")
    camera.close()
    assert len(camera_threads()) == 1, "close came back although the driver still hangs"
    with pytest.raises(DeviceMissing, match="hangs"):
        camera.open(0)
    assert len(camera_threads()) == 1
    HangingCapture.let_go.set()
    eventually(lambda: True if not camera_threads() else None)
    camera.open(0)
    picture_of(camera)
    camera.close()


def test_a_camera_that_hangs_does_not_keep_another_one_from_working(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bad.avi"
    bad.write_bytes(b"")
    let_go, opens, real = threading.Event(), [], cv2.VideoCapture

    def capture(target: str, *arguments: Any) -> Any:
        if target == str(bad):
            opens.append(target)
            let_go.wait()
        return real(target, *arguments)

    sources = [Source("file", str(bad), "bad"), Source("file", str(recording), "good")]
    monkeypatch.setattr(cv2, "VideoCapture", capture)
    monkeypatch.setattr(module, "sources", lambda *_: sources)
    monkeypatch.setattr(grabbing, "OPEN_WAIT_S", 0.2)
    camera = OpenCvCamera()
    for _ in range(3):
        camera.open(0)
        picture_of(camera)
        camera.close()
    assert opens == [str(bad)], "a driver that hangs is not tried again while it hangs"
    let_go.set()
    eventually(lambda: True if not camera_threads() else None)


# --- what is plugged in --------------------------------------------------------------------------


def test_cameras_are_listed_with_what_to_put_into_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = (VideoNode("/dev/video0", "HD Webcam", bus="usb-1", by_id="usb-046d_HD_A1-video-index0", serial="A1"),
             VideoNode("/dev/video2", "", "no permission: add the user"))
    monkeypatch.setattr(module, "video_nodes", lambda: nodes)
    monkeypatch.setattr(module, "has_by_id", lambda: True)
    first, second = list_cameras()
    assert (first.name, first.state) == ("HD Webcam", "ok")
    assert first.detail == 'camera = "usb-046d_HD_A1-video-index0" (/dev/video0)'
    assert (second.name, second.state) == ("/dev/video2", "absent")
    assert "no permission" in second.detail


def test_without_udev_the_list_says_so_and_names_card_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "video_nodes", lambda: (VideoNode("/dev/video0", "HD Webcam", bus="usb-1"),))
    monkeypatch.setattr(module, "has_by_id", lambda: False)
    (listed,) = list_cameras()
    assert listed.detail.startswith('camera = "HD Webcam usb-1"')
    assert "by-id" in listed.detail


def test_a_served_camera_is_gone_when_its_context_ends() -> None:
    with mjpeg_camera(noise, fps=30) as url:
        camera = OpenCvCamera(url)
        camera.open(0)
        picture_of(camera)
        camera.close()
    with pytest.raises(DeviceMissing):
        camera.open(0)
