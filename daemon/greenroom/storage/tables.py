"""What is kept, as tables.

Answers and journal are msgpack of ``records`` and ``events``; the columns beside them are for queries.
"""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Metadata of all tables."""


class SessionRow(Base):
    """One sitting. ``state`` is open, closed or unreadable."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    booth: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[str] = mapped_column(String(40), index=True)
    touched_at: Mapped[str] = mapped_column(String(40))
    """UTC, ISO 8601: when its journal or a turn was last written."""
    owner_key: Mapped[str | None] = mapped_column(String(128), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    record: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The session's record without its turns, once it is closed."""


def _session_id() -> Mapped[str]:
    return mapped_column(String(64), ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)


class ConsentRow(Base):
    """What a candidate allowed, one purpose a row."""

    __tablename__ = "consents"

    session_id: Mapped[str] = _session_id()
    purpose: Mapped[str] = mapped_column(String(32), primary_key=True)
    is_given: Mapped[bool]


class TurnRow(Base):
    """One answer, committed when its turn ends."""

    __tablename__ = "turns"

    session_id: Mapped[str] = _session_id()
    turn: Mapped[int] = mapped_column(Integer, primary_key=True)
    question_id: Mapped[str] = mapped_column(String(120), index=True)
    ended_by: Mapped[str] = mapped_column(String(16))
    recogniser_certainty: Mapped[float | None] = mapped_column(Float)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class StageRow(Base):
    """One stage of a turn gap, in seconds after the candidate's last voiced sample."""

    __tablename__ = "stages"
    __table_args__ = (Index("ix_stages_name", "name"),)

    session_id: Mapped[str] = _session_id()
    turn: Mapped[int] = mapped_column(Integer, primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    at_s: Mapped[float] = mapped_column(Float)


class JournalRow(Base):
    """One thing that the machine was fed, in order."""

    __tablename__ = "journal"

    session_id: Mapped[str] = _session_id()
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry: Mapped[bytes] = mapped_column(LargeBinary)


class CheckInRow(Base):
    """A visit that was announced beforehand; links a candidate's pass to a session."""

    __tablename__ = "check_ins"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str | None] = mapped_column(
        String(64), ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    owner_key: Mapped[str | None] = mapped_column(String(128), index=True)
    checked_in_at: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class ReportRow(Base):
    """A report as it was handed over."""

    __tablename__ = "reports"

    session_id: Mapped[str] = _session_id()
    media_type: Mapped[str] = mapped_column(String(64), primary_key=True)
    code_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of the code that opens the report; who reads the database cannot open it with that."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
