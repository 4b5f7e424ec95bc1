"""The report tells how hard a question was, and which answer made it so."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.records import Adaptation, Plan, Question
from greenroom.reports import page
from greenroom.reports.builder import build
from greenroom.reports.schema import Report
from reports.test_judged import TEXTS, turn
from storage.samples import record as sample

TEXT = TEXTS["q1-4a"]["answer"]


def report(band: int | None) -> Report:
    questions = (Question(id="one", text="one?", kind="behavioural", competency="c", difficulty=2),
                 Question(id="two", text="two?", kind="behavioural", competency="c", difficulty=3))
    plan = Plan(pack_id="p", seed=1, questions=questions, adaptations=(
        Adaptation(question_id="two", replaced_id="three", change="harder", after_turn=1, band=band),))
    turns = (turn(1, "question:one", TEXT), turn(2, "follow_up:one:x", TEXT), turn(3, "question:two", TEXT))
    ids = ("one", "one", "two")
    return build(replace(sample(), plan=plan, turns=tuple(
        replace(one, question_id=name) for one, name in zip(turns, ids, strict=True))))


def test_a_question_that_was_chosen_by_a_score_leads_to_its_answer() -> None:
    first, follow_up, second = report(4).answers
    assert first.level is not None
    assert (first.level.difficulty, first.level.change) == (2, "")
    assert follow_up.level is None
    assert second.level is not None
    assert (second.level.difficulty, second.level.change, second.level.after, second.level.band) == (3, "harder", 1, 4)


def test_the_page_says_why_a_question_is_harder() -> None:
    text = page.render(report(4))
    assert "Level 2 of 3." in text
    assert 'harder than planned, because <a href="#answer-1">answer 1</a> was in band 4' in text
    assert "there was little to score in" in page.render(report(None))
