"""Which questions an interview has, and in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import SettingsError
from greenroom.interview.planning import duration_s, planned
from greenroom.interview.questions import check_set_up, load_packs
from greenroom.records import DocumentText, Plan, SetUp
from interview.test_tailoring import CV, JOB, document

PACKS = load_packs()
PACK = PACKS["software"]
DOCUMENTS = (document("job", JOB), document("cv", CV))


def plan(set_up: SetUp, documents: tuple[DocumentText, ...] = DOCUMENTS, seed: int = 1) -> Plan:
    return planned(set_up, check_set_up(set_up, PACKS), documents, seed)


def origins(found: Plan) -> list[str]:
    return [question.source.document if question.source is not None else "pack" for question in found.questions]


def test_without_documents_the_pack_is_asked() -> None:
    found = plan(SetUp(role="software", questions=5), ())
    assert origins(found) == ["pack"] * 5
    assert found.questions[0].kind == "motivation"


def test_about_half_of_the_questions_come_from_the_documents() -> None:
    found = plan(SetUp(role="software", questions=7))
    assert found.questions[0].kind == "motivation"
    assert origins(found)[0] == "pack"
    assert sum(origin != "pack" for origin in origins(found)) == 3
    assert all(later.source is None for later in found.reserve), "lines that are not asked about are in no plan"
    assert len({question.id for question in found.questions}) == 7


def test_both_documents_are_asked_about() -> None:
    assert all({"job", "cv"} <= set(origins(plan(SetUp(role="software", questions=9), seed=seed)))
               for seed in range(10))


@given(st.integers(1, 8), st.integers(0, 50))
def test_the_same_choices_and_seed_give_the_same_plan(count: int, seed: int) -> None:
    set_up = SetUp(role="software", questions=count)
    found = plan(set_up, seed=seed)
    assert found == plan(set_up, seed=seed)
    assert len(found.questions) == count
    assert len({question.id for question in (*found.questions, *found.reserve)}) == count + len(found.reserve)


def test_another_seed_gives_another_choice() -> None:
    chosen = {tuple(q.id for q in plan(SetUp(role="software", questions=5), seed=seed).questions) for seed in range(20)}
    assert len(chosen) > 10


def test_own_questions_are_asked_first_after_the_opening() -> None:
    own = ("Why did you leave your last job?", "How do you learn a new tool?")
    found = plan(SetUp(role="software", questions=4, questions_own=own))
    assert origins(found)[:3] == ["pack", "own", "own"]
    assert [question.text for question in found.questions[1:3]] == list(own)
    only = plan(SetUp(role="software", questions=2, questions_own=own))
    assert [question.text for question in only.questions] == list(own)


def test_what_was_asked_before_is_asked_again_only_when_nothing_else_is_left() -> None:
    first = plan(SetUp(role="software", questions=5))
    known = tuple(question.id for question in first.questions)
    second = plan(SetUp(role="software", questions=5, asked=known))
    assert not set(known) & {question.id for question in (*second.questions, *second.reserve)}
    every = tuple(question.id for question in PACK.questions)
    third = plan(SetUp(role="software", questions=4, asked=every), ())
    assert len(third.questions) == 4
    assert not third.reserve


@pytest.mark.parametrize("minutes", [3, 5, 10, 20, 30, 60])
def test_minutes_decide_how_many_questions_there_are(minutes: int) -> None:
    found = plan(SetUp(role="software", minutes=minutes))
    assert len(found.questions) == 1 or duration_s(found.questions) <= 60 * minutes
    longer = plan(SetUp(role="software", minutes=min(60, minutes + 10)))
    assert len(longer.questions) >= len(found.questions)


def test_ten_minutes_are_three_to_five_questions() -> None:
    set_up = SetUp(minutes=10)
    counts = {len(planned(set_up, pack, (), seed).questions) for pack in PACKS.values() for seed in range(20)}
    assert counts <= {3, 4, 5}


@pytest.mark.parametrize(("set_up", "says"), [
    (SetUp(minutes=2), "2 minutes"), (SetUp(minutes=61), "61 minutes"),
    (SetUp(documents=("a", "b", "c")), "3 documents"),
    (SetUp(asked=("x",) * 401), "401 questions"), (SetUp(questions_own=("Why?",) * 13), "13 questions of one's own"),
    (SetUp(questions_own=("Why this job?", "")), "own question 2 is too short to be asked"),
    (SetUp(questions_own=("W" * 141,)), "own question 1 has 141 characters"),
    (SetUp(questions_own=("Why\nthis?",)), "own question 1 has line breaks"),
    (SetUp(questions_own=("Why \u202ethis?",)), "cannot be seen"),
    (SetUp(questions_own=("Are you married?",)), "private matters"),
    (SetUp(questions_own=("Why are you so stupid?",)), "does not say"),
])  # fmt: skip
def test_a_set_up_out_of_range_is_refused_by_name(set_up: SetUp, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_set_up(set_up, PACKS)
    assert says in caught.value.message
    assert caught.value.fix
