"""Server-sent events out of the bytes of a connection, however they were cut. Pure.

As the HTML standard has them, but lines that are no field are an error: then it is no event stream.
"""

from __future__ import annotations

from greenroom.errors import LanguageModelInvalid

MAX_LINE_BYTES = 1 << 16
MAX_BYTES = 1 << 21
"""Of a whole stream. A word takes 200 to 400 bytes, an answer has 100 words; 2 MB are more than 5000 words."""
FIELDS = frozenset({b"data", b"event", b"id", b"retry"})


class EventStream:
    """Feed it bytes; it gives back the data of each event that has come to its end."""

    def __init__(self, *, max_line_bytes: int = MAX_LINE_BYTES, max_bytes: int = MAX_BYTES) -> None:
        self._max_line_bytes, self._max_bytes = max_line_bytes, max_bytes
        self._bytes = 0
        self._line = bytearray()
        """The one that has not come to its end."""
        self._ended_in_cr = False
        self._is_first = True
        self._data: list[str] = []
        self._held = 0
        """Bytes of it."""

    def feed(self, chunk: bytes) -> list[str]:
        """Raises ``LanguageModelInvalid`` for what is no event stream, or a longer one than is taken."""
        if not chunk:
            return []
        self._bytes += len(chunk)
        if self._bytes > self._max_bytes:
            raise _invalid("does not end")
        text = chunk.removeprefix(b"\n") if self._ended_in_cr else chunk
        self._ended_in_cr = chunk.endswith(b"\r")
        first, *others = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._line += first
        found: list[str] = []
        for other in others:
            self._end_line(found)
            self._line += other
        if len(self._line) > self._max_line_bytes:
            raise _invalid("has a line without end")
        return found

    def _end_line(self, found: list[str]) -> None:
        if len(self._line) > self._max_line_bytes:
            raise _invalid("has a line without end")
        line = bytes(self._line)
        self._line.clear()
        if (data := self._take(line)) is not None:
            found.append(data)

    def _take(self, line: bytes) -> str | None:
        """One line; the data of an event when it ends with it."""
        if self._is_first:
            line = line.removeprefix(b"\xef\xbb\xbf")
            self._is_first = False
        if not line:
            data, self._data, self._held = self._data, [], 0
            return "\n".join(data) if data else None
        field, _, value = line.partition(b":")
        if field and field not in FIELDS:
            raise _invalid("has lines that are none of its fields")
        if field == b"data":
            try:
                self._data.append(value.removeprefix(b" ").decode())
            except UnicodeDecodeError:
                raise _invalid("is not UTF-8") from None
            self._held += len(value) + 1
            if self._held > self._max_line_bytes:
                raise _invalid("has an event without end")
        return None


def _invalid(what: str) -> LanguageModelInvalid:
    return LanguageModelInvalid(f"the event stream of the language model {what}", fix=FIX)


FIX = "check that language.url is the address of a server that speaks OpenAI's chat completions, like …/v1"
