"""Recordings that clients hand in: a bounded queue of jobs, how far each is, and for a while what was heard."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, NamedTuple

from msgspec import Struct

from greenroom.errors import CommandRefused, GreenroomError, JobsFull, NotFound
from greenroom.server.failure import Failure

MAX_WAITING = 8
"""Jobs that wait or run; one more is refused."""
MAX_KEPT = 16
KEPT_S = 900.0
"""Results lie in memory until so much later; nothing of a recording is kept longer."""
ID_BYTES = 12
log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Progress = Callable[[str, float], None]


class Recording(NamedTuple):
    """A file that was handed in, what its owner calls it, the channel to hear (from 1; 0 for all), and whether to look
    at its picture."""

    path: Path
    name: str
    channel: int = 0
    is_watched: bool = False


Analyse = Callable[[Recording, Progress], Awaitable[bytes]]
"""A recording in, its analysis as JSON out."""


class JobStatus(Struct, frozen=True, kw_only=True):
    """How far a job is."""

    job: str
    state: State
    stage: str
    progress: float
    """0 to 1."""
    result: str = ""
    """Where the analysis is, once it is done."""
    error: Failure | None = None


class _Job:
    def __init__(self, recording: Recording) -> None:
        self.id = secrets.token_urlsafe(ID_BYTES)
        self.recording = recording
        self.state: State = "waiting"
        self.stage, self.progress = "", 0.0
        self.body = b""
        self.error: Failure | None = None
        self.over = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def tell(self, stage: str, share: float) -> None:
        self.state, self.stage, self.progress = "running", stage, share

    def status(self, prefix: str) -> JobStatus:
        result = f"{prefix}/{self.id}/analysis.json" if self.state == "done" else ""
        return JobStatus(job=self.id, state=self.state, stage=self.stage, progress=round(self.progress, 3),
                         result=result, error=self.error)


class JobDesk:
    """Takes jobs and tells of them. ``prefix`` is where clients ask. Files are deleted as soon as they were heard."""

    def __init__(self, analyse: Analyse, prefix: str, kept_s: float = KEPT_S) -> None:
        self._analyse = analyse
        self._prefix = prefix
        self._kept_s = kept_s
        self._jobs: OrderedDict[str, _Job] = OrderedDict()

    def submit(self, recording: Recording) -> JobStatus:
        """The file belongs to the job from now on. Raises ``JobsFull``; then it still belongs to the caller."""
        if sum(not job.over.is_set() for job in self._jobs.values()) >= MAX_WAITING:
            raise JobsFull(f"{MAX_WAITING} recordings wait already", fix="try again when one of them is done")
        job = _Job(recording)
        self._jobs[job.id] = job
        ended = [known.id for known in self._jobs.values() if known.over.is_set()]
        for old in ended[: max(0, len(ended) - MAX_KEPT)]:
            del self._jobs[old]
        job.task = asyncio.get_running_loop().create_task(self._run(job))
        return job.status(self._prefix)

    def status(self, job: str) -> JobStatus:
        """Raises ``NotFound``."""
        return self._job(job).status(self._prefix)

    def result(self, job: str) -> bytes:
        """Raises ``NotFound``, and ``CommandRefused`` for a job without a result."""
        found = self._job(job)
        if found.state != "done":
            raise CommandRefused(f"there is no result: the job is {found.state}",
                                 fix="" if found.task is None or found.over.is_set() else "wait until it is done")
        return found.body

    async def finished(self, job: str) -> JobStatus:
        """Wait for its end. A caller that is cancelled takes the job with it."""
        found = self._job(job)
        try:
            await found.over.wait()
        except asyncio.CancelledError:
            self.drop(job)
            raise
        return found.status(self._prefix)

    def drop(self, job: str) -> JobStatus:
        """Nobody wants it any more; its result goes, too. Raises ``NotFound``."""
        found = self._job(job)
        if found.task is not None:
            found.task.cancel()
        if found.over.is_set():
            del self._jobs[job]
        found.state, found.body = "cancelled", b""
        return found.status(self._prefix)

    async def close(self) -> None:
        """Drop all jobs and their files."""
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for job in self._jobs.values():
            job.recording.path.unlink(missing_ok=True)

    def _job(self, job: str) -> _Job:
        if job not in self._jobs:
            raise NotFound("there is no such job", fix="results are kept for 15 minutes")
        return self._jobs[job]

    async def _run(self, job: _Job) -> None:
        try:
            job.body = await self._analyse(job.recording, job.tell)
            job.state, job.progress = "done", 1.0
        except GreenroomError as error:
            job.state, job.error = "failed", Failure.of(error)
        except asyncio.CancelledError:
            job.state = "cancelled"
            raise
        except Exception:
            log.exception("a job failed")
            job.state, job.error = "failed", Failure.of(GreenroomError("the booth could not do this"))
        finally:
            job.recording.path.unlink(missing_ok=True)
            job.over.set()
            asyncio.get_running_loop().call_later(self._kept_s, self._jobs.pop, job.id, None)
