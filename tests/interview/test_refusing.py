"""When answers are not scored, and what is said then."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.refusing import LEAST_WORDS, MOST_WORDS, REASONS, Said, explained, refusal
from greenroom.language.plain_words import tokens
from greenroom.language.sentences import split
from greenroom.records import QuestionKind, Word
from greenroom.scores import Refusal
from interview.tricks import GOOD, QUESTION, words
from interview.written import tuning

ASKED = tokens(QUESTION)
GERMAN = "Wir waren ein Team von fünf Leuten und wir haben nicht gut gearbeitet, weil jeder etwas anderes wollte."
ABUSE = "They were fucking idiots and shit people, the boss was a bastard, and I hated that shit in the shop every day."
LIST = "leadership team conflict deadline stakeholder result percent synergy action task goal quality plan job role"
STORY = " ".join(f"I rang the miller on day {n} and he brought flour in van {n} to the bakery." for n in range(400))
NOISE = "asdf jkl qwer uiop zxcv bnm asdfgh jklo qwertz uiopu yxcvbnm asdf jkl qwer uiop"


def said(text: str, heard: tuple[Word, ...] = (), *, is_beside: bool = False) -> Said:
    sentences = tuple(tokens(one.text) for one in split(text))
    return Said(text, ASKED, sentences, heard, is_beside)


CASES: dict[Refusal, list[Said]] = {
    "empty": [said(""), said(" \n... ?!"), said("—")],
    "too_short": [said("Fine."), said("We argued and then it was fine again."), said("No. Well, um, hm."),
                  said("asdf jkl")],
    "too_long": [said(STORY), said(STORY, words(STORY, 150)), said("a" * 40_000 + " I rang the man in the shop" * 3)],
    "declined": [said("I don't know."), said("Pass."), said("Um, no idea."), said("Skip it"),
                 said("I can't think of any, to be honest, I'd rather not say anything on it."),
                 said("I do not know, I cannot think of anything like that at all right now, it was long ago and I"
                      " forget such things, can we move on please?")],
    "not_heard": [said(GOOD, words(GOOD, 150, certainty=0.3))],
    "noise": [said(NOISE)],
    "other_language": [said(GERMAN), said("我们的团队有五个人，大家不合作，我做了一个清单")],
    "word_salad": [said(LIST)],
    "too_fast": [said(GOOD, words(GOOD, 260)), said(GOOD, words(GOOD, 1e9))],
    "echo": [said("A time when I was part of a team that did not work well together."), said(QUESTION)],
    "off_question": [said(GOOD, is_beside=True)],
    "abusive": [said(ABUSE)],
}


def test_every_reason_has_its_cases_and_its_words() -> None:
    assert set(CASES) == set(REASONS) == set(get_args(Refusal))
    assert len(set(REASONS.values())) == len(REASONS)


@pytest.mark.parametrize("kind", get_args(QuestionKind))
@pytest.mark.parametrize("reason", get_args(Refusal))
def test_a_refusal_says_what_is_missing_and_then_a_way_on(reason: Refusal, kind: QuestionKind) -> None:
    text = explained(reason, kind)
    assert text.endswith(".")
    assert len(re.findall(r"[.:;] \S", text)) >= 1


@pytest.mark.parametrize(("reason", "case"), [(reason, case) for reason, cases in CASES.items() for case in cases],
                         ids=lambda value: value if isinstance(value, str) else "")
def test_each_case_is_refused_for_its_reason(reason: Refusal, case: Said) -> None:
    assert refusal(case) == reason


@pytest.mark.parametrize("answer", tuning(), ids=lambda answer: answer.id)
def test_no_written_answer_is_refused_whatever_its_band_typed_or_heard(answer: object) -> None:
    text = next(one.text for one in tuning() if one == answer)
    assert refusal(said(text)) is None
    assert refusal(said(text, words(text, 150))) is None
    assert refusal(said(text, words(text, 90, certainty=0.55))) is None


@pytest.mark.parametrize(
    "text",
    [
        "I wanted to pass my exam, so I studied every night with two friends, and in the end we passed.",
        "I had no idea how to open the till, so I asked Maria, and she showed me twice.",
        "We could not skip it: the forklift stood in the gate, so I rang the driver and he came.",
        ("I don't know her name now, but the nurse on ward four and I argued over the list. I asked her to sit down"
        " with me after the shift, and we wrote a new one that both of us signed."),
    ],
)
def test_words_of_declining_inside_a_story_decline_nothing(text: str) -> None:
    assert refusal(said(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        ("I felt stupid because I sent a stupid letter to the wrong patient, a stupid mistake. I rang the ward and told"
        " my boss, and since then I read the label twice."),
        ("The bloody printer broke again, the bloody paper was wet, so I took the bloody thing apart, dried the"
        " rollers, and told the shop that we need a new one."),
        ("Dick and I had a damn hard week. It was a crap plan, and Dick said so, and I told him that he was right, and"
        " we wrote another one with Dick's list."),
        ("He called me an idiot in front of the guests. I said that we would talk after the shift, and we did, and he"
        " said sorry to me in the kitchen."),
    ],
)
def test_mild_words_and_words_that_others_said_are_no_abuse(text: str) -> None:
    assert refusal(said(text)) is None


def test_the_least_number_of_words_is_enough() -> None:
    story = tokens("Last summer the oven in our bakery broke so I rang the miller and he came at five")
    assert refusal(said(" ".join(story[: LEAST_WORDS - 1]))) == "too_short"
    assert refusal(said(" ".join(story[:LEAST_WORDS]))) is None


def test_a_long_answer_is_scored_up_to_twenty_minutes() -> None:
    many = STORY.split()
    assert refusal(said(" ".join(many[: MOST_WORDS - 100]))) is None


def test_words_without_certainty_or_with_a_strange_clock_are_no_reason_by_themselves() -> None:
    unsure = tuple(Word(text=one, start_t=n * 0.4, end_t=n * 0.4 + 0.3) for n, one in enumerate(GOOD.split()))
    assert refusal(said(GOOD, unsure)) is None
    standing = tuple(Word(text=one, start_t=1.0, end_t=1.0) for one in GOOD.split())
    assert refusal(said(GOOD, standing)) == "too_fast"


@given(st.text(max_size=200), st.booleans(), st.booleans())
def test_any_text_is_refused_for_a_known_reason_or_not_at_all(text: str, is_heard: bool, is_beside: bool) -> None:
    heard = words(text, 150) if is_heard else ()
    reason = refusal(said(text, heard, is_beside=is_beside))
    assert reason is None or reason in REASONS
