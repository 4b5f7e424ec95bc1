"""The socket for a tool's own microphone: both ways of writing, refusals, and what ends it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgpack
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import CommandRefused, JobsFull, ProtocolError
from greenroom.server import streaming
from greenroom.server.protocol import MAX_INBOUND_BYTES
from greenroom.server.stream_protocol import Finish, Sound, decode, form_of
from server.booth import Running, run, running
from server.test_http import ask

PATH = "/api/v1/ws/stream"
SOUND = bytes(3_200)


@contextlib.asynccontextmanager
async def connected(booth: Running, query: str = "") -> AsyncIterator[ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{booth.url}{PATH}{query}") as socket:
        yield socket


def packed(**message: object) -> bytes:
    data: bytes = msgpack.packb(message)
    return data


async def answers(socket: ClientWebSocketResponse) -> list[Any]:
    """Everything until the booth closes."""
    return [
        msgpack.unpackb(frame.data) if frame.type is WSMsgType.BINARY else json.loads(frame.data)
        async for frame in socket
    ]


def test_msgpack_in_msgpack_out() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            await socket.send_bytes(packed(type="sound", pcm=SOUND))
            await socket.send_bytes(packed(type="finish"))
            told = await answers(socket)
            assert [message["type"] for message in told] == ["stream_begun", "stream_voice", "stream_measures"]
            assert told[0]["sample_rate_hz"] == 16_000
            assert told[-1]["analysis"]["schema"] == "greenroom-analysis"
            assert socket.close_code == 1000
            assert booth.booth.stream.heard == SOUND
            assert booth.booth.stream.is_ended

    run(test())


def test_bare_samples_in_json_out() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            for _ in range(3):
                await socket.send_bytes(SOUND)
            await socket.send_str('{"type": "finish"}')
            told = await answers(socket)
            assert [message["type"] for message in told] == ["stream_begun", *["stream_voice"] * 3, "stream_measures"]
            assert booth.booth.stream.heard == 3 * SOUND

    run(test())


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([b"\x00" * 3], "protocol"),
        ([packed(type="finish"), packed(type="sound", pcm=SOUND)], "protocol"),
        ([packed(type="sound", pcm=SOUND), packed(type="sound")], "protocol"),
        ([packed(type="sound", pcm=SOUND), "text"], "protocol"),
        ([packed(type="begin")], "protocol"),
        ([packed(type="sound", pcm=SOUND, t=1)], "protocol"),
        ([packed(pcm=SOUND, type="sound", rate=16_000)], "protocol"),
        ([SOUND, "no json"], "protocol"),
        ([SOUND, '{"type": "begin", "command_id": "1"}'], "protocol"),
        ([bytes(MAX_INBOUND_BYTES + 2)], "protocol"),
    ],
    ids=["half a sample", "after the end", "a field missing", "text", "another type", "a field too many",
         "type at the end", "no json", "another message", "too long"],
)
def test_what_is_no_message_ends_the_stream_with_its_code(frames: list[bytes | str], code: str) -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            for frame in frames:
                await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
            last = (await answers(socket))[-1]
            is_finished = packed(type="finish") in frames
            if is_finished and last["type"] == "stream_measures":  # they may be quicker than the refusal
                assert socket.close_code == 1000
            else:
                assert (last["type"], last["code"], socket.close_code) == ("error", code, 1008)
            await left(booth)

    run(test())


def test_a_message_that_is_none_is_answered_in_its_own_form() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            await socket.send_bytes(packed(type="sound", pcm=SOUND, t=1))
            frames = [frame async for frame in socket]
            assert {frame.type for frame in frames} == {WSMsgType.BINARY}
            assert "unknown field" in msgpack.unpackb(frames[-1].data)["message"]
            assert booth.booth.stream.heard == b""

    run(test())


def test_a_client_that_sends_nothing_makes_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "QUIET_S", 0.2)

    async def test() -> None:
        async with running() as booth:
            for first in ([], [SOUND]):
                booth.booth.stream.is_left = False
                async with connected(booth) as socket:
                    for frame in first:
                        await socket.send_bytes(frame)
                    told = await answers(socket)
                    assert told[-1]["code"] == "protocol"
                    assert "no sound came" in told[-1]["message"]
                await left(booth)

    run(test())


def test_a_client_that_reads_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "WRITE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(streaming, "GOODBYE_S", 0.2)

    async def test() -> None:
        async with running() as booth:
            booth.booth.stream.wordy = 1_000_000
            reader, writer = await asyncio.open_connection("127.0.0.1", booth.port, limit=1024)
            writer.write(
                f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{booth.port}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            for _ in range(20):
                writer.write(b"\x82\x82" + bytes(4) + bytes(2))  # a masked binary frame: one sample
            await asyncio.wait_for(left(booth), 20)
            writer.close()

    run(test())


async def left(booth: Running) -> None:
    while not booth.booth.stream.is_left:  # noqa: ASYNC110 - the booth tells nobody
        await asyncio.sleep(0.01)


def test_an_interview_that_begins_ends_the_stream_with_its_code() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            booth.booth.stream.fails_at = 2 * len(SOUND)
            await socket.send_bytes(SOUND)
            await socket.send_bytes(SOUND)
            told = await answers(socket)
            assert (told[-1]["type"], told[-1]["code"]) == ("error", "command-refused")
            assert "try again" in told[-1]["message"]
            assert socket.close_code == 1008

    run(test())


@pytest.mark.parametrize(
    ("refusal", "status"), [(CommandRefused("an interview is held"), 409), (JobsFull("somebody is heard"), 503)]
)
def test_a_stream_that_cannot_be_heard_is_refused_before_it_begins(refusal: Any, status: int) -> None:
    async def test() -> None:
        async with running() as booth:
            booth.booth.refusal = refusal
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                async with connected(booth):
                    pass
            assert caught.value.status == status

    run(test())


def test_without_a_web_socket_the_address_says_what_it_is() -> None:
    async def test() -> None:
        async with running() as booth:
            answer = await ask(f"{booth.url}{PATH}")
            assert (answer.status, answer.json["code"]) == (426, "protocol")

    run(test())


@pytest.mark.parametrize("role", ["phone", "viewer"])
def test_only_the_booths_own_screens_may_be_heard(role: str) -> None:
    async def test() -> None:
        async with running() as booth:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                async with connected(booth, f"?role={role}"):
                    pass
            assert caught.value.status == 403

    run(test())


def test_a_client_that_leaves_is_forgotten() -> None:
    async def test() -> None:
        async with running() as booth:
            async with connected(booth) as socket:
                await socket.send_bytes(SOUND)
                await socket.receive()
            await left(booth)
            assert not booth.booth.stream.is_ended

    run(test())


def test_a_booth_that_stops_says_so() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            await socket.send_bytes(SOUND)
            await socket.receive()
            stopping = asyncio.create_task(booth.server.stop())
            await answers(socket)
            assert socket.close_code == 1001
            await stopping

    run(test())


@given(st.binary(max_size=200) | st.text(max_size=50))
def test_any_frame_is_a_message_or_refused(data: bytes | str) -> None:
    with contextlib.suppress(ProtocolError):
        assert isinstance(decode(data, form_of(data)), Sound | Finish)
