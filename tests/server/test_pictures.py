"""Videos and single pictures handed to the booth: what is asked for, what is answered, and nothing that is left."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from greenroom.errors import CommandRefused
from greenroom.reports.sight import FrameReport, frame_schema
from greenroom.server import routes
from server.booth import asking, run, running, until
from server.test_http import ask
from server.test_recordings import API, SOUND, form, left, over

FRAME = f"{API}/analyze/frame"
PICTURE = b"\xff\xd8" + bytes(1000)


def test_a_video_becomes_a_job_whose_picture_is_looked_at(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            for kind, file in (("audio", "a.mp4"), ("video", "a.mp4+picture")):
                taken = await ask(f"{booth.url}{API}/analyze/{kind}?name=a.mp4", "POST", data=SOUND)
                assert taken.status == 202
                status = await over(booth, taken.json["job"])
                assert (await ask(booth.url + status["result"])).json["file"] == file
            assert left(tmp_path) == []

    run(test())


def test_a_picture_is_answered_at_once_in_the_published_schema(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            for body, query in ((PICTURE, "?t=12.5"), (form(PICTURE, "a.jpg", t="12.5"), "")):
                answer = await ask(f"{booth.url}{FRAME}{query}", "POST", data=body)
                assert answer.status == 200
                told = msgspec.json.decode(answer.body, type=FrameReport)
                assert (told.t_s, told.faces, told.head_pose.yaw_deg, told.brightness) == (12.5, 1, 12.346, 1.0)
                assert (told.coverage, told.reason) == (0.333, "not calibrated")
                assert set(frame_schema()["$defs"]["FrameReport"]["required"]) == set(answer.json)
            assert left(tmp_path) == []

    run(test())


@pytest.mark.parametrize("t", ["now", "nan", "inf", "1e999", "1" * 500 + "x"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, t: str) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            answer = await ask(f"{booth.url}{FRAME}?t={t}", "POST", data=PICTURE)
            assert (answer.status, answer.json["code"]) == (400, "protocol")
            assert (booth.booth.looked_at, left(tmp_path)) == ([], [])

    run(test())


def test_what_cannot_be_looked_at_gets_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            answer = await ask(f"{booth.url}{FRAME}", "POST", data=b"bad")
            assert (answer.status, answer.json["code"]) == (422, "picture-too-large")
            answer = await ask(f"{booth.url}{FRAME}", "POST", data=bytes(10_001))
            assert (answer.status, answer.json["code"]) == (413, "recording-too-long")
            booth.booth.refusal = CommandRefused("an interview is held here")
            answer = await ask(f"{booth.url}{FRAME}", "POST", data=PICTURE)
            assert (answer.status, answer.json["code"]) == (409, "command-refused")
            assert left(tmp_path) == []

    small = tuple(row._replace(upload_limit=10_000) if row.upload_limit else row for row in routes.ROUTES)
    monkeypatch.setattr("greenroom.server.http.ROUTES", small)
    run(test())


def test_a_client_that_hangs_up_takes_its_picture_along(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            with asking(booth, FRAME, b"slow", "image/jpeg"):
                await until(lambda: bool(booth.booth.looked_at))
            await until(lambda: left(tmp_path) == [])

    run(test())


def test_only_the_booth_s_own_screens_may_hand_in_pictures(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path, lan=True, lan_role="phone") as booth:
            for path in (FRAME, f"{API}/analyze/video"):
                answer = await ask(f"http://127.0.0.1:{booth.server.lan_port}{path}", "POST", data=PICTURE)
                assert (answer.status, answer.json["code"]) == (403, "access")

    run(test())
