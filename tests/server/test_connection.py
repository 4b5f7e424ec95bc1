"""WebSocket clients, good and bad, against a real server."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket as sockets
import struct

import aiohttp
import msgpack
import msgspec
import pytest

from greenroom import events
from greenroom.records import Consent, SetUp
from greenroom.server import access, http
from greenroom.server.connection import MAX_GARBAGE, MAX_REFUSED, MessageBudget
from greenroom.server.protocol import Caption, StateChanged, VisemeCut
from greenroom.telemetry.hub import EMPTY
from server.booth import Client, client, run, running

HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def closed(client: Client) -> tuple[str | None, int | None]:
    """Reads to the end: code of the goodbye and of the close frame."""
    code = None
    try:
        while True:
            message = await client.next()
            if isinstance(message, dict) and message["type"] == "goodbye":
                code = message["code"]
    except (EOFError, aiohttp.ClientError):
        return code, client.socket.close_code


def test_hello_then_snapshot_then_numbered_batches() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url, "kiosk") as kiosk:
            hello = await kiosk.next()
            assert (hello["type"], hello["schema"], hello["role"]) == ("hello", 1, "kiosk")
            assert hello["boot_id"] == booth.server.boot_id
            snapshot = await kiosk.next()
            assert (snapshot["type"], snapshot["seq"], snapshot["state"]["phase"]) == ("snapshot", 0, "listening")
            for n in range(1, 4):
                booth.hub.publish(StateChanged(t=float(n), state="voice"))
                seq, batch = await kiosk.batch()
                assert (seq, batch["events"][0]["t"]) == (n, n)

    run(test())


def test_ping_tells_the_booths_time() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as kiosk:
            before = booth.hub.clock.now()
            await kiosk.send(type="ping", sent_ms=17.25)
            pong = await kiosk.until("pong")
            assert pong["sent_ms"] == 17.25
            assert before <= pong["t"] <= booth.hub.clock.now()

    run(test())


def test_commands_arrive_as_the_interview_knows_them() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url, "kiosk") as kiosk:
            await kiosk.send(
                type="give_consent", command_id="1", record=True, keep=False, share_with_staff=False, fleet_summary=True
            )
            await kiosk.send(
                type="choose_set_up", command_id="2", role="nurse", style="cold", questions=3, pacing="patient"
            )
            await kiosk.send(type="done", command_id="3", turn=7)
            for n, kind in enumerate(("begin", "continue", "pause", "resume", "stay", "end"), start=4):
                await kiosk.send(type=kind, command_id=str(n))
            assert [(await kiosk.until("ack"))["command_id"] for _ in range(9)] == list("123456789")
            consent, set_up, done, *others = booth.booth.commands
            assert isinstance(consent, events.GiveConsent)
            assert consent.consent == Consent(record=True, fleet_summary=True)
            assert isinstance(set_up, events.ChooseSetUp)
            assert set_up.set_up == SetUp(role="nurse", style="cold", questions=3, pacing="patient")
            assert isinstance(done, events.Done)
            assert (done.turn, done.role) == (7, "kiosk")
            assert [type(command) for command in others] == [
                events.Begin, events.Continue, events.Pause, events.Resume, events.Stay, events.End,
            ]  # fmt: skip
            assert all(0 < command.t <= booth.hub.clock.now() for command in booth.booth.commands)

    run(test())


def test_a_phone_chooses_a_set_up_with_what_it_brings() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url, "phone") as phone:
            await phone.send(
                type="choose_set_up", command_id="1", role="retail", style="cold", questions=3, pacing="fast",
                minutes=10, documents=["a", "b"], questions_own=["Why?"], asked=["retail-why"])
            assert (await phone.until("ack"))["command_id"] == "1"
            (command,) = booth.booth.commands
            assert isinstance(command, events.ChooseSetUp)
            assert command.set_up == SetUp(role="retail", style="cold", questions=3, pacing="fast", minutes=10,
                                           documents=("a", "b"), questions_own=("Why?",), asked=("retail-why",))
            await phone.send(type="choose_set_up", command_id="2", role="retail", style="cold", questions=3,
                             pacing="fast", asked=["x" * 65])
            assert (await phone.until("error"))["code"] == "protocol"

    run(test())


def test_refusals_carry_the_command_id_and_a_code() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url, "phone") as phone:
            await phone.send(type="begin", command_id="not-mine")
            await phone.send(type="skip", command_id="not-now", turn=3)
            await phone.send(type="repeat", command_id="breaks")
            answers = [await phone.until("error") for _ in range(3)]
            assert [(a["command_id"], a["code"]) for a in answers] == [
                ("not-mine", "access"), ("not-now", "command-refused"), ("breaks", "internal"),
            ]  # fmt: skip
            assert booth.booth.commands == []
            await phone.send(type="done", command_id="x" * 65, turn=1)
            assert (await phone.until("error"))["code"] == "protocol"
            await phone.send(type="done", command_id="still-here", turn=1)
            assert (await phone.until("ack"))["command_id"] == "still-here"

    run(test())


def test_a_phone_follows_what_the_kiosk_sees_without_its_mouth() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url, "kiosk") as kiosk, client(booth.url, "phone") as phone:
            await kiosk.until("snapshot")
            await phone.until("snapshot")
            caption = Caption(t=1.0, speaker="you", turn=1, revision=1, keep=0, text="so", settled=0, is_final=False)
            booth.hub.publish(VisemeCut(t=1.0, generation=3))
            booth.hub.publish(caption)
            _, kiosk_batch = await kiosk.batch()
            _, phone_batch = await phone.batch()
            assert [event["type"] for event in kiosk_batch["events"]] == ["viseme_cut", "caption"]
            assert [event["type"] for event in phone_batch["events"]] == ["caption"]

    run(test())


def test_a_snapshot_can_be_asked_for_again() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as kiosk:
            await kiosk.until("snapshot")
            booth.hub.gauge(pauses=2)
            seq, _ = await kiosk.batch()
            booth.booth.shown = msgspec.structs.replace(EMPTY, phase="paused")
            await kiosk.send(type="get_snapshot")
            snapshot = await kiosk.until("snapshot")
            assert snapshot["state"]["phase"] == "paused"
            assert snapshot["seq"] >= seq
            next_seq, batch = await kiosk.batch()
            assert next_seq == snapshot["seq"] + 1
            assert batch["gauges"] == {"pauses": 2}

    run(test())


GARBAGE = [
    b"", b"\xc1", b"\xff" * 100, b"\x80", msgpack.packb({"type": "nonsense"}), msgpack.packb({"type": "ping"}),
    msgpack.packb({"type": "ping", "sent_ms": "soon"}), msgpack.packb([1, 2]), b"\x91" * 60_000, b"\x00" * 70_000,
    msgpack.packb({"type": "done", "command_id": "1", "turn": 1.5}), msgpack.packb({"type": "rate", "hz": 2, "x": 1}),
]  # fmt: skip


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_gets_a_coded_error_and_the_client_may_go_on(data: bytes) -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as kiosk:
            await kiosk.socket.send_bytes(data)
            answer = await kiosk.until("error")
            assert answer["code"] == "protocol"
            assert len(answer["message"]) <= 200
            await kiosk.send(type="begin", command_id="1")
            assert (await kiosk.until("ack"))["command_id"] == "1"

    run(test())


def test_text_and_numbers_that_are_none_are_garbage_too() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as kiosk:
            await kiosk.socket.send_str('{"type": "ping", "sent_ms": 1}')
            assert (await kiosk.until("error"))["code"] == "protocol"
            await kiosk.send(type="rate", hz=float("nan"))
            assert (await kiosk.until("error"))["code"] == "protocol"

    run(test())


def test_a_client_that_sends_nothing_but_garbage_is_sent_away_and_others_stay() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as other:
            await other.until("snapshot")
            async with client(booth.url) as bad:
                for _ in range(MAX_GARBAGE):
                    await bad.socket.send_bytes(b"\xc1")
                assert await closed(bad) == ("protocol", aiohttp.WSCloseCode.PROTOCOL_ERROR)
            booth.hub.publish(StateChanged(t=5.0, state="voice"))
            assert (await other.event("state"))["t"] == 5.0

    run(test())


def test_a_message_of_megabytes_ends_the_connection() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as bad, client(booth.url) as other:
            await bad.socket.send_bytes(b"\x00" * 2_000_000)
            assert (await closed(bad))[1] == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
            await other.send(type="begin", command_id="1")
            await other.until("ack")

    run(test())


def test_a_flood_is_refused_then_ended() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as bad:
            codes = []
            for n in range(100 + MAX_REFUSED + 50):
                try:
                    await bad.send(type="done", command_id=str(n), turn=1)
                except aiohttp.ClientError:
                    break
            try:
                while True:
                    message = await bad.next()
                    if isinstance(message, dict) and message["type"] in {"error", "goodbye"}:
                        codes.append((message["type"], message["code"]))
            except EOFError:
                pass
            assert codes == [("error", "rate")] * MAX_REFUSED + [("goodbye", "rate")]
            assert len(booth.booth.commands) < 100 + MAX_REFUSED

    run(test())


def test_the_budget_lets_a_burst_through_and_refills() -> None:
    budget = MessageBudget(0.0)
    assert all(budget.take(0.0) for _ in range(100))
    assert not budget.take(0.0)
    assert budget.take(0.02)
    assert not budget.take(0.02)
    assert sum(budget.take(1.02) for _ in range(100)) == 50


def test_a_client_that_never_reads_is_cut_and_others_are_not() -> None:
    async def test() -> None:
        async with running(hub_rate_hz=200.0) as booth, client(booth.url) as other:
            await other.until("snapshot")
            mute = await silent(booth.port)
            await booth.has_clients(2)
            text, received = "x" * 20_000, 0
            while booth.server.clients > 1:
                booth.hub.publish(Caption(
                    t=1.0, speaker="you", turn=1, revision=1, keep=0, text=text, settled=0, is_final=False,
                ))  # fmt: skip
                await other.event("caption")
                received += 1
            assert received > 1
            mute.close()

    run(test())


def test_a_client_that_answers_no_ping_is_cut() -> None:
    async def test() -> None:
        async with running(heartbeat_s=0.2) as booth:
            mute = await silent(booth.port)
            await booth.has_clients(1)
            await booth.has_clients(0)
            mute.close()

    run(test())


async def silent(port: int) -> sockets.socket:
    """An open WebSocket whose owner never reads again."""
    plain = sockets.socket()
    plain.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    plain.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(plain, ("127.0.0.1", port))
    await loop.sock_sendall(plain, HANDSHAKE.format(port=port).encode())
    return plain


def test_stop_says_goodbye() -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as kiosk:
            await kiosk.until("snapshot")
            stopping = asyncio.create_task(booth.server.stop())
            assert await closed(kiosk) == ("stopping", aiohttp.WSCloseCode.GOING_AWAY)
            await stopping
            assert booth.server.clients == 0

    run(test())


def test_a_client_that_leaves_is_forgotten() -> None:
    async def test() -> None:
        async with running() as booth:
            for _ in range(5):
                async with client(booth.url) as kiosk:
                    await kiosk.until("snapshot")
            await booth.has_clients(0)
            assert booth.hub._subscriptions == []

    run(test())


def test_strangers_and_broken_connections_leave_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    async def stranger(port: int, data: bytes) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        reset_on_close = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, reset_on_close)
        writer.transport.abort()

    async def test() -> None:
        noise = random.Random(1)
        async with running() as booth, client(booth.url) as other:
            await other.until("snapshot")
            for n in range(20):
                handshake = HANDSHAKE.format(port=booth.port).encode() + noise.randbytes(n * 20)
                both = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                await asyncio.gather(*(stranger(booth.port, data) for data in (handshake, both, noise.randbytes(300))))
            booth.hub.publish(StateChanged(t=5.0, state="voice"))
            assert (await other.event("state"))["t"] == 5.0
            await booth.has_clients(1)

    run(test())
    assert [record.message for record in caplog.records if record.levelname in {"WARNING", "ERROR"}] == []


def test_one_client_too_many_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with running() as booth, client(booth.url) as first:
            await first.until("snapshot")
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                async with client(booth.url):
                    pass
            assert caught.value.status == 503

    monkeypatch.setattr(access, "MAX_SCREENS", 1)
    run(test())


def test_strangers_on_the_network_do_not_lock_the_kiosk_out() -> None:
    async def test() -> None:
        async with running(lan=True) as booth, contextlib.AsyncExitStack() as stack:
            lan = f"http://127.0.0.1:{booth.server.lan_port}"
            at_once = [stack.enter_async_context(client(lan, headers={"Origin": lan})) for _ in range(20)]
            answers = await asyncio.gather(*at_once, return_exceptions=True)
            refused = [answer.status for answer in answers if isinstance(answer, aiohttp.WSServerHandshakeError)]
            assert refused == [503] * (20 - access.MAX_SCREENS_OF_ONE)
            async with client(booth.url, "kiosk") as kiosk:
                assert (await kiosk.next())["role"] == "kiosk"
            phone = next(answer for answer in answers if isinstance(answer, Client))
            await phone.socket.close()
            await booth.has_clients(access.MAX_SCREENS_OF_ONE - 1)
            async with client(lan, headers={"Origin": lan}) as another:
                assert (await another.next())["role"] == "viewer"

    run(test())


def test_connections_that_ask_for_nothing_do_not_lock_the_kiosk_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with running(lan=True) as booth:
            idle = [await asyncio.open_connection("127.0.0.1", booth.server.lan_port) for _ in range(5)]
            hung_up = [await asyncio.wait_for(reader.read(), 5) for reader, _ in idle[3:]]
            assert hung_up == [b"", b""]
            async with client(booth.url, "kiosk") as kiosk:
                assert (await kiosk.next())["role"] == "kiosk"
            for _, writer in idle:
                writer.close()

    monkeypatch.setattr(http, "MAX_LAN_SOCKETS", 3)
    run(test())
