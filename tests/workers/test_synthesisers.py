"""Which synthesiser a worker speaks with."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from greenroom.errors import EngineUnavailable, ModelCorrupt, ModelMissing
from greenroom.models.manifest import Manifest, Model, ModelFile, PathSource, Profile
from greenroom.settings import Booth, Engines, Settings
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.voice.synthesizer_piper import PiperSynthesizer
from greenroom.workers.synthesisers import load_synthesiser, piper_voices
from voice import tiny_piper

FIRST, SECOND = "piper-first", "piper-second"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with two whole voices in it."""
    pytest.importorskip("piper", reason="the piper extra is not installed")
    folder = tmp_path_factory.mktemp("models")
    tiny_piper.write(folder / FIRST)
    tiny_piper.write(folder / SECOND, is_aligned=False)
    return folder


def manifest(models: Path) -> Manifest:
    return Manifest(models=tuple(
        Model(name=name, engine="piper", capability="synthesiser", profiles=("cpu",), licence="CC0-1.0", files=tuple(
            ModelFile(path=path.name, bytes=path.stat().st_size, sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                      sources=(PathSource(path=str(path)),))
            for path in sorted((models / name).iterdir())))
        for name in (FIRST, SECOND)))


def settings(models: Path, choice: str = "auto", profile: Profile = "cpu") -> Settings:
    return Settings(booth=Booth(models_dir=models, profile=profile),
                    engines=Engines(synthesiser=choice))  # type: ignore[arg-type]  # one of the three


def test_our_own_manifest_has_a_woman_s_voice_first_where_piper_is_fast_enough() -> None:
    known = Manifest.load()
    assert piper_voices(known, "lean") == ()
    assert piper_voices(known, "cpu") == piper_voices(known, "gpu") == ("piper-en-gb-alba", "piper-en-us-joe")


@pytest.mark.parametrize("choice", ["auto", "piper"])
def test_piper_is_chosen_where_library_and_voice_are_here(choice: str, models: Path) -> None:
    synthesiser = load_synthesiser(settings(models, choice), manifest(models))
    assert isinstance(synthesiser, PiperSynthesizer)
    assert synthesiser.info.is_first_choice
    assert synthesiser.info.detail.endswith("phoneme times of the voice")


def test_espeak_is_used_when_it_is_asked_for(models: Path) -> None:
    info = load_synthesiser(settings(models, "espeak"), manifest(models)).info
    assert (info.name, info.detail, info.is_first_choice) == ("espeak-ng", "voice en-us+f3", True)


def test_a_profile_without_a_voice_of_piper_wants_espeak(models: Path) -> None:
    info = load_synthesiser(settings(models, profile="lean"), manifest(models)).info
    assert (info.name, info.is_first_choice) == ("espeak-ng", True)
    with pytest.raises(EngineUnavailable) as caught:
        load_synthesiser(settings(models, "piper", "lean"), manifest(models))
    assert "booth.profile" in caught.value.fix


def test_without_a_voice_espeak_takes_its_place_and_says_why(models: Path, tmp_path: Path) -> None:
    synthesiser = load_synthesiser(settings(tmp_path), manifest(models))
    assert isinstance(synthesiser, EspeakSynthesizer)
    assert not synthesiser.info.is_first_choice
    assert synthesiser.info.detail == "voice en-us+f3; no voice of Piper for the profile cpu is here"
    with pytest.raises(ModelMissing) as caught:
        load_synthesiser(settings(tmp_path, "piper"), manifest(models))
    assert caught.value.fix == f"greenroom models pull {FIRST}"


def test_the_next_voice_speaks_where_the_first_is_not(models: Path, tmp_path: Path) -> None:
    known = manifest(models)
    tiny_piper.write(tmp_path / SECOND, is_aligned=False)
    assert load_synthesiser(settings(tmp_path), known).info.detail.endswith("this voice does not tell them")


def test_the_next_voice_speaks_where_the_first_has_its_bytes_and_cannot_be_loaded(tmp_path: Path) -> None:
    pytest.importorskip("piper", reason="the piper extra is not installed")
    tiny_piper.write(tmp_path / FIRST).write_bytes(b"no network")
    tiny_piper.write(tmp_path / SECOND, is_aligned=False)
    known = manifest(tmp_path)
    assert load_synthesiser(settings(tmp_path), known).info.detail.endswith("this voice does not tell them")
    tiny_piper.write(tmp_path / SECOND).write_bytes(b"none either")
    assert load_synthesiser(settings(tmp_path), manifest(tmp_path)).info.detail.endswith("is damaged")
    with pytest.raises(ModelCorrupt) as caught:
        load_synthesiser(settings(tmp_path, "piper"), manifest(tmp_path))
    assert FIRST in caught.value.fix


def test_a_damaged_voice_is_not_used(models: Path, tmp_path: Path) -> None:
    known = manifest(models)
    path = tiny_piper.write(tmp_path / FIRST)
    path.write_bytes(b"x" * path.stat().st_size)
    assert load_synthesiser(settings(tmp_path), known).info.detail.endswith("is damaged")
    with pytest.raises(ModelCorrupt):
        load_synthesiser(settings(tmp_path, "piper"), known)


def test_without_the_library_espeak_takes_its_place_and_says_why(
        models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "piper", None)
    info = load_synthesiser(settings(models), manifest(models)).info
    assert (info.name, info.detail) == ("espeak-ng", "voice en-us+f3; Piper is not installed")
    with pytest.raises(EngineUnavailable) as caught:
        load_synthesiser(settings(models, "piper"), manifest(models))
    assert caught.value.fix == "pip install 'greenroom[piper]'"
