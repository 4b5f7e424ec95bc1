"""Plain logging to standard error, with the priorities that journald understands where it listens."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TextIO

PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.DEBUG, 7))
"""Least level of Python's logging and the syslog priority it becomes."""
TALKATIVE = ("alembic", "asyncio", "faster_whisper", "zeroconf")
"""Libraries whose information is of no use to whoever runs a booth."""


class LineFormatter(logging.Formatter):
    """One line per message with its time."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")


class JournalFormatter(logging.Formatter):
    """Every line carries its priority, so that a traceback keeps its level; journald adds time and process."""

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        priority = next((syslog for level, syslog in PRIORITIES if record.levelno >= level), 7)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def start(level: str = "INFO", *, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Send all logging of this process to ``stream`` (standard error) in one form; earlier handlers are dropped."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JournalFormatter() if is_journal(stream, environ) else LineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def flags() -> list[str]:
    """The options with which another process of ours says as much as this one."""
    level = logging.getLogger().level
    return ["--verbose"] if level <= logging.DEBUG else ["--quiet"] if level >= logging.WARNING else []


def is_journal(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether ``stream`` ends in journald: its device and inode are those that ``JOURNAL_STREAM`` names."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM", "") == f"{status.st_dev}:{status.st_ino}"


@contextlib.contextmanager
def native_stderr_closed() -> Iterator[None]:
    """Libraries in C speak of themselves past all logging while they load; their failures are raised all the same."""
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
