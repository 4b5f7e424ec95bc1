"""What the interviewer says of the answers at the end, and before a second try."""

from __future__ import annotations

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from greenroom.events import AnswerGraded, Retry
from greenroom.interview import feedback, machine
from greenroom.interview.effects import SaveTurn
from greenroom.interview.feedback import Grade
from greenroom.interview.personas import PERSONAS
from greenroom.interview.scoring import Answer, score
from greenroom.records import QuestionKind, Style
from greenroom.scores import Criterion
from interview.play import FULL, SAY_S, Play

STYLES: tuple[Style, ...] = typing.get_args(Style)
CRITERIA: tuple[Criterion, ...] = typing.get_args(Criterion)


def graded(**bands: int) -> Grade:
    full = {criterion: bands.get(criterion, 3) for criterion in CRITERIA}
    return Grade(turn=1, question_id="q", band=3, bands=full)


@pytest.mark.parametrize("style", STYLES)
def test_the_best_and_the_weakest_are_said_in_two_sentences(style: Style) -> None:
    text = feedback.spoken(style, [graded(specificity=5, reflection=1)])
    assert feedback.STRENGTHS["specificity"] in text
    assert feedback.NEXT_STEPS["reflection"] in text
    assert text.count(".") == 2
    assert len(text) <= 220


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", typing.get_args(QuestionKind))
def test_answers_of_one_kind_are_spoken_of_in_its_words_and_shortly(kind: QuestionKind, style: Style) -> None:
    for best in CRITERIA:
        for worst in (one for one in CRITERIA if one != best):
            text = feedback.spoken(style, [replace(graded(**{best: 5, worst: 1}), kind=kind)])
            assert feedback.next_step_in(worst, [kind]) in text
            assert len(text) <= 220


def test_who_was_asked_how_it_is_done_is_not_asked_how_it_turned_out() -> None:
    technical = [replace(graded(structure=1), kind="technical")]
    case = replace(graded(structure=1), kind="behavioural")
    assert "turned out" not in feedback.spoken("neutral", technical)
    assert "turned out" in feedback.spoken("neutral", [case])
    assert "from its beginning to its end" in feedback.spoken("neutral", [*technical, case])


def test_nothing_is_praised_that_is_not_good() -> None:
    weak = graded(structure=1, specificity=2, relevance=2, reasoning=1, reflection=1)
    text = feedback.spoken("supportive", [weak])
    assert not any(strength in text for strength in feedback.STRENGTHS.values())
    assert text.startswith("Next time")


def test_what_half_of_the_answers_lack_is_not_praised_whatever_the_mean() -> None:
    grades = [graded(relevance=5, structure=2), graded(relevance=2, structure=2)]
    text = feedback.spoken("supportive", [replace(one, bands={**one.bands, "specificity": 2, "reasoning": 2,
                                                              "reflection": 2}) for one in grades])
    assert feedback.STRENGTHS["relevance"] not in text


def test_nothing_is_said_of_answers_that_were_not_scored() -> None:
    assert feedback.spoken("neutral", []) == ""
    assert feedback.spoken("neutral", [Grade(turn=1, question_id="q", band=None, bands={})]) == ""


def test_to_have_answered_the_question_is_praised_only_where_nothing_else_is() -> None:
    assert feedback.strongest({"structure": 4.0, "relevance": 4.0}) == "structure"
    assert feedback.strongest({"structure": 2.0, "relevance": 4.0}) == "relevance"


@given(st.lists(st.dictionaries(st.sampled_from(CRITERIA), st.integers(1, 5), min_size=5, max_size=5), max_size=6))
def test_any_grades_give_a_text(bands: list[dict[Criterion, int]]) -> None:
    grades = [Grade(turn=n, question_id="q", band=3, bands=some) for n, some in enumerate(bands)]
    assert isinstance(feedback.spoken("cold", grades), str)


# --- in the interview ---


def answered() -> Play:
    """The first question is answered and scored, the second one asked."""
    play = Play(questions=2)
    play.to_question()
    play.say(FULL, 3.0)
    play.run(1.4)
    question = play.plan.questions[0]
    result = score(Answer(question.text, question.kind, FULL))
    play.feed(AnswerGraded(t=play.t, t_known=play.t, turn=1, question_id=question.id, score=result))
    play.run(SAY_S + 0.5)
    return play


def test_the_closing_tells_what_was_good_and_what_to_do_next() -> None:
    play = answered()
    expected = feedback.spoken("supportive", play.state.grades)
    assert expected
    play.say(FULL, 3.0)
    play.run(1.6)
    assert play.said()[-1].cue == "closing"
    assert play.said()[-1].text.endswith(f"{expected} {PERSONAS['supportive'].closing}")


def test_the_question_answered_last_can_be_asked_again_with_one_thing_to_look_to() -> None:
    play = answered()
    assert "retry" in machine.allowed(play.state)
    play.feed(Retry(t=play.t, t_known=play.t))
    play.run(SAY_S + 0.5)
    first = play.plan.questions[0]
    said = play.said()[-1]
    weakest = feedback.weakest_of(feedback.averages(play.state.grades))
    assert weakest is not None
    assert said.cue == f"retry:{first.id}"
    step = feedback.next_step_in(weakest, [first.kind])
    assert said.text == f"{PERSONAS['supportive'].again} This time, {step}. {first.text}"
    play.say(FULL, 3.0)
    play.run(1.5 + SAY_S)
    turns = [effect.turn.cue for effect in play.effects if isinstance(effect, SaveTurn)]
    assert turns[-1] == f"retry:{first.id}"
    assert play.said()[-1].cue == f"question:{play.plan.questions[1].id}"


def test_an_answer_that_has_begun_is_not_taken_away_by_a_second_try() -> None:
    play = answered()
    play.voice_on()
    play.hear("well in my last job")
    assert "retry" not in machine.allowed(play.state)


def test_before_anything_was_answered_nothing_can_be_answered_again() -> None:
    play = Play()
    play.to_question()
    assert "retry" not in machine.allowed(play.state)
