"""Databases that were set aside: corrupt ones, and copies made before a migration that then failed.

They hold the words of everybody who was in them, so they do not stay for ever.
"""

from __future__ import annotations

import glob
from pathlib import Path

KEPT_DAYS = 30
"""Time enough for staff to rescue something; then they go."""


def corrupt_name(database: Path, stamp: str) -> Path:
    return database.with_name(f"{database.name}.corrupt-{stamp}")


def before_name(database: Path, revision: str) -> Path:
    return database.with_name(f"{database.name}.before-{revision}")


def quarantined(database: Path) -> list[Path]:
    """Files that were set aside beside a database, by name. Raises ``OSError``."""
    name = glob.escape(database.name)
    return sorted(file for kind in ("corrupt", "before") for file in database.parent.glob(f"{name}.{kind}-*"))


def forget_quarantined(database: Path, now_s: float) -> int:
    """Delete what was set aside more than ``KEPT_DAYS`` before ``now_s`` (Unix time); how many files. ``OSError``."""
    old = [file for file in quarantined(database) if now_s - file.stat().st_mtime > KEPT_DAYS * 86_400]
    for file in old:
        file.unlink()
    return len(old)
