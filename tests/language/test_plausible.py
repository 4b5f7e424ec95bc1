"""Whether words are an answer in English that a person would give: spoken English may, lists and noise may not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.language.plain_words import tokens
from greenroom.language.plausible import Doubt, broken, doubt
from interview.tricks import LEARNERS
from interview.written import tuning

TUNING = tuning()


def doubted(text: str, *, is_heard: bool = False) -> Doubt | None:
    return doubt(tokens(text), text, is_heard=is_heard)


@pytest.mark.parametrize("answer", TUNING, ids=[one.id for one in TUNING])
def test_written_answers_are_english(answer: object) -> None:
    text = next(one.text for one in TUNING if one is answer)
    assert doubted(text) is None
    assert doubted(text.lower().replace(".", "").replace(",", ""), is_heard=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "In my last job two cooks argued a lot. What I did was, I asked both of them to sit down, and it was good.",
        "The people I worked with were tired, so we stopped talking. I made a list of the jobs and it was better.",
        "Last year in the US our team argued, and I from then on wrote a list on the board every morning.",
        "If and when the pump and/or the valve broke, we rang the engineer, and that was that for the day.",
        "The one I reported to was ill, so I went to the ward and told the nurse on the other side.",
        "She's had a hard year, and what she had was the flu, so I took her shifts in the bakery.",
    ],
)
def test_spoken_turns_are_no_word_salad_however_short_the_answer(text: str) -> None:
    assert doubted(text) is None


@pytest.mark.parametrize("text", LEARNERS)
def test_learners_of_english_speak_english(text: str) -> None:
    assert doubted(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("asdf jkl qwer uiop zxcv bnm, asdfgh jklo qwertz uiopu yxcvbnm asdf jkl qwer uiop zxcv", "noise"),
        ("Also in meinem zweiten Jahr waren wir ein Team von fünf Leuten und wir haben nicht gut gearbeitet",
         "other_language"),
        ("Dans mon équipe il y avait cinq personnes et nous ne travaillions pas bien ensemble", "other_language"),
        ("En mi equipo había cinco personas y no trabajábamos bien porque todos querían otra cosa", "other_language"),
        ("我们的团队有五个人，大家不合作，我做了一个清单，最后我们按时完成了项目", "other_language"),
        ("В нашей команде было пять человек, и мы плохо работали вместе", "other_language"),
        ("كان فريقنا خمسة أشخاص ولم نعمل معا بشكل جيد", "other_language"),
        (("Ekibimizde beş kişi vardı ve birlikte iyi çalışmıyorduk çünkü herkes başka bir şey istiyordu ama ben liste"
         " yaptım ve sonra daha iyi oldu"), "other_language"),
        ("leadership team conflict deadline stakeholder result percent synergy resolved action task situation because",
         "word_salad"),
        ("the of my would and to is the the of she at are they with the was of an I of the has very of", "word_salad"),
    ],
)
def test_noise_other_languages_and_lists_are_told_apart(text: str, why: Doubt) -> None:
    assert doubted(text) == why


def test_most_answers_are_word_salad_once_they_are_shuffled() -> None:
    dice = random.Random(5)
    shuffled = 0
    for _ in range(5):
        for answer in TUNING:
            words = answer.text.split()
            dice.shuffle(words)
            shuffled += doubted(" ".join(words)) == "word_salad"
    assert shuffled > 0.7 * 5 * len(TUNING)


def test_what_a_recogniser_gets_wrong_is_no_word_salad() -> None:
    """One word in eight is another one, one in 25 is missing."""
    dice = random.Random(5)
    words = [word for answer in TUNING for word in answer.text.split()]
    doubts = 0
    for answer in TUNING:
        heard = answer.text.lower().replace(".", "").replace(",", "").split()
        doubts += doubted(" ".join(dice.choice(words) if dice.random() < 0.12 else word for word in heard
                                   if dice.random() > 0.04), is_heard=True) is not None
    assert doubts <= 1


def test_fewer_than_eight_words_tell_nothing() -> None:
    assert doubted("asdf jkl qwer uiop zxcv bnm qw") is None


@given(st.lists(st.sampled_from(["the", "of", "i", "was", "team", "and", "very", "to"]), max_size=30))
def test_broken_is_a_share(said: list[str]) -> None:
    assert 0.0 <= broken(said) <= 1.0


@given(st.text(max_size=200), st.booleans())
def test_any_text_can_be_doubted(text: str, is_heard: bool) -> None:
    assert doubted(text, is_heard=is_heard) in (None, "noise", "other_language", "word_salad")
