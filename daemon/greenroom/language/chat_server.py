"""One request to a server that speaks OpenAI's chat completions: its answer, part by part, or what is wrong with it.

Redirects, proxies, cookies and compression are not taken. No error has a word of what was sent or came.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp

from greenroom.errors import (
    EngineUnavailable,
    LanguageModelError,
    LanguageModelInvalid,
    LanguageModelRefused,
    LanguageModelSlow,
    LanguageModelUnreachable,
)
from greenroom.language.chat_format import DONE, Part, part
from greenroom.language.event_stream import FIX, EventStream

BUSY = frozenset({408, 429, 500, 502, 503, 504})
NOT_UNDERSTOOD = frozenset({400, 415, 422, 500, 501})
"""What servers say to a ``response_format`` that they do not know (500: llama-cpp-python's)."""
AFTER_END_S = 0.5
"""For the figures that come after the last word."""
REFUSED = "check language.url and language.remote_model; the log of that server may say more"
CHARACTERS_A_TOKEN = 32
"""Six times as many as tokens have on average."""


class Limits(NamedTuple):
    """How long each part of a call may take, in seconds."""

    connect_s: float = 2.0
    first_s: float = 10.0
    """From the request to the first word."""
    between_s: float = 5.0
    """From word to word."""
    total_s: float = 45.0
    """With all tries, and while words wait to be taken."""


class Busy(LanguageModelUnreachable):
    """Worth another try, after ``after_s`` where the server said so."""

    def __init__(self, message: str, *, fix: str, after_s: float = 0.0) -> None:
        super().__init__(message, fix=fix)
        self.after_s = after_s


class NotUnderstood(LanguageModelRefused):
    """The server may not know the way in which it was asked for JSON."""


class ChatServer:
    """An address, and the key to it."""

    def __init__(self, url: str, *, api_key: str, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        """``url`` as OpenAI's clients take it, with ``/v1``. Raises ``EngineUnavailable`` when it is no address."""
        try:
            parts = urlsplit(url)
            is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address or "@" in parts.netloc or parts.query or parts.fragment:
            raise EngineUnavailable("language.url is no address of a server",
                                    fix='write it like "http://127.0.0.1:8080/v1"; a key goes into language.api_key')
        self.place = parts.netloc
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._limits, self._now = limits, now
        self._session: aiohttp.ClientSession | None = None
        self.look = f"see whether the server at {self.place} runs, and that language.url is its address"

    async def parts(self, body: dict[str, Any], *, max_tokens: int, until_s: float) -> AsyncGenerator[Part, None]:
        """Of one answer, up to its end. Closing it ends the connection. Raises ``LanguageModelError``."""
        due_s = min(until_s, self._now() + self._limits.first_s)
        response = await self._asked(body, due_s)
        stream, left, end = EventStream(), max_tokens * CHARACTERS_A_TOKEN, ""
        try:
            self._check(response, is_held="response_format" in body)
            while chunk := await self._chunk(response, due_s, is_over=bool(end)):
                for one in map(part, stream.feed(chunk)):
                    left -= len(one.text)
                    if left < 0:
                        raise LanguageModelInvalid("the language model's answer is longer than was asked for", fix=FIX)
                    yield one
                    end = one.end or end
                    if one.end == DONE or (end and one.use):
                        return
                    if one.text or one.end:
                        patience_s = AFTER_END_S if end else self._limits.between_s
                        due_s = min(until_s, self._now() + patience_s)
            if not end:
                raise Busy("the connection to the language model broke", fix=self.look)
        finally:
            response.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _asked(self, body: dict[str, Any], due_s: float) -> aiohttp.ClientResponse:
        """The beginning of the response."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True), cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False)
        connect_s = self._limits.connect_s
        try:
            async with asyncio.timeout(max(0.0, due_s - self._now())):
                return await self._session.post(
                    self._url, json=body, headers=self._headers, allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=connect_s, sock_connect=connect_s))
        except aiohttp.ClientResponseError:
            raise LanguageModelInvalid("what answers at language.url does not speak HTTP", fix=FIX) from None
        except (aiohttp.ClientError, OSError) as error:
            if type(error) is TimeoutError:
                raise self._slow() from None
            raise Busy("there is no connection to the language model", fix=self.look) from None

    def _check(self, response: aiohttp.ClientResponse, *, is_held: bool) -> None:
        """Raises ``LanguageModelError`` unless an event stream follows; ``is_held``: to a ``response_format``."""
        status = response.status
        if is_held and status in NOT_UNDERSTOOD:
            raise NotUnderstood(f"the language model's server refuses ({status})", fix=REFUSED)
        if status in BUSY:
            after = re.fullmatch(r"\d{1,5}", response.headers.get("Retry-After", ""))
            raise Busy(f"the language model's server is busy ({status})", fix=self.look,
                       after_s=float(after[0]) if after else 0.0)
        if 300 <= status < 400:
            raise LanguageModelInvalid(f"the language model's server sends elsewhere ({status})",
                                       fix="set language.url to where it sends, if that is to be trusted")
        if status != 200:
            raise self._refused(status)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise LanguageModelInvalid("the language model's server compresses, which nobody asked for", fix=FIX)
        if response.content_type != "text/event-stream":
            raise LanguageModelInvalid("the language model's server does not answer with an event stream", fix=FIX)

    def _refused(self, status: int) -> LanguageModelError:
        said = f"the language model's server refuses ({status})"
        if status in {401, 403}:
            return LanguageModelRefused(said, fix="set language.api_key to a key that the server takes")
        return LanguageModelRefused(said, fix=REFUSED)

    async def _chunk(self, response: aiohttp.ClientResponse, due_s: float, *, is_over: bool) -> bytes:
        """The next bytes; none at the end of the connection, or when no more need to come."""
        try:
            async with asyncio.timeout(max(0.0, due_s - self._now())):
                return await response.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            if is_over:
                return b""
            if type(error) is TimeoutError:
                raise self._slow() from None
            raise Busy("the connection to the language model broke", fix=self.look) from None

    def _slow(self) -> LanguageModelSlow:
        return LanguageModelSlow("the language model takes longer than an interview can wait",
                                 fix="let the server run a smaller model, or set engines.language to another engine")
