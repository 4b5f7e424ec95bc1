from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.errors import ModelError, NotFound
from greenroom.models.manifest import Manifest, WheelSource

SHA = "0" * 64
LOCAL = '{ kind = "path", path = "/x" }'


def write(folder: Path, *, name: str = "m", file: str = "f.bin", source: str = LOCAL) -> Path:
    path = folder / "manifest.toml"
    path.write_text(
        f'[[models]]\nname = "{name}"\nengine = "e"\ncapability = "c"\nprofiles = ["lean"]\nlicence = "MIT"\n'
        f'[[models.files]]\npath = "{file}"\nbytes = 3\nsha256 = "{SHA}"\nsources = [{source}]\n'
    )
    return path


def test_our_own_manifest_has_what_the_embedded_engines_need_and_pins_every_byte() -> None:
    manifest = Manifest.load()
    minimal = {model.name: model.needed for model in manifest.minimal()}
    assert minimal == {"silero-vad-v6": True, "face-mesh": True, "pocketsphinx-en-us": True, "smart-turn-v3.2": False,
                       "body-pose": False}
    assert all("lean" in model.profiles for model in manifest.minimal())
    for model in manifest.models:
        assert model.licence
        assert model.bytes > 0


def test_our_own_manifest_serves_every_capability_of_every_profile_it_promises() -> None:
    manifest = Manifest.load()
    for profile in ("cpu", "gpu"):
        capabilities = {model.capability for model in manifest.of_profile(profile)}
        assert {"voice activity", "recogniser", "end of turn", "face", "synthesiser", "language model"} <= capabilities


def test_all_face_files_come_from_one_wheel() -> None:
    sources = {source for file in Manifest.load().model("face-mesh").files for source in file.sources}
    assert {(s.package, s.version) for s in sources if isinstance(s, WheelSource)} == {("mediapipe", "0.10.21")}


def test_a_wrong_name_gets_a_suggestion() -> None:
    with pytest.raises(NotFound, match="did you mean silero-vad-v6"):
        Manifest.load().model("silero-vad")


@pytest.mark.parametrize("file", ["../f", "/etc/passwd", "a/../../f", ""])
def test_a_file_outside_its_models_folder_is_refused(tmp_path: Path, file: str) -> None:
    with pytest.raises(ModelError, match="not a path inside"):
        Manifest.load(write(tmp_path, file=file))


@pytest.mark.parametrize("name", ["../m", "M", "a/b", ""])
def test_a_model_name_is_a_plain_folder_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="manifest"):
        Manifest.load(write(tmp_path, name=name))


@pytest.mark.parametrize("url", ["http://example.org/f", "ftp://example.org/f", "file:///etc/passwd"])
def test_an_address_must_be_https_unless_it_is_this_machine(tmp_path: Path, url: str) -> None:
    with pytest.raises(ModelError, match="https"):
        Manifest.load(write(tmp_path, source=f'{{ kind = "https", url = "{url}" }}'))
    local = Manifest.load(write(tmp_path, source='{ kind = "https", url = "http://127.0.0.1:1/f" }'))
    assert local.models[0].name == "m"


@pytest.mark.parametrize(
    "source",
    ['{ kind = "torrent", url = "x" }', '{ kind = "path" }', '{ kind = "path", path = "/x", speed = 1 }', ""],
)
def test_a_source_we_do_not_know_is_an_error(tmp_path: Path, source: str) -> None:
    with pytest.raises(ModelError, match="manifest"):
        Manifest.load(write(tmp_path, source=source))


def test_a_manifest_that_is_missing_or_no_toml_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        Manifest.load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe[[")
    with pytest.raises(ModelError, match="cannot be read"):
        Manifest.load(tmp_path / "bad.toml")


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(path.read_text() * 2)
    with pytest.raises(ModelError, match="same name"):
        Manifest.load(path)
