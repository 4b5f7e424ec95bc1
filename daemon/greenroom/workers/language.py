"""The language worker: reads an answer, chooses a follow-up, and scores it when it is over."""

from __future__ import annotations

from collections import deque

from greenroom.errors import EngineError
from greenroom.events import AnswerGraded, FollowUpChosen, RequestFailed
from greenroom.ports import Emit, Interviewer
from greenroom.records import AnswerToScore, EngineInfo
from greenroom.requests import ChooseFollowUp, GradeAnswer, WorkerRequest
from greenroom.workers.grading import Grader

STATED_LATENCY_S = 0.02
"""From the start of the work to its result, for ``t_known`` in lock step."""
STATED_GRADING_S = 0.2
MAX_WAITING = 8
"""Answers that may wait to be read; the oldest are stale by then and go."""


class LanguageWorker:
    """Reads one answer in each ``advance``; a newer revision of a turn takes the place of the one that waits.

    What is to be said next goes before scores, for which nobody waits.
    """

    def __init__(self, interviewer: Interviewer, emit: Emit, grader: Grader | None = None) -> None:
        self._interviewer = interviewer
        self._emit = emit
        self._waiting: deque[ChooseFollowUp] = deque(maxlen=MAX_WAITING)
        self._grader = grader or Grader(None, ())
        self._to_grade: deque[GradeAnswer] = deque(maxlen=MAX_WAITING)
        self.engines: tuple[EngineInfo, ...] = (interviewer.info, *self._grader.engines)

    def warm_up(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature; this worker needs no device clock
        """Choose once for nobody, so that the first answer does not wait. Raises ``EngineError``."""
        self._interviewer.choose("", "", (), "neutral")
        self._grader.warm_up()

    def handle(self, request: WorkerRequest) -> None:
        if isinstance(request, ChooseFollowUp):
            fresh = [waiting for waiting in self._waiting if waiting.job.turn != request.job.turn]
            self._waiting = deque([*fresh, request], maxlen=MAX_WAITING)
        elif isinstance(request, GradeAnswer):
            others = [waiting for waiting in self._to_grade if waiting.turn != request.turn]
            self._to_grade = deque([*others, request], maxlen=MAX_WAITING)

    def advance(self, until_t: float) -> None:
        if self._waiting:
            self._choose(self._waiting.popleft(), until_t)
        elif self._to_grade:
            self._grade(self._to_grade.popleft(), until_t)

    def forget(self) -> None:
        self._waiting.clear()
        self._to_grade.clear()

    def close(self) -> None:
        self.forget()

    def _choose(self, request: ChooseFollowUp, t: float) -> None:
        try:
            hook_id, text = self._interviewer.choose(request.question, request.answer, request.hooks, request.style)
        except EngineError as error:
            self._fail("choose_follow_up", error, t)
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

    def _grade(self, request: GradeAnswer, t: float) -> None:
        given = AnswerToScore(question=request.question, kind=request.kind, words=request.words)
        try:
            score = self._grader.grade(given)
        except EngineError as error:
            self._fail("grade_answer", error, t)
            return
        self._emit(AnswerGraded(t=t, t_known=t + STATED_GRADING_S, turn=request.turn,
                                question_id=request.question_id, score=score))

    def _fail(self, request: str, error: EngineError, t: float) -> None:
        self._emit(RequestFailed(t=t, t_known=t, worker="language", request=request, code=error.code,
                                 message=error.message))
