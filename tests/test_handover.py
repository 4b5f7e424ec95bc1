"""Reports are made, kept and handed over by a code, also when the disk will not have them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from greenroom import handover
from greenroom.errors import DiskFull, NotFound, StorageError
from greenroom.handover import Handover
from greenroom.records import ModelReading, SessionRecord
from greenroom.reports import schema
from greenroom.storage.sessions import SqlSessionStore
from reports.samples import interview

ADDRESS = "http://192.0.2.7:8481/"


class FullStore(SqlSessionStore):
    def save_report(self, *_: object) -> None:
        raise DiskFull("there is no room left")


class Desk:
    def __init__(self, folder: Path, store: type[SqlSessionStore] = SqlSessionStore, out: Path | None = None,
                 address: str = ADDRESS) -> None:
        self.failures: list[StorageError] = []
        self.store = store(folder / "sessions.db")
        for session in (interview().id, "another"):
            self.store.open_session(session, interview().started_at, b"")
        self.handover = Handover(self.store, out, lambda: address, self.failures.append)

    def read(self, session: str, kind: str) -> bytes:
        return asyncio.run(self.handover.read(session, kind))


def test_a_report_is_kept_and_its_code_opens_it(tmp_path: Path) -> None:
    desk, record = Desk(tmp_path), interview()
    view = desk.handover.make(record)
    assert (view.session, view.url) == (record.id, f"{ADDRESS}r/{view.code}")
    assert desk.handover.session_of(view.code) == record.id == desk.handover.newest
    assert schema.from_json(desk.read(record.id, "json")).answers
    assert desk.read(record.id, "html").startswith(b"<!doctype html>")
    assert desk.store.load_report(record.id, "text/html") == desk.read(record.id, "html")
    assert desk.failures == []


def test_a_booth_that_no_phone_reaches_shows_no_code_and_keeps_the_report_all_the_same(tmp_path: Path) -> None:
    desk, record = Desk(tmp_path, address=""), interview()
    view = desk.handover.make(record)
    assert (view.session, view.url, view.code, view.qr) == (record.id, "", "", ())
    assert desk.store.load_report(record.id, "text/html") == desk.read(record.id, "html")
    with pytest.raises(NotFound):
        desk.handover.session_of("")


def test_the_report_before_the_last_is_read_from_the_store(tmp_path: Path) -> None:
    desk, record = Desk(tmp_path), interview()
    first = desk.handover.make(record)
    desk.handover.make(msgspec.structs.replace(record, id="another"))
    assert desk.handover.session_of(first.code) == record.id
    assert desk.read(record.id, "json") == desk.store.load_report(record.id, "application/json")


def test_what_nobody_made_is_not_found(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with pytest.raises(NotFound):
        desk.read("nobody", "json")
    with pytest.raises(NotFound, match="code"):
        desk.handover.session_of("guess")


def test_codes_differ_and_the_oldest_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "CODES", 2)
    desk = Desk(tmp_path)
    first, second, third = (desk.handover.make(interview()).code for _ in range(3))
    assert len({first, second, third}) == 3
    assert desk.handover.session_of(second) == desk.handover.session_of(third)
    with pytest.raises(NotFound):
        desk.handover.session_of(first)


def test_a_code_opens_its_report_after_a_restart_as_long_as_the_session_is_there(tmp_path: Path) -> None:
    desk, record = Desk(tmp_path), interview()
    code = desk.handover.make(record).code
    desk.store.close()
    assert not [file.name for file in tmp_path.iterdir() if code.encode() in file.read_bytes()]
    store = SqlSessionStore(tmp_path / "sessions.db")
    again = Handover(store, None, lambda: ADDRESS, desk.failures.append)
    assert again.session_of(code) == record.id
    for guess in ("", code[:-1], code.upper() if code.upper() != code else code.lower()):
        with pytest.raises(NotFound, match="code"):
            again.session_of(guess)
    store.delete(record.id)
    with pytest.raises(NotFound, match="code"):
        again.session_of(code)


def test_a_report_that_cannot_be_kept_is_said_and_can_be_read_all_the_same(tmp_path: Path) -> None:
    desk, record = Desk(tmp_path, FullStore), interview()
    view = desk.handover.make(record)
    assert [type(error) for error in desk.failures] == [DiskFull]
    assert desk.handover.session_of(view.code) == record.id
    assert schema.from_json(desk.read(record.id, "json")).answers
    assert desk.handover.fault is None


def test_a_demo_leaves_the_report_in_its_folder(tmp_path: Path) -> None:
    desk = Desk(tmp_path, out=tmp_path)
    desk.handover.make(interview())
    assert schema.from_json((tmp_path / "report.json").read_bytes()).answers
    assert (tmp_path / "report.html").read_bytes().startswith(b"<!doctype html>")
    assert desk.handover.fault is None


def test_a_demo_that_cannot_leave_its_report_is_at_fault(tmp_path: Path) -> None:
    desk = Desk(tmp_path, out=tmp_path / "absent")
    desk.handover.make(interview())
    assert desk.handover.fault is not None
    assert "report.json cannot be written" in desk.handover.fault.message


def pending(session_id: str = "") -> SessionRecord:
    record = msgspec.structs.replace(interview(), reading=ModelReading(state="pending"))
    return msgspec.structs.replace(record, id=session_id) if session_id else record


def failed(record: SessionRecord) -> SessionRecord:
    return msgspec.structs.replace(record, reading=ModelReading(state="failed", why="it was gone"))


def test_a_report_that_is_made_anew_is_opened_by_the_code_of_the_one_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    view = desk.handover.make(pending())
    assert view.reading == "pending"
    desk.handover.remake(failed(pending()))
    session = desk.handover.session_of(view.code)
    report = schema.from_json(desk.read(session, "json"))
    assert report.reading is not None
    assert report.reading.state == "failed"
    assert desk.store.load_report(session, "text/html") == desk.read(session, "html")
    desk.store.close()
    again = Handover(SqlSessionStore(tmp_path / "sessions.db"), None, lambda: ADDRESS, desk.failures.append)
    assert again.session_of(view.code) == session


def test_a_report_that_is_kept_is_made_anew_when_its_candidate_has_gone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.handover.make(pending())
    desk.handover.forget()
    desk.handover.remake(failed(pending()))
    assert b"No model has read the answers" in desk.read(interview().id, "html")


def test_a_report_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.handover.make(pending("another"))
    desk.store.delete("another")
    desk.handover.forget()
    desk.handover.remake(failed(pending("another")))
    assert desk.failures == []
    with pytest.raises(NotFound):
        desk.read("another", "html")


def test_a_report_that_was_not_kept_is_gone_with_its_candidate(tmp_path: Path) -> None:
    desk, record = Desk(tmp_path), interview()
    view = desk.handover.make(record)
    desk.store.delete(record.id)
    desk.handover.forget()
    with pytest.raises(NotFound):
        desk.read(desk.handover.session_of(view.code), "html")
