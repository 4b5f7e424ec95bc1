"""A language model on llama.cpp, in this process.

Two contexts over one set of weights: one for the conversation, which is only ever appended to, and one in which
answers are read, so that neither drives the other out. Not thread-safe: one thread, and one call at a time.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from greenroom.errors import EngineError
from greenroom.language.conversation import Answered, fit, known
from greenroom.language.grammar import grammar_of
from greenroom.language.llama_context import Context
from greenroom.language.llama_weights import Weights
from greenroom.ports import Message, TokenUse
from greenroom.records import EngineInfo

CPU_BATCH, GPU_BATCH = 64, 512
"""Tokens taken in at once. A CPU takes in 20 to 60 tokens of a 4B model a second; it should hear of a cancel sooner."""
MAX_THREADS = 8
"""More wait for memory."""


class LlamaCppModel:
    """``LanguageModel`` for any instruct model in a GGUF file. The same calls in the same order give the same words."""

    def __init__(
        self, path: Path, *, context_tokens: int = 4096, reading_tokens: int | None = None, threads: int | None = None,
        gpu_layers: int = 0, batch: int | None = None,
    ) -> None:
        """``context_tokens`` is the room of the conversation, ``reading_tokens`` that of readings (as large, if None).

        ``gpu_layers`` below 0: all of them. Raises ``EngineUnavailable``.
        """
        self._weights = Weights(path, gpu_layers=gpu_layers)
        self._threads = threads or max(1, min(MAX_THREADS, (os.cpu_count() or 2) - 1))
        self._batch = batch or (GPU_BATCH if self._weights.on_gpu else CPU_BATCH)
        longest = self._weights.context_tokens
        self._reading_tokens = min(reading_tokens or context_tokens, longest)
        try:
            self._talking = self._context(min(context_tokens, longest))
        except BaseException:
            self._weights.close()
            raise
        self._reading: Context | None = None
        self._answered: tuple[Answered, ...] = ()
        self._left_out: tuple[Message, ...] = ()
        self._turn = 0
        """Of the conversation; whoever still writes an answer to an earlier one stops."""
        self._reading_turn = 0
        self._use: TokenUse | None = None
        self.path = path

    @property
    def info(self) -> EngineInfo:
        place = "GPU" if self._weights.on_gpu else f"{self._threads} CPU thread{'s' if self._threads > 1 else ''}"
        return EngineInfo(capability="language_model", name="llama.cpp", version=self._weights.version,
                          detail=f"{self.path.stem}, {self._talking.room} tokens of context, on {place}")

    @property
    def use(self) -> TokenUse | None:
        return self._use

    def converse(self, messages: Sequence[Message], *, max_tokens: int, seed: int) -> Iterator[str]:
        """As the port has it. An answer that is still being written ends when another one is asked for."""
        self._turn += 1
        return self._answer(self._turn, tuple(messages), max_tokens, seed)

    def read(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> Iterator[str]:
        """As the port has it. A reading that is not at its end ends when another one is asked for."""
        self._reading_turn += 1
        return self._read(self._reading_turn, tuple(messages), grammar_of(schema), max_tokens)

    def forget(self) -> None:
        """Drop everything that was said, also what is computed of it."""
        self._turn += 1
        self._reading_turn += 1
        self._answered, self._left_out = (), ()
        for context in (self._talking, self._reading):
            if context is not None:
                context.forget()

    def close(self) -> None:
        self._turn += 1
        self._reading_turn += 1
        for context in (self._talking, self._reading):
            if context is not None:
                context.close()
        self._weights.close()

    def _context(self, tokens: int) -> Context:
        return Context(self._weights, tokens=tokens, batch=self._batch, threads=self._threads)

    def _answer(self, turn: int, messages: tuple[Message, ...], max_tokens: int, seed: int) -> Iterator[str]:
        if turn != self._turn:
            return
        prompt, opens_at, tokens = self._prepared(messages, max_tokens)
        evaluated, written = 0, _Written()
        sampler = None
        try:
            for some in self._talking.take_in(tokens):
                evaluated += some
                yield ""
                if turn != self._turn:
                    return
            sampler = self._talking.drawn(seed)
            while written.tokens < max_tokens and turn == self._turn:
                token = sampler.next()
                if self._weights.is_end(token):
                    break
                self._talking.add(token)
                if text := written.add(self._weights.piece(token)):
                    yield text
        finally:
            if sampler is not None:
                sampler.close()
            if turn == self._turn:
                self._use = TokenUse(evaluated, len(tokens) - evaluated, written.tokens, len(self._left_out))
                if written.text:
                    answer = self._weights.harmless(written.text)
                    self._answered += (Answered(prompt, opens_at, answer, tuple(self._talking.tokens)),)

    def _read(self, turn: int, messages: tuple[Message, ...], grammar: str, max_tokens: int) -> Iterator[str]:
        if turn != self._reading_turn:
            return
        self._reading = self._reading or self._context(self._reading_tokens)
        context = self._reading
        tokens = self._weights.tokens(self._weights.prompt(messages), is_beginning=True)
        if len(tokens) + max_tokens > context.room:
            raise EngineError(f"a reading of {len(tokens)} and {max_tokens} tokens does not fit into {context.room}",
                              fix="set language.context_tokens higher")
        evaluated, written, is_whole = 0, _Written(), False
        sampler = None
        try:
            for some in context.take_in(tokens):
                evaluated += some
                yield ""
                if turn != self._reading_turn:
                    return
            sampler = context.held_to(grammar)
            while written.tokens < max_tokens and not is_whole:
                token = sampler.next()
                is_whole = self._weights.is_end(token)
                if not is_whole:
                    context.add(token)
                    yield written.add(self._weights.piece(token, with_signs=True))  # as the grammar has them
                    if turn != self._reading_turn:
                        return
        finally:
            if sampler is not None:
                sampler.close()
            if turn == self._reading_turn:
                self._use = TokenUse(evaluated, len(tokens) - evaluated, written.tokens)
        if not is_whole:
            raise EngineError(f"a reading was not at its end after {max_tokens} tokens", fix="allow it more tokens")

    def _prepared(self, messages: tuple[Message, ...], max_tokens: int) -> tuple[str, int, list[int]]:
        """The prompt, where its opening for the answer begins, and its tokens. Raises ``EngineError``."""
        found = fit(messages, self._left_out, lambda some: len(self._tokens(self._weights.prompt(some))),
                    self._talking.room - max_tokens)
        self._left_out = found.left_out
        prompt = self._weights.prompt(found.messages)
        tokens = self._tokens(prompt)
        self._answered = known(prompt, self._answered).answered
        return prompt, len(self._weights.prompt(found.messages, is_open=False)), tokens

    def _tokens(self, prompt: str) -> list[int]:
        begin = known(prompt, self._answered)
        rest = prompt[begin.characters :]
        return [*begin.tokens, *self._weights.tokens(rest, is_beginning=not begin.characters)]


class _Written:
    """An answer as it grows, in whole characters."""

    def __init__(self) -> None:
        self.tokens = 0
        self.text = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def add(self, piece: bytes) -> str:
        self.tokens += 1
        text = self._decoder.decode(piece)
        self.text += text
        return text
