"""The language worker: words follow-ups where it has a language model, and scores answers when they are over. After the
interview the model reads them, too."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from greenroom.errors import EngineError, EngineUnavailable, LanguageModelSlow
from greenroom.events import AnswerGraded, FollowUpWorded, RequestFailed
from greenroom.language import prompts, scripted
from greenroom.language.dialogue import Dialogue
from greenroom.models.fingerprint import Fingerprint
from greenroom.ports import Emit, LanguageModel
from greenroom.records import AnswerToScore, EngineInfo, Style
from greenroom.requests import DropReading, GradeAnswer, ReadAnswer, RetellAnswer, WordFollowUp, WorkerRequest
from greenroom.workers.grading import Grader
from greenroom.workers.model_reader import ModelReader
from greenroom.workers.second_reading import SecondReading

STATED_WORDING_S = 0.6
"""From the start of the work to its result, for ``t_known`` in lock step: 25 tokens at 40 a second."""
STATED_GRADING_S = 0.2
MAX_WAITING = 8
"""Answers that may wait to be scored; the oldest go."""
SLICE_S = 0.02
"""Of the wall's time for one ``advance``, and one token more at most."""
DEADLINE_S = 3.0
"""After so long the turn has been taken, whatever is written."""
MOST_PARTS = 4096
"""Of a wording and of taking in what it is for; a model that gives more is broken."""


class _Writing(NamedTuple):
    """A wording in the making; the iterator gives what the model writes."""

    request: WordFollowUp
    parts: Iterator[str]
    since_t: float
    written: list[str]


class LanguageWorker:
    """Words one follow-up at a time: a newer one takes its place.

    What is to be said next goes before scores, and scores before what is read of an interview that is over.
    """

    def __init__(self, emit: Emit, grader: Grader | None = None, model: LanguageModel | None = None, *,
                 style: Style = "neutral", why: str = "", weights: Fingerprint | None = None,
                 now: Callable[[], float] = time.perf_counter) -> None:
        """``why`` there is no model although there should be one; ``style``: the likeliest, to warm up with;
        ``weights``: the model's file. ``now`` is the wall's clock, which bounds slices and decides nothing else."""
        self._emit = emit
        self._grader = grader or Grader(None, ())
        self._model = model
        self._style: Style = style
        self._now = now
        self._dialogue = Dialogue()
        self._wanted: WordFollowUp | None = None
        self._writing: _Writing | None = None
        self._opening: Iterator[str] | None = None
        """The beginning of every conversation as it is taken in again, when there is time."""
        self._to_grade: deque[GradeAnswer] = deque(maxlen=MAX_WAITING)
        self._second = SecondReading(emit, self._grader, None if model is None else ModelReader(model), weights,
                                     now=now)
        known = scripted.engine(why) if model is None else model.info
        self.engines: tuple[EngineInfo, ...] = (known, *self._grader.engines)

    @property
    def is_busy(self) -> bool:
        """A wording or a reading is not at its end."""
        return self._wanted is not None or self._writing is not None or self._second.is_busy

    def warm_up(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature; this worker needs no device clock
        """Take in what every conversation begins with: the first answer shall not wait. Raises ``EngineError``."""
        for _ in self._taken_in():
            pass
        self._grader.warm_up()

    def handle(self, request: WorkerRequest) -> None:
        if isinstance(request, WordFollowUp):
            self._stop()
            self._wanted = request
        elif isinstance(request, GradeAnswer):
            others = [waiting for waiting in self._to_grade if waiting.turn != request.turn]
            self._to_grade = deque([*others, request], maxlen=MAX_WAITING)
        elif isinstance(request, ReadAnswer | RetellAnswer):
            self._second.ask(request)
        elif isinstance(request, DropReading):
            self._second.drop()

    def advance(self, until_t: float) -> None:
        if self._wanted is not None:
            self._begin(self._wanted, until_t)
        if self._writing is not None:
            self._write(self._writing, until_t)
        elif self._to_grade:
            self._grade(self._to_grade.popleft(), until_t)
        elif self._opening is not None:
            self._take_in(self._opening)
        else:
            self._second.advance(until_t)

    def forget(self) -> None:
        self._stop()
        self._second.drop()
        self._to_grade.clear()
        self._dialogue.forget()
        if self._model is not None:
            self._model.forget()
            self._opening = self._taken_in()

    def close(self) -> None:
        self._stop()
        self._second.drop()
        self._opening = None
        self._to_grade.clear()
        if self._model is not None:
            self._model.close()

    # --- wording ---

    def _begin(self, request: WordFollowUp, t: float) -> None:
        self._wanted = self._opening = None
        if self._model is None:
            self._fail("word_follow_up", EngineUnavailable("there is no language model"), t)
            return
        try:
            parts = self._model.converse(self._dialogue.messages(request), max_tokens=prompts.MAX_TOKENS,
                                         seed=request.job.turn)
        except EngineError as error:
            self._fail("word_follow_up", error, t)
        else:
            self._writing = _Writing(request, parts, t, [])

    def _write(self, writing: _Writing, t: float) -> None:
        """Some tokens more."""
        end_s = self._now() + SLICE_S
        try:
            is_over = False
            while not is_over and self._now() < end_s:
                part = next(writing.parts, None)
                writing.written.append(part or "")
                is_over = part is None or prompts.is_whole(part) or len(writing.written) >= MOST_PARTS
            if not is_over and t - writing.since_t > DEADLINE_S:
                raise LanguageModelSlow(f"the language model did not word a follow-up in {DEADLINE_S:.0f} s",
                                        fix="set language.model to a smaller model")
        except EngineError as error:
            self._stop()
            self._fail("word_follow_up", error, t)
            return
        if is_over:
            self._stop()
            self._emit(self._worded(writing, t))

    def _worded(self, writing: _Writing, t: float) -> FollowUpWorded:
        request, since_t = writing.request, writing.since_t
        text = self._dialogue.wrote(request, "".join(writing.written))
        return FollowUpWorded(t=since_t, t_known=max(t, since_t + STATED_WORDING_S), job=request.job,
                              hook_id=request.hook_id, text=text, engine=self.engines[0].name)

    def _stop(self) -> None:
        """No more of what is being written; nobody hears of it."""
        writing, self._writing, self._wanted = self._writing, None, None
        if writing is not None:
            _close(writing.parts)

    def _taken_in(self) -> Iterator[str]:
        if self._model is None:
            return iter(())
        return self._model.converse(prompts.opening(self._style), max_tokens=0, seed=0)

    def _take_in(self, parts: Iterator[str]) -> None:
        end_s = self._now() + SLICE_S
        try:
            while self._now() < end_s:
                next(parts)
        except (StopIteration, EngineError):  # a model that is broken says so when it is needed
            self._opening = None

    # --- scores ---

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


def _close(parts: Iterator[str]) -> None:
    """An iterator that is no generator has nothing to close."""
    close: Callable[[], None] | None = getattr(parts, "close", None)
    if close is not None:
        close()
