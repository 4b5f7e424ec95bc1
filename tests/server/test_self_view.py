"""The socket of the candidate's own picture: who gets it, how fast, and what ends it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import aiohttp
import msgpack
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from greenroom.errors import CommandRefused, JobsFull
from greenroom.server import self_view
from greenroom.server.protocol import SelfView
from greenroom.telemetry.self_views import View
from server.booth import Running, client, run, running, until

PATH = "/api/v1/ws/self_view"
LARGE = bytes(64 * 1024)


@contextlib.asynccontextmanager
async def connected(url: str, query: str = "?role=kiosk", **headers: str) -> AsyncIterator[ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}{PATH}{query}", headers=headers) as ws:
        yield ws


async def views(booth: Running, count: int) -> list[View]:
    """Those who look, once there are so many."""
    await until(lambda: len(booth.booth.views) == count)
    return booth.booth.views


def picture(t: float, jpeg: bytes = b"\xff\xd8") -> SelfView:
    return SelfView(t=t, framing="nearer", jpeg=jpeg)


async def told(ws: ClientWebSocketResponse) -> float:
    """The time of the next picture."""
    frame = await ws.receive(timeout=10)
    assert frame.type is WSMsgType.BINARY
    t: float = msgpack.unpackb(frame.data)["t"]
    return t


async def refusal(url: str, query: str = "?role=kiosk", **headers: str) -> int:
    with pytest.raises(WSServerHandshakeError) as caught:
        async with connected(url, query, **headers):
            pass
    return caught.value.status


def test_the_kiosk_gets_each_picture_with_its_advice() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth.url) as ws:
            (view,) = await views(booth, 1)
            view.put(picture(1.5, b"\xff\xd8one"))
            frame = await ws.receive(timeout=10)
            assert msgpack.unpackb(frame.data) == {
                "type": "self_view", "t": 1.5, "framing": "nearer", "jpeg": b"\xff\xd8one"}
            view.put(picture(1.6))
            assert await told(ws) == 1.6
        assert booth.booth.views == []

    run(test())


@pytest.mark.parametrize("is_offered", [True, False])
def test_the_kiosk_is_told_whether_to_offer_it(is_offered: bool) -> None:
    async def test() -> None:
        async with running(has_self_view=is_offered) as booth, client(booth.url, "kiosk") as kiosk:
            assert (await kiosk.until("hello"))["self_view"] is is_offered

    run(test())


@pytest.mark.parametrize("role", ["phone", "admin", "viewer", "counsellor"])
def test_no_other_role_may_see_the_candidate(role: str) -> None:
    async def test() -> None:
        async with running() as booth:
            assert await refusal(booth.url, f"?role={role}") == 403

    run(test())


@pytest.mark.parametrize("lan_role", ["viewer", "phone"])
def test_nobody_on_the_network_may_see_the_candidate(lan_role: str) -> None:
    async def test() -> None:
        async with running(lan=True, lan_role=lan_role, admin_token="secret") as booth:
            url = f"http://127.0.0.1:{booth.server.lan_port}"
            for query in ("", "?role=kiosk", "?role=phone", "?role=admin&token=secret"):
                assert await refusal(url, query, Origin=url) == 403

    run(test())


def test_a_page_from_elsewhere_may_not_see_the_candidate() -> None:
    async def test() -> None:
        async with running() as booth:
            assert await refusal(booth.url, Origin="http://example.org") == 403
            assert await refusal(booth.url, Host="example.org") == 421
            async with connected(booth.url, Origin=booth.url):
                await views(booth, 1)

    run(test())


@pytest.mark.parametrize(("error", "status"), [(CommandRefused("not now"), 409), (JobsFull("four look"), 503)])
def test_what_the_booth_does_not_show_now_is_refused(error: CommandRefused | JobsFull, status: int) -> None:
    async def test() -> None:
        async with running() as booth:
            booth.booth.refusal = error
            assert await refusal(booth.url) == status

    run(test())


def test_a_plain_request_is_told_that_this_is_a_socket() -> None:
    async def test() -> None:
        async with running() as booth, aiohttp.ClientSession() as session, session.get(f"{booth.url}{PATH}") as answer:
            assert answer.status == 426
            assert answer.headers["Cache-Control"] == "no-store"

    run(test())


def test_several_pages_see_the_same_and_leave_one_by_one() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth.url) as stays:
            async with connected(booth.url) as leaves:
                for view in await views(booth, 2):
                    view.put(picture(1.0))
                assert [await told(ws) for ws in (stays, leaves)] == [1.0, 1.0]
            (view,) = await views(booth, 1)
            view.put(picture(2.0))
            assert await told(stays) == 2.0

    run(test())


def test_the_end_of_the_check_closes_the_socket_in_order() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth.url) as ws:
            (view,) = await views(booth, 1)
            view.end()
            frame = await ws.receive(timeout=10)
            assert (frame.type, ws.close_code) == (WSMsgType.CLOSE, 1000)
            await views(booth, 0)

    run(test())


def test_a_page_has_nothing_to_say_here() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth.url) as ws:
            await views(booth, 1)
            await ws.send_str("hello")
            assert (await ws.receive(timeout=10)).type is WSMsgType.CLOSE
            await views(booth, 0)

    run(test())


def reads_nothing(booth: Running) -> socket.socket:
    """A page that opens the socket and then takes nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", booth.port))
    head = (f"GET {PATH}?role=kiosk HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "")
    client.sendall("\r\n".join(head).encode())
    return client


async def flooded(booth: Running, view: View) -> int:
    """Puts pictures until the page has gone; how many."""
    count = 0
    while view in booth.booth.views:
        view.put(picture(float(count), LARGE))
        count += 1
        await asyncio.sleep(0.01)
    return count


def test_a_page_that_takes_nothing_is_cut_and_another_one_does_not_wait_for_it(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        async with running() as booth, connected(booth.url) as ws:
            (quick,) = await views(booth, 1)
            with contextlib.closing(reads_nothing(booth)):
                slow = next(view for view in await views(booth, 2) if view is not quick)
                flooding = asyncio.create_task(flooded(booth, slow))
                while not flooding.done():
                    quick.put(picture(7.0))
                    assert await told(ws) == 7.0
                assert await flooding > 0
            assert booth.booth.views == [quick]

    monkeypatch.setattr(self_view, "WRITE_TIMEOUT_S", 0.3)
    monkeypatch.setattr(self_view, "GOODBYE_S", 0.3)
    run(test())


def test_a_page_that_was_slow_gets_the_newest_picture_and_none_of_those_between() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth.url) as ws:
            (view,) = await views(booth, 1)
            for n in range(500):
                view.put(picture(float(n), LARGE))
            assert await told(ws) == 499.0

    run(test())


def test_a_server_that_stops_ends_every_view_also_of_those_who_take_nothing() -> None:
    async def test() -> None:
        async with running() as booth, connected(booth.url) as ws:
            await views(booth, 1)
            with contextlib.closing(reads_nothing(booth)):
                slow = next(view for view in await views(booth, 2) if view is not booth.booth.views[0])
                flooding = asyncio.create_task(flooded(booth, slow))
                stopping = asyncio.create_task(booth.server.stop())
                assert (await ws.receive(timeout=10)).type is WSMsgType.CLOSE
                assert ws.close_code == 1001
                await stopping
                await flooding
            assert booth.booth.views == []

    run(test())
