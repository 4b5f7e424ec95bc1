"""The language worker's work for interviews that are over: its model reads answers, when nothing else is to be done."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from msgspec.structs import replace

from greenroom.errors import EngineError, EngineUnavailable
from greenroom.events import AnswerRead, AnswerRetold, RequestFailed, WorkerEvent
from greenroom.interview import scoring
from greenroom.interview.scoring import Pointed
from greenroom.language import model_reading, retelling
from greenroom.models.fingerprint import Fingerprint
from greenroom.ports import Emit
from greenroom.records import PointedAt, ReadBy
from greenroom.requests import ReadAnswer, RetellAnswer
from greenroom.workers.grading import Grader
from greenroom.workers.model_reader import ModelReader, reader_of
from greenroom.workers.slices import Steps

STATED_S = 2.0
"""From the start of the work to its result, for ``t_known`` in lock step."""
MAX_WAITING = 4
"""Core asks for one after another."""
SLICE_S = 0.02
"""Of the wall's time for one ``advance``, and one token or one batch of tokens more at most."""


class SecondReading:
    """One request after the other, in slices. A request that fails is answered by ``RequestFailed``."""

    def __init__(self, emit: Emit, grader: Grader, reader: ModelReader | None, weights: Fingerprint | None = None, *,
                 now: Callable[[], float] = time.perf_counter) -> None:
        """``weights``: those of the model, where they lie in a file. ``now`` is the wall's clock."""
        self._emit = emit
        self._grader = grader
        self._reader = reader
        self._weights = weights
        self._now = now
        self._waiting: deque[ReadAnswer | RetellAnswer] = deque(maxlen=MAX_WAITING)
        self._work: Steps[WorkerEvent] | None = None

    @property
    def is_busy(self) -> bool:
        return self._work is not None or bool(self._waiting)

    def ask(self, request: ReadAnswer | RetellAnswer) -> None:
        self._waiting.append(request)

    def drop(self) -> None:
        """Nobody hears of what was asked."""
        work, self._work = self._work, None
        self._waiting.clear()
        if work is not None:
            work.close()

    def advance(self, until_t: float) -> None:
        """One slice."""
        if self._work is None and self._waiting:
            request = self._waiting.popleft()
            self._work = self._told(request)
        end_s = self._now() + SLICE_S
        while self._work is not None and self._now() < end_s:
            try:
                next(self._work)
            except StopIteration as over:
                self._work = None
                self._emit(replace(over.value, t=until_t, t_known=until_t + STATED_S))

    def _told(self, request: ReadAnswer | RetellAnswer) -> Steps[WorkerEvent]:
        try:
            if isinstance(request, ReadAnswer):
                return (yield from self._read(request))
            return (yield from self._retell(request))
        except EngineError as error:
            kind = "read_answer" if isinstance(request, ReadAnswer) else "retell_answer"
            return RequestFailed(t=0.0, t_known=0.0, worker="language", request=kind, code=error.code,
                                 message=error.message, key=request.session)

    def _read(self, request: ReadAnswer) -> Steps[WorkerEvent]:
        answer = scoring.to_score(request.answer)
        told = request.pointed
        if told is None:
            told = yield from self._pointed(answer)
        found = Pointed(model_reading.elements_of(told.elements),
                        reader_of(told.by, told.by.readings if told.elements is not None else None))
        yield
        return AnswerRead(t=0.0, t_known=0.0, session=request.session, turn=request.turn,
                          score=self._grader.grade(request.answer, found), is_believed=told.elements is not None,
                          by=told.by)

    def _pointed(self, answer: scoring.Answer) -> Steps[PointedAt]:
        """By the worker's own model, and with the fingerprint of its weights."""
        reader = self._model()
        found = yield from reader.reading(answer.kind, answer.question, scoring.sentences_of(answer))
        if self._weights is not None:
            yield from self._weights.parts()
        info = reader.info
        by = ReadBy(name=info.name, version=info.version, detail=info.detail, readings=model_reading.READINGS,
                    sha256="" if self._weights is None else self._weights.sha256)
        return PointedAt(elements=model_reading.numbers_of(found.elements), by=by)

    def _retell(self, request: RetellAnswer) -> Steps[WorkerEvent]:
        messages = retelling.asked(request.question, request.sentences)
        answer = yield from self._model().written(messages, retelling.SCHEMA, retelling.MAX_TOKENS)
        return AnswerRetold(t=0.0, t_known=0.0, session=request.session, turn=request.turn,
                            text=retelling.text_of(answer))

    def _model(self) -> ModelReader:
        if self._reader is None:
            raise EngineUnavailable("there is no language model")
        return self._reader
