"""Pieces and the whole: the same numbers, however an answer is cut."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import SceneObserved
from greenroom.hearing.heard import Answer
from greenroom.hearing.measures import answer_measures
from greenroom.hearing.summary import POOLING, Part, pooled
from greenroom.records import Measure
from hearing.test_measures import answer, faces_at, tone, words_in

PARTS = st.lists(st.builds(Part, value=st.floats(-90, 300), over=st.floats(0.01, 600)), min_size=1, max_size=8)


def taken(some: Answer) -> dict[str, Measure]:
    return {measure.name: measure for measure in answer_measures(some)}


def test_two_halves_pool_to_the_whole() -> None:
    first, second = (10.0, 20.0), (30.0, 50.0)
    runs = (tone(10.0, 20.0, -26.0), tone(30.0, 50.0, -20.0))
    halves = [
        taken(answer(words=words_in((span,), each_s), voice_spans=(span,), pcm_runs=(run,), question_end_t=span[0],
                     ended_t=span[1], faces=faces_at(from_t=span[0], to_t=span[1])))
        for span, run, each_s in zip((first, second), runs, (0.5, 0.25), strict=True)
    ]
    words = sum(len(words_in((span,), each_s)) for span, each_s in ((first, 0.5), (second, 0.25)))
    expected = {"speaking_rate_wpm": words * 60 / 30.0, "talk_s": 30.0, "pauses": 0.0, "eye_contact": 1.0,
                "loudness_dbfs": 10 * math.log10((10**-2.6 + 2 * 10**-2.0) / 3)}
    for name, whole in expected.items():
        parts = [Part(half[name].value or 0.0, half[name].over) for half in halves]
        assert pooled(POOLING[name], parts) == pytest.approx(whole, rel=0.002), name


@pytest.mark.parametrize("how", ["ratio", "level"])
@given(parts=PARTS)
def test_the_whole_lies_between_its_parts_and_one_part_is_itself(how: str, parts: list[Part]) -> None:
    value = pooled(how, parts)  # type: ignore[arg-type]  # one of the two
    assert value is not None
    assert min(p.value for p in parts) - 1e-6 <= value <= max(p.value for p in parts) + 1e-6
    assert pooled(how, parts[:1]) == pytest.approx(parts[0].value)  # type: ignore[arg-type]  # see above


@given(parts=PARTS, cut=st.integers(0, 8))
def test_pooling_in_two_steps_is_pooling_in_one(parts: list[Part], cut: int) -> None:
    groups = [group for group in (parts[:cut], parts[cut:]) if group]
    steps = [Part(pooled("ratio", group) or 0.0, sum(p.over for p in group)) for group in groups]
    assert pooled("ratio", steps) == pytest.approx(pooled("ratio", parts), abs=1e-6)


def test_nothing_gives_nothing() -> None:
    assert pooled("sum", []) is None
    assert pooled("ratio", [Part(3.0, 0.0)]) is None


def test_every_pooled_name_is_a_measure() -> None:
    moving = faces_at(smile=0.0, brow_raise=0.0, mouth_open=0.0)
    looks = tuple(SceneObserved(t=t, t_known=t, objects=()) for t in (11.0, 12.0))
    assert set(POOLING) <= set(taken(answer(faces=moving, scenes=looks)))
