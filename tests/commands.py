"""The ``greenroom`` command as a user starts it: in a terminal's process group, with everything it starts followed."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import msgspec

REPO = Path(__file__).parents[1]
MODELS = REPO / "models"
LINE = re.compile(r"(\d\d:\d\d:\d\d (INFO |WARNING|ERROR ) +greenroom[.\w]*: .+|greenroom: [a-z-]+: .+)")
"""A log line, or the one line of an expected failure."""
_MARK = "BOOTH_UNDER_TEST"
_POLL_S = 0.02


class Running:
    """One command; leaving the context kills whatever is left of it."""

    def __init__(self, arguments: list[str], folder: Path, settings: dict[str, str] | None = None,
                 around: list[str] | None = None) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.temp = temp_of(folder)
        self._mark = uuid.uuid4().hex
        self._read = 0
        self._stdout, self._stderr = ((folder / name).open("wb+") for name in ("stdout", "stderr"))
        environ = {
            **os.environ, "PYTHONPATH": str(REPO / "daemon"), "TMPDIR": str(self.temp), "COLUMNS": "200",
            _MARK: self._mark,
            "GREENROOM_BOOTH_MODELS_DIR": str(MODELS), "GREENROOM_BOOTH_STATE_DIR": str(folder / "state"),
            "GREENROOM_DISCOVERY_IS_ON": "false", **(settings or {}),
        }
        self.process = subprocess.Popen(
            [*(around or []), sys.executable, "-m", "greenroom", *arguments], cwd=folder, env=environ,
            stdin=subprocess.DEVNULL, stdout=self._stdout, stderr=self._stderr, start_new_session=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        self._stdout.close()
        self._stderr.close()

    def pids(self) -> list[int]:
        """Every living process that stems from this command, whoever its parent is by now."""
        return [pid for pid, _ in self.processes()]

    def processes(self) -> Iterator[tuple[int, list[str]]]:
        """Living processes of this command with their arguments."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if f"{_MARK}={self._mark}".encode() in (entry / "environ").read_bytes().split(b"\0") \
                        and " Z " not in (entry / "stat").read_text():
                    yield int(entry.name), (entry / "cmdline").read_text().split("\0")

    def worker(self, name: str) -> int | None:
        """Process id of a worker, or of "core"; None while there is none."""
        wanted = "--has-parent" if name == "core" else name
        found = [pid for pid, arguments in self.processes()
                 if wanted in arguments and ("worker" in arguments) == (name != "core")]
        return found[0] if found else None

    def interrupt(self) -> None:
        """Ctrl-C in a terminal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def finish(self, timeout_s: float) -> int:
        """The exit status."""
        return self.process.wait(timeout_s)

    def stdout(self) -> str:
        return _text(self._stdout.fileno())

    def stderr(self) -> list[str]:
        return _text(self._stderr.fileno()).splitlines()

    def fresh_events(self) -> list[dict[str, Any]]:
        """What the demo has written down since the last call."""
        path = self.out / "events.jsonl"
        if not path.exists():
            return []
        with path.open("rb") as journal:
            journal.seek(self._read)
            text = journal.read()
        text = text[: text.rfind(b"\n") + 1]  # the rest of a line may be written at this moment
        self._read += len(text)
        return [msgspec.json.decode(line) for line in text.splitlines()]

    def until(self, is_so: Callable[[], bool], timeout_s: float) -> None:
        """Wait for something that the command does. Raises ``AssertionError`` when it ends or time is over."""
        deadline_s = time.monotonic() + timeout_s
        while not is_so():
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.stderr()}"
            assert time.monotonic() < deadline_s, f"not within {timeout_s} s: {self.stderr()}"
            time.sleep(_POLL_S)

    def until_said(self, words: str, timeout_s: float = 100.0) -> None:
        self.until(lambda: any(words in line for line in self.stderr()), timeout_s)

    def until_asked(self, timeout_s: float = 100.0) -> None:
        """The first question is being heard."""
        self.until_heard("question:", timeout_s)

    def until_heard(self, cue: str, timeout_s: float = 100.0) -> None:
        """The interviewer has begun to say what has this cue."""
        self.until(lambda: _has(self.out / "events.jsonl", f'"cue":"{cue}'.encode()), timeout_s)

    def is_gone_within(self, timeout_s: float) -> bool:
        """Nothing that this command started lives on."""
        deadline_s = time.monotonic() + timeout_s
        while self.pids():
            if time.monotonic() > deadline_s:
                return False
            time.sleep(_POLL_S)
        return True


@functools.cache
def temp_of(folder: Path) -> Path:  # noqa: ARG001 - what the cache tells apart
    """One for all commands of a folder, with a short name: the path of a socket has 107 characters at most."""
    place = tempfile.TemporaryDirectory(prefix="gr-", ignore_cleanup_errors=True)
    atexit.register(place.cleanup)
    return Path(place.name)


def is_clean(lines: list[str]) -> bool:
    """Nothing but log lines and one-line failures of our own: no traceback, no talk of a library."""
    return all(LINE.fullmatch(line) for line in lines)


def failures(lines: list[str]) -> list[str]:
    """The one-line failures."""
    return [line for line in lines if line.startswith("greenroom: ")]


def _has(path: Path, words: bytes) -> bool:
    lines = path.read_bytes().splitlines() if path.exists() else []
    return any(b"playout_started" in line and words in line for line in lines)


def _text(number: int) -> str:
    return os.pread(number, 1 << 20, 0).decode()
