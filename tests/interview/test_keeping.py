"""What of a running session is written down, and when."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from greenroom.errors import DiskFull
from greenroom.events import Begin, BoothFound, Tick, VoiceStarted, VoiceStopped
from greenroom.interview.evidence import Evidence
from greenroom.interview.keeping import MAX_ENTRIES, Keeper
from greenroom.interview.state import InterviewState
from greenroom.records import SessionRecord, TurnRecord
from greenroom.storage.media import SessionMedia
from greenroom.storage.memory import MemorySessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock
from interview.readings import closed
from storage.samples import turn


class Kept:
    """A keeper with a session, and what it wrote."""

    def __init__(self, store: MemorySessionStore | None = None) -> None:
        self.store = store or MemorySessionStore()
        self.evidence = Evidence(SessionMedia())
        self.records: list[SessionRecord] = []
        self.keeper = Keeper(self.store, AtOnce(), VirtualClock(), self.evidence, booth="test",
                             wall_time=lambda: "2026-01-01T00:00:00+00:00", reported=self.records.append,
                             failed=lambda _: None)
        self.session_id = self.keeper.open(BoothFound(t=0.0, t_known=0.0, generation=0), Begin())

    def voice(self, some: TurnRecord) -> None:
        assert some.started_t is not None
        self.evidence.voice_started(VoiceStarted(t=some.started_t, t_known=some.started_t, segment=0))
        self.evidence.voice_stopped(VoiceStopped(t=some.ended_t, t_known=some.ended_t, segment=0))

    @property
    def turns(self) -> tuple[TurnRecord, ...]:
        return self.store.turns(self.session_id)


class FullStore(MemorySessionStore):
    def close_session(self, record: SessionRecord) -> None:
        raise DiskFull(f"there is no room left for {record.id}")


@pytest.mark.parametrize(("store", "is_to_be_read", "state"), [
    (MemorySessionStore, True, "pending"), (MemorySessionStore, False, "none"), (FullStore, True, "none")])
def test_a_reading_is_awaited_where_a_model_is_to_read_and_the_record_is_stored(
        store: type[MemorySessionStore], is_to_be_read: bool, state: str) -> None:
    kept, made = Kept(store()), closed()
    for some in made.turns:
        kept.keeper.save(replace(some, score=None))
    kept.keeper.close(InterviewState(plan=made.plan), (), is_complete=True, is_to_be_read=is_to_be_read)
    assert [record.reading.state for record in kept.records] == [state]


def measure(some: TurnRecord, name: str) -> float | None:
    return next(one.value for one in some.measures if one.name == name)


def test_a_journal_is_written_before_it_grows_long_though_no_turn_ends() -> None:
    kept = Kept()
    for n in range(3 * MAX_ENTRIES):
        kept.keeper.note(Tick(t=float(n), t_known=float(n)))
        assert len(kept.keeper._journal) < MAX_ENTRIES
    left = kept.store.unfinished()
    assert left is not None
    kept.keeper.commit()
    assert [entry.t for entry in left[2]][2:] == [float(n) for n in range(len(left[2]) - 2)]
    assert len(left[2]) >= 2 * MAX_ENTRIES


def test_a_turn_that_is_told_again_with_more_words_is_measured_anew() -> None:
    kept, full = Kept(), turn(1, " ".join(["tea"] * 12))
    kept.voice(full)
    kept.keeper.save(replace(full, words=full.words[:10]))
    (before,) = kept.turns
    kept.keeper.save(full)
    (after,) = kept.turns
    assert (len(before.words), len(after.words)) == (10, 12)
    rates = {measure(some, "speaking_rate_wpm") for some in (before, after)}
    assert len(rates) == 2
    assert None not in rates


def test_a_turn_that_is_told_again_with_a_later_stage_is_not() -> None:
    kept, some = Kept(), turn(1, "we sold tea")
    kept.keeper.save(some)
    (before,) = kept.turns
    kept.keeper.save(replace(some, stages=()))
    (after,) = kept.turns
    assert (after.stages, after.measures) == ((), before.measures)
