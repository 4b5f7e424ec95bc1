"""A context of llama.cpp: what the model has taken in, token by token, and what it would write next.

Raw ctypes instead of ``llama_cpp.Llama``: that one loads the weights once for each context, keeps a table of numbers
for a batch and a whole vocabulary (300 MB with Qwen's), and its streaming decodes an answer anew with every token.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from greenroom.errors import EngineError, EngineUnavailable
from greenroom.language.conversation import shared
from greenroom.language.llama_samplers import HeldSampler, Sampler
from greenroom.language.llama_talk import TALK
from greenroom.language.llama_weights import Weights

TOP_K, TOP_P, TEMPERATURE = 20, 0.8, 0.6
"""As Qwen advises for its instruct models, but a little cooler (0.7 there)."""


class Context:
    """One text that grows; of another one the common beginning stays. One thread, one caller at a time."""

    def __init__(self, weights: Weights, *, tokens: int, batch: int, threads: int) -> None:
        """``batch``: tokens that are taken in at once, without a chance to stop. Raises ``EngineUnavailable``."""
        from llama_cpp import llama_cpp as library

        self._library: Any = library
        self._weights = weights
        self._batch = batch
        wanted = library.llama_context_default_params()
        wanted.n_ctx = tokens
        wanted.n_batch = wanted.n_ubatch = batch
        wanted.n_threads = wanted.n_threads_batch = threads
        wanted.no_perf = False
        wanted.swa_full = True  # else a model with a sliding window cannot go back to a common beginning
        with TALK.heard(library):
            self._context: Any = library.llama_init_from_model(weights.model, wanted)
        if not self._context:
            raise EngineUnavailable(f"there is no memory for a context of {tokens} tokens",
                                    fix="set language.context_tokens lower")
        self._memory: Any = library.llama_get_memory(self._context)
        self.room = int(library.llama_n_ctx(self._context))
        """Tokens."""
        self.tokens: list[int] = []
        """All that it has taken in."""

    def take_in(self, tokens: Sequence[int]) -> Iterator[int]:
        """Be at ``tokens`` instead of what was before: how many more were computed, batch by batch.

        The last one is always computed, for what comes next. Raises ``EngineError``.
        """
        if not tokens:
            raise EngineError("the language model is told nothing")
        same = min(shared(tokens, self.tokens), len(tokens) - 1)
        if not self._library.llama_memory_seq_rm(self._memory, 0, same, -1):
            self._library.llama_memory_clear(self._memory, True)
            same = 0
        del self.tokens[same:]
        for begin in range(same, len(tokens), self._batch):
            some = list(tokens[begin : begin + self._batch])
            self._compute(some)
            yield len(some)

    def add(self, token: int) -> None:
        """One more. Raises ``EngineError``."""
        self._compute([token])

    def forget(self) -> None:
        """Overwrite what was taken in."""
        self._library.llama_memory_clear(self._memory, True)
        self.tokens.clear()

    def computed(self) -> int:
        """Tokens so far, by llama.cpp's own counters."""
        counted = self._library.llama_perf_context(self._context)
        return int(counted.n_p_eval) + int(counted.n_eval)

    def close(self) -> None:
        if self._context:
            self._library.llama_free(self._context)
            self._context = None

    def _compute(self, tokens: list[int]) -> None:
        numbers = (self._library.llama_token * len(tokens))(*tokens)  # the batch holds no more than its address
        batch = self._library.llama_batch_get_one(numbers, len(tokens))
        fault = self._library.llama_decode(self._context, batch)
        if fault != 0:
            raise EngineError(f"llama.cpp stopped computing ({fault})",
                              fix="set language.context_tokens or language.gpu_layers lower")
        self.tokens += tokens

    # --- what comes next ---

    def drawn(self, seed: int) -> Sampler:
        """Draws the next token: the same numbers for the same seed."""
        library = self._library
        parts = (library.llama_sampler_init_top_k(TOP_K), library.llama_sampler_init_top_p(TOP_P, 1),
                 library.llama_sampler_init_temp(TEMPERATURE), library.llama_sampler_init_dist(seed % 2**32))
        return Sampler(library, self._context, parts)

    def held_to(self, grammar: str) -> HeldSampler:
        """Takes the likeliest token that ``grammar`` allows. Raises ``EngineError``."""
        library = self._library
        sampler = library.llama_sampler_init_grammar(self._weights.vocabulary, grammar.encode(), b"root")
        if not sampler:
            raise EngineError("llama.cpp does not take the grammar of a reading")
        return HeldSampler(library, self._context, sampler, self._weights.size)
