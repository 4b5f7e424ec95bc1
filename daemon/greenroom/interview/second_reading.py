"""Has a language model read the answers of interviews that are over. Nothing waits for it, and an interview that runs
is never disturbed: what is being read then is dropped, and read again later.

On core's loop only. The newest session goes first: its candidate may still be there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from greenroom.errors import GreenroomError
from greenroom.events import AnswerRead, AnswerRetold, RequestFailed, Tick, WorkerDied, WorkerEvent, WorkerReady
from greenroom.interview import rereading
from greenroom.interview.rereading import Read
from greenroom.language.scripted import has_model
from greenroom.ports import Background, SessionStore, WorkerPort
from greenroom.records import Retold, SessionRecord
from greenroom.requests import DropReading, ReadAnswer, RetellAnswer

log = logging.getLogger(__name__)

MAX_SESSIONS = 8
"""That wait; the oldest is given up."""


class _Job:
    """A session, and how far its reading is."""

    def __init__(self, record: SessionRecord) -> None:
        self.record = record
        self.answers = rereading.to_read(record)
        self.read: dict[int, Read] = {}
        self.words: Retold | None = None
        self.is_retold = False
        """Nothing is to be put in order any more."""

    def next_turn(self) -> int | None:
        return next((turn for turn in self.answers if turn not in self.read), None)


class SecondReading:
    """``read`` gets a record once its reading is stored, whatever came of it; ``failed`` why it could not be stored."""

    def __init__(self, language: WorkerPort, store: SessionStore, background: Background, *,
                 wall_time: Callable[[], str], read: Callable[[SessionRecord], None],
                 failed: Callable[[GreenroomError], None]) -> None:
        self._language = language
        self._store = store
        self._background = background
        self._wall_time = wall_time
        self._read = read
        self._failed = failed
        self._jobs: list[_Job] = []
        """The newest last."""
        self._asked = False
        self._is_held = False
        self._can_read = False

    @property
    def is_busy(self) -> bool:
        """Something is read, or waits for it."""
        return bool(self._jobs)

    # --- what happens ---

    def begin(self, record: SessionRecord) -> None:
        """A session is closed; nothing is done where no reading is awaited."""
        if record.reading.state == "pending":
            self._jobs.append(_Job(record))
            self._bound()
            self._go_on()

    def take_up(self, records: Sequence[SessionRecord], *, is_wanted: bool = True) -> None:
        """Sessions whose reading a core before this one did not end, the newest first. What is not wanted any more is
        given up."""
        known = {job.record.id for job in self._jobs}
        self._jobs = [*(_Job(one) for one in reversed(records) if one.id not in known), *self._jobs]
        self._bound()
        if not is_wanted:
            self._give_up_all("it is not wanted any more (language.reads_answers)")
        elif not self._can_read:
            self._give_up_all("there is no language model any more")
        self._go_on()

    def hold(self) -> None:
        """An interview begins."""
        self._is_held = True
        if self._asked:
            self._asked = False
            self._language.send(DropReading())

    def release(self) -> None:
        """It is over."""
        self._is_held = False
        self._go_on()

    def left(self, session_id: str | None, *, is_kept: bool) -> None:
        """The candidate has gone, and every worker has forgotten what it was told. What is kept is read on."""
        self._asked = False
        if not is_kept:
            self._jobs = [job for job in self._jobs if job.record.id != session_id]
        self.release()

    def take(self, event: WorkerEvent | Tick) -> bool:
        """Whether the event was meant for this one alone."""
        match event:
            case AnswerRead():
                self._answer_read(event)
            case AnswerRetold():
                self._answer_retold(event)
            case RequestFailed(worker="language", request="read_answer" | "retell_answer"):
                self._request_failed(event)
            case WorkerReady(worker="language"):
                self._can_read = has_model(event.engines)
                self._asked = False
                self._go_on()
                return False
            case WorkerDied(worker="language"):
                self._died(is_lost=event.is_lost)
                return False
            case _:
                return False
        return True

    # --- one after the other ---

    def _go_on(self) -> None:
        """Ask for the next thing, unless something is being done or has to wait."""
        if not self._jobs or self._asked or self._is_held or not self._can_read:
            return
        job = self._jobs[-1]
        turn = job.next_turn()
        if turn is not None:
            self._asked = True
            self._language.send(ReadAnswer(session=job.record.id, turn=turn, answer=job.answers[turn]))
            return
        found = None if job.is_retold else rereading.to_retell(job.record, job.read)
        if found is None:
            self._end(job, rereading.finished(job.record, job.read, job.words, self._wall_time()))
            return
        turn, question, sentences = found
        self._asked = True
        self._language.send(RetellAnswer(session=job.record.id, turn=turn, question=question, sentences=sentences))

    def _current(self, session_id: str) -> _Job | None:
        """What is being done, if it is for this session; an answer that comes too late is for nobody."""
        if not self._asked or not self._jobs or self._jobs[-1].record.id != session_id:
            return None
        return self._jobs[-1]

    def _answer_read(self, event: AnswerRead) -> None:
        job = self._current(event.session)
        if job is None or event.turn != job.next_turn():
            return
        self._asked = False
        if not rereading.is_of(event.score, job.record, event.turn):
            self._give_up(job, "another answer was scored than was asked for")
            return
        job.read[event.turn] = Read(event.score, event.is_believed, event.by)
        self._go_on()

    def _answer_retold(self, event: AnswerRetold) -> None:
        job = self._current(event.session)
        if job is None or job.next_turn() is not None:
            return
        self._asked, job.is_retold = False, True
        job.words = rereading.retold(job.record, event.turn, event.text)
        self._go_on()

    def _request_failed(self, event: RequestFailed) -> None:
        job = self._current(event.key)
        if job is None:
            return
        log.warning("the language model could not read an interview: %s", event.message)
        self._asked = False
        if job.next_turn() is None:
            job.is_retold = True
            self._go_on()
        else:
            self._give_up(job, event.message)

    def _died(self, *, is_lost: bool) -> None:
        was_asked, self._asked, self._can_read = self._asked, False, False
        if is_lost:
            self._give_up_all("the language model is gone")
        elif was_asked and self._jobs:
            self._give_up(self._jobs[-1], "the language model's process ended")

    def _bound(self) -> None:
        while len(self._jobs) > MAX_SESSIONS:
            self._give_up(self._jobs[0], "too many interviews waited to be read")

    def _give_up_all(self, why: str) -> None:
        for job in tuple(self._jobs):
            self._give_up(job, why)

    def _give_up(self, job: _Job, why: str) -> None:
        self._end(job, rereading.failed(job.record, why, self._wall_time()))

    def _end(self, job: _Job, record: SessionRecord) -> None:
        """Store what came of it, once, and tell it. A session that is erased meanwhile, or was read before, is let go.
        """
        self._jobs.remove(job)

        def store() -> tuple[bool, GreenroomError | None]:
            try:
                return self._store.save_reading(record), None
            except GreenroomError as error:
                return True, error

        def tell(stored: tuple[bool, GreenroomError | None]) -> None:
            is_news, error = stored
            if error is not None:
                self._failed(error)
            if is_news:
                self._read(record)

        self._background.run(store, tell, self._failed)
        self._go_on()
