"""What a candidate is told of documents that the plan has no room for."""

from __future__ import annotations

import pytest

from greenroom.interview.document_use import note
from greenroom.interview.planning import planned
from greenroom.records import DocumentKind, DocumentUse, Plan, SetUp
from interview.test_planning import PACK, plan
from interview.test_tailoring import document


def told(*uses: DocumentUse, count: int = 2) -> str:
    return note(Plan(pack_id="p", seed=1, questions=PACK.questions[:count], documents=uses))


def test_without_documents_nothing_is_said() -> None:
    assert note(plan(SetUp(role="software", questions=4), ())) == ""


def test_two_questions_have_room_for_one_line_of_two_documents() -> None:
    found = plan(SetUp(role="software", questions=2))
    assert sorted(use.asked for use in found.documents) == [0, 1]
    assert [use.kind for use in found.documents] == ["job", "cv"]
    said = note(found)
    assert said.startswith("With 2 questions there was room for ")
    assert "one line of " in said
    assert "no line of " in said
    assert said.endswith("Choose more questions, or more time, to use more.")


def test_the_longest_interview_advises_no_longer_one() -> None:
    found = plan(SetUp(role="software", questions=len(PACK.questions)))
    assert not any(use.has_more for use in found.documents)
    assert "Choose more" not in note(found)


def test_a_plan_by_minutes_tells_the_same() -> None:
    found = plan(SetUp(role="software", minutes=4))
    assert note(found).startswith("With one question" if len(found.questions) == 1 else "With ")
    assert any(use.has_more for use in found.documents)


def test_a_document_that_is_used_up_is_not_mentioned() -> None:
    assert told(DocumentUse(kind="cv", offered=2, asked=2, has_more=False), count=6) == ""


@pytest.mark.parametrize("kind", ["job", "cv"])
def test_a_document_that_leads_to_no_question_is_said_to_be_one(kind: DocumentKind) -> None:
    found = plan(SetUp(role="software", questions=4), (document(kind, "Phone: 0123 456789\nBorn in 1990"),))
    assert found.documents[0].offered == 0
    assert note(found) == f"No line of {'the job description' if kind == 'job' else 'your CV'} leads to a new question."


def test_lines_that_were_asked_about_before_count_as_none() -> None:
    first = plan(SetUp(role="software", questions=5))
    known = tuple(question.id for question in first.questions if question.source is not None)
    again = plan(SetUp(role="software", questions=5, asked=known))
    assert sum(use.offered for use in again.documents) == sum(use.offered for use in first.documents) - len(known)


def test_own_questions_that_fill_the_plan_leave_no_line() -> None:
    found = plan(SetUp(role="software", questions=2, questions_own=("Why here?", "Why now?")))
    assert [use.asked for use in found.documents] == [0, 0]
    assert "no line of the job description and no line of your CV" in note(found)


def test_a_document_that_the_phone_brought_and_the_kiosk_did_not_choose_is_said() -> None:
    set_up = SetUp(role="software", questions=4)
    found = planned(set_up, PACK, (), 1, others=("cv",))
    assert note(found) == "Your CV from the phone is not used: start the interview there to use it."
    both = planned(set_up, PACK, (), 1, others=("job", "cv"))
    assert note(both) == (
        "The job description and your CV from the phone are not used: start the interview there to use them.")
    assert found.questions == planned(set_up, PACK, (), 1).questions
