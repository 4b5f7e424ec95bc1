"""What is kept of a session while it runs: journal, turns, notices; and the record at its end.

Everything is asked of the store in the background, in order: the interview never waits for a disk.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from msgspec.structs import replace

from greenroom.errors import GreenroomError, StorageError
from greenroom.events import BoothFound, JournalEntry
from greenroom.interview import grading, rereading
from greenroom.interview.evidence import Evidence, measured, repitched
from greenroom.interview.notices import NoticeLog
from greenroom.interview.state import InterviewState
from greenroom.ports import Background, Clock, SessionStore
from greenroom.records import AnswerToScore, DeviceInfo, ModelReading, Plan, SessionRecord, TurnRecord
from greenroom.scores import AnswerScore

log = logging.getLogger(__name__)

MAX_ENTRIES = 500
"""More of the journal never wait for the end of a turn: about two minutes of somebody who speaks."""


class Keeper:
    """``session_id`` is None while there is no session; then nothing is kept.

    ``reported`` gets the record of a session that was closed, ``failed`` a failure to keep it, once for each code.
    """

    def __init__(self, store: SessionStore, background: Background, clock: Clock, evidence: Evidence, *, booth: str,
                 wall_time: Callable[[], str], reported: Callable[[SessionRecord], None],
                 failed: Callable[[GreenroomError], None]) -> None:
        self.session_id: str | None = None
        self._store = store
        self._background = background
        self._clock = clock
        self._evidence = evidence
        self._booth = booth
        self._wall_time = wall_time
        self._reported = reported
        self._failed = failed
        self._started_at = ""
        self._started_t = 0.0
        self._journal: list[JournalEntry] = []
        self._turns: dict[int, TurnRecord] = {}
        self._notices = NoticeLog()
        self._unkept = ""
        """Code of the last failure to keep the session."""

    def open(self, found: BoothFound, event: JournalEntry) -> str:
        """Begin a session with the event that opened it, and how the booth was then; its id."""
        self.session_id = session_id = uuid.uuid4().hex[:12]
        self._started_at, self._started_t = self._wall_time(), event.t
        self._journal, self._turns = [found, event], {}
        self._notices, self._unkept = NoticeLog(), ""
        self._evidence.forget()
        head = f"{self._started_at} {self._started_t!r}".encode()
        self._later(lambda: self._store.open_session(session_id, self._started_at, head))
        return session_id

    def take_up(self, session_id: str, head: bytes) -> None:
        """Go on with a session that a dead core left. Its notices come with the journal, which is told by ``moved``."""
        started_at, _, started_t = head.decode().partition(" ")
        self.session_id, self._started_at, self._started_t = session_id, started_at, float(started_t)
        self._notices = NoticeLog()
        self._turns = {turn.turn: turn for turn in self._store.turns(session_id)}

    def moved(self, state: InterviewState) -> None:
        """The machine made a step."""
        self._notices.moved(state)

    def note(self, event: JournalEntry) -> None:
        """An event that changed something; it is written with ``commit``, or once there are many."""
        if self.session_id is not None:
            self._journal.append(event)
            if len(self._journal) >= MAX_ENTRIES:
                self.commit()

    def commit(self) -> None:
        """Write the journal so far."""
        if self.session_id is None or not self._journal:
            return
        session_id, entries = self.session_id, self._journal
        self._journal = []
        self._later(lambda: self._store.append_journal(session_id, entries))

    def save(self, turn: TurnRecord) -> None:
        """Words and journal are kept at once; measures, taken once for the same words, follow, and the last stage a
        moment later."""
        session_id, known = self.session_id, self._turns
        if session_id is None:
            return

        def keep(full: TurnRecord) -> None:
            full = replace(full, score=known[turn.turn].score if turn.turn in known else None)
            known[turn.turn] = full
            self._store.save_turn(session_id, full)

        before = known.get(turn.turn)
        if before is not None and (before.committed_t, before.words) == (turn.committed_t, turn.words):
            late = self._evidence.answer(turn, with_sound=False)
            self._later(lambda: keep(repitched(replace(known[turn.turn], stages=turn.stages), late)))
            return
        answer = self._evidence.answer(turn)
        known[turn.turn] = turn
        self._later(lambda: keep(turn))
        self.commit()
        self._later(lambda: keep(measured(turn, answer)))

    def to_grade(self, plan: Plan, turn: int) -> tuple[int, AnswerToScore] | None:
        """The answer to which a turn belongs, and the turn of its question; None when nothing was said."""
        answers = grading.answers(self._turns, plan)
        mine = max((n for n in answers if n <= turn), default=None)
        return None if mine is None else (mine, answers[mine])

    def graded(self, plan: Plan, turn: int, score: AnswerScore) -> None:
        """Keep a score, unless more was said since it was asked for."""
        session_id, known = self.session_id, self._turns
        answer = grading.answers(known, plan).get(turn)
        if session_id is None or answer is None or not grading.is_of(score, answer):
            return

        def keep() -> None:
            known[turn] = replace(known[turn], score=score)
            self._store.save_turn(session_id, known[turn])

        self._later(keep)

    def close(self, state: InterviewState, devices: tuple[DeviceInfo, ...], *, is_complete: bool,
              is_to_be_read: bool = False) -> None:
        """Write the last of the session and tell its record: the candidate gets the report, kept or not.
        ``is_to_be_read``: by a language model, later."""
        session_id, ended_t = self.session_id, self._clock.now()
        if session_id is None or state.plan is None:
            return
        plan, known, notices = replace(state.plan, reserve=()), self._turns, tuple(self._notices.spans)
        self.commit()

        def close() -> tuple[SessionRecord, GreenroomError | None]:
            turns = grading.graded(known, plan)
            record = SessionRecord(
                id=session_id, booth=self._booth, started_at=self._started_at, started_t=self._started_t,
                ended_t=ended_t, set_up=state.set_up, consent=state.consent, plan=plan, engines=state.engines,
                devices=devices, lines=state.lines, turns=tuple(turns[n] for n in sorted(turns)),
                notices=notices, is_complete=is_complete, room=state.room,
            )
            record = rereading.awaited(record) if is_to_be_read else record
            try:
                self._store.close_session(record)
                return self._store.load(session_id), None
            except GreenroomError as error:
                return replace(record, reading=ModelReading()), error  # what is not stored is not read either

        def show(closed: tuple[SessionRecord, GreenroomError | None]) -> None:
            record, error = closed
            if error is not None:
                self._tell(error)
            self._reported(record)

        self._background.run(close, show, self._tell)

    def drop(self, *, may_keep: bool) -> None:
        """The session is over; without ``may_keep`` nothing of it stays."""
        session_id, self.session_id = self.session_id, None

        def erase() -> None:
            if session_id is not None:
                self._store.delete(session_id)

        if not may_keep:
            self._later(erase)
        self._journal, self._turns = [], {}
        self._evidence.forget()

    def _later(self, work: Callable[[], None]) -> None:
        self._background.run(work, lambda _: None, self._tell)

    def _tell(self, error: GreenroomError) -> None:
        """The interview goes on; the screen says that it is not being kept. Said once, not for every line."""
        if not isinstance(error, StorageError):
            log.error("%s", error)
        elif error.code != self._unkept:
            self._unkept = error.code
            log.error("%s", error)
            self._notices.happened(self._clock.now(), error.code)
            self._failed(error)
