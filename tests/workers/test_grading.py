"""A grader: rules always, and meaning where there is an encoder, which only takes doubts back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from greenroom.errors import EngineError
from greenroom.language.asked import kind_of
from greenroom.records import AnswerToScore, EngineInfo
from greenroom.workers.grading import Grader

TEXTS = {one["id"]: one for one in json.loads(
    (Path(__file__).parents[1] / "interview" / "answers" / "tuning.json").read_text())}
OTHERS = ("How do you find a fault?", "What would you do with an angry customer?", "Why this job?")


class Letters:
    """Texts are as near as the letters that they share."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.asked: list[str] = []
        self._is_broken = is_broken

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(capability="meaning", name="letters", version="1")

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        if self._is_broken:
            raise EngineError("broken")
        self.asked += texts
        rows = np.array([[text.lower().count(chr(97 + k)) + 0.01 for k in range(26)] for text in texts], np.float32)
        near: npt.NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return near


def given(name: str) -> AnswerToScore:
    return AnswerToScore(question=TEXTS[name]["question"], text=TEXTS[name]["answer"], kind=TEXTS[name]["kind"])


def test_without_an_encoder_the_readers_say_so() -> None:
    grader = Grader(None, OTHERS)
    grader.warm_up()
    assert grader.engines == ()
    assert grader.grade(given("q1-4a")).readers == ("rules 2", "relevance by words")


def test_with_one_the_readers_name_it_and_the_same_answer_gets_the_same_score() -> None:
    grader = Grader(Letters(), OTHERS)
    grader.warm_up()
    first = grader.grade(given("q1-4a"))
    assert first.readers == ("rules 2", "relevance by words and letters 1")
    grader.grade(given("q2-5a"))
    assert grader.grade(given("q1-4a")) == first
    assert Grader(Letters(), OTHERS).grade(given("q1-4a")) == first


def test_nothing_is_encoded_for_what_meaning_could_not_change() -> None:
    encoder = Letters()
    grader = Grader(encoder, OTHERS)
    assert grader.grade(AnswerToScore(question="Why?", text="fine")).reason == "too_short"
    assert encoder.asked == []


def test_a_question_is_not_compared_with_itself() -> None:
    grader = Grader(Letters(), (TEXTS["q1-4a"]["question"],))
    assert grader.grade(given("q1-4a")).band == Grader(None, ()).grade(given("q1-4a")).band


def test_an_encoder_that_fails_is_told() -> None:
    with pytest.raises(EngineError):
        Grader(Letters(is_broken=True), OTHERS).grade(given("q1-4a"))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Tell me about a time when you led others.", "behavioural"),
        ("A customer shouts at you. What would you do?", "situational"),
        ("Why would you like to work here?", "motivation"),
        ("How do you plan a lesson for a mixed class?", "technical"),
        ("Anything else?", "behavioural"),
    ],
)
def test_a_question_without_a_label_is_of_the_kind_that_it_sounds_like(question: str, kind: str) -> None:
    assert kind_of(question) == kind
