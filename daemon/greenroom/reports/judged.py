"""Each answer with its score, whose evidence leads to words that were said."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from greenroom.records import TurnRecord
from greenroom.reports.schema import Answer
from greenroom.reports.scored import SaidWord, published


def with_scores(answers: Sequence[Answer], turns: Sequence[TurnRecord]) -> tuple[Answer, ...]:
    """The answers in their order. A score is that of a question: the words of its follow-ups' answers belong to it."""
    scores = {turn.turn: turn.score for turn in turns}
    return tuple(
        answer if (score := scores.get(answer.turn)) is None
        else replace(answer, score=published(score, said_words(answers[n:])))
        for n, answer in enumerate(answers))


def said_words(answers: Sequence[Answer]) -> list[SaidWord]:
    """Of the first answer and the answers to follow-ups right after it."""
    first = answers[0]
    same = [first, *(answer for answer in answers[1:]
                     if answer.is_follow_up and answer.question_id == first.question_id)]
    return [SaidWord(answer.number, word.text, word.start_s, word.end_s) for answer in same for word in answer.words]
