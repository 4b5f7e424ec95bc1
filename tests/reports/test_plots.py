from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from greenroom.reports import plots
from greenroom.reports.plots import Band, Line, Plot


def drawn(
    lines: tuple[Line, ...], *, title: str = "Pace", bands: tuple[Band, ...] = (), to_s: float = 100.0
) -> ET.Element:
    plot = Plot(name="pace", title=title, unit="wpm", lines=lines, bands=bands, from_s=0.0, to_s=to_s)
    return ET.fromstring(plots.draw(plot))  # noqa: S314 - our own drawing


def test_a_line_breaks_where_nothing_is_known() -> None:
    line = Line(t_s=(0.0, 1.0, 2.0, 3.0, 4.0), values=(1.0, 2.0, None, 3.0, 4.0))
    assert len(drawn((line,)).findall("polyline")) == 2


def test_a_single_value_is_a_dot() -> None:
    assert len(drawn((Line(t_s=(1.0,), values=(5.0,)),)).findall("circle")) == 1


def test_nothing_measured_is_said_in_words() -> None:
    assert drawn(()).findtext("desc") == "Nothing could be measured."


def test_titles_and_labels_are_escaped() -> None:
    svg = drawn((), title="<script>&", bands=(Band(start_s=1.0, end_s=2.0, label="</text><b>"),))
    assert svg.findtext("title") == "<script>&"
    assert [e.text for e in svg.findall("text") if e.get("class") == "band-label"] == ["</text><b>"]


def test_higher_values_are_drawn_higher() -> None:
    points = drawn((Line(t_s=(0.0, 50.0), values=(1.0, 2.0)),)).findall("polyline")[0].attrib["points"].split()
    (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in points)
    assert x1 > x0
    assert y1 < y0


@pytest.mark.parametrize(("t_s", "shown"), [(0.0, "0:00"), (125.4, "2:05"), (59.6, "1:00"), (-3.0, "-0:03")])
def test_clock(t_s: float, shown: str) -> None:
    assert plots.clock(t_s) == shown


def test_ticks_are_round() -> None:
    assert plots.ticks(0.0, 100.0, 4) == pytest.approx([0, 50, 100])
    assert plots.ticks(-30.0, -20.0, 4) == pytest.approx([-30, -25, -20])
    assert plots.ticks(3.0, 3.0, 4) == [3.0]
    assert plots.ticks(0.0, 5e-324, 4) == [0.0]


numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(st.floats(allow_nan=True), numbers), max_size=30), st.floats(allow_nan=True))
@example([(0.0, 1e-323), (1.0, 0.0)], 5e-324)
def test_any_data_draws_inside_the_picture(points: list[tuple[float, float | None]], to_s: float) -> None:
    line = Line(t_s=tuple(t for t, _ in points), values=tuple(v for _, v in points))
    svg = drawn((line,), bands=(Band(start_s=to_s, end_s=2.0, label=""),), to_s=to_s)
    for curve in svg.findall("polyline"):
        for point in curve.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= plots.WIDTH
            assert 0 <= y <= plots.HEIGHT
    assert all(math.isfinite(float(rect.attrib["width"])) for rect in svg.findall("rect"))
