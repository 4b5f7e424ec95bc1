"""A recording through a real, niced worker process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from greenroom.settings import Workers
from greenroom.workers.jobs import NICENESS, JobWorkers
from greenroom.workers.supervisor import command

pytestmark = pytest.mark.process
VOICES = Path(__file__).parents[2] / "daemon/greenroom/world/voices"


def recording() -> tuple[bytes, list[tuple[float, float]]]:
    """Two rendered sentences with a second of silence between them, and where they are."""
    clips = sorted(VOICES.glob("rms-*.flac"))[3:5]
    sounds = [soundfile.read(clip, dtype="int16")[0] for clip in clips]
    gap = np.zeros(16_000, np.int16)
    spans, at = [], 16_000
    for sound in sounds:
        spans.append((at / 16_000, (at + len(sound)) / 16_000))
        at += len(sound) + 16_000
    return np.concatenate([gap, sounds[0], gap, sounds[1], gap]).tobytes(), spans


def test_a_recording_is_recognised_by_a_nice_worker_that_goes_when_idle(tmp_path: Path) -> None:
    pcm, spans = recording()

    async def scene() -> None:
        path = tmp_path / "jobs.sock"
        jobs = JobWorkers(Workers(), path, command(path, []), lambda: False, idle_s=0.3)
        shares: list[float] = []
        words = await jobs.transcribe(pcm, spans, shares.append)
        pid = jobs._crew.workers["hearing"].pid  # type: ignore[union-attr]  # it has just worked
        assert os.getpriority(os.PRIO_PROCESS, pid) == NICENESS
        assert len(words) > 5
        assert all(spans[0][0] - 0.5 <= word.start_t <= spans[1][1] + 0.5 for word in words)
        assert shares == [0.5, 1.0]
        while jobs.is_running:
            await asyncio.wait_for(asyncio.shield(jobs._closing), 10)  # type: ignore[arg-type]  # it was set by the job
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            raise AssertionError("the worker is still there")

    asyncio.run(scene())


def test_jobs_wait_while_an_interview_runs(tmp_path: Path) -> None:
    async def scene() -> None:
        path = tmp_path / "jobs.sock"
        jobs = JobWorkers(Workers(), path, lambda *_: [sys.executable, "-c", ""], lambda: True)
        waiting = asyncio.create_task(jobs.transcribe(b"", []))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        assert not jobs.is_running
        waiting.cancel()

    asyncio.run(scene())
