"""The language worker on llama.cpp itself, with a random model of 180 kB: what it computes, not whether it makes sense.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenroom.events import AnswerRead, AnswerRetold, FollowUpWorded, JobKey, WorkerEvent
from greenroom.interview import scoring
from greenroom.language import retelling
from greenroom.language.llm_llamacpp import LlamaCppModel
from greenroom.language.sentences import split
from greenroom.records import AnswerToScore
from greenroom.requests import ReadAnswer, RetellAnswer, WordFollowUp
from greenroom.settings import load
from greenroom.workers.language import LanguageWorker
from greenroom.workers.language_models import fingerprint, load_model
from language import gguf_writer
from storage.samples import words
from workers.reading_models import SHOUTED_AT, STAYS_CALM

pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed (extra llama)")
pytest.importorskip("gguf", reason="gguf is not installed (extra test)")

ANSWER = "we had no trolley so we carried the boxes up in pairs and it took the whole day"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gguf_writer.write_gguf(tmp_path_factory.mktemp("weights") / "tiny.gguf")


@pytest.fixture
def model(weights: Path) -> Iterator[LlamaCppModel]:
    made = LlamaCppModel(weights, context_tokens=4096, threads=1)
    yield made
    made.close()


def request(turn: int, revision: int = 0, answer: str = ANSWER) -> WordFollowUp:
    return WordFollowUp(job=JobKey(turn=turn, revision=revision), question="Tell me about a team.", answer=answer,
                        hook_id="role", text="What was your own part in it?", style="neutral")


def finish(worker: LanguageWorker) -> None:
    while worker.is_busy:
        worker.advance(1.0)


class Bench:
    def __init__(self, model: LlamaCppModel) -> None:
        self.events: list[WorkerEvent] = []
        self.worker = LanguageWorker(self.events.append, model=model)
        self.model = model

    def word(self, asked: WordFollowUp) -> str:
        self.worker.handle(asked)
        self.worker.advance(1.0)
        while self.worker.is_busy:
            self.worker.advance(1.0)
        event = self.events[-1]
        assert isinstance(event, FollowUpWorded)
        assert event.engine == "llama.cpp"
        return event.text

    def evaluated(self) -> int:
        assert self.model.use is not None
        return self.model.use.evaluated


def test_the_rules_are_computed_once_and_every_turn_only_what_is_new(model: LlamaCppModel) -> None:
    bench = Bench(model)
    bench.worker.warm_up(0)
    rules = bench.evaluated()
    costs = []
    for turn in range(1, 7):
        bench.word(request(turn))
        costs.append(bench.evaluated())
    assert rules > 700  # a token is a character here
    assert max(costs) < 350
    assert max(costs[1:]) - min(costs[1:]) < 90  # a reply that was not fit is told as it is written


def test_an_answer_that_went_on_costs_what_was_said_since(model: LlamaCppModel) -> None:
    bench = Bench(model)
    bench.word(request(1))
    bench.word(request(1, 1, f"{ANSWER} and then we had a rest"))
    assert bench.evaluated() < 150


def test_the_same_session_is_worded_the_same_way(model: LlamaCppModel, weights: Path) -> None:
    other = LlamaCppModel(weights, context_tokens=4096, threads=1)
    said = [[Bench(one).word(request(turn)) for turn in (1, 2)] for one in (model, other)]
    other.close()
    assert said[0] == said[1]


def test_nothing_of_a_session_is_left_in_the_model_after_it(model: LlamaCppModel) -> None:
    bench = Bench(model)
    bench.word(request(1))
    bench.worker.forget()
    assert not model._talking.tokens
    for _ in range(200):
        bench.worker.advance(2.0)
    assert len(model._talking.tokens) > 700
    bench.word(request(1))
    assert bench.evaluated() < 350


def test_random_weights_read_in_slices_beside_a_wording_and_do_not_pass_their_check(
    model: LlamaCppModel, weights: Path
) -> None:
    events: list[WorkerEvent] = []
    worker = LanguageWorker(events.append, model=model, weights=fingerprint(model))
    read = ReadAnswer(session="s1", turn=3, answer=AnswerToScore(
        question=SHOUTED_AT, kind="situational", words=words(STAYS_CALM, 10.0)))
    worker.handle(read)
    worker.advance(1.0)
    assert worker.is_busy
    worker.handle(request(1))
    while not events:
        worker.advance(1.0)
    assert isinstance(events[0], FollowUpWorded), "it does not wait for a reading"
    finish(worker)
    told = events[1]
    assert isinstance(told, AnswerRead)
    assert not told.is_believed
    assert told.by.sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert told.score.criteria == scoring.score(
        scoring.Answer(SHOUTED_AT, "situational", words=read.answer.words)).criteria


def test_what_random_weights_put_in_order_is_text_of_the_schema_and_never_shown(model: LlamaCppModel) -> None:
    events: list[WorkerEvent] = []
    worker = LanguageWorker(events.append, model=model)
    sentences = tuple(one.text for one in split(STAYS_CALM))
    worker.handle(RetellAnswer(session="s1", turn=3, question=SHOUTED_AT, sentences=sentences))
    finish(worker)
    (told,) = events
    assert isinstance(told, AnswerRetold)
    assert retelling.unfit(told.text, question=SHOUTED_AT, answer=STAYS_CALM)


def test_a_reading_that_is_forgotten_leaves_nothing_in_the_model(model: LlamaCppModel) -> None:
    events: list[WorkerEvent] = []
    worker = LanguageWorker(events.append, model=model)
    worker.handle(RetellAnswer(session="s1", turn=3, question="Why?", sentences=("we sold tea",)))
    worker.advance(1.0)
    reading = model._reading
    assert reading is not None
    taken_in = len(reading.tokens)
    worker.forget()
    assert (taken_in > 0, len(reading.tokens)) == (True, 0)
    assert events == []


def test_the_settings_lead_to_a_model_or_to_the_reason_for_none(
    weights: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made, why = load_model(load(environ={"GREENROOM_LANGUAGE_MODEL": str(weights)}))
    assert made is not None
    assert (made.info.name, why) == ("llama.cpp", "")
    made.close()
    corrupt = tmp_path / "corrupt.gguf"
    corrupt.write_bytes(weights.read_bytes()[:5000])
    made, why = load_model(load(environ={"GREENROOM_LANGUAGE_MODEL": str(corrupt)}))
    assert made is None
    assert "corrupt.gguf cannot be loaded" in why
    (record,) = caplog.records
    assert "Fix:" in record.getMessage() or "models verify" in record.getMessage()
