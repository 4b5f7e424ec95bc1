"""Sounds of rooms in which nobody speaks: noise, fan, door, cough, music. Deterministic from a seed, levels exact."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.world.echo_path import Sound
from greenroom.world.room import pink_noise

SCALE = (0, 2, 4, 7, 9, 12)
"""A pentatonic scale in semitones: any two of its notes sound well together."""
VOWELS_HZ = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
"""Formants of a, e, i, o, u (men; Peterson and Barney 1952)."""
FORMANT_WIDTH_HZ = 90.0
VIBRATO_HZ, VIBRATO_SHARE = 5.5, 0.03
SLAM_S = 0.2
"""Whose level is that of a door's slam."""
THROAT_HZ = ((550, 350, 1.0), (1500, 500, 0.6), (2700, 700, 0.4))
"""Resonances of an open throat through which air rushes: centre, width and share."""
BLADE_HZ = 120.0
"""Five blades at 24 turns a second."""

Floats = npt.NDArray[np.float64]


def silence(seconds: float, level_dbfs: float, seed: int) -> Sound:  # noqa: ARG001 - one signature for all
    """Nothing but the room's own noise, which is not part of any of these."""
    return np.zeros(_samples(seconds), np.float32)


def white(seconds: float, level_dbfs: float, seed: int) -> Sound:
    return _levelled(np.random.default_rng(seed).standard_normal(_samples(seconds)), level_dbfs)


def pink(seconds: float, level_dbfs: float, seed: int) -> Sound:
    return pink_noise(_samples(seconds), level_dbfs, seed)


def fan(seconds: float, level_dbfs: float, seed: int) -> Sound:
    """Rushing air that falls off above 600 Hz, the tone of the blades and the hum of a motor on 50 Hz mains."""
    t = _times(seconds)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(t.size))
    air = np.fft.irfft(spectrum / (1 + np.fft.rfftfreq(t.size, 1 / SAMPLE_RATE_HZ) / 600.0), t.size)
    tones = sum(np.sin(2 * np.pi * hertz * n * t) / n for hertz in (BLADE_HZ, 100.0) for n in range(1, 6))
    return _levelled(air / air.std() + 0.2 * tones, level_dbfs)


def door(seconds: float, level_dbfs: float, seed: int) -> Sound:
    """A slam every 2 to 4 s. ``level_dbfs`` is that of the first ``SLAM_S`` of it."""
    return _now_and_then(slam, seconds, level_dbfs, seed)


def coughs(seconds: float, level_dbfs: float, seed: int) -> Sound:
    """A cough every 2 to 4 s. ``level_dbfs`` is that of each cough from its first burst to its last."""
    return _now_and_then(cough, seconds, level_dbfs, seed)


def slam(level_dbfs: float, random: np.random.Generator) -> Sound:
    """One door: a thump at 90 Hz and a burst of noise that rings for a quarter of a second; 0.8 s from its onset on."""
    t = _times(0.8)
    thump = np.sin(2 * np.pi * 90.0 * t) * np.exp(-t / 0.06)
    burst = np.cumsum(random.standard_normal(t.size))
    burst = (burst - np.convolve(burst, np.ones(160) / 160, "same")) * np.exp(-t / 0.05)
    return _levelled(thump / thump.std() + burst / burst.std(), level_dbfs, over=_samples(SLAM_S))


def cough(level_dbfs: float, random: np.random.Generator) -> Sound:
    """One cough: two bursts of air through a throat, of 0.1 to 0.3 s with a sharp onset, the second the softer one."""
    mouth = random.uniform(0.85, 1.15)
    first, second = _burst(random, mouth), random.uniform(0.5, 0.9) * _burst(random, mouth)
    pause = np.zeros(_samples(random.uniform(0.05, 0.2)))
    return _levelled(np.concatenate([first, pause, second]), level_dbfs)


def _burst(random: np.random.Generator, mouth: float) -> Floats:
    """``mouth`` is a factor of the throat's resonances."""
    t = _times(random.uniform(0.1, 0.3))
    hertz = np.fft.rfftfreq(t.size, 1 / SAMPLE_RATE_HZ)
    shape = sum(share / (1 + ((hertz - mouth * centre) / width) ** 2) for centre, width, share in THROAT_HZ)
    air = np.fft.irfft(np.fft.rfft(random.standard_normal(t.size)) * shape, t.size)
    burst: Floats = air / air.std() * np.minimum(1.0, t / 0.01) * np.exp(-t / (0.4 * t[-1]))
    return burst


def _now_and_then(make: Callable[[float, np.random.Generator], Sound], seconds: float, level_dbfs: float,
                  seed: int) -> Sound:
    """The first after half a second, then one every 2 to 4 s."""
    random = np.random.default_rng(seed)
    sound, begin = np.zeros(_samples(seconds)), 0.5
    while begin < seconds - 1.0:
        one = make(level_dbfs, random)
        start = _samples(begin)
        sound[start : start + one.size] += one[: sound.size - start]
        begin += random.uniform(2.0, 4.0)
    return sound.astype(np.float32)


def plucked(seconds: float, level_dbfs: float, seed: int) -> Sound:
    """A melody on a plucked string over slow chords (harmonics that fade the faster the higher they are)."""
    random = np.random.default_rng(seed)
    sound, begin = np.zeros(_samples(seconds + 3.0)), 0.0
    while begin < seconds:
        notes = [(220.0 * 2 ** (random.choice(SCALE) / 12), 1.0)]
        if random.random() < 0.4:
            notes += [(110.0 * 2 ** (step / 12), 0.7) for step in (0, 7, 16)]
        for hertz, size in notes:
            string = size * _string(hertz, 2.5)
            start = _samples(begin)
            sound[start : start + string.size] += string
        begin += float(random.choice((0.25, 0.25, 0.5)))
    return _levelled(sound[: _samples(seconds)], level_dbfs)


def sung(seconds: float, level_dbfs: float, seed: int) -> Sound:
    """A voice that sings vowels, note tied to note with vibrato and breath between phrases, over plucked strings.

    The strings lie 9 dB below the voice.
    """
    random = np.random.default_rng(seed)
    samples, begin = _samples(seconds), 0
    voice = np.zeros(samples)
    while begin < samples:
        phrase = _phrase(random)[: samples - begin]
        voice[begin : begin + phrase.size] = phrase
        begin += phrase.size + _samples(random.uniform(0.3, 0.8))
    return _levelled(_levelled(voice, 0.0) + plucked(seconds, -9.0, seed + 1), level_dbfs)


def _phrase(random: np.random.Generator) -> Floats:
    """Three to seven notes of 0.25 to 1.2 s, each on its own vowel."""
    hertz, formants = [], []
    for _ in range(random.integers(3, 8)):
        size = _samples(random.uniform(0.25, 1.2))
        hertz.append(np.full(size, 196.0 * 2 ** (random.choice(SCALE) / 12)))
        formants.append(np.tile(VOWELS_HZ[random.integers(len(VOWELS_HZ))], (size, 1)))
    glide = np.hanning(_samples(0.08)) / np.hanning(_samples(0.08)).sum()
    pitch = _smoothed(np.concatenate(hertz), glide)
    mouth = np.stack([_smoothed(each, glide) for each in np.concatenate(formants).T])
    t = np.arange(pitch.size) / SAMPLE_RATE_HZ
    pitch *= 1 + VIBRATO_SHARE * np.sin(2 * np.pi * VIBRATO_HZ * t)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ
    sound = np.zeros(pitch.size)
    for n in range(1, 24):
        place = n * pitch
        gain = sum(0.5**k / (1 + ((place - mouth[k]) / FORMANT_WIDTH_HZ) ** 2) for k in range(3)) + 0.01
        sound += np.where(place < SAMPLE_RATE_HZ / 2.2, gain / n**0.5, 0.0) * np.sin(n * phase)
    edge = min(_samples(0.06), sound.size // 2)
    sound[:edge] *= np.linspace(0, 1, edge)
    sound[-edge:] *= np.linspace(1, 0, edge)
    return sound


def _string(hertz: float, seconds: float) -> Floats:
    t = _times(seconds)
    harmonics = range(1, int(min(12, SAMPLE_RATE_HZ / 2.2 / hertz)) + 1)
    tone: Floats = np.sum([np.sin(2 * np.pi * hertz * n * t) * np.exp(-t * (1.5 + n)) / n for n in harmonics], axis=0)
    tone[: _samples(0.005)] *= np.linspace(0, 1, _samples(0.005))
    return tone


def _smoothed(track: Floats, window: Floats) -> Floats:
    padded = np.pad(track, window.size // 2, "edge")
    smooth: Floats = np.convolve(padded, window, "valid")[: track.size]
    return smooth


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ)


def _times(seconds: float) -> Floats:
    return np.arange(_samples(seconds)) / SAMPLE_RATE_HZ


def _levelled(sound: npt.NDArray[np.floating], level_dbfs: float, *, over: int | None = None) -> Sound:
    power = float(np.mean(np.square(sound[:over], dtype=np.float64)))
    levelled: Sound = (sound * (10 ** (level_dbfs / 20) / power**0.5)).astype(np.float32)
    return levelled


NOISES: dict[str, Callable[[float, float, int], Sound]] = {
    "silence": silence, "white": white, "pink": pink, "fan": fan, "door": door, "coughs": coughs,
    "plucked": plucked, "sung": sung,
}
"""Maker of a sound: seconds, level in dBFS, seed."""
