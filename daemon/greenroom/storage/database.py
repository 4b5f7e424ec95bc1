"""The SQLite file: opened, checked, brought to the present shape, and its failures named."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
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
from greenroom.storage.quarantine import before_name, corrupt_name

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5000
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"busy_timeout={BUSY_TIMEOUT_MS}",
)  # fmt: skip
MIGRATIONS = Path(__file__).parent / "migrations"
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


def checkpoint(engine: Engine, *, patience_s: float) -> bool:
    """Bring all commits into the main file and leave an empty write-ahead log.

    False when another program still reads from the log after ``patience_s``.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout={round(patience_s * 1000)}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone() or (1,)
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            cursor.close()
    finally:
        connection.close()
    return not busy


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
    aside = corrupt_name(path, stamp)
    for suffix in (*SIDE_FILES, ""):
        side = path.with_name(path.name + suffix)
        if side.exists():
            # Its time in quarantine begins now, not when it was last written.
            side.rename(aside.with_name(aside.name + suffix)).touch()
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
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == head:
        return
    backup = _back_up(path, present) if present is not None else None
    with engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if backup is not None:
            _check_migrated(connection, backup)
    if backup is not None:
        # Kept only while the step could fail: a copy that stays would outlive every erasure.
        backup.unlink()


def _back_up(path: Path, revision: str) -> Path:
    backup = before_name(path, revision)
    part = backup.with_name(f"{backup.name}.part")
    part.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(part)) as target:
        source.backup(target)
        if target.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise StorageError("the copy made before a migration is not whole", fix="check the disk")
    part.replace(backup)
    return backup


@contextlib.contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """For a connection outside a transaction. A step that makes a table anew drops the old one, and with foreign keys
    on, SQLite would delete everything that belongs to its rows."""
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


def _check_migrated(connection: Connection, backup: Path) -> None:
    """Raises ``StorageError``, which undoes the steps, when a table that is still there has fewer rows than in the
    copy, or a row has lost what it belongs to."""
    with contextlib.closing(sqlite3.connect(backup)) as copy:
        before = _row_counts(lambda statement: copy.execute(statement).fetchall())
    after = _row_counts(lambda statement: connection.exec_driver_sql(statement).fetchall())
    short = sorted(table for table, rows in before.items() if after.get(table, rows) < rows)
    astray = sorted({str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
    if short or astray:
        raise StorageError(
            f"a migration would lose rows of {', '.join(short or astray)}; nothing was changed",
            fix="install the version before, and report this",
        )


def _row_counts(ask: Callable[[str], Sequence[Sequence[Any]]]) -> dict[str, int]:
    tables = [str(row[0]) for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        table: int(ask(f'SELECT count(*) FROM "{table}"')[0][0])  # noqa: S608 - the database's own names
        for table in tables
    }


def _is_full(path: Path) -> bool:
    try:
        room = os.statvfs(path.parent)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < _LITTLE_ROOM


def _disk_full(path: Path) -> DiskFull:
    return DiskFull(f"no room left in {path.parent}", fix="delete old sessions or give the booth a larger disk")
