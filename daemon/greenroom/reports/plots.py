"""Line plots as inline SVG: only classes, no style attributes, so that a strict content policy lets them through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TypeGuard

from msgspec import Struct

WIDTH, HEIGHT = 680, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 20, 26
_LARGEST = 1e12
"""A larger value, or none at all, cannot be drawn."""
_SHORTEST = 1e-9
"""A span below this has no room for ticks."""
_MAX_POINTS = 600
"""Per line: more than the plot has pixels to show."""


class Line(Struct, frozen=True, kw_only=True):
    """Points in order of time; a line breaks where the value is None."""

    t_s: tuple[float, ...]
    values: tuple[float | None, ...]


class Band(Struct, frozen=True, kw_only=True):
    """A stretch of time that is shaded and named, such as an answer."""

    start_s: float
    end_s: float
    label: str


class Plot(Struct, frozen=True, kw_only=True):
    """One measure over the session. ``name`` makes the drawing's ids unique on a page."""

    name: str
    title: str
    unit: str
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]
    from_s: float
    to_s: float


class _Axes(Struct, frozen=True):
    from_s: float
    to_s: float
    low: float
    high: float

    def x(self, t_s: float) -> float:
        share = min(max((t_s - self.from_s) / (self.to_s - self.from_s), 0.0), 1.0)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)


def draw(plot: Plot) -> str:
    """An ``svg`` element with title, description, axes, bands and lines."""
    ident = f"plot-{''.join(c if c.isalnum() else '-' for c in plot.name)}"
    values = [value for line in plot.lines for value in line.values if _is_usable(value)]
    is_span = _is_usable(plot.from_s) and _is_usable(plot.to_s) and plot.to_s - plot.from_s > _SHORTEST
    from_s, to_s = (plot.from_s, plot.to_s) if is_span else (0.0, 1.0)
    axes = _Axes(from_s, to_s, *_padded(min(values, default=0.0), max(values, default=1.0)))
    parts = [
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{ident}-t {ident}-d">',
        f'<title id="{ident}-t">{escape(plot.title)}</title>',
        f'<desc id="{ident}-d">{escape(describe(values, plot.unit))}</desc>',
        *(part for band in plot.bands if band.end_s >= band.start_s for part in _shade(axes, band)),
        *(part for tick in ticks(axes.low, axes.high, 4) for part in _level(axes, tick)),
        *(
            f'<text class="tick" x="{axes.x(tick)}" y="{HEIGHT - 8}" text-anchor="middle">{clock(tick)}</text>'
            for tick in ticks(from_s, to_s, 8)
        ),
        *(_curve(axes, run) for line in plot.lines for run in runs(line)),
        "</svg>",
    ]
    return "".join(parts)


def _shade(axes: _Axes, band: Band) -> tuple[str, str]:
    left, right = axes.x(band.start_s), axes.x(band.end_s)
    height = HEIGHT - _TOP - _BOTTOM
    return (
        f'<rect class="band" x="{left}" y="{_TOP}" width="{right - left:.1f}" height="{height}"/>',
        f'<text class="band-label" x="{left:.1f}" y="{_TOP - 6}">{escape(band.label)}</text>',
    )


def _level(axes: _Axes, tick: float) -> tuple[str, str]:
    y = axes.y(tick)
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>',
        f'<text class="tick" x="{_LEFT - 6}" y="{y}" dy="4" text-anchor="end">{_number(tick)}</text>',
    )


def _curve(axes: _Axes, run: list[tuple[float, float]]) -> str:
    if len(run) == 1:
        return f'<circle class="dot" cx="{axes.x(run[0][0])}" cy="{axes.y(run[0][1])}" r="2.5"/>'
    points = " ".join(f"{axes.x(t_s)},{axes.y(value)}" for t_s, value in run)
    return f'<polyline class="curve" points="{points}"/>'


def describe(values: Sequence[float], unit: str) -> str:
    """The plot in words."""
    if not values:
        return "Nothing could be measured."
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2]
    return (
        f"From {_number(ordered[0])} to {_number(ordered[-1])} {unit}, half of the {len(ordered)} values above "
        f"{_number(middle)}."
    )


def runs(line: Line) -> list[list[tuple[float, float]]]:
    """The stretches of a line that have values, thinned to what can be seen."""
    points = list(zip(line.t_s, line.values, strict=False))
    step = max(math.ceil(len(points) / _MAX_POINTS), 1)
    found: list[list[tuple[float, float]]] = [[]]
    for t_s, value in points[::step]:
        if _is_usable(value) and _is_usable(t_s):
            found[-1].append((t_s, value))
        else:
            found.append([])
    return [run for run in found if run]


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers between two bounds, about so many."""
    if not high - low > _SHORTEST:
        return [low]
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, first + 2 * about + 3) if n * step <= high + 1e-9 * step]


def clock(t_s: float) -> str:
    """Seconds as minutes and seconds, "2:05"."""
    whole = round(t_s)
    sign = "-" if whole < 0 else ""
    return f"{sign}{abs(whole) // 60}:{abs(whole) % 60:02d}"


def _is_usable(value: float | None) -> TypeGuard[float]:
    return value is not None and abs(value) < _LARGEST


def _padded(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * 0.08 or max(abs(high) * 0.1, 0.5)
    return low - room, high + room


def _number(value: float) -> str:
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
