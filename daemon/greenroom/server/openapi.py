"""The OpenAPI 3.1 document, made from the route table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from greenroom.server.calls import Route
from greenroom.server.failure import Failure
from greenroom.server.transcripts import TRANSCRIPT_FORMATS

REFUSALS = {
    "400": "malformed (`protocol`)",
    "403": "not allowed (`access`)",
    "404": "no such thing (`not-found`)",
    "409": "makes no sense now (`command-refused`)",
    "413": "body too large (`protocol`), file or text too long (`recording-too-long`, `text-too-long`)",
    "422": "no recording that can be heard (`recording`), no picture that can be seen (`picture`, "
           "`picture-too-large`), no answer that can be scored (`score-input`)",
    "415": "body is not plain JSON (`protocol`)",
    "421": "not one of the booth's names (`access`)",
    "429": "too many wrong codes or tokens (`rate`)",
    "500": "a fault of the booth (`internal`)",
    "503": "too many clients (`too-many`) or jobs (`jobs-full`), or no worker for it now (`worker-lost`)",
}
UPLOAD: dict[str, Any] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {"type": "string", "format": "binary"},
                "channel": {"type": "string"},
                "response_format": {"type": "string", "enum": list(TRANSCRIPT_FORMATS)},
            },
        }
    },
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
}
PARAMETER = re.compile(r"{(\w+)(?::[^}]*)?}")


def document(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """``routes`` as OpenAPI 3.1; schemas come from the structs."""
    bodies = [body for route in routes for body in (route.request, route.response) if body is not None]
    schemas, components = msgspec.json.schema_components(
        [*bodies, Failure], ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip(map(id, bodies), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Greenroom booth", "version": version},
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(route: Route, schema_of: dict[int, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler if isinstance(route.handler, str) else route.handler.__name__,
        "summary": route.summary,
        "x-roles": sorted(route.roles),
        "parameters": [
            *(_parameter(name) for name in PARAMETER.findall(route.path)),
            *({"name": name, "in": "query", "schema": {"type": "string"}} for name in route.query),
        ],
        "responses": {_status(route): _success(route, schema_of)} | {
            status: {"description": text, "content": _json({"$ref": "#/components/schemas/Failure"})}
            for status, text in REFUSALS.items()
        },
    }  # fmt: skip
    if isinstance(route.handler, str):
        operation["operationId"] += "_" + route.path.split("/")[1]
    if "{session}" in route.path:
        operation["parameters"].append({"name": "code", "in": "query", "schema": {"type": "string"}})
    if route.upload_limit:
        operation["requestBody"] = {"required": True, "content": UPLOAD}
    if route.request is not None:
        operation["requestBody"] = {"required": True, "content": _json(schema_of[id(route.request)])}
    return operation


def _status(route: Route) -> str:
    if route.handler in ("socket", "stream", "self_view"):
        return "101"
    return "302" if route.summary.startswith("Leads to") else str(route.status)


def _success(route: Route, schema_of: dict[int, dict[str, Any]]) -> dict[str, Any]:
    if route.response is not None:
        return {"description": route.summary, "content": _json(schema_of[id(route.response)])}
    if _status(route) in ("101", "302"):
        return {"description": route.summary}
    return {"description": route.summary, "content": {route.media.partition(";")[0]: {}}}


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
