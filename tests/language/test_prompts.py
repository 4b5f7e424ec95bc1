from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from greenroom.language import prompts
from greenroom.language.prompts import Exchange
from greenroom.ports import Message

FIRST = Exchange("Tell me about a team.", "we carried the boxes up", "What was your own part?", "Which box was yours?")
SECOND = Exchange("Tell me about a mistake.", "i forgot a bill", "What do you do now?")


def test_the_rules_come_first_then_what_was_said_and_written_in_its_order() -> None:
    told = prompts.messages("neutral", [FIRST], SECOND)
    assert [message.role for message in told] == ["system", "user", "assistant", "user"]
    assert told[0].text.startswith(prompts.RULES)
    assert told[1].text == ("Question (behavioural): Tell me about a team.\nAnswer: <<we carried the boxes up>>\n"
                            "Follow-up: What was your own part?")
    assert told[2].text == "Which box was yours?"


def test_a_follow_up_that_was_asked_as_it_is_written_is_told_so() -> None:
    assert prompts.messages("neutral", [SECOND], FIRST)[2] == Message("assistant", "What do you do now?")


def test_the_rules_are_short_and_only_their_tone_is_another_with_another_style() -> None:
    texts = [prompts.opening(style)[0].text for style in ("supportive", "neutral", "cold")]
    assert len(set(texts)) == 3
    assert all(len(text) < 1200 for text in texts)
    assert all(text.startswith(prompts.RULES) for text in texts)


exchanges = st.builds(Exchange, *[st.text(max_size=60)] * 4)


@given(st.lists(exchanges, max_size=5), exchanges, exchanges)
def test_what_was_told_before_is_only_ever_appended_to(
    earlier: list[Exchange], now: Exchange, later: Exchange
) -> None:
    before = prompts.messages("cold", earlier, now)
    after = prompts.messages("cold", [*earlier, now], later)
    assert after[: len(before)] == before
    assert len(after) == len(before) + 2


@given(st.text(max_size=3000))
def test_no_answer_can_end_where_it_stands(answer: str) -> None:
    told = prompts.messages("neutral", [], Exchange("Q", answer, "H"))[-1].text
    assert told.count("\n") == 2
    assert told.count("<<") == told.count(">>") == 1
    assert len(told) < prompts.MAX_ANSWER_CHARS + 60


def test_of_a_long_answer_its_end_is_told() -> None:
    answer = " ".join(f"word{n}" for n in range(1000))
    told = prompts.messages("neutral", [], Exchange("Q", answer, "H"))[-1].text
    assert "word999>>" in told
    assert "<<word" in told


def test_what_a_model_writes_ends_with_its_question() -> None:
    assert prompts.wording(' "Which box was\n yours?" I ask. Or not?') == "Which box was yours?"
    assert prompts.wording("Which part\u2019s yours?") == "Which part's yours?"
    assert prompts.wording('You write: "Which part is yours?"') == "Which part is yours?"
    assert prompts.wording("no question") == "no question"
    assert prompts.is_whole("Which one? ")
    assert not prompts.is_whole("Which one")
