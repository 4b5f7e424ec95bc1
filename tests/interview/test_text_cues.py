"""What the words of a turn say about its end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.text_cues import (
    SHORT_WORDS,
    Category,
    asks_repeat,
    asks_skip,
    classify,
    is_backchannel,
    is_done_phrase,
    is_start_phrase,
)
from greenroom.world.render import load_script
from greenroom.world.script import Script, pieces_of

STORY = "we met every monday and I wrote down the plan was clear at last"


def category(text: str, *, ends_in_filler: bool = False) -> Category:
    return classify(text.split(), ends_in_filler=ends_in_filler, kind="technical")


def answers_of(script: Script) -> list[list[str]]:
    follow_ups = [texts for variants in script.follow_ups.values() for texts in variants]
    return [*script.answers.values(), *script.particular.values(), *follow_ups]


@pytest.mark.parametrize(
    "text",
    [
        "the charity has used the page ever since",
        "he was right and we were wrong",
        "I could see at once if an idea works or not",
        "our program stopped every night at two and nobody knew why",
        "she asked me to go to the store with her",
        "they still do it in the same way today",
        "I had only used a simple program for numbers before that",
        "I sat down with her every friday until she could",
        "a new test tells me nothing that I did not know before",
        "I wrote down who would do what and everything went on",
        "we work on it together now and I think so",
        "at the end there was nothing left to do",
        "after the move we could finally carry on",
        "In the end it WORKED, very well.",
        "in the end it worked <sil> very(2) well [NOISE]",
    ],
)
def test_whole_sentences_are_complete(text: str) -> None:
    assert category(text) == "complete"


@pytest.mark.parametrize(
    "tail",
    [
        "and", "but", "or", "because", "so", "if", "when", "while", "although", "unless", "until", "then", "after",
        "of", "with", "for", "to", "from", "in", "on", "about", "such as", "because of", "the", "a", "my", "their",
        "I", "they", "she", "who", "which", "and I am", "and he was", "and they would", "I don't", "I'm", "they've",
        "it's", "very", "especially", "maybe", "for example", "I mean", "you know", "that is why", "the first was to",
        "and then", "and after that", "I wanted to",
    ],
)  # fmt: skip
def test_a_dangling_word_makes_it_incomplete(tail: str) -> None:
    assert category(f"{STORY} {tail}") == "incomplete"


@pytest.mark.parametrize("tail", ["um", "uh", "and um", "so uh um"])
def test_a_filled_pause_is_told_apart_from_a_clause_that_is_open(tail: str) -> None:
    assert category(f"{STORY} {tail}") == "filler"


def test_a_heard_filler_counts_whatever_the_words_are() -> None:
    assert category(STORY) == "complete"
    assert category(STORY, ends_in_filler=True) == "filler"
    assert category("", ends_in_filler=True) == "filler"


@pytest.mark.parametrize(
    "tail",
    [
        "let me think", "let me think about that", "let me think for a second", "let me just think", "let me see",
        "give me a second", "give me one moment please", "just a moment", "one second", "hold on", "hang on a second",
        "wait a minute", "I need a moment", "that's a good question", "how do I put this", "where was I",
        "I have to think", "I'm thinking", "let me think um", "bear with me", "let me remember", "what else",
        "let me thing", "let me sink", "let me say it", "let be think", "led me think", "let me thank",
        "left me think about it",
    ],
)  # fmt: skip
def test_asking_for_time_holds_also_when_misheard(tail: str) -> None:
    assert category(f"{STORY} {tail}") == "hold"
    assert category(tail) == "hold"
    assert category(tail, ends_in_filler=True) == "hold"


@pytest.mark.parametrize(
    "text",
    [
        "let me think what we did first was to call all the customers",
        "I told them to hold on and they waited for the whole evening",
        "give me a second chance was what the customer wanted from the shop",
        "after that change the whole page was there in one second",
        "the accident gave all of us a lot to think about",
        "the whole thing took only a moment",
    ],
)
def test_talking_on_after_asking_for_time_ends_the_hold(text: str) -> None:
    assert category(text) != "hold"


@pytest.mark.parametrize("text", ["yes", "five weeks", "three weeks in the summer of that year", "", "as I said"])
def test_short_or_verbless_answers_are_unsure(text: str) -> None:
    assert category(text) == "unsure"


@pytest.mark.parametrize(
    "text",
    ["and that is everything I was looking for", "he got much further than she thought and knew who I was"],
)
def test_endings_that_can_be_either_are_unsure(text: str) -> None:
    assert category(text) == "unsure"


def test_a_story_needs_more_words_than_a_reason() -> None:
    words = ["I", "like", "this", "kind", "of", "work"]
    assert classify(words, ends_in_filler=False, kind="motivation") == "complete"
    assert classify(words, ends_in_filler=False, kind="behavioural") == "unsure"
    assert SHORT_WORDS["behavioural"] > SHORT_WORDS["motivation"]


def test_every_scripted_answer_ends_whole_and_breaks_off_where_it_should() -> None:
    for texts in answers_of(load_script()):
        said: list[str] = []
        for piece in pieces_of(texts):
            if piece.is_filler:
                assert category(" ".join([*said, piece.text])) == "filler", piece
                continue
            said += piece.text.split()
            if piece.is_unfinished:
                assert category(piece.text) == category(" ".join(said)) == "incomplete", piece
            else:
                assert category(piece.text) in ("complete", "unsure"), piece
        assert classify(said, ends_in_filler=False, kind="behavioural") == "complete", texts
        assert category(" ".join([*said, "Let me think."])) == "hold", texts


@pytest.mark.parametrize(
    "text", ["yeah", "mm-hm", "Okay.", "right", "uh huh", "hm", "yes yes", "I see", "oh okay", "mm"]
)
def test_backchannels(text: str) -> None:
    assert is_backchannel(text.split())


@pytest.mark.parametrize("text", ["", "yeah but", "no", "okay so I think", "right I can answer that", "wait", "i"])
def test_more_than_a_backchannel_takes_the_floor(text: str) -> None:
    assert not is_backchannel(text.split())


@pytest.mark.parametrize(
    "tail",
    [
        "that's all",
        "that is all",
        "that's it",
        "I'm done",
        "I am finished",
        "that is my answer",
        "That’s it, thank you.",
    ],
)
def test_saying_so_ends_the_answer(tail: str) -> None:
    assert is_done_phrase(tail.split())
    assert is_done_phrase(f"{STORY} {tail}".split())


@pytest.mark.parametrize(
    "text",
    ["that is all the money we had", "I call you when I'm done", "I'm not done", "that's not all", "", "it was done"],
)
def test_done_words_inside_an_answer_do_not_end_it(text: str) -> None:
    assert not is_done_phrase(text.split())


@pytest.mark.parametrize(
    "text",
    ["start", "Start.", "let's start", "I'm ready", "yes", "ready", "okay", "begin", "go", "yes let's go", "um yes"],
)
def test_start_phrases(text: str) -> None:
    assert is_start_phrase(text.split())


@pytest.mark.parametrize(
    "text",
    ["", "no", "not yet", "I'm not ready", "don't start", "wait", "hello", "yes but first I would like to know more"],
)
def test_no_start_without_a_clear_yes(text: str) -> None:
    assert not is_start_phrase(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "could you repeat the question please", "can you say that again", "sorry what was the question", "pardon",
        "repeat", "I didn't hear you", "once more please", "um could you repeat that", "I did not catch that",
    ],
)  # fmt: skip
def test_asking_for_the_question_again(text: str) -> None:
    assert asks_repeat(text.split())
    assert not asks_skip(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "skip",
        "next question please",
        "can we skip this one",
        "I'd rather not answer",
        "pass",
        "please skip",
        "let's move on",
    ],
)
def test_asking_for_the_next_question(text: str) -> None:
    assert asks_skip(text.split())
    assert not asks_repeat(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "I had to repeat the year",
        "we tested it again and again until it worked",
        "they wanted to pass the exam",
        "I asked her to say it again and then she told the whole story to all of us",
        "I skipped lunch",
        "",
    ],
)
def test_requests_inside_an_answer_are_no_requests(text: str) -> None:
    assert not asks_repeat(text.split())
    assert not asks_skip(text.split())


@given(st.lists(st.text(max_size=12), max_size=40), st.booleans())
def test_any_words_can_be_classified(words: list[str], ends_in_filler: bool) -> None:
    assert classify(words, ends_in_filler=ends_in_filler, kind="situational") in (
        "complete",
        "unsure",
        "incomplete",
        "filler",
        "hold",
    )
    for question in (is_backchannel, is_done_phrase, is_start_phrase, asks_repeat, asks_skip):
        assert question(words) in (True, False)
