"""What the interviewer writes about the answers, as data: remarks that quote, and a short letter."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from greenroom.reports.scored import Evidence
from greenroom.scores import Criterion

RemarkKind = Literal["strength", "no_strength", "next_step", "nothing_lacks", "refused"]


class Remark(Struct, frozen=True, kw_only=True):
    """One thing said of one answer. ``text`` holds the quote, where there is one, between “ and ”."""

    kind: RemarkKind
    text: str
    criterion: Criterion | None = None
    """What it is about; null where nothing is scored, or nothing stands out."""
    quote: Evidence | None = None
    """Cut at a clause: a piece of the answer's text, with its place."""

    @property
    def before(self) -> str:
        """The text up to the quote; all of it where there is none."""
        return self._parted()[0]

    @property
    def after(self) -> str:
        return self._parted()[1]

    def _parted(self) -> tuple[str, str]:
        if self.quote is None:
            return self.text, ""
        head, _, tail = self.text.partition(f"“{self.quote.text}")
        return f"{head}“", tail


class LetterLine(Struct, frozen=True, kw_only=True):
    """A sentence on the whole session."""

    text: str
    answers: tuple[int, ...] = ()
    """Numbers of the answers that it rests on."""
