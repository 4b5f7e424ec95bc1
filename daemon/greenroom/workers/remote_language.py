"""Follow-ups worded by a model on another server. It lives in core: workers have no network."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing

from greenroom.errors import EngineError, LanguageModelSlow
from greenroom.events import FollowUpWorded, WorkerEvent, WorkerName
from greenroom.language import prompts
from greenroom.language.dialogue import Dialogue
from greenroom.ports import Clock, RemoteModel, WorkerPort
from greenroom.records import EngineInfo
from greenroom.requests import WordFollowUp, WorkerRequest

log = logging.getLogger(__name__)

DEADLINE_S = 3.0
"""After so long the turn has been taken, whatever is written."""


class RemoteLanguage:
    """``WorkerPort`` of the language worker, in front of the process: what the server does not word is handed to that
    one, and so is all else. A newer request ends the one before it."""

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

    def engines(self, told: tuple[EngineInfo, ...]) -> tuple[EngineInfo, ...]:
        """What the worker told of itself, with the server's model in the place of its own."""
        return (self._model.info, *(one for one in told if one.capability != "language_model"))

    def send(self, request: WorkerRequest) -> None:
        if not isinstance(request, WordFollowUp):
            self._local.send(request)
            return
        self._cancel()
        self._task = asyncio.get_running_loop().create_task(self._word(request))

    def forget(self) -> None:
        self._cancel()
        self._dialogue.forget()
        self._local.forget()

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._model.close()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

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
