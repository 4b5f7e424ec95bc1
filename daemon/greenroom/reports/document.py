"""What a job description or CV offers an interview, as it is published."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from greenroom.interview import tailoring
from greenroom.records import DocumentKind, DocumentText, QuestionPack


class DocumentLine(Struct, frozen=True, kw_only=True):
    """A line of its text."""

    number: int
    page: int
    """From 1; 0 where there are no pages."""
    text: str


class DocumentQuestion(Struct, frozen=True, kw_only=True):
    """A question that may be asked about it."""

    id: str
    line: int
    text: str


class DocumentCompetency(Struct, frozen=True, kw_only=True):
    """What the role's questions are about, and the lines that speak of it."""

    id: str
    title: str
    lines: tuple[int, ...]


class DocumentReport(Struct, frozen=True, kw_only=True):
    """A document that the booth holds."""

    document: str
    """Its id, for ``choose_set_up``."""
    kind: DocumentKind
    name: str
    role: str
    """For which the questions are."""
    lines: tuple[DocumentLine, ...]
    terms: tuple[str, ...]
    """Words of jobs that it uses."""
    competencies: tuple[DocumentCompetency, ...]
    questions: tuple[DocumentQuestion, ...]
    """The best first; an interview asks some of them."""


def build(held: str, document: DocumentText, role: str, packs: Mapping[str, QuestionPack]) -> DocumentReport:
    """For one of the packs' roles."""
    pack = packs[role]
    made = tailoring.questions(document, pack)
    return DocumentReport(
        document=held, kind=document.kind, name=document.name, role=role,
        lines=tuple(DocumentLine(number=line.number, page=line.page, text=line.text) for line in document.lines),
        terms=tailoring.terms(document, packs.values()),
        competencies=tuple(DocumentCompetency(id=match.competency.id, title=match.competency.title, lines=match.lines)
                           for match in tailoring.matches(document, pack)),
        questions=tuple(DocumentQuestion(id=one.id, line=one.source.line if one.source is not None else 0,
                                         text=one.text) for one in made),
    )
