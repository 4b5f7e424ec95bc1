from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.devices.camera_source import Source, name_of, node_path, nothing_fits, sources
from greenroom.devices.video_nodes import VideoNode, by_id_links, has_by_id, serial_of, video_nodes

C920 = "usb-046d_HD_Pro_Webcam_C920_1A2B3C4D-video-index0"


def plug(folder: Path, number: int, port: str, serial: str = "", link: str = "") -> None:
    """As Linux and udev show a USB camera."""
    dev, device = folder / "dev", folder / "devices" / port
    interface = device / f"{port}:1.0"
    interface.mkdir(parents=True)
    if serial:
        (device / "serial").write_text(f"{serial}\n")
    (folder / "sys" / f"video{number}").mkdir(parents=True)
    (folder / "sys" / f"video{number}" / "device").symlink_to(interface)
    dev.mkdir(exist_ok=True)
    (dev / f"video{number}").touch()
    if link:
        (dev / "v4l" / "by-id").mkdir(parents=True, exist_ok=True)
        (dev / "v4l" / "by-id" / link).symlink_to(f"../../video{number}")


def test_a_camera_is_known_by_udevs_link_and_by_its_serial_number(tmp_path: Path) -> None:
    plug(tmp_path, 2, "1-4", "1A2B3C4D", C920)
    plug(tmp_path, 0, "1-2")
    assert by_id_links(tmp_path / "dev") == {"video2": C920}
    assert has_by_id(tmp_path / "dev")
    assert serial_of("video2", tmp_path / "sys") == "1A2B3C4D"
    assert serial_of("video0", tmp_path / "sys") == serial_of("video9", tmp_path / "sys") == ""


def test_without_udev_there_are_no_links(tmp_path: Path) -> None:
    assert by_id_links(tmp_path) == {}
    assert not has_by_id(tmp_path)


def test_files_that_are_no_video_nodes_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "video0").write_text("no device")
    (tmp_path / "video-notes").write_text("no node")
    assert video_nodes(tmp_path) == ()


def test_the_most_stable_id_there_is_goes_into_the_settings() -> None:
    assert VideoNode("/dev/video0", "C920", bus="usb-1", by_id=C920, serial="1A2B3C4D").id == C920
    assert VideoNode("/dev/video0", "C920", bus="usb-1", serial="1A2B3C4D").id == "serial:1A2B3C4D"
    assert VideoNode("/dev/video0", "C920", bus="usb-1").id == "C920 usb-1"
    assert VideoNode("/dev/video0", "", "no permission").id == "/dev/video0"


# --- which camera a setting means ----------------------------------------------------------------

FACE = VideoNode("/dev/video0", "Integrated IR", bus="usb-7", by_id="usb-Chicony_IR_0001-video-index0", is_grey=True)
BOOTH = VideoNode("/dev/video2", "HD Pro Webcam C920", bus="usb-2", by_id=C920, serial="1A2B3C4D")
ROOM = VideoNode("/dev/video4", "HD Pro Webcam C920", bus="usb-3", serial="77AA88BB")
ALL = (FACE, BOOTH, ROOM)


def targets(setting: str, nodes: tuple[VideoNode, ...] = ALL, known_id: str = "") -> list[str]:
    return [source.target for source in sources(setting, nodes, known_id)]


@pytest.mark.parametrize(("setting", "expected"), [
    (C920, ["/dev/video2"]),
    (f"/dev/v4l/by-id/{C920}", ["/dev/video2"]),
    ("1a2b3c4d", ["/dev/video2"]),
    ("hd pro webcam", ["/dev/video2", "/dev/video4"]),
    ("serial:77aa88bb", ["/dev/video4"]),
    ("HD Pro Webcam C920 usb-3", ["/dev/video4"]),
    ("usb-046d_HD_Pro_Webcam_C920_77AA88BB-video-index0", ["/dev/video4"]),
    ("Brio", []),
    ("serial:", []),
    ("2", ["/dev/video2"]),
    ("/dev/video4", ["/dev/video4"]),
    ("/dev/video9", ["/dev/video9"]),
    ("/dev/v4l/by-id/usb-Brio-video-index0", ["/dev/v4l/by-id/usb-Brio-video-index0"]),
])
def test_a_setting_names_its_camera(setting: str, expected: list[str]) -> None:
    assert targets(setting) == expected


def test_auto_takes_the_first_camera_and_infrared_ones_last() -> None:
    assert targets("auto") == ["/dev/video2", "/dev/video4", "/dev/video0"]
    assert targets("auto", ()) == []


@pytest.mark.parametrize("setting", ["auto", "2", "/dev/video2", C920, "1A2B3C4D"])
def test_a_camera_that_comes_back_under_another_number_is_found_again(setting: str) -> None:
    back = (VideoNode("/dev/video2", "Other", bus="usb-9"), BOOTH._replace(path="/dev/video6"))
    assert targets(setting, back, BOOTH.id)[0] == "/dev/video6"


def test_while_the_known_camera_is_away_a_number_means_what_is_there() -> None:
    assert targets("2", (VideoNode("/dev/video2", "Other", bus="usb-9"),), BOOTH.id) == ["/dev/video2"]
    assert targets(C920, (VideoNode("/dev/video2", "Other", bus="usb-9"),), BOOTH.id) == []


@pytest.mark.parametrize(("setting", "source"), [
    ("test", Source("test", "test", "test picture")),
    ("loop:/a/b.mp4", Source("loop", "/a/b.mp4", "/a/b.mp4")),
    ("/a/b", Source("file", "/a/b", "/a/b")),
    ("clip.MP4", Source("file", "clip.MP4", "clip.MP4")),
    ("rtsp://me:word@10.0.0.7:554/s?key=1", Source("address", "rtsp://me:word@10.0.0.7:554/s?key=1",
                                                   "rtsp://10.0.0.7:554/s")),
])
def test_recordings_and_addresses_are_sources_too(setting: str, source: Source) -> None:
    assert sources(setting, ALL) == [source]


def test_names_and_paths_of_settings() -> None:
    assert [node_path(setting) for setting in ("0", "/dev/video3", "auto", "C920")] == [
        "/dev/video0", "/dev/video3", "", ""]
    assert [name_of(setting) for setting in ("auto", "7", "loop:x.mp4", "C920")] == ["", "/dev/video7", "x.mp4", "C920"]
    assert name_of("http://[") == "http"


def test_what_is_there_is_told_when_nothing_fits() -> None:
    assert nothing_fits("auto", (), has_by_id=True) == "no camera is plugged in"
    said = nothing_fits("Brio", ALL, has_by_id=False)
    assert all(part in said for part in ("Brio", C920, "serial:77AA88BB", "udev"))
    assert "udev" not in nothing_fits("Brio", ALL, has_by_id=True)
