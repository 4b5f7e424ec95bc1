"""Interviews that are over and wait to be read, and a language worker in the hand of a test."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.events import AnswerRead, AnswerRetold, RequestFailed, WorkerDied, WorkerEvent, WorkerName, WorkerReady
from greenroom.interview import grading, rereading, scoring
from greenroom.interview.second_reading import SecondReading
from greenroom.language import model_reading
from greenroom.ports import SessionStore
from greenroom.records import Consent, EngineInfo, Plan, Question, ReadBy, SessionRecord, TurnRecord
from greenroom.requests import ReadAnswer, RetellAnswer, WorkerRequest
from greenroom.storage.memory import MemorySessionStore
from greenroom.tasks import AtOnce
from storage.samples import record, turn
from workers.reading_models import SHOUTED_AT, STAYS_CALM

TEAM = "Tell me about a time when you were part of a team that did not work well together."
SHOE_SHOP = (
    "In the shoe shop where I worked before, early shift and late shift were pretty much at war. The early people said "
    "the late people left the storeroom in a mess, and the other way round. I was on both, so I heard it from both "
    "sides. At some point I just wrote a list of what has to be done before you go home, boxes flattened, returns on "
    "the trolley, and hung it on the door. Most people stuck to it. It did get a bit better after that.")
BY = ReadBy(name="llama.cpp", version="0.3", detail="tiny", sha256="ab" * 32, readings=3)
NOW = "2026-11-20T10:10:00+00:00"


def closed(session_id: str = "s1", *, keep: bool = True, is_awaited: bool = True) -> SessionRecord:
    """Two answers that the rules gave bands 2 and 3, and one that they refused."""
    turns = {n: _turn(n, question, text) for n, (question, text) in enumerate(
        ((SHOUTED_AT, STAYS_CALM), (TEAM, SHOE_SHOP), ("Why?", "fine")), start=1)}
    plan = Plan(pack_id="graduate", seed=1, questions=tuple(
        Question(id=f"q{n}", text=one.question.text, kind="situational" if n == 1 else "behavioural", competency="c")
        for n, one in turns.items()))
    scored = grading.graded(turns, plan)
    made = replace(record(session_id, tuple(scored.values())), plan=plan, consent=Consent(keep=keep))
    return rereading.awaited(made) if is_awaited else made


def _turn(n: int, question: str, text: str) -> TurnRecord:
    made = turn(n, text, question_id=f"q{n}", start_t=100.0 + 200.0 * n)
    return replace(made, question=replace(made.question, text=question))


def ready(name: str = "llama.cpp") -> WorkerReady:
    return WorkerReady(t=0.0, t_known=0.0, worker="language", generation=1,
                       engines=(EngineInfo(capability="language_model", name=name),))


def died(*, is_lost: bool = False) -> WorkerDied:
    return WorkerDied(t=0.0, t_known=0.0, worker="language", reason="killed", is_lost=is_lost)


class Port:
    """A language worker that keeps what it is asked."""

    name: WorkerName = "language"

    def __init__(self) -> None:
        self.asked: list[WorkerRequest] = []

    def send(self, request: WorkerRequest) -> None:
        self.asked.append(request)

    def forget(self) -> None:
        pass


class Desk:
    """Core's part of the reading, and its language worker."""

    def __init__(self, store: SessionStore | None = None, *, is_ready: bool = True) -> None:
        self.port = Port()
        self.store = store or MemorySessionStore("test")
        self.told: list[SessionRecord] = []
        self.failures: list[str] = []
        self.readings = SecondReading(
            self.port, self.store, AtOnce(), wall_time=lambda: NOW, read=self.told.append,
            failed=lambda error: self.failures.append(error.code))
        if is_ready:
            self.readings.take(ready())

    def close(self, made: SessionRecord) -> SessionRecord:
        """An interview ends."""
        self.store.open_session(made.id, made.started_at, b"")
        self.store.close_session(made)
        self.readings.begin(made)
        return made

    def asked(self) -> WorkerRequest | None:
        return self.port.asked[-1] if self.port.asked else None

    def answer(self, *, is_believed: bool = True, text: str = "") -> None:
        """As the worker would, by a model that points at the first three sentences or at nothing."""
        request = self.asked()
        event: WorkerEvent
        if isinstance(request, RetellAnswer):
            event = AnswerRetold(t=0.0, t_known=0.0, session=request.session, turn=request.turn, text=text)
        else:
            assert isinstance(request, ReadAnswer)
            event = read_by(request, is_believed=is_believed)
        assert self.readings.take(event)

    def refuse(self, why: str = "llama.cpp stopped computing") -> None:
        request = self.asked()
        assert isinstance(request, ReadAnswer | RetellAnswer)
        kind = "read_answer" if isinstance(request, ReadAnswer) else "retell_answer"
        assert self.readings.take(RequestFailed(t=0.0, t_known=0.0, worker="language", request=kind, code="engine",
                                                message=why, key=request.session))


def read_by(request: ReadAnswer, *, is_believed: bool) -> AnswerRead:
    given = request.answer
    answer = scoring.Answer(given.question, given.kind or "behavioural", words=given.words)
    pointed = {element: frozenset({1, 2, 3}) for element in model_reading.HEADINGS} if is_believed else None
    return AnswerRead(t=0.0, t_known=0.0, session=request.session, turn=request.turn,
                      score=scoring.score(answer, pointed=scoring.Pointed(pointed, "llama.cpp 0.3")),
                      is_believed=is_believed, by=BY)
