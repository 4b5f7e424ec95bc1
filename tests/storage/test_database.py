from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from greenroom.errors import StorageError
from greenroom.storage import database
from greenroom.storage.sessions import SqlSessionStore
from greenroom.storage.tables import Base
from storage.samples import record, turn


def filled(path: Path) -> None:
    store = SqlSessionStore(path)
    store.open_session("s1", "2026-11-20T10:00:00Z", b"h" * 5000)
    store.close_session(record("s1", (turn(1),)))
    store.close()


def test_the_steps_lead_to_the_tables_the_code_uses(tmp_path: Path) -> None:
    engine, _ = database.open_database(tmp_path / "a.db")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    filled(path)
    store = SqlSessionStore(path)
    assert store.set_aside is None
    assert store.load("s1").turns == (turn(1),)
    assert [file.name for file in tmp_path.iterdir() if "before" in file.name] == []


@pytest.mark.parametrize("damage", ["header", "pages", "text"])
def test_a_corrupt_file_is_set_aside_whole_and_a_new_one_begins(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.db"
    filled(path)
    data = bytearray(path.read_bytes())
    if damage == "header":
        data[:16] = b"something else!!"
    elif damage == "pages":
        data[4096 * 3 :] = os.urandom(len(data) - 4096 * 3)
    else:
        data = bytearray(b"this is no database at all" * 300)
    path.write_bytes(data)
    store = SqlSessionStore(path)
    assert store.set_aside is not None
    assert store.set_aside.read_bytes() == bytes(data)
    assert store.set_aside.name.startswith("a.db.corrupt-")
    assert store.list_sessions() == []


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    filled(path)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StorageError) as caught:
        SqlSessionStore(path)
    assert caught.value.code == "storage"
    assert "version" in caught.value.message
    assert path.exists()


def test_a_failed_step_leaves_the_old_database_and_its_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    filled(path)

    def fail(config: object, revision: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]  # Alembic's Config
        connection.exec_driver_sql("create table half_done (x)")
        raise sqlite3.OperationalError(f"step to {revision} failed")

    class NextStep:
        @staticmethod
        def from_config(_config: object) -> type[NextStep]:
            return NextStep

        @staticmethod
        def get_current_head() -> str:
            return "0002"

    with monkeypatch.context() as patch:
        patch.setattr("alembic.command.upgrade", fail)
        patch.setattr(database, "ScriptDirectory", NextStep)
        with pytest.raises(StorageError):
            SqlSessionStore(path)
    assert (tmp_path / "a.db.before-0001").exists()
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from sqlite_master where name = 'half_done'").fetchone() == (0,)
    assert SqlSessionStore(path).load("s1").turns == (turn(1),)


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError) as caught:
        SqlSessionStore(tmp_path / "file" / "a.db")
    assert caught.value.fix
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StorageError):
        SqlSessionStore(tmp_path / "folder.db")


STEP = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("sessions", recreate="always") as batch:
        batch.alter_column("booth", type_=sa.String(300), existing_nullable=False)
"""


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Adds a second step that makes the table of sessions anew and then runs some statements."""

    def add(*statements: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(database.MIGRATIONS, folder)
        lines = "".join(f"    op.execute({statement!r})\n" for statement in statements)
        (folder / "versions" / "v0002_wider.py").write_text(STEP + lines)
        monkeypatch.setattr(database, "MIGRATIONS", folder)

    return add


def rows_of(path: Path) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {
            table: db.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - the names below
            for table in ("sessions", "consents", "turns", "stages", "journal", "reports")
        }


def test_a_step_that_makes_a_table_anew_keeps_what_belongs_to_its_rows(
    tmp_path: Path, step: Callable[[str], None]
) -> None:
    path = tmp_path / "a.db"
    filled(path)
    before = rows_of(path)
    assert before["turns"] == 1
    step("select 1")
    store = SqlSessionStore(path)
    assert store.load("s1").turns == (turn(1),)
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    store.close()
    assert rows_of(path) == before
    assert not list(tmp_path.glob("*before*"))


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("delete from turns", "turns"),
        ("delete from sessions", "sessions"),
        ("update turns set session_id = 'nobody'", "turns"),
    ],
)
def test_a_step_that_would_lose_something_is_undone_and_the_copy_stays(
    tmp_path: Path, step: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, statement: str, table: str
) -> None:
    path = tmp_path / "a.db"
    filled(path)
    before, own = rows_of(path), database.MIGRATIONS
    step(statement)
    with pytest.raises(StorageError, match=table):
        SqlSessionStore(path)
    assert rows_of(path) == rows_of(tmp_path / "a.db.before-0001") == before
    monkeypatch.setattr(database, "MIGRATIONS", own)
    assert SqlSessionStore(path).load("s1").turns == (turn(1),)
