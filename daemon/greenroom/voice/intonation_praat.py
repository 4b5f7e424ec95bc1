"""How far a voice goes up and down, changed by Praat's overlap-add (Moulines and Charpentier 1990)."""

from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np

from greenroom.errors import EngineUnavailable
from greenroom.ports import Pcm

log = logging.getLogger(__name__)

FLOOR_HZ, CEILING_HZ = 60.0, 400.0
_STEP_S = 0.01
_MIN_FRAMES = 10
MIN_S = 3 / FLOOR_HZ + _STEP_S
"""Praat wants three periods of the floor; at exactly so many its own rounding decides, so there is a step to spare."""


class PraatIntonation:
    """Raises ``EngineUnavailable`` where the library is not installed. Equal samples give equal samples."""

    def __init__(self) -> None:
        try:
            import parselmouth
        except ImportError as error:
            raise EngineUnavailable("parselmouth is not installed", fix="pip install praat-parselmouth") from error
        self._praat: Any = parselmouth.praat
        self._sound: Any = parselmouth.Sound
        self._refusal: type[Exception] = parselmouth.PraatError

    def widened(self, pcm: Pcm, rate_hz: int, factor: float) -> Pcm:
        """The clip with ``factor`` times the distance in semitones from its median pitch, in the same time.

        A clip without a voice stays as it is, and so does one that is too short or that Praat refuses.
        """
        if factor == 1.0 or pcm.size < MIN_S * rate_hz or not pcm.any():
            return pcm
        try:
            return self._changed(pcm, rate_hz, factor)
        except self._refusal as error:
            log.warning("a clip of %d samples at %d Hz keeps its intonation: %s", pcm.size, rate_hz,
                        str(error).partition("\n")[0])
            return pcm

    def _changed(self, pcm: Pcm, rate_hz: int, factor: float) -> Pcm:
        sound = self._sound(pcm.astype(np.float64) / 32768, rate_hz)
        changing = self._praat.call(sound, "To Manipulation", _STEP_S, FLOOR_HZ, CEILING_HZ)
        tier = self._praat.call(changing, "Extract pitch tier")
        count = int(self._praat.call(tier, "Get number of points"))
        if count < _MIN_FRAMES:
            return pcm
        hz = [float(self._praat.call(tier, "Get value at index", n + 1)) for n in range(count)]
        median = float(np.median(hz))
        # A formula of Praat's own is applied to all points at once.
        self._praat.call(tier, "Formula", f"{median} * exp({factor} * ln(self / {median}))")
        self._praat.call([changing, tier], "Replace pitch tier")
        made = self._praat.call(changing, "Get resynthesis (overlap-add)").values[0]
        whole = np.zeros(pcm.size)
        whole[: made.size] = made[: pcm.size]
        if not math.isfinite(float(whole.sum())):
            return pcm
        changed: Pcm = np.round(whole.clip(-1.0, 1.0) * 32767.0).astype(np.int16)
        return changed
