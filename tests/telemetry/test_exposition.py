"""The text format of Prometheus, and the metrics in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.records import STAGES
from greenroom.telemetry.exposition import Family, Sample, histogram, text
from greenroom.telemetry.figures import families, key
from greenroom.telemetry.hub import EMPTY
from greenroom.telemetry.tally import BUCKETS_S, Tally
from telemetry.prometheus import parse
from telemetry.samples import SECRET, figures

PAGE = (Path(__file__).parents[2] / "daemon/PROTOCOL.md").read_text()


@given(st.text(), st.text(), st.floats(allow_nan=False))
def test_any_text_and_any_number_is_read_back(help_text: str, label: str, value: float) -> None:
    page = text([Family("a_metric", "gauge", help_text, [Sample(value, {"name": label})])])
    metric = parse(page)["a_metric"]
    assert metric.value(name=label) == value


@given(st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_a_histogram_is_cumulative_and_ends_in_infinity(counts: list[int]) -> None:
    page = text([Family("t_seconds", "histogram", "h", histogram((0.5, 1.0), counts, 3.5, {"stage": "x"}))])
    metric = parse(page)["t_seconds"]
    assert metric.value("_bucket", stage="x", le="1.0") == sum(counts[:2])
    assert metric.value("_bucket", stage="x", le="+Inf") == metric.value("_count", stage="x") == sum(counts)
    assert metric.value("_sum", stage="x") == 3.5


def test_the_reader_of_these_tests_takes_nothing_else() -> None:
    good = text(families(figures()))
    parse(good)
    for bad in (good[:-1], good.replace(" histogram", " summary", 1), good.replace('{version="', "{version=", 1),
                good.replace("# HELP", "# HLP", 1), good + "greenroom_clients 2\n", good.replace(" 2\n", " two\n", 1)):
        with pytest.raises((AssertionError, ValueError)):
            parse(bad)


def test_the_booth_is_told_in_metrics() -> None:
    metrics = parse(text(families(figures())))
    assert metrics["greenroom_build_info"].value(version="1.2.3") == 1
    assert metrics["greenroom_uptime_seconds"].value() == 3725.5
    assert metrics["greenroom_clients"].value() == 2
    assert metrics["greenroom_phase"].value(phase=EMPTY.phase) == 1
    assert sum(metrics["greenroom_phase"].samples.values()) == 1
    assert metrics["greenroom_worker_up"].value(worker="audio") == 1
    assert metrics["greenroom_worker_up"].value(worker="vision") == 0
    assert metrics["greenroom_worker_restarts_total"].value(worker="vision") == 1
    assert metrics["greenroom_audio_gaps_total"].value() == 2
    assert metrics["greenroom_audio_lost_seconds_total"].value() == 0.75
    assert metrics["greenroom_turns_total"].value(ended_by="silence") == 3
    assert metrics["greenroom_speculations_total"].value(result="reused") == 3
    assert metrics["greenroom_silences_total"].value(tier="complete", outcome="went_on") == 3
    gap = metrics["greenroom_felt_gap_seconds"]
    assert gap.value("_bucket", le="1.2") == 2
    assert gap.value("_count") == 3
    assert gap.value("_sum") == pytest.approx(4.8)
    stages = metrics["greenroom_turn_stage_seconds"]
    assert stages.value("_count", stage="soft_end") == 3
    assert stages.value("_count", stage="follow_up_chosen") == 0


def test_a_booth_that_has_just_begun_tells_everything_with_nothing_in_it() -> None:
    fresh, used = parse(text(families(figures(counted=Tally())))), parse(text(families(figures())))
    assert fresh.keys() == used.keys()
    assert {name: set(metric.samples) for name, metric in fresh.items()} == {
        name: set(metric.samples) for name, metric in used.items()}


def test_nothing_that_was_said_is_in_the_metrics() -> None:
    assert SECRET not in text(families(figures()))


def test_the_targets_of_the_felt_gap_are_bounds_of_buckets() -> None:
    assert {1.2, 2.0} <= set(BUCKETS_S)
    assert list(BUCKETS_S) == sorted(set(BUCKETS_S))


def test_the_protocol_lists_every_metric_with_its_kind_and_labels() -> None:
    rows = re.findall(r"^\| `(greenroom_\w+)` \| (\w+) \|(.*?)\|", PAGE, re.MULTILINE)
    listed = {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    told = {
        family.name: (family.kind, {name for sample in family.samples for name in sample.labels} - {"le"})
        for family in families(figures())
    }
    assert listed == told


def test_the_protocol_lists_every_stage_with_what_it_means() -> None:
    page = PAGE.split("## 9. ")[1].split("\n## ")[0]
    assert [key(name) for name in STAGES] == re.findall(r"^\| `([a-z_]+)` \|", page.split("| stage |")[1], re.MULTILINE)
    assert all(f"| `{key(name)}` | {meaning} |" in page for name, meaning in STAGES.items())
