from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web

from greenroom.errors import (
    EngineError,
    EngineUnavailable,
    LanguageModelError,
    LanguageModelInvalid,
    LanguageModelRefused,
    LanguageModelSlow,
    LanguageModelUnreachable,
)
from greenroom.language.breaker import Breaker
from greenroom.language.chat_server import Limits
from greenroom.language.llm_remote import TRIES, RemoteChatModel
from greenroom.ports import Message, RemoteModel, TokenUse
from language.chat_servers import (
    DONE,
    USE,
    Asked,
    Handler,
    Server,
    begun,
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

T = TypeVar("T")
SECRET = [Message("system", "Be brief."), Message("user", "secret")]
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"]}
SHORT = Limits(connect_s=0.5, first_s=0.3, between_s=0.2, total_s=5.0)
LONG = Limits(connect_s=5.0, first_s=30.0, between_s=30.0, total_s=60.0)


class Waits:
    """Stands for time between tries."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)


def with_server(handler: Handler, use: Callable[[RemoteChatModel, Server], Awaitable[T]], **options: Any) -> T:
    """What ``use`` returns of a model on a server that answers as ``handler`` does."""
    async def run() -> T:
        async with serving(handler) as server:
            model = RemoteChatModel(server.url, **{"limits": LONG, "sleep": Waits(), **options})
            try:
                return await use(model, server)
            finally:
                await model.close()

    return asyncio.run(asyncio.wait_for(run(), 60))


async def words(model: RemoteModel, max_tokens: int = 20) -> list[str]:
    return [word async for word in model.converse(SECRET, max_tokens=max_tokens, seed=3)]


def said(handler: Handler, **options: Any) -> list[str]:
    return with_server(handler, lambda model, _: words(model), **options)


def fault(handler: Handler, **options: Any) -> LanguageModelError:
    with pytest.raises(LanguageModelError) as caught:
        said(handler, **options)
    assert caught.value.fix
    assert "secret" not in f"{caught.value!r} {caught.value}"
    return caught.value


def read(handler: Handler, **options: Any) -> tuple[str, list[dict[str, Any]]]:
    async def use(model: RemoteChatModel, server: Server) -> tuple[str, list[dict[str, Any]]]:
        text = await model.read(SECRET, SCHEMA, max_tokens=20)
        return text, [asked.body for asked in server.asked]

    return with_server(handler, use, **options)


# --- what goes well ---


def test_words_come_as_the_server_sends_them() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        assert await words(model) == ["Well", " done."]
        assert model.use == TokenUse(12, 0, 3)
        body = server.asked[0].body
        assert (body["stream"], body["seed"], body["model"]) == (True, 3, "m")
        assert body["messages"][1] == {"role": "user", "content": "secret"}
        assert server.asked[0].request.headers["Authorization"] == "Bearer sesame"

    with_server(says(*whole("Well", " done.")), use, model="m", api_key="sesame")


def test_a_word_is_there_before_the_next_one_is_written() -> None:
    first_was_read = asyncio.Event()

    async def handler(asked: Asked) -> web.StreamResponse:
        response = await begun(asked)
        await response.write(event("Well"))
        await first_was_read.wait()
        await response.write(event(" done.") + event(end="stop") + DONE)
        return response

    async def use(model: RemoteChatModel, _: Server) -> None:
        async for _word in model.converse(SECRET, max_tokens=9, seed=1):
            first_was_read.set()

    with_server(handler, use)


@pytest.mark.parametrize("end", [
    [event(end="stop"), DONE], [event(end="stop")], [DONE], [event(end="stop"), USE], [event(" x", end="length")],
])  # fmt: skip
def test_every_way_to_end_an_answer_is_known(end: list[bytes]) -> None:
    assert said(says(event("Well"), *end))[0] == "Well"


def test_an_answer_is_at_its_end_though_the_server_holds_the_connection() -> None:
    assert said(hangs(event("Well"), event(end="stop"))) == ["Well"]


def test_leaving_ends_the_connection() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        async with aclosing(model.converse(SECRET, max_tokens=10**6, seed=1)) as answer:
            async for _ in answer:
                break
        await server.broken_off.wait()

    with_server(endless(event("word ")), use)


def test_a_cancelled_task_ends_the_connection() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        task = asyncio.create_task(words(model))
        await server.was_asked.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await server.broken_off.wait()

    with_server(hangs(), use)


# --- readings ---


def test_a_reading_is_json_that_obeys_its_schema() -> None:
    text, bodies = read(says(*whole('{"a"', ": 2}")))
    assert text == '{"a":2}'
    assert bodies[0]["response_format"]["json_schema"]["schema"] == SCHEMA


def test_a_server_that_does_not_know_one_way_of_asking_is_asked_in_another() -> None:
    text, bodies = read(in_turn(refuses(500), refuses(422), says(*whole('```json\n{"a": 1}\n```'))))
    assert text == '{"a":1}'
    assert [body.get("response_format", {}).get("type") for body in bodies] == ["json_schema", "json_object", None]


def test_the_way_that_a_server_knows_is_kept() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        for _ in range(2):
            await model.read(SECRET, SCHEMA, max_tokens=20)
        assert [asked.body["response_format"]["type"] for asked in server.asked] == [
            "json_schema", "json_object", "json_object"]

    with_server(in_turn(refuses(400), says(*whole('{"a": 1}'))), use)


def test_a_server_that_refuses_for_another_reason_is_asked_the_strict_way_again() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        with pytest.raises(LanguageModelRefused):
            await model.read(SECRET, SCHEMA, max_tokens=20)
        assert await model.read(SECRET, SCHEMA, max_tokens=20) == '{"a":1}'
        assert server.asked[-1].body["response_format"]["type"] == "json_schema"

    with_server(in_turn(*[refuses(400)] * 3, says(*whole('{"a": 1}'))), use)


@pytest.mark.parametrize("text", ["secret", '{"a": 3}', '{"a": 1, "secret": 2}', "[" * 300, '"secret"', ""])
def test_a_reading_that_is_not_as_asked_for_is_an_error_that_does_not_repeat_it(text: str) -> None:
    with pytest.raises(LanguageModelInvalid) as caught:
        read(says(*whole(text)))
    assert "secret" not in f"{caught.value!r} {caught.value}"


def test_a_reading_that_was_cut_is_an_error() -> None:
    with pytest.raises(LanguageModelInvalid, match="not at its end"):
        read(says(*whole('{"a": 1}', end="length")))


def test_a_schema_that_has_no_bound_is_not_asked_for() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        with pytest.raises(EngineError):
            await model.read(SECRET, {"type": "string"}, max_tokens=20)
        assert not server.asked

    with_server(says(), use)


# --- what goes badly ---


@pytest.mark.parametrize(("handler", "kind"), [
    (refuses(401), LanguageModelRefused),
    (refuses(404), LanguageModelRefused),
    (refuses(400), LanguageModelRefused),
    (refuses(302, Location="http://127.0.0.1:1/"), LanguageModelInvalid),
    (refuses(307, Location="/v1/chat/completions"), LanguageModelInvalid),
    (refuses(200), LanguageModelInvalid),
    (says(b"<html>secret</html>\n"), LanguageModelInvalid),
    (says(b"data: secret\n\n"), LanguageModelInvalid),
    (says(event("x" * 641)), LanguageModelInvalid),
    (says(b'data: {"error": "secret"}\n\n'), LanguageModelInvalid),
    (endless(b"x" * 4096), LanguageModelInvalid),
    (endless(b": " + b"x" * 1000 + b"\n"), LanguageModelInvalid),
    (endless(event()), LanguageModelInvalid),
    (endless(event("word ")), LanguageModelInvalid),
    (resets(event("Well")), LanguageModelUnreachable),
    (says(event("Well")), LanguageModelUnreachable),
])  # fmt: skip
def test_a_hostile_server_is_left_with_a_name_for_what_it_does(handler: Handler, kind: type[EngineError]) -> None:
    assert fault(handler).code == kind.code


def test_a_redirect_is_not_followed_and_gets_no_key() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        with pytest.raises(LanguageModelInvalid, match="sends elsewhere"):
            await words(model)
        assert len(server.asked) == 1

    with_server(refuses(307, Location="/v1/chat/completions"), use)


def test_a_compressed_answer_is_not_unpacked() -> None:
    async def handler(asked: Asked) -> web.StreamResponse:
        response = await begun(asked, **{"Content-Encoding": "gzip"})
        await response.write(gzip.compress(b": " + b"x" * 10**8))
        return response

    assert "compresses" in fault(handler).message


@pytest.mark.parametrize("handler", [hangs(), hangs(event()), hangs(event("Well"))])
def test_silence_is_not_waited_for(handler: Handler) -> None:
    assert isinstance(fault(handler, limits=SHORT), LanguageModelSlow)


def test_a_server_that_does_not_even_begin_is_not_waited_for() -> None:
    async def handler(_: Asked) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    assert isinstance(fault(handler, limits=SHORT), LanguageModelSlow)


def test_a_trickle_without_words_is_silence() -> None:
    async def handler(asked: Asked) -> web.StreamResponse:
        response = await begun(asked)
        while True:
            await response.write(b": still here\n")
            await asyncio.sleep(0.05)

    assert isinstance(fault(handler, limits=SHORT), LanguageModelSlow)


def test_an_answer_that_goes_on_and_on_has_an_end() -> None:
    async def handler(asked: Asked) -> web.StreamResponse:
        response = await begun(asked)
        while True:
            await response.write(event("a"))
            await asyncio.sleep(0.05)

    assert isinstance(fault(handler, limits=SHORT._replace(total_s=0.4)), LanguageModelSlow)


# --- tries ---


@pytest.mark.parametrize("bad", [refuses(503), refuses(429), resets(), says()])
def test_what_fails_before_the_first_word_is_tried_again(bad: Handler) -> None:
    waits = Waits()
    assert said(in_turn(bad, bad, says(*whole("Well"))), sleep=waits, chance=lambda: 0.5) == ["Well"]
    assert waits.waited == [0.2, 0.4]


def test_there_are_three_tries() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        with pytest.raises(LanguageModelUnreachable, match="busy"):
            await words(model)
        assert len(server.asked) == TRIES

    with_server(refuses(503), use)


def test_a_word_that_was_spoken_is_never_spoken_again() -> None:
    async def use(model: RemoteChatModel, server: Server) -> None:
        with pytest.raises(LanguageModelUnreachable):
            await words(model)
        assert len(server.asked) == 1

    with_server(resets(event("Well")), use)


def test_a_server_that_says_when_to_come_again_is_heeded_or_left() -> None:
    waits = Waits()
    soon = in_turn(refuses(429, **{"Retry-After": "1"}), says(*whole("Well")))
    assert said(soon, sleep=waits) == ["Well"]
    assert waits.waited == [1.0]
    fault(refuses(429, **{"Retry-After": "3600"}), sleep=waits)
    assert waits.waited == [1.0]


@pytest.mark.parametrize("after", ["soon", "-1", "1e9", "Wed, 21 Oct 2037 07:28:00 GMT", "9" * 400])
def test_a_strange_time_to_come_again_does_no_harm(after: str) -> None:
    assert said(in_turn(refuses(503, **{"Retry-After": after}), says(*whole("Well")))) == ["Well"]


def test_where_nobody_listens_there_is_an_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def run() -> None:
        model = RemoteChatModel(f"http://127.0.0.1:{port}/v1", sleep=Waits())
        with pytest.raises(LanguageModelUnreachable) as caught:
            await words(model)
        assert f"127.0.0.1:{port}" in caught.value.fix
        await model.close()

    asyncio.run(run())


def test_what_does_not_speak_http_is_told() -> None:
    async def run() -> None:
        async def shout(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"SSH-2.0-secret\r\n" * 10)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(shout, "127.0.0.1", 0)
        model = RemoteChatModel(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", sleep=Waits())
        with pytest.raises(LanguageModelError) as caught:
            await words(model)
        assert "secret" not in str(caught.value)
        await model.close()
        server.close()

    asyncio.run(run())


def test_headers_without_end_are_not_read() -> None:
    assert fault(refuses(200, **{"X-Long": "x" * 100_000})).fix


def test_a_server_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    now = [100.0]

    async def use(model: RemoteChatModel, server: Server) -> None:
        for _ in range(3):
            with pytest.raises(LanguageModelInvalid):
                await words(model)
        with pytest.raises(LanguageModelUnreachable, match="in 30 s"):
            await words(model)
        assert len(server.asked) == 3
        now[0] += 30.0
        assert await words(model) == ["Well"]
        assert await words(model) == ["Well"]

    with_server(in_turn(*[says(b"secret\n")] * 3, says(*whole("Well"))), use, now=lambda: now[0])


def test_an_answer_that_was_left_is_no_failure_and_holds_up_nobody() -> None:
    breaker = Breaker()

    async def use(model: RemoteChatModel, _server: Server) -> None:
        for _ in range(4):
            async with aclosing(model.converse(SECRET, max_tokens=10**6, seed=1)) as answer:
                await anext(answer)
        assert breaker.admits(0.0)

    with_server(endless(event("word ")), use, breaker=breaker)


# --- the address, and privacy ---


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "ftp://x/v1", "http://", "http://u:p@x/v1", "http://x/v1?key=1",
                                 "http://[::1", "http://x:99999/v1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        RemoteChatModel(url)
    assert "language.url" in caught.value.message


def test_the_engine_says_what_it_is_and_not_its_key() -> None:
    model = RemoteChatModel("http://booth.local:8080/v1/", model="qwen", api_key="sesame")
    assert model.info.detail == "qwen at booth.local:8080"
    assert model.use is None
    assert "sesame" not in repr(vars(model)["_server"]) + str(model.info)


def test_no_log_line_has_what_was_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said(says(*whole("secret")))
    fault(refuses(400))
    fault(says(b"data: secret\n\n"))
    assert "secret" not in caplog.text


# --- a real server ---


@pytest.mark.process
@pytest.mark.slow
def test_llama_cpps_own_server_converses_and_reads(tmp_path: Path) -> None:
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed (extra llama)")
    pytest.importorskip("gguf", reason="gguf is not installed (extra test)")
    pytest.importorskip("uvicorn", reason="llama-cpp-python's server is not installed")
    pytest.importorskip("fastapi", reason="llama-cpp-python's server is not installed")
    from language.gguf_writer import write_gguf

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(write_gguf(tmp_path / "tiny.gguf")),
               "--host", "127.0.0.1", "--port", str(port), "--n_ctx", "1024", "--n_threads", "1"]
    with (tmp_path / "log").open("w") as output, \
            subprocess.Popen(command, stdout=output, stderr=output, env=os.environ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/v1/models", process)
            asyncio.run(real(f"http://127.0.0.1:{port}/v1"))
        finally:
            process.terminate()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(urllib.error.URLError):
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - this machine
            return
    pytest.fail("the server did not start")


async def real(url: str) -> None:
    model = RemoteChatModel(url, limits=LONG)
    first = await words(model, 40)
    assert first
    assert await words(model, 40) == first, "one seed gives one answer"
    text = await model.read(SECRET, SCHEMA, max_tokens=60)
    assert json.loads(text)["a"] in {1, 2}
    await model.close()
