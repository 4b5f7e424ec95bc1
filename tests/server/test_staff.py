"""What staff gets of a real server, and who else does."""

from __future__ import annotations

import pytest

from greenroom.server.access import GUESSES_PER_MINUTE
from server.booth import run, running
from server.test_http import ask
from telemetry.prometheus import parse

STAFF = ("/metrics", "/admin/")
TOKEN = "s3cret-Ω"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_every_line_of_the_metrics_is_of_prometheus_text_format() -> None:
    async def test() -> None:
        async with running() as booth:
            answer = await ask(f"{booth.url}/metrics")
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            assert answer.headers["Cache-Control"] == "no-store"
            metrics = parse(answer.body.decode())
            assert metrics["greenroom_phase"].value(phase="listening") == 1
            assert metrics["greenroom_felt_gap_seconds"].value("_count") == 3

    run(test())


def test_the_page_comes_hardened_and_can_be_stopped() -> None:
    async def test() -> None:
        async with running() as booth:
            answer = await ask(f"{booth.url}/admin/")
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert "script-src" not in answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert b'http-equiv="refresh"' in answer.body
            assert b'href="?still=1"' in answer.body
            still = await ask(f"{booth.url}/admin/?still=1&role=admin")
            assert b'http-equiv="refresh"' not in still.body
            assert b'href="?role=admin"' in still.body
            assert b'href="?"' in (await ask(f"{booth.url}/admin/?still")).body
            assert (await ask(f"{booth.url}/admin")).headers["Location"] == "/admin/"

    run(test())


@pytest.mark.parametrize("path", STAFF)
def test_on_the_booth_itself_anybody_may_look(path: str) -> None:
    async def test() -> None:
        for admin_token in ("", TOKEN):
            async with running(admin_token=admin_token) as booth:
                assert (await ask(f"{booth.url}{path}")).status == 200
                assert (await ask(f"{booth.url}{path}", "POST")).status == 405
                assert (await ask(f"{booth.url}{path}", headers={"Host": "evil.example"})).status == 421

    run(test())


@pytest.mark.parametrize("path", STAFF)
@pytest.mark.parametrize("lan_role", ["viewer", "phone"])
def test_over_the_network_it_takes_the_admin_token(path: str, lan_role: str) -> None:
    async def test() -> None:
        async with running(lan=True, lan_role=lan_role, admin_token=TOKEN) as booth:
            page = f"http://127.0.0.1:{booth.server.lan_port}{path}"
            for headers in ({}, bearer(""), bearer("s3cret"), bearer(TOKEN + "x"), bearer("\udcff")):
                answer = await ask(page, headers=headers)
                assert (answer.status, answer.json["code"]) == (403, "access")
            for query in ("?role=admin", "?role=kiosk", "?role=phone", "?token=", "?token=admin"):
                assert (await ask(page + query)).status == 403
            assert (await ask(page, headers=bearer(TOKEN))).status == 200
            assert (await ask(f"{page}?token=s3cret-%CE%A9")).status == 200

    run(test())


@pytest.mark.parametrize("path", STAFF)
def test_over_the_network_nobody_looks_where_no_token_is_set(path: str) -> None:
    async def test() -> None:
        async with running(lan=True) as booth:
            page = f"http://127.0.0.1:{booth.server.lan_port}{path}"
            for headers in ({}, bearer(""), bearer("x")):
                assert (await ask(page, headers=headers)).status == 403

    run(test())


def test_the_token_opens_nothing_else_over_the_network() -> None:
    async def test() -> None:
        async with running(lan=True, admin_token=TOKEN) as booth:
            lan = f"http://127.0.0.1:{booth.server.lan_port}"
            for path in ("/kiosk/", "/api/v1/jobs/1", "/api/v1/state?role=admin"):
                assert (await ask(f"{lan}{path}", headers=bearer(TOKEN))).status == 403

    run(test())


def test_the_link_on_the_page_keeps_the_token_it_came_with() -> None:
    async def test() -> None:
        async with running(lan=True, admin_token=TOKEN) as booth:
            lan = f"http://127.0.0.1:{booth.server.lan_port}"
            assert b'href="?token=s3cret-%CE%A9&amp;still=1"' in (await ask(f"{lan}/admin/?token={TOKEN}")).body
            assert (await ask(f"{lan}/admin?token={TOKEN}")).headers["Location"] == "/admin/?token=s3cret-%CE%A9"

    run(test())


def test_guessing_the_token_is_slowed_down() -> None:
    async def test() -> None:
        async with running(lan=True, admin_token=TOKEN) as booth:
            page = f"http://127.0.0.1:{booth.server.lan_port}/metrics"
            codes = [(await ask(page, headers=bearer(str(n)))).status for n in range(GUESSES_PER_MINUTE + 1)]
            assert codes == [403] * GUESSES_PER_MINUTE + [429]
            assert (await ask(page, headers=bearer(TOKEN))).status == 429
            assert (await ask(f"{booth.url}/metrics")).status == 200

    run(test())


@pytest.mark.parametrize("path", ["/health", "/ws", "/admin/", "/api/v1/state"])
def test_guessing_it_on_the_booth_itself_is_slowed_down_too(path: str) -> None:
    async def test() -> None:
        async with running(admin_token=TOKEN) as booth:
            page = f"{booth.url}{path}?role=admin"
            codes = [(await ask(f"{page}&token={n}")).status for n in range(GUESSES_PER_MINUTE + 1)]
            assert codes == [403] * GUESSES_PER_MINUTE + [429]
            refused = await ask(page, headers=bearer(TOKEN))
            assert (refused.status, refused.json["code"]) == (429, "rate")
            assert (await ask(f"{booth.url}/health?role=kiosk&token=0")).status == 200

    run(test())


def test_a_token_that_is_missing_or_not_looked_at_is_no_guess() -> None:
    async def test() -> None:
        async with running(admin_token=TOKEN) as booth:
            for _ in range(GUESSES_PER_MINUTE + 1):
                assert (await ask(f"{booth.url}/health?role=admin")).status == 403
                assert (await ask(f"{booth.url}/health?role=phone&token=x")).status == 200
            assert (await ask(f"{booth.url}/health?role=admin", headers=bearer(TOKEN))).status == 200

    run(test())


def test_who_scrapes_without_a_token_does_not_lock_anybody_out() -> None:
    async def test() -> None:
        async with running(lan=True, admin_token=TOKEN) as booth:
            page = f"http://127.0.0.1:{booth.server.lan_port}/metrics"
            for _ in range(GUESSES_PER_MINUTE + 1):
                assert (await ask(page)).status == 403
            assert (await ask(page, headers=bearer(TOKEN))).status == 200

    run(test())
