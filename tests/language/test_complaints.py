"""Running others down gives no reason for a deed, and is nothing learned."""

from __future__ import annotations

import pytest

from greenroom.language.complaints import runs_down
from greenroom.language.plain_words import tokens
from greenroom.language.reading import STRONG, told_by
from greenroom.language.sentences import split


@pytest.mark.parametrize("sentence", [
    "I learnt that people are stupid and lazy clowns.",
    "I learned that people just don't care about the warehouse or the forklift.",
    "The lesson is that you can't trust anybody at the depot in Leeds.",
    "I always had to clean up after those lazy clowns in the kitchen.",
    "They broke the forklift because they are idiots from the planning office in Leeds.",
    "I learned that some bakers are just lazy, and next time I will not help them with the oven.",
    "I was surrounded by idiots at the depot because the manager hired his mates.",
    "I hate that bakery because nobody cares about the oven or the flour.",
])
def test_a_complaint_about_others_is_no_look_back_and_no_reason(sentence: str) -> None:
    (one,) = split(sentence)
    assert not {"reflection", "reason"} & set(told_by(one).elements)


@pytest.mark.parametrize("sentence", [
    "I learned that people need time before they trust a nurse.",
    "I was stupid to wait, and next time I would ring the depot at once.",
    "I had thought they were idiots, and since then I ask first at the depot.",
    "Next time I would talk to the lazy one first and ask her about the oven.",
    "They were not lazy, and I learned to ask before I judge a baker.",
])
def test_what_somebody_takes_upon_themselves_is_a_look_back_even_beside_a_hard_word(sentence: str) -> None:
    (one,) = split(sentence)
    assert told_by(one).elements["reflection"] == STRONG


def test_a_reason_for_a_deed_of_ones_own_counts_beside_a_hard_word() -> None:
    (one,) = split("I told them off because they were lazy and had left the forklift on.")
    assert told_by(one).elements["reason"] == STRONG


@pytest.mark.parametrize(("sentence", "is_one"), [
    ("They were idiots.", True),
    ("The boss had no idea.", True),
    ("It was a stupid mistake.", False),
    ("I was so lazy.", False),
    ("Nobody was lazy there.", False),
    ("The oven was cold.", False),
])
def test_only_people_are_run_down_and_only_by_others(sentence: str, *, is_one: bool) -> None:
    assert runs_down(tokens(sentence)) is is_one
