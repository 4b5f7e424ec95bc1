"""The acoustics of the virtual room: loudspeaker to microphone, noise, and levels. Deterministic from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm

Sound = npt.NDArray[np.float32]
"""Samples from -1 to 1."""

SILENT_DBFS = -120.0


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What the room does to sound."""

    speaker_latency_s: float = 0.02
    """From the moment a sample is handed over to the moment it leaves the loudspeaker."""
    echo_dbfs: float = -20.0
    """The loudspeaker's power at the microphone, all taps together."""
    echo_delay_s: float = 0.06
    """From the loudspeaker to the first echo in the microphone's samples."""
    echo_taps: tuple[tuple[float, float], ...] = field(
        default=((0.0, 1.0), (0.0071, -0.42), (0.0133, 0.31), (0.0227, -0.18), (0.0389, 0.11))
    )
    """Seconds after the first tap, and size relative to it."""
    noise_dbfs: float = -65.0
    noise_loop_s: float = 16.0


class Room:
    """Turns what the loudspeaker emits and what the candidate says into what the microphone picks up.

    The result does not depend on how the time is cut into calls.
    """

    def __init__(self, seed: int, acoustics: Acoustics | None = None) -> None:
        self.acoustics = acoustics or Acoustics()
        scale = 10 ** (self.acoustics.echo_dbfs / 20)
        scale /= np.sqrt(sum(gain**2 for _, gain in self.acoustics.echo_taps))
        self._taps = [
            (round((self.acoustics.echo_delay_s + late_s) * SAMPLE_RATE_HZ), np.float32(gain * scale))
            for late_s, gain in self.acoustics.echo_taps
        ]
        self._reach = max(delay for delay, _ in self._taps)
        self._emitted = np.zeros(self._reach, np.float32)
        self._noise = pink_noise(
            round(self.acoustics.noise_loop_s * SAMPLE_RATE_HZ), self.acoustics.noise_dbfs, seed
        )
        self._at = 0

    def pick_up(self, speaker: Pcm, voice: Sound) -> Pcm:
        """Microphone samples of the same span as the loudspeaker's and the candidate's samples."""
        size = len(speaker)
        path = np.concatenate([self._emitted, speaker.astype(np.float32) / np.float32(32768)])
        mixed = voice + self._noise_of(size)
        for delay, gain in self._taps:
            start = self._reach - delay
            mixed = mixed + gain * path[start : start + size]
        self._emitted = path[len(path) - self._reach :]
        picked: Pcm = np.clip(np.round(mixed * np.float32(32768)), -32768, 32767).astype(np.int16)
        return picked

    def _noise_of(self, size: int) -> Sound:
        index = np.arange(self._at, self._at + size) % len(self._noise)
        self._at = (self._at + size) % len(self._noise)
        return self._noise[index]


def pink_noise(samples: int, level_dbfs: float, seed: int) -> Sound:
    """Noise with equal power per octave above 60 Hz; its end joins its beginning without a click."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(samples))
    hertz = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE_HZ)
    spectrum *= 1 / np.sqrt(np.maximum(hertz, 60.0))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, samples)
    scaled: Sound = (noise * 10 ** (level_dbfs / 20) / np.sqrt(np.mean(noise**2))).astype(np.float32)
    return scaled


def level_dbfs(sound: npt.NDArray[np.int16] | Sound) -> float:
    """Root mean square against full scale; ``SILENT_DBFS`` for silence."""
    if len(sound) == 0:
        return SILENT_DBFS
    full = 32768.0 if sound.dtype == np.int16 else 1.0
    power = float(np.mean((sound.astype(np.float64) / full) ** 2))
    return max(SILENT_DBFS, 10 * np.log10(power)) if power > 0 else SILENT_DBFS
