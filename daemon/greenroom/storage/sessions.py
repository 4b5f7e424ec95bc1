"""Sessions in SQLite: every answer is on the disk when its turn ends."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from greenroom.errors import NotFound, StorageError
from greenroom.events import JournalEntry
from greenroom.ports import LeftSession
from greenroom.records import Consent, SessionRecord, TurnRecord
from greenroom.storage.database import checkpoint, named_failures, open_database
from greenroom.storage.summary import SessionSummary
from greenroom.storage.tables import ConsentRow, JournalRow, ReportRow, SessionRow, StageRow, TurnRow

log = logging.getLogger(__name__)

_encode = msgspec.msgpack.Encoder().encode
_entry = msgspec.msgpack.Decoder(JournalEntry)
_record = msgspec.msgpack.Decoder(SessionRecord)
_turn = msgspec.msgpack.Decoder(TurnRecord)

PATIENCE_S = 1.0
"""An erasure waits so long for other programs that read the database."""


LOOKED_AT = 100
"""Sessions, when those are looked for whose reading is still awaited."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqlSessionStore:
    """``ports.SessionStore`` on one SQLite file. To be used by one thread at a time.

    Every method raises ``StorageError``, or ``DiskFull``, and has then changed nothing.
    """

    def __init__(self, path: Path, booth: str = "", now: Callable[[], datetime] = _utc_now) -> None:
        self._path = path
        self._booth = booth
        self._now = now
        self._engine, self.set_aside = open_database(path)
        """``set_aside`` is where a corrupt database went when this one was begun, else None."""
        self._journalled: dict[str, int] = {}
        self._owes_checkpoint = True
        """Erased bytes may still lie in the write-ahead log, those of a process before this one included."""
        self._has_complained = False
        self._empty_log()

    def close(self) -> None:
        self._empty_log()
        with named_failures(self._path):
            self._engine.dispose()

    def open_session(self, session_id: str, started_at: str, head: bytes) -> None:
        with self._transaction() as db:
            db.add(
                SessionRow(
                    id=session_id,
                    booth=self._booth,
                    started_at=started_at,
                    touched_at=self._now().isoformat(),
                    state="open",
                    head=head,
                )
            )
        self._journalled[session_id] = 0

    def append_journal(self, session_id: str, entries: list[JournalEntry]) -> None:
        if not entries:
            return
        with self._transaction() as db:
            first = self._journalled.get(session_id)
            if first is None:
                last = db.scalar(select(func.max(JournalRow.n)).where(JournalRow.session_id == session_id))
                first = 0 if last is None else last + 1
            db.add_all(
                JournalRow(session_id=session_id, n=first + n, entry=_encode(entry)) for n, entry in enumerate(entries)
            )
            self._touch(db, session_id)
        self._journalled[session_id] = first + len(entries)

    def save_turn(self, session_id: str, turn: TurnRecord) -> None:
        """A turn saved again replaces the one before."""
        with self._transaction() as db:
            _put_turn(db, session_id, turn)
            self._touch(db, session_id)

    def close_session(self, record: SessionRecord) -> None:
        """Raises ``NotFound`` when the session was never opened.

        The journal, which holds the shape of the candidate's face, has served its purpose and goes.
        """
        with self._transaction() as db:
            row = _row(db, record.id)
            db.execute(delete(JournalRow).where(JournalRow.session_id == record.id))
            for turn in record.turns:
                _put_turn(db, record.id, turn)
            kept = {turn.turn for turn in record.turns}
            db.execute(delete(TurnRow).where(TurnRow.session_id == record.id, TurnRow.turn.not_in(kept)))
            for purpose in Consent.__struct_fields__:
                db.merge(ConsentRow(session_id=record.id, purpose=purpose, is_given=getattr(record.consent, purpose)))
            row.record = _encode(msgspec.structs.replace(record, turns=()))
            row.state = "closed"
        self._journalled.pop(record.id, None)

    def save_reading(self, record: SessionRecord) -> bool:
        """As the port has it."""
        with self._transaction() as db:
            row = db.get(SessionRow, record.id)
            if row is None or row.record is None or _record.decode(row.record).reading.state != "pending":
                return False
            for turn in record.turns:
                _put_turn(db, record.id, turn)
            row.record = _encode(msgspec.structs.replace(record, turns=()))
            return True

    def unread(self, most: int) -> list[SessionRecord]:
        """As the port has it; only the newest ``LOOKED_AT`` are looked at."""
        with self._transaction() as db:
            rows = db.execute(select(SessionRow.id, SessionRow.record).where(SessionRow.state == "closed").order_by(
                SessionRow.started_at.desc()).limit(LOOKED_AT))
            waiting = [row.id for row in rows if row.record is not None and _awaits_reading(row.record)]
        return [self.load(session_id) for session_id in waiting[:most]]

    def unfinished(self) -> tuple[str, bytes, list[JournalEntry]] | None:
        """A journal that this version cannot read marks its session unreadable; the next older one is tried."""
        while True:
            with self._transaction() as db:
                newest = select(SessionRow).where(SessionRow.state == "open").order_by(SessionRow.started_at.desc())
                row = db.scalars(newest.limit(1)).first()
                if row is None:
                    return None
                blobs = select(JournalRow.entry).where(JournalRow.session_id == row.id).order_by(JournalRow.n)
                try:
                    return row.id, row.head, [_entry.decode(blob) for blob in db.scalars(blobs)]
                except msgspec.DecodeError:
                    log.warning("the journal of session %s cannot be read; it will not be resumed", row.id)
                    row.state = "unreadable"

    def left_behind(self) -> list[LeftSession]:
        """Newest first. A session of which something cannot be read counts as not open."""
        now = self._now()
        is_kept = (
            select(ConsentRow.is_given)
            .where(ConsentRow.session_id == SessionRow.id, ConsentRow.purpose == "keep")
            .scalar_subquery()
        )
        with self._transaction() as db:
            rows = db.scalars(
                select(SessionRow)
                .where(or_(SessionRow.state != "closed", func.coalesce(is_kept, False).is_(False)))
                .order_by(SessionRow.started_at.desc())
            )
            return [_left(db, row, (now - datetime.fromisoformat(row.touched_at)).total_seconds()) for row in rows]

    def turns(self, session_id: str) -> tuple[TurnRecord, ...]:
        """The turns saved so far, also of a session that is still open."""
        with self._transaction() as db:
            bodies = select(TurnRow.body).where(TurnRow.session_id == session_id).order_by(TurnRow.turn)
            return tuple(_turn.decode(body) for body in db.scalars(bodies))

    def load(self, session_id: str) -> SessionRecord:
        """Raises ``NotFound`` for a session that is unknown or was never closed."""
        with self._transaction() as db:
            row = _row(db, session_id)
            if row.record is None:
                raise NotFound(f"session {session_id} was never finished", fix="resume it, or delete it")
            bodies = select(TurnRow.body).where(TurnRow.session_id == session_id).order_by(TurnRow.turn)
            turns = tuple(_turn.decode(body) for body in db.scalars(bodies))
            return msgspec.structs.replace(_record.decode(row.record), turns=turns)

    def list_sessions(self) -> list[SessionSummary]:
        """Newest first."""
        with self._transaction() as db:
            turns = select(func.count()).where(TurnRow.session_id == SessionRow.id).scalar_subquery()
            rows = db.execute(select(SessionRow, turns).order_by(SessionRow.started_at.desc(), SessionRow.id))
            return [
                SessionSummary(id=row.id, booth=row.booth, started_at=row.started_at, state=row.state, turns=count)
                for row, count in rows
            ]

    def save_report(self, session_id: str, media_type: str, body: bytes) -> None:
        with self._transaction() as db:
            db.merge(ReportRow(session_id=session_id, media_type=media_type, body=body))

    def replace_report(self, session_id: str, media_type: str, body: bytes) -> None:
        """Nothing is done where no report of this media type was kept."""
        with self._transaction() as db:
            db.execute(update(ReportRow).where(
                ReportRow.session_id == session_id, ReportRow.media_type == media_type).values(body=body))

    def load_report(self, session_id: str, media_type: str) -> bytes:
        """Raises ``NotFound`` when there is none of this media type."""
        with self._transaction() as db:
            row = db.get(ReportRow, (session_id, media_type))
            if row is None:
                raise NotFound(f"no report of session {session_id}")
            return row.body

    def save_report_code(self, session_id: str, code_sha256: str) -> None:
        """From now on this code, and no other, opens the reports of a session that are kept."""
        with self._transaction() as db:
            db.execute(update(ReportRow).where(ReportRow.session_id == session_id).values(code_sha256=code_sha256))

    def session_of_code(self, code_sha256: str) -> str:
        """The session whose reports a code opens. Raises ``NotFound``."""
        with self._transaction() as db:
            found = db.scalar(select(ReportRow.session_id).where(ReportRow.code_sha256 == code_sha256).limit(1))
        if found is None:
            raise NotFound("no report has this code", fix="check the code on the booth's screen")
        return found

    def delete(self, session_id: str) -> bool:
        """Erase a session from every table, and its bytes from the database file; False when unknown.

        Its bytes leave the log of the database at once, or, while another program reads from that, as soon as a later
        call, ``close`` or the next start finds it free.
        """
        with self._transaction() as db:
            row = db.get(SessionRow, session_id)
            if row is not None:
                db.execute(delete(SessionRow).where(SessionRow.id == session_id))
        self._journalled.pop(session_id, None)
        patience_s = 0.0 if self._owes_checkpoint else PATIENCE_S
        self._owes_checkpoint = True
        self._empty_log(patience_s)
        return row is not None

    def _empty_log(self, patience_s: float = 0.0) -> None:
        """Pay the checkpoint that is owed, if one is and it can be."""
        if not self._owes_checkpoint:
            return
        # Cleared beforehand: an erasure by another thread meanwhile owes one of its own.
        self._owes_checkpoint, is_empty, why = False, False, "another program reads the database"
        try:
            with named_failures(self._path):
                is_empty = checkpoint(self._engine, patience_s=patience_s)
        except StorageError as error:
            why = error.message
        if is_empty:
            self._has_complained = False
            return
        self._owes_checkpoint = True
        if not self._has_complained:
            self._has_complained = True
            log.warning("erased bytes stay in the log of %s for now: %s", self._path.name, why)

    def _touch(self, db: Session, session_id: str) -> None:
        db.execute(update(SessionRow).where(SessionRow.id == session_id).values(touched_at=self._now().isoformat()))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Session]:
        self._empty_log()
        with named_failures(self._path), Session(self._engine, expire_on_commit=False) as db, db.begin():
            yield db


def _row(db: Session, session_id: str) -> SessionRow:
    row = db.get(SessionRow, session_id)
    if row is None:
        raise NotFound(f"no session {session_id}")
    return row


def _awaits_reading(record: bytes) -> bool:
    try:
        return _record.decode(record).reading.state == "pending"
    except msgspec.DecodeError:
        return False


def _left(db: Session, row: SessionRow, idle_s: float) -> LeftSession:
    left = LeftSession(id=row.id, booth=row.booth, is_open=False, idle_s=idle_s)
    if row.state != "open":
        return left
    blobs = select(JournalRow.entry).where(JournalRow.session_id == row.id).order_by(JournalRow.n)
    bodies = select(TurnRow.body).where(TurnRow.session_id == row.id).order_by(TurnRow.turn)
    try:
        journal = tuple(_entry.decode(blob) for blob in db.scalars(blobs))
        turns = tuple(_turn.decode(body) for body in db.scalars(bodies))
    except msgspec.DecodeError:
        log.warning("session %s was left open and cannot be read", row.id)
        return left
    return left._replace(is_open=True, head=row.head, journal=journal, turns=turns)


def _put_turn(db: Session, session_id: str, turn: TurnRecord) -> None:
    db.merge(
        TurnRow(
            session_id=session_id,
            turn=turn.turn,
            question_id=turn.question_id,
            ended_by=turn.ended_by,
            recogniser_certainty=turn.recogniser_certainty,
            body=_encode(turn),
        )
    )
    db.execute(delete(StageRow).where(StageRow.session_id == session_id, StageRow.turn == turn.turn))
    db.add_all(
        StageRow(session_id=session_id, turn=turn.turn, n=n, name=stage.name, at_s=stage.at_s)
        for n, stage in enumerate(turn.stages)
    )
