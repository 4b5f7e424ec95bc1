from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenroom import log


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_person_reads_time_level_and_place() -> None:
    stream = io.StringIO()
    log.start(stream=stream, environ={})
    logging.getLogger("greenroom.x").warning("camera lost")
    assert stream.getvalue()[8:] == " WARNING greenroom.x: camera lost\n"


def test_journald_gets_a_priority_on_every_line_of_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with path.open("w") as stream:
        status = os.fstat(stream.fileno())
        log.start("DEBUG", stream=stream, environ={"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
        try:
            int("broken")
        except ValueError:
            logging.getLogger("greenroom.x").exception("worker failed")
        logging.getLogger("greenroom.x").debug("detail")
    lines = path.read_text().splitlines()
    assert lines[0] == "<3>greenroom.x: worker failed"
    assert all(line.startswith("<3>") for line in lines[:-1])
    assert lines[-1] == "<7>greenroom.x: detail"


def test_a_journal_that_is_not_our_stream_does_not_count() -> None:
    assert not log.is_journal(io.StringIO(), {"JOURNAL_STREAM": "1:2"})
    with open(os.devnull, "w") as stream:  # noqa: PTH123 - a device
        assert not log.is_journal(stream, {"JOURNAL_STREAM": "1:2"})


def test_starting_twice_does_not_say_everything_twice() -> None:
    stream = io.StringIO()
    log.start(stream=stream, environ={})
    log.start(stream=stream, environ={})
    logging.getLogger("greenroom.x").info("once")
    assert stream.getvalue().count("once") == 1


@pytest.mark.parametrize(("level", "flags"), [("DEBUG", ["--verbose"]), ("INFO", []), ("WARNING", ["--quiet"])])
def test_a_process_that_is_started_by_another_says_as_much(level: str, flags: list[str]) -> None:
    log.start(level)
    assert log.flags() == flags
