from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from devices.room import speech
from greenroom.bench.hearing import shared_folder
from greenroom.errors import EngineUnavailable, ModelMissing
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import sound_kinds
from greenroom.hearing.sounds_yamnet import LABELS_FILE, MODEL, MODEL_FILE, TOO_QUIET_DBFS, WINDOW_SAMPLES, YamnetSounds
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import Pcm, SoundClassifier
from greenroom.world.echo_path import Sound
from greenroom.world.noises import NOISES
from greenroom.world.room import pink_noise

MODEL_PATH = shared_folder() / "models" / MODEL_FILE
needs_model = pytest.mark.skipif(
    not MODEL_PATH.is_file(), reason=f"{MODEL_FILE} is not in {MODEL_PATH.parent}; set GREENROOM_TEST_DATA"
)


@pytest.fixture(scope="module")
def sounds() -> YamnetSounds:
    return YamnetSounds(MODEL_PATH)


def in_a_room(sound: Sound) -> Pcm:
    noisy = sound + pink_noise(sound.size, -65.0, 9)
    return np.clip(np.round(noisy * 32768), -32768, 32767).astype(np.int16)


@needs_model
def test_every_class_inside_the_file_has_its_kind() -> None:
    with zipfile.ZipFile(MODEL_PATH) as archive:
        labels = archive.read(LABELS_FILE).decode().splitlines()
    kinds = dict(zip(labels, sound_kinds.kinds_of(labels), strict=True))
    assert len(kinds) == 521
    assert [kinds[label] for label in (
        "Whispering", "Choir", "Cough", "Applause", "Crowd", "Bird", "Guitar", "Scary music", "Rain", "Waterfall",
        "Bus", "Idling", "Slam", "Vacuum cleaner", "Typing", "Telephone", "Air conditioning", "Drill", "Clang",
        "Hum", "Silence", "Inside, small room", "Static", "Pink noise", "Radio")] == [
        "speech", "music", "other", "crowd", "crowd", "outside", "music", "music", "outside", "machine",
        "outside", "machine", "other", "machine", "other", "other", "machine", "machine", "other",
        "machine", "", "", "machine", "machine", "speech"]  # fmt: skip


@needs_model
@pytest.mark.parametrize(("name", "kind"), [
    ("white", "machine"), ("pink", "machine"), ("fan", "machine"), ("plucked", "music"), ("sung", "music"),
])  # fmt: skip
@pytest.mark.parametrize("level_dbfs", [-35.0, -50.0])
def test_noises_are_told_apart_loud_and_quiet(sounds: YamnetSounds, name: str, kind: str, level_dbfs: float) -> None:
    found = sounds.classify(in_a_room(NOISES[name](4.0, level_dbfs, 1)))
    assert found[0].kind == kind
    assert 0.7 <= found[0].share <= 1.0
    assert sum(each.share for each in found) <= 1.0 + 1e-9


@needs_model
def test_people_who_talk_are_told(sounds: YamnetSounds) -> None:
    voice = np.concatenate([speech("rms", 1), speech("slt", 2)]).astype(np.float32) / np.float32(32768 * 10)
    assert sounds.classify(in_a_room(voice))[0].kind == "speech"


@needs_model
def test_too_little_and_too_quiet_cannot_be_told(sounds: YamnetSounds) -> None:
    music = in_a_room(NOISES["plucked"](2.0, -30.0, 1))
    assert sounds.classify(music[: WINDOW_SAMPLES - 1]) == ()
    assert len(sounds.classify(music[:WINDOW_SAMPLES])) == 1
    assert sounds.classify(in_a_room(NOISES["silence"](2.0, 0.0, 1))) == ()
    assert sounds.classify(in_a_room(NOISES["plucked"](2.0, TOO_QUIET_DBFS - 3, 1))) == ()


@needs_model
def test_equal_sound_gives_equal_shares_and_it_says_what_it_is(sounds: YamnetSounds) -> None:
    engine: SoundClassifier = sounds
    music = in_a_room(NOISES["sung"](3.0, -40.0, 2))
    assert engine.classify(music) == YamnetSounds(MODEL_PATH).classify(music)
    assert (engine.info.capability, engine.info.name) == ("sounds", "yamnet")
    assert engine.info.version


@needs_model
def test_the_manifest_states_these_very_weights(tmp_path: Path) -> None:
    (tmp_path / MODEL).mkdir()
    shutil.copy(MODEL_PATH, tmp_path / MODEL / MODEL_FILE)
    manifest = Manifest.load()
    assert Store(tmp_path, manifest).path(MODEL, MODEL_FILE).is_file()
    assert not manifest.model(MODEL).minimal


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=f"models pull {MODEL}"):
        YamnetSounds(tmp_path / MODEL_FILE)


@pytest.mark.parametrize("is_archive", [False, True])
def test_broken_weights_are_no_crash(tmp_path: Path, *, is_archive: bool) -> None:
    broken = tmp_path / MODEL_FILE
    broken.write_bytes(b"not a model")
    if is_archive:
        with zipfile.ZipFile(broken, "w") as archive:
            archive.writestr(LABELS_FILE, "\n".join(label for label, _ in sound_kinds.FIRST_CLASSES))
    with pytest.raises(EngineUnavailable):
        YamnetSounds(broken)


def test_a_missing_library_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(EngineUnavailable) as caught:
        YamnetSounds(MODEL_PATH)
    assert "pip install" in caught.value.fix


def test_a_window_is_less_than_the_second_that_the_port_speaks_of() -> None:
    assert WINDOW_SAMPLES < SAMPLE_RATE_HZ
