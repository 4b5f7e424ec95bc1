"""Whether Linux holds the box back for its heat, or is about to."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

SYS = Path("/sys")
NEAR_C, FAR_C = 2.0, 7.0
"""Hot begins so far below a zone's limit, and ends so far below it."""
BEFORE_CRITICAL_C = 15.0
"""A zone that knows only where the box switches itself off counts as limited so far below that."""
_SENSIBLE_C = (1.0, 150.0)
"""Unset limits and switched-off sensors are told as 0, -273 or worse."""
_SLOWING = frozenset({"passive", "hot"})


class Zone(NamedTuple):
    temperature_c: float
    limit_c: float
    """From here Linux slows the box down."""


class Heat:
    """Asks the thermal zones, and the counters of the times at which a processor slowed itself down."""

    def __init__(self, sys: Path = SYS) -> None:
        self._sys = sys
        self._is_hot = False
        self._slowed = slowed_times(sys)

    def is_hot(self) -> bool:
        """By now; False on a box that does not tell."""
        slowed, before = slowed_times(self._sys), self._slowed
        self._slowed = slowed
        self._is_hot = slowed > before or any_hot(zones(self._sys), was_hot=self._is_hot)
        return self._is_hot


def any_hot(known: Iterable[Zone], *, was_hot: bool) -> bool:
    margin_c = FAR_C if was_hot else NEAR_C
    return any(zone.temperature_c >= zone.limit_c - margin_c for zone in known)


def limit_c(trips: Iterable[tuple[str, float]]) -> float | None:
    """Where slowing down begins, of a zone's trip points by kind and temperature; None when none says so.

    Points that only switch a fan on do not count.
    """
    sensible = [(kind, value) for kind, value in trips if _is_sensible(value)]
    slowing = [value for kind, value in sensible if kind in _SLOWING]
    critical = [value - BEFORE_CRITICAL_C for kind, value in sensible if kind == "critical"]
    return min(slowing or critical, default=None)


def zones(sys: Path = SYS) -> list[Zone]:
    """The zones that tell both a temperature and a limit."""
    found = []
    for zone in sorted((sys / "class" / "thermal").glob("thermal_zone*")):
        value, limit = _degrees(zone / "temp"), limit_c(_trips(zone))
        if value is not None and limit is not None and _is_sensible(value):
            found.append(Zone(value, limit))
    return found


def slowed_times(sys: Path = SYS) -> int:
    """How often the processors slowed down for heat since the box was started; 0 where nobody counts."""
    files = (sys / "devices" / "system" / "cpu").glob("cpu*/thermal_throttle/*_throttle_count")
    return sum(int(value) for file in files if (value := _text(file)).isdecimal())


def _trips(zone: Path) -> list[tuple[str, float]]:
    trips = []
    for kind in zone.glob("trip_point_*_type"):
        value = _degrees(kind.with_name(kind.name.replace("_type", "_temp")))
        if value is not None:
            trips.append((_text(kind), value))
    return trips


def _degrees(file: Path) -> float | None:
    text = _text(file)
    return int(text) / 1000.0 if re.fullmatch(r"-?\d{1,9}", text) else None


def _text(file: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError):  # a sensor that is switched off cannot be read
        return file.read_text().strip()
    return ""


def _is_sensible(value_c: float) -> bool:
    return _SENSIBLE_C[0] <= value_c <= _SENSIBLE_C[1]
