"""The acoustics of the virtual room: loudspeaker to microphone, noise, and levels. Deterministic from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.world.echo_path import (
    BLOCK_SAMPLES,
    DelayLine,
    Floats,
    Response,
    Sound,
    Tail,
    Tap,
    diffuse_tail,
    moved,
)

SILENT_DBFS = -120.0


@dataclass(frozen=True, slots=True, eq=False)
class Talker:
    """Somebody else in the room, who says ``pcm`` once from ``from_s`` on."""

    pcm: Pcm
    level_dbfs: float
    """Root mean square at the microphone."""
    from_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What the room does to sound. Times count from the room's first sample."""

    speaker_latency_s: float = 0.02
    """From the moment a sample is handed over to the moment it leaves the loudspeaker."""
    echo_dbfs: float = -20.0
    """The loudspeaker's power at the microphone, echoes and reverberation together."""
    echo_delay_s: float = 0.06
    """From the loudspeaker to the first echo in the microphone's samples."""
    echo_taps: tuple[Tap, ...] = field(
        default=((0.0, 1.0), (0.0071, -0.42), (0.0133, 0.31), (0.0227, -0.18), (0.0389, 0.11))
    )
    """Seconds after the first tap, and size relative to it."""
    noise_dbfs: float = -65.0
    noise_loop_s: float = 16.0
    rt60_s: float = 0.0
    """Time in which reverberation falls by 60 dB, up to 1 kHz; 0: there is none."""
    tail_db: float = 0.0
    """Reverberation of the loudspeaker, relative to its taps."""
    voice_tail_db: float = -3.0
    """Reverberation of voices, relative to what comes straight from the mouth."""
    speaker_steps: tuple[tuple[float, float], ...] = ()
    """Seconds and dB: from then on the loudspeaker is by so much louder than at first."""
    speaker_limit_dbfs: float | None = None
    """The loudspeaker bends sound softly to stay below this peak; None: it is clean."""
    path_changes_s: tuple[float, ...] = ()
    """When something is moved, so that other echoes of the same strength come; to the next 16 ms."""
    drift_ppm: float = 0.0
    """By how much the microphone's clock runs faster than the loudspeaker's."""
    others: tuple[Talker, ...] = ()


ROOMS: dict[str, Acoustics] = {
    "booth": Acoustics(),
    "office": Acoustics(rt60_s=0.4, tail_db=-3.0, voice_tail_db=-5.0),
    "hall": Acoustics(rt60_s=0.8, tail_db=0.0, voice_tail_db=-3.0),
}
"""Rooms by name. They differ in nothing but reverberation."""


class Room:
    """Turns what the loudspeaker emits and what the candidate says into what the microphone picks up.

    The result does not depend on how the time is cut into calls.
    """

    def __init__(self, seed: int, acoustics: Acoustics | None = None) -> None:
        self.acoustics = acoustics or Acoustics()
        self._line = DelayLine(round(self.acoustics.echo_delay_s * SAMPLE_RATE_HZ), self.acoustics.drift_ppm)
        self._responses = [_response(self.acoustics, seed, n) for n in range(len(self.acoustics.path_changes_s) + 1)]
        self._voice_tail = _voice_tail(self.acoustics, seed)
        self._others = [(round(one.from_s * SAMPLE_RATE_HZ), _at_distance(one, self.acoustics, seed + n))
                        for n, one in enumerate(self.acoustics.others, 1)]
        self._noise = pink_noise(
            round(self.acoustics.noise_loop_s * SAMPLE_RATE_HZ), self.acoustics.noise_dbfs, seed
        )
        self._at = 0
        """Samples picked up so far."""

    def pick_up(self, speaker: Pcm, voice: Sound) -> Pcm:
        """Microphone samples of the same span as the loudspeaker's and the candidate's samples."""
        mixed = np.zeros(len(speaker), np.float32)
        done = 0
        while done < len(speaker):
            size = min(len(speaker) - done, BLOCK_SAMPLES - self._at % BLOCK_SAMPLES)
            part = slice(done, done + size)
            mixed[part] = self._part(speaker[part], voice[part])
            self._at += size
            done += size
        picked: Pcm = np.clip(np.round(mixed * np.float32(32768)), -32768, 32767).astype(np.int16)
        return picked

    def _part(self, speaker: Pcm, voice: Sound) -> Sound:
        numbers = np.arange(self._at, self._at + len(speaker))
        mixed = voice + self._noise[numbers % len(self._noise)]
        for from_n, said in self._others:
            begin = min(max(self._at - from_n, 0), len(said))
            end = min(max(self._at + len(speaker) - from_n, 0), len(said))
            offset = from_n + begin - self._at
            if end > begin:
                mixed[offset : offset + end - begin] += said[begin:end]
        if self._voice_tail is not None:
            mixed = mixed + self._voice_tail.pass_on(voice)
        arrived = self._line.pass_on(self._emitted(speaker, numbers))
        now_s = (self._at - self._at % BLOCK_SAMPLES) / SAMPLE_RATE_HZ
        active = sum(now_s >= change_s for change_s in self.acoustics.path_changes_s)
        # Those that are not heard go on taking sound in: after a change the room is full of it.
        return [response.add_to(mixed, arrived) for response in self._responses][active]

    def _emitted(self, speaker: Pcm, numbers: npt.NDArray[np.int64]) -> Sound:
        """What leaves the loudspeaker."""
        sound: Sound = speaker.astype(np.float32) / np.float32(32768)
        if self.acoustics.speaker_steps:
            times_s, steps_db = zip(*self.acoustics.speaker_steps, strict=True)
            gains = np.concatenate([[1.0], 10 ** (np.array(steps_db) / 20)])
            sound = sound * gains[np.searchsorted(times_s, numbers / SAMPLE_RATE_HZ, "right")].astype(np.float32)
        if self.acoustics.speaker_limit_dbfs is not None:
            limit = np.float32(10 ** (self.acoustics.speaker_limit_dbfs / 20))
            sound = limit * np.tanh(sound / limit)
        return sound


def _response(acoustics: Acoustics, seed: int, change: int) -> Response:
    """The echo path after so many changes."""
    random = np.random.default_rng((seed, change))
    taps = acoustics.echo_taps if change == 0 else moved(acoustics.echo_taps, random)
    scale = 10 ** (acoustics.echo_dbfs / 20)
    energy = sum(gain**2 for _, gain in acoustics.echo_taps)
    if acoustics.rt60_s <= 0:
        return Response(taps, scale / np.sqrt(energy))
    share = 10 ** (acoustics.tail_db / 10)
    tail = diffuse_tail(acoustics.rt60_s, random) * np.sqrt(energy * share)
    return Response(taps, scale / np.sqrt(energy * (1 + share)), tail)


def _voice_tail(acoustics: Acoustics, seed: int) -> Tail | None:
    if acoustics.rt60_s <= 0:
        return None
    return Tail(diffuse_tail(acoustics.rt60_s, np.random.default_rng((seed, 1_000))) * _gain(acoustics.voice_tail_db))


def _at_distance(talker: Talker, acoustics: Acoustics, seed: int) -> Sound:
    """Somebody else's whole speech, with as much reverberation as straight sound."""
    sound: Floats = talker.pcm.astype(np.float64)
    if acoustics.rt60_s > 0:
        tail = np.concatenate([np.zeros(BLOCK_SAMPLES), diffuse_tail(acoustics.rt60_s, np.random.default_rng(seed))])
        size = sound.size + tail.size
        sound = np.pad(sound, (0, tail.size)) + np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)
    power = float(np.mean(sound[: talker.pcm.size] ** 2))
    levelled: Sound = (sound * (_gain(talker.level_dbfs) / power**0.5)).astype(np.float32)
    return levelled


def _gain(level_db: float) -> float:
    return float(10 ** (level_db / 20))


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
