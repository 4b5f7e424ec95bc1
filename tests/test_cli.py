"""What the command says when it cannot run: one line with a stable code, before anything is started."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from commands import MODELS, Running, failures, is_clean
from devices.room import needs_vad

needs_models = pytest.mark.skipif(not (MODELS / "face-mesh").is_dir() or not (MODELS / "silero-vad-v6").is_dir(),
                                  reason="no models: greenroom models pull --minimal")
pytestmark = pytest.mark.process


def refused(arguments: list[str], folder: Path, settings: dict[str, str] | None = None,
            around: list[str] | None = None) -> tuple[int, str]:
    """Exit status and the one line of a command that cannot run."""
    with Running(arguments, folder, settings, around) as command:
        status = command.finish(30)
        assert command.is_gone_within(2)
        lines = command.stderr()
        assert is_clean(lines), lines
        (line,) = failures(lines)
        assert command.stdout() == ""
        assert not list(command.temp.iterdir())
        return status, line


def damaged_models(folder: Path) -> Path:
    """The models with one flipped bit."""
    models = folder / "models"
    shutil.copytree(MODELS / "silero-vad-v6", models / "silero-vad-v6")
    for name in ("face-mesh", "smart-turn-v3.2"):
        if (MODELS / name).is_dir():
            (models / name).symlink_to(MODELS / name)
    (weights,) = (models / "silero-vad-v6").glob("*.onnx")
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    return models


def test_a_key_that_nobody_knows_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "booth.toml").write_text("[booth]\nseeed = 3\n")
    for command in (["--config", "booth.toml", "run"], ["demo", "--config", "booth.toml"],
                    ["doctor", "--config", "booth.toml"]):
        status, line = refused(command, tmp_path)
        assert status == 2
        assert line == "greenroom: settings: unknown setting `booth.seeed` Fix: did you mean `booth.seed`?"


def test_a_wrong_value_and_a_missing_file_are_settings_errors(tmp_path: Path) -> None:
    status, line = refused(["run"], tmp_path, {"GREENROOM_SERVER_PORT": "kiosk"})
    assert status == 2
    assert line.startswith("greenroom: settings: ")
    assert "server.port" in line
    status, line = refused(["--config", "nowhere.toml", "run"], tmp_path)
    assert status == 2
    assert "nowhere.toml" in line


def test_an_interview_that_cannot_be_held_is_refused(tmp_path: Path) -> None:
    for arguments in (["--questions", "99"], ["--questions", "0"], ["--role", "pilot"]):
        status, line = refused(["demo", "--fast", *arguments], tmp_path)
        assert status == 2
        assert line.startswith("greenroom: settings: ")
    status, line = refused(["run"], tmp_path, {"GREENROOM_INTERVIEW_ROLE": "pilot"})
    assert status == 2
    assert line.startswith("greenroom: settings: there is no question pack for `pilot` Fix: known: data, graduate")


@pytest.mark.parametrize(("name", "data", "code"), [
    ("cv.pdf", None, "document"), ("cv.docx", b"PK\x03\x04 and so on", "document"),
    ("cv.txt", b"---", "document-empty"),
    ("cv.pdf", b"no PDF at all", "document"), ("cv.pdf", b"%PDF-1.7 and nothing else", "document"),
    ("cv.txt", b"word " * 600_000, "document-too-long"),
], ids=["missing", "word", "empty", "called a pdf", "damaged", "large"])
def test_a_document_that_cannot_be_read_is_refused_before_anything_starts(
        tmp_path: Path, name: str, data: bytes | None, code: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    (tmp_path / "none").mkdir()  # no models: an engine that was started would say so
    status, line = refused(["demo", "--fast", "--cv", name], tmp_path, {"GREENROOM_BOOTH_MODELS_DIR": "none"})
    assert status == 1
    assert line.startswith(f"greenroom: {code}: {name}")
    assert " Fix: " in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [["demo", "--fast"], ["demo"], ["run"], ["run", "--supervise"]], ids=" ".join)
def test_missing_models_are_named_before_anything_starts(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "none").mkdir()
    status, line = refused(arguments, tmp_path, {"GREENROOM_BOOTH_MODELS_DIR": "none"})
    assert status == 1
    assert line.startswith("greenroom: model-missing: ")
    assert line.endswith("Fix: greenroom models pull --minimal")
    assert not (tmp_path / "state").exists()


@needs_vad
@pytest.mark.parametrize("arguments", [["demo", "--fast"], ["run"]], ids=" ".join)
def test_one_flipped_bit_in_a_model_is_found_at_the_start(tmp_path: Path, arguments: list[str]) -> None:
    settings = {"GREENROOM_BOOTH_MODELS_DIR": str(damaged_models(tmp_path))}
    status, line = refused(arguments, tmp_path, settings)
    assert status == 1
    assert line.startswith("greenroom: model-corrupt: silero-vad-v6")
    assert line.endswith("Fix: greenroom models pull --minimal")


@needs_models
def test_a_busy_port_ends_the_booth_before_any_worker_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, line = refused(["run"], tmp_path, {"GREENROOM_SERVER_PORT": str(port)})
    assert status == 1
    assert line.startswith(f"greenroom: port-busy: port {port} ")


@needs_models
def test_a_busy_port_ends_the_demo_with_its_world(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, \
            Running(["demo", "--out", "out", "--port", str(other.getsockname()[1])], tmp_path) as command:
        assert command.finish(30) == 1
        assert command.is_gone_within(2)
        (line,) = failures(command.stderr())
        assert line.startswith("greenroom: port-busy: ")
        assert not list(command.temp.iterdir())


def may_mount() -> bool:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


@needs_models
@pytest.mark.skipif(not may_mount(), reason="mounting a small disk needs root and unshare")
@pytest.mark.parametrize("arguments", [["run"], ["run", "--headless"]], ids=" ".join)
def test_a_full_disk_is_told_at_the_start(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "state").mkdir()
    mount = 'mount -t tmpfs -o size=1m tmpfs state && (cat /dev/zero > state/ballast; true) 2>/dev/null && exec "$@"'
    status, line = refused(arguments, tmp_path, around=["unshare", "-m", "sh", "-c", mount, "sh"])
    assert status == 1
    assert line.startswith("greenroom: disk-full: no room left in ")


def test_a_disk_that_the_demo_does_not_fit_on_is_told_at_the_start(tmp_path: Path) -> None:
    if not may_mount():
        pytest.skip("mounting a small disk needs root and unshare")
    (tmp_path / "out").mkdir()
    around = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=1m tmpfs out && exec "$@"', "sh"]
    status, line = refused(["demo", "--fast", "--out", "out"], tmp_path, around=around)
    assert status == 1
    assert line.startswith("greenroom: disk-full: less than 64 MB are free at out")
