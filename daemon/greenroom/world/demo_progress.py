"""How far a demo is: lines for the terminal, read from the events that it writes down as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

_STAGES = {"check": "sensor check", "greeting": "greeting", "closing": "closing"}
"""Cues of what the interviewer says once in an interview."""


class _Told(msgspec.Struct):
    """The part of an event that tells how far the interview is."""

    type: str
    t: float = 0.0
    cue: str = ""


class Progress:
    """Follows ``events.jsonl``; every stage and every question is told once, when it begins to be heard."""

    def __init__(self, path: Path, questions: int | None) -> None:
        """``questions``: None when their number follows from the minutes."""
        self._path = path
        self._questions = questions
        self._read = 0
        self._seen: list[str] = []

    def lines(self) -> Iterator[str]:
        """What is new since the last call: time on the booth's timeline, and what began."""
        if not self._path.exists():
            return
        with self._path.open("rb") as events:
            events.seek(self._read)
            for line in events:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                told = msgspec.json.decode(line, type=_Told)
                text = self._text(told)
                if text:
                    yield f"  {int(told.t) // 60}:{int(told.t) % 60:02d}  {text}"

    def _text(self, told: _Told) -> str:
        if told.type != "playout_started" or told.cue in self._seen:
            return ""
        kind = told.cue.partition(":")[0]
        if kind not in (*_STAGES, "question", "follow_up"):
            return ""
        self._seen.append(told.cue)
        if kind == "question":
            number = sum(cue.startswith("question:") for cue in self._seen)
            return f"question {number}" + (f" of {self._questions}" if self._questions is not None else "")
        return "follow-up" if kind == "follow_up" else _STAGES[kind]
