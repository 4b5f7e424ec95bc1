"""Plain files that the booth leaves: whole or not at all, and named failures."""

from __future__ import annotations

import contextlib
import errno
import fcntl
from collections.abc import Iterator
from pathlib import Path

from greenroom.errors import DiskFull, StateBusy, StorageError

LOCK = "core.lock"


def write_atomically(path: Path, data: bytes) -> None:
    """Whole or not at all. Raises ``StorageError``."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise unwritable(path, error) from error


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """``folder`` for one core alone, however that core ends. Raises ``StateBusy``, ``StorageError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("a")
    except OSError as error:
        raise unwritable(folder / LOCK, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StateBusy(f"another booth keeps its sessions in {folder}",
                            fix="stop it, or set booth.state_dir to another folder") from error
        yield


def unwritable(path: Path, error: OSError) -> StorageError:
    """What to raise when ``path`` cannot be written: ``DiskFull`` where that is the cause."""
    kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else StorageError
    return kind(f"{path} cannot be written: {error.strerror}", fix="make room, or choose another place")
