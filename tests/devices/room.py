"""A ``SoundDevice`` in process: the virtual room, somebody who speaks at given times, and faults on demand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from greenroom.errors import DeviceLost, DeviceMissing
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Heard, Pcm, SpeakerSource
from greenroom.records import DeviceInfo
from greenroom.world.room import Acoustics, Room

REPO = Path(__file__).parents[2]
MODELS = REPO / "models"
VAD_MODEL = MODELS / "silero-vad-v6" / "silero_vad_v6.onnx"
needs_vad = pytest.mark.skipif(not VAD_MODEL.exists(), reason="no voice detector: greenroom models pull --minimal")
_VOICES = REPO / "daemon" / "greenroom" / "world" / "voices"


def speech(voice: str, number: int, gain_db: float = 0.0) -> Pcm:
    """A rendered line of 2 to 5 s of "rms" or "slt" at -26 dBFS, then with a gain."""
    lines: list[Pcm] = [soundfile.read(path, dtype="int16")[0] for path in sorted(_VOICES.glob(f"{voice}-*.flac"))]
    fitting = [line for line in lines if 2.0 < line.size / SAMPLE_RATE_HZ < 5.0]
    louder = fitting[number % len(fitting)] * 10 ** (gain_db / 20)
    return np.clip(np.round(louder), -32768, 32767).astype(np.int16)


def onset_s(pcm: Pcm) -> float:
    """When the first 10 ms over -45 dBFS begin."""
    blocks = pcm[: pcm.size - pcm.size % 160].reshape(-1, 160).astype(np.float64)
    loud = np.flatnonzero((blocks**2).mean(axis=1) > 32768**2 * 10**-4.5)
    return float(loud[0]) * 0.01


class RoomDevice:
    """Microphone and loudspeaker in the virtual room, from time 0 on."""

    def __init__(self, *, acoustics: Acoustics | None = None, voices: tuple[tuple[float, Pcm], ...] = (),
                 length_s: float = 30.0) -> None:
        self.acoustics = acoustics or Acoustics()
        self.room = Room(1, self.acoustics)
        self.voice: npt.NDArray[np.float32] = np.zeros(round(length_s * SAMPLE_RATE_HZ), np.float32)
        for t, pcm in voices:
            start = round(t * SAMPLE_RATE_HZ)
            self.voice[start : start + pcm.size] += pcm.astype(np.float32) / 32768
        self.n = 0
        self.emitted: list[Pcm] = []
        self.picked: list[Pcm] = []
        self.cues: list[str] = []
        self.is_gone = self.is_open = self.is_muted = False
        self.loses = 0
        """Samples that the next exchange loses."""
        self.opens = 0
        self._is_new = False

    @property
    def info(self) -> tuple[DeviceInfo, ...]:
        return (DeviceInfo(kind="microphone", name="room", state="ok"),
                DeviceInfo(kind="speaker", name="room", state="ok"))

    def open(self, origin_ns: int) -> None:  # noqa: ARG002 - room time is virtual
        self.opens += 1
        if self.is_gone:
            raise DeviceMissing("no room")
        self.is_open = True
        self._is_new = self.n > 0

    def close(self) -> None:
        self.is_open = False

    def exchange(self, until_t: float, fill: SpeakerSource) -> list[Heard]:
        if self._is_new:  # what was said while it was closed is lost
            self.n, self._is_new = round(until_t * SAMPLE_RATE_HZ), False
        samples = round(until_t * SAMPLE_RATE_HZ) - self.n
        t, self.n = self.n / SAMPLE_RATE_HZ, self.n + samples
        if self.is_gone:
            raise DeviceLost("the room is gone")
        assert self.is_open
        pcm, cue = fill(samples, t + self.acoustics.speaker_latency_s)
        assert pcm.size == samples
        picked = self.room.pick_up(pcm, self.voice[self.n - samples : self.n])
        if self.is_muted:
            picked = np.zeros_like(picked)
        self.emitted.append(pcm)
        self.picked.append(picked)
        self.cues.append(cue)
        lost, self.loses = min(self.loses, samples), 0
        return [Heard(picked[lost:], t + lost / SAMPLE_RATE_HZ, lost)]
