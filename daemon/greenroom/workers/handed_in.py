"""A recording or document on its way into the worker: it comes in parts over the link and lies in a folder of its own.

So the worker needs no other access to files, and may run as another user in another sandbox than whoever took them.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from greenroom import temporary
from greenroom.requests import Analyze, LookAt, ReadDocument
from greenroom.storage.files import unwritable

PART_BYTES = 1 << 20
WINDOW = 4
"""Parts on their way; whoever sends waits for the worker to take one."""
MAX_NAME_BYTES = 200


class HandedIn:
    """The file of one job, called as its owner calls it. Raises ``StorageError`` and ``DiskFull``."""

    def __init__(self, request: Analyze | LookAt | ReadDocument) -> None:
        self.request = request
        try:
            self._folder = Path(tempfile.mkdtemp(prefix=temporary.prefix()))
        except OSError as error:
            raise unwritable(Path(tempfile.gettempdir()), error) from error
        self.path = self._folder / _bare(request.name)
        try:
            self._file = self.path.open("wb")
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise unwritable(self._folder, error) from error

    def take(self, data: bytes, *, is_last: bool) -> None:
        try:
            self._file.write(data)
            if is_last:
                self._file.close()
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def delete(self) -> None:
        self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _bare(name: str) -> str:
    """A file's name that leads nowhere else."""
    bare = Path(name).name.replace("\0", "").encode()[:MAX_NAME_BYTES].decode(errors="ignore")
    return "recording" if bare in ("", ".", "..") else bare
