from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.language import cues


@pytest.mark.parametrize(
    "answer", ["we were three people", "25 of them", "it took twenty-five days", "by 3.5 percent", "HALF of it"]
)
def test_a_number_is_a_digit_or_a_number_word(answer: str) -> None:
    assert cues.has_number(answer)


@pytest.mark.parametrize("answer", ["", "one day somebody came", "the second time", "often and for tenants", "--- '"])
def test_what_does_not_count_is_no_number(answer: str) -> None:
    assert not cues.has_number(answer)


def test_a_phrase_counts_only_as_whole_words() -> None:
    assert cues.has_result("and in the end, it worked")
    assert not cues.has_result("they wondered in the endless hall")


@pytest.mark.parametrize(
    ("answer", "is_there"),
    [
        ("we did it", False),
        ("we did it and i wrote the plan", True),
        ("the plan was mine", True),
        ("our team", False),
        ("We met, I'd say", True),
    ],
)
def test_own_part_is_missing_only_where_we_stands_alone(answer: str, is_there: bool) -> None:
    assert cues.has_own_part(answer) is is_there


@given(st.text(max_size=200))
def test_any_text_can_be_read(answer: str) -> None:
    for reads in (
        cues.has_number,
        cues.has_result,
        cues.has_reflection,
        cues.has_tradeoff,
        cues.has_example,
        cues.has_own_part,
    ):
        assert reads(answer) in (True, False)
