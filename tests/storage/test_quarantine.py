"""Databases that were set aside are found, and do not stay for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

from greenroom.storage.quarantine import KEPT_DAYS, forget_quarantined, quarantined
from greenroom.storage.sessions import SqlSessionStore

NAMES = (
    "sessions.db.before-0001",
    "sessions.db.before-0001.part",
    "sessions.db.corrupt-20260101T000000Z",
    "sessions.db.corrupt-20260101T000000Z-wal",
)
DAY_S = 86_400.0


def filled(folder: Path) -> Path:
    for name in (*NAMES, "sessions.db", "sessions.db-wal", "other.db.corrupt-1", "report.html"):
        (folder / name).write_text("words")
    return folder / "sessions.db"


def test_what_was_set_aside_is_found_and_nothing_else(tmp_path: Path) -> None:
    assert [file.name for file in quarantined(filled(tmp_path))] == list(NAMES)
    assert quarantined(tmp_path / "absent" / "sessions.db") == []


def test_what_was_set_aside_long_ago_is_deleted(tmp_path: Path) -> None:
    database = filled(tmp_path)
    now_s = time.time()
    for name in (NAMES[0], "sessions.db", "other.db.corrupt-1"):
        os.utime(tmp_path / name, (now_s, now_s - (KEPT_DAYS + 1) * DAY_S))
    os.utime(tmp_path / NAMES[2], (now_s, now_s - (KEPT_DAYS - 1) * DAY_S))
    assert forget_quarantined(database, now_s) == 1
    assert [file.name for file in quarantined(database)] == list(NAMES[1:])
    assert (tmp_path / "sessions.db").exists()
    assert (tmp_path / "other.db.corrupt-1").exists()


def test_the_days_count_from_when_it_was_set_aside(tmp_path: Path) -> None:
    database = tmp_path / "sessions.db"
    database.write_bytes(b"this is no database at all" * 300)
    os.utime(database, (0.0, 0.0))
    SqlSessionStore(database).close()
    assert len(quarantined(database)) == 1
    assert forget_quarantined(database, time.time()) == 0
