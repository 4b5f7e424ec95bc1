"""Core is started again when that may help, and only then."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from greenroom import app, cli, log, parent
from greenroom.errors import StorageError, WorkerLost
from greenroom.models.store import Store

CORE = """
import pathlib, sys
lives = pathlib.Path(__file__).with_name("lives")
lives.touch()
life = len(lives.read_text())
lives.write_text("x" * (life + 1))
sys.exit(([{}] + [0] * 99)[life])
"""


def lives(folder: Path, monkeypatch: pytest.MonkeyPatch, statuses: str) -> tuple[int, int]:
    """The last exit status of a core that ends with these, one a life, and the number of its lives."""
    (folder / "mortal.py").write_text(CORE.format(statuses))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    status = parent.keep(parent.Child(["mortal"]))
    return status, len((folder / "lives").read_text())


@pytest.mark.process
def test_a_core_with_a_fault_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lives(tmp_path, monkeypatch, f"{os.EX_SOFTWARE}, {os.EX_SOFTWARE}, 0") == (0, 3)


@pytest.mark.process
@pytest.mark.parametrize("status", sorted(parent.FINAL))
def test_a_core_that_knows_why_it_ends_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    assert lives(tmp_path, monkeypatch, str(status)) == (status, 1)


@pytest.mark.process
def test_a_fault_that_comes_again_and_again_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkerLost, match="more often"):
        lives(tmp_path, monkeypatch, ", ".join([str(os.EX_SOFTWARE)] * 9))


@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError("odd"), os.EX_SOFTWARE), (StorageError("full"), 1)])
def test_a_fault_and_a_failure_that_was_foreseen_have_different_statuses(
        error: Exception, status: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def run(*_: object) -> Coroutine[Any, Any, int]:
        async def fails() -> int:
            raise error

        return fails()

    monkeypatch.setattr(app, "run", run)
    monkeypatch.setattr(log, "start", lambda _: None)
    monkeypatch.setattr(Store, "need_minimal", lambda _: None)
    assert cli.run(["run", "--headless"]) == status
    tracebacks = [record.getMessage() for record in caplog.records if record.exc_info]
    assert tracebacks == (["core has a fault"] if status == os.EX_SOFTWARE else [])
