"""The list of sessions, line by line."""

from __future__ import annotations

from msgspec import Struct


class SessionSummary(Struct, frozen=True, kw_only=True):
    """One session of the list; ``state`` is open, closed or unreadable."""

    id: str
    booth: str
    started_at: str
    state: str
    turns: int
