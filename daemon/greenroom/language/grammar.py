"""A JSON schema as a grammar in llama.cpp's notation (GBNF), for the part of JSON schema that can be held exactly.

Whatever the grammar lets through is JSON that obeys the schema. There is no white space in it, because a model may
write that without end; everything has a greatest length; every property is written, in the order of the schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from greenroom.errors import EngineError

MAX_CHARACTERS = 100_000
"""Of a grammar. An answer has about 60 sentences, and a reading a dozen lists of them; that takes 30,000."""
MAX_RANGE = 1000
"""Integers between two bounds are alternatives, one by one."""
CHARACTER = r"[ !#-\[\]-~\u00A1-\u024F\u2010-\u2027\u20AC]"
"""What a string may have in it: nothing that JSON would have to escape, nothing that cannot be seen."""
ANNOTATIONS = frozenset({"title", "description", "$schema", "additionalProperties", "required", "type"})

Schema = Mapping[str, object]


def grammar_of(schema: Schema) -> str:
    """Rules of which the first is ``root``. Raises ``EngineError`` for what cannot be held exactly or has no bound."""
    rules = _Rules()
    root = rules.value(schema)
    text = "\n".join([f"root ::= {root}", *rules.lines])
    if len(text) > MAX_CHARACTERS:
        raise _unheld(f"its grammar would have {len(text)} characters")
    return text


class _Rules:
    """Collects the rules that others name."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def value(self, schema: object) -> str:
        """An expression that stands for one value."""
        if not isinstance(schema, Mapping):
            raise _unheld("a part of it is no object")
        if "enum" in schema or "const" in schema:
            _only(schema, {"enum", "const"})
            return _alternatives([_literal(value) for value in _values(schema)])
        if "anyOf" in schema:
            _only(schema, {"anyOf"})
            return _alternatives([self.value(one) for one in _listed(schema, "anyOf")])
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema)
            case "string":
                _only(schema, {"minLength", "maxLength"})
                return rf'"\"" {CHARACTER}{_times(*_bounds(schema, "minLength", "maxLength"))} "\""'
            case "integer":
                _only(schema, {"minimum", "maximum"})
                low, high = _bounds(schema, "minimum", "maximum", lowest=None)
                if high - low >= MAX_RANGE:
                    raise _unheld(f"an integer has more than {MAX_RANGE} values")
                return _alternatives([_literal(number) for number in range(low, high + 1)])
            case "boolean":
                _only(schema, set())
                return '("true" | "false")'
            case "null":
                _only(schema, set())
                return '"null"'
            case other:
                raise _unheld(f"no way to bound the type {other!r}")

    def _object(self, schema: Schema) -> str:
        _only(schema, {"properties"})
        properties = schema.get("properties", {})
        if not isinstance(properties, Mapping):
            raise _unheld("`properties` is no object")
        missing = {name for name in _listed(schema, "required") if name not in properties}
        if missing:
            raise _unheld("something is required that is not among the properties")
        parts = [f"{_quoted(json.dumps(name) + ':')} {self.value(kind)}" for name, kind in properties.items()]
        return " ".join(['"{"', *([' "," '.join(parts)] if parts else []), '"}"'])

    def _array(self, schema: Schema) -> str:
        _only(schema, {"items", "minItems", "maxItems", "uniqueItems"})
        least, most = _bounds(schema, "minItems", "maxItems")
        if most == 0:
            return '"[]"'
        if schema.get("uniqueItems"):
            return f'"[" {self._chosen(schema.get("items"), least, most)} "]"'
        item = self._named(self.value(schema.get("items")))
        some = f'{item} ("," {item}){_times(max(least - 1, 0), most - 1)}' if most > 1 else item
        return f'"[" {some if least else f"({some})?"} "]"'

    def _chosen(self, items: object, least: int, most: int) -> str:
        """Different values in the order of their enumeration: a rule for each place and number of values so far."""
        if not isinstance(items, Mapping) or "enum" not in items:
            raise _unheld("different items without an enumeration of them")
        values = list(dict.fromkeys(_literal(value) for value in _values(items)))
        if least > len(values):
            raise _unheld("more different items are required than there are")
        first = len(self.lines)

        def rule(place: int, so_far: int) -> str:
            return f"r{first}-{place}-{so_far}"

        for place in range(len(values) + 1):
            for so_far in range(min(place, most) + 1):
                if len(values) - place < least - so_far:
                    continue
                ways = ['""'] if place == len(values) or so_far == most else []
                if not ways:
                    comma = '"," ' if so_far else ""
                    ways.append(f"{comma}{values[place]} {rule(place + 1, so_far + 1)}")
                    if len(values) - place - 1 >= least - so_far:
                        ways.append(rule(place + 1, so_far))
                self.lines.append(f"{rule(place, so_far)} ::= {' | '.join(ways)}")
        return rule(0, 0)

    def _named(self, expression: str) -> str:
        name = f"r{len(self.lines)}"
        self.lines.append(f"{name} ::= {expression}")
        return name


def _unheld(why: str) -> EngineError:
    return EngineError(f"a reading cannot be held to its JSON schema: {why}",
                       fix="use objects, arrays with maxItems, strings with maxLength, enumerations and small ranges")


def _only(schema: Schema, known: set[str]) -> None:
    """No word of JSON schema is passed over in silence."""
    unknown = sorted(map(str, schema.keys() - known - ANNOTATIONS))
    if unknown:
        raise _unheld(f"`{unknown[0]}` is not understood there")


def _listed(schema: Schema, key: str) -> Sequence[object]:
    found = schema.get(key, [])
    if not isinstance(found, Sequence) or isinstance(found, str) or (key == "anyOf" and not found):
        raise _unheld(f"`{key}` is no list of something")
    return found


def _values(schema: Schema) -> Sequence[object]:
    if "const" in schema:
        return [schema["const"]]
    values = _listed(schema, "enum")
    if not values:
        raise _unheld("an enumeration of nothing")
    return values


def _bounds(schema: Schema, least: str, most: str, *, lowest: int | None = 0) -> tuple[int, int]:
    low, high = schema.get(least, lowest), schema.get(most)
    if type(low) is not int or type(high) is not int or low > high or (lowest is not None and low < lowest):
        raise _unheld(f"`{least}` and `{most}` are no bounds")
    return low, high


def _times(least: int, most: int) -> str:
    return f"{{{least},{most}}}"


def _alternatives(expressions: list[str]) -> str:
    return f"({' | '.join(dict.fromkeys(expressions))})"


def _literal(value: object) -> str:
    try:
        return _quoted(json.dumps(value, separators=(",", ":"), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise _unheld("a value of an enumeration is no JSON") from error


def _quoted(text: str) -> str:
    """A literal of the grammar; ``text`` is ASCII."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
