"""Single pictures before the analysis worker: degrees near the truth, codes for what is none, and flat memory."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.room import MODELS, needs_vad
from greenroom.errors import CommandRefused, JobsFull, RelayedError, WorkerLost
from greenroom.events import AnalysisDone, AnalysisFailed, PictureSeen, WorkerEvent
from greenroom.requests import LookAt, RecordingPart
from greenroom.settings import Workers
from greenroom.workers.jobs import MAX_LOOKS, JobWorkers
from greenroom.workers.supervisor import command
from seeing.faces import needs_face
from seeing.test_decoder_av import encoded, fuzzed, png
from seeing.videos import drawn, film, scene
from workers.test_watching import Bench

pytestmark = [needs_vad, needs_face]
MB = 2**20
JPEG_FRAME = b"\xff\xd8\xff\xc0\x00\x11\x08\x01\xe0\x02\x80"
"""Says 640 x 480."""


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MB


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


def seen(bench: Bench, data: bytes) -> PictureSeen:
    found = bench.look(data)
    assert isinstance(found, PictureSeen), found
    return found


@pytest.mark.parametrize("kind", [".jpg", ".png"])
@pytest.mark.parametrize("yaw_deg", [-20.0, 0.0, 20.0])
def test_a_picture_tells_where_the_head_points(bench: Bench, kind: str, yaw_deg: float) -> None:
    found = seen(bench, encoded(drawn(scene(yaw_deg=yaw_deg)), kind))
    assert (found.width_px, found.height_px, found.face.faces) == (640, 480, 1)
    assert found.face.yaw_deg == pytest.approx(yaw_deg, abs=4.0)
    assert found.face.box is not None
    assert found.face.reason == "not calibrated"
    assert found.engine.capability == "face"


def test_an_empty_chair_a_dark_room_and_closed_eyes_say_why_nothing_can_be_told(bench: Bench) -> None:
    empty = seen(bench, encoded(drawn(scene(is_present=False)))).face
    assert (empty.faces, empty.reason) == (0, "no face")
    assert (empty.yaw_deg, empty.is_eye_contact, empty.box) == (None, None, None)
    dark = seen(bench, encoded(np.zeros((480, 640, 3), np.uint8))).face
    assert (dark.faces, dark.reason) == (0, "too dark")
    shut = seen(bench, encoded(drawn(scene(eyelids=0.0)))).face
    assert (shut.is_blinking, shut.is_eye_contact, shut.gaze_yaw_deg) == (True, None, None)


def test_a_picture_says_the_same_whatever_came_before_it(bench: Bench) -> None:
    first = seen(bench, encoded(drawn(scene(yaw_deg=10.0)))).face
    seen(bench, encoded(drawn(scene(yaw_deg=-15.0))))
    assert seen(bench, encoded(drawn(scene(yaw_deg=10.0)))).face == first


def test_a_picture_does_not_wait_for_a_recording_nor_changes_what_is_seen_in_it(bench: Bench, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", lambda t: scene(t, yaw_deg=3 * t), 2.5, codec="mjpeg")
    alone = bench.analysed(path)
    bench.hand_in(path)
    kept: list[WorkerEvent] = []
    while not kept:
        bench.worker.advance(1.0)
        kept = [event for event in bench.events if getattr(event, "stage", "") == "looking"]
    bench.worker.handle(LookAt(stream="other"))
    bench.worker.handle(RecordingPart(stream="other", data=encoded(drawn(scene(yaw_deg=-20.0))), is_last=True))
    assert isinstance(bench.events[-1], PictureSeen)
    bench.run()
    done = bench.events[-1]
    assert isinstance(done, AnalysisDone)
    assert done.analysis == alone


@pytest.mark.parametrize(("data", "code"), [
    (b"", "picture"), (b"GIF89a" * 50, "picture"), (png(640, 480, b"no zlib"), "picture"), (png(8, 8), "picture"),
    (png(100_000, 100_000), "picture-too-large"), (png(4097, 4097), "picture-too-large"),
])  # fmt: skip
def test_what_is_no_picture_gets_its_code(bench: Bench, data: bytes, code: str) -> None:
    failed = bench.look(data)
    assert isinstance(failed, AnalysisFailed)
    assert failed.code == code
    assert failed.fix


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_thousand_fuzzed_pictures_never_crash_and_memory_stays_flat(bench: Bench) -> None:
    picture = drawn(scene())
    wholes = [encoded(picture), encoded(picture[::4, ::4], ".png"), encoded(picture[::2, ::2])]
    dice = np.random.default_rng(13)
    told = {"seen": 0, "refused": 0}
    began_mb = 0.0
    for n in range(1000):
        found = bench.look(fuzzed(wholes[n % len(wholes)], dice))
        told["seen" if isinstance(found, PictureSeen) else "refused"] += 1
        if isinstance(found, AnalysisFailed):
            assert found.code in ("picture", "picture-too-large")
            assert found.fix
        if n == 300:
            began_mb = resident_mb()
    assert sum(told.values()) == 1000
    assert min(told.values()) > 50
    assert resident_mb() - began_mb < 40.0, "one leaked picture a call would be 600"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000), st.sampled_from([b"", JPEG_FRAME, png(64, 64)[:33]]))
def test_any_bytes_are_seen_or_refused_with_a_code(bench: Bench, data: bytes, start: bytes) -> None:
    found = bench.look(start + data)
    assert isinstance(found, PictureSeen) or found.code in ("picture", "picture-too-large")


# --- through a real worker --------------------------------------------------------------------------


def crew(folder: Path, interview: asyncio.Event) -> JobWorkers:
    path = folder / "jobs.sock"
    return JobWorkers(Workers(), path, command(path, []), interview.is_set)


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.timeout(120)
def test_pictures_through_a_worker_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_BOOTH_MODELS_DIR", str(MODELS))
    good, bomb = tmp_path / "a.jpg", tmp_path / "b.png"
    good.write_bytes(encoded(drawn(scene(yaw_deg=15.0))))
    bomb.write_bytes(png(100_000, 100_000))

    async def test() -> None:
        interview = asyncio.Event()
        jobs = crew(tmp_path, interview)
        looked = await asyncio.gather(*(jobs.look(good) for _ in range(MAX_LOOKS)))
        assert all(each.face == looked[0].face for each in looked)
        with pytest.raises(RelayedError) as caught:
            await jobs.look(bomb)
        assert caught.value.code == "picture-too-large"
        several = [asyncio.create_task(jobs.look(good)) for _ in range(MAX_LOOKS + 1)]
        ended = await asyncio.gather(*several, return_exceptions=True)
        assert [type(each) for each in ended] == [PictureSeen] * MAX_LOOKS + [JobsFull]
        interview.set()
        with pytest.raises(CommandRefused, match="looks at nobody else"):
            await jobs.look(good)
        await jobs.close()

    asyncio.run(test())


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_worker_that_dies_over_a_picture_is_told_and_replaced(tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_BOOTH_MODELS_DIR", str(MODELS))
    good = tmp_path / "a.jpg"
    good.write_bytes(encoded(drawn(scene())))

    async def test() -> None:
        jobs = crew(tmp_path, asyncio.Event())
        await jobs.look(good)
        pid = jobs._crew.workers["analysis"].pid  # type: ignore[union-attr]  # it has just worked
        os.kill(pid, signal.SIGSTOP)
        looking = asyncio.create_task(jobs.look(good))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerLost):
            await looking
        assert (await jobs.look(good)).face.faces == 1
        await jobs.close()

    asyncio.run(test())
