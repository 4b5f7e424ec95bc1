"""The built wheel works where there is no checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "daemon/greenroom/assets/clients"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CLIENTS.is_dir(), reason="the clients are not built (npm --prefix clients run build)"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("greenroom-*.whl")
    return path


def test_it_carries_clients_manifest_and_protocol_and_nothing_that_is_not_ours(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"greenroom/assets/manifest.toml", "greenroom/assets/PROTOCOL.md"} <= names
    built = {f"greenroom/assets/clients/{path.relative_to(CLIENTS)}" for path in CLIENTS.rglob("*") if path.is_file()}
    assert built
    assert built <= names
    data = [path for path in (ROOT / "daemon/greenroom").rglob("*") if path.suffix in {".toml", ".html", ".j2"}]
    assert {f"greenroom/{path.relative_to(ROOT / 'daemon/greenroom')}" for path in data} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"greenroom"}
    assert not [name for name in names if name.endswith((".onnx", ".tflite", ".gguf", ".pyc"))]


def test_the_command_works_in_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    # Third-party packages come from the environment that runs the tests; a .pth in there is not read again, so the
    # checkout stays out of sight.
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)

    def call(*command: str) -> str:
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = call(str(python), "-c", "import greenroom; print(greenroom.__file__)")
    assert Path(where.strip()).is_relative_to(folder)
    greenroom = str(folder / "bin/greenroom")
    assert "demo" in call(greenroom, "--help")
    names = [row["name"] for row in json.loads(call(greenroom, "models", "list", "--json"))]
    assert "silero-vad-v6" in names
