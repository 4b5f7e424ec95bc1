"""The scripts, on a machine made of stand-ins: a PATH with fake tools, a copy of the checkout."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from greenroom.settings import Booth, Settings, load

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted((ROOT / "scripts").glob("*.sh"))
TOOLS = (
    *("awk", "basename", "bash", "cat", "chmod", "cp", "cut", "df", "dirname", "env", "grep", "mkdir", "mktemp", "rm"),
    *("flock", "install", "nice", "sed", "setsid", "sha256sum", "tail", "tee", "test", "uname"),
)


class Machine:
    """A PATH of its own; every fake tool writes down how it was called."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.bin = folder / "bin"
        self.calls_file = folder / "calls"
        self.bin.mkdir(parents=True)
        self.calls_file.touch()
        for name in ("scripts", "daemon/greenroom", "clients", "systemd"):
            (self.root / name).mkdir(parents=True)
        for script in SCRIPTS:
            shutil.copy(script, self.root / "scripts")
        for name in ("pyproject.toml", "constraints.txt", "daemon/greenroom/__init__.py"):
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "clients/package.json").write_text("{}")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or "/nonexistent")
        self.fake("id", '[ "$1" = -u ] && echo 1000')
        self.fake("ldconfig", "echo libGL.so.1 libgthread-2.0.so.0")
        self.fake("dpkg-query", "echo install ok installed")
        for tool in ("cc", "pkg-config", "node", "npm", "chromium", "pulseaudio", "pactl", "shellcheck"):
            self.fake(tool, "mkdir -p node_modules")
        self.fake("python3", self.python_body())

    def python_body(self) -> str:
        """A Python that can make a virtual environment with the tools that the scripts call."""
        tools = "greenroom ruff mypy pytest"
        return (
            'case "$*" in *"-m venv"*) venv=${@: -1}; mkdir -p "$venv/bin"; cp "$0" "$venv/bin/python"\n'
            f'for tool in {tools}; do echo \'#!/bin/bash\necho "$(basename "$0") $*" >>"$CALLS"\' >"$venv/bin/$tool"\n'
            'chmod +x "$venv/bin/$tool"; done;; esac'
        )

    def fake(self, name: str, body: str = "") -> None:
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"$CALLS"\n{body}\n')
        path.chmod(0o755)

    def run(self, script: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        child = self.start(script, *arguments, cwd=cwd)
        out, err = child.communicate(timeout=60)
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)

    def start(self, script: str, *arguments: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        environ = {"PATH": str(self.bin), "CALLS": str(self.calls_file), "HOME": "/nonexistent"}
        command = [str(self.bin / "bash"), str(self.root / "scripts" / script), *arguments]
        return subprocess.Popen(command, env=environ, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)

    def calls(self, prefix: str) -> list[str]:
        return [line for line in self.calls_file.read_text().splitlines() if line.startswith(prefix)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_demo_installs_builds_pulls_and_plays_with_its_arguments(machine: Machine, tmp_path: Path) -> None:
    done = machine.run("demo.sh", "--fast", "--seed", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert machine.calls("greenroom") == ["greenroom models pull --minimal", "greenroom demo --fast --seed 1"]
    assert machine.calls("npm install")
    assert machine.calls("npm run --silent build")


def test_a_second_demo_installs_nothing(machine: Machine) -> None:
    machine.run("demo.sh")
    machine.calls_file.write_text("")
    assert machine.run("demo.sh").returncode == 0
    assert not [line for line in machine.calls("") if " install" in line or "-m venv" in line]


def test_a_changed_pin_installs_again(machine: Machine) -> None:
    machine.run("demo.sh")
    (machine.root / "constraints.txt").write_text("msgspec==0\n")
    machine.calls_file.write_text("")
    machine.run("demo.sh")
    assert [line for line in machine.calls("python") if "pip install" in line]


@pytest.mark.parametrize("script", ["demo.sh", "test.sh"])
def test_help_installs_nothing(machine: Machine, script: str) -> None:
    done = machine.run(script, "--help")
    assert done.returncode == 0
    assert f"scripts/{script} --fast" in done.stdout
    assert machine.calls("") == []


def test_a_second_script_waits_until_the_first_has_installed(machine: Machine) -> None:
    (machine.root / ".installing").touch()
    with (machine.root / ".installing").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = machine.start("demo.sh")
        assert second.stderr is not None
        assert "waiting for it" in second.stderr.readline()
        assert machine.calls("python3 -m venv") == []
    assert second.wait(60) == 0
    assert machine.calls("greenroom demo")


def test_a_missing_debian_package_is_installed_with_sudo(machine: Machine) -> None:
    (machine.bin / "cc").unlink()
    machine.fake("apt-get")
    machine.fake("sudo", 'exec "$@"')
    assert machine.run("demo.sh").returncode == 0
    (install,) = machine.calls("apt-get install")
    assert install.split()[-1] == "build-essential"


def test_without_root_and_sudo_it_says_which_packages_to_install(machine: Machine) -> None:
    (machine.bin / "cc").unlink()
    (machine.bin / "node").unlink()
    machine.fake("apt-get")
    done = machine.run("demo.sh")
    assert done.returncode == 1
    assert "apt-get install build-essential nodejs" in done.stderr
    assert not machine.calls("python3 -m venv")


def test_an_old_python_is_refused_with_what_to_do(machine: Machine) -> None:
    machine.fake("python3", "exit 1")
    machine.fake("apt-get")
    machine.fake("sudo", 'exec "$@"')
    done = machine.run("demo.sh")
    assert done.returncode == 1
    assert "Python 3.11 or newer is missing" in done.stderr


@pytest.mark.parametrize(
    ("tool", "body", "said"),
    [
        ("npm", "exit 1", "npm could not install"),
        ("python3", 'case "$*" in *"-m pip"*) exit 1;; esac\n', "pip could not install"),
        ("df", "echo header; echo 'd 1 1 5 1% /'", "5 MB free"),
    ],
)
def test_what_cannot_be_installed_is_named(machine: Machine, tool: str, body: str, said: str) -> None:
    machine.fake(tool, body + machine.python_body() if tool == "python3" else body)
    done = machine.run("demo.sh")
    assert done.returncode == 1
    assert said in done.stderr
    assert "what to do:" in done.stderr
    assert not machine.calls("greenroom demo")


def test_a_stopped_installation_is_begun_anew(machine: Machine) -> None:
    machine.fake("python3", 'case "$*" in *"-m pip"*) kill -INT $PPID $$; exit 1;; esac\n' + machine.python_body())
    done = machine.run("demo.sh")
    assert done.returncode == 130
    assert "stopped" in done.stderr
    machine.fake("python3", machine.python_body())
    shutil.copy(machine.bin / "python3", machine.root / ".venv/bin/python")
    machine.calls_file.write_text("")
    assert machine.run("demo.sh").returncode == 0
    assert [line for line in machine.calls("python") if "pip install" in line]


def test_the_checks_all_run_and_one_failure_fails_the_whole(machine: Machine) -> None:
    assert machine.run("test.sh").returncode == 0
    single = "not process and not browser"
    assert machine.calls("pytest") == [
        f"pytest -n auto --maxprocesses 8 -m {single}",
        f"pytest -n auto --maxprocesses 2 --dist loadfile -m not ({single}) and not alone",
        "pytest -m alone",
    ]
    (machine.root / ".venv/bin/ruff").write_text("#!/bin/bash\nexit 1\n")
    machine.calls_file.write_text("")
    done = machine.run("test.sh", "-k", "x")
    assert done.returncode == 1
    assert "failed: ruff" in done.stderr
    assert machine.calls("pytest") == ["pytest -k x"]
    assert machine.calls("mypy")
    assert machine.calls("npm --prefix clients run --silent check")
    assert machine.calls("npm --prefix clients run --silent test")


def test_llama_is_compiled_beside_the_checks_once_and_a_failure_costs_only_its_tests(machine: Machine) -> None:
    def compiled() -> list[str]:
        return [line for line in machine.calls("") if line.endswith("llama-cpp-python")]

    assert machine.run("test.sh").returncode == 0
    assert len(compiled()) == 1
    assert machine.run("test.sh").returncode == 0
    assert len(compiled()) == 1
    (machine.root / ".venv/.stamp.llama").unlink()
    (machine.root / ".venv/llama.log").unlink()
    (machine.root / ".venv/llama.log").mkdir()
    done = machine.run("test.sh")
    assert done.returncode == 0
    assert "the tests of its adapter are skipped" in done.stderr
    machine.calls_file.write_text("")
    assert machine.run("test.sh", "--fast").returncode == 0
    assert compiled() == []


def test_fast_leaves_out_slow_process_and_browser_tests_and_their_packages(machine: Machine) -> None:
    (machine.bin / "chromium").unlink()
    assert machine.run("test.sh", "--fast", "tests/models").returncode == 0
    assert machine.calls("pytest") == ["pytest -m not slow and not process and not browser tests/models"]


def test_a_provisioning_check_changes_nothing_and_says_what_is_missing(machine: Machine) -> None:
    for name in ("getent", "cmp", "systemctl"):
        machine.fake(name, "exit 1")
    before = sorted(machine.root.rglob("*"))
    done = machine.run("provision.sh", "--check")
    assert done.returncode == 1
    assert "missing  program in /opt/greenroom" in done.stdout
    assert sorted(machine.root.rglob("*")) == before
    assert not [line for line in machine.calls("") if re.search(r"useradd|install -|enable|daemon-reload", line)]


def test_provisioning_needs_root_and_knows_its_options(machine: Machine) -> None:
    done = machine.run("provision.sh")
    assert done.returncode == 1
    assert "needs root" in done.stderr
    assert "unknown option --chek" in machine.run("provision.sh", "--chek").stderr
    usage = machine.run("provision.sh", "--help")
    assert usage.returncode == 0
    assert "--check" in usage.stdout


def provisioned(machine: Machine, folder: Path, settings: str = "") -> Settings:
    """The settings that lie there after provisioning below a folder, where these lay before."""
    script, path = machine.root / "scripts/provision.sh", folder / "etc/greenroom/greenroom.toml"
    script.write_text(re.sub(r"=(/opt|/etc)\b", rf"={folder}\1", script.read_text()))
    shutil.copytree(ROOT / "systemd", machine.root / "systemd", dirs_exist_ok=True)
    machine.fake("id", "echo 0")
    for tool in ("getent", "chown"):
        machine.fake(tool)
    machine.fake("cmp", "exit 1")
    if settings:
        path.parent.mkdir(parents=True)
        path.write_text(settings)
    for _ in range(2):
        done = machine.run("provision.sh", "--no-start")
        assert done.returncode == 0, done.stderr
    return load(path, {})


def test_the_settings_of_an_appliance_name_the_folders_of_its_services(machine: Machine, tmp_path: Path) -> None:
    booth = provisioned(machine, tmp_path).booth
    assert booth.state_dir == Path("/var/lib/greenroom")
    assert booth.models_dir == tmp_path / "opt/greenroom/models"
    assert (tmp_path / "etc/greenroom/greenroom.toml").stat().st_mode & 0o777 == 0o640


def test_settings_that_an_operator_wrote_get_only_what_they_lack(machine: Machine, tmp_path: Path) -> None:
    written = '[server]\nlan = true\n[booth]\nmodels_dir = "/srv/models" # the large disk\nname = "Room 2"\n'
    settings = provisioned(machine, tmp_path, written)
    assert settings.server.lan
    assert settings.booth == Booth(name="Room 2", models_dir=Path("/srv/models"), state_dir=Path("/var/lib/greenroom"))
    text = (tmp_path / "etc/greenroom/greenroom.toml").read_text()
    assert text.replace('state_dir = "/var/lib/greenroom"\n', "") == written


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    files = [str(path) for path in [*SCRIPTS, ROOT / ".ci/run"]]
    done = subprocess.run(["shellcheck", "-x", *files], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout == ""
    assert done.returncode == 0


def test_every_script_that_is_called_is_executable() -> None:
    for path in [ROOT / ".ci/run", *SCRIPTS]:
        assert os.access(path, os.X_OK) == (path.name != "install.sh"), path


def test_no_host_of_a_package_index_is_named() -> None:
    names = (".ci/run", "pyproject.toml", "constraints.txt", "clients/package.json")
    for path in [*SCRIPTS, *(ROOT / name for name in names)]:
        assert not re.search(r"https?://(?!127\.0\.0\.1)", path.read_text()), path
