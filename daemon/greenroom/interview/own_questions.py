"""Questions that somebody typed for this interview: what the booth takes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.errors import SettingsError
from greenroom.language import unsayable
from greenroom.records import MAX_QUESTION_CHARS

MAX_OWN = 12
MIN_LETTERS = 3
_NEVER = (
    (unsayable.ABUSE, "has a word that the interviewer does not say", "word it otherwise"),
    (unsayable.PRIVATE, "asks about private matters, which no interviewer may", "ask about the work instead"),
)


def check(texts: Sequence[str]) -> None:
    """Raises ``SettingsError`` that names the question by its number, what is wrong and what to do."""
    if len(texts) > MAX_OWN:
        raise SettingsError(f"{len(texts)} questions of one's own, at most {MAX_OWN} are taken", fix="leave some out")
    for number, text in enumerate(texts, start=1):
        fault = _fault(text)
        if fault is not None:
            raise SettingsError(f"own question {number} {fault[0]}", fix=fault[1])


def _fault(text: str) -> tuple[str, str] | None:
    """What is wrong with one question, and what to do."""
    if sum(c.isalpha() for c in text) < MIN_LETTERS:
        return "is too short to be asked", "type a question, or leave it out"
    if len(text) > MAX_QUESTION_CHARS:
        return (f"has {len(text)} characters, at most {MAX_QUESTION_CHARS} can be said at once",
                "shorten it, or make two of it")
    if not text.isprintable() or text != text.strip():
        return "has line breaks, signs that cannot be seen, or spaces around it", "type it as one line of plain text"
    low = text.lower()
    return next(((fault, fix) for pattern, fault, fix in _NEVER if pattern.search(low) is not None), None)
