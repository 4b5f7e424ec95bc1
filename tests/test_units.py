"""The units in systemd/ hold what the program and the provisioning script rely on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from greenroom.workers.supervisor import NAMES

ROOT = Path(__file__).resolve().parent.parent
UNITS = ROOT / "systemd"
SCREENS = sorted(path.name for path in UNITS.glob("*.service") if "wayland" in path.read_text())
"""Their programs put a socket into XDG_RUNTIME_DIR."""
ANALYZE = shutil.which("systemd-analyze")
needs_analyze = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


def values(unit: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", (UNITS / unit).read_text(), re.MULTILINE)


def test_core_brings_up_every_worker_and_no_other() -> None:
    wanted = set(re.findall(r"greenroom-worker@(\w+)\.service", " ".join(values("greenroom.service", "Wants"))))
    assert wanted == {*NAMES, "analysis"}


def test_the_worker_of_recordings_comes_after_the_booths_own_and_reaches_no_sensor() -> None:
    unit = "greenroom-worker@analysis.service.d/recordings.conf"
    assert values(unit, "Nice") == ["10"]
    devices, groups = values(unit, "DeviceAllow"), values(unit, "SupplementaryGroups")
    assert (devices[0], groups[0]) == ("", ""), "begins anew"
    assert not [device for device in devices if "alsa" in device or "video" in device]
    assert groups[1:] == ["render"]


def test_workers_do_not_wait_for_a_core_that_waits_for_them() -> None:
    after = " ".join(values("greenroom-worker@.service", "After") + values("greenroom-worker@.service", "Requires"))
    assert "greenroom.service" not in after
    assert values("greenroom-worker@.service", "PartOf") == ["greenroom.service"]


@pytest.mark.parametrize("unit", ["greenroom.service", "greenroom-worker@.service"])
def test_core_and_workers_notify_are_watched_and_come_back(unit: str) -> None:
    assert values(unit, "Type") == ["notify"]
    assert values(unit, "Restart") == ["always"]
    assert int(values(unit, "WatchdogSec")[0]) >= 10


def test_core_and_workers_meet_at_one_socket() -> None:
    sockets = [
        line
        for unit in ("greenroom.service", "greenroom-worker@.service")
        for line in values(unit, "Environment")
        if "WORKERS_SOCKET" in line
    ]
    assert len(sockets) == 2
    assert set(sockets) == {"GREENROOM_WORKERS_SOCKET=/run/greenroom/core.sock"}
    assert values("greenroom.service", "Group") == values("greenroom-worker@.service", "Group")


def test_core_has_no_device_and_workers_have_no_network() -> None:
    assert values("greenroom.service", "PrivateDevices") == ["yes"]
    assert values("greenroom-worker@.service", "PrivateNetwork") == ["yes"]
    assert values("greenroom-worker@.service", "RestrictAddressFamilies") == ["AF_UNIX"]
    assert values("greenroom-worker@.service", "User") != values("greenroom.service", "User")
    assert values("greenroom.service", "StateDirectoryMode") == ["0700"]


def test_folders_are_named_by_the_settings_alone() -> None:
    lines = [line for path in UNITS.glob("*.service") for line in values(path.name, "Environment")]
    assert [line for line in lines if "GREENROOM_BOOTH" in line] == [], "the environment would come before the settings"
    assert values("greenroom.service", "StateDirectory") == ["greenroom"]


@pytest.mark.parametrize("unit", SCREENS)
def test_a_screen_has_a_folder_for_its_socket_that_the_sandbox_leaves_it(unit: str) -> None:
    assert values(unit, "ProtectHome") == ["yes"], "/run/user is hidden"
    (folder,) = values(unit, "RuntimeDirectory")
    (command,) = values(unit, "ExecStart")
    assert command.startswith(f"/usr/bin/env XDG_RUNTIME_DIR=/run/{folder} "), "PAM comes after Environment="
    assert values(unit, "RuntimeDirectoryMode") == ["0700"]


@needs_analyze
@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.glob("*.service")))
def test_systemd_understands_the_unit(unit: str, tmp_path: Path) -> None:
    for path in UNITS.glob("*.service"):
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text)
    assert ANALYZE is not None
    done = subprocess.run([ANALYZE, "verify", str(tmp_path / unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "greenroom" in line] == []
    assert done.returncode == 0


@needs_analyze
@pytest.mark.parametrize("unit", ["greenroom.service", "greenroom-worker@.service"])
def test_the_exposure_of_the_unit_stays_low(unit: str) -> None:
    assert ANALYZE is not None
    command = [ANALYZE, "security", "--offline=true", "--threshold=15", str(UNITS / unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1:]
