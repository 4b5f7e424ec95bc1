"""Question packs are whole, faults in them are named, and plans come from the seed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import greenroom.interview
from greenroom.errors import SettingsError
from greenroom.interview.questions import MAX_TEXT, check_set_up, load_packs, make_plan, parse_pack
from greenroom.records import SetUp

FOLDER = Path(greenroom.interview.__file__).parent / "packs"
GRADUATE = (FOLDER / "graduate.toml").read_text()
PACKS = load_packs()


def spoilt(before: str, after: str) -> str:
    assert before in GRADUATE
    return GRADUATE.replace(before, after, 1)


def test_there_are_three_packs_of_at_least_eight_questions() -> None:
    assert len(PACKS) >= 3
    assert all(len(pack.questions) >= 8 for pack in PACKS.values())
    assert all(role == pack.role for role, pack in PACKS.items())


def test_every_text_is_short_enough_to_keep_in_mind_and_long_enough_to_be_interrupted() -> None:
    for pack in PACKS.values():
        for question in pack.questions:
            assert 45 <= len(question.text) <= MAX_TEXT
            assert 2 <= len(question.follow_ups) <= 3
            assert all(len(hook.text) <= MAX_TEXT for hook in question.follow_ups)


def test_every_pack_names_terms_of_the_job_that_a_recogniser_can_be_told() -> None:
    for pack in PACKS.values():
        assert 10 <= len(pack.terms) <= 20
        assert len({term.casefold() for term in pack.terms}) == len(pack.terms)
    assert set(PACKS["software"].terms) & set(PACKS["retail"].terms) == set()


def test_question_ids_are_unique_across_packs() -> None:
    ids = [q.id for pack in PACKS.values() for q in pack.questions]
    assert len(set(ids)) == len(ids)


def test_every_pack_asks_for_motivation_behaviour_and_judgement() -> None:
    for pack in PACKS.values():
        assert {"motivation", "behavioural", "situational"} <= {q.kind for q in pack.questions}


@given(st.sampled_from(sorted(PACKS)), st.integers(1, 8), st.integers())
def test_a_plan_holds_as_many_different_questions_as_asked_for(role: str, count: int, seed: int) -> None:
    plan = make_plan(PACKS[role], count, seed)
    assert len({q.id for q in plan.questions}) == len(plan.questions) == count
    assert plan.questions[0].kind == "motivation"
    assert plan == make_plan(PACKS[role], count, seed)
    assert (plan.pack_id, plan.seed) == (role, seed)


def test_seeds_make_different_plans() -> None:
    assert len({tuple(q.id for q in make_plan(PACKS["graduate"], 4, seed).questions) for seed in range(20)}) > 10


def test_the_first_plan_stays_as_published() -> None:
    assert [q.id for q in make_plan(PACKS["graduate"], 4, 1).questions] == [
        "graduate-about",
        "graduate-learn",
        "graduate-lead",
        "graduate-numbers",
    ]


@pytest.mark.parametrize("count", [0, -1, 9])
def test_a_number_of_questions_the_pack_cannot_give_is_refused(count: int) -> None:
    with pytest.raises(SettingsError, match="choose 1 to 8"):
        check_set_up(SetUp(role="graduate", questions=count), PACKS)


def test_a_role_without_a_pack_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(SettingsError, match="graduate, retail, software"):
        check_set_up(SetUp(role="pilot"), PACKS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = [", "is not TOML"),
        ("", "missing required field `id`"),
        (spoilt('kind = "motivation"', 'kind = "trivia"'), r"trivia.*questions\[0\]\.kind"),
        (spoilt('kind = "motivation"', 'kind = "motivation"\nmood = 3'), r"questions\[0\]\.mood: is no key"),
        (spoilt('role = "graduate"', 'role = " "'), "role: is empty"),
        (spoilt("suggested_s = 90", "suggested_s = 5"), r"questions\[0\]\.suggested_s"),
        (spoilt('id = "graduate-team"', 'id = "graduate-about"'), "two have the id `graduate-about`"),
        (spoilt('id = "graduate-team"', 'id = "graduate:team"'), r"questions\[1\]\.id"),
        (spoilt('{ id = "moment"', '{ id = "offer"'), r"questions\[0\]\.follow_ups: two have the id `offer`"),
        (spoilt('intent = "example"', 'intent = "chat"'), r"follow_ups\[0\]\.intent"),
        (spoilt('intent = "example", ', 'intent = "example", x = 1, '), r"questions\[0\]\.follow_ups\[0\]\.x"),
        (spoilt("To begin, please tell", "To begin, " + "please " * 20 + "tell"), "at most 140"),
        (spoilt('competency = "motivation"', 'competency = ""'), "competency: is empty"),
        (spoilt('"thesis"', '" "'), r"terms\[3\]: is empty"),
        (spoilt('"thesis"', '"thesis"' + ', "thesis"' * 30), "terms: has 4[0-9] entries, at most 30"),
    ],
)
def test_a_fault_is_named_with_file_place_and_kind(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        parse_pack("mine.toml", text)
    assert "mine.toml" in str(caught.value)
    assert caught.value.fix


def test_too_few_questions_are_refused() -> None:
    raw: dict[str, Any] = tomllib.loads(GRADUATE)
    assert len(raw["questions"]) == 8
    fewer = GRADUATE[: GRADUATE.rindex("[[questions]]")]
    with pytest.raises(SettingsError, match="has 7 entries, at least 8"):
        parse_pack("mine.toml", fewer)


@given(st.text(max_size=200))
def test_any_text_gives_a_pack_or_a_settings_error(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_pack("mine.toml", text)
