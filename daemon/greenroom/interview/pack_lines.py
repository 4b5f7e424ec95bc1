"""On which line of a question pack's TOML a value stands, so that whoever wrote it finds it. Pure.

Packs are arrays of tables (``[[questions]]``) with one key a line; another form is found as near as that goes.
"""

from __future__ import annotations

import re

_STEP = re.compile(r"(\w+)(?:\[(\d+|\.\.\.)\])?")


def line_of(text: str, path: str) -> int:
    """The line of ``path`` ("questions[3].text"), from 1; that of its table where the key has no line of its own."""
    lines = text.splitlines()
    at, end = 0, len(lines)
    for name, number in _STEP.findall(path):
        tables = [n for n, line in enumerate(lines) if line.strip() == f"[[{name}]]"]
        if number.isdecimal() and int(number) < len(tables):
            at = tables[int(number)]
            end = next((n for n in range(at + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
            continue
        key = re.compile(rf"\s*(?:{{\s*)?\"?{re.escape(name)}\"?\s*=")
        found = next((n for n in range(at, end) if key.match(lines[n])), None)
        if found is None:
            break
        at = found
        if number.isdecimal():
            inner = [n for n in range(at + 1, end) if lines[n].strip()[:1] in ("{", '"', "'")]
            at = inner[int(number)] if int(number) < len(inner) else at
    return at + 1
