"""A core that comes back takes up what the one before left in the store."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.errors import DiskFull
from greenroom.events import (
    Begin,
    BoothFound,
    ChooseSetUp,
    ClientCommand,
    Continue,
    CoreResumed,
    Done,
    End,
    GiveConsent,
    JournalEntry,
    Tick,
    WorkerDied,
    WorkerName,
    WorkerReady,
)
from greenroom.interview import machine
from greenroom.interview.evidence import Evidence
from greenroom.interview.left_sessions import settle
from greenroom.interview.questions import load_packs
from greenroom.interview.session import Session
from greenroom.ports import WorkerPort
from greenroom.records import Consent, EngineInfo, SetUp
from greenroom.requests import SetCapture, WorkerRequest
from greenroom.storage.media import SessionMedia
from greenroom.storage.memory import MemorySessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock
from greenroom.workers.supervisor import NAMES
from interview.stage import Notes

CONSENT = Consent(record=True)
SET_UP = SetUp(questions=2, style="cold")
ENGINES = (EngineInfo(capability="synthesiser", name="espeak-ng"),)


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


def begin(session: Session, t: float = 0.0) -> None:
    commands: tuple[ClientCommand, ...] = (Begin(), GiveConsent(consent=CONSENT), ChooseSetUp(set_up=SET_UP))
    for n, command in enumerate(commands, start=1):
        session.feed(Tick(t=t + n, t_known=t + n))
        session.command(replace(command, t=t + n, t_known=t + n))


def run_until(session: Session, phase: str) -> float:
    """Let time pass; lines are only shown, for nobody speaks them. The time at which the phase begins."""
    t = session.state.now_t
    while session.state.phase != phase:
        t += 0.1
        session.feed(Tick(t=t, t_known=t))
        assert t < 200.0, session.state.phase
    return t


def press(session: Session, *commands: ClientCommand) -> None:
    t = session.state.now_t
    for command in commands:
        session.command(replace(command, t=t, t_known=t))


def second_session(store: MemorySessionStore) -> Session:
    """A core in the second question of its second candidate."""
    session, _ = core(store, 0.0)
    begin(session)
    press(session, End())
    begin(session, run_until(session, "attract"))
    press(session, Continue(), Continue())
    run_until(session, "listening")
    press(session, Done(turn=1))
    run_until(session, "asking")
    assert (session.state.turn, len(store.turns(session.session_id or ""))) == (2, 1)
    return session


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


def test_the_second_candidate_of_a_core_s_life_is_asked_the_same_question_again_when_it_died() -> None:
    store = MemorySessionStore("test")
    first = second_session(store)
    second, _ = core(store, 100.0)
    left = store.unfinished()
    assert left is not None
    second.resume(*left, CoreResumed(t=100, t_known=100))
    assert second.state.answer is not None
    assert first.state.answer is not None
    assert (second.state.turn, second.state.position) == (2, 1)
    assert second.state.answer.text == first.state.answer.text
    assert second.state.generation > first.state.generation
    assert second.state.lines == first.state.lines


def test_the_second_session_of_a_core_s_life_is_settled_as_far_as_it_got() -> None:
    store = MemorySessionStore("test")
    first = second_session(store)
    resume = settle(store.left_behind(), may_resume=True).resume
    assert resume is not None
    assert resume.id == first.session_id
    state = machine.fold(resume.journal)
    assert (state.turn, state.position, state.turns) == (2, 1, 1)


def test_a_journal_of_which_nothing_tells_how_the_booth_was_is_that_of_a_first_session() -> None:
    store = MemorySessionStore("test")
    first, _ = core(store, 0.0)
    begin(first)
    left = store.unfinished()
    assert left is not None
    assert machine.fold(entry for entry in left[2] if not isinstance(entry, BoothFound)) == machine.fold(left[2])


def test_a_journal_tells_what_was_there_and_what_was_missing_when_the_session_began() -> None:
    store = MemorySessionStore("test")
    session, _ = core(store, 0.0)
    session.feed(WorkerReady(t=0.1, t_known=0.1, worker="voice", generation=1, engines=ENGINES))
    session.feed(WorkerDied(t=0.5, t_known=0.5, worker="audio", reason="test", heard_t=0.25))
    begin(session)
    left = store.unfinished()
    assert left is not None
    state = machine.fold(left[2])
    assert (state.lost, state.silent_since_t, state.engines) == (("audio",), 0.25, ENGINES)


def test_a_core_that_dies_twice_does_not_miss_what_only_the_first_one_had_lost() -> None:
    store = MemorySessionStore("test")
    first, _ = core(store, 0.0)
    begin(first)
    first.feed(WorkerDied(t=4.0, t_known=4.0, worker="hearing", reason="test"))
    for t in (20.0, 40.0):
        session, _ = core(store, t)
        left = store.unfinished()
        assert left is not None
        session.resume(*left, CoreResumed(t=t, t_known=t))
        session.feed(WorkerReady(t=t, t_known=t, worker="voice", generation=1, engines=()))
        assert session.state.lost == ()
    left = store.unfinished()
    assert left is not None
    assert machine.fold(left[2]).lost == ()


def test_a_disk_that_stays_full_is_told_once() -> None:
    notes = Notes()
    session, _ = core(FullJournal("test"), 0.0, notes)
    begin(session)
    assert session.state.phase == "sensor_check"
    assert [error.code for error in notes.failures] == ["disk-full"]
