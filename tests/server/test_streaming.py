"""The socket for a tool's own microphone: both ways of writing, refusals, and what ends it."""

from __future__ import annotations

import asyncio
import base64
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
from greenroom.requests import MAX_SHOWN_BYTES
from greenroom.server import streaming
from greenroom.server.protocol import MAX_INBOUND_BYTES
from greenroom.server.stream_protocol import MAX_PICTURE_FRAME_BYTES, Finish, Picture, Sound, decode, form_of
from server.booth import Running, run, running
from server.test_http import ask

PATH = "/api/v1/ws/stream"
SOUND = bytes(3_200)
PICTURE = b"\xff\xd8" + bytes(100)


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


@pytest.mark.parametrize("form", ["msgpack", "plain"])
def test_pictures_beside_sound_and_alone_are_told_in_the_form_of_the_stream(form: str) -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            for t in (0.5, 1):
                if form == "msgpack":
                    await socket.send_bytes(packed(type="picture", t=t, image=PICTURE))
                else:
                    image = base64.b64encode(PICTURE).decode()
                    await socket.send_str(json.dumps({"type": "picture", "t": t, "image": image}))
            await (socket.send_bytes(packed(type="finish")) if form == "msgpack"
                   else socket.send_str('{"type": "finish"}'))
            told = await answers(socket)
            assert [each["type"] for each in told] == ["stream_begun", "stream_face", "stream_face", "stream_measures"]
            assert told[1]["head_pose"] == {"yaw_deg": 1.0, "pitch_deg": 2.0, "roll_deg": 3.0}
            assert (told[2]["t"], told[2]["reason"], told[2]["skipped"]) == (1.0, "not calibrated", 0)
            assert booth.booth.stream.shown == [(0.5, PICTURE), (1.0, PICTURE)]
            assert socket.close_code == 1000

    run(test())


def test_a_picture_that_is_none_does_not_end_the_stream() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            await socket.send_bytes(packed(type="picture", t=0.25, image=b"bad"))
            await socket.send_bytes(packed(type="picture", t=0.5, image=PICTURE))
            await socket.send_bytes(packed(type="sound", pcm=SOUND))
            await socket.send_bytes(packed(type="finish"))
            told = await answers(socket)
            assert [each["type"] for each in told[1:]] == [
                "stream_picture_refused", "stream_face", "stream_voice", "stream_measures"]
            assert (told[1]["t"], told[1]["code"]) == (0.25, "picture")

    run(test())


def test_the_largest_picture_fits_a_frame_in_either_form() -> None:
    image = bytes(MAX_SHOWN_BYTES)
    text = json.dumps({"type": "picture", "t": 3_599.999, "image": base64.b64encode(image).decode()})
    for data in (text, packed(type="picture", t=3_599.999, image=image)):
        assert decode(data, form_of(data)) == Picture(t=3_599.999, image=image)


def test_a_frame_that_no_message_fills_is_hung_up_on_at_once() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            await socket.send_bytes(packed(type="sound", pcm=SOUND))
            await socket.receive()
            await socket.send_bytes(packed(type="picture", t=0.0, image=bytes(2 * MAX_PICTURE_FRAME_BYTES)))
            await answers(socket)
            assert socket.close_code == 1009
            assert booth.booth.stream.shown == []

    run(test())


def test_pictures_are_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "QUIET_S", 1.0)

    async def test() -> None:
        async with running() as booth, connected(booth) as socket:
            for n in range(15):
                await socket.send_bytes(packed(type="picture", t=n / 10, image=PICTURE))
                await asyncio.sleep(0.1)
            await socket.send_bytes(packed(type="finish"))
            assert (await answers(socket))[-1]["type"] == "stream_measures"

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
        ([packed(type="sound", pcm=bytes(MAX_INBOUND_BYTES))], "protocol"),
        ([packed(type="picture", t=0.0, image=bytes(MAX_PICTURE_FRAME_BYTES))], "protocol"),
        ([packed(type="picture", t=-0.5, image=PICTURE)], "protocol"),
        ([packed(type="picture", t=float("nan"), image=PICTURE)], "protocol"),
        ([packed(type="picture", t="now", image=PICTURE)], "protocol"),
        (['{"type": "picture", "t": 0, "image": "data:image/jpeg;base64,/9j/"}'], "protocol"),
        ([packed(type="finish"), packed(type="picture", t=1.0, image=PICTURE)], "protocol"),
    ],
    ids=["half a sample", "after the end", "a field missing", "text", "another type", "a field too many",
         "type at the end", "no json", "another message", "too long", "sound in a picture's length",
         "a picture too long", "a picture before the beginning", "a picture at no time", "a picture at no number",
         "no base64", "a picture after the end"],
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
                    assert "neither sound nor a picture came" in told[-1]["message"]
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
        assert isinstance(decode(data, form_of(data)), Sound | Picture | Finish)


ANYTHING = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary()


@given(st.fixed_dictionaries({"type": st.just("picture")}, optional={"t": ANYTHING, "image": ANYTHING, "x": ANYTHING}),
       st.integers(0, 40))
def test_any_picture_has_a_time_or_is_refused(message: dict[str, object], cut: int) -> None:
    data = packed(**message)
    for frame in (data, data[: len(data) - cut]):
        with contextlib.suppress(ProtocolError):
            found = decode(frame, "msgpack")
            assert isinstance(found, Picture)
            assert 0.0 <= found.t < float("inf")


@given(st.text(max_size=100), st.floats() | st.text(max_size=20))
def test_any_text_of_a_picture_is_one_or_is_refused(image: str, t: float | str) -> None:
    with contextlib.suppress(ProtocolError):
        found = decode(json.dumps({"type": "picture", "t": t, "image": image}), "plain")
        assert isinstance(found, Picture)
        assert found.image == base64.b64decode(image)
