"""Videos and pictures come out upright, at their own times; what is hostile is refused by its header."""

from __future__ import annotations

import contextlib
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import PictureError, PictureTooLarge, RecordingError, RecordingTooLong
from greenroom.ports import Image
from greenroom.seeing import decoder_av
from greenroom.seeing.decoder_av import LOOK_PX, NoPicture, Shot, Video, picture_of
from greenroom.seeing.still_header import (
    MAX_SCANS,
    MAX_SEGMENTS,
    MAX_WALKED,
    PNG_SIGNATURE,
    Header,
    header_of,
    jpeg_alone,
    png_alone,
)
from hearing.sounds import sentence, stored
from seeing.videos import drawn, filmed, scene

pytest.importorskip("av", reason="PyAV is not installed")
cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")

STORED = [("mp4", "mpeg4"), ("mp4", "libx264"), ("mkv", "mjpeg"), ("avi", "mjpeg"), ("webm", "libvpx"),
          ("mov", "libx264")]


def shots(path: Path, rate_hz: float = 15.0) -> tuple[list[Shot], list[str]]:
    video = Video(path)
    try:
        return [shot for shot in video.decode(rate_hz) if shot is not None], video.notes
    finally:
        video.close()


def distance(one: Image, other: Image) -> float:
    """Mean difference of pixels."""
    return float(np.abs(one.astype(float) - other).mean())


def counted(n: int) -> list[Image]:
    """Grey pictures, none like the one before it."""
    return [np.full((48, 64, 3), 40 + 4 * (k % 40), np.uint8) for k in range(n)]


def encoded(picture: Image, kind: str = ".jpg") -> bytes:
    data: bytes = cv2.imencode(kind, picture[:, :, ::-1])[1].tobytes()
    return data


def chunk(kind: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, packed: bytes = b"") -> bytes:
    """A PNG that says what its size is, with whatever is behind that."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed or zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def turned_jpeg(picture: Image, orientation: int) -> bytes:
    """A JPEG whose EXIF says how to hold it."""
    entry = struct.pack("<HHHIHH", 1, 0x112, 3, 1, orientation, 0) + struct.pack("<I", 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + entry
    data = encoded(picture)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


@pytest.mark.parametrize(("kind", "codec"), STORED)
def test_every_kind_gives_the_pictures_that_were_stored(tmp_path: Path, kind: str, codec: str) -> None:
    stored_pictures = [drawn(scene(yaw_deg=yaw)) for yaw in (0.0, 5.0, 10.0)]
    found, notes = shots(filmed(tmp_path / f"a.{kind}", stored_pictures, codec=codec))
    assert notes == []
    assert [shot.t - found[0].t for shot in found] == pytest.approx([0.0, 1 / 15, 2 / 15], abs=0.002)
    for shot, picture in zip(found, stored_pictures, strict=True):
        assert shot.picture.shape == picture.shape
        assert distance(shot.picture, picture) < 6


@pytest.mark.parametrize("rate_hz", [10, 15, 24, 25, 30, 50, 60])
def test_no_more_are_looked_at_than_the_booth_looks_at_and_at_their_own_times(tmp_path: Path, rate_hz: int) -> None:
    found, _ = shots(filmed(tmp_path / "a.mp4", counted(2 * rate_hz), rate_hz=rate_hz))
    times = [shot.t for shot in found]
    assert len(times) == pytest.approx(2 * min(rate_hz, 15), abs=1)
    assert np.allclose(np.array(times) * rate_hz, np.round(np.array(times) * rate_hz), atol=0.01)
    assert np.diff(times).max() < 1 / min(rate_hz, 15) + 1 / rate_hz


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    times = [0, 70, 400, 2000, 2067, 5000]
    found, _ = shots(filmed(tmp_path / "a.mkv", counted(len(times)), times=times))
    assert [round(shot.t * 1000) for shot in found] == pytest.approx(times, abs=2)


@pytest.mark.parametrize("rotation", [90, -90, 180])
def test_a_video_that_was_held_sideways_is_upright(tmp_path: Path, rotation: int) -> None:
    picture = drawn(scene(yaw_deg=5.0))
    sideways = np.rot90(picture, -rotation // 90)
    (shot, *_), _ = shots(filmed(tmp_path / "a.mp4", [sideways] * 3, rotation=rotation))
    assert distance(shot.picture, picture) < 6


def test_large_pictures_are_shrunk_and_still_whole(tmp_path: Path) -> None:
    large = np.asarray(cv2.resize(drawn(scene()), (2560, 1920)), np.uint8)
    (shot, *_), _ = shots(filmed(tmp_path / "a.mp4", [large] * 2))
    assert shot.picture.shape == (LOOK_PX * 3 // 4, LOOK_PX, 3)
    assert distance(np.asarray(cv2.resize(shot.picture, (640, 480)), np.uint8), drawn(scene())) < 6


def test_what_holds_no_picture_is_told_from_what_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(NoPicture, match=r"a\.wav holds no picture"):
        Video(stored(tmp_path / "a.wav", sentence()[:8000]))
    for name, data in {"text.mp4": b"hello\n" * 500, "zeros.mkv": bytes(5000), "null.avi": b"",
                       "list.m3u8": f"#EXTM3U\n#EXTINF:10,\nfile://{tmp_path}/a.wav\n".encode()}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(RecordingError, match=name):
            Video(tmp_path / name)
    (tmp_path / "still.png").write_bytes(encoded(drawn(scene()), ".png"))
    with pytest.raises(NoPicture):
        Video(tmp_path / "still.png")


def test_the_cover_of_a_song_is_no_video(tmp_path: Path) -> None:
    import av

    path = tmp_path / "song.mp3"
    with av.open(str(path), "w") as container, av.open(str(stored(tmp_path / "a.mp3", sentence()[:8000]))) as song:
        sound = container.add_stream_from_template(song.streams.audio[0])
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        for packet in song.demux(song.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = sound
                container.mux(packet)
        container.mux(cover.encode(av.VideoFrame.from_ndarray(counted(1)[0], "rgb24")))
        container.mux(cover.encode(None))
    with pytest.raises(NoPicture):
        Video(path)


def test_pictures_that_are_too_large_are_refused_before_they_are_decoded(tmp_path: Path,
                                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    path = filmed(tmp_path / "a.mp4", counted(3), codec="libx264")
    monkeypatch.setattr(decoder_av, "MAX_SIDE_PX", 60)
    with pytest.raises(RecordingError, match="64 x 48 pixels"):
        Video(path)


@pytest.mark.parametrize("codec", ["mpeg4", "mjpeg", "libx264"])
def test_ffmpeg_takes_no_memory_for_more_pixels_than_are_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                                 codec: str) -> None:
    path = filmed(tmp_path / "a.mkv", counted(3), codec=codec)
    monkeypatch.setattr(decoder_av, "MAX_PIXELS", 1000)
    with pytest.raises(NoPicture):
        shots(path)


@pytest.mark.parametrize(("kind", "codec"), [("avi", "mjpeg"), ("mkv", "mjpeg"), ("webm", "libvpx")])
def test_a_video_that_breaks_off_is_looked_at_as_far_as_it_goes(tmp_path: Path, kind: str, codec: str) -> None:
    pictures = [drawn(scene(yaw_deg=n % 5)) for n in range(60)]
    whole = filmed(tmp_path / f"whole.{kind}", pictures, codec=codec).read_bytes()
    path = tmp_path / f"a.{kind}"
    path.write_bytes(whole[: len(whole) // 2])
    found, notes = shots(path)
    assert 0.5 < found[-1].t < 3.5
    (note,) = notes
    assert "The file says that it" in note


def test_damage_in_the_middle_costs_the_pictures_there(tmp_path: Path) -> None:
    path = filmed(tmp_path / "a.avi", [drawn(scene(yaw_deg=n % 5)) for n in range(30)], codec="mjpeg")
    spoilt = bytearray(path.read_bytes())
    middle = len(spoilt) // 2
    spoilt[middle : middle + 60_000] = bytes(60_000)
    path.write_bytes(spoilt)
    found, _ = shots(path)
    assert 20 <= len(found) <= 30
    assert found[-1].t > 1.5


def test_a_video_that_is_too_long_is_told_by_its_own_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filmed(tmp_path / "a.mkv", counted(3), times=[0, 500, 2000])
    monkeypatch.setattr(decoder_av, "MAX_RECORDING_S", 1.0)
    with pytest.raises(RecordingTooLong):
        shots(path)


@pytest.mark.parametrize("kind", [".jpg", ".png"])
def test_a_picture_is_what_was_stored(kind: str) -> None:
    picture = drawn(scene())
    assert distance(picture_of(encoded(picture, kind)), picture) < 3
    header = header_of(encoded(picture, kind))
    assert header is not None
    assert (header.width_px, header.height_px) == (640, 480)


@pytest.mark.parametrize("kind", [".jpg", ".png"])
@pytest.mark.parametrize("share", [0.1, 0.6, 0.98])
def test_a_picture_of_which_the_end_is_missing_is_refused(kind: str, share: float) -> None:
    data = encoded(drawn(scene()), kind)
    with pytest.raises(PictureError):
        picture_of(data[: round(share * len(data))])


@pytest.mark.parametrize(("orientation", "quarters"), [(1, 0), (3, 2), (6, 1), (8, -1)])
def test_a_picture_that_was_held_sideways_is_upright(orientation: int, quarters: int) -> None:
    picture = drawn(scene())
    assert distance(picture_of(turned_jpeg(np.rot90(picture, quarters), orientation)), picture) < 3


@pytest.mark.parametrize("data", [png(100_000, 100_000), png(4097, 10), png(2**31 - 1, 1)])
def test_bombs_are_refused_by_their_header(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(data) < 1100
    av = pytest.importorskip("av")
    monkeypatch.setattr(av.CodecContext, "create", None)
    with pytest.raises(PictureTooLarge) as caught:
        picture_of(data)
    assert caught.value.code == "picture-too-large"


@pytest.mark.parametrize("size", [(2049, 2048), (4096, 4096)])
def test_a_picture_may_be_allowed_fewer_pixels(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    av = pytest.importorskip("av")
    monkeypatch.setattr(av.CodecContext, "create", None)
    with pytest.raises(PictureTooLarge, match="at most 4194304 pixels"):
        picture_of(png(*size), 2048 * 2048)


def test_a_jpeg_of_hundreds_of_scans_or_frames_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = encoded(drawn(scene()))
    frame = whole.index(b"\xff\xc0")
    head, scan = whole[frame : frame + 19], whole[whole.index(b"\xff\xda") : -2]
    assert distance(picture_of(whole[:-2] + scan + whole[-2:]), drawn(scene())) < 3
    monkeypatch.setattr(pytest.importorskip("av").CodecContext, "create", None)
    table = b"\xff\xdb\x00\x7b\x00" + bytes(64) + 3 * head  # three frames behind a table of 64 values
    for bomb in (MAX_SCANS * scan, MAX_SEGMENTS * (b"\xff\xdd\x00\x04\x00\x00"), 2 * head, table,
                 MAX_WALKED * b"\xff\xfe\x00\x02"):
        with pytest.raises(PictureError, match="far more parts"):
            picture_of(whole[:-2] + bomb + whole[-2:])


def test_what_lies_beside_the_picture_of_a_jpeg_is_left_out() -> None:
    picture = drawn(scene())
    plain = encoded(picture)
    assert jpeg_alone(plain) == plain
    profile = b"\xff\xe2\x01\x02" + bytes(range(256))
    assert jpeg_alone(plain[:2] + 50 * profile + plain[2:] + b"\xff\xd8more") == plain
    turned = turned_jpeg(picture, 6)
    alone = jpeg_alone(turned)
    assert alone is not None
    assert b"Exif" in alone


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_have_a_jpeg_alone_that_is_no_longer_than_they_are(data: bytes, has_markers: bool) -> None:
    data = b"\xff\xd8" + (data.replace(b"\x00", b"\xff\xda") if has_markers else data)
    alone = jpeg_alone(data)
    assert alone is None or (len(alone) <= len(data) and alone.startswith(b"\xff\xd8"))


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt"])
def test_what_is_packed_beside_the_picture_of_a_png_is_not_unpacked(kind: bytes) -> None:
    picture = drawn(scene())
    plain = encoded(picture, ".png")
    more = chunk(kind, b"a\0\0" + zlib.compress(bytes(1000)))
    assert png_alone(plain[:33] + more + plain[33:]) == plain
    assert distance(picture_of(plain[:33] + more + plain[33:]), picture) == 0


@given(st.binary(max_size=400))
def test_any_bytes_have_a_picture_alone_that_is_no_longer_than_they_are(data: bytes) -> None:
    alone = png_alone(PNG_SIGNATURE + data)
    assert len(alone) <= len(PNG_SIGNATURE + data)
    assert png_alone(alone) == alone


def test_what_is_no_picture_is_refused() -> None:
    whole = encoded(drawn(scene()))
    for data in (b"", b"hello", whole[:200], whole[:2], png(640, 480, b"no zlib"), png(0, 0), png(8, 8), b"GIF89a" * 99,
                 b"\xff\xd8" + b"\xff\xe0\x00\x00" * 50):
        with pytest.raises(PictureError) as caught:
            picture_of(data)
        assert caught.value.fix


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", png(640, 480)[:20]]))
def test_any_bytes_have_a_header_or_none(data: bytes, start: bytes) -> None:
    found = header_of(start + data)
    assert found is None or (found.width_px >= 0 and found.height_px >= 0)


@given(st.integers(1, 65_535), st.integers(1, 65_535), st.binary(max_size=100))
def test_a_jpeg_says_its_size_behind_whatever_else_it_says(width: int, height: int, comment: bytes) -> None:
    said = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3)
    assert header_of(b"\xff\xd8" + said + frame) == Header("jpeg", width, height)


def fuzzed(data: bytes, dice: np.random.Generator) -> bytes:
    """Up to twenty bytes changed, most of them near the start, and sometimes an end that is missing."""
    spoilt = bytearray(data)
    reach = 300 if dice.random() < 0.7 else len(spoilt)
    for place in dice.integers(0, min(reach, len(spoilt)), dice.integers(1, 20)):
        spoilt[place] = dice.integers(0, 256)
    return bytes(spoilt[: dice.integers(20, len(spoilt))] if dice.random() < 0.3 else spoilt)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("kind", "codec"), STORED)
def test_videos_that_are_fuzzed_never_crash(tmp_path: Path, kind: str, codec: str) -> None:
    """170 of each kind: a thousand in all."""
    data = filmed(tmp_path / f"a.{kind}", counted(8), codec=codec).read_bytes()
    dice, path = np.random.default_rng(11), tmp_path / f"fuzzed.{kind}"
    for _ in range(170):
        path.write_bytes(fuzzed(data, dice))
        with contextlib.suppress(RecordingError):
            assert all(max(shot.picture.shape) <= LOOK_PX for shot in shots(path)[0])
