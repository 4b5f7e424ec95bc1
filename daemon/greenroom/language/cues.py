"""What an answer contains, as far as single words show it. Facts about wording, never a judgement of a person."""

from __future__ import annotations

import re

_UNITS = "two three four five six seven eight nine ten eleven twelve"
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions"
_SHARES = "half twice double doubled triple tripled percent dozen dozens quarter"
NUMBERS = frozenset(f"{_UNITS} {_TEENS} {_TENS} {_SHARES}".split())
"""Number words; "one" and ordinals are left out because they mostly do not count anything."""
RESULTS = (
    "result",
    "results",
    "outcome",
    "in the end",
    "at the end",
    "finally",
    "eventually",
    "as a consequence",
    "because of that",
    "led to",
    "turned out",
    "worked well",
    "succeeded",
    "achieved",
    "finished",
    "solved",
    "improved",
    "reduced",
    "increased",
    "saved",
    "delivered",
    "won",
    "afterwards",
    "since then",
    "from then on",
)
REFLECTIONS = (
    "learn",
    "learned",
    "learnt",
    "lesson",
    "next time",
    "differently",
    "in hindsight",
    "looking back",
    "realised",
    "realized",
    "since then",
    "i would now",
    "taught me",
    "changed my mind",
)
TRADEOFFS = (
    "instead",
    "rather than",
    "trade off",
    "tradeoff",
    "trade-off",
    "on the other hand",
    "compared",
    "versus",
    "the price was",
    "the cost was",
    "cheaper",
    "gave up",
    "give up",
    "left out",
    "leave out",
    "decided against",
    "priority",
    "prioritise",
    "prioritize",
)
EXAMPLES = (
    "for example",
    "for instance",
    "one time",
    "one day",
    "there was",
    "when i was",
    "last year",
    "last week",
    "last summer",
    "last winter",
    "once",
)
_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*", re.IGNORECASE)


def words(answer: str) -> list[str]:
    """Lower-case words of an answer."""
    return [word.lower() for word in _WORD.findall(answer)]


def has_number(answer: str) -> bool:
    """A digit or a number word occurs."""
    return any(word in NUMBERS or word[0].isdigit() for part in words(answer) for word in part.split("-") if word)


def has_result(answer: str) -> bool:
    return _has_any(answer, RESULTS)


def has_reflection(answer: str) -> bool:
    return _has_any(answer, REFLECTIONS)


def has_tradeoff(answer: str) -> bool:
    return _has_any(answer, TRADEOFFS)


def has_example(answer: str) -> bool:
    return _has_any(answer, EXAMPLES)


def has_own_part(answer: str) -> bool:
    """Either nobody else is spoken of as "we", or the speaker is, too."""
    said = words(answer)
    own = {"i", "i'm", "i've", "i'd", "i'll", "i’m", "i’ve", "i’d", "i’ll", "my", "me", "myself"}
    others = {"we", "we're", "we've", "we’re", "we’ve", "our", "us"}
    return not others.intersection(said) or bool(own.intersection(said))


def _has_any(answer: str, phrases: tuple[str, ...]) -> bool:
    said = f" {' '.join(words(answer))} "
    return any(f" {' '.join(words(phrase))} " in said for phrase in phrases)
