"""Which words are scored together, and when a score is out of date."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.interview import grading
from greenroom.records import Plan, Question, SpokenLine, TurnRecord, Word

PLAN = Plan(pack_id="p", seed=1, questions=(
    Question(id="a", text="Tell me about a team.", kind="behavioural", competency="c"),
    Question(id="b", text="What would you do?", kind="situational", competency="c"),
))  # fmt: skip


def turn(n: int, question_id: str, cue: str, text: str) -> TurnRecord:
    words = tuple(Word(text=word, start_t=10.0 * n + k, end_t=10.0 * n + k + 0.5)
                  for k, word in enumerate(text.split()))
    line = SpokenLine(cue=cue, text=f"text of {cue}", heard_text="", start_t=0.0, end_t=0.0)
    return TurnRecord(turn=n, question_id=question_id, cue=cue, question=line, words=words, started_t=1.0, ended_t=2.0,
                      committed_t=3.0, ended_by="silence")


def turns(*some: TurnRecord) -> dict[int, TurnRecord]:
    return {one.turn: one for one in some}


def test_answers_to_follow_ups_count_with_their_question() -> None:
    found = grading.answers(turns(
        turn(1, "a", "question:a", "we were five"), turn(2, "a", "follow_up:a:x", "it went well"),
        turn(3, "b", "question:b", "i would ask")), PLAN)  # fmt: skip
    assert {n: grading.text_of(answer) for n, answer in found.items()} == {
        1: "we were five it went well", 3: "i would ask"}
    assert [answer.kind for answer in found.values()] == ["behavioural", "situational"]
    assert found[1].question == "text of question:a"


def test_a_second_try_is_an_answer_of_its_own() -> None:
    found = grading.answers(turns(turn(1, "a", "question:a", "once"), turn(2, "a", "retry:a", "twice")), PLAN)
    assert sorted(found) == [1, 2]


def test_silence_is_no_answer() -> None:
    assert grading.answers(turns(turn(1, "a", "question:a", "")), PLAN) == {}


def test_what_nobody_scored_is_scored_by_the_rules_and_what_is_scored_stays() -> None:
    known = turns(turn(1, "a", "question:a", "we were five people"), turn(2, "b", "question:b", "i would ask him"))
    first = grading.graded(known, PLAN)
    assert all(one.score is not None for one in first.values())
    before = first[1].score
    assert before is not None
    kept = replace(first[1], score=replace(before, readers=("somebody else",)))
    again = grading.graded({**first, 1: kept}, PLAN)
    assert again[1] is kept
    assert again[2] is first[2]


def test_a_score_of_fewer_words_is_replaced() -> None:
    first = grading.graded(turns(turn(1, "a", "question:a", "we were five people")), PLAN)
    more = {**first, 2: turn(2, "a", "follow_up:a:x", "and it ended well")}
    score = grading.graded(more, PLAN)[1].score
    assert score is not None
    assert score.text == "we were five people and it ended well"
