"""The SQLite file: opened, checked, brought to the present shape, and its failures named."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from greenroom.errors import DiskFull, StorageError

log = logging.getLogger(__name__)

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=5000")
SIDE_FILES = ("-wal", "-shm", "-journal")
_LITTLE_ROOM = 64 * 1024
"""Bytes; with less, SQLite names a failed write of its shared memory in many ways, but hardly ever as a full disk."""


def open_database(path: Path) -> tuple[Engine, Path | None]:
    """An engine on a whole database of the present shape, and where a corrupt one was set aside, if there was one.

    Raises ``StorageError`` or ``DiskFull``.
    """
    with named_failures(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        set_aside = _set_corrupt_aside(path)
        engine = _engine(path)
        try:
            _migrate(engine, path)
        except BaseException:
            engine.dispose()
            raise
    return engine, set_aside


@contextlib.contextmanager
def named_failures(path: Path) -> Iterator[None]:
    """Turns what SQLite, SQLAlchemy, Alembic and the file system raise into ``StorageError`` and ``DiskFull``."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        if "is full" in cause or _is_full(path):
            raise _disk_full(path) from error
        fix = (
            "check that the folder belongs to the booth's user"
            if "readonly" in cause or "unable to open" in cause
            else ""
        )
        raise StorageError(f"{path.name}: {cause}", fix=fix) from error
    except CommandError as error:
        raise StorageError(
            f"{path.name} was written by another version: {error}",
            fix="install that version, or move the file away to begin anew",
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(path) from error
        raise StorageError(
            f"{path}: {error.strerror}", fix="check that the folder belongs to the booth's user"
        ) from error


def checkpoint(engine: Engine) -> None:
    """Bring all commits into the main file and leave an empty write-ahead log. Raises ``StorageError`` if it cannot."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, *_ = cursor.fetchone() or (1,)
        cursor.close()
    finally:
        connection.close()
    if busy:
        raise StorageError(
            "another program reads the database, so that its log cannot be emptied", fix="stop that program"
        )


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=QueuePool, pool_size=1, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # Python's sqlite3 begins no transaction before CREATE and ALTER; this module does it itself, below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _set_corrupt_aside(path: Path) -> Path | None:
    if not path.exists() or _is_whole(path):
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.corrupt-{stamp}")
    for suffix in SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(aside.with_name(aside.name + suffix))
    path.rename(aside)
    log.error("the database was corrupt; it lies in %s now, and a new one begins", aside.name)
    return aside


def _is_whole(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        return False
    finally:
        connection.close()


def _migrate(engine: Engine, path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == head:
        return
    backup = _back_up(path, present) if present is not None else None
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if backup is not None:
        # Kept only while the step could fail: a copy that stays would outlive every erasure.
        backup.unlink()


def _back_up(path: Path, revision: str) -> Path:
    backup = path.with_name(f"{path.name}.before-{revision}")
    part = backup.with_name(f"{backup.name}.part")
    part.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(part)) as target:
        source.backup(target)
        if target.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise StorageError("the copy made before a migration is not whole", fix="check the disk")
    part.replace(backup)
    return backup


def _is_full(path: Path) -> bool:
    try:
        room = os.statvfs(path.parent)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < _LITTLE_ROOM


def _disk_full(path: Path) -> DiskFull:
    return DiskFull(f"no room left in {path.parent}", fix="delete old sessions or give the booth a larger disk")
