"""Recordings of every kind, made from one rendered sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from greenroom.ports import Pcm

VOICES = Path(__file__).parents[2] / "daemon/greenroom/world/voices"
CODECS = {"wav": "pcm_s16le", "flac": "flac", "mp3": "libmp3lame", "ogg": "libopus", "m4a": "aac", "webm": "libopus",
          "mp4": "aac"}


def sentence(n: int = 4) -> Pcm:
    """Rendered speech, 16 kHz mono; 3 to 8 are different sentences."""
    name = ("0812375224", "099bf9f640", "09b43bcfea", "0a54d4f745", "0c06e8b5ac", "0c5e9cc76f")[n - 3]
    pcm: Pcm = soundfile.read(VOICES / f"rms-{name}-0.flac", dtype="int16")[0]
    return pcm


def stored(path: Path, pcm: Pcm, *, rate_hz: int = 16_000, layout: str = "mono") -> Path:
    """``pcm`` in the format that the name of ``path`` asks for."""
    import av

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(CODECS[path.suffix[1:]], rate=rate_hz)
        stream.layout = layout
        if path.suffix == ".mp4":
            picture: Any = container.add_stream("mpeg4", rate=10)
            picture.width = picture.height = 64
            picture.pix_fmt = "yuv420p"
            frame = av.VideoFrame(64, 64, "yuv420p")
            container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
        sound = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm[None]), "s16", "mono")
        sound.sample_rate = 16_000
        resampler = av.AudioResampler(stream.format, layout, rate_hz, stream.codec_context.frame_size or None)
        for piece in (*resampler.resample(sound), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path
