"""Which answers are scored together, and which of them are owed a score."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from greenroom.interview import scoring
from greenroom.records import AnswerToScore, Plan, TurnRecord
from greenroom.scores import AnswerScore

FOLLOW_UP = "follow_up:"


def answers(turns: Mapping[int, TurnRecord], plan: Plan) -> dict[int, AnswerToScore]:
    """By the turn of the question: its answer and those to its follow-ups, as interviewers judge them, together.

    Questions to which nothing was said are left out: there is nothing to score.
    """
    kinds = {question.id: question.kind for question in plan.questions}
    found: dict[int, AnswerToScore] = {}
    asked: dict[str, int] = {}
    for n in sorted(turns):
        turn = turns[n]
        main = asked.get(turn.question_id) if turn.cue.startswith(FOLLOW_UP) else n
        main = n if main is None else main
        asked[turn.question_id] = main
        before = found.get(main)
        words = (*(before.words if before is not None else ()), *turn.words)
        if words:
            found[main] = AnswerToScore(question=turns[main].question.text, words=words,
                                        kind=kinds.get(turn.question_id))
    return found


def text_of(answer: AnswerToScore) -> str:
    """The words as a score names them."""
    return " ".join(word.text.strip() for word in answer.words)


def graded(turns: Mapping[int, TurnRecord], plan: Plan) -> dict[int, TurnRecord]:
    """The turns, each question's with a score of its words as they are; what nobody else has scored is scored here, by
    rules alone."""
    full = dict(turns)
    for n, answer in answers(turns, plan).items():
        score = turns[n].score
        if score is None or not is_of(score, answer):
            score = scoring.score(scoring.to_score(answer))
            full[n] = replace(turns[n], score=score)
    return full


def is_of(score: AnswerScore, answer: AnswerToScore) -> bool:
    """The score is of these words, and not of fewer or others."""
    return score.text == text_of(answer)
