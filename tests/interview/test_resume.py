"""A core that comes back takes up what the one before left in the store."""

from __future__ import annotations

from greenroom.errors import DiskFull
from greenroom.events import Begin, ChooseSetUp, CoreResumed, GiveConsent, JournalEntry, Tick, WorkerName
from greenroom.interview.evidence import Evidence
from greenroom.interview.questions import load_packs
from greenroom.interview.session import Session
from greenroom.ports import WorkerPort
from greenroom.records import Consent, SetUp
from greenroom.requests import SetCapture, WorkerRequest
from greenroom.storage.media import SessionMedia
from greenroom.storage.memory import MemorySessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock
from greenroom.workers.supervisor import NAMES
from interview.stage import Notes

CONSENT = Consent(record=True)
SET_UP = SetUp(questions=2, style="cold")


class Deaf:
    """A worker that writes down what is asked of it."""

    def __init__(self, name: WorkerName) -> None:
        self.name = name
        self.asked: list[WorkerRequest] = []

    def send(self, request: WorkerRequest) -> None:
        self.asked.append(request)

    def forget(self) -> None:
        self.asked.clear()


class FullJournal(MemorySessionStore):
    """A disk without room for the journal."""

    def append_journal(self, session_id: str, entries: list[JournalEntry]) -> None:
        raise DiskFull(f"no room for {len(entries)} entries of {session_id}", fix="free some space")


def core(store: MemorySessionStore, now_t: float, notes: Notes | None = None) -> tuple[Session, dict[WorkerName, Deaf]]:
    workers = {name: Deaf(name) for name in NAMES}
    ports: dict[WorkerName, WorkerPort] = {**workers}
    clock = VirtualClock()
    clock.advance(now_t)
    session = Session(ports, store, AtOnce(), clock, notes or Notes(), packs=load_packs(),
                      evidence=Evidence(SessionMedia()), booth="test", offered=SetUp(), draw_seed=lambda: 1,
                      wall_time=lambda: "2026-01-01T00:00:00+00:00")
    return session, workers


def begin(session: Session) -> None:
    for t, command in ((1.0, Begin(t=1, t_known=1)), (2.0, GiveConsent(t=2, t_known=2, consent=CONSENT)),
                       (3.0, ChooseSetUp(t=3, t_known=3, set_up=SET_UP))):
        session.feed(Tick(t=t, t_known=t))
        session.command(command)


def test_consent_set_up_and_plan_outlive_core() -> None:
    store = MemorySessionStore("test")
    first, _ = core(store, 0.0)
    begin(first)
    second, workers = core(store, 20.0)
    second.feed(Tick(t=20, t_known=20))
    left = store.unfinished()
    assert left is not None
    second.resume(*left, CoreResumed(t=20, t_known=20))
    assert second.session_id == first.session_id
    assert (second.state.phase, second.state.plan) == (first.state.phase, first.state.plan)
    assert (second.state.consent, second.state.set_up) == (CONSENT, SET_UP)
    assert second.state.notice is not None
    assert second.state.notice.code == "core-restarted"
    assert SetCapture(is_open=True) in workers["audio"].asked


def test_a_disk_that_stays_full_is_told_once() -> None:
    notes = Notes()
    session, _ = core(FullJournal("test"), 0.0, notes)
    begin(session)
    assert session.state.phase == "sensor_check"
    assert [error.code for error in notes.failures] == ["disk-full"]
