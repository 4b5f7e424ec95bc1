"""From raw text to numbered lines: nothing but text, and not too much of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.documents.lines import MAX_CHARACTERS, MAX_LINES, called, clean, paged, plain
from greenroom.errors import DocumentEmpty, DocumentError, DocumentTooLong

FILLED = "Some words that are long enough to be a text"


@given(st.binary(max_size=4_000))
def test_any_bytes_give_clean_lines_or_a_coded_error(data: bytes) -> None:
    try:
        found = plain(data, "cv.txt", "cv")
    except DocumentError as error:
        refusals = [error]
    else:
        refusals = []
    for refusal in refusals:
        assert refusal.message.startswith("cv.txt")
        assert refusal.fix
        return
    assert 1 <= len(found.lines) <= MAX_LINES
    assert [line.number for line in found.lines] == sorted({line.number for line in found.lines})
    assert all(line.text == clean(line.text) for line in found.lines)


@given(st.lists(st.text(max_size=300), max_size=30))
def test_pages_give_lines_in_order(pages: list[str]) -> None:
    try:
        found = paged(pages, "cv.pdf", "cv")
    except DocumentEmpty:
        return
    assert [line.number for line in found.lines] == list(range(1, len(found.lines) + 1))
    assert [line.page for line in found.lines] == sorted(line.page for line in found.lines)


@given(st.text())
def test_cleaned_text_is_visible_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in cleaned)


def test_signs_that_turn_or_hide_text_are_left_out() -> None:
    assert clean("Lead\u202e a\u200b te\u2066am\x07\x1b[31m") == "Lead a team[31m"
    assert clean("ﬁrst\u00a0class") == "first class"


def test_a_text_that_goes_on_is_refused_where_it_becomes_too_long() -> None:
    with pytest.raises(DocumentTooLong, match=rf"job\.txt, line {MAX_LINES + 1}:"):
        plain("\n".join([FILLED] * (MAX_LINES + 1)).encode(), "job.txt", "job")
    with pytest.raises(DocumentTooLong, match=r"job\.txt, line 2:"):
        plain(f"{FILLED}\n{'x' * MAX_CHARACTERS}".encode(), "job.txt", "job")
    assert plain("\n".join([FILLED] * MAX_LINES).encode(), "job.txt", "job").lines[-1].number == MAX_LINES


def test_blank_lines_cost_nothing() -> None:
    assert plain(b"\n" * 100_000 + FILLED.encode(), "job.txt", "job").lines[0].number == 100_001


@pytest.mark.parametrize("text", ["", "\n \t\n", "12 / 34 - 56", "Page 1"])
def test_what_has_no_words_is_empty(text: str) -> None:
    with pytest.raises(DocumentEmpty):
        plain(text.encode(), "job.txt", "job")


def test_text_of_windows_is_read_too() -> None:
    assert plain(FILLED.encode("utf-16"), "job.txt", "job").lines[0].text == FILLED
    assert plain(b"\xef\xbb\xbf" + FILLED.encode(), "job.txt", "job").lines[0].text == FILLED


def test_a_name_is_one_short_line() -> None:
    assert called("cv\n\u202e.pdf") == "cv .pdf"
    assert called("\x00") == "the document"
    assert len(called("x" * 500)) == 80
