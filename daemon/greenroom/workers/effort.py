"""What looking costs on this box, measured while it goes on, and how often it may therefore be done."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from greenroom.devices.heat import Heat
from greenroom.devices.pressure import waiting_share
from greenroom.seeing.pacing import Load, Pacing

LOOK_S = 2.0
"""How long a load is measured; a busy box is noticed after two."""


class Effort:
    """Told when work on a picture begins and ends. Reads the real clock, so it has no place in lock step."""

    def __init__(self, pacing: Pacing, is_hot: Callable[[], bool] | None = None,
                 waiting: Callable[[], float | None] = waiting_share, *,
                 now: Callable[[], float] = time.perf_counter, cpu: Callable[[], float] = time.process_time) -> None:
        self._pacing = pacing
        self._is_hot = Heat().is_hot if is_hot is None else is_hot
        self._waiting = waiting
        self._now, self._cpu = now, cpu
        self._costs: list[float] = []
        self._since_s, self._cpu_since_s = now(), cpu()
        self._began_s = self._since_s

    @property
    def rate_hz(self) -> float:
        return self._pacing.rate_hz

    @property
    def remark(self) -> str:
        """For the camera's detail; empty while the candidate is looked at as often as asked."""
        return f"looked at {self.rate_hz:.3g} times a second: {self._pacing.reason}" if self._pacing.reason else ""

    def begin(self) -> None:
        self._began_s = self._now()

    def end(self) -> None:
        now_s = self._now()
        self._costs.append(now_s - self._began_s)
        if now_s - self._since_s >= LOOK_S:
            self._weigh(now_s)

    def restart(self) -> None:
        """The camera was off: what lies between does not count."""
        self._costs.clear()
        self._since_s, self._cpu_since_s = self._now(), self._cpu()

    def _weigh(self, now_s: float) -> None:
        share = (self._cpu() - self._cpu_since_s) / (now_s - self._since_s)
        self._pacing.weigh(Load(statistics.median(self._costs), share, self._is_hot(), self._waiting() or 0.0))
        self.restart()
