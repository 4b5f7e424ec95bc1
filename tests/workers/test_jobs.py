"""A recording through a real, niced worker process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from devices.room import MODELS, needs_vad
from greenroom.errors import CommandRefused, GreenroomError, JobsFull, RecordingError, WorkerLost
from greenroom.events import AnalysisDone, Utterance, WorkerEvent
from greenroom.records import Analysis
from greenroom.settings import Workers
from greenroom.workers.ears import Ears
from greenroom.workers.jobs import NICENESS, JobWorkers
from greenroom.workers.supervisor import command

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(300), needs_vad]
VOICES = Path(__file__).parents[2] / "daemon/greenroom/world/voices"


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_BOOTH_MODELS_DIR", str(MODELS))


def recording(folder: Path) -> tuple[Path, list[tuple[float, float]]]:
    """Two rendered sentences with a second of silence between them, and where they are."""
    clips = [VOICES / f"rms-{name}-0.flac" for name in ("0812375224", "099bf9f640")]
    sounds = [soundfile.read(clip, dtype="int16")[0] for clip in clips]
    gap = np.zeros(16_000, np.int16)
    spans, at = [], 16_000
    for sound in sounds:
        spans.append((at / 16_000, (at + len(sound)) / 16_000))
        at += len(sound) + 16_000
    path = folder / "answer.wav"
    soundfile.write(path, np.concatenate([gap, sounds[0], gap, sounds[1], gap]), 16_000)
    return path, spans


def crew(folder: Path, *, is_busy: bool = False, idle_s: float = 20.0) -> JobWorkers:
    path = folder / "jobs.sock"
    return JobWorkers(Workers(), path, command(path, []), lambda: is_busy, idle_s=idle_s)


def test_a_recording_is_heard_by_a_nice_worker_that_goes_when_idle(tmp_path: Path) -> None:
    path, spans = recording(tmp_path)

    async def scene() -> None:
        jobs = crew(tmp_path, idle_s=0.3)
        told: list[tuple[str, float]] = []
        found = await jobs.analyse(path, progress=lambda stage, share: told.append((stage, share)))
        pid = jobs._crew.workers["analysis"].pid  # type: ignore[union-attr]  # it has just worked
        assert os.getpriority(os.PRIO_PROCESS, pid) == NICENESS
        assert len(found.words) > 5
        assert all(spans[0][0] - 0.5 <= word.start_t <= spans[1][1] + 0.5 for word in found.words)
        assert found.duration_s == pytest.approx(spans[1][1] + 1.0, abs=0.01)
        assert list(dict.fromkeys(stage for stage, _ in told)) == ["reading", "recognising", "measuring"]
        assert [share for _, share in told] == sorted(share for _, share in told)
        while jobs.is_running:
            await asyncio.wait_for(asyncio.shield(jobs._closing), 10)  # type: ignore[arg-type]  # it was set by the job
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            raise AssertionError("the worker is still there")

    asyncio.run(scene())


def test_a_file_that_is_none_costs_the_job_and_not_the_worker(tmp_path: Path) -> None:
    path, _ = recording(tmp_path)
    bad = tmp_path / "bad.mp3"
    bad.write_bytes(b"no sound at all" * 100)

    async def scene() -> None:
        jobs = crew(tmp_path)
        with pytest.raises(GreenroomError) as caught:
            await jobs.analyse(bad)
        assert caught.value.code == "recording"
        pid = jobs._crew.workers["analysis"].pid  # type: ignore[union-attr]  # it has just worked
        assert isinstance(await jobs.analyse(path), Analysis)
        assert jobs._crew.workers["analysis"].pid == pid  # type: ignore[union-attr]  # it has just worked
        await jobs.close()

    asyncio.run(scene())


def test_a_worker_that_dies_over_a_job_says_so_and_the_next_job_is_done(tmp_path: Path) -> None:
    path, _ = recording(tmp_path)

    async def scene() -> None:
        jobs = crew(tmp_path)

        def kill(stage: str, share: float) -> None:
            del share
            if stage == "recognising" and not killed:
                killed.append(jobs._crew.workers["analysis"].pid)  # type: ignore[union-attr]  # it works just now
                os.kill(killed[0], signal.SIGKILL)

        killed: list[int] = []
        with pytest.raises(WorkerLost):
            await jobs.analyse(path, progress=kill)
        assert isinstance(await jobs.analyse(path), Analysis)
        await jobs.close()

    asyncio.run(scene())


def test_jobs_wait_while_an_interview_runs(tmp_path: Path) -> None:
    async def scene() -> None:
        path = tmp_path / "jobs.sock"
        jobs = JobWorkers(Workers(), path, lambda *_: [sys.executable, "-c", ""], lambda: True)
        waiting = asyncio.create_task(jobs.analyse(tmp_path / "answer.wav"))
        done, _ = await asyncio.wait({waiting}, timeout=0.5)
        assert not done
        assert not jobs.is_running
        waiting.cancel()

    asyncio.run(scene())


def test_a_job_is_held_when_an_interview_begins_and_goes_on_after_it(tmp_path: Path) -> None:
    path, _ = recording(tmp_path)

    async def scene() -> None:
        interview, told = asyncio.Event(), list[float]()

        def count(stage: str, share: float) -> None:
            del stage
            told.append(share)
            if len(told) == 4:
                interview.set()

        path_of_core = tmp_path / "jobs.sock"
        jobs = JobWorkers(Workers(), path_of_core, command(path_of_core, []), interview.is_set)
        job = asyncio.create_task(jobs.analyse(path, progress=count))
        await interview.wait()
        await asyncio.sleep(2.0)
        held = len(told)
        await asyncio.sleep(1.0)
        assert len(told) == held
        assert not job.done()
        interview.clear()
        assert isinstance(await job, Analysis)
        await jobs.close()

    asyncio.run(scene())


def test_a_worker_that_another_starts_waits_for_work_and_leaves_after_it(tmp_path: Path) -> None:
    """As on an appliance, where systemd starts it again."""
    path, _ = recording(tmp_path)
    path_of_core = tmp_path / "jobs.sock"
    env = {**os.environ, "GREENROOM_WORKERS_LIFE": "adopted", "GREENROOM_WORKERS_SOCKET": str(tmp_path / "core.sock")}

    async def scene() -> None:
        jobs = JobWorkers(Workers(life="adopted"), path_of_core, command(path_of_core, []), lambda: False, idle_s=0.2)
        for _ in range(2):
            worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "greenroom", "worker", "analysis",
                                                          env=env)
            assert not jobs.is_running
            assert (await jobs.analyse(path, name="mine.wav")).words
            assert await asyncio.wait_for(worker.wait(), 20) == 0
        await jobs.close()

    asyncio.run(scene())


def test_a_worker_that_waits_for_work_tells_the_service_manager_that_it_is_well(tmp_path: Path) -> None:
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.settimeout(20)
    env = {**os.environ, "GREENROOM_WORKERS_LIFE": "adopted", "NOTIFY_SOCKET": str(tmp_path / "notify"),
           "GREENROOM_WORKERS_SOCKET": str(tmp_path / "core.sock")}
    with subprocess.Popen([sys.executable, "-m", "greenroom", "worker", "analysis"], env=env) as worker:
        try:
            assert manager.recv(200).decode().splitlines() == ["READY=1", "STATUS=waiting for recordings"]
            assert {manager.recv(200) for _ in range(5)} == {b"WATCHDOG=1"}
        finally:
            worker.terminate()
    assert worker.returncode == 0
    manager.close()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        jobs = crew(tmp_path)
        with pytest.raises(RecordingError, match=r"nowhere\.wav cannot be read"):
            await jobs.analyse(tmp_path / "nowhere.wav")
        await jobs.close()

    asyncio.run(scene())


async def send(ears: Ears, pcm: bytes) -> None:
    for start in range(0, len(pcm), 6_400):
        await ears.hear(pcm[start : start + 6_400])
    ears.end()


async def take(ears: Ears) -> list[WorkerEvent]:
    events: list[WorkerEvent] = []
    while (event := await ears.heard()) is not None:
        events.append(event)
    return events


def test_a_stream_is_heard_as_it_comes_and_is_what_the_recording_is(tmp_path: Path) -> None:
    path, _ = recording(tmp_path)
    pcm = soundfile.read(path, dtype="int16")[0].tobytes()

    async def scene() -> None:
        jobs = crew(tmp_path)
        async with jobs.listen() as ears:
            assert {engine.capability for engine in ears.engines} >= {"voice_activity", "recogniser"}
            with pytest.raises(JobsFull):
                await jobs.listen().__aenter__()
            events, _ = await asyncio.gather(take(ears), send(ears, pcm))
        done = events[-1]
        assert isinstance(done, AnalysisDone)
        said = [event for event in events if isinstance(event, Utterance)]
        assert any(not utterance.is_final for utterance in said)
        of_file = await jobs.analyse(path)
        assert done.analysis.duration_s == of_file.duration_s
        assert done.analysis.voice == of_file.voice
        assert len(done.analysis.words) == pytest.approx(len(of_file.words), abs=2)
        await jobs.close()

    asyncio.run(scene())


def test_a_stream_that_nobody_reads_takes_no_more_sound(tmp_path: Path) -> None:
    async def scene() -> None:
        jobs = crew(tmp_path)
        async with jobs.listen() as ears:
            sending = asyncio.create_task(send(ears, bytes(30 * 32_000)))
            done, _ = await asyncio.wait({sending}, timeout=3.0)
            assert not done
            taking = asyncio.create_task(take(ears))
            await sending
            assert isinstance((await taking)[-1], AnalysisDone)
        await jobs.close()

    asyncio.run(scene())


def test_a_worker_that_dies_over_a_stream_ends_it(tmp_path: Path) -> None:
    async def scene() -> None:
        jobs = crew(tmp_path)
        async with jobs.listen() as ears:
            await ears.hear(bytes(3_200))
            os.kill(jobs._crew.workers["analysis"].pid, signal.SIGKILL)  # type: ignore[union-attr]  # it listens
            with pytest.raises(WorkerLost):
                await take(ears)
            with pytest.raises(WorkerLost):
                await ears.hear(bytes(3_200))
        async with jobs.listen() as ears:
            ears.end()
            assert len(await take(ears)) == 1
        await jobs.close()

    asyncio.run(scene())


def test_an_interview_that_begins_ends_a_stream_and_lets_none_begin(tmp_path: Path) -> None:
    async def scene() -> None:
        interview = asyncio.Event()
        path_of_core = tmp_path / "jobs.sock"
        jobs = JobWorkers(Workers(), path_of_core, command(path_of_core, []), interview.is_set)
        async with jobs.listen() as ears:
            interview.set()
            with pytest.raises(CommandRefused):
                await take(ears)
        with pytest.raises(CommandRefused):
            await jobs.listen().__aenter__()
        await jobs.close()

    asyncio.run(scene())
