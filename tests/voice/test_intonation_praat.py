from __future__ import annotations

import sys

import numpy as np
import pytest

from greenroom.errors import EngineUnavailable
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.ports import Intonation, Pcm
from greenroom.voice import intonation_praat
from greenroom.voice.intonation_praat import FLOOR_HZ, MIN_S, PraatIntonation

pytest.importorskip("parselmouth")
RATE_HZ = 16_000


def glide(seconds: float = 1.0, from_hz: float = 100.0, to_hz: float = 150.0, rate_hz: int = RATE_HZ) -> Pcm:
    """A buzz that rises evenly in semitones."""
    hz = from_hz * (to_hz / from_hz) ** np.linspace(0.0, 1.0, round(seconds * rate_hz))
    phase = 2 * np.pi * np.cumsum(hz) / rate_hz
    buzz = np.sum([np.sin(n * phase) / n for n in range(1, 12)], axis=0)
    glided: Pcm = (3000 * buzz).astype(np.int16)
    return glided


def range_st(pcm: Pcm) -> float:
    hz = np.array(PraatPitch().track(pcm))
    return float(np.ptp(12 * np.log2(np.percentile(hz[hz > 0], [10, 90]))))


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.2])
def test_the_range_is_changed_by_the_factor_and_nothing_else(factor: float) -> None:
    intonation: Intonation = PraatIntonation()
    plain = glide()
    changed = intonation.widened(plain, RATE_HZ, factor)
    assert changed.size == plain.size
    assert range_st(changed) / range_st(plain) == pytest.approx(factor, rel=0.1)
    assert np.std(changed.astype(float)) == pytest.approx(np.std(plain.astype(float)), rel=0.15)
    assert np.array_equal(changed, intonation.widened(plain, RATE_HZ, factor))


def test_what_has_no_voice_or_is_not_to_be_changed_stays() -> None:
    intonation = PraatIntonation()
    noise = np.random.default_rng(1).normal(0, 100, RATE_HZ).astype(np.int16)
    for pcm in (noise, np.zeros(RATE_HZ, np.int16), np.zeros(0, np.int16), glide(0.03)):
        assert np.array_equal(intonation.widened(pcm, RATE_HZ, 0.7), pcm)
    assert np.array_equal(intonation.widened(glide(), RATE_HZ, 1.0), glide())


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 48_000])
def test_no_clip_is_too_short_to_be_handed_in(rate_hz: int) -> None:
    intonation = PraatIntonation()
    for seconds in (3 / FLOOR_HZ, MIN_S, 0.08):
        pcm = glide(seconds, rate_hz=rate_hz)
        assert intonation.widened(pcm, rate_hz, 0.7).size == pcm.size


def test_what_praat_refuses_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intonation_praat, "MIN_S", 0.0)
    pcm = glide(0.03)
    assert np.array_equal(PraatIntonation().widened(pcm, RATE_HZ, 0.7), pcm)


def test_without_the_library_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "parselmouth", None)
    with pytest.raises(EngineUnavailable) as caught:
        PraatIntonation()
    assert caught.value.fix == "pip install praat-parselmouth"
