"""The sha256 of a file of weights, read bit by bit and only when somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

PART_BYTES = 4 * 1024 * 1024
"""Read at once: about 10 ms, also where the file is not in memory."""


class Fingerprint:
    """Of one file as it is now. Once another file has its place, or other bytes are in it, it has none: nobody can tell
    any more what was loaded from it."""

    def __init__(self, path: Path) -> None:
        self.sha256 = ""
        """Empty until all parts were read."""
        self._path = path
        self._loaded = _mark(path)

    def parts(self) -> Iterator[None]:
        """Reads a part of the file with every step, where that is still to be done. A file that cannot be read, or is
        another by now, has no fingerprint, and raises nothing."""
        if self.sha256 or self._loaded is None:
            return
        digest = hashlib.sha256()
        try:
            with self._path.open("rb") as file:
                while _mark(self._path) == self._loaded and (part := file.read(PART_BYTES)):
                    digest.update(part)
                    yield
        except OSError:
            return
        if _mark(self._path) == self._loaded:
            self.sha256 = digest.hexdigest()


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What tells a file from the one that takes its place; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
