"""How long the benchmarks are, and how short they may be. Apart from them, so that the help loads no engine."""

from __future__ import annotations

from typing import NamedTuple

TURNS = 40
SENTENCES = 16
"""Of each voice."""
MINUTES = 10.0
"""Of the booth's own voice."""
TRIALS = 50


class Length(NamedTuple):
    """The one length of a benchmark; numbers are of the type that its default has."""

    name: str
    """Of the parameter of ``run``, and of the command's option."""
    default: float
    least: float
    """With less there is nothing to tell."""
    meaning: str


LENGTHS = {
    "turns": Length("turns", TURNS, 1, "of how many turns"),
    "pauses": Length("sentences", SENTENCES, 4, "of each voice"),
    "echo": Length("minutes", MINUTES, 0.5, "of the booth's own voice"),
    "barge-in": Length("trials", TRIALS, 1, "over questions"),
}
"""By benchmark."""
