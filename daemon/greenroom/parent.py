"""The small parent of ``demo`` and ``run --supervise``: starts core, again when it dies, and ends all in order."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType

from greenroom.errors import WorkerLost
from greenroom.workers.restarts import RestartBudget

log = logging.getLogger(__name__)

STOP_S = 15.0
FINAL = frozenset({0, 1, 2, 130})
"""Exit statuses with which core says that starting it again would not help. A fault of its own (``os.EX_SOFTWARE``)
is none of them."""


class Child:
    """A child process that ends when its standard input does.

    It has a process group of its own: Ctrl-C in a terminal reaches the parent alone, which then ends all in order.
    ``without`` names variables of the environment that it does not inherit.
    """

    def __init__(self, arguments: list[str], without: frozenset[str] = frozenset()) -> None:
        self._arguments = arguments
        self._environ = {key: value for key, value in os.environ.items() if key not in without}
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", *self._arguments], stdin=subprocess.PIPE,
                                env=self._environ, process_group=0)

    def restart(self) -> None:
        self._close_pipe()
        self.process = self._start()

    def stop(self) -> int:
        """Close the pipe, wait, and if need be kill. The exit status."""
        self._close_pipe()
        try:
            return self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            log.warning("%s does not end; killing it", self._arguments[0])
            self.process.kill()
            return self.process.wait()

    def _close_pipe(self) -> None:
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()


def keep(core: Child, needed: Child | None = None, meanwhile: Callable[[], None] = lambda: None) -> int:
    """Wait for core, restarting it when it dies of a signal or a fault, at most 5 times in 60 s. Its last exit status.

    When ``needed`` ends first, core is stopped: without it there is nothing to do. ``meanwhile`` is called several
    times a second. Raises ``WorkerLost``.
    """
    budget = RestartBudget()
    with _interrupted() as asked:
        while True:
            try:
                status = core.process.wait(0.2)
            except subprocess.TimeoutExpired:
                meanwhile()
                if asked:
                    return core.stop() or (130 if signal.SIGINT in asked else 0)
                if needed is not None and needed.process.poll() is not None:
                    core.stop()
                    raise WorkerLost(f"the virtual booth ended with status {needed.process.returncode}",
                                     fix="see the message above") from None
                continue
            if status in FINAL or asked:
                return status
            spent = budget.spend(time.monotonic())
            if spent is None:
                raise WorkerLost("core died more often than it may be restarted", fix="see the messages above")
            budget = spent
            log.error("core ended with %d; starting it again", status)
            core.restart()


@contextlib.contextmanager
def _interrupted() -> Iterator[list[int]]:
    """Collects SIGINT and SIGTERM instead of dying of them."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
