"""What llama.cpp says of itself: heard while it loads, when it knows nothing that was said, and never after that."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

log = logging.getLogger(__name__)

ERROR = 4
"""Level of ggml's."""
CONTINUED = 5


class Talk:
    """The one ear of a process; llama.cpp would write to stderr otherwise."""

    def __init__(self) -> None:
        self._callback: Any = None
        self._errors: list[str] | None = None

    @contextmanager
    def heard(self, library: Any) -> Iterator[list[str]]:
        """Its errors, as they come; all of it goes into the log, for debugging."""
        if self._callback is None:
            self._callback = library.llama_log_callback(self._hear)
        library.llama_log_set(self._callback, None)  # importing llama_cpp sets its own
        self._errors = []
        try:
            yield self._errors
        finally:
            self._errors = None

    def _hear(self, level: int, text: bytes, _: object) -> None:
        line = text.decode(errors="replace").strip()
        if self._errors is None or not line or level == CONTINUED:
            return
        log.debug("llama.cpp: %s", line)
        if level == ERROR:
            self._errors.append(line)


TALK = Talk()
