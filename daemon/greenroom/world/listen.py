"""Plays the room aloud while it happens, for people who watch the demo."""

from __future__ import annotations

import queue
from typing import Any

import numpy as np

from greenroom.errors import DeviceMissing
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm

_QUEUED = 200
"""Stretches of sound that may wait; more are dropped, for the room does not wait for its listeners."""
_FRAMES = 320
_VOICE_GAIN = 2.0


class Loudspeaker:
    """The machine's own sound output. Raises ``DeviceMissing`` when there is none."""

    def __init__(self) -> None:
        try:
            import pyaudio

            self._audio: Any = pyaudio.PyAudio()
            self._rest = np.zeros(0, np.int16)
            self._queue: queue.Queue[Pcm] = queue.Queue(_QUEUED)
            self._stream: Any = self._audio.open(
                format=pyaudio.paInt16, channels=1, rate=SAMPLE_RATE_HZ, output=True,
                frames_per_buffer=_FRAMES, stream_callback=lambda _in, frames, _time, _status: self._fill(frames),
            )  # fmt: skip
        except (ImportError, OSError) as error:
            fix = "leave out --listen, or plug in a loudspeaker"
            raise DeviceMissing(f"the room cannot be heard: {error}", fix=fix) from error

    def __call__(self, speaker: Pcm, microphone: Pcm) -> None:
        """Mix both sides of the conversation."""
        mixed = speaker.astype(np.float32) + _VOICE_GAIN * microphone.astype(np.float32)
        try:
            self._queue.put_nowait(np.clip(mixed, -32768, 32767).astype(np.int16))
        except queue.Full:
            return

    def close(self) -> None:
        self._stream.close()
        self._audio.terminate()

    def _fill(self, frames: int) -> tuple[bytes, int]:
        chunks = [self._rest]
        size = len(self._rest)
        while size < frames:
            try:
                chunk = self._queue.get_nowait()
            except queue.Empty:
                chunk = np.zeros(frames - size, np.int16)
            chunks.append(chunk)
            size += len(chunk)
        joined = np.concatenate(chunks)
        self._rest = joined[frames:]
        carries_on = 0
        return joined[:frames].tobytes(), carries_on
