"""Pitch with Praat's autocorrelation method (Boersma 1993), through parselmouth."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.errors import EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.records import EngineInfo

WIDEST_HZ = (60.0, 600.0)
"""Floor and ceiling of the first pass."""
FLOOR_SHARE, CEILING_SHARE = 0.75, 1.5
"""Of the first and third quartile of the first pass: between them octave errors have no room (Hirst 2007)."""
MIN_FRAMES = 10
"""Fewer voiced frames give no quartiles: they are taken as they are."""
_PERIODS = 3
"""Of the floor in one window of analysis."""


class PraatPitch:
    """Two passes: the first finds the range of the voice, the second looks only there.

    Equal samples give equal values. Raises ``EngineUnavailable`` where the library is not installed.
    """

    step_s = 0.01

    def __init__(self) -> None:
        try:
            import parselmouth
        except ImportError as error:
            raise EngineUnavailable("parselmouth is not installed", fix="pip install praat-parselmouth") from error
        self._parselmouth: Any = parselmouth

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(capability="pitch", name="praat", version=self._parselmouth.PRAAT_VERSION,
                          detail=f"parselmouth {self._parselmouth.VERSION}")

    def track(self, pcm: Pcm) -> tuple[float, ...]:
        """The first frame is centred half a step after the first sample. Takes some 5 ms a second of sound."""
        frames = round(pcm.size / SAMPLE_RATE_HZ / self.step_s)
        if frames == 0 or not pcm.any():
            return (0.0,) * frames
        first = self._pass(pcm, *WIDEST_HZ)
        voiced = first[first > 0]
        if voiced.size < MIN_FRAMES:
            return tuple(first.tolist())
        low, high = np.percentile(voiced, [25, 75])
        floor_hz = max(WIDEST_HZ[0], FLOOR_SHARE * float(low))
        ceiling_hz = min(WIDEST_HZ[1], max(CEILING_SHARE * float(high), 2 * floor_hz))
        return tuple(self._pass(pcm, floor_hz, ceiling_hz).tolist())

    def _pass(self, pcm: Pcm, floor_hz: float, ceiling_hz: float) -> npt.NDArray[np.float64]:
        """0 at the edges, where a window of analysis does not fit."""
        found = np.zeros(round(pcm.size / SAMPLE_RATE_HZ / self.step_s))
        if pcm.size <= (_PERIODS / floor_hz + self.step_s) * SAMPLE_RATE_HZ:
            return found
        sound = self._parselmouth.Sound(pcm.astype(np.float64) / 32768, SAMPLE_RATE_HZ)
        pitch = sound.to_pitch_ac(time_step=self.step_s, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz)
        # Where its first frame lies depends on the floor: within half a step of one of ours.
        first = int(pitch.x1 / self.step_s + 1e-6)
        hz = pitch.selected_array["frequency"][: found.size - first]
        found[first : first + hz.size] = hz
        return found
