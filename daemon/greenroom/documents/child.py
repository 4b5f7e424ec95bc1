"""The process that opens one PDF, with little memory and time: it reads standard input and writes one line of JSON.

``python -m greenroom.documents.child KIND``, with the file's name in the environment. It is started for a single file
and knows nothing else.
"""

from __future__ import annotations

import logging
import os
import resource
import sys

import msgspec
from msgspec import Struct

from greenroom.documents.lines import paged
from greenroom.documents.pages_pypdf import pages
from greenroom.errors import DocumentTooLong, GreenroomError
from greenroom.records import DocumentKind, DocumentText

MAX_MEMORY_BYTES = 512 * 2**20
MAX_CPU_S = 6
MAX_OUTPUT_BYTES = 2**20
"""40,000 characters of any script, escaped, and more."""
NAME = "GREENROOM_DOCUMENT_NAME"
"""The file's name, which tells whose CV it is: anybody may read a process's arguments, its user alone its environment.
"""


class Outcome(Struct, frozen=True, kw_only=True):
    """The text, or what is wrong with it."""

    document: DocumentText | None = None
    code: str = ""
    message: str = ""
    fix: str = ""


def outcome(name: str, kind: DocumentKind) -> Outcome:
    """What the PDF at standard input says."""
    try:
        return Outcome(document=paged(pages(sys.stdin.buffer, name), name, kind))
    except GreenroomError as error:
        return Outcome(code=error.code, message=error.message, fix=error.fix)
    except (MemoryError, RecursionError):
        return Outcome(code=DocumentTooLong.code, message=f"{name} unpacks to more than the booth takes",
                       fix="paste its text")


def main() -> None:
    logging.disable()  # the library tells of what it mends, in words of the document
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    name, kind = os.environ[NAME], sys.argv[1]
    sys.stdout.buffer.write(msgspec.json.encode(outcome(name, msgspec.convert(kind, DocumentKind))))


if __name__ == "__main__":
    main()
