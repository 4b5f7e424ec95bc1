"""What is counted, and when."""

from __future__ import annotations

import pytest

from greenroom.errors import GreenroomError
from greenroom.events import WorkerDied, WorkerName, WorkerReady
from greenroom.interview.state import InterviewState, Wordings
from greenroom.records import SessionRecord
from greenroom.server.protocol import ReportView
from greenroom.telemetry.display import Display
from greenroom.telemetry.hub import Hub
from greenroom.telemetry.tally import KEPT_TURNS, Histogram, Tally
from greenroom.timeline import VirtualClock
from interview.play import FULL, Play
from telemetry.samples import SECRET, tally, timed


def test_a_turn_counts_once_nothing_can_change_it() -> None:
    counted = Tally()
    counted.turn_saved(timed(1, turn_taken=0.7))
    assert counted.latency().turns == 1
    assert counted.ended_by.total() == 0
    counted.turn_saved(timed(1, turn_taken=0.7, first_sample_heard=0.9))
    counted.turn_saved(timed(2, turn_taken=0.8))
    assert counted.ended_by.total() == counted.stages["first sample heard"].counts[8] + counted.gap.counts[7] == 1
    counted.settle()
    counted.settle()
    assert counted.ended_by.total() == counted.latency().turns == 2


def test_what_became_of_wordings_is_counted_over_all_sessions() -> None:
    counted = Tally()
    first, second = Wordings(asked=2, taken=1), Wordings(asked=3, taken=1, late=1)
    for before, after in ((Wordings(), first), (first, second), (second, Wordings()), (Wordings(), first)):
        counted.worded(before, after)
    assert dict(counted.wordings) == {"asked": 5, "taken": 2, "late": 1, "unfit": 0, "failed": 0}


def test_a_turn_that_was_given_back_never_happened() -> None:
    counted = Tally()
    counted.turn_saved(timed(1, turn_taken=0.7))
    counted.turn_given_back()
    counted.settle()
    assert counted.latency().turns == counted.ended_by.total() == 0


def test_the_newest_turns_are_kept_and_all_are_counted() -> None:
    counted = Tally()
    for n in range(KEPT_TURNS + 50):
        counted.turn_saved(timed(n, turn_taken=float(n >= 50)))
    assert counted.latency().turns == KEPT_TURNS + 1
    counted.settle()
    assert counted.latency().stages["turn taken"].p50_s == 1.0
    assert counted.ended_by["silence"] == KEPT_TURNS + 50
    assert SECRET not in repr(vars(counted))


def test_a_worker_that_nobody_starts_again_is_no_restart() -> None:
    counted = tally()
    counted.sensed(WorkerDied(t=2.0, t_known=2.0, worker="vision", reason="again", is_lost=True))
    assert dict(counted.restarts) == {"vision": 1}
    assert (counted.audio_gaps, counted.lost_s) == (2, 0.75)


def died(t: float, *, heard_t: float | None = None, is_lost: bool = False) -> WorkerDied:
    return WorkerDied(t=t, t_known=t, worker="audio", reason="test", heard_t=heard_t, is_lost=is_lost)


def ready(t: float, worker: WorkerName = "audio") -> WorkerReady:
    return WorkerReady(t=t, t_known=t, worker=worker, generation=1, engines=())


@pytest.mark.parametrize(("deaths", "lost_s"), [
    ((died(10.0),), 5.0),
    ((died(10.0, heard_t=7.0),), 8.0),
    ((died(10.0, heard_t=7.0), died(12.0, heard_t=11.0)), 8.0),
    ((died(10.0), died(12.0, is_lost=True)), 5.0),
], ids=["it ended", "it hung", "it came and went", "it was given up"])
def test_a_sound_system_that_is_away_is_one_hole_in_the_sound(deaths: tuple[WorkerDied, ...], lost_s: float) -> None:
    counted = Tally()
    counted.sensed(ready(1.0))
    for event in deaths:
        counted.sensed(event)
    counted.sensed(ready(14.0, "vision"))
    assert counted.audio_gaps == 0
    for t in (15.0, 20.0):
        counted.sensed(ready(t))
    assert (counted.audio_gaps, counted.lost_s) == (1, lost_s)


@pytest.mark.parametrize(("value_s", "bucket"), [(-1.0, 0), (0.0, 0), (0.02, 0), (0.021, 1), (1.2, 8), (1.21, 9),
                                                 (12.0, 15), (99.0, 16)])
def test_a_value_lies_in_the_bucket_whose_bound_is_not_below_it(value_s: float, bucket: int) -> None:
    histogram = Histogram()
    histogram.add(value_s)
    assert histogram.counts.index(1) == bucket
    assert histogram.sum_s >= 0


class Watched(Play):
    """A played interview on the screens."""

    def __init__(self, *, questions: int = 2) -> None:
        super().__init__(questions)

        def report(_record: SessionRecord) -> ReportView:
            raise GreenroomError("nobody asks for it here")

        clock = VirtualClock()
        self.display = Display(Hub(clock), clock, {}, dict, on_report=report, on_reread=lambda _: None,
                               on_leave=lambda: None)
        self._before = InterviewState()

    def run(self, seconds: float) -> None:
        steps = round(seconds / 0.02)
        for _ in range(steps):
            super().run(0.02)
            self.display.moved(self._before, self.state)
            self._before = self.state


def test_the_turns_of_an_interview_are_counted_with_their_gaps() -> None:
    play = Watched()
    play.to_question()
    play.run(4)
    play.say(FULL)
    play.run(5)
    latency = play.display.tally.latency()
    assert (latency.turns, latency.ended_by["silence"]) == (1, 1)
    assert latency.gap is not None
    assert 0.5 < latency.gap.p50_s < 2.0
    play.display.opened(None)
    assert play.display.tally.ended_by["silence"] == 1


def test_a_turn_that_is_given_back_in_an_interview_is_not_counted() -> None:
    play = Watched()
    play.to_question()
    play.run(4)
    play.say(FULL)
    while play.display.tally.latency().turns == 0:
        play.run(0.02)
    play.voice_on()
    play.run(0.1)
    assert play.phase() == "listening"
    assert play.display.tally.latency().turns == 0
    play.run(2)
    play.voice_off(FULL)
    play.run(6)
    assert play.display.tally.latency().turns == 1
