"""When a dead worker may be started again, and when a living one counts as hung: pure decisions."""

from __future__ import annotations

from msgspec import Struct

MAX_RESTARTS = 5
WINDOW_S = 60.0
"""Frigate's breaker: at most so many restarts within this window."""
PING_ANSWER_S = 5.0
"""The answering thread does nothing else, so silence for this long is a stuck process, not a busy one."""


class RestartBudget(Struct, frozen=True):
    """Start times inside the window."""

    starts_s: tuple[float, ...] = ()

    def spend(self, now_s: float) -> RestartBudget | None:
        """The budget after one more restart; None when it is used up."""
        recent = tuple(s for s in self.starts_s if now_s - s < WINDOW_S)
        if len(recent) >= MAX_RESTARTS:
            return None
        return RestartBudget((*recent, now_s))


class Vitals(Struct, frozen=True):
    """What the last answer to a ping said, and when it came."""

    answered_s: float
    call: str = ""
    call_age_s: float = 0.0
    memory_mb: float = 0.0


def verdict(vitals: Vitals, now_s: float, *, call_budget_s: float, memory_limit_mb: float) -> str:
    """Why a worker must be killed; empty when it is well."""
    if now_s - vitals.answered_s > PING_ANSWER_S:
        return f"no answer for {now_s - vitals.answered_s:.0f} s"
    if vitals.call_age_s > call_budget_s:
        return f"{vitals.call} has been running for {vitals.call_age_s:.0f} s"
    if vitals.memory_mb > memory_limit_mb:
        return f"{vitals.memory_mb:.0f} MB of memory, the limit is {memory_limit_mb:.0f}"
    return ""
