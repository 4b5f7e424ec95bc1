"""Texts that others want to hear: the booth's own voice worker says them, while no interview is held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Protocol

from greenroom.errors import CommandRefused, EngineError, JobsFull, ProtocolError, TextTooLong, WorkerLost
from greenroom.events import SAMPLE_RATE_HZ, RequestFailed, SpeechClip, WorkerDied, WorkerEvent
from greenroom.records import Style
from greenroom.requests import DropSynthesis, Synthesize, WorkerRequest
from greenroom.voice import clauses
from greenroom.workers.ears import LOOK_S

MAX_TEXT_CHARS = 4096
"""As long as OpenAI's clients may send; about five minutes."""
MAX_SPEECH_S = 600.0
"""Figures are short to read and long to hear: 19 MB of samples."""
MAX_TEXTS = 4
"""Texts that wait or are being said; one more is refused."""
CLAUSE_S = 20.0
"""A clause takes a fraction of a second, on a machine that is short of time some seconds."""
TRIES = 3
"""When a session ends, the worker drops all texts; then a clause is asked for again."""


class Voice(Protocol):
    """Core's side of the voice worker."""

    @property
    def is_warm(self) -> bool: ...

    def send(self, request: WorkerRequest) -> None: ...


class SpokenTexts:
    """Says one text after the other, a clause at a time, so that the interviewer never waits for more than one.

    ``take`` wants to see the events of the voice worker; ``is_busy`` tells whether an interview runs.
    """

    def __init__(self, voice: Voice, is_busy: Callable[[], bool]) -> None:
        self._voice = voice
        self._is_busy = is_busy
        self._turn = asyncio.Lock()
        self._texts = 0
        self._numbers = count(1)
        self._asked: _Asked | None = None

    async def speak(self, text: str, style: Style) -> bytes:
        """16 kHz mono int16, levelled. A text whose caller is cancelled is dropped.

        Raises ``ProtocolError`` for a text without words, ``TextTooLong``, ``CommandRefused`` while an interview runs
        or as soon as one begins, ``JobsFull`` when ``MAX_TEXTS`` wait, ``EngineError`` with what the synthesiser says,
        and ``WorkerLost`` when it is not there or does not answer.
        """
        if not any(letter.isalnum() for letter in text):
            raise ProtocolError("there is nothing to say in this text", fix="send some words")
        if len(text) > MAX_TEXT_CHARS:
            raise TextTooLong(f"a text of {len(text)} characters is too long",
                              fix=f"send it in parts of at most {MAX_TEXT_CHARS} characters")
        self._check_free()
        if self._texts >= MAX_TEXTS:
            raise JobsFull(f"{MAX_TEXTS} texts wait to be said already", fix="try again when one of them is done")
        self._texts += 1
        try:
            async with self._turn:
                return await self._all(clauses.split(text), style)
        finally:
            self._texts -= 1

    def take(self, event: WorkerEvent) -> None:
        """An event of any worker."""
        asked = self._asked
        if asked is None or asked.answer.done():
            return
        match event:
            case SpeechClip() if (event.stream, event.key) == (asked.request.stream, asked.request.key):
                asked.pcm += event.pcm
                if event.is_last:
                    asked.answer.set_result(bytes(asked.pcm))
            case RequestFailed(code=CommandRefused.code) if event.stream == asked.request.stream:
                asked.answer.set_exception(_Dropped())
            case RequestFailed() if event.stream == asked.request.stream:
                asked.answer.set_exception(EngineError(event.message))
            case WorkerDied(worker="voice"):
                asked.answer.set_exception(_gone())
            case _:
                pass

    async def _all(self, parts: tuple[str, ...], style: Style) -> bytes:
        stream = f"speech-{next(self._numbers)}"
        pcm = bytearray()
        for n, part in enumerate(parts):
            pcm += await self._clause(Synthesize(stream=stream, key=f"clause {n}", text=part, style=style))
            if n + 1 < len(parts):
                pcm += bytes(2 * round(clauses.breath_s(part) * SAMPLE_RATE_HZ))
            if len(pcm) > 2 * SAMPLE_RATE_HZ * MAX_SPEECH_S:
                raise TextTooLong(f"this text takes more than {MAX_SPEECH_S / 60:.0f} minutes to say",
                                  fix="send it in parts")
        return bytes(pcm)

    async def _clause(self, request: Synthesize) -> bytes:
        for _ in range(TRIES):
            try:
                return await self._ask(request)
            except _Dropped:
                continue
        raise _gone()

    async def _ask(self, request: Synthesize) -> bytes:
        self._check_free()
        if not self._voice.is_warm:
            raise _gone()
        self._asked = asked = _Asked(request)
        self._voice.send(request)
        try:
            async with asyncio.timeout(CLAUSE_S):
                while not asked.answer.done():
                    self._check_free()
                    await asyncio.wait({asked.answer}, timeout=LOOK_S)
            return asked.answer.result()
        except TimeoutError as error:
            raise WorkerLost(f"the synthesiser has said nothing for {CLAUSE_S:.0f} s", fix="try again") from error
        finally:
            self._asked = None
            if not asked.answer.done():
                self._voice.send(DropSynthesis(stream=request.stream, key=request.key))

    def _check_free(self) -> None:
        if self._is_busy():
            raise CommandRefused("an interview is held here: the booth speaks to its candidate alone",
                                 fix="try again when it is over")


class _Asked:
    """A clause on its way, and what has come of it."""

    def __init__(self, request: Synthesize) -> None:
        self.request = request
        self.pcm = bytearray()
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()


class _Dropped(Exception):
    """The worker has dropped the clause, and may be asked again."""


def _gone() -> WorkerLost:
    return WorkerLost("the synthesiser is not there", fix="try again in a moment; `greenroom doctor` tells why")
