"""Job descriptions and CVs on their way to a plan: read by the job worker, held for the interview to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from greenroom.documents.shelf import Shelf
from greenroom.errors import DocumentError, NotFound
from greenroom.interview.state import Phase
from greenroom.records import DocumentKind, QuestionPack
from greenroom.reports import document
from greenroom.workers.ears import busy
from greenroom.workers.jobs import JobWorkers

PREPARING: frozenset[Phase] = frozenset({"attract", "consent", "set_up"})
"""Phases in which documents are read: the plan is not made yet, and nobody leaves whose documents are dropped."""


class Preparation:
    """Takes documents while a plan may still be made. ``phase`` tells where the interview is."""

    def __init__(self, shelf: Shelf, jobs: JobWorkers, packs: Mapping[str, QuestionPack], role: str,
                 phase: Callable[[], Phase]) -> None:
        self.shelf = shelf
        self._jobs = jobs
        self._packs = packs
        self._role = role
        self._phase = phase

    async def take(self, path: Path, name: str, kind: DocumentKind, role: str = "") -> document.DocumentReport:
        """Hold what a file says; ``role`` is that of the questions which are shown for it, empty for the booth's first.

        Raises ``CommandRefused`` once the plan is made, ``NotFound`` for a role without a pack, and like
        ``JobWorkers.read``.
        """
        self._check()
        wanted = role or self._role
        if wanted not in self._packs:
            raise NotFound(f"there is no question pack for `{wanted}`", fix=f"known: {', '.join(self._packs)}")
        text = await self._jobs.read(path, name, kind)
        self._check()
        return document.build(self.shelf.put(text), text, wanted, self._packs)

    async def load(self, files: Mapping[DocumentKind, Path]) -> tuple[str, ...]:
        """The same for files on this machine; their ids. Raises ``DocumentError`` for one that is not there."""
        held = []
        for kind, path in files.items():
            if not path.is_file():
                raise DocumentError(f"{path} is no file that can be read", fix="check the path")
            held.append((await self.take(path, path.name, kind)).document)
        return tuple(held)

    def _check(self) -> None:
        if self._phase() not in PREPARING:
            raise busy("reads documents before it begins")
