"""The language worker: reads an answer and chooses a follow-up."""

from __future__ import annotations

from collections import deque

from greenroom.errors import EngineError
from greenroom.events import FollowUpChosen, RequestFailed
from greenroom.ports import Emit, Interviewer
from greenroom.records import EngineInfo
from greenroom.requests import ChooseFollowUp, WorkerRequest

STATED_LATENCY_S = 0.02
"""From the start of the work to its result, for ``t_known`` in lock step."""
MAX_WAITING = 8
"""Answers that may wait to be read; the oldest are stale by then and go."""


class LanguageWorker:
    """Reads one answer in each ``advance``; a newer revision of a turn takes the place of the one that waits."""

    def __init__(self, interviewer: Interviewer, emit: Emit) -> None:
        self._interviewer = interviewer
        self._emit = emit
        self._waiting: deque[ChooseFollowUp] = deque(maxlen=MAX_WAITING)
        self.engines: tuple[EngineInfo, ...] = (interviewer.info,)

    def warm_up(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature; this worker needs no device clock
        """Choose once for nobody, so that the first answer does not wait. Raises ``EngineError``."""
        self._interviewer.choose("", "", (), "neutral")

    def handle(self, request: WorkerRequest) -> None:
        if isinstance(request, ChooseFollowUp):
            fresh = [waiting for waiting in self._waiting if waiting.job.turn != request.job.turn]
            self._waiting = deque([*fresh, request], maxlen=MAX_WAITING)

    def advance(self, until_t: float) -> None:
        if self._waiting:
            self._choose(self._waiting.popleft(), until_t)

    def forget(self) -> None:
        self._waiting.clear()

    def close(self) -> None:
        self.forget()

    def _choose(self, request: ChooseFollowUp, t: float) -> None:
        try:
            hook_id, text = self._interviewer.choose(request.question, request.answer, request.hooks, request.style)
        except EngineError as error:
            self._emit(
                RequestFailed(
                    t=t,
                    t_known=t,
                    worker="language",
                    request="choose_follow_up",
                    code=error.code,
                    message=error.message,
                )
            )
            return
        self._emit(
            FollowUpChosen(
                t=t,
                t_known=t + STATED_LATENCY_S,
                job=request.job,
                hook_id=hook_id,
                text=text,
                engine=self._interviewer.info.name,
            )
        )
