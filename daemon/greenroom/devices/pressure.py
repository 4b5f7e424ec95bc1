"""How much of the time somebody on the box waits for a processor, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path

PRESSURE = Path("/proc/pressure/cpu")
_SOME = re.compile(r"^some avg10=(\d{1,3}(?:\.\d+)?) ", re.MULTILINE)


def waiting_share(file: Path = PRESSURE) -> float | None:
    """Share of the last 10 s in which a process that could run did not; None where the kernel does not count it."""
    try:
        found = _SOME.search(file.read_text())
    except (OSError, UnicodeDecodeError):
        return None
    return min(1.0, float(found[1]) / 100.0) if found else None
