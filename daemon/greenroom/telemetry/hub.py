"""Numbers what happens for every client: one batch per tick, encoded once per audience.

Gauges are coalesced before a batch gets its number and events are never dropped, so a gap in ``seq`` is always a
loss. A client that cannot take a batch keeps its share here, up to ``MAX_EVENTS``; beyond that it is cut.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Protocol

import msgspec

from greenroom.ports import Clock
from greenroom.server.protocol import (
    AUDIENCE,
    EVERYONE,
    AnswerScored,
    Batch,
    BatchEvent,
    BoothState,
    CloseCode,
    Gauges,
    ReportReady,
    Role,
    Snapshot,
    encode,
    frame,
)

RATE_HZ = 15.0
MIN_RATE_HZ, MAX_RATE_HZ = 1.0, 20.0
HEARTBEAT_S = 1.0
MAX_EVENTS = 256
STALL_S = 5.0
"""A client that takes nothing for so long is cut."""
SHARES = frozenset({"pause_share", "eye_contact"})
GAUGES = frozenset(field.name for field in msgspec.structs.fields(Gauges))
EMPTY = BoothState(
    t=0.0, phase="starting", state="idle", session=None, style="", role="", pacing="", questions=0, roles=(),
    question=None, turn=0, answering_since_t=None, caption_you="", caption_booth="", checks=(),
    gaze_points=(), engines=(), devices=(), notice=None, report=None, allowed=(),
)  # fmt: skip


class Listener(Protocol):
    """The sending side of one connection."""

    def offer(self, data: bytes) -> bool:
        """Take one encoded frame to send; False when there is no room for it now."""

    def cut(self, code: CloseCode) -> None:
        """End the connection."""


class Subscription:
    """What one client has been sent and what waits for it."""

    def __init__(self, listener: Listener, role: Role) -> None:
        self.listener = listener
        self.role: Role = role
        self.seq = 0
        self.events: list[BatchEvent] = []
        self.names: set[str] = set()
        self.is_new = True
        self.wants_snapshot = True
        self.sent_t = -math.inf
        self.stalled_since_t: float | None = None
        self.period_s = 0.0
        self.due_t = -math.inf

    def set_rate(self, hz: float) -> None:
        """At most ``hz`` batches a second, bounded to 1 to 20."""
        self.period_s = 1.0 / min(max(hz, MIN_RATE_HZ), MAX_RATE_HZ)

    def owe(self, events: list[BatchEvent], names: set[str]) -> None:
        """Keep what could not be sent with this tick."""
        self.events += events
        self.names |= names

    def is_hopeless(self, t: float) -> bool:
        """More waits than may be kept, or the client has taken nothing for too long."""
        is_stalled = self.stalled_since_t is not None and t - self.stalled_since_t >= STALL_S
        return is_stalled or len(self.events) > MAX_EVENTS

    @property
    def is_in_step(self) -> bool:
        """The batch that everybody of this role gets is the right one for this client too."""
        return not self.events and not self.names and not self.wants_snapshot


class Hub:
    """Collects events and gauges between ticks; ``flush`` hands each client what it lacks."""

    def __init__(self, clock: Clock, state: Callable[[], BoothState] | None = None) -> None:
        self.clock = clock
        self.state: Callable[[], BoothState] = state or (lambda: EMPTY)
        self._subscriptions: list[Subscription] = []
        self._events: list[BatchEvent] = []
        self._changed: set[str] = set()
        self._gauges: dict[str, float | None] = {}

    def set_state(self, state: BoothState) -> None:
        """What the next snapshots show."""
        self.state = lambda: state

    def publish(self, event: BatchEvent) -> None:
        """Send ``event`` to its audience with the next batch, which goes out at once when too many wait for it."""
        self._events.append(event)
        if len(self._events) >= MAX_EVENTS:
            self.flush(self.clock.now())

    def gauge(self, **values: float | None) -> None:
        """Set live values; None (and anything not finite) means that the booth cannot tell."""
        for name, value in values.items():
            if name not in GAUGES:
                raise TypeError(f"no gauge named {name!r}")
            rounded = _rounded(name, value)
            if name not in self._gauges or self._gauges[name] != rounded:
                self._gauges[name] = rounded
                self._changed.add(name)

    def forget_gauges(self) -> None:
        """Blank every value, so that the next candidate does not see the one before."""
        self.gauge(**dict.fromkeys(self._gauges))

    def subscribe(self, listener: Listener, role: Role) -> Subscription:
        """A new client; its snapshot and all gauges come with the next tick."""
        subscription = Subscription(listener, role)
        self._subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    async def run(self, rate_hz: float = RATE_HZ) -> None:
        """Flush until cancelled."""
        while True:
            self.flush(self.clock.now())
            await asyncio.sleep(1.0 / rate_hz)

    def flush(self, t: float) -> None:
        """One tick at ``t``: every client that is due gets one batch with all that is new to it."""
        events, self._events = self._events, []
        changed, self._changed = self._changed, set()
        shared: dict[Role, bytes] = {}
        for subscription in tuple(self._subscriptions):
            mine = [event for event in events if subscription.role in AUDIENCE.get(type(event), EVERYONE)]
            if subscription.is_new:
                self._send_snapshot(subscription, t)
            elif subscription.is_in_step and t >= subscription.due_t:
                if mine or changed or t - subscription.sent_t >= HEARTBEAT_S:
                    if subscription.role not in shared:
                        shared[subscription.role] = self._batch(t, mine, changed)
                    if not self._send(subscription, shared[subscription.role], t):
                        subscription.owe(mine, changed)
            else:
                subscription.owe(mine, changed)
                if t >= subscription.due_t or subscription.wants_snapshot:
                    self._send_own(subscription, t)
            if subscription.is_hopeless(t):
                self.unsubscribe(subscription)
                subscription.listener.cut("slow-client")

    def _send_own(self, subscription: Subscription, t: float) -> None:
        is_due = subscription.events or subscription.names or t - subscription.sent_t >= HEARTBEAT_S
        if is_due and not self._send(subscription, self._batch(t, subscription.events, subscription.names), t):
            return
        subscription.events, subscription.names = [], set()
        if subscription.wants_snapshot:
            self._send_snapshot(subscription, t)

    def _send(self, subscription: Subscription, batch: bytes, t: float) -> bool:
        if not subscription.listener.offer(frame(subscription.seq + 1, batch)):
            if subscription.stalled_since_t is None:
                subscription.stalled_since_t = t
            return False
        subscription.seq += 1
        subscription.sent_t = t
        if subscription.period_s:
            subscription.due_t = max(subscription.due_t + subscription.period_s, t)
        subscription.stalled_since_t = None
        return True

    def _send_snapshot(self, subscription: Subscription, t: float) -> None:
        """The state as of this tick; the gauges follow with the next batch."""
        snapshot = Snapshot(seq=subscription.seq, state=visible_to(subscription.role, self.state()))
        if subscription.listener.offer(encode(snapshot)):
            subscription.is_new = subscription.wants_snapshot = False
            subscription.names = set(self._gauges)
            subscription.sent_t = t

    def _batch(self, t: float, events: list[BatchEvent], names: set[str]) -> bytes:
        gauges = Gauges(**{name: self._gauges[name] for name in sorted(names)})
        return encode(Batch(t=round(t, 4), events=tuple(events), gauges=gauges))


def visible_to(role: Role, state: BoothState) -> BoothState:
    """The state without what is meant for others."""
    report = state.report if role in AUDIENCE[ReportReady] else None
    scores = state.scores if role in AUDIENCE[AnswerScored] else ()
    return msgspec.structs.replace(state, report=report, scores=scores)


def _rounded(name: str, value: float | None) -> float | None:
    """Noise below what a screen shows costs no bytes; whole numbers travel as integers, which are 8 bytes shorter."""
    if value is None or not math.isfinite(value):
        return None
    rounded = round(float(value), 2 if name in SHARES else 1)
    return int(rounded) if rounded.is_integer() else rounded
