"""A worker process that does what its requests say: ``python toy_worker.py NAME SOCKET GENERATION``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from greenroom.errors import EngineUnavailable
from greenroom.events import FollowUpWorded, JobKey
from greenroom.ports import Emit
from greenroom.records import EngineInfo
from greenroom.requests import WordFollowUp, WorkerRequest
from greenroom.workers import host


class ToyHandler:
    """Echoes a follow-up; "hang", "crash" and "grow" do what they say."""

    def __init__(self, emit: Emit) -> None:
        self.engines: tuple[EngineInfo, ...] = (EngineInfo(capability="language_model", name="toy"),)
        self._emit = emit
        self._hoard: list[bytes] = []

    def warm_up(self, origin_ns: int) -> None:
        del origin_ns
        if os.environ.get("TOY_FAILS"):
            raise EngineUnavailable("the toy engine is not installed", fix="install the toy engine")

    def handle(self, request: WorkerRequest) -> None:
        assert isinstance(request, WordFollowUp)
        match request.question:
            case "hang":
                time.sleep(600)
            case "crash":
                os.kill(os.getpid(), 9)
            case "grow":
                self._hoard.append(b"x" * 300_000_000)
            case _:
                self._emit(FollowUpWorded(t=0, t_known=0, job=request.job, hook_id="", text=request.answer,
                                          engine=str(os.getpid())))

    def advance(self, until_t: float) -> None:
        if until_t > 1e9:
            self._emit(FollowUpWorded(t=until_t, t_known=until_t, job=JobKey(0), hook_id="", text="late", engine=""))

    def forget(self) -> None:
        self._hoard.clear()

    def close(self) -> None:
        pass


if __name__ == "__main__":
    name, path, generation = sys.argv[1:4]
    if os.environ.get("TOY_HANGS"):
        time.sleep(600)
    raise SystemExit(host.main(name, Path(path), ToyHandler, int(generation), "spawned"))  # type: ignore[arg-type]
