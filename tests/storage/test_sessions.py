from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from greenroom.errors import NotFound, StorageError
from greenroom.events import Begin, Done, JournalEntry, NeutralLearned, Tick, VoiceStarted
from greenroom.ports import SessionStore
from greenroom.records import Consent
from greenroom.storage import sessions
from greenroom.storage.memory import MemorySessionStore
from greenroom.storage.sessions import SqlSessionStore
from storage.samples import record, turn

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
JOURNAL: list[JournalEntry] = [Begin(t=1.0), Tick(t=1.1, t_known=1.1), VoiceStarted(t=2.0, t_known=2.1, segment=1)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sessions.db"


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[SqlSessionStore | MemorySessionStore]:
    if request.param == "memory":
        yield MemorySessionStore(booth="Booth 17")
        return
    on_disk = SqlSessionStore(path, booth="Booth 17")
    yield on_disk
    on_disk.close()


@pytest.fixture
def sql(path: Path) -> Iterator[SqlSessionStore]:
    on_disk = SqlSessionStore(path, booth="Booth 17")
    yield on_disk
    on_disk.close()


Store = SqlSessionStore | MemorySessionStore


def test_is_a_session_store(store: Store) -> None:
    port: SessionStore = store
    assert port.unfinished() is None


def test_a_closed_session_comes_back_as_it_was(store: Store) -> None:
    whole = record(turns=(turn(1), turn(2, "and then coffee", start_t=150.0)))
    store.open_session("s1", whole.started_at, b"head")
    store.save_turn("s1", whole.turns[0])
    store.close_session(whole)
    assert store.load("s1") == whole


def test_an_unfinished_session_gives_back_head_and_journal(store: Store) -> None:
    store.open_session("s1", "2026-11-20T10:00:00Z", b"plan and seed")
    store.append_journal("s1", JOURNAL[:2])
    store.append_journal("s1", [])
    store.append_journal("s1", [JOURNAL[2]])
    assert store.unfinished() == ("s1", b"plan and seed", JOURNAL)


def test_nothing_of_the_journal_outlives_the_session(sql: SqlSessionStore, path: Path) -> None:
    face = NeutralLearned(t=1.0, t_known=1.0, neutral=b"the shape of a face", is_good=True)
    sql.open_session("a", "2026-11-20T10:00:00Z", b"head")
    sql.append_journal("a", [Begin(t=0.0, t_known=0.0), face])
    sql.close_session(record("a"))
    sql.close()
    assert b"the shape of a face" not in b"".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())


def test_the_newest_unfinished_session_is_resumed(store: Store) -> None:
    for n, session_id in enumerate(("a", "b", "c")):
        store.open_session(session_id, f"2026-11-20T1{n}:00:00Z", session_id.encode())
    store.close_session(record("c"))
    unfinished = store.unfinished()
    assert unfinished is not None
    assert unfinished[0] == "b"


def test_an_unfinished_or_unknown_session_cannot_be_loaded(store: Store) -> None:
    store.open_session("s1", "2026-11-20T10:00:00Z", b"")
    for session_id in ("s1", "nobody"):
        with pytest.raises(NotFound):
            store.load(session_id)


def test_nothing_is_added_to_a_session_that_was_never_opened(store: Store) -> None:
    with pytest.raises(StorageError):
        store.append_journal("nobody", JOURNAL)
    with pytest.raises(StorageError):
        store.save_turn("nobody", turn(1))
    with pytest.raises(NotFound):
        store.close_session(record("nobody"))


def test_a_session_is_opened_once(store: Store) -> None:
    store.open_session("s1", "2026-11-20T10:00:00Z", b"")
    with pytest.raises(StorageError):
        store.open_session("s1", "2026-11-20T11:00:00Z", b"")


def test_reports_are_kept_by_media_type(store: Store) -> None:
    store.open_session("s1", "2026-11-20T10:00:00Z", b"")
    store.save_report("s1", "text/html", b"old")
    store.save_report("s1", "text/html", b"<p>")
    assert store.load_report("s1", "text/html") == b"<p>"
    with pytest.raises(NotFound):
        store.load_report("s1", "application/json")


def test_a_deleted_session_is_gone_and_the_others_stay(store: Store) -> None:
    for session_id in ("a", "b"):
        store.open_session(session_id, "2026-11-20T10:00:00Z", b"")
        store.save_turn(session_id, turn(1))
        store.close_session(record(session_id, (turn(1),)))
    assert store.delete("a")
    assert not store.delete("a")
    with pytest.raises(NotFound):
        store.load("a")
    assert store.load("b").turns == (turn(1),)


def test_a_turn_saved_again_replaces_the_one_before(sql: SqlSessionStore, path: Path) -> None:
    sql.open_session("s1", "2026-11-20T10:00:00Z", b"")
    sql.save_turn("s1", turn(1, "first"))
    sql.save_turn("s1", turn(1, "second try"))
    with sqlite3.connect(path) as db:
        assert db.execute("select count(*) from turns").fetchone() == (1,)
        assert db.execute("select name, at_s from stages order by n").fetchall() == [
            ("voice stopped", 0.2),
            ("first sample", 1.1),
        ]


def test_every_call_is_on_disk_when_it_returns(sql: SqlSessionStore, path: Path) -> None:
    sql.open_session("s1", "2026-11-20T10:00:00Z", b"h")
    sql.append_journal("s1", JOURNAL)
    sql.save_turn("s1", turn(1))
    reader = "import sys; from pathlib import Path; from greenroom.storage.sessions import SqlSessionStore as S"
    script = f"{reader}; s = S(Path(sys.argv[1])); print(len(s.unfinished()[2]), s.list_sessions()[0].turns)"
    out = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    assert out.stdout.split() == ["3", "1"]


def test_the_list_of_sessions_is_newest_first(store: Store) -> None:
    store.open_session("a", "2026-11-20T10:00:00Z", b"")
    store.open_session("b", "2026-11-20T11:00:00Z", b"")
    store.close_session(record("a", (turn(1), turn(2))))
    assert [(s.id, s.state, s.turns, s.booth) for s in store.list_sessions()] == [
        ("b", "open", 0, "Booth 17"),
        ("a", "closed", 2, "Booth 17"),
    ]


def test_consent_is_kept_one_purpose_a_row(sql: SqlSessionStore, path: Path) -> None:
    sql.open_session("s1", "2026-11-20T10:00:00Z", b"")
    sql.close_session(record("s1"))
    with sqlite3.connect(path) as db:
        given = dict(db.execute("select purpose, is_given from consents").fetchall())
    assert given == {"record": 0, "keep": 1, "share_with_staff": 0, "fleet_summary": 0}


def test_a_journal_goes_on_after_a_restart(path: Path) -> None:
    for n in range(3):
        store = SqlSessionStore(path)
        if n == 0:
            store.open_session("s1", "2026-11-20T10:00:00Z", b"")
        store.append_journal("s1", [Done(t=float(n), turn=n)])
        store.close()
    unfinished = SqlSessionStore(path).unfinished()
    assert unfinished is not None
    assert unfinished[2] == [Done(t=float(n), turn=n) for n in range(3)]


def test_a_journal_nobody_can_read_does_not_stop_the_booth(sql: SqlSessionStore, path: Path) -> None:
    for n, session_id in enumerate(("old", "new")):
        sql.open_session(session_id, f"2026-11-20T1{n}:00:00Z", b"")
        sql.append_journal(session_id, JOURNAL)
    with sqlite3.connect(path) as db:
        db.execute("update journal set entry = x'ff00' where session_id = 'new' and n = 1")
    unfinished = sql.unfinished()
    assert unfinished is not None
    assert unfinished[0] == "old"
    assert {s.id: s.state for s in sql.list_sessions()} == {"old": "open", "new": "unreadable"}


def test_every_connection_is_durable_and_erases(sql: SqlSessionStore) -> None:
    with sql._engine.connect() as db:
        found = {
            p: db.exec_driver_sql(f"PRAGMA {p}").scalar()
            for p in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_erased_words_are_in_no_file_any_more(sql: SqlSessionStore, path: Path) -> None:
    rng = random.Random(5)
    canary = "canary" + rng.randbytes(16).hex()
    ids = [f"s{n}" for n in range(12)]
    for session_id in ids:
        secret = canary if session_id == "s5" else "ordinary"
        sql.open_session(
            session_id if secret == "ordinary" else f"s5-{canary}", "2026-11-20T10:00:00Z", secret.encode()
        )
    marked = f"s5-{canary}"
    for round_ in range(25):
        for session_id in ids:
            secret, key = (canary, marked) if session_id == "s5" else ("ordinary", session_id)
            text = " ".join([secret, *["word"] * rng.randrange(200)])
            sql.append_journal(key, [Done(t=1.0, turn=n) for n in range(rng.randrange(20))])
            sql.save_turn(key, turn(round_ % 7, text, question_id=secret))
            sql.save_report(key, "text/html", text.encode() * rng.randrange(1, 40))
    sql.close_session(record(marked, (turn(0, canary), turn(3, canary)), booth=canary))
    assert any(canary.encode() in file.read_bytes() for file in path.parent.iterdir())
    assert sql.delete(marked)
    assert not [file.name for file in path.parent.iterdir() if canary.encode() in file.read_bytes()]
    assert len(sql.list_sessions()) == 11


CANARY = "canary9b1f"


@pytest.fixture
def reader(sql: SqlSessionStore, path: Path) -> Iterator[sqlite3.Connection]:
    """Another program, in the middle of reading; the words of session "gone" lie in the log before its eyes."""
    sql.open_session("gone", "2026-11-20T10:00:00Z", b"")
    sql.save_turn("gone", turn(1, CANARY))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin")
    other.execute("select * from turns").fetchall()
    yield other
    other.close()


def files_with_the_canary(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if CANARY.encode() in file.read_bytes()]


def test_an_erasure_beside_a_reader_is_no_failure_and_is_finished_at_the_next_call(
    sql: SqlSessionStore, reader: sqlite3.Connection, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert sql.delete("gone")
    assert sql.list_sessions() == []
    assert files_with_the_canary(path.parent) == ["sessions.db-wal"]
    reader.execute("commit")
    assert sql.list_sessions() == []
    assert files_with_the_canary(path.parent) == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "another program" in caplog.text


def test_an_erasure_that_a_reader_held_up_is_finished_at_close(
    sql: SqlSessionStore, reader: sqlite3.Connection, path: Path
) -> None:
    sql.delete("gone")
    reader.execute("commit")
    sql.close()
    assert files_with_the_canary(path.parent) == []


def test_an_erasure_that_a_reader_held_up_is_finished_at_the_next_start(
    sql: SqlSessionStore, reader: sqlite3.Connection, path: Path, tmp_path: Path
) -> None:
    sql.delete("gone")
    after_power_cut = shutil.copytree(path.parent, tmp_path / "after", ignore=shutil.ignore_patterns("*-shm"))
    reader.execute("commit")
    assert files_with_the_canary(after_power_cut) == ["sessions.db-wal"]
    started = SqlSessionStore(after_power_cut / path.name)
    assert files_with_the_canary(after_power_cut) == []
    started.close()


def test_an_erasure_that_fails_is_said_and_changes_nothing(sql: SqlSessionStore, path: Path) -> None:
    sql.open_session("s1", "2026-11-20T10:00:00Z", b"")
    with sql._engine.connect() as db:
        db.exec_driver_sql("PRAGMA busy_timeout=10")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        with pytest.raises(StorageError, match="locked"):
            sql.delete("s1")
    assert [row.id for row in sql.list_sessions()] == ["s1"]


def test_a_code_opens_the_report_that_is_kept_as_long_as_its_session_is_there(store: Store) -> None:
    for session_id in ("a", "b"):
        store.open_session(session_id, "2026-11-20T10:00:00Z", b"")
    store.save_report("a", "text/html", b"<p>")
    store.save_report("a", "application/json", b"{}")
    store.save_report_code("a", "11")
    store.save_report_code("b", "22")
    assert store.session_of_code("11") == "a"
    for unknown in ("22", ""):
        with pytest.raises(NotFound):
            store.session_of_code(unknown)
    store.save_report_code("a", "33")
    with pytest.raises(NotFound):
        store.session_of_code("11")
    store.delete("a")
    with pytest.raises(NotFound):
        store.session_of_code("33")


def test_what_was_left_behind_is_all_but_what_is_closed_and_may_be_kept(store: Store) -> None:
    for n, session_id in enumerate(("kept", "closed", "open")):
        store.open_session(session_id, f"2026-11-20T1{n}:00:00Z", b"head")
    store.close_session(record("kept"))
    store.close_session(msgspec.structs.replace(record("closed"), consent=Consent()))
    store.append_journal("open", JOURNAL)
    store.save_turn("open", turn(1))
    newest, closed = store.left_behind()
    assert (newest.id, newest.is_open, newest.head) == ("open", True, b"head")
    assert (newest.journal, newest.turns) == (tuple(JOURNAL), (turn(1),))
    assert (closed.id, closed.is_open, closed.journal, closed.turns) == ("closed", False, (), ())


def test_a_session_is_idle_since_it_was_last_written_to(path: Path) -> None:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    clock = [at]
    store = SqlSessionStore(path, now=lambda: clock[0])
    store.open_session("s1", at.isoformat(), b"")
    clock[0] = at + timedelta(minutes=50)
    store.append_journal("s1", JOURNAL)
    clock[0] += timedelta(minutes=9)
    assert [left.idle_s for left in store.left_behind()] == [9 * 60.0]
    store.save_turn("s1", turn(1))
    clock[0] += timedelta(seconds=7)
    assert [left.idle_s for left in store.left_behind()] == [7.0]
    store.close()


def test_what_cannot_be_read_counts_as_not_open(sql: SqlSessionStore, path: Path) -> None:
    for session_id in ("a", "b"):
        sql.open_session(session_id, "2026-11-20T10:00:00Z", b"")
        sql.append_journal(session_id, JOURNAL)
        sql.save_turn(session_id, turn(1))
    with sqlite3.connect(path) as db:
        db.execute("update journal set entry = x'ff00' where session_id = 'a'")
        db.execute("update turns set body = x'ff00' where session_id = 'b'")
    assert [left.is_open for left in sql.left_behind()] == [False, False]


def test_a_value_that_cannot_be_stored_changes_nothing(sql: SqlSessionStore) -> None:
    sql.open_session("s1", "2026-11-20T10:00:00Z", b"")
    sql.save_turn("s1", turn(1, "kept"))
    bad = msgspec.structs.replace(turn(1, "lost"), recogniser_certainty="not a number")
    with pytest.raises(StorageError):
        sql.save_turn("s1", bad)
    sql.close_session(record("s1", (turn(1, "kept"),)))
    assert sql.load("s1").turns == (turn(1, "kept"),)


def test_memory_and_disk_agree_on_their_names() -> None:
    public = {name for name in dir(MemorySessionStore) if not name.startswith("_")}
    assert public <= {name for name in dir(sessions.SqlSessionStore) if not name.startswith("_")}


WRITER = textwrap.dedent(
    """
    import itertools, sys
    from pathlib import Path
    from greenroom.events import Done
    from greenroom.storage.sessions import SqlSessionStore
    store = SqlSessionStore(Path(sys.argv[1]))
    store.open_session("s1", "2026-11-20T10:00:00Z", b"")
    for n in itertools.count():
        store.append_journal("s1", [Done(t=0.0, turn=n)])
        print(n, flush=True)
    """
)


@pytest.mark.process
@pytest.mark.parametrize("after", [3, 40, 111])
def test_a_killed_process_loses_nothing_it_was_told_is_saved(path: Path, after: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(after)][-1]
        writer.kill()
    unfinished = SqlSessionStore(path).unfinished()
    assert unfinished is not None
    turns = [entry.turn for entry in unfinished[2] if isinstance(entry, Done)]
    assert turns == list(range(len(turns)))
    assert len(turns) > told


FULL_DISK = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from greenroom.errors import DiskFull
    from greenroom.events import Done
    from greenroom.storage.sessions import SqlSessionStore
    folder = Path(sys.argv[1])
    store = SqlSessionStore(folder / "sessions.db")
    store.open_session("s1", "2026-11-20T10:00:00Z", b"")
    saved = 0
    try:
        while saved < 10_000:
            store.append_journal("s1", [Done(t=float(saved), turn=n) for n in range(100)])
            saved += 1
    except DiskFull as error:
        assert error.fix
        print("disk-full" if error.code == "disk-full" else error.code)
    store.close()
    import sqlite3
    db = sqlite3.connect(folder / "sessions.db")
    kept = db.execute("select count(*) from journal").fetchone()[0]
    print(db.execute("pragma quick_check").fetchone()[0], kept == 100 * saved)
    db.close()
    (folder / "filler").write_bytes(b"")
    free = __import__("os").statvfs(folder)
    try:
        (folder / "filler").write_bytes(bytes(free.f_bavail * free.f_frsize))
    except OSError:
        pass
    (folder / "other").mkdir(exist_ok=True)
    try:
        SqlSessionStore(folder / "other" / "new.db")
    except DiskFull as error:
        print("also at open")
    """
)


@pytest.mark.process
def test_a_full_disk_is_named_and_leaves_a_whole_database(tmp_path: Path) -> None:
    mount = f"mount -t tmpfs -o size=1m none {tmp_path} && exec {sys.executable} - {tmp_path}"
    try:
        out = subprocess.run(
            ["unshare", "-m", "sh", "-c", mount],
            input=FULL_DISK,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=ENVIRONMENT,
        )
    except FileNotFoundError:
        pytest.skip("no unshare on this machine")
    if "unshare:" in out.stderr or "mount:" in out.stderr:
        pytest.skip("a 1 MB disk can only be mounted by root")
    assert out.stdout.split("\n")[:3] == ["disk-full", "ok True", "also at open"], out.stderr
