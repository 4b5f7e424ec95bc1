"""The policy as a table, without an interview."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.endpointing import (
    BRIEF_S,
    CAP_S,
    MAX_FLOOR_S,
    PACE,
    USUAL_END_P,
    WAIT_S,
    Signs,
    Tier,
    is_filler,
    learn_end,
    learn_pause,
    score,
    tier,
    wait_s,
)
from greenroom.interview.text_cues import Category
from greenroom.records import Ending, Pacing

CATEGORIES: tuple[Category, ...] = ("complete", "unsure", "incomplete", "filler", "hold")
probabilities = st.one_of(st.none(), st.floats(0, 1))
semitones = st.one_of(st.none(), st.floats(-30, 30))


def judged(category: Category, model_p: float | None = None, pitch_st: float | None = None,
           own_end_st: float = 0.0, end_p: float | None = USUAL_END_P) -> Tier:
    return tier(category, score(category, Signs(model_p, pitch_st, end_p), own_end_st))


@pytest.mark.parametrize(("category", "expected"), [
    ("complete", "complete"), ("unsure", "unsure"), ("incomplete", "incomplete"), ("filler", "filler"),
    ("hold", "hold"),
])
def test_without_ears_for_melody_the_words_decide(category: Category, expected: Tier) -> None:
    assert judged(category) == expected


def test_a_fall_to_the_floor_ends_a_complete_sentence_and_a_voice_that_stays_up_does_not() -> None:
    assert judged("complete", 0.5, -1.5) == "complete"
    assert judged("complete", 0.5, 0.2) == "unsure"
    assert judged("complete", 0.5, 2.5) == "incomplete"


def test_words_that_were_misheard_do_not_hold_an_answer_that_fell_to_its_end() -> None:
    assert judged("incomplete", 0.9, -1.5) == "unsure"
    assert judged("incomplete", 0.5, 0.0) == "incomplete"


def test_a_held_vowel_after_which_the_model_is_sure_of_more_is_a_filled_pause() -> None:
    assert is_filler(-1.0, 0.006)
    assert not is_filler(-1.0, 0.1)
    assert not is_filler(-4.0, 0.006)
    assert not is_filler(None, 0.006)
    assert not is_filler(-1.0, None)


def test_the_turn_model_tips_the_scale_where_the_melody_is_in_doubt() -> None:
    assert judged("complete", 0.99, 0.9) == "unsure"
    assert judged("complete", 0.01, 0.9) == "incomplete"


def test_a_turn_model_that_is_sure_of_the_end_is_trusted_more_than_one_that_doubts_it() -> None:
    even = score("complete", Signs(0.5, 0.0))
    sure, doubting = score("complete", Signs(0.9, 0.0)), score("complete", Signs(0.1, 0.0))
    assert even is not None
    assert sure is not None
    assert doubting is not None
    assert sure - even > 2 * (even - doubting) > 0.0


def test_a_speaker_whose_answers_end_high_is_taken_at_that() -> None:
    assert judged("complete", 0.5, 2.5, own_end_st=0.0) == "incomplete"
    assert judged("complete", 0.5, 2.5, own_end_st=2.5) == "unsure"
    assert judged("complete", 0.5, 0.3, own_end_st=-1.0) == judged("complete", 0.5, 0.3)


@given(st.sampled_from(CATEGORIES), probabilities, semitones, st.floats(-3, 3))
def test_a_spoken_cue_always_holds_the_turn(category: Category, model_p: float | None, pitch_st: float | None,
                                            own_end_st: float) -> None:
    found = judged(category, model_p, pitch_st, own_end_st)
    if category in ("filler", "hold"):
        assert WAIT_S[found] >= CAP_S
    assert WAIT_S[found] >= WAIT_S["complete"]


@given(st.sampled_from(CATEGORIES), probabilities, st.floats(-5, 5), st.floats(0, 5))
def test_a_deeper_fall_never_makes_the_wait_longer(category: Category, model_p: float | None, pitch_st: float,
                                                   deeper_st: float) -> None:
    assert WAIT_S[judged(category, model_p, pitch_st - deeper_st)] <= WAIT_S[judged(category, model_p, pitch_st)]


@given(st.sampled_from(CATEGORIES), st.floats(-5, 5), st.floats(1e-12, 1), st.floats(1e-12, 1))
def test_a_likelier_end_of_a_sentence_never_makes_the_wait_longer(category: Category, pitch_st: float, one_p: float,
                                                                  other_p: float) -> None:
    seldom, often = (WAIT_S[judged(category, 0.5, pitch_st, end_p=p)] for p in sorted((one_p, other_p)))
    assert often <= seldom


@pytest.mark.parametrize("pacing", PACE)
def test_pacing_scales_every_wait(pacing: Pacing) -> None:
    for how, seconds in WAIT_S.items():
        assert wait_s(how, 20, pacing, 0.5) == pytest.approx(seconds * PACE[pacing])


def test_one_or_two_words_wait_for_the_cap_and_long_pauses_of_ones_own_for_more_than_the_least() -> None:
    assert wait_s("complete", 2, "normal", 0.5) == CAP_S
    assert wait_s("complete", 20, "normal", 0.75) == pytest.approx(0.9)
    assert wait_s("complete", 20, "normal", 5.0) == MAX_FLOOR_S


def test_a_brief_answer_is_given_time_and_never_less_than_its_ending_asks_for() -> None:
    assert wait_s("complete", 20, "normal", 0.5, is_brief=True) == BRIEF_S
    assert wait_s("complete", 20, "patient", 0.5, is_brief=True) == BRIEF_S * PACE["patient"]
    assert wait_s("incomplete", 20, "normal", 0.5, is_brief=True) == WAIT_S["incomplete"]


def test_own_pauses_and_ends_are_learnt_slowly_and_only_from_what_they_are() -> None:
    assert learn_pause(0.5, "complete", 1.5) == learn_pause(0.5, "unsure", 1.5) == pytest.approx(0.6)
    assert learn_pause(0.5, "complete", 0.1) == learn_pause(0.5, "complete", 30.0) == 0.5
    assert learn_pause(0.5, "incomplete", 1.5) == learn_pause(0.5, "hold", 1.5) == 0.5
    end = Ending(t=1.0, category="complete", words=9, pitch_st=2.0, wait_s=6.0)
    assert learn_end(0.0, end) == pytest.approx(0.6)
    for change in ({"words": 2}, {"pitch_st": None}, {"went_on_s": 1.0}):
        other = msgspec.structs.replace(end, **change)
        assert learn_end(0.3, other) == 0.3
