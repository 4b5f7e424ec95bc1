from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from devices.room import VAD_MODEL, needs_vad, speech
from greenroom.errors import EngineUnavailable, ModelMissing
from greenroom.hearing.vad import BLOCK_SAMPLES, SileroVad
from greenroom.ports import Pcm


def probabilities(vad: SileroVad, pcm: Pcm) -> list[float]:
    return [vad.probability(pcm[n : n + BLOCK_SAMPLES]) for n in range(0, pcm.size - BLOCK_SAMPLES + 1, BLOCK_SAMPLES)]


@pytest.fixture
def spoken() -> Pcm:
    """1 s of faint noise, a sentence, 1 s of faint noise."""
    pcm = np.concatenate([np.zeros(16_000, np.int16), speech("rms", 1), np.zeros(16_000, np.int16)])
    return pcm + np.random.default_rng(1).normal(0, 15, pcm.size).astype(np.int16)


@needs_vad
def test_hears_speech_and_nothing_around_it(spoken: Pcm) -> None:
    found = np.array(probabilities(SileroVad(VAD_MODEL), spoken))
    assert found[:28].max() < 0.35
    assert found[-25:].max() < 0.35
    assert np.mean(found[35:-35] > 0.5) > 0.7


@needs_vad
def test_takes_noise_and_music_for_silence() -> None:
    t = np.arange(3 * 16_000) / 16_000
    chord = np.sum([np.sin(2 * np.pi * hertz * t) for hertz in (220.0, 277.2, 329.6)], axis=0) * 2_000
    noise = np.random.default_rng(2).normal(0, 1_500, t.size)
    for sound in (chord, noise):
        found = probabilities(SileroVad(VAD_MODEL), sound.astype(np.int16))
        assert np.mean(np.array(found) > 0.5) < 0.05


@needs_vad
def test_forgets_when_reset(spoken: Pcm) -> None:
    vad = SileroVad(VAD_MODEL)
    first = probabilities(vad, spoken)
    assert probabilities(vad, spoken) != first
    vad.reset()
    assert probabilities(vad, spoken) == first


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="models pull"):
        SileroVad(tmp_path / "none.onnx")


def test_broken_weights_are_no_crash(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a model")
    with pytest.raises(EngineUnavailable):
        SileroVad(broken)
