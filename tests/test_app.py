"""Where core sends what its workers say."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from greenroom.core import Core, Options
from greenroom.errors import CommandRefused, NotFound, WorkerLost
from greenroom.events import (
    LIVE,
    Begin,
    ChooseSetUp,
    Continue,
    End,
    GiveConsent,
    JournalEntry,
    RequestFailed,
    SelfPicture,
    SpeechClip,
    WorkerEvent,
    WorkerReady,
)
from greenroom.interview.state import InterviewState, Phase
from greenroom.language import scripted
from greenroom.records import Consent, DocumentText, SetUp, TextLine
from greenroom.server.protocol import EVERYONE
from greenroom.settings import Booth, Engines, Interview, Language, Settings
from greenroom.storage.sessions import SqlSessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock
from interview.readings import closed


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlSessionStore]:
    store = SqlSessionStore(tmp_path / "sessions.db", "test")
    yield store
    store.close()


def core_of(store: SqlSessionStore, folder: Path, *, is_fast: bool = False, events: io.BytesIO | None = None,
            interview: Interview | None = None, language: Language | None = None) -> Core:
    """One whose workers have not been started."""
    settings = Settings(booth=Booth(state_dir=folder), interview=interview or Interview(),
                        language=language or Language(), engines=Engines(language="remote" if language else "auto"))
    return Core(settings, Options(is_fast=is_fast), store, AtOnce(), clock=VirtualClock(), events=events)


def test_recordings_and_texts_of_others_make_room_for_an_interview(store: SqlSessionStore, tmp_path: Path) -> None:
    core = core_of(store, tmp_path)

    async def refused() -> None:
        with pytest.raises(CommandRefused):
            await core.speak("One.", "cold")
        with pytest.raises(CommandRefused):
            await core.listen().__aenter__()

    async def free() -> None:
        with pytest.raises(WorkerLost):
            await core.speak("One.", "cold")

    asyncio.run(free())
    for phase in get_args(Phase):
        core.session.state = InterviewState(phase=phase)
        assert core.is_busy() == (phase not in {"attract", "report", "goodbye"})
        asyncio.run(refused() if core.is_busy() else free())


def words_of(core: Core) -> list[str]:
    """What the booth calls its language model once the worker has told that it has none."""
    core.take("language", WorkerReady(t=0.0, t_known=0.0, worker="language", generation=1,
                                      engines=(scripted.engine(),)))
    for event in core.order.until(1.0):
        core.session.feed(event)
    return [engine.name for engine in core.session.state.engines]


def test_a_server_that_is_named_words_follow_ups_unless_time_stands_still(
        store: SqlSessionStore, tmp_path: Path) -> None:
    named = Language(url="http://127.0.0.1:9/v1")
    assert words_of(core_of(store, tmp_path)) == ["scripted"]
    assert words_of(core_of(store, tmp_path, language=named)) == ["remote"]
    assert words_of(core_of(store, tmp_path, language=named, is_fast=True)) == ["scripted"]


def test_a_server_without_an_address_is_none(
        store: SqlSessionStore, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert words_of(core_of(store, tmp_path, language=Language())) == ["scripted"]
    assert "language.url" in caplog.text


@pytest.mark.parametrize("is_fast", [False, True])
def test_what_was_said_for_others_does_not_reach_the_interview(
        is_fast: bool, store: SqlSessionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core = core_of(store, tmp_path, is_fast=is_fast)
    fed: list[object] = []
    said: list[WorkerEvent] = []
    monkeypatch.setattr(core.session, "feed", fed.append)
    monkeypatch.setattr(core.texts, "take", said.append)
    events: list[WorkerEvent] = []
    for stream in ("speech-1", LIVE):
        events.append(SpeechClip(t=0.0, t_known=0.0, key="k", pcm=b"", sample_rate_hz=16_000, is_last=True,
                                 stream=stream))
        events.append(RequestFailed(t=0.0, t_known=0.0, worker="voice", request="r", code="engine", message="m",
                                    stream=stream))
    for event in events:
        core.take("voice", event)
    assert said == events
    assert [*fed, *core.order.until(1.0)] == events[2:]


class Screen:
    """Takes whatever the hub sends."""

    def __init__(self) -> None:
        self.data = b""

    def offer(self, data: bytes) -> bool:
        self.data += data
        return True

    def cut(self, code: str) -> None: ...


# --- what candidates hand in ---------------------------------------------------------------------

JOB = DocumentText(kind="job", name="secret-name.pdf", lines=(
    TextLine(number=7, text="Experience with PostgreSQL"),
    TextLine(number=8, text="Marital status of the zebrafinch"),
    TextLine(number=9, text="A zebrafinch line that asks for nothing"),
))


def test_of_a_document_only_the_lines_that_are_asked_about_are_kept_anywhere(
        store: SqlSessionStore, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    trace = io.BytesIO()
    core = core_of(store, tmp_path, events=trace)
    screens = {role: Screen() for role in EVERYONE}
    for role, screen in screens.items():
        core.hub.subscribe(screen, role)
    core.display.is_ready = True
    held = core.shelf.put(JOB)
    core.command(Begin())
    core.command(GiveConsent(consent=Consent()))
    core.command(ChooseSetUp(set_up=SetUp(questions=3, documents=(held,), questions_own=("Why this town?",))))
    assert core.session.state.plan is not None
    sources = [question.source for question in core.session.state.plan.questions]
    assert [source and (source.document, source.line) for source in sources] == [None, ("own", 0), ("job", 7)]
    core.hub.flush(1.0)
    told = [trace.getvalue(), caplog.text.encode(), core.metrics(), msgspec.msgpack.encode(core.state()),
            *(screen.data for screen in screens.values()),
            *(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())]
    assert any(b"Experience with PostgreSQL" in data for data in told)
    assert not any(b"zebrafinch" in data or b"secret-name" in data for data in told)
    assert "PostgreSQL" not in caplog.text
    core.command(End())
    assert isinstance(core.clock, VirtualClock)
    core.clock.advance(60.0)
    core.tick()
    assert len(core.shelf) == 0


def test_a_document_that_the_set_up_does_not_name_is_said_not_to_be_used(
        store: SqlSessionStore, tmp_path: Path) -> None:
    core = core_of(store, tmp_path)
    core.display.is_ready = True
    core.shelf.put(JOB)
    core.command(Begin())
    core.command(GiveConsent(consent=Consent()))
    core.command(ChooseSetUp(set_up=SetUp(questions=3)))
    assert core.state().documents_note.startswith("The job description from the phone is not used")


def test_documents_are_read_until_the_plan_is_made(store: SqlSessionStore, tmp_path: Path) -> None:
    core = core_of(store, tmp_path)
    for phase in get_args(Phase):
        core.session.state = InterviewState(phase=phase)
        is_late = phase not in {"attract", "consent", "set_up"}
        # Where documents are taken, the role is looked at next.
        with pytest.raises(CommandRefused if is_late else NotFound):
            asyncio.run(core.take_document(tmp_path / "none", "job.txt", "job", "no such role"))


# --- the candidate's own picture ------------------------------------------------------------------

MARK = b"\xff\xd8 nobody but the candidate sees this"


def in_the_sensor_check(core: Core) -> None:
    core.display.is_ready = True
    core.command(Begin())
    core.command(GiveConsent(consent=Consent(record=True, keep=True, share_with_staff=True, fleet_summary=True)))
    core.command(ChooseSetUp(set_up=SetUp()))
    assert core.session.state.phase == "sensor_check"


@pytest.mark.parametrize("is_fast", [False, True])
def test_the_candidate_s_own_picture_reaches_nothing_but_the_view(
        is_fast: bool, store: SqlSessionStore, tmp_path: Path, caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.DEBUG)
    trace = io.BytesIO()
    core = core_of(store, tmp_path, is_fast=is_fast, events=trace)
    screens = {role: Screen() for role in EVERYONE}
    for role, screen in screens.items():
        core.hub.subscribe(screen, role)
    fed: list[object] = []
    monkeypatch.setattr(core.session, "feed", fed.append)
    in_the_sensor_check(core)
    with core.show_self() as view:
        for n in range(10):
            core.take("vision", SelfPicture(t=float(n), t_known=float(n), jpeg=MARK))
            core.hub.flush(float(n))
        shown = asyncio.run(view.newest())
        assert shown is not None
        assert shown.jpeg == MARK
        assert [*fed, *core.order.until(99.0)] == []
    monkeypatch.undo()
    core.command(End())
    core.hub.flush(99.0)
    store.close()
    assert b"self_shown" in trace.getvalue()
    told = [trace.getvalue(), caplog.text.encode(), core.metrics(), msgspec.msgpack.encode(core.state()),
            *(screen.data for screen in screens.values()),
            *(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())]
    assert len(told) > len(screens) + 4
    assert not any(MARK in data or b"\xff\xd8" in data for data in told)


def test_a_picture_that_is_fed_to_the_interview_all_the_same_is_no_entry_of_its_journal(
        store: SqlSessionStore, tmp_path: Path) -> None:
    trace = io.BytesIO()
    core = core_of(store, tmp_path, events=trace)
    in_the_sensor_check(core)
    before = core.session.state
    core.session.feed(SelfPicture(t=1.0, t_known=1.0, jpeg=MARK))
    assert core.session.state is before
    assert b"self_picture" not in trace.getvalue()
    assert SelfPicture not in get_args(JournalEntry)


def test_the_view_ends_with_the_sensor_check_and_is_no_one_s_before(store: SqlSessionStore, tmp_path: Path) -> None:
    core = core_of(store, tmp_path)
    with pytest.raises(CommandRefused), core.show_self():
        pass
    in_the_sensor_check(core)
    with core.show_self() as view:
        assert core.session.state.checks.shown_since_t is not None
        core.command(Continue())
        core.tick()
        assert asyncio.run(view.newest()) is None
    with pytest.raises(CommandRefused), core.show_self():
        pass


def test_a_booth_that_may_not_show_candidates_to_themselves_does_not(store: SqlSessionStore, tmp_path: Path) -> None:
    core = core_of(store, tmp_path, interview=Interview(self_view=False))
    in_the_sensor_check(core)
    with pytest.raises(CommandRefused), core.show_self():
        pass


def test_a_report_whose_answers_were_read_takes_the_place_of_the_one_before_on_every_screen(
        store: SqlSessionStore, tmp_path: Path) -> None:
    core, made = core_of(store, tmp_path), closed()
    store.open_session(made.id, made.started_at, b"")
    store.close_session(made)
    core.display.opened(made.id)
    core.display.reported(made)
    core.display.moved(InterviewState(), InterviewState(phase="report"))
    assert core.state().report is not None
    before = core.state().report
    core.hub.flush(1.0)
    screen = Screen()
    core.hub.subscribe(screen, "phone")
    core.hub.flush(2.0)
    sent = len(screen.data)
    core.session.readings.take_up(store.unread(8))  # there is no model: it has failed
    core.hub.flush(3.0)
    after = core.state().report
    assert before is not None
    assert after is not None
    assert (before.reading, after.reading, after.code) == ("pending", "failed", before.code)
    assert b"failed" in screen.data[sent:]
    assert b"No model has read the answers" in asyncio.run(core.report(made.id, "html"))
    assert store.load(made.id).reading.state == "failed"


def test_a_demo_is_over_when_nothing_of_its_report_is_to_come(store: SqlSessionStore, tmp_path: Path) -> None:
    core, made = core_of(store, tmp_path), closed()
    assert not core.is_over
    store.open_session(made.id, made.started_at, b"")
    store.close_session(made)
    core.display.reported(made)
    core.session.readings.begin(made)
    assert not core.is_over
    core.session.readings.left(made.id, is_kept=False)
    assert core.is_over
