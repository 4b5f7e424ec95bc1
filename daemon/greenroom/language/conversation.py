"""What of a conversation a context has computed already, and what is left out when it has outgrown it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from greenroom.errors import EngineError
from greenroom.ports import Message

ROOM_AFTER = 0.75
"""Share of the room that is filled at most after something was left out, so that it is not each turn's lot."""


class Answered(NamedTuple):
    """A prompt with the answer that was written to it."""

    prompt: str
    opens_at: int
    """Characters of the prompt before what a template writes only in front of an answer that is yet to come."""
    answer: str
    tokens: tuple[int, ...]
    """Of prompt and answer, as they were computed."""


class Known(NamedTuple):
    """The beginning of a prompt of which the tokens are known."""

    tokens: tuple[int, ...]
    characters: int
    answered: tuple[Answered, ...]
    """Those that are part of this prompt."""


def known(prompt: str, answered: Sequence[Answered]) -> Known:
    """The longest beginning of ``prompt`` that was computed before, answer included.

    Tokens of an answer are taken as they were written: read anew, its text may well give others. A template may write
    something before an answer to come and not before one that is there (Qwen 3: an empty thought); what was computed
    with it stays, for the answer would have to be computed again otherwise.
    """
    for place in range(len(answered) - 1, -1, -1):
        before = answered[place]
        if not before.answer or not prompt.startswith(before.prompt[: before.opens_at]):
            continue
        same = before.opens_at + shared(prompt[before.opens_at :], before.prompt[before.opens_at :])
        if prompt.startswith(before.answer, same):
            return Known(before.tokens, same + len(before.answer), tuple(answered[: place + 1]))
    return Known((), 0, ())


def shared(one: Sequence[object], other: Sequence[object]) -> int:
    """How many tokens, or characters, both begin with."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))


class Fit(NamedTuple):
    """The messages that a context has room for."""

    messages: tuple[Message, ...]
    left_out: tuple[Message, ...]
    """The oldest after the system messages; to be handed back with the next turn, so that they stay out."""


def fit(
    messages: Sequence[Message], left_out: tuple[Message, ...], count: Callable[[Sequence[Message]], int], room: int
) -> Fit:
    """At most ``room`` tokens as ``count`` counts them: all, or without the oldest exchanges.

    System messages at the beginning always stay. Raises ``EngineError`` when even the last exchange is too long.
    """
    lead = next((place for place, message in enumerate(messages) if message.role != "system"), len(messages))
    rest = tuple(messages[lead:])
    out = len(left_out) if left_out == rest[: len(left_out)] else 0
    kept = (*messages[:lead], *rest[out:])
    if count(kept) <= room:
        return Fit(kept, rest[:out])
    fitting: Fit | None = None
    for start in range(out + 1, len(rest)):
        if rest[start].role != "user":
            continue
        kept = (*messages[:lead], *rest[start:])
        size = count(kept)
        if size <= room:
            fitting = Fit(kept, rest[:start])
        if size <= room * ROOM_AFTER:
            break
    if fitting is None:
        raise EngineError(f"what the language model is told does not fit into {room} tokens",
                          fix="set language.context_tokens higher")
    return fitting
