"""Long work in small steps."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work that pauses often, and gives its result at its end."""


def whole(work: Steps[T]) -> T:
    """Its result, where nobody has anything else to do."""
    while True:
        try:
            next(work)
        except StopIteration as over:
            result: T = over.value
            return result
