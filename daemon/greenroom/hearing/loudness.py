"""Loudness of microphone and loudspeaker in dBFS (0 dBFS is the RMS of a full-scale square wave), and what it tells."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from greenroom.ports import Pcm

SILENCE_DBFS = -100.0
"""What digital silence reads; one step of 16 bit is -90."""
FULL_SCALE = 32768.0
CLIP_LEVEL = 32_700
_CLIP_SAMPLES = 3
"""So many samples at the rail in one reading are clipping; a single one may be a true peak."""


def power(pcm: Pcm) -> float:
    """Mean square, 0 to 1."""
    if pcm.size == 0:
        return 0.0
    wave = pcm.astype(np.float32)
    return float(np.dot(wave, wave)) / pcm.size / (FULL_SCALE * FULL_SCALE)


def to_dbfs(mean_square: float) -> float:
    return max(SILENCE_DBFS, 10 * math.log10(mean_square)) if mean_square > 0 else SILENCE_DBFS


def dbfs(pcm: Pcm) -> float:
    return to_dbfs(power(pcm))


@dataclass(frozen=True)
class Level:
    """One reading."""

    mic_dbfs: float
    speaker_dbfs: float
    noise_dbfs: float
    is_clipping: bool


class LevelMeter:
    """Sums up blocks of 10 ms and gives a reading for every 100 ms.

    The microphone's level and noise floor are those of the cleaned signal, clipping is that of the raw one.
    """

    BLOCKS = 10
    _SPEAKER_QUIET_DBFS = -60.0
    _TAIL_READINGS = 3
    """After the loudspeaker an echo canceller still takes noise away, or is deaf, for 0.2 to 0.3 s."""

    def __init__(self) -> None:
        self._noise = NoiseFloor()
        self._quiet_readings = self._TAIL_READINGS
        self.reset()

    def reset(self) -> None:
        self._blocks = 0
        self._mic = self._speaker = 0.0
        self._clipped = 0

    def add(self, raw: Pcm, mic_power: float, speaker_power: float) -> Level | None:
        self._blocks += 1
        self._mic += mic_power
        self._speaker += speaker_power
        if int(raw.max()) >= CLIP_LEVEL or int(raw.min()) <= -CLIP_LEVEL:
            self._clipped += int(np.count_nonzero((raw >= CLIP_LEVEL) | (raw <= -CLIP_LEVEL)))
        if self._blocks < self.BLOCKS:
            return None
        mic_dbfs, speaker_dbfs = to_dbfs(self._mic / self.BLOCKS), to_dbfs(self._speaker / self.BLOCKS)
        self._quiet_readings = 0 if speaker_dbfs > self._SPEAKER_QUIET_DBFS else self._quiet_readings + 1
        if self._quiet_readings > self._TAIL_READINGS:
            self._noise.add(mic_dbfs)
        level = Level(mic_dbfs, speaker_dbfs, self._noise.value, self._clipped >= _CLIP_SAMPLES)
        self.reset()
        return level


class NoiseFloor:
    """Minimum statistics: people pause for 100 ms at least once in 5 s."""

    WINDOW = 50
    """Readings of 100 ms."""

    def __init__(self) -> None:
        self._readings: deque[float] = deque(maxlen=self.WINDOW)

    @property
    def value(self) -> float:
        """``SILENCE_DBFS`` before the first reading."""
        return min(self._readings, default=SILENCE_DBFS)

    def add(self, level_dbfs: float) -> None:
        self._readings.append(level_dbfs)


class EchoGate:
    """Tells a voice in the room from what the echo canceller left of the loudspeaker.

    Learns, from blocks that hold no speech, how far below the loudspeaker the cleaned microphone lies; a voice must
    stand ``MARGIN_DB`` above that while the loudspeaker is heard. The soft first sounds of a voice, which the detector
    does not know yet, are not learned from, and a cough or a door raises the threshold by a few dB at most: otherwise
    the candidate would not be heard for a second or two.
    """

    MARGIN_DB = 6.0
    START_DB = -20.0
    """Residual relative to the loudspeaker before anything was learned: a canceller that takes next to nothing away."""
    FALL_DB_PER_S = 10.0
    RISE_DB_PER_S = 30.0
    ONSET_BLOCKS = 6
    """0.2 s: so long a voice may be heard before the detector takes it for speech."""
    TAIL_BLOCKS = 10
    """0.3 s: an echo path of 60 ms and the room's reverberation."""
    QUIET_DBFS = -60.0
    LOUD_DBFS = -40.0
    """Below this the room's noise is not small against the echo, so nothing is learned."""
    NO_SPEECH = 0.3
    CONVERGED_S = 2.0
    """Loudspeaker sound until AEC3 knows the room; 1.3 s were measured where the echo is as loud as the loudspeaker."""

    def __init__(self, block_s: float) -> None:
        self._block_s = block_s
        self._speaker: deque[float] = deque(maxlen=self.TAIL_BLOCKS)
        self._unsure: deque[float] = deque()
        """Residuals of blocks that may yet turn out to be the onset of a voice."""
        self._residual_db = self.START_DB
        self._played_s = 0.0

    @property
    def is_speaker_heard(self) -> bool:
        """The loudspeaker plays, or has just done so."""
        return self._loudest() > self.QUIET_DBFS

    @property
    def is_converging(self) -> bool:
        """The loudspeaker is heard and the canceller has not had enough of it yet."""
        return self._played_s < self.CONVERGED_S and self.is_speaker_heard

    def is_voice_credible(self, cleaned_dbfs: float, speaker_dbfs: float, probability: float) -> bool:
        """Whether this block may count as the candidate's voice."""
        self._speaker.append(speaker_dbfs)
        loudest_dbfs = self._loudest()
        if speaker_dbfs > self.QUIET_DBFS:
            self._played_s += self._block_s
        if probability >= self.NO_SPEECH:
            self._unsure.clear()
        if loudest_dbfs <= self.QUIET_DBFS:
            return True
        if probability < self.NO_SPEECH and loudest_dbfs > self.LOUD_DBFS:
            self._unsure.append(cleaned_dbfs - loudest_dbfs)
            if len(self._unsure) > self.ONSET_BLOCKS:
                self._learn(self._unsure.popleft())
        return cleaned_dbfs >= loudest_dbfs + self._residual_db + self.MARGIN_DB

    def _loudest(self) -> float:
        return max(self._speaker, default=SILENCE_DBFS)

    def _learn(self, residual_db: float) -> None:
        fallen_db = self._residual_db - self.FALL_DB_PER_S * self._block_s
        risen_db = self._residual_db + self.RISE_DB_PER_S * self._block_s
        self._residual_db = min(max(residual_db, fallen_db), risen_db)
