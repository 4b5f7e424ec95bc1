"""The documents that candidates handed in for the interview to come: a few, in memory, for a short while."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from greenroom.errors import NotFound
from greenroom.records import DocumentKind, DocumentText

MAX_HELD = 8
"""One more pushes out the oldest."""
HELD_S = 900.0
ID_BYTES = 12
_FIX = "send it again: documents are kept for 15 minutes, and until the candidate leaves"


class _Held(NamedTuple):
    document: DocumentText
    until_s: float


class Shelf:
    """``now`` gives seconds that only move forward."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def put(self, document: DocumentText) -> str:
        """Its id, which nobody can guess."""
        self.tidy()
        while len(self._held) >= MAX_HELD:
            self._held.popitem(last=False)
        name = secrets.token_urlsafe(ID_BYTES)
        self._held[name] = _Held(document, self._now() + HELD_S)
        return name

    def find(self, ids: tuple[str, ...]) -> tuple[DocumentText, ...]:
        """In this order. Raises ``NotFound``."""
        self.tidy()
        missing = next((name for name in ids if name not in self._held), None)
        if missing is not None:
            raise NotFound("the document is not here any more", fix=_FIX)
        return tuple(self._held[name].document for name in ids)

    def others(self, ids: tuple[str, ...]) -> tuple[DocumentKind, ...]:
        """Kinds of which it only holds documents without these ids."""
        self.tidy()
        found = {held.document.kind for name, held in self._held.items() if name in ids}
        left = dict.fromkeys(held.document.kind for held in self._held.values())
        return tuple(kind for kind in left if kind not in found)

    def drop(self, name: str) -> None:
        """Raises ``NotFound``."""
        if self._held.pop(name, None) is None:
            raise NotFound("the document is not here any more", fix=_FIX)

    def tidy(self) -> None:
        """Drop what is too old."""
        now_s = self._now()
        for name in [name for name, held in self._held.items() if held.until_s <= now_s]:
            del self._held[name]

    def clear(self) -> None:
        """The candidate has left."""
        self._held.clear()
