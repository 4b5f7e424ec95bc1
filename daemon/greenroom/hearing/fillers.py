"""Filled pauses ("um", "uh", "er") heard in the sound: no recogniser writes them.

The rule: the last ``TAIL_S`` of the voiced stretch before a silence get a score, a weighted sum of how long the
spectrum stands still in them, how little it changes, how far the pitch moves and how the sound fades; from
``MIN_SCORE`` on it is a filled pause (after Goto, Itou and Hayamizu, Eurospeech 1999: spectral envelope and pitch of
a filled pause hardly move). The weights are those of a logistic regression on flite's rms and slt, festival's ked and
espeak-ng's en-us in three variants.

Measured on synthetic voices only (``tests/hearing/test_fillers.py`` prints it): of 108 "um", "uh", "er" and "uhm" of
0.3, 0.45 and 0.6 s, half of them right after a sentence, spoken by nine voices that were not used in building, 87 are
found, and 6 of 540 sentences end in what counts as one: recall 0.81, precision 0.94; of flite's awb alone 6 of 12, of
its kal16 7 of 12. On the virtual booth's own recordings each "um" is found and the one "uh" is not, because its pitch
falls like the end of a sentence; of 184 sentences none is false, nor any in the two recordings of people. Fillers
without a silence after them, and shorter ones, are missed.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm

EXCERPT_S = 1.5
"""So much before a silence is looked at: what is loud is told from it."""
TAIL_S = 0.6
"""Of the voiced stretch: a filled pause is seldom longer."""
MIN_VOICED_S = 0.12
"""Shorter voiced stretches are no vowel that was held."""
MIN_SCORE = 0.65
"""Above every one of the 184 endings without a filled pause in the virtual booth's recordings."""
SILENCE_S = 0.15
"""A gap of this length ends a phrase."""

_HOP, _FRAME, _BANDS, _CEPSTRA = 160, 512, 22, 10
_HOP_S = _HOP / SAMPLE_RATE_HZ
_TAIL = round(TAIL_S / _HOP_S)
_LAG = 4
"""Frames of 32 ms that are 40 ms apart share no sample."""
_STILL = 0.8
"""Root mean square of how far the cepstrum (10 coefficients of 22 log-mel bands to 4 kHz) moves in ``_LAG`` frames."""
_FADE = 20
"""Frames in which a filled pause dies away or closes to a nasal; a word's vowel ends sooner."""
_BELOW_PEAK_DB = 22.0
_FLOOR_DBFS = -58.0
"""Below this the room's noise is no longer small."""
_BAND_RANGE_DB = 38.0
"""Bands weaker than this against the strongest of the excerpt are noise at any distance from the microphone."""
_OVER_NOISE_DB = 6.0
_MIN_VOICING = 0.55
"""Height of the autocorrelation's peak, 1 for a perfectly periodic sound."""
_BRIDGED_FRAMES = 3
_PIECE = 6000
"""Blocks: a minute."""
_PITCH_HZ = (65, 400)
_LAGS = slice(SAMPLE_RATE_HZ // _PITCH_HZ[1], SAMPLE_RATE_HZ // _PITCH_HZ[0])
_FIRST_PEAK_SHARE = 0.9
"""The shortest lag that is nearly as good as the best is the pitch; a multiple of it is an octave error."""

_Floats = npt.NDArray[np.float64]


class _Frames(NamedTuple):
    """Features of 32 ms every 10 ms."""

    level_db: _Floats
    cepstra: _Floats
    semitones: _Floats
    voicing: _Floats


def ends_in_filler(pcm: Pcm) -> bool:
    """Whether speech that ends with the last sample of ``pcm`` (give or take 0.2 s) ends in a filled pause."""
    return score(pcm) >= MIN_SCORE


def score(pcm: Pcm) -> float:
    """How much the end of ``pcm`` is like a filled pause: about 0 where the odds are even, minus infinity where there
    is no voice."""
    tail = _tail(pcm[-round(EXCERPT_S * SAMPLE_RATE_HZ) :])
    return -np.inf if tail is None else tail.score


def filled_pauses(pcm: Pcm, t0: float) -> list[tuple[float, float]]:
    """Start and end time of the filled pauses before the silences of ``pcm``, whose first sample is at ``t0``."""
    found = []
    for start, end in _phrases(pcm):
        begin = max(start, end - round(EXCERPT_S * SAMPLE_RATE_HZ))
        tail = _tail(pcm[begin:end])
        if tail is not None and tail.score >= MIN_SCORE:
            start_t = t0 + begin / SAMPLE_RATE_HZ
            found.append((start_t + tail.first * _HOP_S, start_t + tail.last * _HOP_S))
    return found


class _Tail(NamedTuple):
    """First and last frame of what stands still in the final voiced stretch, and how like a filled pause that is."""

    first: int
    last: int
    score: float


def _tail(pcm: Pcm) -> _Tail | None:
    """None where the sound does not end in a voice."""
    if pcm.size < _FRAME + round(MIN_VOICED_S * SAMPLE_RATE_HZ):
        return None
    frames = _analyse(pcm)
    loudest_db = float(np.percentile(frames.level_db, 95))
    floor_db = max(loudest_db - _BELOW_PEAK_DB, _FLOOR_DBFS)
    is_voiced = (frames.level_db > floor_db) & (frames.voicing > _MIN_VOICING)
    voiced = np.flatnonzero(is_voiced)
    if voiced.size == 0:
        return None
    last = first = int(voiced[-1])
    while first > 0 and is_voiced[max(0, first - _BRIDGED_FRAMES) : first].any():
        first -= 1
    if (last - first) * _HOP_S < MIN_VOICED_S:
        return None
    first = max(first, last - _TAIL + 1)
    change = _change(frames.cepstra[first : last + 1])
    still = np.flatnonzero(change < _STILL)
    if not still.size:
        return None
    return _Tail(first + int(still[0]), last,
                 _score(change, frames.semitones[first : last + 1], frames.level_db[first : last + 1]))


def _change(cepstra: _Floats) -> _Floats:
    moved: _Floats = np.sqrt(np.mean((cepstra[_LAG:] - cepstra[:-_LAG]) ** 2, axis=1))
    return moved


def _score(change: _Floats, semitones: _Floats, level_db: _Floats) -> float:
    """Weighted sum over the tail of a voiced stretch; about 0 where the odds of a filled pause are even."""
    still_s = float(np.count_nonzero(change < _STILL)) * _HOP_S
    return (
        9.3 * still_s
        - 3.7 * float(np.log(np.median(change) + 0.05))
        - 0.96 * min(_range(semitones), 6.0)
        + 0.23 * min(_range(level_db[-_FADE:]), 20.0)
        - 3.8
    )


def _range(values: _Floats) -> float:
    low, high = np.percentile(values, [10, 90])
    return float(high - low)


def _analyse(pcm: Pcm) -> _Frames:
    wave = pcm.astype(np.float64) / 32768
    frames = np.lib.stride_tricks.sliding_window_view(wave, _FRAME)[::_HOP]
    level_db = 10 * np.log10(np.var(frames, axis=1) + 1e-12)
    power = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1)) ** 2
    bands = power @ _mel_bands()
    cepstra = np.log(bands + bands.max() * 10 ** (-_BAND_RANGE_DB / 10) + 1e-12) @ _cosines()
    lag, voicing = _pitch(frames)
    return _Frames(level_db, cepstra, -12 * np.log2(lag), voicing)


def _pitch(frames: _Floats) -> tuple[_Floats, _Floats]:
    """Lag in samples and height of the autocorrelation's peak, from what lies below 1 kHz."""
    centred = frames - frames.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(centred, 2 * _FRAME, axis=1)) ** 2
    power[:, np.fft.rfftfreq(2 * _FRAME, 1 / SAMPLE_RATE_HZ) > 1000] = 0.0
    correlation = np.fft.irfft(power, axis=1)[:, :_FRAME]
    overlap = np.maximum(1 - np.arange(_FRAME) / _FRAME, 0.2)
    height = (correlation / (correlation[:, :1] + 1e-12) / overlap)[:, _LAGS]
    best = height.max(axis=1)
    is_peak = np.zeros(height.shape, bool)
    is_peak[:, 1:-1] = (height[:, 1:-1] >= height[:, :-2]) & (height[:, 1:-1] >= height[:, 2:])
    is_peak[np.arange(len(height)), height.argmax(axis=1)] = True
    first = (is_peak & (height >= _FIRST_PEAK_SHARE * best[:, None])).argmax(axis=1)
    return (first + _LAGS.start).astype(np.float64), best


@cache
def _mel_bands() -> _Floats:
    """Triangles equally wide in mel from 100 Hz to 4 kHz: bins x bands."""
    edges_mel = np.linspace(2595 * np.log10(1 + 100 / 700), 2595 * np.log10(1 + 4000 / 700), _BANDS + 2)
    edges_hz = 700 * (10 ** (edges_mel / 2595) - 1)
    bins_hz = np.fft.rfftfreq(_FRAME, 1 / SAMPLE_RATE_HZ)[:, None]
    rising = (bins_hz - edges_hz[:-2]) / (edges_hz[1:-1] - edges_hz[:-2])
    falling = (edges_hz[2:] - bins_hz) / (edges_hz[2:] - edges_hz[1:-1])
    bands: _Floats = np.maximum(0.0, np.minimum(rising, falling))
    return bands


@cache
def _cosines() -> _Floats:
    """Bands x cepstral coefficients; the first, which is loudness, is left out."""
    order = np.arange(1, _CEPSTRA + 1)
    cosines: _Floats = np.cos(np.pi * (np.arange(_BANDS)[:, None] + 0.5) * order / _BANDS) * np.sqrt(2 / _BANDS)
    return cosines


def _phrases(pcm: Pcm) -> list[tuple[int, int]]:
    """Sample ranges of sound between silences of at least ``SILENCE_S``."""
    if pcm.size < _HOP:
        return []
    blocks = pcm[: pcm.size // _HOP * _HOP].reshape(-1, _HOP)
    # Around the mean, because an offset of the microphone is no sound; in pieces, because answers may be long.
    power = np.concatenate([np.var(blocks[n : n + _PIECE], axis=1) for n in range(0, len(blocks), _PIECE)])
    level_db = 10 * np.log10(power / 32768**2 + 1e-12)
    noise_db, loud_db = (float(level) for level in np.percentile(level_db, [5, 95]))
    over_noise_db = min(noise_db + _OVER_NOISE_DB, loud_db - _BELOW_PEAK_DB / 2)
    sounding = np.flatnonzero(level_db > max(loud_db - _BELOW_PEAK_DB - 6, over_noise_db, _FLOOR_DBFS))
    if sounding.size == 0:
        return []
    breaks = np.flatnonzero(np.diff(sounding) > round(SILENCE_S / _HOP_S))
    firsts = [int(sounding[0]), *(int(sounding[n + 1]) for n in breaks)]
    lasts = [*(int(sounding[n]) for n in breaks), int(sounding[-1])]
    return [(first * _HOP, (last + 1) * _HOP) for first, last in zip(firsts, lasts, strict=True)]
