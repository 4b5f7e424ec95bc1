from __future__ import annotations

import contextlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import LanguageModelInvalid
from greenroom.language.event_stream import FIELDS, EventStream

DATA = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


def fed(chunks: list[bytes], **bounds: int) -> list[str]:
    stream = EventStream(**bounds)
    return [data for chunk in chunks for data in stream.feed(chunk)]


def cut(text: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


@pytest.mark.parametrize(("text", "events"), [
    (b"data: a\n\ndata:b\n\n", ["a", "b"]),
    (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
    (b"data: a\ndata: b\n\n", ["a\nb"]),
    (b"data:  a\n\n", [" a"]),
    (b": a comment\n\nevent: x\nid: 3\nretry: 9\ndata: a\n\n", ["a"]),
    (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", ["a", "b", "c"]),
    (b"data\n\n", [""]),
    (b"data: not at its end\n", []),
    (b"\n\n\n", []),
])  # fmt: skip
def test_events_are_read_as_the_standard_has_them(text: bytes, events: list[str]) -> None:
    assert fed([text]) == events
    assert fed([bytes([byte]) for byte in text]) == events


@given(st.lists(st.lists(DATA, min_size=1, max_size=3), max_size=5), ENDS, st.lists(st.integers(0, 10**6), max_size=9))
def test_chunks_cut_anywhere_give_the_same_events(events: list[list[str]], end: bytes, places: list[int]) -> None:
    text = b"".join(b"".join(b"data: " + line.encode() + end for line in event) + end for event in events)
    assert fed(cut(text, places)) == ["\n".join(event) for event in events]


@given(st.lists(st.sampled_from([b"data: x", b"\r", b"\n", b"\r\n", b": y", b""]), max_size=20),
       st.lists(st.integers(0, 10**6), max_size=9))
def test_mixed_ends_of_lines_mean_the_same_however_they_are_cut(parts: list[bytes], places: list[int]) -> None:
    text = b"".join(parts)

    def outcome(chunks: list[bytes]) -> list[str] | str:
        try:
            return fed(chunks)
        except LanguageModelInvalid as error:
            return error.message

    assert outcome(cut(text, places)) == outcome([text])


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_whatever_comes_gives_text_or_an_error_of_ours_that_does_not_repeat_it(chunks: list[bytes]) -> None:
    with contextlib.suppress(LanguageModelInvalid):
        assert all(isinstance(data, str) for data in fed(chunks))


@pytest.mark.parametrize("text", [b"<!doctype html>\n", b'{"error": "secret"}\n', b"data: \xff\xfe\n", b"DATA: x\n"])
def test_what_is_no_event_stream_is_an_error(text: bytes) -> None:
    with pytest.raises(LanguageModelInvalid) as caught:
        fed([text])
    assert caught.value.fix
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("chunk", [b"data: " + b"x" * 94, b"data: x\n", b": " + b"x" * 94, b"data: xx\n\n", b"\n"])
def test_a_stream_without_end_is_left(chunk: bytes) -> None:
    with pytest.raises(LanguageModelInvalid, match="end"):
        fed([chunk] * 10_000, max_line_bytes=500, max_bytes=9000)


def test_the_fields_are_those_of_the_standard() -> None:
    assert {b"data", b"event", b"id", b"retry"} == FIELDS
