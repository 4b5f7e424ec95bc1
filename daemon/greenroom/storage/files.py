"""Plain files that the booth leaves: whole or not at all, and named failures."""

from __future__ import annotations

import contextlib
import errno
from pathlib import Path

from greenroom.errors import DiskFull, StorageError


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


def unwritable(path: Path, error: OSError) -> StorageError:
    """What to raise when ``path`` cannot be written: ``DiskFull`` where that is the cause."""
    kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else StorageError
    return kind(f"{path} cannot be written: {error.strerror}", fix="make room or choose another --out")
