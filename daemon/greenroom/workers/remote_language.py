"""Follow-ups worded, and answers read, by a model on another server. It lives in core: workers have no network."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing

from msgspec.structs import replace

from greenroom.errors import EngineError, LanguageModelSlow
from greenroom.events import AnswerRetold, FollowUpWorded, RequestFailed, WorkerEvent, WorkerName
from greenroom.interview import scoring
from greenroom.language import model_reading, prompts, retelling
from greenroom.language.dialogue import Dialogue
from greenroom.ports import Clock, RemoteModel, WorkerPort
from greenroom.records import EngineInfo, PointedAt, ReadBy
from greenroom.requests import DropReading, ReadAnswer, RetellAnswer, WordFollowUp, WorkerRequest
from greenroom.workers.model_reader import read_remotely, written_remotely

log = logging.getLogger(__name__)

DEADLINE_S = 3.0
"""After so long the turn has been taken, whatever is written."""


class RemoteLanguage:
    """``WorkerPort`` of the language worker, in front of the process: what the server does not word is handed to that
    one, and so is all else. A newer request ends the one before it. What is to be said next ends what is being read,
    which is begun anew after it: the server is asked for one thing at a time. An answer that the server has read is
    scored by the process."""

    name: WorkerName = "language"

    def __init__(self, model: RemoteModel, local: WorkerPort, emit: Callable[[WorkerEvent], None], clock: Clock, *,
                 deadline_s: float = DEADLINE_S) -> None:
        self._model = model
        self._local = local
        self._emit = emit
        self._clock = clock
        self._deadline_s = deadline_s
        self._dialogue = Dialogue()
        self._task: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._to_read: ReadAnswer | RetellAnswer | None = None

    def engines(self, told: tuple[EngineInfo, ...]) -> tuple[EngineInfo, ...]:
        """What the worker told of itself, with the server's model in the place of its own."""
        return (self._model.info, *(one for one in told if one.capability != "language_model"))

    def send(self, request: WorkerRequest) -> None:
        match request:
            case WordFollowUp():
                self._cancel()
                self._task = asyncio.get_running_loop().create_task(self._word(request))
                self._task.add_done_callback(self._worded)
            case ReadAnswer() | RetellAnswer():
                self._drop_reading()
                self._to_read = request
                self._read_on()
            case DropReading():
                self._drop_reading()
                self._local.send(request)
            case _:
                self._local.send(request)

    def forget(self) -> None:
        self._drop_reading()
        self._cancel()
        self._dialogue.forget()
        self._local.forget()

    async def close(self) -> None:
        self._to_read = None
        tasks = [task for task in (self._task, self._reading) if task is not None]
        self._task = self._reading = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._model.close()

    def _cancel(self) -> None:
        for task in (self._task, self._reading):
            if task is not None:
                task.cancel()

    # --- readings ---

    def _drop_reading(self) -> None:
        self._to_read = None
        if self._reading is not None:
            self._reading.cancel()

    def _worded(self, task: asyncio.Task[None]) -> None:
        """One that a newer one has taken the place of lets nothing begin."""
        if task is self._task:
            self._read_on()

    def _read_on(self) -> None:
        """Begin what is to be read, unless something is being worded."""
        request = self._to_read
        if request is not None and (self._task is None or self._task.done()):
            self._reading = asyncio.get_running_loop().create_task(self._read(request))

    async def _read(self, request: ReadAnswer | RetellAnswer) -> None:
        try:
            if isinstance(request, ReadAnswer):
                self._local.send(replace(request, pointed=await self._pointed(request)))
            else:
                await self._retell(request)
        except EngineError as error:
            now_t = self._clock.now()
            kind = "read_answer" if isinstance(request, ReadAnswer) else "retell_answer"
            self._emit(RequestFailed(t=now_t, t_known=now_t, worker="language", request=kind, code=error.code,
                                     message=error.message, key=request.session))
        if self._to_read is request:
            self._to_read = None

    async def _pointed(self, request: ReadAnswer) -> PointedAt:
        """Raises ``EngineError``."""
        given = request.answer
        answer = scoring.to_score(given)
        found = await read_remotely(self._model, answer.kind, answer.question, scoring.sentences_of(answer))
        info = self._model.info
        by = ReadBy(name=info.name, version=info.version, detail=info.detail, readings=model_reading.READINGS)
        return PointedAt(elements=model_reading.numbers_of(found.elements), by=by)

    async def _retell(self, request: RetellAnswer) -> None:
        """Raises ``EngineError``."""
        messages = retelling.asked(request.question, request.sentences)
        text = retelling.text_of(await written_remotely(self._model, messages, retelling.SCHEMA, retelling.MAX_TOKENS))
        now_t = self._clock.now()
        self._emit(AnswerRetold(t=now_t, t_known=now_t, session=request.session, turn=request.turn, text=text))

    # --- wordings ---

    async def _word(self, request: WordFollowUp) -> None:
        began_t = self._clock.now()
        try:
            written = await self._written(request)
        except EngineError as error:
            log.warning("the server worded no follow-up, the booth does it itself: %s", error)
            self._local.send(request)
            return
        now_t = self._clock.now()
        self._emit(FollowUpWorded(t=began_t, t_known=now_t, job=request.job, hook_id=request.hook_id,
                                  text=self._dialogue.wrote(request, written), engine=self._model.info.name))

    async def _written(self, request: WordFollowUp) -> str:
        """Raises ``EngineError``."""
        written = ""
        try:
            async with (
                asyncio.timeout(self._deadline_s),
                aclosing(self._model.converse(self._dialogue.messages(request), max_tokens=prompts.MAX_TOKENS,
                                              seed=request.job.turn)) as parts,
            ):
                async for part in parts:
                    written += part
                    if prompts.is_whole(written):
                        break
        except TimeoutError as error:
            raise LanguageModelSlow(f"a follow-up was not worded in {self._deadline_s:.0f} s",
                                    fix="let the server run a smaller model") from error
        return written
