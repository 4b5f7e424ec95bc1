"""How what an answer tells becomes bands."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.anchors import anchors
from greenroom.interview.rubric import CRITERIA, DENSITY_BANDS, DETAIL_BANDS, REASON_BANDS, mapped, whole
from greenroom.language.reading import ELEMENTS, Element, Reading
from greenroom.language.relevance import Nearness
from greenroom.records import QuestionKind
from greenroom.scores import Criterion

KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
NEAR = Nearness(("team",), hits=8, shared=1, best_other=3)
UNKNOWN = Nearness((), hits=0, shared=0, best_other=3)
"""To a question whose subject is in no list."""
SENTENCES = st.lists(st.integers(1, 40), max_size=6, unique=True).map(lambda ns: tuple(sorted(ns)))
COUNTS = st.integers(0, 30)
READINGS = st.builds(Reading, elements=st.fixed_dictionaries(dict.fromkeys(ELEMENTS, SENTENCES)),
                     steps=COUNTS, plans=COUNTS, particulars=COUNTS, words=st.integers(0, 600))  # fmt: skip
NEARNESSES = st.builds(Nearness, topics=st.sampled_from([(), ("team",)]), hits=COUNTS, shared=st.integers(0, 3),
                       best_other=COUNTS, rank=st.none() | st.floats(0.0, 1.0))  # fmt: skip


def reading(*, steps: int = 0, plans: int = 0, particulars: int = 0, words: int = 100, **told: int) -> Reading:
    """With so many sentences that tell each element."""
    elements: dict[Element, tuple[int, ...]] = {e: tuple(range(1, told.get(e, 0) + 1)) for e in ELEMENTS}
    return Reading(elements, steps, plans, particulars, words)


def bands(kind: QuestionKind, told: Reading, near: Nearness = NEAR) -> dict[Criterion, int]:
    return {criterion: found.band for criterion, found in mapped(kind, told, near).items()}


@given(st.sampled_from(KINDS), READINGS, NEARNESSES)
def test_any_reading_has_five_bands_from_1_to_5_and_advice_below_the_top(
    kind: QuestionKind, told: Reading, near: Nearness
) -> None:
    found = mapped(kind, told, near)
    assert tuple(found) == CRITERIA
    for criterion, one in found.items():
        assert 1 <= one.band <= 5
        assert bool(one.lacks) is (one.band < 5), criterion
        assert one.formula
    band, formula = whole(kind, {criterion: one.band for criterion, one in found.items()}, told)
    assert 1 <= band <= 5
    assert formula.startswith("mean of 5 criteria, equally weighted: ")


@given(st.sampled_from(KINDS), READINGS, READINGS)
def test_whoever_tells_more_has_no_lower_structure_reasoning_or_reflection(
    kind: QuestionKind, less: Reading, further: Reading
) -> None:
    more = Reading({e: tuple(sorted({*less.elements[e], *further.elements[e]})) for e in ELEMENTS},
                   less.steps + further.steps, less.plans + further.plans, less.particulars + further.particulars,
                   less.words + further.words)  # fmt: skip
    before, after = bands(kind, less), bands(kind, more)
    for criterion in ("structure", "reasoning", "reflection"):
        assert after[criterion] >= before[criterion]


@pytest.mark.parametrize(
    ("told", "band"),
    [
        (reading(), 1),
        (reading(steps=3), 1),
        (reading(steps=3, situation=1), 2),
        (reading(steps=3, situation=1, task=1), 3),
        (reading(steps=3, situation=1, task=1, result=1), 4),
        (reading(steps=5, situation=1, task=1, result=1), 5),
        (reading(steps=5, situation=2, result=1), 5),
        (reading(steps=5, particulars=10, result=1), 4),
    ],
)
def test_a_case_has_circumstances_an_aim_steps_and_an_end(told: Reading, band: int) -> None:
    assert bands("behavioural", told)["structure"] == band


def test_what_is_missing_first_is_what_is_advised() -> None:
    assert mapped("behavioural", reading(steps=3, task=1, result=1), NEAR)["structure"].lacks == (
        "Say when and where it was.")
    assert mapped("behavioural", reading(steps=5, situation=1, task=1), NEAR)["structure"].lacks == (
        "Say how it turned out.")


@pytest.mark.parametrize("band", [1, 2, 3, 4, 5])
def test_particulars_count_and_so_does_their_share(band: int) -> None:
    details = (0, *DETAIL_BANDS)[band - 1]
    assert bands("behavioural", reading(particulars=details, words=50))["specificity"] == band
    dense = (0.0, 0.0, *DENSITY_BANDS)[band - 1]
    if band >= 2:
        words = int(18 / dense * 100) if dense else 1000
        assert bands("behavioural", reading(particulars=18, words=words))["specificity"] == band


@pytest.mark.parametrize(("reasons", "band"), [(0, 1), *((least, n) for n, least in enumerate(REASON_BANDS, 2))])
def test_reasons_are_counted_by_sentence(reasons: int, band: int) -> None:
    assert bands("behavioural", reading(reason=reasons))["reasoning"] == band


@pytest.mark.parametrize(
    ("kind", "told", "band"),
    [
        ("behavioural", reading(), 1),
        ("behavioural", reading(limit=3), 1),
        ("behavioural", reading(reflection=1), 4),
        ("behavioural", reading(reflection=1, limit=1), 5),
        ("situational", reading(), 1),
        ("situational", reading(condition=1), 2),
        ("situational", reading(condition=2), 3),
        ("situational", reading(limit=1), 4),
        ("situational", reading(limit=1, condition=2), 5),
        ("motivation", reading(reflection=2), 3),
        ("technical", reading(reflection=1), 4),
        ("technical", reading(condition=2), 3),
    ],
)
def test_stories_look_back_and_plans_look_ahead(kind: QuestionKind, told: Reading, band: int) -> None:
    assert bands(kind, told)["reflection"] == band


@pytest.mark.parametrize(
    ("kind", "told", "near", "band"),
    [
        ("behavioural", reading(steps=2, situation=1), NEAR, 5),
        ("behavioural", reading(plans=4), NEAR, 3),
        ("situational", reading(plans=4), NEAR, 5),
        ("situational", reading(steps=4, situation=1), NEAR, 3),
        ("motivation", reading(motive=1, situation=1, outlook=1), NEAR, 5),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=2, best_other=2), 3),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=0, shared=0, best_other=2), 2),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=0, shared=1, best_other=2), 3),
        ("behavioural", reading(steps=2, situation=1), UNKNOWN, 3),
        ("behavioural", reading(steps=2, situation=1), UNKNOWN._replace(shared=1), 4),
        ("behavioural", reading(steps=2, situation=1), UNKNOWN._replace(shared=3), 5),
        ("behavioural", reading(steps=2, situation=1), UNKNOWN._replace(rank=0.05), 5),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=5, best_other=10), 2),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=6, best_other=10), 3),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=7, best_other=10), 4),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=8, best_other=10), 5),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=2, best_other=6), 2),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=2, best_other=2, rank=0.05), 3),
        ("behavioural", reading(steps=2, situation=1), NEAR._replace(hits=2, best_other=4, rank=0.6), 3),
    ],
)
def test_relevant_is_what_speaks_of_the_subject_in_the_way_that_was_asked(
    kind: QuestionKind, told: Reading, near: Nearness, band: int
) -> None:
    assert bands(kind, told, near)["relevance"] == band


OF_A_CASE = ("turned out", "what you did", "when and where", "one case", "seen", "took from it", "were working on")


@given(READINGS, NEARNESSES)
def test_who_is_asked_how_something_is_done_is_not_asked_for_a_case(told: Reading, near: Nearness) -> None:
    found = mapped("technical", told, near)
    for one in found.values():
        assert not any(words in one.lacks or words in one.formula for words in OF_A_CASE)
        assert "of a case" not in one.formula
    _, formula = whole("technical", {criterion: one.band for criterion, one in found.items()}, told)
    assert "what was done" not in formula


@given(READINGS, NEARNESSES)
def test_who_is_asked_what_they_would_do_is_asked_for_a_plan(told: Reading, near: Nearness) -> None:
    for one in mapped("situational", told, near).values():
        assert not any(words in one.lacks for words in OF_A_CASE)


def all_at(band: int, **others: int) -> dict[Criterion, int]:
    return {criterion: others.get(criterion, band) for criterion in CRITERIA}


CASE = reading(steps=5, plans=5, situation=2)


@pytest.mark.parametrize(
    ("kind", "given_bands", "told", "band"),
    [
        ("behavioural", all_at(4), CASE, 4),
        ("behavioural", all_at(3, reasoning=5, reflection=5), CASE, 4),
        ("behavioural", all_at(5, relevance=2), CASE, 2),
        ("behavioural", all_at(5, specificity=2), CASE, 3),
        ("behavioural", all_at(5, structure=1), CASE, 2),
        ("behavioural", all_at(5, relevance=3), CASE, 4),
        ("behavioural", all_at(5), reading(steps=1, situation=1), 2),
        ("situational", all_at(5), reading(steps=5, situation=1), 2),
        ("motivation", all_at(5), reading(), 5),
        ("behavioural", all_at(5, specificity=2), reading(steps=1), 1),
    ],
)
def test_the_whole_is_the_mean_held_down_by_what_cannot_be_made_up_for(
    kind: QuestionKind, given_bands: dict[Criterion, int], told: Reading, band: int
) -> None:
    found, formula = whole(kind, given_bands, told)
    assert found == band
    assert ("held at" in formula) is (found < int(sum(given_bands.values()) / 5 + 0.5))


def test_every_criterion_has_five_different_anchors_for_every_kind_of_question() -> None:
    for criterion in CRITERIA:
        for kind in KINDS:
            assert len(set(anchors(criterion, kind))) == 5


@given(st.sampled_from(KINDS), READINGS, COUNTS, COUNTS, st.sampled_from(("hits", "best_other")))
def test_one_word_more_on_a_subject_is_never_worth_two_bands_of_relevance(
    kind: QuestionKind, told: Reading, hits: int, best_other: int, which: str
) -> None:
    near = Nearness(("team",), hits=hits, shared=1, best_other=best_other)
    other = near._replace(hits=hits + (which == "hits"), best_other=best_other + (which == "best_other"))
    assert abs(bands(kind, told, near)["relevance"] - bands(kind, told, other)["relevance"]) <= 1
