from __future__ import annotations

import pytest

from greenroom.errors import EngineError
from greenroom.events import FollowUpChosen, JobKey, RequestFailed, WorkerEvent
from greenroom.language.scripted import ScriptedInterviewer
from greenroom.ports import WorkerHandler
from greenroom.records import EngineInfo, FollowUpHook, Style
from greenroom.requests import ChooseFollowUp
from greenroom.workers import language
from greenroom.workers.language import LanguageWorker

HOOKS = (FollowUpHook(id="count", text="How many?", intent="numbers"),)


class BrokenInterviewer:
    info = EngineInfo(capability="language_model", name="broken")

    def choose(self, question: str, answer: str, hooks: tuple[FollowUpHook, ...], style: Style) -> tuple[str, str]:  # noqa: ARG002 - the port
        raise EngineError("out of memory")


def request(turn: int, answer: str = "we sold a lot of tea", revision: int = 0) -> ChooseFollowUp:
    return ChooseFollowUp(
        job=JobKey(turn=turn, revision=revision),
        question="What did you do?",
        answer=answer,
        hooks=HOOKS,
        style="neutral",
    )


def run(requests: list[ChooseFollowUp], advances: int = 20) -> list[WorkerEvent]:
    events: list[WorkerEvent] = []
    worker: WorkerHandler = LanguageWorker(ScriptedInterviewer(), events.append)
    worker.warm_up(0)
    for each in requests:
        worker.handle(each)
    for n in range(advances):
        worker.advance(1.0 + n)
    return events


def test_an_answer_is_read_and_the_choice_known_a_little_later() -> None:
    (chosen,) = run([request(3)])
    assert isinstance(chosen, FollowUpChosen)
    assert (chosen.job.turn, chosen.hook_id, chosen.engine) == (3, "count", "scripted")
    assert chosen.text.endswith("How many?")
    assert chosen.t == 1.0
    assert chosen.t_known == pytest.approx(1.0 + language.STATED_LATENCY_S)


def test_no_follow_up_due_is_an_answer_too() -> None:
    (chosen,) = run([request(1, "we sold twenty cups of tea")])
    assert isinstance(chosen, FollowUpChosen)
    assert (chosen.hook_id, chosen.text) == ("", "")


def test_a_newer_revision_takes_the_place_of_the_one_that_waits() -> None:
    events = run([request(1), request(2), request(1, revision=1)])
    assert [(e.job.turn, e.job.revision) for e in events if isinstance(e, FollowUpChosen)] == [(2, 0), (1, 1)]


def test_waiting_answers_are_bounded() -> None:
    assert len(run([request(n) for n in range(language.MAX_WAITING + 5)])) == language.MAX_WAITING


def test_an_engine_that_fails_is_reported_by_its_code() -> None:
    events: list[WorkerEvent] = []
    worker = LanguageWorker(BrokenInterviewer(), events.append)
    worker.handle(request(1))
    worker.advance(1.0)
    (failed,) = events
    assert isinstance(failed, RequestFailed)
    assert (failed.worker, failed.code) == ("language", "engine")


def test_nothing_is_kept_after_forgetting() -> None:
    events: list[WorkerEvent] = []
    worker = LanguageWorker(ScriptedInterviewer(), events.append)
    worker.handle(request(1))
    worker.forget()
    worker.advance(1.0)
    assert events == []
