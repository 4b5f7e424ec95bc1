"""What one second of sound tells about the way from the loudspeaker to the microphone, and which engine copes with it.

Pure. A probe is played; what was played and what was picked up come as two arrays on one sample grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.loudness import CLIP_LEVEL, SILENCE_DBFS, dbfs, power, to_dbfs
from greenroom.ports import EchoCanceller, Pcm

Floats = npt.NDArray[np.float64]
Problem = Literal["", "not-heard", "too-noisy", "clipped"]
Rung = Literal["hardware", "aec3", "half-duplex"]

SWEEP_S, SWEEP_HZ = 1.0, (100.0, 7_000.0)
GAP_S = 0.1
BABBLE_S = 0.6
"""Noise in syllables: a canceller learns little from a sweep, which is one tone at a time."""
PROBE_DBFS = -23.0
"""As loud as the interviewer speaks."""
FADE_S = 0.05
SEARCHED_S = 1.0
"""No loudspeaker is later, be it wireless."""
LATEST_S = 0.5
"""Whoever speaks with a loudspeaker that is later talks into its sentences."""
NOISE_S = 0.4
"""Of the measurement before the earliest echo."""
EARLIEST_S = -0.05
"""The clocks of loudspeaker and microphone may be off by so much against each other."""
TAIL_S = 0.25
"""So much reverberation counts as the echo."""
AFTER_S = SEARCHED_S + TAIL_S
HEARD_DB = 18.0
"""The echo must stand so far above the noise of the deconvolution, whose highest sample lies 13 dB above its mean."""
HARDLY_DB = 40.0
"""An echo weaker by so much than what was played lies below a quiet room's noise; no canceller is needed."""
NOISY_DBFS = -40.0
REMOVED_DB = 15.0
"""What is left must be weaker by so much, or no louder than ``LEFT_DB`` above the noise."""
LEFT_DB = 6.0
PASSES = 3
"""The canceller hears the same sound so often and is measured the last time."""
BEST_LEAD_S = (0.01, 0.2)
"""The canceller works best when the echo follows its reference by this much."""
_BLOCK = 160
_CLIP_SAMPLES = 3
_FRAME = 320


class EchoPath(NamedTuple):
    """From the loudspeaker to the microphone. Without a ``delay_s`` no echo was found; ``problem`` says why."""

    problem: Problem
    noise_dbfs: float
    level_dbfs: float = SILENCE_DBFS
    """The probe's echo at the microphone."""
    delay_s: float | None = None
    """From the time at which a sample is said to be heard to its echo in the microphone's samples."""
    confidence_db: float = 0.0
    """First echo against the noise of the measurement."""
    return_loss_db: float | None = None
    """What was played against its echo."""


class Cancelled(NamedTuple):
    """What a canceller made of the probe."""

    removed_db: float | None
    """None: the echo hardly stands above the noise."""
    left_db: float
    """What is left of the echo with the noise, above the noise alone."""


@dataclass(frozen=True)
class Choice:
    """Which rung of the ladder, and why, in words."""

    rung: Rung
    reason: str


def probe(seed: int = 1) -> Pcm:
    """A sweep that rises by octaves, and some syllables of noise."""
    n = round(SWEEP_S * SAMPLE_RATE_HZ)
    t = np.arange(n) / SAMPLE_RATE_HZ
    rise = math.log(SWEEP_HZ[1] / SWEEP_HZ[0])
    phase = 2 * np.pi * SWEEP_HZ[0] * SWEEP_S / rise * (np.exp(t / SWEEP_S * rise) - 1)
    gap = np.zeros(round(GAP_S * SAMPLE_RATE_HZ))
    return _pcm(np.concatenate([_levelled(np.sin(phase) * _faded(n)), gap, _levelled(_babble(seed))]))


def _babble(seed: int) -> Floats:
    """Three syllables of noise with the spectrum of speech."""
    n = round(BABBLE_S * SAMPLE_RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n))
    hertz = np.fft.rfftfreq(n, 1 / SAMPLE_RATE_HZ)
    spectrum *= (hertz > SWEEP_HZ[0]) / np.maximum(hertz, 500.0)
    syllables = np.abs(np.sin(np.pi * 3 * np.arange(n) / n)) ** 0.5
    noise: Floats = np.fft.irfft(spectrum, n) * syllables
    return noise


def _faded(n: int) -> Floats:
    edge = round(FADE_S * SAMPLE_RATE_HZ)
    window = np.ones(n)
    window[:edge] = np.sin(np.linspace(0, np.pi / 2, edge)) ** 2
    window[-edge:] = window[:edge][::-1]
    return window


def _levelled(sound: Floats) -> Floats:
    levelled: Floats = sound * (10 ** (PROBE_DBFS / 20) / np.sqrt(np.mean(sound**2)))
    return levelled


def _pcm(sound: Floats) -> Pcm:
    return np.round(sound * 32767).astype(np.int16)


# --- analysis -------------------------------------------------------------------------------------


def measure(played: Pcm, heard: Pcm) -> EchoPath:
    """Both of one length on one sample grid: silence, in which the room is listened to, then the probe, and at least
    ``AFTER_S`` behind it."""
    first, last = _sounding(played)
    noise_dbfs = dbfs(heard[: max(0, first + round(EARLIEST_S * SAMPLE_RATE_HZ))])
    if int(np.count_nonzero(np.abs(heard.astype(np.int32)) >= CLIP_LEVEL)) >= _CLIP_SAMPLES:
        return EchoPath("clipped", noise_dbfs, level_dbfs=dbfs(heard[first:last]))
    response, spectrum = _deconvolved(played, heard)
    begin, end = (round(t * SAMPLE_RATE_HZ) for t in (EARLIEST_S, SEARCHED_S))
    lags = np.arange(begin, end)
    sizes = np.abs(response[lags])
    # The median is not moved by harmonics of the sweep, which come out before the echo.
    floor = float(np.median(np.abs(response[begin - round(NOISE_S * SAMPLE_RATE_HZ) : begin]))) / 0.6745
    confidence_db = 20 * math.log10(max(float(sizes.max()), 1e-12) / max(floor, 1e-12))
    if confidence_db < HEARD_DB:
        return EchoPath("too-noisy" if noise_dbfs > NOISY_DBFS else "not-heard", noise_dbfs,
                        confidence_db=confidence_db)
    lag = int(lags[np.flatnonzero(sizes >= 0.5 * sizes.max())[0]])
    loss_db = 10 * math.log10(power(played) / max(_echo_power(response, spectrum, lag, floor, played.size), 1e-12))
    return EchoPath("", noise_dbfs, level_dbfs=dbfs(played[first:last]) - loss_db, delay_s=lag / SAMPLE_RATE_HZ,
                    confidence_db=confidence_db, return_loss_db=loss_db)


def _sounding(played: Pcm) -> tuple[int, int]:
    """First sample of the probe, and the one after its last."""
    loud = np.flatnonzero(played)
    return (int(loud[0]), int(loud[-1]) + 1) if loud.size else (0, 0)


def _deconvolved(played: Pcm, heard: Pcm) -> tuple[Floats, npt.NDArray[np.complex128]]:
    """Impulse response, negative lags at its end, and the spectrum of what was played."""
    size = 3 * heard.size
    source = np.fft.rfft(played / 32768, size)
    energy = np.abs(source) ** 2
    sink = np.fft.rfft(heard / 32768, size)
    response: Floats = np.fft.irfft(sink * np.conj(source) / (energy + 1e-2 * float(np.max(energy))), size)
    return response, source


def _echo_power(response: Floats, source: npt.NDArray[np.complex128], lag: int, floor: float, samples: int) -> float:
    """Mean square of what the microphone would pick up of the probe without noise."""
    kept = np.zeros_like(response)
    span = np.arange(lag - round(0.002 * SAMPLE_RATE_HZ), lag + round(TAIL_S * SAMPLE_RATE_HZ))
    kept[span] = response[span]
    energy = np.abs(source) ** 2
    whole = np.fft.rfft(kept) * source * (energy + 1e-2 * float(np.max(energy))) / np.maximum(energy, 1e-12)
    is_excited = energy > 1e-4 * float(np.max(energy))
    echo = np.fft.irfft(np.where(is_excited, whole, 0.0), response.size)[:samples]
    noise_share = span.size * floor**2 / float(np.sum(response[span] ** 2))
    return float(np.mean(echo**2)) * max(0.01, 1 - noise_share)


def cancelled(echo: EchoCanceller, played: Pcm, heard: Pcm, lead_s: float) -> Cancelled:
    """Let a fresh canceller hear ``PASSES`` times what ``measure`` was given, and look at the last."""
    first, _ = _sounding(played)
    shift = round(lead_s * SAMPLE_RATE_HZ)
    ahead = np.roll(played, -shift)
    out = heard
    for _ in range(PASSES):
        clean = []
        for n in range(0, heard.size - _BLOCK + 1, _BLOCK):
            echo.played(ahead[n : n + _BLOCK])
            clean.append(echo.clean(heard[n : n + _BLOCK], lead_s))
        out = np.concatenate(clean)
    quiet = slice(0, max(_FRAME, first + round(EARLIEST_S * SAMPLE_RATE_HZ)))
    before, after = power(heard[quiet]), power(out[quiet])
    size = out.size // _FRAME * _FRAME
    raw, left = (np.mean((pcm[:size].reshape(-1, _FRAME) / 32768.0) ** 2, axis=1) for pcm in (heard, out))
    is_loud = raw > max(4 * before, 1e-9)
    is_loud[: first // _FRAME] = False
    if not is_loud.any():
        return Cancelled(None, 0.0)
    echo_in, echo_out = float(raw[is_loud].mean()) - before, float(left[is_loud].mean())
    floor = max(after, 1e-9)
    removed_db = 10 * math.log10(echo_in / max(echo_out - floor, 0.1 * floor))
    return Cancelled(removed_db, to_dbfs(echo_out) - to_dbfs(floor))


# --- decision -------------------------------------------------------------------------------------


def choose(path: EchoPath, result: Cancelled | None) -> Choice:
    """The best rung that copes with the path. ``result`` is what AEC3 made of it; None: it is not installed."""
    if path.problem == "clipped":
        return Choice("half-duplex", "the loudspeaker overdrives the microphone: turn it down")
    if path.return_loss_db is not None and path.return_loss_db >= HARDLY_DB:
        told = f"hardly any echo, return loss {path.return_loss_db:.0f} dB"
        # A canceller costs little, and somebody may turn the loudspeaker up.
        return Choice("hardware", told) if result is None else Choice("aec3", f"full duplex, {told}")
    if result is None:
        return Choice("half-duplex", "no echo canceller is installed")
    if path.delay_s is None or path.return_loss_db is None:
        why = ("it is too noisy to hear the loudspeaker" if path.problem == "too-noisy" else
               f"no echo within {SEARCHED_S:.0f} s: is the loudspeaker on?")
        return Choice("aec3", f"full duplex, not tested; {why}")
    told = f"delay {1000 * path.delay_s:.0f} ms, return loss {path.return_loss_db:.0f} dB"
    if result.removed_db is None:
        told += ", as soft as the room's noise"
    else:
        told += f", {result.removed_db:.0f} dB removed"
    if path.delay_s > LATEST_S:
        return Choice("half-duplex", f"the loudspeaker is too late ({told})")
    if result.removed_db is not None and result.removed_db < REMOVED_DB and result.left_db > LEFT_DB:
        return Choice("half-duplex", f"too much echo is left ({told})")
    return Choice("aec3", f"full duplex, {told}")


def best_lead_s(delay_s: float, lead_s: float) -> float:
    """How far ahead of the microphone the canceller should get its reference, given what it gets now."""
    earliest_s, latest_s = BEST_LEAD_S
    follows_s = delay_s + lead_s
    return lead_s + max(0.0, earliest_s - follows_s) - max(0.0, follows_s - latest_s)
