"""all-MiniLM-L6-v2 through ONNX Runtime: sentences of like meaning get vectors that point much the same way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom import networks
from greenroom.errors import EngineError, ModelCorrupt, ModelMissing
from greenroom.language import bert
from greenroom.language.safetensors import tensors
from greenroom.language.wordpiece import read_vocabulary, token_ids
from greenroom.records import EngineInfo

MODEL = "minilm-l6-v2"
WEIGHTS, VOCABULARY = "model.safetensors", "vocab.txt"
MAX_TOKENS = 256
"""How much of a text counts, some 190 words (``max_seq_length`` of the model's sentence_bert_config.json)."""


class MiniLm:
    """A text's vector depends on nothing but the text, to the last bit on one machine: texts go through one by one.

    What follows the first 256 tokens of a text does not count. An empty text has a vector, too, that says nothing.
    Some 8 to 10 ms of one thread's work for 18 tokens on an x86 core. Raises ``ModelMissing`` without the files,
    ``ModelCorrupt`` when they are not those of this model, ``EngineUnavailable`` without ONNX Runtime.
    """

    def __init__(
        self, weights: Path, vocabulary: Path, *, sizes: bert.Sizes = bert.MINILM_L6, threads: int = 1
    ) -> None:
        for path in (weights, vocabulary):
            if not path.is_file():
                raise ModelMissing(f"no {path}", fix=f"greenroom models pull {MODEL}")
        self._sizes = sizes
        self._vocabulary = read_vocabulary(vocabulary)
        if len(self._vocabulary) != sizes.vocabulary:
            raise ModelCorrupt(f"{vocabulary} has {len(self._vocabulary)} pieces, not {sizes.vocabulary}")
        network = bert.network(sizes, tensors(weights), weights.name)
        what = f"the sentence encoder at {weights}"
        self._session: Any = networks.session(network, what, threads=threads, weights_dir=weights.parent)
        self._version = str(networks.runtime().__version__)
        self._threads = threads

    @property
    def info(self) -> EngineInfo:
        detail = f"{self._threads} CPU thread{'' if self._threads == 1 else 's'}"
        return EngineInfo(capability="meaning", name=MODEL, version=self._version, detail=detail)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """A row of length 1 and 384 numbers for each text. Raises ``EngineError``."""
        vectors = np.empty((len(texts), self._sizes.width), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._encode(text)
        return vectors

    def _encode(self, text: str) -> npt.NDArray[np.float64]:
        ids = np.array(token_ids(text, self._vocabulary, min(MAX_TOKENS, self._sizes.places)), np.int64)
        try:
            (vector,) = self._session.run([bert.VECTOR], {bert.IDS: ids})
        except Exception as error:  # the runtime raises classes of its own
            raise EngineError(f"the sentence encoder failed: {type(error).__name__}") from error
        mean = np.asarray(vector, np.float64)
        length = float(np.linalg.norm(mean))
        if not np.isfinite(length) or length == 0.0:
            raise EngineError("the sentence encoder gave no vector")
        return mean / length
