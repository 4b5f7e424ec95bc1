"""Pictures of videos and single pictures through FFmpeg's libraries (PyAV), upright and in RGB.

What comes here is hostile: it belongs into a job worker. Sizes are refused by the header, and FFmpeg itself refuses
whatever turns out larger than its header said before it takes memory for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from greenroom.errors import EngineUnavailable, PictureError, PictureTooLarge, RecordingError, RecordingTooLong
from greenroom.hearing.decoder_av import (
    MAX_PIXELS,
    MAX_RECORDING_S,
    MAX_SIDE_PX,
    NO_CONTAINERS,
    begin_s,
    length_s,
    opened,
)
from greenroom.ports import Image
from greenroom.seeing.still_header import JPEG_END, header_of, jpeg_alone, png_alone

LOOK_PX = 1280
"""Longer side of what is looked at: larger pictures are shrunk, which costs a face of a tenth of it no detail that
the networks (192 pixels a face) could use."""
MAX_ASPECT = 4.0
"""Pixels that are said to be more oblong than this are taken for square ones."""
MIN_SIDE_PX = 16
"""Less shows nothing."""
EARLY_S = 0.002
"""Clocks of containers count milliseconds: a picture so much before it is due is not too early."""
FEW_MISSING = 1.1
"""Headers count pictures that a player would not show; so many more than there are is no such thing."""
UNKNOWN_STEP_S = 1 / 25
"""From picture to picture where neither times nor a rate are stated."""


class NoPicture(RecordingError):
    """A recording without any picture; it may have a sound."""


class Shot(NamedTuple):
    """One picture of a video, and when it is shown: seconds on the file's own clock."""

    picture: Image
    t: float


class Video:
    """The pictures of an opened file. ``decode`` once, then ``close``.

    Raises ``NoPicture`` for what holds none, cover art apart, ``RecordingError`` for what is no recording or has larger
    pictures than ``MAX_SIDE_PX``, ``EngineUnavailable`` without PyAV.
    """

    def __init__(self, path: Path) -> None:
        self._av, self._container = opened(path)
        self.notes: list[str] = []
        self._name = path.name
        streams = [stream for stream in self._container.streams.video if not _is_cover(stream)]
        format_names = self._container.format.name.split(",")
        is_still = any(name.endswith("_pipe") for name in format_names)
        if not streams or is_still or NO_CONTAINERS.intersection(format_names):
            self._container.close()
            raise NoPicture(f"{path.name} holds no picture", fix="give a video with a picture in it")
        self._stream: Any = streams[0]
        context: Any = self._stream.codec_context
        if context is None:  # nobody knows how it was coded
            self._container.close()
            raise NoPicture(f"{path.name} holds no picture that can be decoded", fix="store it as mp4, webm or mkv")
        if max(context.width, context.height) > MAX_SIDE_PX:
            self._container.close()
            raise RecordingError(f"{path.name} has pictures of {context.width} x {context.height} pixels",
                                 fix=f"make them {MAX_SIDE_PX} x {MAX_SIDE_PX} at most")
        context.options = {"max_pixels": str(MAX_PIXELS)}
        context.thread_count = 1
        self._aspect = _aspect(self._stream)

    @property
    def source(self) -> str:
        """Codec, size and rate as they were stored."""
        context, rate = self._stream.codec_context, self._stream.average_rate
        paced = f", {float(rate):.3g} frames/s" if rate else ""
        return f"{context.name}, {context.width} x {context.height}{paced}"

    @property
    def start_s(self) -> float | None:
        """When the first picture is shown, by the header: seconds on the file's own clock."""
        return begin_s(self._stream)

    @property
    def stated_s(self) -> float | None:
        """Length by the header, which may be wrong or missing."""
        return length_s(self._av, self._container)

    def decode(self, rate_hz: float) -> Iterator[Shot | None]:
        """The pictures by their times, at most ``rate_hz`` of them a second; None for each one that is left out.

        Packets that cannot be decoded, pictures that are not whole and times that go backwards are passed over, and
        noted. Raises ``RecordingTooLong`` beyond ``MAX_RECORDING_S``, ``NoPicture`` when there was none.
        """
        first_s, last_s, due_s = None, -math.inf, -math.inf
        spoilt = decoded = 0
        for n, frame in enumerate(self._frames(), start=1):
            decoded = n
            t = None if frame is None else self._time(frame, last_s)
            if frame is None or t is None or t <= last_s or min(frame.width, frame.height) < MIN_SIDE_PX:
                spoilt += 1
                yield None
                continue
            first_s, last_s = t if first_s is None else first_s, t
            if t - first_s > MAX_RECORDING_S:
                raise RecordingTooLong(f"{self._name} is longer than {MAX_RECORDING_S / 60:.0f} minutes",
                                       fix="cut it into parts")
            if t < due_s - EARLY_S:
                yield None
                continue
            due_s = max(due_s + 1.0 / rate_hz, t) if due_s > -math.inf else t + 1.0 / rate_hz
            yield Shot(_upright(frame, self._aspect), t)
        if first_s is None:
            raise NoPicture(f"{self._name} holds no picture that can be decoded", fix="store it as mp4, webm or mkv")
        self._note(spoilt, decoded, last_s - first_s)

    def close(self) -> None:
        self._container.close()

    def _frames(self) -> Iterator[Any | None]:
        """Decoded frames; None for a packet or frame that is damaged."""
        try:
            for packet in self._container.demux(self._stream):
                try:
                    for frame in packet.decode():
                        yield None if frame.is_corrupt else frame
                except (self._av.error.FFmpegError, ValueError):
                    yield None
        except (self._av.error.FFmpegError, OSError, ValueError):
            self.notes.append("The file is damaged; what follows the damage was not looked at.")

    def _time(self, frame: Any, last_s: float) -> float | None:
        if frame.time is not None and math.isfinite(frame.time):
            return float(frame.time)
        if last_s == -math.inf:
            return 0.0
        rate = self._stream.average_rate
        return last_s + (1.0 / float(rate) if rate else UNKNOWN_STEP_S)

    def _note(self, spoilt: int, decoded: int, seen_s: float) -> None:
        if spoilt:
            self.notes.append(f"{spoilt} picture{'s'[: spoilt != 1]} could not be read, or came out of turn.")
        stated_s, stated = self.stated_s, self._stream.frames
        if stated_s is not None and math.isfinite(stated_s) and stated_s - seen_s > 1.0:
            self.notes.append(f"The file says that it is {stated_s:.0f} s long; its picture ends after {seen_s:.0f} s.")
        elif stated > FEW_MISSING * decoded:
            self.notes.append(f"The file says that it has {stated} pictures; {decoded} are in it.")


def picture_of(data: bytes, max_pixels: int = MAX_PIXELS) -> Image:
    """A JPEG or PNG, upright. A mirrored orientation counts as the turn in it.

    Raises ``PictureTooLarge`` by the header, ``PictureError`` for what cannot be decoded or is made to cost time,
    ``EngineUnavailable``.
    """
    header = header_of(data)
    if header is None:
        raise PictureError("this is neither a JPEG nor a PNG", fix="send one JPEG or PNG")
    if max(header.width_px, header.height_px) > MAX_SIDE_PX:
        raise PictureTooLarge(f"the picture has {header.width_px} x {header.height_px} pixels",
                              fix=f"send one of {MAX_SIDE_PX} x {MAX_SIDE_PX} at most")
    if header.width_px * header.height_px > max_pixels:
        raise PictureTooLarge(f"the picture has {header.width_px} x {header.height_px} pixels",
                              fix=f"send one of at most {max_pixels} pixels")
    if min(header.width_px, header.height_px) < MIN_SIDE_PX:
        raise PictureError(f"the picture has {header.width_px} x {header.height_px} pixels", fix="send a larger one")
    alone = png_alone(data) if header.kind == "png" else jpeg_alone(data)
    if alone is None:
        raise PictureError("the picture has far more parts than a picture needs", fix="store it as a plain JPEG")
    if header.kind == "jpeg" and not alone.endswith(JPEG_END):
        # A decoder paints over what is missing, and the networks see a face in that.
        raise PictureError("the picture is not whole", fix="send it again")
    try:
        import av
    except ImportError as error:
        raise EngineUnavailable("PyAV is not installed", fix="pip install av") from error
    av.logging.set_level(av.logging.PANIC)
    context: Any = av.CodecContext.create("mjpeg" if header.kind == "jpeg" else "png", "r")
    context.options = {"max_pixels": str(max_pixels)}
    context.thread_count = 1
    try:
        frames = [*context.decode(av.Packet(alone)), *context.decode(None)]
        if not frames or frames[0].is_corrupt or min(frames[0].width, frames[0].height) < MIN_SIDE_PX:
            raise PictureError("the picture is not whole", fix="send it again")
        return _upright(frames[0], 1.0)
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise PictureError("the picture cannot be decoded", fix="send one JPEG or PNG") from error


def _is_cover(stream: Any) -> bool:
    """A picture that belongs to a sound, and shows nobody while it lasts."""
    return bool(stream.disposition & type(stream.disposition).attached_pic)


def _aspect(stream: Any) -> float:
    """Width over height of a pixel."""
    aspect = float(stream.sample_aspect_ratio or 1.0)
    return aspect if 1.0 / MAX_ASPECT <= aspect <= MAX_ASPECT else 1.0


def _upright(frame: Any, aspect: float) -> Image:
    """RGB with square pixels, at most ``LOOK_PX`` long, turned as the file says."""
    width, height = frame.width * aspect, float(frame.height)
    shrunk = min(1.0, LOOK_PX / max(width, height))
    size = {"width": max(1, round(width * shrunk)), "height": max(1, round(height * shrunk))}
    rgb = frame.reformat(**size, format="rgb24", interpolation="AREA").to_ndarray()
    return np.ascontiguousarray(np.rot90(rgb, round(frame.rotation / 90) % 4))
