"""Where the gaps after many answers went: percentiles of each stage, what ended the turns, what speculation was worth.

No words are in here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar, cast, get_args

from msgspec import Struct

from greenroom.interview import endpointing
from greenroom.interview.endpointing import Tier
from greenroom.interview.text_cues import Category
from greenroom.records import STAGES, EndedBy, Ending, Speculation, Stage, TurnRecord

FELT_GAP = "first sample heard"
ENDED_BY_BOOTH = frozenset({"silence", "cap"})
"""Turns whose gap is the booth's own; whoever presses Done or Skip chooses the moment."""
TARGET_P50_S, TARGET_P95_S = 1.2, 2.0
"""What the felt gap should stay within."""
Name = TypeVar("Name", bound=str)


class TimedStage(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def at_s(self) -> float: ...


class WeighedSilence(Protocol):
    @property
    def category(self) -> str: ...

    @property
    def score(self) -> float | None: ...

    @property
    def went_on_s(self) -> float | None: ...


class Timed(Protocol):
    """A turn, as far as its gap is concerned: a ``TurnRecord``, ``TurnTimes``, an answer of a report."""

    @property
    def stages(self) -> Sequence[TimedStage]: ...

    @property
    def ended_by(self) -> EndedBy: ...

    @property
    def speculation(self) -> Speculation: ...

    @property
    def discarded(self) -> int: ...

    @property
    def endings(self) -> Sequence[WeighedSilence]: ...


class TurnTimes(Struct, frozen=True, kw_only=True):
    """What is kept of a turn to count it: no words."""

    stages: tuple[Stage, ...]
    ended_by: EndedBy
    speculation: Speculation = "none"
    discarded: int = 0
    endings: tuple[Ending, ...] = ()


class Spread(Struct, frozen=True, kw_only=True):
    """Percentiles over ``count`` turns, in seconds after the last voiced sample."""

    count: int
    p50_s: float
    p95_s: float


class Silences(Struct, frozen=True, kw_only=True):
    """How often the candidate went on after a silence of one tier, and how often the turn was taken in it."""

    went_on: int
    taken: int


class Latency(Struct, frozen=True, kw_only=True):
    """Many turns at once."""

    turns: int
    stages: dict[str, Spread]
    """In the order of ``STAGES``, then those that only older versions know. A stage that never happened is absent."""
    gap: Spread | None
    """The felt gap of the turns that the booth ended by itself; None without any."""
    ended_by: dict[EndedBy, int]
    speculation: dict[Speculation, int]
    discarded: int
    silences: dict[Tier, Silences]

    @property
    def reused_share(self) -> float | None:
        """Of the turns in which work was begun early, those in which it was what was said; None without any."""
        begun = self.speculation["reused"] + self.speculation["missed"]
        return self.speculation["reused"] / begun if begun else None


def aggregate(turns: Iterable[Timed]) -> Latency:
    """What these turns have in common, whatever their order."""
    kept = list(turns)
    times: dict[str, list[float]] = {}
    for turn in kept:
        for stage in turn.stages:
            if math.isfinite(stage.at_s):
                times.setdefault(stage.name, []).append(stage.at_s)
    gaps = [gap_s for turn in kept if (gap_s := felt_gap_s(turn)) is not None]
    silences = Counter(silence for turn in kept for silence in silences_of(turn.endings))
    return Latency(
        turns=len(kept),
        stages={name: _spread(times[name]) for name in _in_order(times)},
        gap=_spread(gaps) if gaps else None,
        ended_by=_counts(get_args(EndedBy), (turn.ended_by for turn in kept)),
        speculation=_counts(get_args(Speculation), (turn.speculation for turn in kept)),
        discarded=sum(turn.discarded for turn in kept),
        silences={tier: Silences(went_on=silences[tier, True], taken=silences[tier, False])
                  for tier in get_args(Tier)},
    )


def without_words(turn: TurnRecord) -> TurnTimes:
    """What is kept of a turn."""
    return TurnTimes(stages=turn.stages, ended_by=turn.ended_by, speculation=turn.speculation,
                     discarded=turn.discarded, endings=turn.endings)


def felt_gap_s(turn: Timed) -> float | None:
    """From the last voiced sample to the interviewer's first, where the booth itself ended the turn and was heard."""
    if turn.ended_by not in ENDED_BY_BOOTH:
        return None
    return next((stage.at_s for stage in turn.stages if stage.name == FELT_GAP and math.isfinite(stage.at_s)), None)


def silences_of(endings: Iterable[WeighedSilence]) -> Iterable[tuple[Tier, bool]]:
    """For every silence that was weighed its tier, and whether the candidate went on after it."""
    for ending in endings:
        yield endpointing.tier(cast("Category", ending.category), ending.score), ending.went_on_s is not None


def percentile(values: Sequence[float], share: float) -> float:
    """Of sorted values, at least one, by linear interpolation; ``share`` is 0 to 1."""
    place = share * (len(values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def _spread(values: Iterable[float]) -> Spread:
    ordered = sorted(values)
    return Spread(count=len(ordered), p50_s=percentile(ordered, 0.5), p95_s=percentile(ordered, 0.95))


def _in_order(names: Iterable[str]) -> list[str]:
    order: dict[str, int] = {name: n for n, name in enumerate(STAGES)}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def _counts(names: tuple[Name, ...], found: Iterable[Name]) -> dict[Name, int]:
    counted = Counter(found)
    return {name: counted[name] for name in names}
