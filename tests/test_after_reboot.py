"""A core that starts finds what the one before left: an interview to take up, and sessions that may not stay."""

from __future__ import annotations

import logging
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from commands import Running
from greenroom.errors import DiskFull, NotFound
from greenroom.events import Begin
from greenroom.handover import Handover
from greenroom.interview.left_sessions import settle
from greenroom.records import Consent
from greenroom.reports import schema
from greenroom.starting import after_reboot, clear_up
from greenroom.storage.memory import MemorySessionStore
from greenroom.storage.sessions import SqlSessionStore
from greenroom.timeline import MonotonicClock
from interview.test_left_sessions import left
from storage.samples import record, turn
from test_cli import needs_models


def left_at(t: float) -> MemorySessionStore:
    store = MemorySessionStore()
    store.open_session("s1", "2026-01-01T00:00:00+00:00", b"")
    store.append_journal("s1", [Begin(t=t, t_known=t)])
    return store


def test_time_goes_on_after_the_newest_entry() -> None:
    later_t = MonotonicClock().now() + 5_000
    origin_ns = after_reboot(0, left_at(later_t))
    assert later_t <= MonotonicClock(origin_ns).now() < later_t + 60


def test_on_the_same_boot_and_without_a_session_nothing_changes() -> None:
    assert after_reboot(0, left_at(1.0)) == 0
    assert after_reboot(5, MemorySessionStore()) == 5


class OftenFull(SqlSessionStore):
    """A disk on which the first thing that is tried fails."""

    failures = 0

    def delete(self, session_id: str) -> bool:
        if not self.failures:
            self.failures += 1
            raise DiskFull("no room to erase")
        return super().delete(session_id)


def start(store: SqlSessionStore, *, may_resume: bool = True) -> str | None:
    """What core does with the sessions that it finds; the one to take up."""
    settled = settle(store.left_behind(), may_resume=may_resume)
    clear_up(settled, store, Handover(store, None, lambda: "", lambda _: None))
    return settled.resume.id if settled.resume is not None else None


def leave(store: SqlSessionStore, session_id: str, *, may_keep: bool, is_closed: bool, day: int = 20) -> None:
    """A session with an answer."""
    store.open_session(session_id, f"2026-11-{day}T10:00:00+00:00", b"2026-11-20T10:00:00+00:00 0.0")
    store.append_journal(session_id, list(left(may_keep=may_keep).journal))
    store.save_turn(session_id, turn(1))
    if is_closed:
        closed = msgspec.structs.replace(record(session_id, (turn(1),)), consent=Consent(keep=may_keep))
        store.close_session(closed)
        store.save_report(session_id, "text/html", b"<p>")


def test_without_consent_nothing_outlives_the_core_that_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = SqlSessionStore(tmp_path / "sessions.db")
    leave(store, "closed", may_keep=False, is_closed=True, day=22)
    leave(store, "newest", may_keep=False, is_closed=False, day=21)
    leave(store, "older", may_keep=False, is_closed=False, day=19)
    leave(store, "kept", may_keep=True, is_closed=True, day=18)
    assert start(store) == "newest"
    assert [row.id for row in store.list_sessions()] == ["newest", "kept"]
    assert store.load_report("kept", "text/html") == b"<p>"
    with pytest.raises(NotFound):
        store.load_report("closed", "text/html")
    assert start(store, may_resume=False) is None
    assert [row.id for row in store.list_sessions()] == ["kept"]
    assert "0 to close with a report, 2 to erase; failed: none" in caplog.text
    assert not [word for word in ("tea", "shop", "newest", "older") if word in caplog.text]


def test_with_consent_an_interview_that_is_not_taken_up_is_closed_with_a_report(tmp_path: Path) -> None:
    store = SqlSessionStore(tmp_path / "sessions.db")
    leave(store, "s1", may_keep=True, is_closed=False)
    assert start(store, may_resume=False) is None
    kept = store.load("s1")
    assert (kept.turns, kept.is_complete, kept.consent.keep) == ((turn(1),), False, True)
    report = schema.from_json(store.load_report("s1", "application/json"))
    assert [answer.transcript for answer in report.answers] == ["we sold tea"]
    assert store.load_report("s1", "text/html").startswith(b"<!doctype html>")
    assert store.left_behind() == []


def test_an_erasure_that_failed_stops_nothing_and_is_tried_again_at_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = OftenFull(tmp_path / "sessions.db")
    caplog.set_level(logging.INFO)
    for n in range(2):
        leave(store, f"s{n}", may_keep=False, is_closed=True, day=20 + n)
    start(store)
    assert [row.id for row in store.list_sessions()] == ["s1"]
    assert "failed: disk-full" in caplog.text
    start(store)
    assert store.list_sessions() == []


@pytest.mark.process
@pytest.mark.slow
@needs_models
def test_a_booth_that_starts_again_takes_up_one_interview_and_clears_up_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    before = SqlSessionStore(folder / "sessions.db", now=lambda: datetime.now(UTC) - timedelta(hours=3))
    leave(before, "long ago", may_keep=True, is_closed=False, day=19)
    leave(before, "gone", may_keep=False, is_closed=True, day=20)
    before.close()
    just_now = SqlSessionStore(folder / "sessions.db")
    leave(just_now, "newest", may_keep=False, is_closed=False, day=21)
    just_now.close()
    old = folder / "sessions.db.corrupt-20260101T000000Z"
    old.write_text("words")
    os.utime(old, (0, time.time() - 31 * 86_400))
    with Running(["run", "--headless"], tmp_path, {"GREENROOM_DEVICES_CAMERA": "none"}) as booth:
        booth.until_said("resuming session newest in phase asking, turn 2")
        booth.process.terminate()
        assert booth.finish(15) == 0
        assert any("1 to close with a report, 1 to erase; failed: none" in line for line in booth.stderr())
    store = SqlSessionStore(folder / "sessions.db")
    assert [(row.id, row.state) for row in store.list_sessions()] == [("newest", "open"), ("long ago", "closed")]
    assert store.load_report("long ago", "text/html")
    assert not old.exists()
    store.close()
