"""Pictures of every kind: slow, huge, grey, turned, odd, broken; from recordings, addresses and our own hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.filming import FOREVER_T, Picture, Scene, eventually, noise, picture_of, state_of
from devices.mjpeg import MjpegServer, mjpeg_camera
from greenroom.devices.camera import OpenCvCamera
from greenroom.devices.opencv_capture import MAX_SIDE_PX
from greenroom.errors import DeviceLost
from greenroom.ports import Image


@contextmanager
def opened(setting: str, rotation_deg: int = 0) -> Iterator[OpenCvCamera]:
    camera = OpenCvCamera(setting, rotation_deg=rotation_deg)
    with closing(camera):
        camera.open(0)
        yield camera


def seen(render: Callable[[float], Image], rotation_deg: int = 0) -> Image:
    """The third picture of a served camera, which then works."""
    still = render(0.0)  # drawn once: a busy machine takes longer over a huge one than a camera may
    with mjpeg_camera(lambda t: _stirred(still, t), fps=15) as url, opened(url, rotation_deg) as camera:
        pictures = [picture_of(camera)[0] for _ in range(3)]
        assert state_of(camera) == "ok"
        return pictures[-1]


def _stirred(picture: Image, t: float) -> Image:
    """The picture with another last row at each time, as a sensor's noise gives."""
    picture[-1] = round(t * 1000) % 250
    return picture


def sized(width: int, height: int) -> Callable[[float], Image]:
    def render(t: float) -> Image:
        picture = np.full((height, width, 3), 90, np.uint8)
        picture[: height // 2, : width // 2] = (220, 30, 30)
        picture[-height // 8 :, ::4] = np.random.default_rng(round(t * 1e6)).integers(0, 250, 3, np.uint8)
        return picture

    return render


def is_red(picture: Image, down: float, across: float) -> bool:
    red, green, _ = picture[int(down * len(picture)), int(across * picture.shape[1])].astype(int)
    return bool(red > 180 and green < 90)


# --- what a camera may give ----------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(161, 121), (642, 362), (97, 400)])
def test_odd_sizes_work(width: int, height: int) -> None:
    assert seen(sized(width, height)).shape == (height, width, 3)


def test_a_huge_picture_is_made_smaller() -> None:
    picture = seen(sized(3840, 2160))
    assert picture.shape == (720, MAX_SIDE_PX, 3)
    assert is_red(picture, 0.25, 0.25)


def test_grey_pictures_have_three_equal_channels() -> None:
    picture = seen(lambda t: noise(t)[:, :, 0])
    assert picture.shape == (120, 160, 3)
    assert np.ptp(picture.astype(int), axis=2).max() == 0


@pytest.mark.parametrize(("rotation_deg", "shape", "red_at"), [
    (0, (121, 161, 3), (0.25, 0.25)), (90, (161, 121, 3), (0.25, 0.75)),
    (180, (121, 161, 3), (0.75, 0.75)), (270, (161, 121, 3), (0.75, 0.25)),
])
def test_pictures_are_turned_clockwise(
    rotation_deg: int, shape: tuple[int, int, int], red_at: tuple[float, float]
) -> None:
    picture = seen(sized(161, 121), rotation_deg)
    assert picture.shape == shape
    assert is_red(picture, *red_at)


def test_a_camera_of_one_picture_a_second_works_and_is_told() -> None:
    with mjpeg_camera(noise, fps=1) as url, opened(url) as camera:
        for _ in range(3):
            picture_of(camera)
        assert state_of(camera) == "ok"
        assert "fewer than" in camera.info.detail


def test_a_size_that_changes_midway_works() -> None:
    scene = Scene(sized(160, 120))
    with mjpeg_camera(scene, fps=15) as url, opened(url) as camera:
        picture_of(camera)
        scene.render = sized(320, 240)

        def larger() -> Picture | None:
            shot = camera.newest(FOREVER_T)
            return shot if shot is not None and is_red(shot[0], 0.4, 0.4) and not is_red(shot[0], 0.6, 0.6) else None

        assert eventually(larger)
        assert state_of(camera) == "ok"


def test_a_broken_picture_among_good_ones_does_not_end_them(monkeypatch: pytest.MonkeyPatch) -> None:
    server = MjpegServer(noise, fps=30)
    server.start()
    whole, parts = MjpegServer.send, []

    def send(self: MjpegServer, write: Callable[[bytes], object]) -> None:
        def spoiled(data: bytes) -> object:
            parts.append(data)
            middle = len(data) // 2
            return write(data[:middle] + bytes(200) + data[middle + 200 :] if len(parts) % 5 == 0 else data)

        whole(self, spoiled)

    monkeypatch.setattr(MjpegServer, "send", send)
    with opened(server.url) as camera:
        for _ in range(20):
            picture_of(camera)
        assert state_of(camera) == "ok"
    server.stop()
    assert len(parts) >= 20


def test_what_was_granted_is_told() -> None:
    with mjpeg_camera(noise, fps=15) as url, opened(url) as camera:
        picture_of(camera)
        assert camera.info.detail == "160 x 120 MJPG, timed when grabbed"


# --- recordings and the test picture -------------------------------------------------------------


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 50, (160, 120))
    for n in range(10):
        writer.write(noise(n))
    writer.release()
    return path


def test_a_recording_tells_its_size_code_and_rate(recording: Path) -> None:
    with opened(str(recording)) as camera:
        picture_of(camera)
        assert camera.info.detail.startswith("160 x 120 MJPG at 50")


def test_a_looped_recording_does_not_end(recording: Path) -> None:
    with opened(f"loop:{recording}") as camera:
        shots = [picture_of(camera) for _ in range(3)]
        while shots[-1][2] < 35:
            shots.append(picture_of(camera))
        times = [t for _, t, _ in shots]
    assert times == sorted(set(times))


def test_a_recording_that_is_away_when_it_should_begin_anew_is_lost(recording: Path) -> None:
    with opened(f"loop:{recording}") as camera:
        picture_of(camera)
        recording.unlink()

        def fault() -> str | None:
            try:
                camera.newest(FOREVER_T)
            except DeviceLost as error:
                return error.message
            return None

        assert "no more pictures" in eventually(fault)


def test_the_test_picture_moves() -> None:
    with opened("test") as camera:
        first, second = picture_of(camera)[0], picture_of(camera)[0]
        assert (camera.info.name, state_of(camera)) == ("test picture", "ok")
    assert first.shape == second.shape == (480, 640, 3)
    assert (first != second).any()
