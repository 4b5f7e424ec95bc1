"""Sessions that nobody keeps: the same store without a disk."""

from __future__ import annotations

import msgspec

from greenroom.errors import NotFound, StorageError
from greenroom.events import JournalEntry
from greenroom.ports import LeftSession
from greenroom.records import SessionRecord, TurnRecord
from greenroom.storage.summary import SessionSummary


class _Kept(msgspec.Struct):
    started_at: str
    head: bytes
    journal: list[JournalEntry] = msgspec.field(default_factory=list)
    turns: dict[int, TurnRecord] = msgspec.field(default_factory=dict)
    record: SessionRecord | None = None


class MemorySessionStore:
    """``ports.SessionStore`` in memory, for interviews without a state folder and for tests."""

    def __init__(self, booth: str = "") -> None:
        self._booth = booth
        self._sessions: dict[str, _Kept] = {}
        self._reports: dict[tuple[str, str], bytes] = {}
        self._codes: dict[str, str] = {}

    def open_session(self, session_id: str, started_at: str, head: bytes) -> None:
        if session_id in self._sessions:
            raise StorageError(f"session {session_id} exists")
        self._sessions[session_id] = _Kept(started_at, head)

    def append_journal(self, session_id: str, entries: list[JournalEntry]) -> None:
        self._known(session_id, StorageError).journal.extend(entries)

    def save_turn(self, session_id: str, turn: TurnRecord) -> None:
        self._known(session_id, StorageError).turns[turn.turn] = turn

    def close_session(self, record: SessionRecord) -> None:
        kept = self._known(record.id, NotFound)
        kept.record = record
        kept.journal.clear()

    def save_reading(self, record: SessionRecord) -> bool:
        kept = self._sessions.get(record.id)
        if kept is None or kept.record is None or kept.record.reading.state != "pending":
            return False
        kept.record = record
        return True

    def unread(self, most: int) -> list[SessionRecord]:
        newest = sorted(self._sessions.values(), key=lambda kept: kept.started_at, reverse=True)
        closed = [kept.record for kept in newest if kept.record is not None]
        return [record for record in closed if record.reading.state == "pending"][:most]

    def unfinished(self) -> tuple[str, bytes, list[JournalEntry]] | None:
        still_open = [(kept.started_at, key, kept) for key, kept in self._sessions.items() if kept.record is None]
        if not still_open:
            return None
        _, session_id, kept = max(still_open, key=lambda each: each[:2])
        return session_id, kept.head, list(kept.journal)

    def left_behind(self) -> list[LeftSession]:
        """Newest first. Nothing here outlives its process, so nothing is old."""
        newest = sorted(self._sessions.items(), key=lambda item: item[1].started_at, reverse=True)
        return [
            LeftSession(id=session_id, booth=self._booth, is_open=False, idle_s=0.0)
            if kept.record is not None
            else LeftSession(
                id=session_id,
                booth=self._booth,
                is_open=True,
                idle_s=0.0,
                head=kept.head,
                journal=tuple(kept.journal),
                turns=self.turns(session_id),
            )
            for session_id, kept in newest
            if kept.record is None or not kept.record.consent.keep
        ]

    def turns(self, session_id: str) -> tuple[TurnRecord, ...]:
        turns = self._known(session_id, NotFound).turns
        return tuple(turns[n] for n in sorted(turns))

    def load(self, session_id: str) -> SessionRecord:
        record = self._known(session_id, NotFound).record
        if record is None:
            raise NotFound(f"session {session_id} was never finished")
        return record

    def save_report(self, session_id: str, media_type: str, body: bytes) -> None:
        self._known(session_id, StorageError)
        self._reports[session_id, media_type] = body

    def load_report(self, session_id: str, media_type: str) -> bytes:
        if (session_id, media_type) not in self._reports:
            raise NotFound(f"no report of session {session_id}")
        return self._reports[session_id, media_type]

    def save_report_code(self, session_id: str, code_sha256: str) -> None:
        if any(key[0] == session_id for key in self._reports):
            self._codes[session_id] = code_sha256

    def session_of_code(self, code_sha256: str) -> str:
        for session_id, known in self._codes.items():
            if known == code_sha256:
                return session_id
        raise NotFound("no report has this code")

    def list_sessions(self) -> list[SessionSummary]:
        """Newest first."""
        newest = sorted(self._sessions.items(), key=lambda item: item[1].started_at, reverse=True)
        return [
            SessionSummary(
                id=session_id,
                booth=self._booth,
                started_at=kept.started_at,
                state="open" if kept.record is None else "closed",
                turns=len(kept.turns if kept.record is None else kept.record.turns),
            )
            for session_id, kept in newest
        ]

    def close(self) -> None:
        """Everything goes."""
        self._sessions.clear()
        self._reports.clear()
        self._codes.clear()

    def delete(self, session_id: str) -> bool:
        self._reports = {key: body for key, body in self._reports.items() if key[0] != session_id}
        self._codes.pop(session_id, None)
        return self._sessions.pop(session_id, None) is not None

    def _known(self, session_id: str, error: type[NotFound | StorageError]) -> _Kept:
        kept = self._sessions.get(session_id)
        if kept is None:
            raise error(f"no session {session_id}")
        return kept
