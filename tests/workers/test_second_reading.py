"""What the language worker reads of interviews that are over: in slices, after everything else, until it is dropped."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from greenroom.events import AnswerGraded, AnswerRead, AnswerRetold, FollowUpWorded, JobKey, RequestFailed, WorkerEvent
from greenroom.interview import scoring
from greenroom.language import model_reading
from greenroom.models.fingerprint import Fingerprint
from greenroom.ports import LanguageModel
from greenroom.records import AnswerToScore, PointedAt, ReadBy
from greenroom.requests import DropReading, GradeAnswer, ReadAnswer, RetellAnswer, WordFollowUp
from greenroom.workers import model_reader, second_reading
from greenroom.workers.language import LanguageWorker
from storage.samples import words
from workers.reading_models import OWN, SHOUTED_AT, STAYS_CALM, Manner, ReadingModel, Wall

ANSWER = AnswerToScore(question=SHOUTED_AT, kind="situational", words=words(STAYS_CALM, 10.0))
RULES = scoring.score(scoring.Answer(SHOUTED_AT, "situational", words=ANSWER.words))
READ = ReadAnswer(session="s1", turn=3, answer=ANSWER)
WORD = WordFollowUp(job=JobKey(turn=4), question="Why?", answer="we carried boxes", hook_id="result",
                    text="What came of it?", style="neutral")
GRADE = GradeAnswer(turn=1, question_id="q", question="Why?", kind="behavioural", words=words("we sold tea", 1.0))


class Bench:
    """A worker in real time: one ``advance`` every 10 ms and as long as its work takes."""

    def __init__(self, manner: Manner = "reads", token_s: float = 0.005, weights: Fingerprint | None = None) -> None:
        self.wall = Wall()
        self.events: list[WorkerEvent] = []
        self.model: ReadingModel = ReadingModel(manner, wall=self.wall, token_s=token_s)
        self.worker = LanguageWorker(self.events.append, model=self.model, weights=weights, now=self.wall)
        self.slices_s: list[float] = []

    def step(self) -> None:
        before_s = self.wall.now_s
        self.worker.advance(before_s)
        self.slices_s.append(self.wall.now_s - before_s)
        self.wall.now_s += 0.01

    def until_idle(self) -> None:
        for _ in range(100_000):
            if not self.worker.is_busy:
                return
            self.step()
        raise AssertionError("still busy")

    def read(self) -> AnswerRead:
        (event,) = [one for one in self.events if isinstance(one, AnswerRead)]
        return event


def test_an_answer_is_read_three_times_and_scored_by_code(tmp_path: Path) -> None:
    weights = tmp_path / "x.gguf"
    weights.write_bytes(b"weights")
    bench = Bench(weights=Fingerprint(weights))
    bench.worker.handle(READ)
    bench.until_idle()
    event = bench.read()
    assert (event.session, event.turn, event.is_believed) == ("s1", 3, True)
    assert event.by == ReadBy(name="reading-model", version="7", readings=3,
                              sha256=hashlib.sha256(b"weights").hexdigest())
    assert event.score.readers[-1] == "reading-model 7 (3 readings)"
    assert bench.model.readings == 3
    assert (RULES.band, event.score.band) == (2, 3)
    assert event.t_known == event.t + second_reading.STATED_S


@pytest.mark.parametrize("manner", ["misses", "fails"])
def test_a_model_that_does_not_pass_its_check_moves_nothing(manner: Manner) -> None:
    bench = Bench(manner)
    bench.worker.handle(READ)
    bench.until_idle()
    event = bench.read()
    assert not event.is_believed
    assert event.score.criteria == RULES.criteria
    assert event.score.readers[-1] == "reading-model 7 (did not pass its check)"


def test_a_model_that_writes_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_reader, "MOST_PARTS", 50)
    bench = Bench("endless")
    bench.worker.handle(READ)
    bench.until_idle()
    assert not bench.read().is_believed
    assert bench.model.closed == 1


def test_no_slice_is_longer_than_it_may_be_by_more_than_a_token() -> None:
    bench = Bench(token_s=0.015)
    bench.worker.handle(READ)
    bench.until_idle()
    assert max(bench.slices_s) <= second_reading.SLICE_S + 0.015 + 1e-9
    assert len(bench.slices_s) > 100


def test_what_is_to_be_said_and_live_scores_go_before_a_reading_which_goes_on_after_them() -> None:
    bench = Bench()
    bench.worker.handle(READ)
    for _ in range(5):
        bench.step()
    assert bench.events == []
    bench.worker.handle(GRADE)
    bench.worker.handle(WORD)
    bench.until_idle()
    assert [type(one) for one in bench.events] == [FollowUpWorded, AnswerGraded, AnswerRead]
    assert bench.model.readings == 3


@pytest.mark.parametrize("how", ["dropped", "forgotten", "closed"])
def test_nobody_hears_of_a_reading_that_is_dropped(how: str) -> None:
    bench = Bench()
    bench.worker.handle(READ)
    bench.worker.handle(READ)
    for _ in range(5):
        bench.step()
    match how:
        case "dropped":
            bench.worker.handle(DropReading())
        case "forgotten":
            bench.worker.forget()
        case _:
            bench.worker.close()
    assert bench.model.closed == 1
    bench.until_idle()
    assert bench.events == []


def test_sentences_are_put_in_order_and_nothing_is_judged_here() -> None:
    bench = Bench()
    bench.worker.handle(RetellAnswer(session="s1", turn=3, question="Why?", sentences=("we sold tea", "it rained")))
    bench.until_idle()
    (event,) = bench.events
    assert isinstance(event, AnswerRetold)
    assert (event.session, event.turn, event.text) == ("s1", 3, OWN)
    assert "- we sold tea\n- it rained" in bench.model.asked[0][-1].text


def test_what_another_server_read_is_scored_without_a_model() -> None:
    events: list[WorkerEvent] = []
    worker = LanguageWorker(events.append)
    everything: dict[str, tuple[int, ...]] = {element: tuple(range(1, 9)) for element in model_reading.HEADINGS}
    by = ReadBy(name="remote", readings=3)
    for elements in (everything, None):
        worker.handle(ReadAnswer(session="s1", turn=3, answer=ANSWER, pointed=PointedAt(elements=elements, by=by)))
        while worker.is_busy:
            worker.advance(1.0)
    first, second = events
    assert isinstance(first, AnswerRead)
    assert isinstance(second, AnswerRead)
    assert (first.is_believed, second.is_believed) == (True, False)
    assert (first.score.readers[-1], second.score.readers[-1]) == (
        "remote (3 readings)", "remote (did not pass its check)")
    assert first.by == by


@pytest.mark.parametrize("request_", [READ, RetellAnswer(session="s1", turn=3, question="Why?", sentences=())])
def test_without_a_model_a_reading_is_refused(request_: ReadAnswer | RetellAnswer) -> None:
    events: list[WorkerEvent] = []
    worker = LanguageWorker(events.append)
    worker.handle(request_)
    while worker.is_busy:
        worker.advance(1.0)
    (failed,) = events
    assert isinstance(failed, RequestFailed)
    assert (failed.code, failed.key) == ("engine-unavailable", "s1")
    assert failed.request in {"read_answer", "retell_answer"}


def test_a_fake_model_is_a_language_model() -> None:
    model: LanguageModel = ReadingModel()
    assert model.info.name
