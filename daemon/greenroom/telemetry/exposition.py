"""Prometheus' text exposition format, version 0.0.4."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

MEDIA = "text/plain; version=0.0.4; charset=utf-8"


class Sample(NamedTuple):
    """One value. ``suffix`` goes behind the family's name."""

    value: float
    labels: Mapping[str, str] = {}
    suffix: str = ""


class Family(NamedTuple):
    """All samples of one metric."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    samples: Sequence[Sample]


def text(families: Iterable[Family]) -> str:
    """The whole page; it ends with a line feed."""
    return "".join(f"{line}\n" for family in families for line in _lines(family))


def histogram(bounds: Sequence[float], counts: Sequence[int], total: float,
              labels: Mapping[str, str] | None = None) -> list[Sample]:
    """Samples of one histogram: ``counts`` are of the values within each bound but beyond the one before, and the
    last, one more than there are bounds, of those beyond all."""
    own = labels or {}
    up_to = list(accumulate(counts))
    limits = (*bounds, math.inf)
    return [
        *(Sample(n, {**own, "le": _number(limit)}, "_bucket") for limit, n in zip(limits, up_to, strict=True)),
        Sample(total, own, "_sum"),
        Sample(up_to[-1], own, "_count"),
    ]


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {_escaped(family.help)}"
    yield f"# TYPE {family.name} {family.kind}"
    for sample in family.samples:
        labels = ",".join(f'{name}="{_escaped(value, is_quoted=True)}"' for name, value in sample.labels.items())
        yield f"{family.name}{sample.suffix}{f'{{{labels}}}' if labels else ''} {_number(sample.value)}"


def _escaped(text: str, *, is_quoted: bool = False) -> str:
    plain = text.replace("\\", r"\\").replace("\n", r"\n")
    return plain.replace('"', r"\"") if is_quoted else plain


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return "NaN" if math.isnan(value) else repr(value)
