"""Folders for what does not outlive a process; those of a process that was killed are swept up by the next one."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

_FOLDER = re.compile(r"greenroom-(\d+)-.+")
"""With the id of the process that made it."""


def prefix() -> str:
    """How the names of this process's temporary folders begin."""
    return f"greenroom-{os.getpid()}-"


def sweep() -> None:
    """Delete what is left of processes that are gone."""
    for folder in Path(tempfile.gettempdir()).glob("greenroom-*-*"):
        known = _FOLDER.fullmatch(folder.name)
        if known is not None and not Path("/proc", known[1]).exists():
            shutil.rmtree(folder, ignore_errors=True)
