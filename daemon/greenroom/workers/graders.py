"""Chooses what scores answers."""

from __future__ import annotations

from greenroom.interview.questions import load_packs
from greenroom.settings import Settings
from greenroom.workers.encoders import load_encoder
from greenroom.workers.grading import Grader
from greenroom.workers.language_models import load_llama
from greenroom.workers.model_reader import ModelReader


def load_grader(settings: Settings, *, reader: ModelReader | None = None, by_words: bool = False) -> Grader:
    """With the encoder of the models folder where there is one. Raises ``SettingsError`` for a malformed pack."""
    questions = [question.text for pack in load_packs().values() for question in pack.questions]
    return Grader(None if by_words else load_encoder(settings), questions, reader)


def load_reader(settings: Settings) -> ModelReader:
    """The language model on this machine, as a reader. Raises ``EngineUnavailable`` or ``ModelError``."""
    return ModelReader(load_llama(settings))
