"""How loud the voice was: in dBFS, and in LUFS as ITU-R BS.1770 weighs and gates it; and how much that varied."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import prosody
from greenroom.hearing.heard import Heard, Momentary
from greenroom.hearing.loudness import CLIP_LEVEL
from greenroom.hearing.stating import share, stated
from greenroom.records import Measure

MIN_LEVELS = 10
BLOCK_S, STEP_S = 0.4, 0.1
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
CLIPPED_SHARE = 0.01
"""With more of its samples at the rail a voice was louder than what is left of it says."""
_FRAMES = f"frames of {prosody.FRAME_S:g} s within VAD segments, the mean of each taken out"
_BLOCKS = f"blocks of {BLOCK_S:g} s within VAD segments, K-weighted"
_GATES = f"those above {ABSOLUTE_GATE_LUFS:g} LUFS and above {-RELATIVE_GATE_LU:g} LU below the mean of these"
_SOURCE = "samples; ITU-R BS.1770-4"


def loudness(heard: Heard) -> tuple[Measure, ...]:
    """Loudness (dBFS), its range (dB), loudness (LUFS), its range (LU)."""
    clipped = _clipped_share(heard)
    reason = "the microphone was overdriven" if clipped > CLIPPED_SHARE else ""
    return (*_dbfs(heard, reason), *_lufs(heard, reason))


def gated(blocks: Sequence[float]) -> npt.NDArray[np.float64]:
    """The blocks that count: above -70 LUFS, and above the mean power of those less 10 LU (BS.1770-4, annex 1)."""
    lufs = np.asarray(blocks, np.float64)
    loud = lufs[lufs > ABSOLUTE_GATE_LUFS]
    return loud[loud > mean_lufs(loud) + RELATIVE_GATE_LU] if loud.size else loud


def mean_lufs(blocks: npt.NDArray[np.float64]) -> float:
    """Of the power; there must be a block."""
    return 10 * float(np.log10(np.mean(10 ** (blocks / 10))))


def _dbfs(heard: Heard, reason: str) -> tuple[Measure, ...]:
    levels = [level for _, level in heard.levels]
    value = prosody.mean_dbfs(levels) if levels and not reason else None
    spread = _spread(levels) if len(levels) >= MIN_LEVELS and not reason else None
    reason = reason or heard.why_silent
    return (
        stated(
            "loudness_dbfs",
            value,
            "dbfs",
            formula=f"Root mean square of {_FRAMES}; 0 dBFS is a full-scale square wave",
            source="samples",
            coverage=heard.kept_share,
            reason=f"less than {prosody.FRAME_S:g} s of voice" if heard.runs and heard.voice and not levels else reason,
            evidence=heard.voiced,
            over=len(levels) * prosody.FRAME_S,
        ),
        stated(
            "loudness_range_db",
            spread,
            "dB",
            formula=f"95th minus 10th percentile of the level of {_FRAMES}",
            source="samples",
            coverage=heard.kept_share,
            reason="less than 1 s of voice" if 0 < len(levels) < MIN_LEVELS else reason,
            evidence=heard.voiced,
        ),
    )


def _lufs(heard: Heard, reason: str) -> tuple[Measure, ...]:
    tracks: tuple[Momentary, ...] = heard.loudness or ()
    blocks = [lufs for track in tracks for lufs in track.lufs]
    counted = gated(blocks)
    value = mean_lufs(counted) if counted.size and not reason else None
    spread = _spread(counted) if counted.size >= MIN_LEVELS and not reason else None
    if not reason and heard.runs and heard.voice:
        is_weighed = heard.loudness is not None
        reason = f"less than {BLOCK_S:g} s of voice at once" if is_weighed else "nothing here weighs loudness"
    covered = [(track.t, track.t + (len(track.lufs) - 1) * STEP_S + BLOCK_S) for track in tracks if track.lufs]
    coverage = share(prosody.overlap_s(prosody.merge(covered), heard.voice), heard.talk_s)
    return (
        stated(
            "loudness_lufs",
            value,
            "lufs",
            formula=f"Mean power of {_BLOCKS}: {_GATES}",
            source=_SOURCE,
            coverage=coverage,
            reason=reason or heard.why_silent,
            evidence=heard.voiced,
            over=counted.size * STEP_S,
        ),
        stated(
            "loudness_range_lu",
            spread,
            "LU",
            formula=f"95th minus 10th percentile of {_BLOCKS}: {_GATES}",
            source=_SOURCE,
            coverage=coverage,
            reason="less than 1 s of voice" if 0 < counted.size < MIN_LEVELS else reason or heard.why_silent,
            evidence=heard.voiced,
        ),
    )


def _clipped_share(heard: Heard) -> float:
    """Share of the voiced samples at the rail."""
    clipped = samples = 0
    for t, pcm in heard.runs:
        for start_t, end_t in prosody.cut(heard.voice, t, t + pcm.size / SAMPLE_RATE_HZ):
            voiced = pcm[round((start_t - t) * SAMPLE_RATE_HZ) : round((end_t - t) * SAMPLE_RATE_HZ)]
            samples += voiced.size
            clipped += int(np.count_nonzero((voiced >= CLIP_LEVEL) | (voiced <= -CLIP_LEVEL)))
    return share(clipped, samples)


def _spread(levels: Sequence[float] | npt.NDArray[np.float64]) -> float:
    low, high = np.percentile(levels, [10, 95])
    return float(high - low)
