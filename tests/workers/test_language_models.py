from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.errors import EngineUnavailable, ModelMissing, NotFound
from greenroom.models.manifest import Manifest
from greenroom.settings import Settings, load
from greenroom.workers.language_models import load_llama, load_model, memory_mb, remote_model, wanted, weights_of


def set_to(**values: str) -> Settings:
    return load(environ={f"GREENROOM_{name.upper()}": value for name, value in values.items()})


@pytest.mark.parametrize(("values", "engine"), [
    ({}, "scripted"),
    ({"booth_profile": "cpu"}, "llama"),
    ({"booth_profile": "gpu", "engines_language": "scripted"}, "scripted"),
    ({"language_model": "/srv/x.gguf"}, "llama"),
    ({"language_url": "http://x/v1"}, "remote"),
    ({"language_url": "http://x/v1", "engines_language": "llama"}, "llama"),
    ({"engines_language": "remote"}, "remote"),
])  # fmt: skip
def test_the_setting_comes_to_one_engine(values: dict[str, str], engine: str) -> None:
    assert wanted(set_to(**values)) == engine


@pytest.mark.parametrize("path", ["/srv/x.gguf", "x.gguf", "./x", "models/x"])
def test_a_file_of_ones_own_may_lie_anywhere(path: str) -> None:
    assert weights_of(set_to(language_model=path)) == Path(path)


def test_a_file_of_ones_own_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"no weights at .*x\.gguf"):
        load_llama(set_to(language_model=str(tmp_path / "x.gguf")))


def test_a_larger_box_gets_a_larger_model(tmp_path: Path) -> None:
    for profile, name in (("cpu", "qwen2.5-1.5b-instruct-q4"), ("gpu", "qwen3-4b-instruct-2507-q4")):
        with pytest.raises(ModelMissing) as caught:
            weights_of(set_to(booth_profile=profile, booth_models_dir=str(tmp_path)))
        assert caught.value.fix == f"greenroom models pull {name}"


def test_a_lean_box_has_none_unless_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="profile lean"):
        weights_of(set_to())
    named = set_to(language_model="qwen2.5-1.5b-instruct-q4", booth_models_dir=str(tmp_path))
    with pytest.raises(ModelMissing):
        weights_of(named)


def test_a_name_that_is_no_language_models_is_refused() -> None:
    with pytest.raises(NotFound) as caught:
        weights_of(set_to(language_model="qwen2.5-1.5b-instruct"))
    assert caught.value.fix == "did you mean qwen2.5-1.5b-instruct-q4?"
    with pytest.raises(EngineUnavailable, match="no language model"):
        weights_of(set_to(language_model="yamnet"))


def test_every_language_model_of_the_manifest_is_one_file() -> None:
    models = [model for model in Manifest.load().models if model.engine == "llama.cpp"]
    assert [len(model.files) for model in models] == [1, 1]


def test_the_layers_on_the_gpu_follow_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []
    monkeypatch.setattr("greenroom.workers.language_models.LlamaCppModel", lambda _, **options: asked.append(options))
    own = {"language_model": "x.gguf"}
    for values in (own, {**own, "booth_profile": "gpu"}, {**own, "language_gpu_layers": "12", "language_threads": "3"}):
        load_llama(set_to(**values))
    assert [(options["gpu_layers"], options["threads"]) for options in asked] == [(0, None), (-1, None), (12, 3)]


def test_a_server_needs_an_address() -> None:
    with pytest.raises(EngineUnavailable, match=r"language\.url"):
        remote_model(set_to(engines_language="remote"))
    model = remote_model(set_to(language_url="http://10.0.0.2:8080/v1", language_remote_model="qwen"))
    assert model.info.detail == "qwen at 10.0.0.2:8080"


@pytest.mark.parametrize("values", [{}, {"engines_language": "scripted", "language_model": "x.gguf"},
                                    {"language_url": "http://x/v1"}])
def test_a_booth_that_wants_no_model_of_its_own_has_no_reason_to_tell(
    values: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert load_model(set_to(**values)) == (None, "")
    assert caplog.records == []


@pytest.mark.parametrize("url", ["", "http://x/v1"])
def test_a_model_that_is_not_there_is_done_without_and_said_once(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    named = set_to(language_model="qwen2.5-1.5b-instruct-q4", booth_models_dir=str(tmp_path), language_url=url)
    model, why = load_model(named)
    assert model is None
    assert why
    (record,) = caplog.records
    assert "greenroom models pull qwen2.5-1.5b-instruct-q4" in record.getMessage()


def test_a_model_for_which_there_is_no_memory_is_done_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("greenroom.workers.language_models.LlamaCppModel", full)
    assert load_model(set_to(language_model="x.gguf")) == (None, "there is no memory for the language model")
    assert len(caplog.records) == 1


def test_a_worker_may_have_the_memory_that_its_weights_take(tmp_path: Path) -> None:
    weights = tmp_path / "x.gguf"
    with weights.open("wb") as file:
        file.truncate(2_500_000_000)  # takes no room on the disk
    own = set_to(language_model=str(weights))
    assert 5000 < memory_mb(own) < 7000
    assert memory_mb(set_to()) == memory_mb(set_to(language_model="missing.gguf")) == 0.0
