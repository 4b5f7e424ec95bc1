"""Which notices were on the screens during a session, and when: part of its record. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from greenroom.interview import personas
from greenroom.interview.state import InterviewState, NoticeState
from greenroom.records import Span

MAX_NOTICES = 200
"""A session with more has other troubles; the first ones tell what began them."""


class NoticeLog:
    """Follows the state from step to step."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._shown: NoticeState | None = None

    def moved(self, state: InterviewState) -> None:
        notice = state.notice
        if self._shown is not None and (notice is None or notice.since_t != self._shown.since_t):
            self.spans[-1] = replace(self.spans[-1], end_t=state.now_t)
        if notice is not None and (self._shown is None or notice.since_t != self._shown.since_t):
            self.happened(notice.since_t, notice.code)
        self._shown = notice if self.spans else None

    def happened(self, t: float, code: str) -> None:
        """A notice that the machine knows nothing of."""
        texts: Mapping[str, str] = personas.NOTICES  # type: ignore[assignment]  # the codes are a literal type
        if len(self.spans) < MAX_NOTICES:
            self.spans.append(Span(start_t=t, end_t=t, label=texts.get(code, code)))
