"""What a model is asked about an answer, and how far it is believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview import scoring
from greenroom.language import model_reading
from greenroom.language.model_reading import ODD, STRANGERS, Task, agreed, pointed_at, tasks, with_reading
from greenroom.language.reading import STRONG, WEAK, told_by
from greenroom.language.sentences import split
from greenroom.records import QuestionKind

TEXTS = json.loads((Path(__file__).parents[1] / "interview" / "answers" / "tuning.json").read_text())
KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
ANSWER = split("We were five people on a site. I called the foreman. He agreed. In the end the school opened.")


def answered(task: Task, points: Callable[[str], list[int]] = lambda _: [], *, odd: int | None = None) -> str:
    """As a model would; ``points`` gives numbers of sentences as they are in the answer."""
    shown = {n: at for at, n in enumerate(task.numbers, start=1)}
    told: dict[str, Any] = {name: [shown[n] for n in points(name)] for name in task.schema["properties"] if name != ODD}
    return json.dumps({ODD: shown[None] if odd is None else odd, **told})


def test_every_sentence_is_shown_once_beside_one_that_does_not_belong() -> None:
    for task in tasks("behavioural", "A team?", ANSWER):
        text = task.messages[-1].text
        assert sorted(n for n in task.numbers if n is not None) == [1, 2, 3, 4]
        assert task.numbers.count(None) == 1
        assert all(sentence.text in text for sentence in ANSWER)
        assert sum(stranger in text for stranger in STRANGERS) == 1


def test_readings_differ_in_order_and_the_same_answer_is_asked_the_same() -> None:
    some = tasks("behavioural", "A team?", split(TEXTS[9]["answer"]))
    assert len({task.messages for task in some}) == len(some) == model_reading.READINGS
    assert some == tasks("behavioural", "A team?", split(TEXTS[9]["answer"]))
    assert tasks("behavioural", "A team?", ()) == ()


def test_the_grammar_knows_no_sentence_that_does_not_exist() -> None:
    for kind in KINDS:
        for task in tasks(kind, "A team?", ANSWER):
            for name, part in task.schema["properties"].items():
                numbers = part["enum"] if name == ODD else part["items"]["enum"]
                assert numbers == [1, 2, 3, 4, 5]


def test_what_is_pointed_at_comes_back_as_sentences_of_the_answer() -> None:
    for task in tasks("behavioural", "A team?", ANSWER):
        found = pointed_at(task, answered(task, lambda name: {"action": [2], "result": [4]}.get(name, [])))
        assert found is not None
        assert [sorted(found[name]) for name in ("action", "result", "task")] == [[2], [4], []]


def test_a_reader_that_takes_the_stranger_for_a_part_of_the_answer_is_not_believed() -> None:
    (task, *_) = tasks("behavioural", "A team?", ANSWER)
    wrong = next(at for at, n in enumerate(task.numbers, start=1) if n is not None)
    assert pointed_at(task, answered(task, odd=wrong)) is None


@given(st.text(max_size=80) | st.just("[" * 100_000) | st.just('{"odd": 1}'))
def test_whatever_else_a_model_writes_is_no_reading(text: str) -> None:
    (task, *_) = tasks("behavioural", "A team?", ANSWER)
    assert pointed_at(task, text) is None


def test_only_what_all_readings_point_at_counts_and_one_that_is_not_believed_ends_it() -> None:
    names = model_reading.HEADINGS
    one = {name: frozenset({1, 2}) for name in names}
    two: Mapping[Any, frozenset[int]] = {name: frozenset({2, 3}) for name in names}
    both = agreed([one, two])
    assert both is not None
    assert set(both.values()) == {frozenset({2})}
    assert agreed([one, None]) is None
    assert agreed([]) is None


def test_a_model_makes_faint_signs_strong_and_adds_none() -> None:
    told = [told_by(sentence) for sentence in split("Eventually the shop in Leeds opened. I like tea.")]
    assert told[0].elements["result"] == WEAK
    pointed = {"result": frozenset({1, 2})}
    better = with_reading(told, pointed)  # type: ignore[arg-type]  # a literal in tests
    assert better[0].elements["result"] == STRONG
    assert "result" not in better[1].elements


@pytest.mark.parametrize("name", ["q1-3a", "q2-4a", "q3-4b", "q4-5a"])
def test_a_model_never_lowers_a_band_and_moves_it_only_by_what_the_rules_see_faintly(name: str) -> None:
    text = next(one for one in TEXTS if one["id"] == name)
    answer = scoring.Answer(text["question"], text["kind"], text["answer"])
    everything = {element: frozenset(range(1, 99)) for element in model_reading.HEADINGS}
    plain = scoring.score(answer)
    read = scoring.score(answer, pointed=scoring.Pointed(everything, "all"))
    disbelieved = scoring.score(answer, pointed=scoring.Pointed(None, "nobody"))
    assert [one.band for one in disbelieved.criteria] == [one.band for one in plain.criteria]
    assert disbelieved.readers[-1] == "nobody"
    for before, after in zip(plain.criteria, read.criteria, strict=True):
        assert after.band >= before.band
