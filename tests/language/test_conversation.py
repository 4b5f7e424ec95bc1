from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import EngineError
from greenroom.language.conversation import ROOM_AFTER, Answered, fit, known, shared
from greenroom.ports import Message

SYSTEM = Message("system", "s" * 10)


def answered(prompt: str, answer: str, opening: str = "") -> Answered:
    return Answered(prompt + opening, len(prompt), answer, tuple(range(len(prompt + opening + answer))))


def exchange(n: int, size: int = 10) -> tuple[Message, Message]:
    return Message("user", str(n) * size), Message("assistant", "a" * size)


def letters(messages: Sequence[Message]) -> int:
    return sum(len(message.text) for message in messages)


# --- what is known ---


def test_an_answer_that_was_written_is_part_of_what_is_known() -> None:
    first = answered("system, question>", "an answer")
    begin = known("system, question>an answer<more>", [first])
    assert (begin.tokens, begin.characters, begin.answered) == (first.tokens, 26, (first,))


def test_an_answer_that_was_heard_in_part_only_is_not_known() -> None:
    first, second = answered("a>", "one"), answered("a>one<b>", "two three")
    assert known("a>one<b>two<c>", [first, second]).answered == (first,)
    assert known("a>on<b>", [first, second]) == ((), 0, ())


def test_what_a_template_puts_before_an_answer_to_come_stays_with_it() -> None:
    first = answered("question", "an answer", opening="|say:|no thought|")
    begin = known("question|say:|an answer|next", [first])
    assert (begin.tokens, begin.characters) == (first.tokens, len("question|say:|an answer"))


def test_another_question_is_not_taken_for_an_opening() -> None:
    first = answered("question", "an answer", opening="|say:|no thought|")
    assert known("questing|say:|an answer|next", [first]).tokens == ()


def test_nothing_is_known_of_an_answer_that_never_came() -> None:
    assert known("question>", [answered("question>", "")]).tokens == ()


@given(st.lists(st.tuples(st.text("ab<", max_size=4), st.text("ab<", max_size=4)), max_size=5), st.text("ab<"))
def test_what_is_known_is_a_beginning_of_the_prompt(turns: list[tuple[str, str]], more: str) -> None:
    before: list[Answered] = []
    prompt = ""
    for question, answer in turns:
        prompt += question
        before.append(answered(prompt, answer))
        prompt += answer
    begin = known(prompt + more, before)
    assert len(begin.tokens) == begin.characters <= len(prompt + more)
    last = next((one for one in reversed(before) if one.answer), None)
    assert begin.characters == (len(last.prompt + last.answer) if last else 0)


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_shared_is_the_longest_common_beginning(one: list[int], other: list[int]) -> None:
    n = shared(one, other)
    assert one[:n] == other[:n]
    assert n in {len(one), len(other)} or one[n] != other[n]


# --- what fits ---


def test_a_conversation_that_fits_is_left_whole() -> None:
    messages = (SYSTEM, *exchange(1), Message("user", "2"))
    assert fit(messages, (), letters, 100) == (messages, ())


def test_the_oldest_exchange_goes_first_and_the_system_message_stays() -> None:
    messages = (SYSTEM, *exchange(1), *exchange(2), *exchange(3), Message("user", "4"))
    found = fit(messages, (), letters, 65)
    assert found.left_out == exchange(1) + exchange(2)
    assert found.messages == (SYSTEM, *exchange(3), Message("user", "4"))


def test_what_was_left_out_stays_out_so_that_the_rest_need_not_be_computed_again() -> None:
    messages = (SYSTEM, *exchange(1), *exchange(2), *exchange(3), Message("user", "4"))
    first = fit(messages, (), letters, 65)
    longer = (*messages, Message("assistant", "5"), Message("user", "6"))
    assert fit(longer, first.left_out, letters, 65).left_out == first.left_out


def test_another_conversation_starts_whole() -> None:
    messages = (SYSTEM, Message("user", "hello"))
    assert fit(messages, exchange(1), letters, 65) == (messages, ())


def test_a_last_message_that_fits_barely_is_kept() -> None:
    messages = (SYSTEM, *exchange(1), Message("user", "x" * 49))
    assert fit(messages, (), letters, 60).left_out == exchange(1)


@pytest.mark.parametrize("room", [0, -5, 20])
def test_what_can_never_fit_is_refused(room: int) -> None:
    with pytest.raises(EngineError, match="does not fit"):
        fit((SYSTEM, *exchange(1), Message("user", "x" * 20)), (), letters, room)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(30, 200))
def test_whatever_fits_is_within_the_room_and_keeps_the_end(sizes: list[int], room: int) -> None:
    messages = [SYSTEM]
    for place, size in enumerate(sizes):
        messages.append(Message("assistant" if place % 2 else "user", "x" * size))
    if messages[-1].role == "assistant":
        messages.append(Message("user", "y"))
    try:
        found = fit(messages, (), letters, room)
    except EngineError:
        assert letters([SYSTEM, messages[-1]]) > room
        return
    assert letters(found.messages) <= room
    assert (*found.left_out, *found.messages[1:]) == tuple(messages[1:])
    if found.left_out and len(found.messages) > 3:
        assert letters(found.messages) <= room * ROOM_AFTER
