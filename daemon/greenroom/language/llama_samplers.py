"""Choose the next token of a context of llama.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.errors import EngineError

FEW = 256
"""Of the likeliest tokens; among so many there is nearly always one that a grammar allows."""
CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""llama_token_data."""


class Sampler:
    """A row of llama.cpp's samplers."""

    def __init__(self, library: Any, context: Any, parts: tuple[Any, ...]) -> None:
        self._library, self._context = library, context
        self._chain: Any = library.llama_sampler_chain_init(library.llama_sampler_chain_default_params())
        for part in parts:
            library.llama_sampler_chain_add(self._chain, part)

    def next(self) -> int:
        return int(self._library.llama_sampler_sample(self._chain, self._context, -1))

    def close(self) -> None:
        self._library.llama_sampler_free(self._chain)


class HeldSampler:
    """The likeliest token within a grammar."""

    def __init__(self, library: Any, context: Any, sampler: Any, size: int) -> None:
        self._library, self._context, self._sampler, self._size = library, context, sampler, size

    def next(self) -> int:
        """Raises ``EngineError`` when there is none.

        llama.cpp takes a whole vocabulary through a grammar in tens of milliseconds; so the likeliest are tried
        first. A token that the grammar does not allow would end the process.
        """
        logits = np.ctypeslib.as_array(self._library.llama_get_logits_ith(self._context, -1), (self._size,))
        for count in (1, min(FEW, self._size), self._size):
            some = np.argpartition(-logits, count - 1)[:count].astype(np.int32)
            allowed = self._allowed(some, logits)
            best = int(np.argmax(allowed))
            if allowed[best] > -np.inf:
                token = int(some[best])
                self._library.llama_sampler_accept(self._sampler, token)
                return token
        raise EngineError("the language model has no token that its grammar allows")

    def _allowed(self, tokens: npt.NDArray[np.int32], logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The logits of some tokens, -inf for those that the grammar forbids."""
        library = self._library
        candidates = np.zeros(tokens.size, dtype=CANDIDATE)
        candidates["id"], candidates["logit"] = tokens, logits[tokens]
        data = candidates.ctypes.data_as(library.llama_token_data_p)
        array = library.llama_token_data_array(data, tokens.size, -1, False)
        library.llama_sampler_apply(self._sampler, library.ctypes.byref(array))
        return candidates["logit"]

    def close(self) -> None:
        self._library.llama_sampler_free(self._sampler)
