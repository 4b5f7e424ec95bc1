"""What is settled before the booth opens: sessions that were left, old databases, the timeline after a reboot."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from greenroom.errors import GreenroomError
from greenroom.handover import Handover
from greenroom.interview.left_sessions import Settlement
from greenroom.ports import SessionStore
from greenroom.storage.quarantine import forget_quarantined
from greenroom.storage.sessions import SqlSessionStore
from greenroom.timeline import MonotonicClock

log = logging.getLogger(__name__)


def clear_up(left: Settlement, store: SqlSessionStore, handover: Handover) -> None:
    """What may not stay is erased, what may is closed with a report. What fails is tried again at the next start."""
    failures: list[str] = []
    for record in left.close:
        try:
            handover.archive(record)
            store.close_session(record)
        except GreenroomError as error:
            failures.append(error.code)
    for session_id in left.erase:
        try:
            store.delete(session_id)
        except GreenroomError as error:
            failures.append(error.code)
    if left.close or left.erase:
        log.info("sessions that were left: %d to close with a report, %d to erase; failed: %s",
                 len(left.close), len(left.erase), ", ".join(failures) or "none")


def forget_old(database: Path) -> None:
    """Databases that were set aside long ago."""
    try:
        forgotten = forget_quarantined(database, time.time())
    except OSError as error:
        log.warning("old databases that were set aside cannot be deleted: %s", error.strerror)
    else:
        if forgotten:
            log.info("%d files of old databases that were set aside are deleted", forgotten)


def after_reboot(origin_ns: int, store: SessionStore) -> int:
    """The origin of the timeline: the monotonic clock begins again with the machine, the timeline of an interview that
    was left must not."""
    left = store.unfinished()
    newest_t = max((entry.t_known for entry in left[2]), default=0.0) if left is not None else 0.0
    behind_s = newest_t - MonotonicClock(origin_ns).now()
    return origin_ns if behind_s <= 0 else origin_ns - round((behind_s + 1.0) * 1e9)
