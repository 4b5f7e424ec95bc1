from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.devices.heat import Heat, Zone, limit_c, zones


def warm(sys: Path, celsius: float, **trips_c: float) -> None:
    zone = sys / "class" / "thermal" / "thermal_zone0"
    zone.mkdir(parents=True, exist_ok=True)
    (zone / "temp").write_text(f"{round(celsius * 1000)}\n")
    for n, (kind, value_c) in enumerate(trips_c.items()):
        (zone / f"trip_point_{n}_type").write_text(f"{kind}\n")
        (zone / f"trip_point_{n}_temp").write_text(f"{round(value_c * 1000)}\n")


def slow(sys: Path, times: int) -> None:
    folder = sys / "devices" / "system" / "cpu" / "cpu0" / "thermal_throttle"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "core_throttle_count").write_text(f"{times}\n")


@pytest.mark.parametrize(("trips", "expected"), [
    ([("active", 50.0), ("passive", 95.0), ("critical", 105.0)], 95.0),
    ([("hot", 100.0), ("passive", 90.0)], 90.0),
    ([("critical", 105.0)], 90.0),
    ([("passive", 0.0), ("critical", 100.0)], 85.0),
    ([("passive", -274.0)], None),
    ([("active", 40.0)], None),
    ([], None),
])
def test_the_limit_is_where_slowing_down_begins(trips: list[tuple[str, float]], expected: float | None) -> None:
    assert limit_c(trips) == expected


def test_heat_begins_near_the_limit_and_ends_well_below_it(tmp_path: Path) -> None:
    warm(tmp_path, 60.0, active=50.0, passive=95.0)
    assert zones(tmp_path) == [Zone(60.0, 95.0)]
    heat, said = Heat(tmp_path), []
    for celsius in (60.0, 92.0, 94.0, 90.0, 87.0, 92.0):
        warm(tmp_path, celsius)
        said.append(heat.is_hot())
    assert said == [False, False, True, True, False, False]


def test_a_processor_that_slowed_itself_down_meanwhile_is_hot(tmp_path: Path) -> None:
    slow(tmp_path, 7)
    heat = Heat(tmp_path)
    assert not heat.is_hot(), "what was before does not count"
    slow(tmp_path, 9)
    assert heat.is_hot()
    assert not heat.is_hot()


def test_a_box_that_tells_nothing_or_nonsense_is_not_hot(tmp_path: Path) -> None:
    assert not Heat(tmp_path).is_hot()
    warm(tmp_path, -256.0, passive=95.0)
    assert not Heat(tmp_path).is_hot()
    (tmp_path / "class" / "thermal" / "thermal_zone0" / "temp").write_text("hot!")
    assert not Heat(tmp_path).is_hot()
