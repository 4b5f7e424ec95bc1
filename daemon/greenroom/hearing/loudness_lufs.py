"""Momentary loudness after ITU-R BS.1770-4, with the K-weighting of pyloudnorm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from greenroom.errors import EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import prosody
from greenroom.hearing.heard import Answer, Momentary
from greenroom.hearing.levels import BLOCK_S, STEP_S
from greenroom.hearing.prosody import Interval
from greenroom.ports import Pcm

PIECE_S = 10.0
"""Weighted at a time, so that the sound of a long answer is not held twice, nor the interpreter kept for long."""
LEAD_S = 0.2
"""Weighted ahead of a piece and thrown away: in this time the high-pass at 38 Hz forgets."""
FLOOR_LUFS = -120.0
_OFFSET_LU = -0.691
_BLOCK, _STEP = round(BLOCK_S * SAMPLE_RATE_HZ), round(STEP_S * SAMPLE_RATE_HZ)


def warm_up() -> None:
    """Load the library, which takes a second. Raises ``EngineUnavailable``."""
    _filters()


def weighed(answer: Answer) -> Answer:
    """The answer with its loudness, where the library is installed."""
    try:
        return replace(answer, loudness=momentary(answer.pcm_runs, answer.voice_spans))
    except EngineUnavailable:
        return answer


def momentary(runs: Sequence[tuple[float, bytes]], voice: Sequence[Interval]) -> tuple[Momentary, ...]:
    """One entry for each stretch of sound of ``BLOCK_S`` or more inside a VAD segment. Raises ``EngineUnavailable``.

    ``runs`` as in ``Answer``. The level of a full-scale 997 Hz sine is -3.01 LUFS.
    """
    spans = prosody.merge(voice)
    found: list[Momentary] = []
    for t, pcm in runs:
        wave = np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16)
        for start_t, end_t in prosody.cut(spans, t, t + wave.size / SAMPLE_RATE_HZ):
            start, end = round((start_t - t) * SAMPLE_RATE_HZ), round((end_t - t) * SAMPLE_RATE_HZ)
            lufs = tuple(_blocks(wave, start, end))
            if lufs:
                found.append(Momentary(start_t, lufs))
    return tuple(found)


def _blocks(pcm: Pcm, start: int, end: int) -> Iterator[float]:
    """Loudness of the blocks between two samples."""
    piece = round(PIECE_S * SAMPLE_RATE_HZ)
    for first in range(start, end - _BLOCK + 1, piece):
        last = min(end, first + piece - _STEP + _BLOCK)
        power = _weighted(pcm[max(0, first - round(LEAD_S * SAMPLE_RATE_HZ)) : last])[-(last - first) :] ** 2
        steps = power[: power.size // _STEP * _STEP].reshape(-1, _STEP).mean(axis=1)
        per_block = _BLOCK // _STEP
        for n in range(len(steps) - per_block + 1):
            mean = float(steps[n : n + per_block].mean())
            yield max(FLOOR_LUFS, _OFFSET_LU + 10 * float(np.log10(mean))) if mean > 0 else FLOOR_LUFS


def _weighted(pcm: Pcm) -> npt.NDArray[np.float64]:
    wave: npt.NDArray[np.float64] = pcm.astype(np.float64) / 32768
    for stage in _filters():
        wave = stage.apply_filter(wave)
    return wave


@cache
def _filters() -> tuple[Any, ...]:
    """High shelf and high-pass of the K-weighting at the booth's rate."""
    try:
        import pyloudnorm
    except ImportError as error:
        raise EngineUnavailable("pyloudnorm is not installed", fix="pip install pyloudnorm") from error
    return tuple(pyloudnorm.Meter(SAMPLE_RATE_HZ)._filters.values())  # noqa: SLF001 - its one way to the filters alone
