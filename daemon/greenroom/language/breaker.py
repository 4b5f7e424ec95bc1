"""Keeps from asking again and again what does not answer. Pure: time is passed in."""

from __future__ import annotations

from typing import Literal

FAILURES = 3
REST_S = 30.0
"""A server that was restarted has loaded a model of 3 GB by then."""


class Breaker:
    """Closed: calls go through. Open after ``failures`` in a row: none does for ``rest_s``. Then one tries (half-open),
    and closes it again or opens it anew."""

    def __init__(self, *, failures: int = FAILURES, rest_s: float = REST_S) -> None:
        self._most = failures
        self._rest_s = rest_s
        self._failures = 0
        self._opened_s: float | None = None
        self._is_trying = False

    def state(self, now_s: float) -> Literal["closed", "open", "half-open"]:
        if self._opened_s is None:
            return "closed"
        return "open" if now_s < self._opened_s + self._rest_s else "half-open"

    def admits(self, now_s: float) -> bool:
        """Whether a call may be made; one that is must be told of by one of the three below."""
        match self.state(now_s):
            case "closed":
                return True
            case "half-open" if not self._is_trying:
                self._is_trying = True
                return True
            case _:
                return False

    def wait_s(self, now_s: float) -> float:
        """Until one may try; 0 when one may."""
        return 0.0 if self._opened_s is None else max(0.0, self._opened_s + self._rest_s - now_s)

    def succeeded(self) -> None:
        self._failures, self._opened_s, self._is_trying = 0, None, False

    def failed(self, now_s: float) -> None:
        self._failures += 1
        if self._is_trying or self._failures >= self._most:
            self._opened_s = now_s
        self._is_trying = False

    def abandoned(self) -> None:
        """The call was broken off by who made it: it tells nothing."""
        self._is_trying = False
