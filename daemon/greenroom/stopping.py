"""When core is to stop: a signal, or the end of the pipe from its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable


class Stopping(asyncio.Event):
    """Set when core is to stop. ``is_interrupted``: by Ctrl-C."""

    is_interrupted = False

    def interrupt(self) -> None:
        self.is_interrupted = True
        self.set()

    def listen(self, *, has_parent: bool) -> None:
        """Signals, and standard input when it is a pipe from the parent, set it from now on."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.set)
        loop.add_signal_handler(signal.SIGINT, self.interrupt)
        if has_parent:
            loop.add_reader(sys.stdin.fileno(), _parent_wrote(self))


def _parent_wrote(stopping: Stopping) -> Callable[[], None]:
    def read() -> None:
        if not os.read(sys.stdin.fileno(), 64):
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            stopping.set()

    return read
