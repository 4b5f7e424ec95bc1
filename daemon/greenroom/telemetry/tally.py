"""What has happened since core began, as far as it is counted: turns and their gaps, restarts, lost sound. No words."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque

from msgspec import Struct, field

from greenroom.events import AudioGap, Tick, WorkerDied, WorkerEvent, WorkerName, WorkerReady
from greenroom.interview.endpointing import Tier
from greenroom.interview.state import Wordings
from greenroom.records import EndedBy, Speculation, TurnRecord
from greenroom.telemetry.latency import Latency, TurnTimes, aggregate, felt_gap_s, silences_of, without_words

RESULTS: tuple[str, ...] = Wordings.__struct_fields__
KEPT_TURNS = 200
"""Percentiles are of so many turns, the newest."""
BUCKETS_S = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.2, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
"""Upper bounds, the targets of the felt gap among them."""


class Histogram(Struct):
    """How many of the values lie within each of ``BUCKETS_S``; the last count is of those beyond."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_S) + 1))
    sum_s: float = 0.0

    def add(self, value_s: float) -> None:
        """A negative value, as a hand on the Done button can make one, counts as 0: sums only grow."""
        self.counts[bisect_left(BUCKETS_S, max(value_s, 0.0))] += 1
        self.sum_s += max(value_s, 0.0)


class Tally:
    """Fed with every turn that is saved and every event. A turn is counted once nothing can change it any more."""

    def __init__(self) -> None:
        self.stages: dict[str, Histogram] = {}
        self.gap = Histogram()
        self.ended_by: Counter[EndedBy] = Counter()
        self.speculation: Counter[Speculation] = Counter()
        self.discarded = 0
        self.wordings: Counter[str] = Counter()
        """Of follow-ups, by what became of them."""
        self.silences: Counter[tuple[Tier, bool]] = Counter()
        """By tier, and whether the candidate went on."""
        self.restarts: Counter[WorkerName] = Counter()
        self.audio_gaps = 0
        self.lost_s = 0.0
        self._silent_since_t: float | None = None
        """When the audio worker was last heard of, while it is away."""
        self._kept: deque[TurnTimes] = deque(maxlen=KEPT_TURNS)
        self._newest: tuple[int, TurnTimes] | None = None

    def turn_saved(self, turn: TurnRecord) -> None:
        """A turn as it is now; with the number of the one before it takes its place."""
        if self._newest is not None and self._newest[0] != turn.turn:
            self.settle()
        self._newest = (turn.turn, without_words(turn))

    def turn_given_back(self) -> None:
        """The newest turn goes on."""
        self._newest = None

    def worded(self, before: Wordings, after: Wordings) -> None:
        """The session's counts moved; they begin anew with the next one."""
        for name in RESULTS:
            self.wordings[name] += max(getattr(after, name) - getattr(before, name), 0)

    def settle(self) -> None:
        """Nothing can change the newest turn any more: the next one is over, or the session."""
        if self._newest is None:
            return
        turn, self._newest = self._newest[1], None
        self._kept.append(turn)
        for stage in turn.stages:
            self.stages.setdefault(stage.name, Histogram()).add(stage.at_s)
        gap_s = felt_gap_s(turn)
        if gap_s is not None:
            self.gap.add(gap_s)
        self.ended_by[turn.ended_by] += 1
        self.speculation[turn.speculation] += 1
        self.discarded += turn.discarded
        self.silences.update(silences_of(turn.endings))

    def sensed(self, event: WorkerEvent | Tick) -> None:
        """Something happened outside of the interview."""
        match event:
            case WorkerDied():
                if not event.is_lost:
                    self.restarts[event.worker] += 1
                if event.worker == "audio" and self._silent_since_t is None:
                    self._silent_since_t = event.t if event.heard_t is None else min(event.heard_t, event.t)
            case WorkerReady(worker="audio") if self._silent_since_t is not None:
                self._gap(event.t - self._silent_since_t)
                self._silent_since_t = None
            case AudioGap():
                self._gap(event.length_s)
            case _:
                pass

    def _gap(self, length_s: float) -> None:
        self.audio_gaps += 1
        self.lost_s += max(length_s, 0.0)

    def latency(self) -> Latency:
        """The newest turns, the one that may still change among them."""
        newest = () if self._newest is None else (self._newest[1],)
        return aggregate((*self._kept, *newest))
