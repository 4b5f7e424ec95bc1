"""How likely a sentence is to end after some words: the trigram model that pocketsphinx brings with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from greenroom.errors import EngineUnavailable
from greenroom.language.clause_ends import plain
from greenroom.records import EngineInfo

HISTORY = 2
"""Words that a trigram sees."""
_FILE = "en-us/en-us.lm.bin"
_END = "</s>"


class NgramSentenceEnds:
    """Raises ``EngineUnavailable`` where the library or its model is not installed. 32 MB, 20 µs a call."""

    def __init__(self) -> None:
        try:
            from pocketsphinx import Config, LogMath, NGramModel, get_model_path
        except ImportError as error:
            raise EngineUnavailable("pocketsphinx is not installed", fix="pip install pocketsphinx") from error
        self._scale: Any = LogMath()
        try:
            self._model: Any = NGramModel(Config(loglevel="FATAL"), self._scale, get_model_path(_FILE))
        except ValueError as error:
            raise EngineUnavailable(
                "pocketsphinx cannot load its en-us model", fix="pip install --force-reinstall pocketsphinx"
            ) from error

    @property
    def info(self) -> EngineInfo:
        from importlib.metadata import version

        return EngineInfo(capability="sentence_ends", name="trigrams", version=version("pocketsphinx"), detail="en-us")

    def probability(self, words: Sequence[str]) -> float | None:
        said = [part for word in words for part in plain(word)]
        if not said:
            return None
        # The model takes the word in question first, and then what stands before it, the nearest first.
        return float(self._scale.exp(self._model.prob([_END, *reversed(said[-HISTORY:])])))
