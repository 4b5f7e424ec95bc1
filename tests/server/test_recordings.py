"""Recordings handed to the booth: jobs, their ends, and what is left of a file that did not arrive."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from greenroom.server import routes
from greenroom.server.jobs import MAX_WAITING
from greenroom.server.transcripts import transcript
from server.booth import Running, asking, run, running, until
from server.test_http import Answer, ask

API = "/api/v1"
SOUND = b"RIFF" + bytes(1000)


def form(data: bytes, name: str = "answer.wav", **fields: str) -> aiohttp.FormData:
    made = aiohttp.FormData(fields, quote_fields=False)
    made.add_field("file", data, filename=name)
    return made


def left(folder: Path) -> list[Path]:
    return sorted((folder / "uploads").glob("*"))


async def over(booth: Running, job: str) -> Any:
    while True:
        status = (await ask(f"{booth.url}{API}/jobs/{job}")).json
        if status["state"] not in ("waiting", "running"):
            return status
        await asyncio.sleep(0.01)


async def hand_in(booth: Running, data: bytes) -> Answer:
    return await ask(f"{booth.url}{API}/analyze/audio?name=a.wav", "POST", data=data)


def test_one_channel_can_be_asked_for(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            address = f"{booth.url}{API}/analyze/audio?name=a.wav&channel="
            status = await over(booth, (await ask(address + "2", "POST", data=SOUND)).json["job"])
            assert (await ask(booth.url + status["result"])).json["file"] == "a.wav#2"
            refused = await ask(address + "left", "POST", data=SOUND)
            assert (refused.status, refused.json["code"]) == (400, "protocol")
            assert left(tmp_path) == []

    run(test())


def test_a_recording_becomes_a_job_with_status_and_result(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            taken = await hand_in(booth, SOUND)
            assert taken.status == 202
            assert taken.json["state"] in ("waiting", "running")
            status = await over(booth, taken.json["job"])
            assert (status["state"], status["progress"], status["error"]) == ("done", 1.0, None)
            found = await ask(booth.url + status["result"])
            assert found.json["transcript"]["text"] == "hello there"
            assert found.json["file"] == "a.wav"
            assert left(tmp_path) == []

    run(test())


@pytest.mark.parametrize(("wanted", "media"), [("json", "application/json"), ("text", "text/plain; charset=utf-8"),
                                               ("verbose_json", "application/json"),
                                               ("srt", "text/plain; charset=utf-8"),
                                               ("vtt", "text/vtt; charset=utf-8"), ("", "application/json")])
def test_openai_s_clients_get_their_own_form(tmp_path: Path, wanted: str, media: str) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            data = form(SOUND, response_format=wanted, model="whisper-1")
            answer = await ask(f"{booth.url}{API}/audio/transcriptions", "POST", data=data)
            assert (answer.status, answer.headers["Content-Type"]) == (200, media)
            cue = b"00:00:00,000 --> 00:00:01,500\nhello there\n\n"
            plain = {"text": b"hello there\n", "srt": b"1\n" + cue, "vtt": b"WEBVTT\n\n" + cue.replace(b",", b".")}
            if wanted in plain:
                assert answer.body == plain[wanted]
            else:
                assert answer.json["text"] == "hello there"
            if wanted == "verbose_json":
                assert answer.json["words"][1] == {"word": "there", "start": 1, "end": 1.5}
            assert left(tmp_path) == []

    run(test())


def test_what_is_no_recording_gets_its_code(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            status = await over(booth, (await hand_in(booth, b"bad")).json["job"])
            assert (status["state"], status["error"]["code"]) == ("failed", "recording")
            refused = await ask(f"{booth.url}{API}/jobs/{status['job']}/analysis.json")
            assert (refused.status, refused.json["code"]) == (409, "command-refused")
            answer = await ask(f"{booth.url}{API}/transcriptions", "POST", data=form(b"bad"))
            assert (answer.status, answer.json["code"]) == (422, "recording")
            status = await over(booth, (await hand_in(booth, b"broken")).json["job"])
            assert (status["state"], status["error"]["code"]) == ("failed", "internal")
            assert left(tmp_path) == []

    run(test())


def test_a_recording_that_is_too_large_is_refused_before_and_while_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless() -> Any:
        for _ in range(200):
            yield bytes(10_000)

    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            # Two gigabytes by the header; not one byte of them is waited for.
            with socket.create_connection(("127.0.0.1", booth.port)) as client:
                client.settimeout(10)
                client.sendall(f"POST {API}/analyze/audio HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               f"Content-Length: {2 * 2**30}\r\n\r\n".encode())
                head = await asyncio.to_thread(client.recv, 4096)
            assert b" 413 " in head
            assert b"recording-too-long" in head
            answer = await ask(f"{booth.url}{API}/analyze/audio", "POST", data=endless())
            assert (answer.status, answer.json["code"]) == (413, "recording-too-long")
            assert left(tmp_path) == []

    small = tuple(row._replace(upload_limit=1_000_000) if row.upload_limit else row for row in routes.ROUTES)
    monkeypatch.setattr("greenroom.server.http.ROUTES", small)
    run(test())


def test_a_full_queue_refuses_and_a_job_can_be_dropped(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            jobs = [(await hand_in(booth, b"slow")).json["job"] for _ in range(MAX_WAITING)]
            refused = await hand_in(booth, b"slow")
            assert (refused.status, refused.json["code"]) == (503, "jobs-full")
            dropped = await ask(f"{booth.url}{API}/jobs/{jobs[0]}", "DELETE")
            assert dropped.json["state"] == "cancelled"
            booth.booth.go.set()
            assert [(await over(booth, job))["state"] for job in jobs[1:]] == ["done"] * (MAX_WAITING - 1)
            assert (await ask(f"{booth.url}{API}/jobs/none")).json["code"] == "not-found"
            assert left(tmp_path) == []

    run(test())


def test_a_booth_that_stops_leaves_no_file(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            await hand_in(booth, b"slow")
            assert len(left(tmp_path)) == 1
        assert left(tmp_path) == []

    run(test())


def test_what_a_dead_booth_left_is_deleted_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "upload-x").write_bytes(b"words")

    async def test() -> None:
        async with running(state_dir=tmp_path):
            assert left(tmp_path) == []

    run(test())


def test_a_client_that_hangs_up_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            with socket.create_connection(("127.0.0.1", booth.port)) as client:
                client.sendall(f"POST {API}/analyze/audio HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               "Content-Length: 100000\r\n\r\nRIFF".encode())
                await until(lambda: bool(left(tmp_path)))
            await until(lambda: not left(tmp_path))

    run(test())


@pytest.mark.parametrize("path", ["transcriptions", "audio/transcriptions"])
def test_a_client_that_hangs_up_while_its_words_are_recognised_takes_its_recording_along(
        path: str, tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            for _ in range(MAX_WAITING + 1):
                with asking(booth, f"{API}/{path}", b"slow", media="audio/wav"):
                    await until(lambda: bool(left(tmp_path)))
                await until(lambda: not left(tmp_path))
            booth.booth.go.set()
            assert (await hand_in(booth, SOUND)).status == 202

    run(test())


def no_file() -> aiohttp.FormData:
    made = aiohttp.FormData()
    made.add_field("other", b"y", filename="y")
    return made


@pytest.mark.parametrize("made", [no_file, lambda: form(SOUND, response_format="docx")], ids=["no file", "docx"])
def test_forms_that_make_no_sense_are_refused(tmp_path: Path, made: Callable[[], aiohttp.FormData]) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            answer = await ask(f"{booth.url}{API}/transcriptions", "POST", data=made())
            assert (answer.status, answer.json["code"]) == (400, "protocol")
            assert left(tmp_path) == []

    run(test())


def test_phones_and_viewers_hand_in_nothing(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path, lan=True) as booth:
            port = booth.server.lan_port
            origin = {"Origin": f"http://127.0.0.1:{port}"}
            answer = await ask(f"http://127.0.0.1:{port}{API}/analyze/audio", "POST", data=SOUND, headers=origin)
            assert (answer.status, answer.json["code"]) == (403, "access")
            assert left(tmp_path) == []

    run(test())


def test_a_name_is_never_a_path(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(state_dir=tmp_path) as booth:
            taken = await ask(f"{booth.url}{API}/analyze/audio", "POST", data=form(SOUND, "../../etc/passwd"))
            status = await over(booth, taken.json["job"])
            assert (await ask(booth.url + status["result"])).json["file"] == "passwd"

    run(test())


def test_subtitles_end_at_a_pause_and_before_they_are_too_long() -> None:
    def word(n: int, at_s: float) -> dict[str, object]:
        return {"text": f"w{n}", "start_s": at_s, "end_s": at_s + 0.3}

    words = [word(n, 0.4 * n + (2.0 if n >= 3 else 0.0) + (3600.0 if n >= 3 else 0.0)) for n in range(20)]
    analysis = msgspec.json.encode({"duration_s": 10.0, "transcript": {"text": "", "words": words}})
    lines = transcript(analysis, "srt").body.decode().split("\n")
    assert [line for line in lines if line.startswith("w")] == [
        "w0 w1 w2", " ".join(f"w{n}" for n in range(3, 15)), " ".join(f"w{n}" for n in range(15, 20))]
    assert lines[5] == "01:00:03,200 --> 01:00:07,900"
