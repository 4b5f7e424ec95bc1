"""Pictures over a real socket, through core's side and a real worker with the real networks."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgpack
import pytest
from aiohttp import ClientWebSocketResponse

from devices.room import MODELS, needs_vad
from greenroom import streams
from greenroom.server.booth import Stream
from greenroom.settings import Workers
from greenroom.workers.jobs import JobWorkers
from greenroom.workers.supervisor import command
from hearing.sounds import sentence
from seeing.faces import needs_face
from seeing.test_decoder_av import encoded, png
from seeing.videos import drawn, scene
from server.booth import FakeBooth, run, running
from server.test_streaming import PATH, answers, packed

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(180), needs_vad, needs_face]


class SightedBooth(FakeBooth):
    """Its streams are heard and looked at in earnest."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        path = folder / "jobs.sock"
        self.interview = asyncio.Event()
        self.jobs = JobWorkers(Workers(), path, command(path, []), self.interview.is_set)

    @contextlib.asynccontextmanager
    async def listen(self) -> AsyncIterator[Stream]:
        async with streams.listen(self.jobs) as stream:
            yield stream


@contextlib.asynccontextmanager
async def connected(folder: Path) -> AsyncIterator[tuple[SightedBooth, ClientWebSocketResponse]]:
    booth = SightedBooth(folder)
    try:
        async with (
            running(fake=booth) as served,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{served.url}{PATH}") as socket,
        ):
            yield booth, socket
    finally:
        await booth.jobs.close()


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_BOOTH_MODELS_DIR", str(MODELS))


async def told(socket: ClientWebSocketResponse) -> dict[str, Any]:
    """The next answer about a picture."""
    while True:
        data = (await socket.receive(timeout=60)).data
        message: dict[str, Any] = json.loads(data) if isinstance(data, str) else msgpack.unpackb(data)
        if message["type"] in {"stream_face", "stream_picture_refused", "error"}:
            return message


async def show(socket: ClientWebSocketResponse, t: float, image: bytes) -> dict[str, Any]:
    await socket.send_str(json.dumps({"type": "picture", "t": t, "image": base64.b64encode(image).decode()}))
    return await told(socket)


def test_pictures_alone_are_told_near_the_truth_and_bombs_are_refused(tmp_path: Path) -> None:
    async def test() -> None:
        async with connected(tmp_path) as (_, socket):
            for n, yaw_deg in enumerate((-20.0, 0.0, 20.0)):
                found = await show(socket, float(n), encoded(drawn(scene(yaw_deg=yaw_deg))))
                assert found["type"] == "stream_face"
                assert found["t"] == n
                assert found["head_pose"]["yaw_deg"] == pytest.approx(yaw_deg, abs=4.0)
                assert (found["reason"], found["is_calibrated"], found["skipped"]) == ("not calibrated", False, 0)
            for t, image, code in (
                (3.0, png(30_000, 30_000), "picture-too-large"), (4.0, bytes(1_050_000), "picture-too-large"),
                (5.0, b"no picture", "picture"), (1.0, encoded(drawn(scene())), "picture-out-of-order"),
            ):  # fmt: skip
                refused = await show(socket, t, image)
                assert (refused["type"], refused["t"], refused["code"]) == ("stream_picture_refused", t, code)
            found = await show(socket, 6.0, encoded(drawn(scene(yaw_deg=10.0)), ".png"))
            assert found["head_pose"]["yaw_deg"] == pytest.approx(10.0, abs=4.0)
            await socket.send_str('{"type": "finish"}')
            last = (await answers(socket))[-1]
            assert (last["type"], socket.close_code) == ("stream_measures", 1000)
            analysis = last["analysis"]
            assert analysis["picture"]["frames"] == 4
            assert analysis["measures"]["speaking_rate_wpm"]["reason"] == "there was no sound"
            assert analysis["head_pose"]["yaw_deg"]["median"] is None, "four pictures in six seconds show too little"
            assert analysis["head_pose"]["coverage"] < 0.2

    run(test(), 120)


def test_sound_and_pictures_together_are_heard_and_seen_on_one_timeline(tmp_path: Path) -> None:
    pcm, rate_hz = sentence(3).tobytes(), 10
    pcm = bytes(16_000) + pcm + bytes(32_000)
    piece = 32_000 // rate_hz
    ahead, aside = encoded(drawn(scene())), encoded(drawn(scene(yaw_deg=12.0)))

    async def test() -> None:
        async with connected(tmp_path) as (_, socket):
            faces, count = [], len(pcm) // piece
            for n in range(count):
                await socket.send_bytes(packed(type="sound", pcm=pcm[n * piece : (n + 1) * piece]))
                await socket.send_bytes(packed(type="picture", t=n / rate_hz, image=ahead if n <= 25 else aside))
                faces.append(await told(socket))
            await socket.send_bytes(packed(type="finish"))
            last = (await answers(socket))[-1]
            assert [face["t"] for face in faces] == [n / rate_hz for n in range(count)]
            assert not faces[0]["is_calibrated"]
            assert faces[25]["is_calibrated"]
            assert faces[-1]["head_pose"]["yaw_deg"] == pytest.approx(12.0, abs=2.0)
            analysis = last["analysis"]
            assert analysis["transcript"]["words"]
            assert analysis["duration_s"] == pytest.approx(count / rate_hz, abs=0.1)
            assert analysis["head_pose"]["coverage"] > 0.9
            assert analysis["picture"]["is_calibrated"]
            assert (analysis["faces"]["most"], analysis["faces"]["none_share"]) == (1, 0.0)
            assert {engine["capability"] for engine in analysis["engines"]} >= {"recogniser", "face"}
            assert not [note for note in analysis["notes"] if "passed over" in note]

    run(test(), 150)


def test_a_flood_of_pictures_is_passed_over_and_counted_and_sound_goes_on(tmp_path: Path) -> None:
    image = encoded(drawn(scene()))

    async def test() -> None:
        async with connected(tmp_path) as (_, socket):
            for n in range(300):
                await socket.send_bytes(packed(type="picture", t=n / 100, image=image))
                if n % 10 == 0:
                    await socket.send_bytes(packed(type="sound", pcm=bytes(3_200)))
            await socket.send_bytes(packed(type="finish"))
            messages = await answers(socket)
            faces = [message for message in messages if message["type"] == "stream_face"]
            assert faces
            assert faces[-1]["t"] > 2.9, "the newest one is seen, if there was no look right before it"
            passed = 300 - len(faces)
            assert sum(face["skipped"] for face in faces) == passed - round(100 * (2.99 - faces[-1]["t"]))
            analysis = messages[-1]["analysis"]
            assert analysis["duration_s"] == pytest.approx(3.0, abs=0.1)
            assert any(note.startswith(f"{passed} of 300 pictures were passed over") for note in analysis["notes"])

    run(test(), 120)


def test_an_interview_that_begins_ends_a_stream_of_pictures(tmp_path: Path) -> None:
    async def test() -> None:
        async with connected(tmp_path) as (booth, socket):
            await show(socket, 0.0, encoded(drawn(scene())))
            booth.interview.set()
            last = (await answers(socket))[-1]
            assert (last["type"], last["code"], socket.close_code) == ("error", "command-refused", 1008)

    run(test(), 120)
