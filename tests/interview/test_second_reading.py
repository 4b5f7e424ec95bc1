"""Interviews that are over are read one after the other, once, and never at the cost of one that runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from greenroom.errors import DiskFull
from greenroom.interview import rereading, second_reading
from greenroom.records import SessionRecord
from greenroom.requests import DropReading, ReadAnswer, RetellAnswer
from greenroom.storage.memory import MemorySessionStore
from greenroom.storage.sessions import SqlSessionStore
from interview.readings import BY, NOW, SHOE_SHOP, Desk, closed, died, read_by, ready
from workers.reading_models import OWN


class FullStore(MemorySessionStore):
    def save_reading(self, record: SessionRecord) -> bool:
        raise DiskFull(f"there is no room left for {record.id}")


def bands(record: SessionRecord) -> list[int | None]:
    return [None if turn.score is None else turn.score.band for turn in record.turns]


def test_every_answer_with_a_band_is_read_and_the_record_is_stored_and_told_once() -> None:
    desk = Desk()
    before = desk.close(closed())
    assert bands(before) == [2, 3, None]
    for turn in (1, 2):
        request = desk.asked()
        assert isinstance(request, ReadAnswer)
        assert (request.session, request.turn) == ("s1", turn)
        assert desk.told == []
        desk.answer()
    desk.answer(text="")
    (after,) = desk.told
    assert bands(after) == [3, 3, None]
    assert after == desk.store.load("s1")
    reading = after.reading
    assert (reading.state, reading.by, reading.at, reading.retold) == ("read", BY, NOW, None)
    assert [(one.turn, one.is_believed, one.band) for one in reading.before] == [(1, True, 2), (2, True, 3)]
    assert not desk.readings.is_busy
    assert len(desk.port.asked) == 3


def test_a_model_that_does_not_pass_its_check_moves_nothing_and_puts_nothing_in_order() -> None:
    desk = Desk()
    before = desk.close(closed())
    desk.answer(is_believed=False)
    desk.answer(is_believed=False)
    (after,) = desk.told
    assert [turn.score.criteria for turn in after.turns if turn.score] == [
        turn.score.criteria for turn in before.turns if turn.score]
    assert [one.is_believed for one in after.reading.before] == [False, False]
    assert after.turns[0].score is not None
    assert after.turns[0].score.readers[-1] == "llama.cpp 0.3"
    assert not any(isinstance(one, RetellAnswer) for one in desk.port.asked)


def test_the_answer_of_the_lowest_band_is_put_in_order_where_that_is_the_candidate_s_own() -> None:
    for text, kept in ((OWN, OWN), (OWN.replace("shoe shop", "shoe shop in Leeds"), None)):
        desk = Desk()
        desk.close(closed())
        desk.answer(is_believed=False)  # of this one the model has understood nothing
        desk.answer()
        request = desk.asked()
        assert isinstance(request, RetellAnswer)
        assert request.turn == 2
        assert all(sentence in SHOE_SHOP for sentence in request.sentences)
        desk.answer(text=text)
        (after,) = desk.told
        assert (after.reading.retold.text if after.reading.retold else None) == kept


def test_a_session_that_was_read_is_not_read_again_after_a_restart(tmp_path: Path) -> None:
    desk = Desk(SqlSessionStore(tmp_path / "sessions.db"))
    desk.close(closed())
    desk.answer()
    desk.answer()
    desk.answer(text=OWN)
    store = SqlSessionStore(tmp_path / "sessions.db")
    assert store.unread(8) == []
    again = Desk(store)
    again.readings.take_up(store.unread(8))
    assert again.port.asked == []
    assert not store.save_reading(replace(closed(), reading=replace(closed().reading, state="failed")))
    assert store.load("s1") == desk.told[0]


def test_a_session_whose_reading_was_not_at_its_end_is_read_after_a_restart(tmp_path: Path) -> None:
    desk = Desk(SqlSessionStore(tmp_path / "sessions.db"))
    desk.close(closed())
    desk.answer()
    store = SqlSessionStore(tmp_path / "sessions.db")
    again = Desk(store)
    again.readings.take_up(store.unread(8))
    for _ in range(2):
        again.answer()
    again.answer(text="")
    assert store.load("s1").reading.state == "read"


def test_what_is_being_read_is_not_taken_up_a_second_time() -> None:
    desk = Desk()
    desk.close(closed())
    desk.readings.take_up(desk.store.unread(8))
    desk.answer()
    desk.answer()
    desk.answer(text="")
    assert len(desk.told) == 1
    assert not desk.readings.is_busy


def test_after_a_restart_without_a_model_the_rules_scores_stay_and_the_record_says_so(tmp_path: Path) -> None:
    desk = Desk(SqlSessionStore(tmp_path / "sessions.db"))
    before = desk.close(closed())
    store = SqlSessionStore(tmp_path / "sessions.db")
    again = Desk(store, is_ready=False)
    again.readings.take(ready("scripted"))
    again.readings.take_up(store.unread(8))
    (after,) = again.told
    assert (after.reading.state, after.reading.why) == ("failed", "there is no language model any more")
    assert after.turns == before.turns
    assert store.load("s1").reading.state == "failed"


def test_a_reading_that_is_not_wanted_any_more_is_given_up_at_the_next_start(tmp_path: Path) -> None:
    Desk(SqlSessionStore(tmp_path / "sessions.db")).close(closed())
    store = SqlSessionStore(tmp_path / "sessions.db")
    again = Desk(store)
    again.readings.take_up(store.unread(8), is_wanted=False)
    assert again.port.asked == []
    assert store.load("s1").reading.state == "failed"


def test_an_interview_that_begins_stops_the_reading_which_begins_anew_when_it_is_over() -> None:
    desk = Desk()
    desk.close(closed())
    desk.answer()
    late = desk.asked()
    assert isinstance(late, ReadAnswer)
    desk.readings.hold()
    assert isinstance(desk.asked(), DropReading)
    count = len(desk.port.asked)
    assert desk.readings.take(read_by(late, is_believed=True)), "it was on its way when it was dropped"
    assert len(desk.port.asked) == count
    desk.readings.release()
    assert desk.asked() == late


def test_the_candidate_who_is_there_goes_first() -> None:
    desk = Desk()
    desk.close(closed("first"))
    desk.readings.hold()
    desk.close(closed("second"))
    desk.readings.release()
    asked = desk.asked()
    assert isinstance(asked, ReadAnswer)
    assert asked.session == "second"
    for _ in range(2):
        for _ in range(2):
            desk.answer()
        desk.answer(text="")
    assert [one.id for one in desk.told] == ["second", "first"]


def test_what_is_kept_is_read_on_when_the_candidate_has_gone_and_what_is_not_is_let_go() -> None:
    desk = Desk()
    desk.close(closed())
    first = desk.asked()
    desk.readings.left("s1", is_kept=True)
    assert len(desk.port.asked) == 2
    assert desk.asked() == first, "the worker has forgotten it"
    other = Desk()
    other.close(closed(keep=False))
    request = other.asked()
    assert isinstance(request, ReadAnswer)
    other.readings.left("s1", is_kept=False)
    assert not other.readings.is_busy
    assert other.readings.take(read_by(request, is_believed=True))
    assert other.told == []


def test_a_worker_that_dies_over_a_reading_leaves_the_rules_scores_and_the_record_says_so() -> None:
    desk = Desk()
    before = desk.close(closed())
    desk.answer()
    assert not desk.readings.take(died()), "others want to know, too"
    (after,) = desk.told
    assert (after.reading.state, after.reading.why) == ("failed", "the language model's process ended")
    assert after.turns == before.turns
    assert desk.store.load("s1") == after
    desk.close(closed("s2"))
    count = len(desk.port.asked)
    assert not desk.readings.take(ready())
    assert len(desk.port.asked) == count + 1, "what waits goes on with the next process"


def test_a_worker_that_nobody_starts_again_reads_nothing_any_more() -> None:
    desk = Desk()
    desk.close(closed("s1"))
    desk.readings.hold()
    desk.close(closed("s2"))
    desk.readings.take(died(is_lost=True))
    assert {(one.id, one.reading.state) for one in desk.told} == {("s1", "failed"), ("s2", "failed")}


def test_a_reading_that_the_worker_refuses_has_failed_and_an_order_that_it_refuses_is_none() -> None:
    desk = Desk()
    desk.close(closed())
    desk.refuse()
    assert [(one.reading.state, one.reading.why) for one in desk.told] == [("failed", "llama.cpp stopped computing")]
    other = Desk()
    other.close(closed())
    other.answer()
    other.answer()
    other.refuse()
    assert [(one.reading.state, one.reading.retold) for one in other.told] == [("read", None)]


def test_a_score_of_other_words_is_not_taken() -> None:
    desk = Desk()
    desk.close(closed())
    request = desk.asked()
    assert isinstance(request, ReadAnswer)
    event = read_by(request, is_believed=True)
    desk.readings.take(replace(event, score=replace(event.score, text="something else")))
    assert [one.reading.state for one in desk.told] == ["failed"]


def test_only_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reading, "MAX_SESSIONS", 2)
    desk = Desk()
    desk.readings.hold()
    for name in ("a", "b", "c"):
        desk.close(closed(name))
    assert [(one.id, one.reading.why) for one in desk.told] == [("a", "too many interviews waited to be read")]


def test_a_disk_without_room_is_said_and_the_candidate_gets_the_report_all_the_same() -> None:
    desk = Desk(FullStore("test"))
    desk.close(closed())
    desk.answer()
    desk.answer()
    desk.answer(text="")
    assert desk.failures == ["disk-full"]
    assert [one.reading.state for one in desk.told] == ["read"]


def test_nothing_is_read_where_nothing_is_awaited_or_has_a_band() -> None:
    desk = Desk()
    desk.close(closed(is_awaited=False))
    refused = closed("s2", is_awaited=False)
    assert rereading.awaited(replace(refused, turns=refused.turns[2:])).reading.state == "none"
    assert desk.port.asked == []
    assert not desk.readings.is_busy
