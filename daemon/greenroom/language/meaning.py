"""How near an answer is to its question by the meaning of their sentences. Vectors come from a ``SentenceEncoder``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""One row of length 1 for each text."""
NEAREST = 3
"""Sentences of an answer that are compared: no answer speaks of the question throughout."""


def rank(question: Vectors, others: Vectors, sentences: Vectors) -> float | None:
    """The share of other questions, 0 to 1, to which the answer is nearer than to its own; None without any.

    A share, because no similarity by itself tells: with MiniLM good answers, being particular, are further from their
    question (0.16 to 0.39) than general talk about it (0.25 to 0.49).
    """
    if not len(others) or not len(sentences):
        return None
    own = _nearness(sentences, question[0])
    return float(np.mean([_nearness(sentences, other) > own + 1e-4 for other in others]))


def _nearness(sentences: Vectors, question: npt.NDArray[np.float32]) -> float:
    return float(np.sort(sentences @ question)[-NEAREST:].mean())
