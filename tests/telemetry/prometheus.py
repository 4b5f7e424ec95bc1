"""A strict reader of Prometheus' text format 0.0.4, from its description: it takes no line that is not of it."""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
HELP = re.compile(rf"# HELP ({NAME}) ((?:[^\\\n]|\\\\|\\n)*)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge|histogram)")
SUFFIXES = ("_bucket", "_sum", "_count")

Labels = frozenset[tuple[str, str]]


class Metric(NamedTuple):
    kind: str
    help: str
    samples: dict[tuple[str, Labels], float]
    """By the sample's whole name and its labels."""

    def value(self, suffix: str = "", **labels: str) -> float:
        (found,) = [value for (name, has), value in self.samples.items()
                    if name.endswith(suffix) and has == frozenset(labels.items())]
        return found


def parse(page: str) -> dict[str, Metric]:
    """Every metric of a page; raises ``AssertionError`` for what the format does not allow."""
    assert page.endswith("\n")
    metrics: dict[str, Metric] = {}
    open_help: tuple[str, str] | None = None
    for line in page.split("\n")[:-1]:
        if line.startswith("# HELP"):
            told = HELP.fullmatch(line)
            assert told, line
            assert told[1] not in metrics, f"{told[1]} comes twice"
            open_help = (told[1], told[2])
        elif line.startswith("# TYPE"):
            typed = TYPE.fullmatch(line)
            assert typed, line
            assert open_help is not None, line
            assert open_help[0] == typed[1], line
            metrics[typed[1]] = Metric(typed[2], open_help[1], {})
        else:
            _sample(line, metrics)
    for name, metric in metrics.items():
        _check(name, metric)
    return metrics


def _sample(line: str, metrics: dict[str, Metric]) -> None:
    told = SAMPLE.fullmatch(line)
    assert told, line
    family = next(reversed(metrics))
    metric = metrics[family]
    allowed = {family + suffix for suffix in SUFFIXES} if metric.kind == "histogram" else {family}
    assert told[1] in allowed, f"{line} is not of {family}"
    labels: list[tuple[str, str]] = []
    rest = told[2] or ""
    while rest:
        label = LABEL.match(rest)
        assert label, line
        value = re.sub(r"\\(.)", lambda sign: "\n" if sign[1] == "n" else sign[1], label[2])
        labels.append((label[1], value))
        rest = rest[label.end() :]
    assert len({name for name, _ in labels}) == len(labels), line
    place = (told[1], frozenset(labels))
    assert place not in metric.samples, f"{line} comes twice"
    metric.samples[place] = float(told[3])


def _check(name: str, metric: Metric) -> None:
    assert metric.samples, name
    assert (metric.kind == "counter") == name.endswith("_total"), name
    if metric.kind == "counter":
        assert all(value >= 0 for value in metric.samples.values()), name
    if metric.kind != "histogram":
        return
    rows: dict[Labels, list[tuple[float, float]]] = {}
    for (sample, labels), value in metric.samples.items():
        if sample.endswith("_bucket"):
            limit = dict(labels)["le"]
            rows.setdefault(labels - {("le", limit)}, []).append((float(limit), value))
    assert rows, name
    for labels, buckets in rows.items():
        limits, counts = zip(*sorted(buckets), strict=True)
        assert limits[-1] == float("inf"), name
        assert list(counts) == sorted(counts), name
        assert metric.samples[f"{name}_count", labels] == counts[-1], name
        assert metric.samples[f"{name}_sum", labels] >= 0, name
