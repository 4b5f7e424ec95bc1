"""What a client is told of something that went wrong."""

from __future__ import annotations

from typing import Self

from msgspec import Struct

from greenroom.errors import GreenroomError


class Failure(Struct, frozen=True, kw_only=True):
    """The body of every refusal, and why a job failed; ``code`` is one of the error codes."""

    code: str
    message: str
    fix: str = ""

    @classmethod
    def of(cls, error: GreenroomError) -> Self:
        return cls(code=error.code, message=error.message, fix=error.fix)
