from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from commands import MODELS
from greenroom.bench.hearing import shared_folder
from greenroom.bench.noise import shared_speech
from greenroom.errors import EngineUnavailable, ModelMissing
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.turn_smart import MODEL, MODEL_FILE, SmartTurn

WEIGHTS = MODELS / MODEL / MODEL_FILE
needs_weights = pytest.mark.skipif(not WEIGHTS.is_file(), reason=f"no turn model: greenroom models pull {MODEL}")


@needs_weights
def test_it_tells_the_pauses_of_a_speech_from_its_end() -> None:
    speech = shared_speech("speech_jfk.wav")
    if speech is None:
        pytest.skip(f"speech_jfk.wav is not in {shared_folder()}")
    model = SmartTurn(WEIGHTS)
    inside = [model.probability(speech[: round(t * SAMPLE_RATE_HZ)]) for t in (3.9, 4.5, 7.8)]
    assert max(inside) < 0.2
    assert model.probability(speech[: round(10.7 * SAMPLE_RATE_HZ)]) > 0.6


@needs_weights
def test_equal_sound_gives_equal_answers_and_no_sound_gives_one() -> None:
    model, noise = SmartTurn(WEIGHTS), np.random.default_rng(1).normal(0, 500, 30_000).astype(np.int16)
    assert model.probability(noise) == model.probability(noise)
    assert 0.0 <= model.probability(noise[:0]) <= 1.0
    assert model.info.name == MODEL


def test_missing_and_broken_weights_are_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as missing:
        SmartTurn(tmp_path / MODEL_FILE)
    assert missing.value.fix == f"greenroom models pull {MODEL}"
    (tmp_path / MODEL_FILE).write_bytes(b"no network")
    with pytest.raises(EngineUnavailable):
        SmartTurn(tmp_path / MODEL_FILE)
