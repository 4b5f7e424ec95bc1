"""What is handed in to be scored: read whole, or refused with file, place and fault."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import ScoreInputError
from greenroom.reports.to_score import MAX_ANSWERS, MAX_CHARACTERS, parse

GOOD = {"question": "Why?", "answer": "Because I like it."}


def test_one_answer_or_a_list_of_them_is_read() -> None:
    (one,) = parse(json.dumps(GOOD).encode(), "a.json")
    assert (one.question, one.text, one.kind, one.words) == ("Why?", "Because I like it.", None, ())
    assert len(parse(json.dumps([GOOD, GOOD]).encode(), "a.json")) == 2


def test_kind_role_and_words_with_times_may_be_added() -> None:
    words = [{"text": "because", "start_s": 1.0, "end_s": 1.4, "certainty": 0.8},
             {"text": "x", "start_s": 1.5, "end_s": 2}]
    (one,) = parse(json.dumps(GOOD | {"kind": "motivation", "role": "nurse", "words": words}).encode(), "a.json")
    assert one.kind == "motivation"
    heard = [(word.text, word.start_t, word.certainty) for word in one.words]
    assert heard == [("because", 1.0, 0.8), ("x", 1.5, None)]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse(b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), "a.json")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b'{"question": "a",\n "answer": x}', "line 2"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe", "no UTF-8 text: byte 0"),
        (b"[]", "holds no answer"),
        (b"3", r"`answers\[0\]`"),
        (b'{"answer": "x"}', "missing required field `question`"),
        (b'{"question": " ", "answer": "x"}', "answer 1: question is empty"),
        (b'{"question": "a", "anwser": "x"}', "unknown field `anwser`"),
        (b'[{"question": "a"}, {"question": 3}]', r"`answers\[1\]\.question`"),
        (b'{"question": "a", "kind": "trivia"}', r"trivia.*`answers\[0\]\.kind`"),
        (json.dumps([GOOD] * (MAX_ANSWERS + 1)).encode(), "holds 201 answers"),
        (json.dumps(GOOD | {"answer": "x" * (MAX_CHARACTERS + 1)}).encode(), "answer 1 is too long"),
        (b'{"question": "a", "words": [{"text": "b", "start_s": 2, "end_s": 1}]}', "word 1 has no time"),
        (b'{"question": "a", "words": [{"text": "b", "start_s": -1, "end_s": 1}]}', "word 1 has no time"),
        (b'{"question": "a", "words": [{"text": "b", "start_s": 0, "end_s": 1e999}]}', "a.json"),
    ],
)
def test_what_cannot_be_read_is_named_with_file_place_and_a_way_on(data: bytes, said: str) -> None:
    with pytest.raises(ScoreInputError, match=said) as caught:
        parse(data, "a.json")
    assert "a.json" in str(caught.value)
    assert caught.value.fix


@given(st.binary(max_size=300))
def test_any_bytes_give_answers_or_a_coded_error(data: bytes) -> None:
    with contextlib.suppress(ScoreInputError):
        parse(data, "a.json")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["question", "answer", "words", "kind", "x"]), inner),
                    max_leaves=8))
def test_any_json_gives_answers_or_a_coded_error(value: object) -> None:
    with contextlib.suppress(ScoreInputError):
        parse(json.dumps(value).encode(), "a.json")
