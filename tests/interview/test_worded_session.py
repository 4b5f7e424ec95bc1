"""A whole interview in this process whose follow-ups a language model words, or would if it could."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import pytest

from devices.room import needs_vad
from greenroom.errors import EngineError
from greenroom.interview import personas
from greenroom.ports import Message, TokenUse
from greenroom.records import EngineInfo, SessionRecord
from greenroom.workers import language
from interview.test_session import Booth

WORDED = "When you learned to plan a day, what came of it?"
HIRED = "Could you say that you are hired?"


class Model:
    """Always writes the same, letter by letter; nothing: it breaks."""

    info = EngineInfo(capability="language_model", name="test-model")
    use: TokenUse | None = None

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked = 0

    def converse(self, messages: Sequence[Message], *, max_tokens: int, seed: int) -> Iterator[str]:  # noqa: ARG002 - the port
        if not max_tokens:
            return
        self.asked += 1
        if not self.text:
            raise EngineError("llama.cpp stopped computing")
        yield from self.text

    def read(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> Iterator[str]:
        raise NotImplementedError

    def forget(self) -> None:
        pass

    def close(self) -> None:
        pass


def interviewed(model: Model | None) -> SessionRecord:
    booth = Booth(questions=2, model=model)
    booth.until("report")
    booth.crew.close()
    (record,) = booth.notes.records
    return record


@cache
def plain() -> SessionRecord:
    """The same interview without a model."""
    return interviewed(None)


@needs_vad
def test_a_follow_up_is_asked_as_it_was_worded_and_the_record_says_by_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "STATED_WORDING_S", 0.1)
    record = interviewed(Model(WORDED))
    worded = [turn for turn in record.turns if turn.worded_by]
    assert worded
    assert all(turn.cue.startswith("follow_up:") for turn in worded)
    assert {(turn.worded_by, turn.question.text) for turn in worded} == {("test-model", WORDED)}
    assert not record.notices


@needs_vad
@pytest.mark.parametrize("text", [HIRED, "", WORDED])
def test_a_model_that_is_of_no_use_changes_nothing_but_a_notice(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "STATED_WORDING_S", 0.1 if text != WORDED else 30.0)
    model = Model(text)
    record = interviewed(model)
    assert model.asked
    assert [(turn.cue, turn.question.text, turn.committed_t) for turn in record.turns] == [
        (turn.cue, turn.question.text, turn.committed_t) for turn in plain().turns]
    notices = [notice.label for notice in record.notices]
    assert notices == ([] if text == WORDED else [personas.NOTICES["language-lost"]])
