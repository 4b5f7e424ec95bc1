"""Short videos of the drawn candidate, stored as tools and phones store them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from greenroom.ports import Image, Pcm
from greenroom.world.portrait import HEIGHT, WIDTH, PortraitRenderer
from greenroom.world.scene import Scene

SceneAt = Callable[[float], Scene]
PIXELS = {"mjpeg": "yuvj420p", "png": "rgb24"}


@cache
def _renderer() -> PortraitRenderer:
    return PortraitRenderer()


def drawn(scene: Scene) -> Image:
    return _renderer().render(scene)


def scene(t: float = 0.0, **shown: Any) -> Scene:
    return Scene(frame=0, t=t, **shown)


def filmed(path: Path, pictures: Iterable[Image], *, rate_hz: int = 15, codec: str = "mpeg4", pcm: Pcm | None = None,
           sound_codec: str = "aac", rotation: int = 0, times: Iterable[int] | None = None,
           sound_late_s: float = 0.0) -> Path:
    """``pictures`` at ``rate_hz``, or at ``times`` in milliseconds; beside them ``pcm`` (16 kHz), so much later."""
    import av

    with av.open(str(path), "w") as container:
        stream: Any = None
        sound: Any = container.add_stream(sound_codec, rate=16_000) if pcm is not None else None
        if sound is not None:
            sound.layout = "mono"
        clock = None if times is None else iter(times)
        for n, picture in enumerate(pictures):
            if stream is None:
                stream = container.add_stream(codec, rate=rate_hz if clock is None else 1000)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = PIXELS.get(codec, "yuv420p")
                stream.bit_rate = 4_000_000
                if rotation:
                    stream.set_display_rotation(rotation)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
            frame.pts = n if clock is None else next(clock)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
        if sound is not None and pcm is not None:
            _mux_sound(container, sound, pcm, round(sound_late_s * 16_000))
    return path


def _mux_sound(container: Any, stream: Any, pcm: Pcm, late: int) -> None:
    import av

    whole = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm[None]), "s16", "mono")
    whole.sample_rate = 16_000
    resampler = av.AudioResampler(stream.format, "mono", 16_000, stream.codec_context.frame_size or None)
    at = late
    for piece in (*resampler.resample(whole), *resampler.resample(None)):
        piece.pts = at
        at += piece.samples
        container.mux(stream.encode(piece))
    container.mux(stream.encode(None))


def film(path: Path, at: SceneAt, duration_s: float, *, rate_hz: int = 15, **stored: Any) -> Path:
    """The candidate as ``at`` says, from 0 on."""
    frames = round(duration_s * rate_hz)
    return filmed(path, (drawn(at(n / rate_hz)) for n in range(frames)), rate_hz=rate_hz, **stored)


assert (WIDTH, HEIGHT) == (640, 480)
