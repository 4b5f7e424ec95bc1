"""Question packs are whole, faults in them are named, and plans come from the seed."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import greenroom.interview
from greenroom.errors import SettingsError
from greenroom.interview.planning import make_plan
from greenroom.interview.questions import MAX_HINT, check_set_up, load_packs, parse_pack
from greenroom.records import MAX_QUESTION_CHARS, SetUp

FOLDER = Path(greenroom.interview.__file__).parent / "packs"
GRADUATE = (FOLDER / "graduate.toml").read_text()
FIRST_ANCHOR = next(line for line in GRADUATE.partition("anchors = [\n")[2].splitlines())
PACKS = load_packs()


def spoilt(before: str, after: str) -> str:
    assert before in GRADUATE
    return GRADUATE.replace(before, after, 1)


def test_there_are_packs_for_eight_roles_of_at_least_ten_questions() -> None:
    assert set(PACKS) == {"data", "graduate", "nursing", "retail", "sales", "software", "teaching", "trades"}
    assert all(10 <= len(pack.questions) <= 12 for pack in PACKS.values())
    assert all(role == pack.role for role, pack in PACKS.items())


def test_every_text_is_short_enough_to_keep_in_mind_and_long_enough_to_be_interrupted() -> None:
    for pack in PACKS.values():
        for question in pack.questions:
            assert 45 <= len(question.text) <= MAX_QUESTION_CHARS
            assert 2 <= len(question.follow_ups) <= 3
            assert all(len(hook.text) <= MAX_QUESTION_CHARS for hook in question.follow_ups)
            assert len({hook.intent for hook in question.follow_ups}) == len(question.follow_ups)


def test_every_question_can_be_said_in_other_words_and_has_a_hint() -> None:
    for pack in PACKS.values():
        for question in pack.questions:
            assert 20 <= len(question.rephrased) <= MAX_QUESTION_CHARS
            assert question.rephrased != question.text
            assert 40 <= len(question.hint) <= MAX_HINT
            assert "?" not in question.hint


def test_every_pack_has_questions_to_begin_with_and_demanding_ones() -> None:
    for pack in PACKS.values():
        assert {q.difficulty for q in pack.questions if q.kind == "motivation"} == {1}
        counts = Counter(q.difficulty for q in pack.questions)
        assert min(counts[1], counts[3]) >= 3, pack.id


def test_every_competency_is_asked_about_and_has_five_different_examples() -> None:
    for pack in PACKS.values():
        assert 5 <= len(pack.competencies) <= 7
        assert {q.competency for q in pack.questions} == {c.id for c in pack.competencies}
        assert all(re.fullmatch("[a-z]+(-[a-z]+)*", c.id) for c in pack.competencies)
        assert all(len({*c.anchors}) == 5 for c in pack.competencies)


def test_no_band_of_the_examples_is_told_by_length_alone() -> None:
    for pack in PACKS.values():
        of_band = [[len(c.anchors[band]) for c in pack.competencies] for band in range(5)]
        assert max(of_band[0]) > max(of_band[3]) > min(of_band[0]), pack.id


def test_every_pack_names_terms_of_the_job_that_a_recogniser_can_be_told() -> None:
    for pack in PACKS.values():
        assert 10 <= len(pack.terms) <= 20
        assert len({term.casefold() for term in pack.terms}) == len(pack.terms)
    assert set(PACKS["software"].terms) & set(PACKS["retail"].terms) == set()


def test_question_ids_are_unique_across_packs() -> None:
    ids = [q.id for pack in PACKS.values() for q in pack.questions]
    assert len(set(ids)) == len(ids)
    assert all(q.id.startswith(f"{pack.id}-") for pack in PACKS.values() for q in pack.questions)


def test_no_text_is_asked_twice_so_that_what_was_said_tells_what_was_asked() -> None:
    questions = [q for pack in PACKS.values() for q in pack.questions]
    said = Counter([text for q in questions for text in (q.text, q.rephrased, *(hook.text for hook in q.follow_ups))])
    assert [text for text, times in said.items() if times > 1] == []


def test_every_pack_asks_for_motivation_behaviour_and_judgement() -> None:
    for pack in PACKS.values():
        kinds = Counter(q.kind for q in pack.questions)
        assert 1 <= kinds["motivation"] <= 2
        assert kinds["behavioural"] >= 4
        assert kinds["situational"] >= 2
        assert kinds["technical"] >= 1


@given(st.sampled_from(sorted(PACKS)), st.integers(1, 10), st.integers())
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


@pytest.mark.parametrize("count", [0, -1, 12])
def test_a_number_of_questions_the_pack_cannot_give_is_refused(count: int) -> None:
    with pytest.raises(SettingsError, match="choose 1 to 11"):
        check_set_up(SetUp(role="graduate", questions=count), PACKS)


def test_a_role_without_a_pack_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(SettingsError, match="data, graduate, nursing, retail, sales"):
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
        (spoilt('competency = "motivation"', 'competency = "charm"'), r"competency: `charm` is none of the pack's"),
        (spoilt('competency = "motivation"', 'competency = ""'), "competency: `` is none of the pack's"),
        (spoilt("difficulty = 1", "difficulty = 4"), r"4.*questions\[0\]\.difficulty"),
        (spoilt('hint = "', 'hint = "' + "so " * 70), r"questions\[0\]\.hint: has [0-9]+ characters, at most 200"),
        (spoilt('rephrased = "', 'rephrased = "' + "so " * 50), r"questions\[0\]\.rephrased: .* at most 140"),
        (spoilt('hint = "', 'hnit = "'), r"questions\[0\]\.hnit: is no key"),
        (spoilt('id = "teamwork"', 'id = "motivation"'), "competencies: two have the id `motivation`"),
        (spoilt('id = "teamwork"', 'id = " "'), r"competencies\[1\]\.id: is empty"),
        (spoilt('id = "teamwork"', 'id = "teamwork"\nweight = 2'), r"competencies\[1\]\.weight: is no key"),
        (spoilt("anchors = [", 'anchors = [\n  "' + "so " * 107 + '",'), "Expected `array` of length 5, got 6"),
        (spoilt(FIRST_ANCHOR, ""), r"Expected `array` of length 5, got 4 - at `competencies\[0\]\.anchors"),
        (spoilt(FIRST_ANCHOR, FIRST_ANCHOR[:3] + "so " * 107 + '",'), r"competencies\[0\]\.anchors\[0\]: has 32[0-9]"),
        (spoilt(FIRST_ANCHOR, '"  ",'), r"competencies\[0\]\.anchors\[0\]: is empty"),
        (spoilt("anchors = [", "anchor = ["), r"missing required field `anchors`"),
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
    assert len(raw["questions"]) == 11
    fewer = "[[questions]]".join(GRADUATE.split("[[questions]]")[:8])
    with pytest.raises(SettingsError, match="has 7 entries, at least 8"):
        parse_pack("mine.toml", fewer)


@given(st.text(max_size=200))
def test_any_text_gives_a_pack_or_a_settings_error(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_pack("mine.toml", text)
