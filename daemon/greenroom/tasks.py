"""Work off the loop: one thread, in order, results back on the loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from greenroom.errors import GreenroomError

T = TypeVar("T")
log = logging.getLogger(__name__)


class InOrder:
    """A ``Background`` on one thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[GreenroomError], None]) -> None:
        def job() -> None:
            try:
                result = work()
            except GreenroomError as error:
                self._loop.call_soon_threadsafe(failed, error)
            except Exception:
                log.exception("work in the background failed")
            else:
                self._loop.call_soon_threadsafe(then, result)

        self._pool.submit(job)

    async def close(self) -> None:
        """Wait until everything that was asked for is done."""
        await asyncio.to_thread(self._pool.shutdown, wait=True)


class AtOnce:
    """A ``Background`` for lock step and tests: the work is done before ``run`` returns."""

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[GreenroomError], None]) -> None:
        try:
            result = work()
        except GreenroomError as error:
            failed(error)
        else:
            then(result)
