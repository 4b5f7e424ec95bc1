"""Whether a worker can tell what sentences mean."""

from __future__ import annotations

import hashlib
import logging
import sys
from pathlib import Path

import pytest

from commands import MODELS
from greenroom.errors import EngineUnavailable, ModelCorrupt, ModelMissing
from greenroom.language.encoder_minilm import MODEL, VOCABULARY, WEIGHTS
from greenroom.models.manifest import Manifest, Model, ModelFile, PathSource
from greenroom.settings import Booth, Settings
from greenroom.workers.encoders import load_encoder, load_minilm
from language import tiny_bert


def settings(models: Path) -> Settings:
    return Settings(booth=Booth(models_dir=models))


def manifest(folder: Path) -> Manifest:
    files = tuple(
        ModelFile(path=path.name, bytes=path.stat().st_size, sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                  sources=(PathSource(path=str(path)),))
        for path in sorted(folder.iterdir())
    )
    return Manifest(models=(Model(name=MODEL, engine="onnxruntime", capability="meaning", profiles=("lean",),
                                  licence="CC0-1.0", files=files),))


def test_our_own_manifest_has_it_for_every_box_and_needs_it_on_none() -> None:
    model = Manifest.load().model(MODEL)
    assert model.profiles == ("lean", "cpu", "gpu")
    assert not model.needed
    assert not model.minimal
    assert {file.path for file in model.files} == {WEIGHTS, VOCABULARY}


def test_without_weights_there_is_none_and_the_log_says_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert load_encoder(settings(tmp_path)) is None
    assert f"{MODEL}: {WEIGHTS} is not in" in caplog.text
    with pytest.raises(ModelMissing):
        load_minilm(settings(tmp_path))


def test_weights_that_are_damaged_are_not_loaded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tiny_bert.write(tmp_path / MODEL)
    with caplog.at_level(logging.INFO):
        assert load_encoder(settings(tmp_path)) is None
    assert ModelCorrupt.code in caplog.text
    whole_but_of_another_model = manifest(tmp_path / MODEL)
    with pytest.raises(ModelCorrupt, match="not 30522"):
        load_minilm(settings(tmp_path), whole_but_of_another_model)


@pytest.mark.skipif(not (MODELS / MODEL / WEIGHTS).is_file(),
                    reason=f"no sentence encoder: greenroom models pull {MODEL}")
def test_with_weights_there_is_one_unless_the_runtime_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = load_encoder(settings(MODELS))
    assert encoder is not None
    assert encoder.info.capability == "meaning"
    assert encoder.info.is_first_choice
    assert encoder.encode(["a man is eating food"]).shape == (1, 384)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert load_encoder(settings(MODELS)) is None
    with pytest.raises(EngineUnavailable):
        load_minilm(settings(MODELS))
