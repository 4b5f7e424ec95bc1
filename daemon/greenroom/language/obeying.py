"""Whether a value obeys a JSON schema, for the part of JSON schema that ``grammar`` holds models to. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def obeys(value: object, schema: Mapping[str, Any]) -> bool:
    """``schema`` is one of which ``grammar_of`` makes a grammar; properties must all be there, and no others."""
    if "enum" in schema or "const" in schema:
        wanted = schema["enum"] if "enum" in schema else [schema["const"]]
        return any(_canonical(value) == _canonical(one) for one in wanted)
    if "anyOf" in schema:
        return any(obeys(value, one) for one in schema["anyOf"])
    match schema["type"], value:
        case "object", dict():
            parts = schema.get("properties", {})
            return value.keys() == parts.keys() and all(obeys(value[name], parts[name]) for name in parts)
        case "array", list():
            is_short = schema.get("minItems", 0) <= len(value) <= schema["maxItems"]
            is_mixed = not schema.get("uniqueItems") or len(set(map(_canonical, value))) == len(value)
            return is_short and is_mixed and all(obeys(one, schema.get("items", {})) for one in value)
        case "string", str():
            return bool(schema.get("minLength", 0) <= len(value) <= schema["maxLength"])
        case "integer", int() if not isinstance(value, bool):
            return bool(schema["minimum"] <= value <= schema["maximum"])
        case "boolean", bool():
            return True
        case "null", None:
            return True
        case _:
            return False


def _canonical(value: object) -> str:
    """Tells 1 from true and from 1.0, as JSON does not equate what Python does."""
    return json.dumps(value, sort_keys=True)
