from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.turn_features import BANDS, FRAMES, WINDOW_S, log_mel
from greenroom.ports import Pcm


def tone(hz: float, seconds: float) -> Pcm:
    t = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.round(8000 * np.sin(2 * np.pi * hz * t)).astype(np.int16)


@pytest.mark.parametrize(("hz", "band"), [(200, 4), (1000, 26), (3000, 53), (6000, 71)])
def test_a_tone_is_strongest_in_its_band(hz: float, band: int) -> None:
    features = log_mel(tone(hz, WINDOW_S))
    assert int(features.mean(axis=1).argmax()) == pytest.approx(band, abs=1)


def test_shorter_sound_stands_at_the_end_of_the_window() -> None:
    features = log_mel(tone(440, 2.0))
    assert features.shape == (BANDS, FRAMES)
    loud = features.max(axis=0)
    assert loud[620:].min() > loud[:580].max()


def test_of_longer_sound_only_the_last_eight_seconds_count() -> None:
    end = tone(440, WINDOW_S)
    assert np.array_equal(log_mel(np.concatenate([tone(2000, 3.0), end])), log_mel(end))


def test_how_loud_it_is_does_not_matter() -> None:
    noise = np.random.default_rng(1).normal(0, 8000, 4 * SAMPLE_RATE_HZ).clip(-32768, 32767)
    assert np.abs(log_mel(noise.astype(np.int16)) - log_mel((noise / 16).astype(np.int16))).max() < 0.02


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 200_000), st.integers(0, 2**31))
def test_any_sound_gives_finite_features_within_two_of_the_loudest(samples: int, seed: int) -> None:
    pcm = np.random.default_rng(seed).integers(-32768, 32767, samples).astype(np.int16)
    features = log_mel(pcm)
    assert np.isfinite(features).all()
    assert features.max() - features.min() <= 2.0 + 1e-5
