"""Scores in the report: evidence leads to words, second tries stand beside the first, practice follows the weakest."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec.structs import replace

from greenroom.interview import grading
from greenroom.records import Plan, Question, SessionRecord, SpokenLine, TurnRecord, Word
from greenroom.reports import page
from greenroom.reports.builder import build
from greenroom.reports.schema import Report, from_json, to_json
from storage.samples import record as sample

ANSWERS = json.loads((Path(__file__).parents[1] / "interview" / "answers" / "tuning.json").read_text())
TEXTS = {answer["id"]: answer for answer in ANSWERS}


def turn(n: int, cue: str, text: str) -> TurnRecord:
    words = tuple(Word(text=word, start_t=100.0 * n + 0.4 * k, end_t=100.0 * n + 0.4 * k + 0.4, certainty=0.9)
                  for k, word in enumerate(text.split()))
    line = SpokenLine(cue=cue, text=TEXTS["q1-1a"]["question"], heard_text="", start_t=100.0 * n - 5,
                      end_t=100.0 * n - 1)
    return TurnRecord(turn=n, question_id="q", cue=cue, question=line, words=words,
                      started_t=words[0].start_t if words else None, ended_t=100.0 * n + 90,
                      committed_t=100.0 * n + 91, ended_by="done")


def report(*turns: TurnRecord) -> Report:
    plan = Plan(pack_id="p", seed=1, questions=(
        Question(id="q", text=TEXTS["q1-1a"]["question"], kind="behavioural", competency="c"),))
    known = grading.graded({one.turn: one for one in turns}, plan)
    base: SessionRecord = sample()
    return build(replace(base, plan=plan, turns=tuple(known[n] for n in sorted(known))))


def test_evidence_names_words_of_the_answer_that_it_lies_in() -> None:
    first, follow_up = TEXTS["q1-4a"]["answer"], "In the end we shipped it in May, because of that list."
    found = report(turn(1, "question:q", first), turn(2, "follow_up:q:x", follow_up))
    score = found.answers[0].score
    assert score is not None
    assert not score.refused
    assert found.answers[1].score is None
    assert {evidence.answer for evidence in score.evidence} == {1, 2}
    for evidence in score.evidence:
        assert evidence.answer is not None
        answer = found.answers[evidence.answer - 1]
        said = [word.text for word in answer.words
                if evidence.start_s <= word.start_s < evidence.end_s]  # type: ignore[operator]  # it has an answer
        assert " ".join(said).startswith(evidence.text.split()[0])


def test_the_page_shows_bands_evidence_and_what_moves_them_up() -> None:
    text = page.render(report(turn(1, "question:q", TEXTS["q1-4a"]["answer"])))
    assert "How the answer was judged" in text
    assert "What moves it up" in text
    assert 'href="#w1-' in text
    assert "What to practise" in text


def test_a_refusal_says_why_on_the_page() -> None:
    found = report(turn(1, "question:q", "fine"))
    assert found.answers[0].score is not None
    assert found.answers[0].score.reason == "too_short"
    assert found.study == ()
    assert "Not scored" in page.render(found)


def test_a_second_try_stands_beside_the_first_with_its_target() -> None:
    found = report(turn(1, "question:q", TEXTS["q1-3a"]["answer"]), turn(2, "retry:q", TEXTS["q1-5b"]["answer"]))
    first, second = found.answers
    assert first.retried is None
    assert second.retried is not None
    assert second.retried.first == 1
    bands = {row.name: (row.first, row.second) for row in second.retried.rows if row.unit == "band"}
    assert second.retried.target is not None
    before, after = bands[second.retried.target]
    assert before is not None
    assert after is not None
    assert before == min(one for one, _ in bands.values() if one is not None)
    assert after > before
    assert "Against your first try" in page.render(found)


def test_practice_is_for_the_two_weakest_and_names_its_answers() -> None:
    found = report(turn(1, "question:q", TEXTS["q1-3a"]["answer"]))
    score = found.answers[0].score
    assert score is not None
    assert len(found.study) == 2
    assert score.bands[found.study[0].criterion] == min(score.bands.values())
    assert found.study[0].answers == (1,)


def test_a_report_with_scores_is_read_back_as_it_was_written() -> None:
    found = report(turn(1, "question:q", TEXTS["q1-4a"]["answer"]), turn(2, "retry:q", TEXTS["q1-5b"]["answer"]))
    assert from_json(to_json(found)) == found


def test_strength_and_next_step_of_the_session_are_the_best_and_the_weakest_criterion() -> None:
    found = report(turn(1, "question:q", TEXTS["q1-4a"]["answer"]))
    score = found.answers[0].score
    assert score is not None
    best = max(score.bands.values())
    assert any(f"({name}: band {best:.1f}" in found.summary.strength.text
               for name, band in score.bands.items() if band == best)
    assert f"band {min(score.bands.values()):.1f}" in found.summary.next_step.text
    assert found.summary.strength.answers == (1,)
