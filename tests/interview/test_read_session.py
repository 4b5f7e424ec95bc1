"""A whole interview in this process whose answers a language model reads once it is over."""

from __future__ import annotations

from devices.room import needs_vad
from greenroom.events import End, WorkerDied
from greenroom.records import SessionRecord
from greenroom.reports import builder
from interview.stage import TellingRecogniser
from interview.test_session import Booth
from workers.reading_models import STAYS_CALM, ReadingModel

READ_WITHIN_S = 30.0


def interviewed(model: ReadingModel) -> Booth:
    """A booth that shows the report; in what the candidate said the rules see faint signs of more than they count."""
    booth = Booth(model=model, recogniser=TellingRecogniser(STAYS_CALM))
    booth.until("report")
    return booth


def wait(booth: Booth) -> None:
    end_t = booth.clock.now() + READ_WITHIN_S
    while booth.session.readings.is_busy:
        assert booth.clock.now() < end_t, "it is not read"
        booth.crew.slice()


def structure(record: SessionRecord) -> int:
    score = record.turns[0].score
    assert score is not None
    return next(one.band for one in score.criteria if one.criterion == "structure")


@needs_vad
def test_the_report_is_up_at_once_and_the_model_s_reading_moves_a_band_once_and_for_good() -> None:
    model = ReadingModel()
    booth = interviewed(model)
    (before,) = booth.notes.records
    assert (before.reading.state, model.readings) == ("pending", 0)
    assert "still reads" in str(builder.build(before).reading)
    wait(booth)
    (after,) = booth.notes.reread_records
    assert (structure(before), structure(after)) == (2, 3)
    assert booth.store.load(before.id) == after
    assert model.readings == 3
    reading = builder.build(after).reading
    assert reading is not None
    assert (reading.model, reading.answers, reading.believed) == ("reading-model 7", 1, 1)
    assert ("structure", 2, 3) in [(one.criterion, one.before, one.after) for one in reading.moved]

    booth.session.readings.take_up(booth.store.unread(8))  # as a core that is started anew
    for _ in range(20):
        booth.crew.slice()
    booth.session.command(End(t=booth.clock.now(), t_known=booth.clock.now()))
    booth.until("attract")
    booth.crew.close()
    assert model.readings == 3
    assert len(booth.notes.reread_records) == 1


@needs_vad
def test_a_language_worker_that_is_killed_over_a_reading_costs_the_report_nothing() -> None:
    model = ReadingModel()
    booth = interviewed(model)
    (before,) = booth.notes.records
    now_t = booth.clock.now()
    booth.session.feed(WorkerDied(t=now_t, t_known=now_t, worker="language", reason="killed", is_lost=False))
    for _ in range(200):
        booth.crew.slice()
    booth.crew.close()
    (after,) = booth.notes.reread_records
    assert after.turns == before.turns
    assert after.reading.state == "failed"
    assert booth.store.load(before.id) == after
    assert "No model has read the answers: the language model's process ended" in str(builder.build(after).reading)
