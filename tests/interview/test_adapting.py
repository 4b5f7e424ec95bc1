"""The next question is harder after a good answer and easier after a poor one, and nothing else changes."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from greenroom.events import AnswerGraded
from greenroom.interview.adapting import adapted
from greenroom.interview.effects import Rehearse
from greenroom.interview.planning import make_plan
from greenroom.interview.questions import load_packs
from greenroom.records import Plan, Question
from greenroom.scores import AnswerScore, Refusal
from interview.play import FULL, Play

PACKS = load_packs()
ROLES = sorted(PACKS)


def asked(identifier: str, difficulty: Literal[1, 2, 3], competency: str = "team") -> Question:
    return Question(id=identifier, text=f"{identifier}?", kind="behavioural", competency=competency,
                    difficulty=difficulty)


PLAN = Plan(
    pack_id="p", seed=1, questions=(asked("first", 2), asked("next", 2)),
    reserve=(asked("hard-other", 3, "other"), asked("hard", 3), asked("easy", 1), asked("same", 2)))


def scored(band: int | None, reason: Refusal | None = None) -> AnswerScore:
    return AnswerScore(text="", band=band, reason=reason)


def after(score: AnswerScore, plan: Plan = PLAN) -> Plan:
    return adapted(plan, 1, "first", 1, score)


@pytest.mark.parametrize(("score", "expected"), [
    (scored(5), "hard"), (scored(4), "hard"), (scored(3), "next"), (scored(2), "easy"), (scored(1), "easy"),
    (scored(None, "declined"), "easy"), (scored(None, "too_short"), "easy"),
    (scored(None, "noise"), "next"), (scored(None, "not_heard"), "next"), (scored(None, "other_language"), "next"),
])
def test_the_band_of_an_answer_decides_how_hard_the_question_after_it_is(score: AnswerScore, expected: str) -> None:
    assert after(score).questions[1].id == expected


def test_what_was_asked_instead_is_told_with_its_reason() -> None:
    (change,) = after(scored(4)).adaptations
    assert (change.question_id, change.replaced_id, change.change) == ("hard", "next", "harder")
    assert (change.after_turn, change.band) == (1, 4)


def test_a_question_without_one_that_fits_better_stays() -> None:
    plan = Plan(pack_id="p", seed=1, questions=PLAN.questions, reserve=(asked("same", 2),))
    assert after(scored(5), plan) == plan


def test_only_questions_of_the_same_kind_take_each_others_place() -> None:
    other = Question(id="tech", text="Tech?", kind="technical", competency="team", difficulty=3)
    plan = Plan(pack_id="p", seed=1, questions=PLAN.questions, reserve=(other,))
    assert after(scored(5), plan) == plan


def test_a_second_score_of_the_same_answer_takes_the_place_of_the_first() -> None:
    assert after(scored(3), after(scored(5))) == PLAN
    assert after(scored(1), after(scored(5))) == after(scored(1))
    assert after(scored(5), after(scored(5))) == after(scored(5))


def test_an_answer_changes_one_question_whenever_it_is_scored_again() -> None:
    plan = Plan(pack_id="p", seed=1, questions=(*PLAN.questions, asked("last", 2)),
                reserve=(*PLAN.reserve, asked("hard-too", 3)))
    once = adapted(plan, 1, "first", 1, scored(5))
    assert once.questions[1].difficulty == 3
    assert adapted(once, 2, "first", 1, scored(5)) == once


@given(st.sampled_from(ROLES), st.integers(0, 500), st.integers(2, 8),
       st.lists(st.tuples(st.integers(0, 7), st.one_of(st.none(), st.integers(1, 5))), max_size=12))
@example("trades", 67, 6, [(0, None), (4, None), (2, 4), (0, 4), (1, None)])
def test_no_question_is_lost_or_asked_twice_whatever_the_scores(
        role: str, seed: int, count: int, scores: list[tuple[int, int | None]]) -> None:
    start = plan = make_plan(PACKS[role], count, seed)
    for position, band in scores:
        before, n = plan, position % count
        score = scored(band, None if band is not None else "declined")
        plan = adapted(plan, n + 1, plan.questions[n].id, n + 1, score)
        assert plan.questions[: n + 1] == before.questions[: n + 1]
    everything = [question.id for question in (*plan.questions, *plan.reserve)]
    assert sorted(everything) == sorted(question.id for question in PACKS[role].questions)
    assert [question.kind for question in plan.questions] == [question.kind for question in start.questions]
    changed = [one.question_id for one in plan.adaptations]
    assert len(set(changed)) == len(changed)
    assert set(changed) <= {question.id for question in plan.questions}


def graded(play: Play, band: int) -> None:
    assert play.state.plan is not None
    play.feed(AnswerGraded(t=play.t, t_known=play.t, turn=1, question_id=play.state.plan.questions[0].id,
                           score=scored(band)))


def with_a_harder_one() -> Play:
    play = Play(questions=3)
    play.plan = Plan(pack_id="p", seed=1, questions=(*PLAN.questions, asked("last", 2)), reserve=PLAN.reserve)
    play.to_question()
    return play


def test_a_score_changes_the_question_after_the_one_that_is_being_asked_and_has_its_sound_made() -> None:
    play = with_a_harder_one()
    play.say(FULL, 20.0)
    play.run(3.0)
    assert play.state.position == 1
    rehearsed = sum(isinstance(effect, Rehearse) for effect in play.effects)
    graded(play, 5)
    assert play.state.plan is not None
    assert [question.id for question in play.state.plan.questions] == ["first", "next", "hard"]
    assert sum(isinstance(effect, Rehearse) for effect in play.effects) == rehearsed + 1


def test_a_question_that_is_about_to_be_said_stays() -> None:
    play = with_a_harder_one()
    play.say(FULL, 20.0)
    play.run(0.2)
    assert play.state.answer is not None
    assert play.state.answer.prepared.endswith("next?")
    graded(play, 5)
    assert play.state.plan is not None
    assert [question.id for question in play.state.plan.questions] == ["first", "next", "last"]
