from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenroom import systemd


class NotifySocket:
    """The service manager's end."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        self._socket.setblocking(False)

    def received(self) -> list[str]:
        messages = []
        while True:
            try:
                messages.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return messages

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotifySocket]:
    path = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    manager = NotifySocket(path)
    yield manager
    manager.close()


def test_the_manager_hears_the_whole_life_of_a_process(manager: NotifySocket) -> None:
    systemd.status("loading models")
    systemd.ready("waiting for a candidate")
    systemd.watchdog()
    systemd.stopping()
    assert manager.received() == [
        "STATUS=loading models",
        "READY=1\nSTATUS=waiting for a candidate",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_a_status_cannot_smuggle_in_another_message(manager: NotifySocket) -> None:
    systemd.status("camera\nREADY=1\r\nlost")
    assert manager.received() == ["STATUS=camera READY=1 lost"]


def test_an_abstract_socket_works_too(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"greenroom-test-{os.getpid()}"
    manager = NotifySocket(f"\0{name}")
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    systemd.ready()
    assert manager.received() == ["READY=1"]
    manager.close()


def test_without_a_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.ready()
    systemd.watchdog()


def test_a_manager_that_went_away_does_not_disturb_us(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    systemd.watchdog()


@pytest.mark.parametrize(
    ("environ", "period_s"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_asked_and_only_by_the_process_it_watches(
    environ: dict[str, str], period_s: float | None
) -> None:
    assert systemd.watchdog_period_s(environ) == period_s
