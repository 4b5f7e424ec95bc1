"""An interview that a power cut left behind is taken up on a machine whose monotonic clock began again."""

from __future__ import annotations

from greenroom.app import Options, after_reboot
from greenroom.events import Begin
from greenroom.storage.memory import MemorySessionStore
from greenroom.timeline import MonotonicClock


def left_at(t: float) -> MemorySessionStore:
    store = MemorySessionStore()
    store.open_session("s1", "2026-01-01T00:00:00+00:00", b"")
    store.append_journal("s1", [Begin(t=t, t_known=t)])
    return store


def test_time_goes_on_after_the_newest_entry() -> None:
    later_t = MonotonicClock().now() + 5_000
    options = after_reboot(Options(), left_at(later_t))
    assert later_t <= MonotonicClock(options.origin_ns).now() < later_t + 60


def test_on_the_same_boot_and_without_a_session_nothing_changes() -> None:
    assert after_reboot(Options(), left_at(1.0)) == Options()
    assert after_reboot(Options(origin_ns=5), MemorySessionStore()) == Options(origin_ns=5)
