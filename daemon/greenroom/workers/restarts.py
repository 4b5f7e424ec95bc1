"""When a dead worker may be started again, and when one counts as hung or as lost: pure decisions."""

from __future__ import annotations

from msgspec import Struct

MAX_RESTARTS = 5
WINDOW_S = 60.0
"""Frigate's breaker: at most so many restarts within this window."""
START_S = 60.0
"""A process that has not connected after so long hangs while it imports."""
MAX_HANGS = 2
"""So many starts in a row may hang: each takes too long for the window to count enough of them."""
COLD_S = 60.0
"""A worker that another starts (systemd) is lost when it has not been warm for so long: since core began to listen, or
since it went away."""
WARM_UP_S = 120.0
"""A warm-up that reads weights from a slow disk is no hang before this."""
PING_ANSWER_S = 5.0
"""The answering thread does nothing else, so silence for this long is a stuck process, not a busy one."""


class RestartBudget(Struct, frozen=True):
    """Start times inside the window, and how many starts in a row hung."""

    starts_s: tuple[float, ...] = ()
    hangs: int = 0

    def spend(self, now_s: float, *, has_hung: bool = False) -> RestartBudget | None:
        """The budget after one more restart, after a start that hung or another end; None when it is used up."""
        recent = tuple(s for s in self.starts_s if now_s - s < WINDOW_S)
        hangs = self.hangs + 1 if has_hung else 0
        if len(recent) >= MAX_RESTARTS or hangs >= MAX_HANGS:
            return None
        return RestartBudget((*recent, now_s), hangs)


def is_missing(cold_since_s: float, now_s: float) -> bool:
    """Whether nobody may wait any longer for a worker that another starts."""
    return now_s - cold_since_s > COLD_S


class Vitals(Struct, frozen=True):
    """What the last answer to a ping said, and when it came."""

    answered_s: float
    call: str = ""
    call_age_s: float = 0.0
    memory_mb: float = 0.0


def verdict(vitals: Vitals, now_s: float, *, is_warm: bool, call_budget_s: float, memory_limit_mb: float,
            patience: float = 1.0) -> str:
    """Why a worker must be killed; empty when it is well. ``patience`` stretches the times, for niced workers."""
    answer_s, budget_s = PING_ANSWER_S * patience, call_budget_s * patience
    if not is_warm:  # constructors of models hold the interpreter's lock: nothing is answered meanwhile
        answer_s, budget_s = max(answer_s, WARM_UP_S), max(budget_s, WARM_UP_S)
    if now_s - vitals.answered_s > answer_s:
        return f"no answer for {now_s - vitals.answered_s:.0f} s"
    if vitals.call_age_s > budget_s:
        return f"{vitals.call} has been running for {vitals.call_age_s:.0f} s"
    if vitals.memory_mb > memory_limit_mb:
        return f"{vitals.memory_mb:.0f} MB of memory, the limit is {memory_limit_mb:.0f}"
    return ""
