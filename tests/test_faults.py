"""Interruptions and accidents while the booth works: it ends in order, or goes on and says so; nothing is left over."""

from __future__ import annotations

import os
import signal
import socket
import wave
from pathlib import Path

import msgspec
import pytest

from commands import Running, failures, is_clean, temp_of
from greenroom.reports.schema import from_json
from test_cli import may_mount, needs_models

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(240), needs_models]

FAST = ["demo", "--fast", "--questions", "1", "--seed", "1", "--out", "out"]
STOP_S = 15.0


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def assert_over(command: Running, *, within_s: float = 3.0) -> None:
    """No process, no folder, no traceback is left, and what lies in the demo's folder is whole."""
    assert command.is_gone_within(within_s), list(command.processes())
    assert is_clean(command.stderr()), command.stderr()
    assert not list(command.temp.iterdir())
    assert not (command.folder / "state" / "workers.sock").exists()
    if (command.out / "room.wav").exists():
        with wave.open(str(command.out / "room.wav")) as room:
            assert (room.getnchannels(), room.getframerate()) == (2, 16_000)
            assert len(room.readframes(room.getnframes())) == 4 * room.getnframes()
    for name in ("truth.json", "report.json"):
        if (command.out / name).exists():
            msgspec.json.decode((command.out / name).read_bytes())
    assert not list(command.out.glob(".*.part"))


@pytest.mark.parametrize(("phase", "number"), [("world", signal.SIGINT), ("world", signal.SIGTERM),
                                           ("warm-up", signal.SIGINT), ("question", signal.SIGTERM)])
def test_a_demo_that_is_interrupted_ends_in_order(tmp_path: Path, phase: str, number: signal.Signals) -> None:
    with Running(FAST, tmp_path) as command:
        if phase == "world":
            command.until(lambda: any("greenroom.world" in arguments for _, arguments in command.processes()), 30)
        elif phase == "warm-up":
            command.until(lambda: command.worker("vision") is not None, 30)
        else:
            command.until_asked()
        if number == signal.SIGINT:
            command.interrupt()
        else:
            command.process.send_signal(number)
        assert command.finish(STOP_S) == 130
        assert failures(command.stderr()) == []
        assert_over(command)


@pytest.mark.parametrize("cue", ["check", "greeting", "follow_up:", "closing"])
def test_ctrl_c_ends_a_demo_whatever_is_being_said(tmp_path: Path, cue: str) -> None:
    with Running(FAST, tmp_path) as command:
        command.until_heard(cue)
        command.interrupt()
        assert command.finish(STOP_S) == 130
        assert failures(command.stderr()) == []
        assert_over(command)


@pytest.mark.alone
def test_ctrl_c_while_the_report_is_on_the_screen_leaves_it_whole(tmp_path: Path) -> None:
    with Running(["demo", "--headless", "--questions", "1", "--out", "out"], tmp_path) as command:
        command.until((command.out / "report.html").exists, 150)
        command.interrupt()
        assert command.finish(STOP_S) == 130
        assert_over(command)
        assert from_json((command.out / "report.json").read_bytes()).answers
        assert (command.out / "report.html").read_text().rstrip().endswith("</html>")
        assert f"Report: {(command.out / 'report.html').resolve()}" in command.stdout()
        assert "no report" not in command.stdout()


def test_a_demo_in_real_time_can_be_interrupted_on_its_first_screens(tmp_path: Path) -> None:
    with Running(["demo", "--headless", "--out", "out"], tmp_path) as command:
        command.until_said("all engines are warm")
        command.interrupt()
        assert command.finish(STOP_S) == 130
        assert_over(command)


def test_a_demo_whose_parent_is_killed_ends_by_itself_and_the_next_one_sweeps_up(tmp_path: Path) -> None:
    with Running(FAST, tmp_path) as command:
        command.until_asked()
        command.process.kill()
        assert command.is_gone_within(10)
        assert is_clean(command.stderr())
        (left,) = command.temp.iterdir()
    other = left.with_name(f"greenroom-{os.getpid()}-living")
    other.mkdir()
    with Running([*FAST, "--role", "retail"], tmp_path) as command:
        command.until(lambda: command.worker("vision") is not None, 30)
        assert not left.exists()
        assert other.exists()
        other.rmdir()
        command.interrupt()
        assert command.finish(STOP_S) == 130
        assert_over(command)


def test_a_booth_without_microphone_and_camera_starts_says_so_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    with Running(["run"], tmp_path, {"GREENROOM_SERVER_PORT": port, "GREENROOM_DEVICES_CAMERA": "none",
                                     "GREENROOM_DEVICES_MICROPHONE": "no such microphone"}) as command:
        command.until_said("all engines are warm")
        command.until(lambda: _devices(port) >= {("microphone", "absent"), ("camera", "absent")}, 20)
        command.interrupt()
        assert command.finish(STOP_S) == 130
        assert command.stdout() == ""
        assert_over(command)


@pytest.mark.parametrize("phase", ["warm-up", "attract"])
def test_a_service_manager_stops_the_booth_with_status_0(tmp_path: Path, phase: str) -> None:
    with Running(["run", "--headless"], tmp_path, {"GREENROOM_DEVICES_CAMERA": "none"}) as command:
        if phase == "warm-up":
            command.until(lambda: command.worker("vision") is not None, 30)
        else:
            command.until_said("all engines are warm")
        command.process.terminate()
        assert command.finish(STOP_S) == 0
        assert_over(command)


@pytest.mark.skipif(not may_mount(), reason="mounting a small disk needs root and unshare")
def test_a_disk_that_fills_up_in_an_interview_costs_neither_the_interview_nor_its_report(tmp_path: Path) -> None:
    disk = temp_of(tmp_path)
    mount = f"mount -t tmpfs -o size=1m tmpfs '{disk}' && exec \"$@\""
    with Running(FAST, tmp_path, around=["unshare", "-m", "sh", "-c", mount, "sh"]) as command:
        command.until_asked()
        with (Path(f"/proc/{command.process.pid}/root") / disk.relative_to("/") / "ballast").open("wb") as ballast:
            fill(ballast.fileno())
        assert command.finish(100) == 0
        assert command.is_gone_within(2)
        lines = command.stderr()
        assert is_clean(lines)
        assert [line for line in lines if "ERROR" in line and "disk-full: no room left" not in line] == []
        assert sum("disk-full" in line for line in lines) == 1
    report = from_json((tmp_path / "out" / "report.json").read_bytes())
    assert len(report.answers) >= 1
    assert all(answer.transcript for answer in report.answers)
    assert [notice.label for notice in report.notices] == ["The booth cannot save any more. Please call the staff."]


def fill(number: int) -> None:
    """Write until there is no room."""
    for size in (1 << 16, 1 << 12, 1):
        try:
            while True:
                os.write(number, b"\0" * size)
        except OSError:
            continue


def _devices(port: str) -> set[tuple[str, str]]:
    """Kinds and states of the devices that the booth's page shows."""
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/state", timeout=5) as answer:
        state = msgspec.json.decode(answer.read())
    return {(device["kind"], device["state"]) for device in state["devices"]}
