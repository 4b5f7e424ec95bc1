"""What the turn model sees: 8 s of sound as Whisper's log-mel spectrogram (Radford et al. 2022, section 2.2)."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm

WINDOW_S = 8.0
BANDS = 80
FRAMES = 800
_FFT, _HOP = 400, 160
_LINEAR_HZ, _LINEAR_MELS = 1000.0, 15.0
_LOG_STEP = np.log(6.4) / 27.0
"""Slaney's scale: 200/3 Hz a mel up to 1 kHz, from there 27 mels for a factor of 6.4."""
_RANGE = 8.0
"""Decades below the loudest band that count."""

Floats = npt.NDArray[np.float64]


def log_mel(pcm: Pcm) -> npt.NDArray[np.float32]:
    """``BANDS`` x ``FRAMES`` of the last ``WINDOW_S`` of these samples; silence stands before shorter sound.

    Whatever the loudness: samples are brought to zero mean and unit variance.
    """
    size = round(WINDOW_S * SAMPLE_RATE_HZ)
    sound = np.zeros(size)
    if pcm.size:
        sound[-min(size, pcm.size) :] = pcm[-size:].astype(np.float64) / 32768
    sound = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
    padded = np.pad(sound, _FFT // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP][:FRAMES]
    power = np.abs(np.fft.rfft(windows * np.hanning(_FFT + 1)[:-1], axis=1)) ** 2
    decades = np.log10(np.maximum(power @ _mel_bands(), 1e-10)).T
    decades = np.maximum(decades, decades.max() - _RANGE)
    features: npt.NDArray[np.float32] = ((decades + 4.0) / 4.0).astype(np.float32)
    return features


@cache
def _mel_bands() -> Floats:
    """Triangles of equal area over the bins of the spectrum: bins x ``BANDS``."""
    edges_hz = _hz(np.linspace(0.0, _mels(SAMPLE_RATE_HZ / 2), BANDS + 2))
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2, _FFT // 2 + 1)[:, None]
    low, middle, high = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    rising, falling = (bins_hz - low) / (middle - low), (high - bins_hz) / (high - middle)
    bands: Floats = np.maximum(0.0, np.minimum(rising, falling)) * 2.0 / (high - low)
    return bands


def _mels(hz: float) -> float:
    return hz * 3 / 200 if hz < _LINEAR_HZ else float(_LINEAR_MELS + np.log(hz / _LINEAR_HZ) / _LOG_STEP)


def _hz(mels: Floats) -> Floats:
    return np.where(mels < _LINEAR_MELS, mels * 200 / 3, _LINEAR_HZ * np.exp(_LOG_STEP * (mels - _LINEAR_MELS)))
