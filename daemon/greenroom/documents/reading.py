"""Reads one file: a text here, a PDF in a process of its own that is ended when it takes too long."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import msgspec

from greenroom.documents.child import MAX_MEMORY_BYTES, MAX_OUTPUT_BYTES, NAME, Outcome
from greenroom.documents.lines import MAX_BYTES, called, plain
from greenroom.errors import DocumentError, DocumentTooLong, RelayedError
from greenroom.records import DocumentKind, DocumentText

MAX_S = 30.0
"""Of the whole process, on a box that is busy with other things; what it may compute is bounded in ``child``."""
HEADER = b"%PDF-"
HEADER_WITHIN = 1024
"""Where readers look for it."""
_LOOK_S = 0.02
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LD_LIBRARY_PATH")
"""What the process needs; what the booth's environment holds besides (a token, a key) is not for it."""


def read(path: Path, kind: DocumentKind) -> DocumentText:
    """Waits for it, ``MAX_S`` at the longest. Raises like ``Reading.step``, and for what is no file."""
    if not path.is_file():
        raise DocumentError(f"{called(str(path))} is no file that can be read", fix="check the path")
    reading = Reading(path, path.name, kind)
    try:
        while (text := reading.step()) is None:
            time.sleep(_LOOK_S)
        return text
    finally:
        reading.close()


class Reading:
    """One file that is being read. Call ``step`` until it answers, then ``close``; ``close`` may come at any time."""

    def __init__(self, path: Path, name: str, kind: DocumentKind) -> None:
        self._path, self._name, self._kind = path, called(name), kind
        self._child: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None
        self._until_s = 0.0

    def step(self) -> DocumentText | None:
        """The text; None while it is being read. Raises ``DocumentError``, its kinds, or what the process said."""
        try:
            return self._step()
        except OSError as error:
            raise DocumentError(f"{self._name} cannot be read now: {error.strerror}",
                                fix="try again in a moment, or paste its text") from error

    def _step(self) -> DocumentText | None:
        if self._child is None:
            data = self._data()
            if HEADER in data[:HEADER_WITHIN]:
                self._start()
                return None
            if self._name.lower().endswith(".pdf"):
                raise DocumentError(f"{self._name} is called a PDF, and is none",
                                    fix="save it anew as a PDF, or paste its text")
            return plain(data, self._name, self._kind)
        status = self._child.poll()
        if status is not None:
            return self._result(status)
        if time.monotonic() > self._until_s:
            raise self._too_much()
        return None

    def close(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        if self._out is not None:
            self._out.close()

    def _data(self) -> bytes:
        with self._path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise DocumentTooLong(f"{self._name} has more than {MAX_BYTES // 2**20} MB",
                                  fix="save it without pictures, or paste its text")
        return data

    def _start(self) -> None:
        # A file in memory: nothing of a document is written to a disk, and what comes is bounded by the child's limit.
        self._out = os.fdopen(os.memfd_create("document", os.MFD_CLOEXEC), "r+b")
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | {NAME: self._name}
        with self._path.open("rb") as file:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "greenroom.documents.child", self._kind],
                stdin=file, stdout=self._out, stderr=subprocess.DEVNULL, env=environment)
        self._until_s = time.monotonic() + MAX_S

    def _result(self, status: int) -> DocumentText:
        if status > 0 or self._out is None:
            raise DocumentError(f"{self._name} cannot be opened: the process for it ended with status {status}",
                                fix="paste its text instead")
        if status:  # ended by a limit of its own
            raise self._too_much()
        self._out.seek(0)
        try:
            outcome = msgspec.json.decode(self._out.read(MAX_OUTPUT_BYTES), type=Outcome)
        except msgspec.MsgspecError as error:
            raise self._too_much() from error
        if outcome.document is None:
            raise RelayedError(outcome.code, outcome.message, fix=outcome.fix)
        return outcome.document

    def _too_much(self) -> DocumentTooLong:
        return DocumentTooLong(
            f"{self._name} takes longer than {MAX_S:.0f} s, or more than {MAX_MEMORY_BYTES // 2**20} MB, to read",
            fix="save it anew as a PDF, or paste its text")
