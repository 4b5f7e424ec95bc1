"""How sound gets from one place of the virtual room to another: delay and drift, echoes, and a decaying tail.

Nothing here depends on how time is cut into calls.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ

Sound = npt.NDArray[np.float32]
"""Samples from -1 to 1."""
Floats = npt.NDArray[np.float64]
Tap = tuple[float, float]
"""Seconds after the first one, and size relative to it."""

BLOCK_SAMPLES = 256
"""A tail begins so many samples after the sound that it is the tail of, and is worked out once in so many."""
BANDS = ((0.0, 1.0), (1_000.0, 0.9), (2_000.0, 0.75), (4_000.0, 0.55))
"""From so many hertz on, share of the reverberation time: air and soft things take the highs first."""
_REACH = 16
"""Samples on either side from which one between two samples is made."""


def diffuse_tail(rt60_s: float, random: np.random.Generator) -> Floats:
    """The late part of a room's impulse response, of unit energy: noise that falls by 60 dB in ``rt60_s`` up to 1 kHz,
    and sooner above."""
    samples = round(rt60_s * SAMPLE_RATE_HZ)
    spectrum = np.fft.rfft(random.standard_normal(samples))
    hertz = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE_HZ)
    t = np.arange(samples) / SAMPLE_RATE_HZ
    tail = np.zeros(samples)
    edges = [*(from_hz for from_hz, _ in BANDS), np.inf]
    for n, (from_hz, share) in enumerate(BANDS):
        band = np.fft.irfft(np.where((hertz >= from_hz) & (hertz < edges[n + 1]), spectrum, 0.0), samples)
        tail += band * 10 ** (-3.0 * t / (rt60_s * share))
    unit: Floats = tail / np.sqrt(np.sum(tail**2))
    return unit


def moved(taps: Sequence[Tap], random: np.random.Generator) -> tuple[Tap, ...]:
    """The echoes after somebody moved something: as strong together, each from elsewhere, all up to 3 ms later."""
    late_s = random.uniform(0.0005, 0.003)
    sizes = random.permutation([size for _, size in taps[1:]]) * random.choice((-1.0, 1.0), len(taps) - 1)
    others = [(late_s + t * random.uniform(0.8, 1.25), float(size))
              for (t, _), size in zip(taps[1:], sizes, strict=True)]
    return (late_s, -taps[0][1]), *others


class Tail:
    """Passes sound through a long response that begins ``BLOCK_SAMPLES`` later, by partitioned overlap-save."""

    def __init__(self, response: Floats) -> None:
        pieces = np.pad(response, (0, -response.size % BLOCK_SAMPLES)).reshape(-1, BLOCK_SAMPLES)
        self._response = np.fft.rfft(pieces, 2 * BLOCK_SAMPLES)
        self._past = np.zeros_like(self._response)
        self._newest = 0
        self._frame = np.zeros(2 * BLOCK_SAMPLES)
        self._filled = 0
        self._out: Floats = np.zeros(BLOCK_SAMPLES)

    def pass_on(self, sound: Sound) -> Sound:
        """What comes out meanwhile; ``sound`` must not reach beyond the end of a block."""
        begin, self._filled = self._filled, self._filled + sound.size
        out: Sound = self._out[begin : self._filled].astype(np.float32)
        self._frame[BLOCK_SAMPLES + begin : BLOCK_SAMPLES + self._filled] = sound
        if self._filled == BLOCK_SAMPLES:
            self._turn()
        return out

    def _turn(self) -> None:
        count = len(self._past)
        self._newest = (self._newest + 1) % count
        self._past[self._newest] = np.fft.rfft(self._frame)
        order = (self._newest - np.arange(count)) % count
        through: Floats = np.fft.irfft((self._past[order] * self._response).sum(axis=0))
        self._out = through[BLOCK_SAMPLES:]
        self._frame[:BLOCK_SAMPLES] = self._frame[BLOCK_SAMPLES:]
        self._filled = 0


class Response:
    """Echoes one by one, and the tail behind them."""

    def __init__(self, taps: Sequence[Tap], scale: float, tail: Floats | None = None) -> None:
        self._taps = [(round(late_s * SAMPLE_RATE_HZ), np.float32(size * scale)) for late_s, size in taps]
        self._reach = max(late for late, _ in self._taps)
        self._arrived: Sound = np.zeros(self._reach, np.float32)
        self._tail = None if tail is None else Tail(tail * scale)

    def add_to(self, mixed: Sound, arrived: Sound) -> Sound:
        """``mixed`` with what comes of the sound that arrives meanwhile, which must not reach beyond a block."""
        path = np.concatenate([self._arrived, arrived])
        for late, size in self._taps:
            start = self._reach - late
            echo: Sound = size * path[start : start + arrived.size]
            mixed = mixed + echo
        self._arrived = path[path.size - self._reach :]
        return mixed if self._tail is None else mixed + self._tail.pass_on(arrived)


class DelayLine:
    """Gives back what was put in ``delay`` samples ago, by a clock that runs ``drift_ppm`` faster.

    A slower clock catches up with the delay; once that is used up, both run alike.
    """

    def __init__(self, delay: int, drift_ppm: float = 0.0) -> None:
        self._delay, self._drift = delay, drift_ppm * 1e-6
        kept = delay if not drift_ppm else delay + _REACH
        self._kept: Sound = np.zeros(kept, np.float32)
        self._first = -kept
        """Number of the oldest sample kept."""
        self._n = 0

    def pass_on(self, sound: Sound) -> Sound:
        """As many samples as are put in."""
        kept = np.concatenate([self._kept, sound])
        numbers = np.arange(self._n, self._n + sound.size)
        self._n += sound.size
        if not self._drift:
            self._kept = kept[sound.size :]
            return kept[: sound.size]
        out = self._between(kept, np.minimum(numbers / (1 + self._drift) - self._delay, numbers - _REACH))
        needed = int(self._n / (1 + self._drift)) - self._delay - _REACH
        dropped = max(0, min(needed, self._n - 2 * _REACH) - 1 - self._first)
        self._kept, self._first = kept[dropped:], self._first + dropped
        return out

    def _between(self, kept: Sound, places: Floats) -> Sound:
        whole = np.floor(places).astype(np.int64)
        share = places - whole
        around = np.arange(1 - _REACH, _REACH + 1)[:, None]
        away = share - around
        weights = np.sinc(away) * np.cos(np.pi / 2 / (_REACH + 1) * away) ** 2
        parts = weights * kept[np.maximum(whole + around - self._first, 0)]
        out = np.zeros(places.size)
        for part in parts:  # in this order however many samples there are, for the same rounding
            out += part
        return out.astype(np.float32)
