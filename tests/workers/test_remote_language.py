"""Follow-ups that another server words, and what happens when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from greenroom.events import AnswerRetold, FollowUpWorded, JobKey, RequestFailed, WorkerEvent, WorkerName
from greenroom.language import prompts
from greenroom.language.breaker import Breaker
from greenroom.language.chat_server import Limits
from greenroom.language.llm_remote import RemoteChatModel
from greenroom.ports import Message, WorkerPort
from greenroom.records import AnswerToScore, EngineInfo
from greenroom.requests import DropReading, GradeAnswer, ReadAnswer, RetellAnswer, WordFollowUp, WorkerRequest
from greenroom.timeline import MonotonicClock
from greenroom.workers.remote_language import RemoteLanguage
from language.chat_servers import (
    Asked,
    Handler,
    Server,
    endless,
    event,
    hangs,
    in_turn,
    refuses,
    resets,
    says,
    serving,
    whole,
)
from storage.samples import words
from workers.reading_models import OWN, SHOUTED_AT, STAYS_CALM, ReadingModel

LIMITS = Limits(connect_s=5.0, first_s=30.0, between_s=30.0, total_s=60.0)
APT = whole("When you carried ", "the boxes, ", "what was your own part?", " Bye.")
TEXT = "When you carried the boxes, what was your own part?"


class Local:
    """The language worker of this machine."""

    name: WorkerName = "language"

    def __init__(self) -> None:
        self.asked: list[WorkerRequest] = []
        self.was_asked = asyncio.Event()
        self.forgotten = 0

    def send(self, request: WorkerRequest) -> None:
        self.asked.append(request)
        self.was_asked.set()

    def forget(self) -> None:
        self.forgotten += 1


class Bench:
    def __init__(self, server: Server, deadline_s: float, breaker: Breaker | None) -> None:
        self.server = server
        self.local = Local()
        self.events: list[WorkerEvent] = []
        self.came = asyncio.Event()
        model = RemoteChatModel(server.url, model="m", limits=LIMITS, breaker=breaker)
        self.remote = RemoteLanguage(model, self.local, self._emit, MonotonicClock(), deadline_s=deadline_s)
        self.port: WorkerPort = self.remote

    def _emit(self, event: WorkerEvent) -> None:
        self.events.append(event)
        self.came.set()

    async def worded(self) -> FollowUpWorded:
        await asyncio.wait_for(self.came.wait(), 20)
        self.came.clear()
        event = self.events[-1]
        assert isinstance(event, FollowUpWorded)
        return event

    async def handed_on(self) -> WorkerRequest:
        await asyncio.wait_for(self.local.was_asked.wait(), 20)
        self.local.was_asked.clear()
        return self.local.asked[-1]


def run(handler: Handler, use: Callable[[Bench], Awaitable[None]], *, deadline_s: float = 20.0,
        breaker: Breaker | None = None) -> None:
    async def whole_run() -> None:
        async with serving(handler) as server:
            bench = Bench(server, deadline_s, breaker)
            try:
                await use(bench)
            finally:
                await bench.remote.close()

    asyncio.run(whole_run())


def request(turn: int = 3, revision: int = 0) -> WordFollowUp:
    return WordFollowUp(job=JobKey(turn=turn, revision=revision), question="Tell me about a team.",
                        answer="we carried the boxes up in pairs", hook_id="role",
                        text="What was your own part in it?", style="cold")


def test_the_server_words_a_follow_up_up_to_its_question_mark() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(request())
        worded = await bench.worded()
        assert (worded.text, worded.job, worded.hook_id, worded.engine) == (TEXT, request().job, "role", "remote")
        (asked,) = bench.server.asked
        assert asked.body["max_tokens"] == prompts.MAX_TOKENS
        assert [message["role"] for message in asked.body["messages"]] == ["system", "user"]
        assert bench.local.asked == []

    run(says(*APT), use)


def test_the_next_turn_begins_with_what_was_told_and_written_before() -> None:
    async def use(bench: Bench) -> None:
        for turn in (1, 2):
            bench.port.send(request(turn))
            await bench.worded()
        first, second = (asked.body["messages"] for asked in bench.server.asked)
        assert second[: len(first)] == first
        assert second[len(first)] == {"role": "assistant", "content": TEXT}

    run(says(*APT), use)


@pytest.mark.parametrize("handler", [refuses(401), refuses(500), resets(event("What")), says(b"nonsense")])
def test_what_the_server_does_not_word_is_handed_to_this_machine(handler: Handler) -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(request())
        assert await bench.handed_on() == request()
        assert bench.events == []

    run(handler, use)


@pytest.mark.parametrize("handler", [hangs(), hangs(event("What "))])
def test_a_server_that_is_too_slow_is_hung_up_on(handler: Handler) -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(request())
        assert await bench.handed_on() == request()
        await asyncio.wait_for(bench.server.broken_off.wait(), 20)
        assert bench.events == []

    run(handler, use, deadline_s=0.2)


def test_a_server_that_writes_without_end_is_hung_up_on() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(request())
        assert await bench.handed_on() == request()
        await asyncio.wait_for(bench.server.broken_off.wait(), 20)

    run(endless(event("and ")), use, deadline_s=1.0)


def test_a_server_that_is_gone_is_left_alone_for_a_while() -> None:
    async def use(bench: Bench) -> None:
        for turn in (1, 2):
            bench.port.send(request(turn))
            await bench.handed_on()
        assert len(bench.server.asked) == 1

    run(refuses(401), use, breaker=Breaker(failures=1))


def test_a_newer_request_ends_the_one_before_it() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(request())
        await asyncio.wait_for(bench.server.was_asked.wait(), 20)
        bench.port.send(request(revision=1))
        assert (await bench.worded()).job.revision == 1
        await asyncio.wait_for(bench.server.broken_off.wait(), 20)
        assert len(bench.events) == 1
        assert bench.local.asked == []

    run(in_turn(hangs(event("What ")), says(*APT)), use)


def test_a_session_that_is_over_ends_what_is_being_written_and_is_forgotten() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(request(1))
        await bench.worded()
        bench.server.was_asked.clear()
        bench.port.send(request(2))
        await asyncio.wait_for(bench.server.was_asked.wait(), 20)
        bench.port.forget()
        await asyncio.wait_for(bench.server.broken_off.wait(), 20)
        bench.port.send(request(1))
        await bench.worded()
        assert len(bench.server.asked[-1].body["messages"]) == 2
        assert bench.local.forgotten == 1
        assert bench.local.asked == []

    run(in_turn(says(*APT), hangs(event("What ")), says(*APT)), use)


READ = ReadAnswer(session="s1", turn=3, answer=AnswerToScore(
    question=SHOUTED_AT, kind="situational", words=words(STAYS_CALM, 10.0)))


async def reads(asked: Asked) -> web.StreamResponse:
    """As a server with a model that reads."""
    messages = [Message(one["role"], one["content"]) for one in asked.body["messages"]]
    held = asked.body["response_format"]["json_schema"]["schema"]
    return await says(*whole(ReadingModel().answer(messages, held)))(asked)


def test_an_answer_that_the_server_has_read_is_scored_on_this_machine() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(READ)
        request = await bench.handed_on()
        assert isinstance(request, ReadAnswer)
        assert (request.session, request.turn, request.answer) == ("s1", 3, READ.answer)
        assert request.pointed is not None
        assert request.pointed.elements is not None
        assert request.pointed.by.name == "remote"
        assert request.pointed.by.sha256 == ""
        assert len(bench.server.asked) == 3

    run(reads, use)


def test_a_server_whose_model_says_something_else_has_read_nothing() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(READ)
        request = await bench.handed_on()
        assert isinstance(request, ReadAnswer)
        assert request.pointed is not None
        assert request.pointed.elements is None

    run(says(*whole("no JSON at all")), use)


def test_a_server_that_cannot_be_asked_to_read_is_said_to_be_so() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(READ)
        await asyncio.wait_for(bench.came.wait(), 20)
        (failed,) = bench.events
        assert isinstance(failed, RequestFailed)
        assert (failed.request, failed.key, failed.code) == ("read_answer", "s1", "language-model-refused")
        assert bench.local.asked == []

    run(refuses(401), use)


def test_the_server_puts_sentences_in_order() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(RetellAnswer(session="s1", turn=3, question="Why?", sentences=("we sold tea",)))
        await asyncio.wait_for(bench.came.wait(), 20)
        (told,) = bench.events
        assert isinstance(told, AnswerRetold)
        assert (told.session, told.turn, told.text) == ("s1", 3, OWN)

    run(reads, use)


def test_a_follow_up_ends_a_reading_which_begins_anew_after_it() -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(READ)
        await asyncio.wait_for(bench.server.was_asked.wait(), 20)
        bench.port.send(request())
        assert (await bench.worded()).text == TEXT
        again = await bench.handed_on()
        assert isinstance(again, ReadAnswer)
        assert again.pointed is not None

    run(in_turn(hangs(), says(*APT), says(*whole("no JSON at all"))), use)


@pytest.mark.parametrize("how", ["dropped", "forgotten"])
def test_nobody_hears_of_a_reading_that_is_dropped(how: str) -> None:
    async def use(bench: Bench) -> None:
        bench.port.send(READ)
        await asyncio.wait_for(bench.server.was_asked.wait(), 20)
        if how == "dropped":
            bench.port.send(DropReading())
        else:
            bench.port.forget()
        await asyncio.wait_for(bench.server.broken_off.wait(), 20)
        assert bench.events == []
        assert not any(isinstance(one, ReadAnswer) for one in bench.local.asked)

    run(hangs(), use)


def test_everything_else_goes_to_this_machine() -> None:
    async def use(bench: Bench) -> None:
        scored = GradeAnswer(turn=1, question_id="q", question="Q?", kind="behavioural", words=())
        bench.port.send(scored)
        assert bench.local.asked == [scored]
        assert bench.server.asked == []

    run(says(*APT), use)


def test_the_server_s_model_is_told_in_the_place_of_the_worker_s() -> None:
    async def use(bench: Bench) -> None:
        told = (EngineInfo(capability="language_model", name="scripted"), EngineInfo(capability="meaning", name="x"))
        named = bench.remote.engines(told)
        assert [(one.capability, one.name) for one in named] == [("language_model", "remote"), ("meaning", "x")]

    run(says(*APT), use)
