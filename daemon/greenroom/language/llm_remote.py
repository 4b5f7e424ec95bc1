"""A language model on another server: llama-server, Ollama, vLLM or whatever speaks OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from greenroom.errors import LanguageModelError, LanguageModelInvalid, LanguageModelUnreachable
from greenroom.language.breaker import Breaker
from greenroom.language.chat_format import DONE, FORMS, Form, Part, asked, bare
from greenroom.language.chat_server import Busy, ChatServer, Limits, NotUnderstood
from greenroom.language.grammar import grammar_of
from greenroom.language.obeying import obeys
from greenroom.ports import Message, TokenUse
from greenroom.records import EngineInfo

TRIES = 3
BACK_OFF_S = 0.2
"""Before the second try, times 0.5 to 1.5; twice as long before the third."""
LONGEST_BACK_OFF_S = 2.0
"""A server that wants to be left alone for longer is as good as gone for this turn."""
UNHELD = "let a server run the model that holds answers to a JSON schema, or a larger model"


class RemoteChatModel:
    """``RemoteModel``. An answer that is not read to its end must be closed: ``contextlib.aclosing``."""

    def __init__(
        self, url: str, *, model: str = "", api_key: str = "", limits: Limits | None = None,
        breaker: Breaker | None = None, now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep, chance: Callable[[], float] = random.random,
    ) -> None:
        """``chance`` draws from 0 to 1 and spreads the tries of several booths. Raises ``EngineUnavailable``."""
        self._limits = limits or Limits()
        self._server = ChatServer(url, api_key=api_key, limits=self._limits, now=now)
        self._model = model
        self._breaker = breaker or Breaker()
        self._now, self._sleep, self._chance = now, sleep, chance
        self._form = 0
        """Of ``FORMS``, the first that the server is not known to refuse."""
        self._use: TokenUse | None = None

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(capability="language_model", name="remote",
                          detail=f"{self._model or 'its own choice of model'} at {self._server.place}")

    @property
    def use(self) -> TokenUse | None:
        return self._use

    async def converse(
        self, messages: Sequence[Message], *, max_tokens: int, seed: int
    ) -> AsyncGenerator[str, None]:
        """As the port has it."""
        body = asked(self._model, messages, max_tokens=max_tokens, seed=seed)
        async with aclosing(self._answer(body, max_tokens)) as parts:
            async for one in parts:
                if one.text:
                    yield one.text

    async def read(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> str:
        """As the port has it; what comes is held against the schema, whatever the server makes of it."""
        grammar_of(schema)  # refuses what has no bound
        for place in range(self._form, len(FORMS)):
            try:
                text = await self._read(messages, schema, FORMS[place], max_tokens)
            except NotUnderstood:
                if place == len(FORMS) - 1:
                    raise
            else:
                self._form = place
                break
        try:
            value = json.loads(bare(text))
        except (ValueError, RecursionError):
            raise LanguageModelInvalid("a reading is no JSON", fix=UNHELD) from None
        if not obeys(value, schema):
            raise LanguageModelInvalid("a reading does not obey its JSON schema", fix=UNHELD)
        return json.dumps(value, separators=(",", ":"))

    async def close(self) -> None:
        await self._server.close()

    async def _read(self, messages: Sequence[Message], schema: Mapping[str, object], form: Form, most: int) -> str:
        body = asked(self._model, messages, max_tokens=most, seed=0, schema=schema, form=form)
        text, is_cut = "", False
        async with aclosing(self._answer(body, most)) as parts:
            async for one in parts:
                text += one.text
                is_cut = is_cut or one.end not in {"", "stop", DONE}
        if is_cut:
            raise LanguageModelInvalid(f"a reading was not at its end after {most} tokens", fix="allow it more tokens")
        return text

    async def _answer(self, body: dict[str, Any], max_tokens: int) -> AsyncGenerator[Part, None]:
        """One answer, unless the server failed too often; the breaker hears how it went."""
        if not self._breaker.admits(self._now()):
            wait_s = self._breaker.wait_s(self._now())
            raise LanguageModelUnreachable(f"the language model failed; it is asked again in {wait_s:.0f} s",
                                           fix=self._server.look)
        tell = self._breaker.abandoned
        try:
            async with aclosing(self._tried(body, max_tokens)) as parts:
                async for one in parts:
                    if one.text:
                        tell = self._breaker.succeeded
                    if one.use is not None:
                        self._use = one.use
                    yield one
            tell = self._breaker.succeeded
        except NotUnderstood:
            tell = self._breaker.succeeded  # it is there, and it answers
            raise
        except LanguageModelError:
            tell = self._failed
            raise
        finally:
            tell()

    def _failed(self) -> None:
        self._breaker.failed(self._now())

    async def _tried(self, body: dict[str, Any], max_tokens: int) -> AsyncGenerator[Part, None]:
        """As many tries as it takes before the first word."""
        until_s = self._now() + self._limits.total_s
        for n in range(TRIES):
            has_begun = False
            try:
                async with aclosing(self._server.parts(body, max_tokens=max_tokens, until_s=until_s)) as parts:
                    async for one in parts:
                        has_begun = has_begun or bool(one.text)
                        yield one
            except Busy as error:
                wait_s = max(error.after_s, BACK_OFF_S * 2**n * (0.5 + self._chance()))
                if has_begun or n == TRIES - 1 or wait_s > LONGEST_BACK_OFF_S:
                    raise
                await self._sleep(wait_s)
            else:
                return
