"""Brings synthesised speech to the booth's sample rate and to one loudness, whatever engine made it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm, Speech

SPEECH_DBFS = -23.0
"""Loudness of speech, as rms of its spoken parts."""
PEAK_DBFS = -1.0
"""No sample gets louder; a clip with higher peaks stays below ``SPEECH_DBFS`` instead of clipping."""
_FRAME = SAMPLE_RATE_HZ // 50
_SPOKEN_BELOW_LOUDEST_DB = 30.0


def levelled(speech: Speech) -> Pcm:
    """The samples of a clip at ``SAMPLE_RATE_HZ`` and ``SPEECH_DBFS``."""
    import soxr

    samples: npt.NDArray[np.float32] = speech.pcm.astype(np.float32) / 32768.0
    if speech.sample_rate_hz != SAMPLE_RATE_HZ:
        samples = soxr.resample(samples, speech.sample_rate_hz, SAMPLE_RATE_HZ, quality="HQ")
    rms, peak = spoken_rms(samples), float(np.max(np.abs(samples), initial=0.0))
    if rms > 0.0:
        samples *= min(10 ** (SPEECH_DBFS / 20) / rms, 10 ** (PEAK_DBFS / 20) / peak)
    pcm: Pcm = np.round(samples * 32767.0).astype(np.int16)
    return pcm


def spoken_rms(samples: npt.NDArray[np.float32]) -> float:
    """Root mean square over the 20 ms frames within 30 dB of the loudest, as share of full scale."""
    if not len(samples):
        return 0.0
    frames = np.pad(samples, (0, -len(samples) % _FRAME)).reshape(-1, _FRAME)
    powers = np.mean(np.square(frames, dtype=np.float64), axis=1)
    spoken = powers[powers >= powers.max() * 10 ** (-_SPOKEN_BELOW_LOUDEST_DB / 10)]
    return float(np.sqrt(np.mean(spoken)))
