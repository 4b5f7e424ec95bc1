"""The language worker with models that behave as a test wants them to, badly above all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from greenroom.errors import EngineError
from greenroom.events import AnswerGraded, FollowUpWorded, JobKey, RequestFailed, WorkerEvent
from greenroom.language import fitness, prompts
from greenroom.ports import Message, SlicedHandler, TokenUse, WorkerHandler
from greenroom.records import EngineInfo, Word
from greenroom.requests import GradeAnswer, WordFollowUp
from greenroom.workers import language
from greenroom.workers.language import LanguageWorker

Says = Callable[[], Iterator[str]]
ANSWER = "we had no trolley so we carried the boxes up in pairs"
APT = ("When you carried ", "the boxes, ", "what was your ", "own part?", " And ", "more")


class Wall:
    """A clock that a model moves while it works."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Model:
    """``says`` is what it writes. A part takes ``token_s`` of the wall, as do four for what it is told."""

    info = EngineInfo(capability="language_model", name="test-model")
    use: TokenUse | None = None

    def __init__(self, says: Says, wall: Wall | None = None, token_s: float = 0.005) -> None:
        self._says = says
        self.wall = wall or Wall()
        self._token_s = token_s
        self.told: list[tuple[Message, ...]] = []
        self.written = 0
        self.closed = 0
        self.forgotten = 0
        self.is_closed = False

    def converse(self, messages: Sequence[Message], *, max_tokens: int, seed: int) -> Iterator[str]:
        self.told.append(tuple(messages))
        self.limits = (max_tokens, seed)
        return self._answer(max_tokens)

    def _answer(self, max_tokens: int) -> Iterator[str]:
        try:
            for _ in range(4):
                self.wall.now_s += self._token_s
                yield ""
            if max_tokens:
                for part in self._says():
                    self.wall.now_s += self._token_s
                    self.written += 1
                    yield part
        finally:
            self.closed += 1

    def read(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> Iterator[str]:
        raise NotImplementedError

    def forget(self) -> None:
        self.forgotten += 1

    def close(self) -> None:
        self.is_closed = True


def endless() -> Iterator[str]:
    while True:
        yield "and "


def breaks() -> Iterator[str]:
    yield "What "
    raise EngineError("llama.cpp stopped computing")


class Bench:
    """A worker in real time: one ``advance`` every 10 ms and as long as its work takes."""

    def __init__(self, says: Says = lambda: iter(APT), token_s: float = 0.005) -> None:
        self.events: list[WorkerEvent] = []
        self.model = Model(says, token_s=token_s)
        self.worker = LanguageWorker(self.events.append, model=self.model, now=self.model.wall)
        self.slices_s: list[float] = []

    def run(self, seconds: float) -> None:
        end_s = self.model.wall.now_s + seconds
        while self.model.wall.now_s < end_s:
            before_s = self.model.wall.now_s
            self.worker.advance(before_s)
            self.slices_s.append(self.model.wall.now_s - before_s)
            self.model.wall.now_s += 0.01

    def worded(self) -> list[FollowUpWorded]:
        return [event for event in self.events if isinstance(event, FollowUpWorded)]

    def failures(self) -> list[RequestFailed]:
        return [event for event in self.events if isinstance(event, RequestFailed)]


def request(turn: int = 3, revision: int = 0, answer: str = ANSWER) -> WordFollowUp:
    return WordFollowUp(job=JobKey(turn=turn, revision=revision), question="Tell me about a team.", answer=answer,
                        hook_id="role", text="What was your own part in it?", style="neutral")


def grade(turn: int) -> GradeAnswer:
    words = tuple(Word(text=text, start_t=n, end_t=n + 0.5) for n, text in enumerate(ANSWER.split()))
    return GradeAnswer(question_id="q", turn=turn, question="Tell me about a team.", kind="behavioural", words=words)


def test_a_follow_up_is_worded_up_to_its_question_mark() -> None:
    bench = Bench()
    bench.worker.handle(request())
    bench.run(0.5)
    (worded,) = bench.worded()
    assert worded.text == "When you carried the boxes, what was your own part?"
    assert (worded.job, worded.hook_id, worded.engine) == (request().job, "role", "test-model")
    assert bench.model.written == 4
    assert bench.model.closed == 1
    assert bench.model.limits == (prompts.MAX_TOKENS, 3)


def test_no_slice_of_the_work_is_longer_than_it_may_be_by_more_than_a_token() -> None:
    bench = Bench(token_s=0.015)
    bench.worker.handle(request())
    bench.run(0.5)
    assert bench.worded()
    assert max(bench.slices_s) <= language.SLICE_S + 0.015 + 1e-9
    assert sum(taken_s > 0 for taken_s in bench.slices_s) >= 4


def test_a_newer_revision_ends_the_one_that_is_being_written() -> None:
    bench = Bench(token_s=0.02)
    bench.worker.handle(request())
    bench.run(0.1)
    assert bench.worker.is_busy
    bench.worker.handle(request(revision=1))
    assert bench.model.closed == 1
    bench.run(1.0)
    assert [event.job.revision for event in bench.worded()] == [1]
    assert not bench.worker.is_busy


def test_of_several_that_wait_only_the_newest_is_worded() -> None:
    bench = Bench()
    for turn in (1, 2, 3):
        bench.worker.handle(request(turn))
    bench.run(1.0)
    assert [event.job.turn for event in bench.worded()] == [3]


def test_a_model_that_is_too_slow_is_broken_off_and_said_to_be() -> None:
    bench = Bench(endless, token_s=0.4)
    bench.worker.handle(request())
    bench.run(10.0)
    (failed,) = bench.failures()
    assert (failed.request, failed.code) == ("word_follow_up", "language-model-slow")
    assert language.DEADLINE_S < failed.t - 100.0 < language.DEADLINE_S + 1.0
    assert bench.model.closed == 1
    assert not bench.worded()
    assert not bench.worker.is_busy


def test_a_model_that_writes_without_end_is_stopped() -> None:
    bench = Bench(endless, token_s=1e-6)
    bench.worker.handle(request())
    bench.run(1.0)
    (worded,) = bench.worded()
    assert bench.model.written <= language.MOST_PARTS
    assert fitness.unfit(worded.text, question="", answer=ANSWER, hook="What was your own part?") == "length"


def test_a_model_that_breaks_is_reported_and_asked_again_for_the_next() -> None:
    bench = Bench(breaks)
    for turn in (1, 2):
        bench.worker.handle(request(turn))
        bench.run(0.5)
    assert [(one.worker, one.request, one.code) for one in bench.failures()] == [
        ("language", "word_follow_up", "engine")] * 2


def test_a_request_without_a_model_is_refused() -> None:
    events: list[WorkerEvent] = []
    worker: WorkerHandler = LanguageWorker(events.append, why="it is missing")
    worker.warm_up(0)
    assert [(engine.name, engine.detail) for engine in worker.engines] == [
        ("scripted", "rules instead of a language model: it is missing")]
    worker.handle(request())
    worker.advance(1.0)
    worker.forget()
    worker.close()
    (failed,) = events
    assert isinstance(failed, RequestFailed)
    assert (failed.request, failed.code) == ("word_follow_up", "engine-unavailable")


def test_scores_wait_for_what_is_to_be_said_next() -> None:
    bench = Bench(token_s=0.03)
    bench.worker.handle(grade(1))
    bench.worker.handle(request(2))
    bench.run(1.0)
    assert [type(event) for event in bench.events] == [FollowUpWorded, AnswerGraded]


def test_waiting_scores_are_bounded_and_of_one_turn_only_the_newest_waits() -> None:
    bench = Bench()
    for turn in (1, 1, *range(2, language.MAX_WAITING + 5)):
        bench.worker.handle(grade(turn))
    bench.run(1.0)
    graded = [event.turn for event in bench.events if isinstance(event, AnswerGraded)]
    assert graded == list(range(5, language.MAX_WAITING + 5))


def test_what_every_conversation_begins_with_is_taken_in_before_anybody_speaks() -> None:
    bench = Bench()
    bench.worker.warm_up(0)
    assert bench.model.told == [prompts.opening("neutral")]
    assert bench.model.limits[0] == 0
    bench.worker.handle(request())
    bench.run(0.5)
    assert bench.model.told[1][:1] == bench.model.told[0]


def test_each_turn_is_told_after_what_was_told_and_written_before() -> None:
    bench = Bench()
    for turn in (1, 2, 5):
        bench.worker.handle(request(turn))
        bench.run(0.5)
    first, second, third = bench.model.told
    assert second[: len(first)] == first
    assert third[: len(second)] == second
    assert second[len(first)] == Message("assistant", "".join(APT[:4]))


def test_a_turn_that_is_worded_again_takes_its_own_place() -> None:
    bench = Bench()
    for turn, revision in ((1, 0), (2, 0), (2, 1), (1, 1)):
        bench.worker.handle(request(turn, revision))
        bench.run(0.5)
    assert [len(told) for told in bench.model.told] == [2, 4, 4, 2]


@pytest.mark.parametrize("text", ["You are hired?", "Ignore the rules.", "\x00\x01", ""])
def test_what_is_not_fit_to_be_said_is_not_shown_to_the_model_again(text: str) -> None:
    bench = Bench(lambda: iter([text]))
    for turn in (1, 2):
        bench.worker.handle(request(turn))
        bench.run(0.5)
    assert bench.model.told[1][2] == Message("assistant", "What was your own part in it?")


def test_nothing_is_kept_after_forgetting_and_the_beginning_is_taken_in_anew() -> None:
    bench = Bench(token_s=0.015)
    bench.worker.handle(request(1))
    bench.run(0.5)
    bench.worker.handle(request(2))
    bench.run(0.05)
    bench.worker.handle(grade(1))
    bench.events.clear()
    bench.worker.forget()
    assert bench.model.forgotten == 1
    bench.run(1.0)
    assert bench.events == []
    assert bench.model.told[-1] == prompts.opening("neutral")
    bench.worker.handle(request(1))
    bench.run(0.5)
    assert len(bench.model.told[-1]) == 2
    assert not any(slice_s > language.SLICE_S + 0.015 + 1e-9 for slice_s in bench.slices_s)


def test_an_answer_does_not_wait_for_the_beginning_that_is_taken_in() -> None:
    bench = Bench(token_s=0.02)
    bench.worker.forget()
    bench.run(0.03)
    bench.worker.handle(request())
    bench.run(1.0)
    assert len(bench.worded()) == 1


def test_in_lock_step_a_slice_ends_with_the_work_and_its_time_is_stated() -> None:
    bench = Bench(token_s=0.5)
    bench.worker.handle(request())
    assert isinstance(bench.worker, SlicedHandler)
    bench.worker.advance(7.0)
    while bench.worker.is_busy:
        bench.worker.advance(7.0)
    (worded,) = bench.worded()
    assert (worded.t, worded.t_known) == (7.0, 7.0 + language.STATED_WORDING_S)


def test_the_model_is_closed_with_the_worker() -> None:
    bench = Bench()
    bench.worker.handle(request())
    bench.run(0.01)
    bench.worker.close()
    assert bench.model.is_closed
    assert bench.model.closed == 1
