from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import pytest

from greenroom import cli_models
from greenroom.errors import NotFound
from greenroom.settings import Booth, Settings

GOOD = b"good weights"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Two models: one whose file is on this machine, one that nobody has."""
    (tmp_path / "good.bin").write_bytes(GOOD)
    text = ""
    for name, path, minimal in (("good", tmp_path / "good.bin", "true"), ("gone", tmp_path / "none.bin", "false")):
        text += (
            f'[[models]]\nname = "{name}"\nengine = "e"\ncapability = "c"\nprofiles = ["lean"]\nminimal = {minimal}\n'
            f'licence = "MIT"\n[[models.files]]\npath = "w.bin"\nbytes = {len(GOOD)}\n'
            f'sha256 = "{hashlib.sha256(GOOD).hexdigest()}"\nsources = [{{ kind = "path", path = "{path}" }}]\n'
        )
    path = tmp_path / "manifest.toml"
    path.write_text(text)
    return path


def call(manifest: Path, *arguments: str, mirror: Path | None = None) -> int:
    parser = argparse.ArgumentParser()
    cli_models.add_parser(parser.add_subparsers())
    args = parser.parse_args(["models", "--manifest", str(manifest), *arguments])
    settings = Settings(booth=Booth(models_dir=manifest.parent / "models", models_mirror=mirror))
    return cli_models.run(args, settings)


def test_pull_minimal_fetches_only_what_the_embedded_engines_need(manifest: Path) -> None:
    assert call(manifest, "pull", "--minimal") == 0
    assert (manifest.parent / "models/good/w.bin").read_bytes() == GOOD


def test_pull_goes_on_after_a_model_nobody_has_and_ends_with_an_error(
    manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(manifest, "pull", "gone", "good") == 1
    shown = capsys.readouterr().err
    assert "model-unavailable: gone" in shown
    assert "good: whole" in shown


def test_a_model_that_the_booth_can_do_without_fails_a_pull_only_when_it_was_named(manifest: Path) -> None:
    text = manifest.read_text()
    manifest.write_text(text.replace('name = "gone"', 'name = "gone"\nneeded = false'))
    assert call(manifest, "pull", "--profile", "lean") == 0
    assert call(manifest, "pull", "gone") == 1


def test_the_mirror_of_the_settings_is_used(manifest: Path, tmp_path: Path) -> None:
    (tmp_path / "mirror/gone").mkdir(parents=True)
    (tmp_path / "mirror/gone/w.bin").write_bytes(GOOD)
    assert call(manifest, "pull", "gone", mirror=tmp_path / "mirror") == 0


def test_verify_tells_whole_damaged_and_absent_apart(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(manifest, "pull", "good") == 0
    assert call(manifest, "verify") == 0
    assert "gone: not here" in capsys.readouterr().out
    assert call(manifest, "verify", "gone") == 1
    (manifest.parent / "models/good/w.bin").write_bytes(b"bad weights!")
    assert call(manifest, "verify") == 1
    assert "model-corrupt: good" in capsys.readouterr().err


def test_list_says_what_is_here(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(manifest, "pull", "good")
    assert call(manifest, "list") == 0
    rows = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines()}
    assert rows["good"] == "here"
    assert rows["gone"] == "missing"
    assert call(manifest, "list", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["state"]) for row in data] == [("good", "here"), ("gone", "missing")]


def test_an_unknown_model_is_a_coded_error(manifest: Path) -> None:
    with pytest.raises(NotFound, match="did you mean good"):
        call(manifest, "pull", "goood")
