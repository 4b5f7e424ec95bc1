"""The sha256 of a file of weights, read bit by bit and only when somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

PART_BYTES = 4 * 1024 * 1024
"""Read at once: about 10 ms, also where the file is not in memory."""


class Fingerprint:
    """Of one file; it is read again only when its size or its time of change is another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[int, int, str] | None = None

    def parts(self) -> Iterator[None]:
        """Reads a part of the file with every step, where that is still to be done. A file that cannot be read has no
        fingerprint, and raises nothing."""
        try:
            mark = self._mark()
            if self._known is not None and self._known[:2] == mark:
                return
            self._known = None
            digest = hashlib.sha256()
            with self._path.open("rb") as file:
                while part := file.read(PART_BYTES):
                    digest.update(part)
                    yield
            if self._mark() == mark:
                self._known = (*mark, digest.hexdigest())
        except OSError:
            self._known = None

    @property
    def sha256(self) -> str:
        """Empty until all parts were read."""
        return "" if self._known is None else self._known[2]

    def _mark(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_size, status.st_mtime_ns
