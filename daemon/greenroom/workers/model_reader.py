"""Asks a language model what an answer tells, as often as it takes to believe it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

from greenroom.errors import EngineError
from greenroom.interview.scoring import Pointed
from greenroom.language import model_reading
from greenroom.language.reading import Element
from greenroom.language.sentences import Sentence
from greenroom.ports import LanguageModel
from greenroom.records import QuestionKind


class ModelReader:
    """Takes seconds to minutes; nobody waits for it."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def read(self, kind: QuestionKind, question: str, sentences: Sequence[Sentence]) -> Pointed:
        """Never raises for what a model does: one that fails has not read."""
        info = self._model.info
        name = f"{info.name} {info.version}".strip()
        readings: list[Mapping[Element, frozenset[int]] | None] = []
        for task in model_reading.tasks(kind, question, sentences):
            answer = ""
            with contextlib.suppress(EngineError):
                answer = self._model.read(task.messages, task.schema, max_tokens=model_reading.MAX_TOKENS)
            readings.append(model_reading.pointed_at(task, answer))
            if readings[-1] is None:
                return Pointed(None, f"{name} (did not pass its check)")
        return Pointed(model_reading.agreed(readings), f"{name} ({len(readings)} readings)")
