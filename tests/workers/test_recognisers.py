"""Which recogniser a worker hears with, and how Whisper does in the worker's own streams."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from greenroom.errors import EngineUnavailable, ModelCorrupt, ModelMissing
from greenroom.events import ChannelLearned
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.recogniser_whisper import WhisperRecogniser
from greenroom.models.manifest import Manifest, Model, ModelFile, PathSource, Profile
from greenroom.requests import LearnChannel
from greenroom.settings import Booth as BoothSettings
from greenroom.settings import Engines, Settings
from greenroom.workers import hearing
from greenroom.workers.recognisers import Recognisers, whisper_model
from hearing import tiny_whisper
from hearing.tiny_whisper import WORDS, loud, quiet
from workers.listening_booth import Booth, texts

NAME = "whisper-made-up"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with whole weights in it."""
    pytest.importorskip("ctranslate2", reason="the whisper extra is not installed")
    folder = tmp_path_factory.mktemp("models")
    tiny_whisper.write(folder / NAME)
    return folder


def manifest(models: Path) -> Manifest:
    files = tuple(
        ModelFile(path=path.name, bytes=path.stat().st_size, sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                  sources=(PathSource(path=str(path)),))
        for path in sorted((models / NAME).iterdir())
    )
    return Manifest(models=(Model(name=NAME, engine="ctranslate2", capability="recogniser", profiles=("lean", "gpu"),
                                  licence="CC0-1.0", files=files),))


def settings(models: Path, choice: str = "auto", profile: Profile = "lean") -> Settings:
    return Settings(booth=BoothSettings(models_dir=models, profile=profile),
                    engines=Engines(recogniser=choice))  # type: ignore[arg-type]  # one of the three


def test_our_own_manifest_has_one_whisper_for_every_profile() -> None:
    chosen = {profile: whisper_model(Manifest.load(), profile) for profile in ("lean", "cpu", "gpu")}
    assert chosen == {"lean": "whisper-tiny.en", "cpu": "whisper-base.en", "gpu": "whisper-large-v3-turbo"}


@pytest.mark.parametrize("choice", ["auto", "whisper"])
def test_whisper_is_chosen_where_library_and_weights_are_here(choice: str, models: Path) -> None:
    load = Recognisers(settings(models, choice), manifest(models))
    first, second = load(), load()
    assert isinstance(first, WhisperRecogniser)
    assert isinstance(second, WhisperRecogniser)
    assert first is not second
    assert first._whisper is second._whisper
    assert first.info.is_first_choice


def test_sphinx_is_used_when_it_is_asked_for(models: Path) -> None:
    recogniser = Recognisers(settings(models, "sphinx"), manifest(models))()
    assert recogniser.info.name == "pocketsphinx"
    assert recogniser.info.detail == "en-us"


def test_without_weights_sphinx_takes_its_place_and_says_why(models: Path, tmp_path: Path) -> None:
    info = Recognisers(settings(tmp_path), manifest(models))().info
    assert (info.name, info.is_first_choice) == ("pocketsphinx", False)
    assert info.detail == "en-us; the weights of Whisper for the profile lean are not here"
    with pytest.raises(ModelMissing) as caught:
        Recognisers(settings(tmp_path, "whisper"), manifest(models))()
    assert caught.value.fix == f"greenroom models pull {NAME}"


def test_damaged_weights_are_not_used(models: Path, tmp_path: Path) -> None:
    known = manifest(models)
    tiny_whisper.write(tmp_path / NAME)
    (tmp_path / NAME / "model.bin").write_bytes(b"x" * (models / NAME / "model.bin").stat().st_size)
    assert Recognisers(settings(tmp_path), known)().info.detail.endswith("are damaged")
    with pytest.raises(ModelCorrupt):
        Recognisers(settings(tmp_path, "whisper"), known)()


def test_without_the_library_sphinx_takes_its_place_and_says_why(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    assert Recognisers(settings(models), manifest(models))().info.detail == "en-us; faster-whisper is not installed"
    with pytest.raises(EngineUnavailable):
        Recognisers(settings(models, "whisper"), manifest(models))()


def test_without_a_gpu_the_profile_that_wants_one_gets_sphinx(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ctranslate2

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    recogniser = Recognisers(settings(models, profile="gpu"), manifest(models))()
    assert isinstance(recogniser, SphinxRecogniser)
    assert "no GPU" in recogniser.info.detail


def test_all_streams_keep_the_engine_of_the_first(models: Path, tmp_path: Path) -> None:
    load = Recognisers(settings(tmp_path), manifest(models))
    load()
    tiny_whisper.write(tmp_path / NAME)
    assert load().info.name == "pocketsphinx"


def test_a_worker_hears_an_answer_with_whisper(models: Path) -> None:
    booth = Booth()
    booth.worker = hearing.HearingWorker(
        booth.events.append, Recognisers(settings(models), manifest(models)), lambda _pcm: False)
    booth.worker.warm_up(0)
    assert [engine.name for engine in booth.worker.engines] == ["faster-whisper"]
    room = np.concatenate([quiet(1.0), loud(4.0), quiet(10.0)])
    booth.sound = lambda from_t, samples: room[round(from_t * 16000) :][:samples]  # type: ignore[method-assign]  # one room
    booth.run(1.0)
    booth.open(1.3)  # and 0.3 s before
    booth.run(5.2)
    booth.close(5.0)
    booth.run(5.6)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=5.0))
    booth.run(6.0)
    (final,) = booth.finals()
    assert texts(final) == list(WORDS[:10])
    assert final.words[0].start_t == pytest.approx(1.0, abs=0.05)
    assert final.words[-1].end_t == pytest.approx(5.0, abs=0.05)
    assert [len(partial.words) for partial in booth.partials()] == sorted(len(p.words) for p in booth.partials())
    assert len(booth.partials()) >= 3
    assert [event.mean for event in booth.events if isinstance(event, ChannelLearned)] == [()]
    assert booth.failures() == []
    booth.worker.forget()
