"""Routes, checks and pages of a real server."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from greenroom.errors import PortBusy, SettingsError
from greenroom.server import discovery
from greenroom.server.access import GUESSES_PER_MINUTE
from greenroom.server.discovery import booth_host
from greenroom.server.http import Server
from greenroom.server.routes import ROUTES
from greenroom.settings import Server as ServerTable
from greenroom.settings import Settings
from greenroom.telemetry.hub import EMPTY, Hub
from greenroom.timeline import MonotonicClock
from server.booth import CODE, REPORT, SESSION, FakeBooth, client, run, running

JSON = {"Content-Type": "application/json"}


class Answer:
    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def ask(url: str, method: str = "GET", **options: Any) -> Answer:
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.request(method, url, allow_redirects=False, **options) as response,
    ):
        return Answer(response, await response.read())


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Built pages, as small as can be, beside something that must not be served."""
    for page in ("kiosk", "phone"):
        folder = tmp_path / "clients" / page
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(f"<!doctype html><title>{page}</title>")
        (folder / f"{page}-ABCD1234.js").write_text("export {}")
        (folder / f"{page}-ABCD1234.js.br").write_bytes(b"brotli")
        (folder / ".env").write_text("secret")
    (tmp_path / "clients" / "kiosk" / "link.js").symlink_to("/etc/passwd")
    (tmp_path / "secret.js").write_text("secret")
    return tmp_path / "clients"


def test_health_and_state() -> None:
    async def test() -> None:
        async with running() as booth:
            health = (await ask(f"{booth.url}/health")).json
            assert (health["phase"], health["clients"]) == ("listening", 0)
            assert health["boot_id"] == booth.server.boot_id
            state = (await ask(f"{booth.url}/api/v1/state")).json
            assert msgspec.convert(state, type(EMPTY)) == booth.booth.shown
            assert (await ask(f"{booth.url}/api/v1/engines")).json == {"engines": []}
            assert (await ask(f"{booth.url}/api/v1/devices")).json == {"devices": []}
            assert (await ask(f"{booth.url}/api/v1/packs")).json == {"packs": []}

    run(test())


def test_a_command_by_http() -> None:
    async def test() -> None:
        async with running() as booth:
            url = f"{booth.url}/api/v1/commands"
            taken = await ask(f"{url}?role=phone", "POST", json={"type": "done", "command_id": "1", "turn": 4})
            assert (taken.status, taken.json) == (200, {"type": "ack", "command_id": "1"})
            assert [(type(c).__name__, c.role) for c in booth.booth.commands] == [("Done", "phone")]
            refused = {
                "begin": (403, "access"), "skip": (409, "command-refused"), "repeat": (500, "internal"),
                "nonsense": (400, "protocol"),
            }  # fmt: skip
            for kind, expected in refused.items():
                turn = {"turn": 4} if kind == "skip" else {}
                answer = await ask(f"{url}?role=phone", "POST", json={"type": kind, "command_id": "2", **turn})
                assert (answer.status, answer.json["code"]) == expected

    run(test())


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", JSON, 400),
        (b"[" * 4000, JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b" " * 70_000, JSON, 413),
        (b"type=begin", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (gzip.compress(b"{}", mtime=0), JSON | {"Content-Encoding": "gzip"}, 415),
    ],
)
def test_a_bad_body_is_refused_with_a_code(body: bytes, headers: dict[str, str], status: int) -> None:
    async def test() -> None:
        async with running() as booth:
            answer = await ask(f"{booth.url}/api/v1/commands", "POST", data=body, headers=headers)
            assert (answer.status, answer.json["code"]) == (status, "protocol")
            assert booth.booth.commands == []

    run(test())


def test_what_does_not_exist_is_coded_too() -> None:
    async def test() -> None:
        async with running() as booth:
            missing = await ask(f"{booth.url}/wp-login.php")
            assert (missing.status, missing.json["code"]) == (404, "not-found")
            wrong = await ask(f"{booth.url}/health", "DELETE")
            assert (wrong.status, wrong.json["code"], wrong.headers["Allow"]) == (405, "protocol", "GET")
            plain = await ask(f"{booth.url}/ws")
            assert (plain.status, plain.json["code"]) == (426, "protocol")

    run(test())


def test_a_report_opens_by_code_or_on_the_booth_itself() -> None:
    async def test() -> None:
        async with running(lan=True) as booth:
            lan = f"http://127.0.0.1:{booth.server.lan_port}"
            for base, path, status in (
                (booth.url, f"/r/{CODE}", 200), (lan, f"/r/{CODE}", 200), (lan, f"/r/{CODE}/report.json", 200),
                (lan, "/r/00000000", 404), (lan, f"/api/v1/sessions/{SESSION}/report.html", 404),
                (lan, f"/api/v1/sessions/{SESSION}/report.html?code={CODE}", 200),
                (lan, f"/api/v1/sessions/other/report.html?code={CODE}", 404),
                (booth.url, f"/api/v1/sessions/{SESSION}/report.json", 200),
                (booth.url, "/api/v1/sessions/other/report.json", 404),
                (booth.url, f"/api/v1/sessions/{SESSION}/report.json?code=1", 404),
            ):  # fmt: skip
                answer = await ask(base + path)
                assert (path, answer.status) == (path, status)
                assert answer.headers["Cache-Control"] == "no-store"
                if status == 404:
                    assert answer.json["code"] == "not-found"
            page = await ask(f"{lan}/r/{CODE}")
            assert page.headers["Content-Type"].startswith("text/html")
            assert "script-src" not in page.headers["Content-Security-Policy"]

    run(test())


def test_guessing_report_codes_is_slowed_down() -> None:
    async def test() -> None:
        async with running() as booth:
            for n in range(GUESSES_PER_MINUTE):
                assert (await ask(f"{booth.url}/r/{n:08}")).status == 404
            answer = await ask(f"{booth.url}/r/{CODE}")
            assert (answer.status, answer.json["code"]) == (429, "rate")

    run(test())


def test_pages_are_served_with_strict_headers(pages: Path) -> None:
    async def test() -> None:
        async with running(clients_dir=pages) as booth:
            assert (await ask(booth.url)).headers["Location"] == "/kiosk/"
            assert (await ask(f"{booth.url}/phone")).headers["Location"] == "/phone/"
            index = await ask(f"{booth.url}/kiosk/")
            assert index.body.endswith(b"<title>kiosk</title>")
            assert index.headers["Cache-Control"] == "no-cache"
            assert index.headers["Content-Type"].startswith("text/html")
            policy = index.headers["Content-Security-Policy"]
            own = f"connect-src 'self' ws://127.0.0.1:{booth.port}"
            for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", own):
                assert part in policy
            assert "unsafe" not in policy
            script = await ask(f"{booth.url}/kiosk/kiosk-ABCD1234.js", headers={"Accept-Encoding": "br"})
            assert script.headers["Cache-Control"].endswith("immutable")
            assert script.headers["Content-Type"].startswith("text/javascript")
            assert (script.headers["Content-Encoding"], script.body) == ("br", b"brotli")
            plain = await ask(f"{booth.url}/kiosk/kiosk-ABCD1234.js", headers={"Accept-Encoding": "identity"})
            assert plain.body == b"export {}"

    run(test())


@pytest.mark.parametrize(
    "path",
    ["../../secret.js", "..%2f..%2fsecret.js", "%2e%2e/%2e%2e/secret.js", ".env", "link.js", "a%00.js",
     "kiosk-ABCD1234.js.br", "/etc/passwd", "%2fetc/passwd", "nothing.js", "x" * 3000],
)  # fmt: skip
def test_nothing_but_the_pages_own_files_is_served(pages: Path, path: str) -> None:
    async def test() -> None:
        async with running(clients_dir=pages) as booth:
            reader, writer = await asyncio.open_connection("127.0.0.1", booth.port)
            writer.write(f"GET /kiosk/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 404")
            assert b"not-found" in answer
            writer.close()

    run(test())


def test_pages_that_are_not_built_say_what_to_do(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(clients_dir=tmp_path) as booth:
            answer = await ask(f"{booth.url}/kiosk/")
            assert (answer.status, answer.json["code"]) == (404, "not-found")
            assert "npm run build" in answer.json["fix"]

    run(test())


def test_every_answer_is_hardened() -> None:
    async def test() -> None:
        async with running() as booth:
            for path in ("/health", "/nope", "/api/v1/state", "/r/1", f"/r/{CODE}", "/"):
                headers = (await ask(booth.url + path)).headers
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
                assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
                assert "Python" not in headers["Server"]
                assert "Access-Control-Allow-Origin" not in headers

    run(test())


HOSTS = ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", booth_host(), "{name}", "allowed.example",
         "evil.example:{port}", "127.0.0.1.evil.example", "10.9.8.7", ""]  # fmt: skip
GOOD_HOSTS = 6
ORIGINS = [None, "http://{host}", "https://{host}", "http://evil.example", "null", "http://127.0.0.1:1"]


def test_only_the_right_pairs_of_host_and_origin_pass() -> None:
    async def test() -> None:
        async with running(lan=True, allowed_hosts=("allowed.example",)) as booth:
            for port, listener in ((booth.port, "loopback"), (booth.server.lan_port, "lan")):
                for n, host in enumerate(HOSTS):
                    named = host.format(port=port, name=socket.gethostname())
                    for origin in ORIGINS:
                        sent = origin and origin.format(host=named)
                        good_origin = sent == f"http://{named}" or (sent is None and listener == "loopback")
                        expected = 421 if n >= GOOD_HOSTS else 101 if good_origin else 403
                        got = await upgrade(port or 0, named, sent)
                        assert (listener, named, sent, got) == (listener, named, sent, expected)

    run(test())


async def upgrade(port: int, host: str, origin: str | None) -> int:
    """Status of a WebSocket handshake with these headers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = ["GET /ws HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]  # fmt: skip
    lines += [f"Origin: {origin}"] if origin is not None else []
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    status = int((await reader.readline()).split()[1])
    if status != 101:
        body = await reader.read(4096)
        assert b'"code":"access"' in body
    writer.transport.abort()
    return status


def test_a_foreign_page_cannot_command_but_the_booths_own_can() -> None:
    async def test() -> None:
        async with running() as booth:
            url, body = f"{booth.url}/api/v1/commands", {"type": "begin", "command_id": "1"}
            for headers in ({"Origin": "http://evil.example"}, {"Origin": booth.url, "Sec-Fetch-Site": "cross-site"}):
                answer = await ask(url, "POST", json=body, headers=headers)
                assert (answer.status, answer.json["code"]) == (403, "access")
            assert booth.booth.commands == []
            assert (await ask(url, "POST", json=body, headers={"Origin": booth.url})).status == 200

    run(test())


def test_the_network_listener_serves_the_phone_page_only(pages: Path) -> None:
    async def test() -> None:
        async with running(clients_dir=pages, lan=True) as booth:
            lan = f"http://127.0.0.1:{booth.server.lan_port}"
            assert (await ask(lan)).headers["Location"] == "/phone/"
            assert (await ask(f"{lan}/phone/")).status == 200
            assert (await ask(f"{lan}/kiosk/")).status == 403
            assert (await ask(f"{lan}/api/v1/state?role=admin")).status == 403
            async with client(lan, headers={"Origin": lan}) as phone:
                assert (await phone.next())["role"] == "viewer"

    run(test())


def test_who_only_looks_neither_steers_nor_gets_the_report() -> None:
    async def test() -> None:
        for lan_role in ("viewer", "phone"):
            async with running(lan=True, lan_role=lan_role) as booth:
                lan = f"http://127.0.0.1:{booth.server.lan_port}"
                booth.booth.shown = msgspec.structs.replace(booth.booth.shown, report=REPORT)
                done = {"type": "done", "command_id": "1", "turn": 1}
                answer = await ask(f"{lan}/api/v1/commands", "POST", json=done, headers={"Origin": lan})
                state = await ask(f"{lan}/api/v1/state")
                async with client(lan, "phone", headers={"Origin": lan}) as phone:
                    snapshot = await phone.until("snapshot")
                if lan_role == "phone":
                    assert answer.status == 200
                    assert state.json["report"]["code"] == snapshot["state"]["report"]["code"] == CODE
                else:
                    assert (answer.status, answer.json["code"]) == (403, "access")
                    assert state.json["report"] is snapshot["state"]["report"] is None
                    assert CODE.encode() not in state.body

    run(test())


def test_only_the_kiosk_is_told_where_a_phone_may_steer() -> None:
    async def told(lan_role: str, role: str, *, lan: bool = True) -> str:
        async with running(lan=lan, lan_role=lan_role) as booth, client(booth.url, role) as one:
            url: str = (await one.until("hello"))["phone_url"]
            return url.replace(str(booth.server.lan_port), "PORT")

    async def test() -> None:
        assert (await told("phone", "kiosk")).endswith(":PORT/phone/")
        assert await told("phone", "phone") == ""
        assert await told("viewer", "kiosk") == ""
        assert await told("phone", "kiosk", lan=False) == ""

    run(test())


@pytest.mark.parametrize(("lan_role", "may"), [("viewer", "may watch ("), ("phone", "may watch, steer and open")])
def test_what_the_network_may_do_is_said_at_the_start(
    lan_role: str, may: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        async with running(lan=True, lan_role=lan_role):
            pass

    run(test())
    assert may in caplog.text


def test_the_network_listener_is_off_unless_asked_for() -> None:
    async def test() -> None:
        async with running() as booth:
            assert (booth.server.lan_port, booth.server.lan_url) == (None, "")

    run(test())


def test_phones_are_led_to_an_address_that_they_can_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with running(lan=True) as booth:
            assert booth.server.lan_url == f"http://127.0.0.1:{booth.server.lan_port}/"
        monkeypatch.setattr(discovery, "_default_source", lambda: "192.168.1.20")
        async with running(lan=True, lan_host="0.0.0.0") as booth:
            assert booth.server.lan_url == f"http://192.168.1.20:{booth.server.lan_port}/"
            monkeypatch.setattr(discovery, "_default_source", lambda: None)
            monkeypatch.setattr(discovery, "_addresses", lambda: iter(()))
            assert booth.server.lan_url == ""

    run(test())


def test_admin_needs_its_token_when_one_is_set() -> None:
    async def test() -> None:
        async with running(admin_token="s3cret") as booth:
            state = f"{booth.url}/api/v1/state?role=admin"
            assert (await ask(state)).status == 403
            assert (await ask(state, headers={"Authorization": "Bearer s3cret"})).status == 200
            async with client(booth.url, "admin&token=s3cret") as admin:
                assert (await admin.next())["role"] == "admin"

    run(test())


def test_the_state_shows_a_report_to_those_it_is_for() -> None:
    async def test() -> None:
        async with running() as booth:
            booth.booth.shown = msgspec.structs.replace(EMPTY, report=REPORT)
            assert (await ask(f"{booth.url}/api/v1/state?role=phone")).json["report"]["code"] == CODE

    run(test())


def test_a_busy_port_is_named_with_what_to_do() -> None:
    async def test() -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            for table in (ServerTable(port=port), ServerTable(port=0, lan=True, lan_host="127.0.0.1", lan_port=port)):
                server = Server(Settings(server=table), Hub(MonotonicClock()), FakeBooth(), FakeBooth())
                with pytest.raises(PortBusy, match=f"port {port} ") as caught:
                    await server.start()
                assert "choose another" in caught.value.fix
                assert server._runners == []

    run(test())


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])
def test_the_kiosks_listener_stays_on_loopback(host: str) -> None:
    async def test() -> None:
        server = Server(Settings(server=ServerTable(host=host)), Hub(MonotonicClock()), FakeBooth(), FakeBooth())
        with pytest.raises(SettingsError, match="loopback"):
            await server.start()

    run(test())


def test_an_address_that_this_machine_has_not_is_a_setting_error() -> None:
    async def test() -> None:
        table = ServerTable(port=0, lan=True, lan_host="192.0.2.1", lan_port=0)
        server = Server(Settings(server=table), Hub(MonotonicClock()), FakeBooth(), FakeBooth())
        with pytest.raises(SettingsError, match="cannot listen"):
            await server.start()

    run(test())


def test_the_openapi_document_has_every_route_and_whole_references() -> None:
    async def test() -> None:
        async with running() as booth:
            answer = await ask(f"{booth.url}/api/v1/openapi.json")
            document = answer.json
            assert document["openapi"].startswith("3.1")
            routes = {(method.upper(), path) for path, row in document["paths"].items() for method in row}
            assert routes == {(route.method, route.path.replace(":.*", "")) for route in ROUTES}
            wanted = {part.split('"')[0] for part in answer.body.decode().split("#/components/schemas/")[1:]}
            assert wanted <= set(document["components"]["schemas"])
            commands = document["paths"]["/api/v1/commands"]["post"]
            assert commands["x-roles"] == ["admin", "kiosk", "phone"]
            names = {row["operationId"] for path in document["paths"].values() for row in path.values()}
            assert len(names) == len(ROUTES)

    run(test())


def test_a_request_that_never_ends_does_not_hold_others() -> None:
    async def test() -> None:
        async with running() as booth:
            _, writer = await asyncio.open_connection("127.0.0.1", booth.port)
            writer.write(b"POST /api/v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                         b"Content-Length: 100\r\n\r\n{")  # fmt: skip
            await writer.drain()
            assert (await ask(f"{booth.url}/health")).status == 200
            writer.close()

    run(test())


def test_a_stopped_server_listens_no_more() -> None:
    async def test() -> None:
        async with running() as booth:
            port = booth.port
        with pytest.raises(aiohttp.ClientError):
            await ask(f"http://127.0.0.1:{port}/health")

    run(test())
