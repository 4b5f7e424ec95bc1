"""JSON schemas by chance, each with the test whether a value obeys it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6)


class Case(NamedTuple):
    schema: dict[str, Any]
    obeys: Callable[[Any], bool]


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _enumeration(values: list[Any]) -> Case:
    return Case({"enum": values}, lambda found: any(_same(found, value) for value in values))


def _text(bounds: tuple[int, int]) -> Case:
    least, most = min(bounds), max(bounds)
    return Case({"type": "string", "minLength": least, "maxLength": most},
                lambda found: isinstance(found, str) and least <= len(found) <= most)


def _integer(low: int, width: int) -> Case:
    return Case({"type": "integer", "minimum": low, "maximum": low + width},
                lambda found: type(found) is int and low <= found <= low + width)


def _list(item: Case, bounds: tuple[int, int]) -> Case:
    least, most = min(bounds), max(bounds)
    return Case({"type": "array", "items": item.schema, "minItems": least, "maxItems": most},
                lambda found: isinstance(found, list) and least <= len(found) <= most and all(map(item.obeys, found)))


def _chosen(values: list[int], bounds: tuple[int, int]) -> Case:
    least, most = min(*bounds, len(values)), max(bounds)
    return Case(
        {"type": "array", "items": {"enum": values}, "minItems": least, "maxItems": most, "uniqueItems": True},
        lambda found: (least <= len(found) <= most and len(set(found)) == len(found)
                       and found == [value for value in values if value in found]))


def _object(parts: dict[str, Case]) -> Case:
    return Case(
        {"type": "object", "properties": {name: part.schema for name, part in parts.items()}, "required": list(parts)},
        lambda found: found.keys() == parts.keys() and all(part.obeys(found[name]) for name, part in parts.items()))


def cases() -> st.SearchStrategy[Case]:
    bounds = st.tuples(st.integers(0, 3), st.integers(0, 3))
    values = st.one_of(st.integers(-10**6, 10**6), NAMES, st.booleans(), st.none())
    leaves = st.one_of(
        st.lists(values, min_size=1, max_size=5).map(_enumeration),
        st.tuples(st.integers(0, 6), st.integers(0, 6)).map(_text),
        st.builds(_integer, st.integers(-50, 50), st.integers(0, 120)),
        st.builds(_chosen, st.lists(st.integers(0, 40), min_size=1, max_size=8, unique=True), bounds),
        st.just(Case({"type": "boolean"}, lambda found: isinstance(found, bool))),
        st.just(Case({"type": "null"}, lambda found: found is None)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(_list, inner, bounds),
            st.dictionaries(NAMES, inner, max_size=4).map(_object),
            st.tuples(inner, inner).map(lambda two: Case({"anyOf": [two[0].schema, two[1].schema]},
                                                         lambda found: any(_safe(one, found) for one in two))),
        ),
        max_leaves=6,
    )


def _safe(case: Case, found: object) -> bool:
    try:
        return case.obeys(found)
    except (TypeError, AttributeError, KeyError):
        return False
