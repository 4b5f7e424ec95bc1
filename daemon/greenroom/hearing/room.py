"""What the room does to recognition: noise floor, signal to noise, clipping, and a verdict.

Measured with the embedded recogniser on the script's two recorded voices at -26 dBFS, the channel learned in the same
noise (`greenroom bench noise` prints the table): word error rate by signal to noise

| signal to noise, dB | 39 | 34 | 29 | 24 | 19 | 14 |
|---|---|---|---|---|---|---|
| pink noise | 0.09 | 0.12 | 0.15 | 0.26 | 0.51 | 0.76 |
| white noise | 0.11 | 0.16 | 0.20 | 0.35 | 0.60 | 0.83 |
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Literal

from greenroom.events import LevelReading
from greenroom.hearing.loudness import SILENCE_DBFS
from greenroom.hearing.prosody import Interval
from greenroom.records import RoomReading, SoundShare

ERRORS: tuple[tuple[float, float], ...] = (
    (14.0, 0.80), (19.0, 0.56), (24.0, 0.31), (29.0, 0.18), (34.0, 0.14), (39.0, 0.10))
"""Signal to noise in dB and word error rate: the middle of the two rows, as most rooms lie between them."""
GOOD_SNR_DB = 28.0
"""Where the error rate is twice that of a quiet room."""
LOUD_DBFS = -50.0
"""Would leave a voice at the usual -26 dBFS 24 dB, and three words of ten wrong; judges a room that nobody spoke in."""
SOFT_DBFS = -34.0
"""A voice that is 8 dB softer than usual is what is wrong with a bad signal to noise."""
QUIET_S = 1.5
"""So much without any voice is listened to."""
READING_S = 0.1
SPEAKER_QUIET_DBFS = -60.0
TAIL_S = 0.3
"""After the loudspeaker or a voice: reverberation, and what an echo canceller still takes away."""
LEAD_S = 0.1
"""Before a VAD segment: a soft first sound."""
UNSURE_S = 0.3
"""A voice that began less than this ago may not be known yet."""
CLIPPED_READINGS = 2
"""So many readings of the sentence that clip are no single knock against the microphone."""

Verdict = Literal["good", "loud", "noisy", "clipping", "too quiet"]


def quiet_spans(levels: Sequence[LevelReading], voices: Sequence[Interval], now_t: float) -> tuple[Interval, ...]:
    """The stretches, in order, in which neither the loudspeaker nor a VAD segment is heard."""
    spans: list[Interval] = []
    for reading in _quiet(levels, voices, now_t):
        if spans and reading.t - READING_S - spans[-1][1] < READING_S / 2:
            spans[-1] = (spans[-1][0], reading.t)
        else:
            spans.append((reading.t - READING_S, reading.t))
    return tuple(spans)


def read(levels: Sequence[LevelReading], voices: Sequence[Interval], sentence: Sequence[Interval], now_t: float,
         sounds: tuple[SoundShare, ...] | None = None) -> RoomReading:
    """The room as these readings show it. ``voices`` are all VAD segments, ``sentence`` those in which it was read.

    Noise floor: median of the quiet readings, or before there are any the newest reading's own floor; None while the
    loudspeaker has left no moment for one. Voice: mean power of the readings that lie within the sentence. Without a
    voice there is no signal to noise and no clipping.
    """
    quiet = [reading.mic_dbfs for reading in _quiet(levels, voices, now_t)]
    floor_dbfs = levels[-1].noise_dbfs if levels else SILENCE_DBFS
    noise_dbfs = statistics.median(quiet) if quiet else floor_dbfs if floor_dbfs > SILENCE_DBFS else None
    spoken = [level for level in levels if _is_within(level, sentence)]
    powers = [10 ** (level.mic_dbfs / 10) for level in spoken]
    voice_dbfs = 10 * math.log10(statistics.fmean(powers)) if powers else None
    snr_db = voice_dbfs - noise_dbfs if voice_dbfs is not None and noise_dbfs is not None else None
    is_clipping = sum(level.is_clipping for level in spoken) >= CLIPPED_READINGS
    return RoomReading(
        verdict=_verdict(noise_dbfs, voice_dbfs, snr_db, is_clipping=is_clipping), noise_dbfs=noise_dbfs,
        voice_dbfs=voice_dbfs, snr_db=snr_db, is_clipping=is_clipping, sounds=sounds,
        expected_errors=None if snr_db is None else expected_errors(snr_db),
    )


def expected_errors(snr_db: float) -> float:
    """The table, with straight lines between its rows and beyond its ends the value there."""
    below = [row for row in ERRORS if row[0] <= snr_db]
    above = [row for row in ERRORS if row[0] > snr_db]
    if not below or not above:
        return (below or above)[-1 if below else 0][1]
    (low_db, low_rate), (high_db, high_rate) = below[-1], above[0]
    return low_rate + (high_rate - low_rate) * (snr_db - low_db) / (high_db - low_db)


def _verdict(noise_dbfs: float | None, voice_dbfs: float | None, snr_db: float | None, *,
             is_clipping: bool) -> Verdict:
    if is_clipping:
        return "clipping"
    if snr_db is None or voice_dbfs is None:
        return "loud" if noise_dbfs is not None and noise_dbfs > LOUD_DBFS else "good"
    if snr_db >= GOOD_SNR_DB:
        return "good"
    return "too quiet" if voice_dbfs < SOFT_DBFS else "noisy"


def _quiet(levels: Sequence[LevelReading], voices: Sequence[Interval], now_t: float) -> list[LevelReading]:
    quiet: list[LevelReading] = []
    speaker_t = -math.inf
    for reading in levels:
        start_t = reading.t - READING_S
        if reading.speaker_dbfs > SPEAKER_QUIET_DBFS:
            speaker_t = reading.t
        is_voice = any(a - LEAD_S < reading.t and b + TAIL_S > start_t for a, b in voices)
        if not is_voice and start_t >= speaker_t + TAIL_S and reading.t <= now_t - UNSURE_S:
            quiet.append(reading)
    return quiet


def _is_within(reading: LevelReading, voices: Sequence[Interval]) -> bool:
    return any(a <= reading.t - READING_S and reading.t <= b for a, b in voices)
