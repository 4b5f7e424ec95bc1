"""From the raw text of a document to numbered lines without anything that is no text. Pure, and bounded.

Every fault names the file and the line or page, and says what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from greenroom.errors import DocumentEmpty, DocumentError, DocumentTooLong
from greenroom.records import DocumentKind, DocumentText, TextLine

MAX_BYTES = 2 * 2**20
MAX_LINES = 400
MAX_CHARACTERS = 40_000
"""Ten times a long CV. Of cleaned text."""
MIN_LETTERS = 20
"""Fewer than these are a stamp or a page number, and no text."""
MAX_NAME = 80
_BLANK = re.compile(r"\s+")
_KNOWN = (
    (b"PK\x03\x04", "a Word, OpenDocument or ZIP file"), (b"\xd0\xcf\x11\xe0", "an old Word file"),
    (b"{\\rtf", "an RTF file"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
)
"""What people take for text, by its first bytes."""
_SAVE = "save it as a PDF with text in it, or as plain text"


def plain(data: bytes, name: str, kind: DocumentKind) -> DocumentText:
    """A text file. Raises ``DocumentError`` and its kinds."""
    for mark, what in _KNOWN:
        if data.startswith(mark):
            raise DocumentError(f"{name} is {what}", fix=_SAVE)
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DocumentError(f"{name}, line {line}: this is no UTF-8 text",
                            fix="save it as UTF-8, or paste it") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DocumentError(f"{name}, line {line}: this is no text, it holds a NUL character", fix=_SAVE)
    lines = ((number, 0, line) for number, line in enumerate(_split(text), start=1))
    return _document(lines, name, kind)


def paged(pages: Iterable[str], name: str, kind: DocumentKind) -> DocumentText:
    """The texts of a PDF's pages. Raises ``DocumentError`` and its kinds; one without text is ``DocumentEmpty``."""

    def numbered() -> Iterator[tuple[int, int, str]]:
        number = 0
        for page, text in enumerate(pages, start=1):
            for line in _split(text):
                if clean(line):
                    number += 1
                    yield number, page, line

    return _document(numbered(), name, kind)


def clean(text: str) -> str:
    """Letters as one knows them, single spaces; no control, direction or invisible characters, none without meaning."""
    known = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _NO_TEXT)
    return _BLANK.sub(" ", unicodedata.normalize("NFKC", known)).strip()


_NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def called(name: str) -> str:
    """A file's name as it may be shown in a message: one short line."""
    return clean(name)[:MAX_NAME].strip() or "the document"


def _encoding(data: bytes) -> str:
    return "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _split(text: str) -> list[str]:
    """Lines as an editor counts them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")


def _document(lines: Iterable[tuple[int, int, str]], name: str, kind: DocumentKind) -> DocumentText:
    found: list[TextLine] = []
    characters = letters = 0
    for number, page, raw in lines:
        where = f"{name}, page {page}" if page else f"{name}, line {number}"
        if characters + len(raw) > 4 * MAX_CHARACTERS:
            raise _too_long(where)
        text = clean(raw)
        if not text:
            continue
        characters += len(text)
        letters += sum(c.isalpha() for c in text)
        if characters > MAX_CHARACTERS or len(found) == MAX_LINES:
            raise _too_long(where)
        found.append(TextLine(number=number, text=text, page=page))
    if letters < MIN_LETTERS:
        raise DocumentEmpty(
            f"{name} has no text in it", fix="if it is a scan or a photo, paste its text; else choose another file")
    return DocumentText(kind=kind, name=name, lines=tuple(found))


def _too_long(where: str) -> DocumentTooLong:
    return DocumentTooLong(f"{where}: the text goes on beyond {MAX_LINES} lines or {MAX_CHARACTERS:,} characters",
                           fix="keep the pages that describe the job, or your work, and leave the rest out")
