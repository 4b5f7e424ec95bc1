"""Recordings of any kind through FFmpeg's libraries (PyAV): 16 kHz mono, block by block."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from greenroom.errors import EngineUnavailable, RecordingError, RecordingTooLong
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.recording import APART_NOTE, ChannelLikeness, mixed
from greenroom.ports import Pcm

MAX_RECORDING_S = 3600.0
"""An hour is 115 MB in memory; a practice interview takes a sixth of that."""
PROTOCOLS = "file"
"""A playlist may name other files and addresses; nothing but the file itself is opened."""
NO_CONTAINERS = frozenset({"hls", "dash", "concat", "concatf", "image2", "image2pipe", "tty", "lavfi"})
"""What FFmpeg takes for media although it only points at other files, or is none."""
KINDS = "wav, flac, mp3, ogg, m4a, webm or mp4"
MAX_SIDE_PX = 4096
MAX_PIXELS = MAX_SIDE_PX**2
"""Of a picture, also of one that comes with a sound: FFmpeg looks into both when it opens a file."""


class NoSound(RecordingError):
    """A recording without any sound; it may have a picture."""


def opened(path: Path) -> tuple[Any, Any]:
    """PyAV, and the container of a file. Raises ``RecordingError`` and ``EngineUnavailable``."""
    try:
        import av
    except ImportError as error:
        raise EngineUnavailable("PyAV is not installed", fix="pip install av") from error
    if not path.is_file():
        raise RecordingError(f"{path.name} is no file", fix="give the path of a recording")
    if path.stat().st_size == 0:
        raise RecordingError(f"{path.name} is empty", fix=f"give a recording: {KINDS}")
    av.logging.set_level(av.logging.PANIC)  # what is wrong is told by this module, once
    try:
        container: Any = av.open(str(path), metadata_errors="ignore",
                                 options={"protocol_whitelist": PROTOCOLS, "max_pixels": str(MAX_PIXELS)})
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise _unreadable(path) from error
    return av, container


def begin_s(stream: Any) -> float | None:
    """When a stream begins by the header: seconds on the file's own clock."""
    start = stream.start_time
    return None if start is None else float(start * stream.time_base)


def length_s(av: Any, container: Any) -> float | None:
    """Length by the header, which may be wrong or missing."""
    duration = container.duration
    return duration / av.time_base if duration and duration > 0 else None


def _unreadable(path: Path) -> RecordingError:
    return RecordingError(f"{path.name} is no recording that can be read", fix=f"give {KINDS}")


class Recording:
    """An opened file. ``decode`` once, then ``close``. Files are hostile: this belongs into a job worker.

    ``channel`` counts from 1; 0 is the mean of all, and when they differ much a note says so. Raises ``RecordingError``
    for anything that is no readable sound, ``NoSound`` when there is none in it, ``RecordingTooLong`` as soon as more
    than ``MAX_RECORDING_S`` were decoded, whatever the header claims; ``EngineUnavailable`` without PyAV.
    """

    def __init__(self, path: Path, channel: int = 0) -> None:
        self._av, self._container = opened(path)
        self.notes: list[str] = []
        streams = self._container.streams.audio
        if not streams or NO_CONTAINERS.intersection(self._container.format.name.split(",")):
            self._container.close()
            raise _unreadable(path) if streams else NoSound(f"{path.name} holds no sound",
                                                            fix=f"give a recording: {KINDS}")
        self._stream: Any = streams[0]
        self._name = path.name
        if _is_cut_off(path):
            self.notes.append("The file is shorter than its header says; its end is missing.")
        self._channel = channel
        context: Any = self._stream.codec_context
        if context is None:  # nobody knows how it was coded
            self._container.close()
            raise _unreadable(path)
        channels = context.channels
        if not 0 <= channel <= channels:
            self._container.close()
            raise RecordingError(f"{path.name} has {channels} channel{'s'[: channels != 1]}, not {channel}",
                                 fix="leave the channel out to hear all of them")

    @property
    def source(self) -> str:
        """Codec, rate and channels as they were stored."""
        context = self._stream.codec_context
        return f"{context.name}, {context.sample_rate} Hz, {context.channels} channel{'s'[: context.channels != 1]}"

    @property
    def start_s(self) -> float | None:
        """When the first sample is heard, by the header: seconds on the file's own clock."""
        return begin_s(self._stream)

    @property
    def stated_s(self) -> float | None:
        """Length by the header, which may be wrong or missing."""
        return length_s(self._av, self._container)

    def decode(self) -> Iterator[Pcm]:
        """The sound in order. An end in the middle of a frame is noted, not raised, once there was sound."""
        resampler = self._av.AudioResampler(format="s16p", rate=SAMPLE_RATE_HZ)
        likeness = ChannelLikeness()
        samples = 0
        try:
            for frame in self._container.decode(self._stream):
                frame.pts = None  # times of broken files jump; the samples are all there is
                for piece in resampler.resample(frame):
                    samples += piece.samples
                    if samples > MAX_RECORDING_S * SAMPLE_RATE_HZ:
                        raise RecordingTooLong(f"{self._name} is longer than {MAX_RECORDING_S / 60:.0f} minutes",
                                               fix="cut it into parts")
                    planes = _planes(piece)
                    likeness.add(planes)
                    yield mixed(planes, self._channel)
            for piece in resampler.resample(None):
                samples += piece.samples
                yield mixed(_planes(piece), self._channel)
        except (self._av.error.FFmpegError, OSError, ValueError) as error:
            if not samples:
                raise NoSound(f"{self._name} holds no sound that can be decoded",
                              fix=f"give a recording: {KINDS}") from error
            self.notes.append("The file is damaged; what follows the damage was not heard.")
        if not samples:
            raise NoSound(f"{self._name} holds no sound", fix="give a recording with sound in it")
        if self._channel == 0 and likeness.is_apart:
            self.notes.append(APART_NOTE)
        stated_s = self.stated_s
        if stated_s is not None and math.isfinite(stated_s) and stated_s - samples / SAMPLE_RATE_HZ > 1.0:
            self.notes.append(f"The file says that it is {stated_s:.0f} s long; it ends earlier.")

    def close(self) -> None:
        self._container.close()


def _is_cut_off(path: Path) -> bool:
    """Whether a wav states more bytes than it has; FFmpeg takes what there is, and says nothing."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:8], "little")
    # Recorders that cannot go back leave 0 or a very large number.
    return head[:4] == b"RIFF" and 0 < size < 0x7FFF_0000 and size + 8 > path.stat().st_size + 1


def _planes(piece: Any) -> Pcm:
    """A row a channel."""
    return np.asarray(piece.to_ndarray(), np.int16).reshape(-1, piece.samples)
