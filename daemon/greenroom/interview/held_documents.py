"""What a session asks of those who hold job descriptions and CVs for it."""

from __future__ import annotations

from typing import Protocol

from greenroom.errors import NotFound
from greenroom.records import DocumentKind, DocumentText


class HeldDocuments(Protocol):
    def find(self, ids: tuple[str, ...]) -> tuple[DocumentText, ...]:
        """What they say, in this order. Raises ``NotFound``."""
        ...

    def others(self, ids: tuple[str, ...]) -> tuple[DocumentKind, ...]:
        """Kinds of which there are only documents without these ids."""
        ...


class NoDocuments:
    """A booth that holds none."""

    def find(self, ids: tuple[str, ...]) -> tuple[DocumentText, ...]:
        if ids:
            raise NotFound("the document is not here any more", fix="send it again")
        return ()

    def others(self, ids: tuple[str, ...]) -> tuple[DocumentKind, ...]:  # noqa: ARG002 - the port's
        return ()
