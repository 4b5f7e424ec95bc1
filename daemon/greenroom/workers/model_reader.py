"""Asks a language model what an answer tells, as often as it takes to believe it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.errors import EngineError, LanguageModelInvalid
from greenroom.interview.scoring import Pointed
from greenroom.language import model_reading
from greenroom.language.reading import Element
from greenroom.language.sentences import Sentence
from greenroom.ports import LanguageModel, Message, RemoteModel
from greenroom.records import EngineInfo, QuestionKind, ReadBy
from greenroom.workers.slices import Steps, whole

Found = Mapping[Element, frozenset[int]] | None
MOST_PARTS = 20_000
"""Of one reading and of taking in what it is for; a model that gives more is broken."""


class ModelReader:
    """Takes seconds to minutes; nobody waits for it."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def info(self) -> EngineInfo:
        return self._model.info

    def read(self, kind: QuestionKind, question: str, sentences: Sequence[Sentence]) -> Pointed:
        """Never raises for what a model does: one that fails has not read."""
        return whole(self.reading(kind, question, sentences))

    def reading(self, kind: QuestionKind, question: str, sentences: Sequence[Sentence]) -> Steps[Pointed]:
        """The same, token by token."""
        readings: list[Found] = []
        for task in model_reading.tasks(kind, question, sentences):
            answer = yield from self.written(task.messages, task.schema, model_reading.MAX_TOKENS)
            readings.append(model_reading.pointed_at(task, answer))
            if readings[-1] is None:
                break
        return pointed(self._model.info, readings)

    def written(self, messages: Sequence[Message], schema: Mapping[str, Any], max_tokens: int) -> Steps[str]:
        """What the model writes, token by token; nothing at all where it fails."""
        parts: list[str] = []
        with contextlib.suppress(EngineError):
            for part in self._model.read(messages, schema, max_tokens=max_tokens):
                if len(parts) >= MOST_PARTS:
                    return ""
                parts.append(part)
                yield
            return "".join(parts)
        return ""


async def read_remotely(model: RemoteModel, kind: QuestionKind, question: str,
                        sentences: Sequence[Sentence]) -> Pointed:
    """The same by a model on another server. Raises ``EngineError`` where that cannot be asked; what it says amiss is
    no reading."""
    readings: list[Found] = []
    for task in model_reading.tasks(kind, question, sentences):
        answer = await written_remotely(model, task.messages, task.schema, model_reading.MAX_TOKENS)
        readings.append(model_reading.pointed_at(task, answer))
        if readings[-1] is None:
            break
    return pointed(model.info, readings)


async def written_remotely(model: RemoteModel, messages: Sequence[Message], schema: Mapping[str, Any],
                           max_tokens: int) -> str:
    """What the model writes; nothing at all where that is not what it was asked for. Raises ``EngineError``."""
    try:
        return await model.read(messages, schema, max_tokens=max_tokens)
    except LanguageModelInvalid:
        return ""


def pointed(info: EngineInfo, readings: Sequence[Found]) -> Pointed:
    """What readings come to, and who read."""
    return Pointed(model_reading.agreed(readings), reader_of(info, None if None in readings else len(readings)))


def reader_of(info: EngineInfo | ReadBy, readings: int | None) -> str:
    """A model as the readers of a score name it; ``readings`` is None where it did not pass its check."""
    name = f"{info.name} {info.version}".strip()
    return f"{name} (did not pass its check)" if readings is None else f"{name} ({readings} readings)"
