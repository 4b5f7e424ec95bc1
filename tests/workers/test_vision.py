from __future__ import annotations

import pytest

from greenroom.events import Event, FaceObservation, NeutralLearned, RequestFailed, WorkerEvent
from greenroom.requests import LearnNeutral, SetCapture, SetNeutral, Watch
from greenroom.workers.vision import LATENCY_S, NO_ENGINE
from workers.looking import (
    SLICE_S,
    Bench,
    ListedCamera,
    is_on,
    no_weights,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


# --- watching -----------------------------------------------------------------------------------


def test_every_picture_of_a_watched_camera_is_observed_once(bench: Bench) -> None:
    bench.watch()
    bench.run_until(2.0)
    seen = bench.of(FaceObservation)
    assert [e.frame for e in seen] == list(range(30))
    assert [e.t for e in seen] == pytest.approx([n / 15 for n in range(30)])
    assert all(e.t_known >= e.t + LATENCY_S - 1e-9 for e in seen)
    assert {e.faces for e in seen} == {1}


@pytest.mark.parametrize(("fps", "rate_hz", "expected"), [(30, 15, 60), (15, 5, 20), (60, 10, 40), (8, 15, 32)])
def test_observations_come_no_faster_than_asked_and_no_slower_than_the_camera(
    fps: float, rate_hz: float, expected: int
) -> None:
    bench = Bench(ListedCamera(fps), rate_hz=rate_hz)
    bench.watch()
    bench.run_until(4.0)
    assert len(bench.of(FaceObservation)) == pytest.approx(expected, abs=2)


def test_the_camera_is_not_asked_before_an_observation_is_due() -> None:
    bench = Bench(rate_hz=2.0)
    bench.watch()
    bench.run_until(3.0)
    assert len(bench.camera.asked_t) <= 8


def test_the_camera_is_closed_unless_watched(bench: Bench) -> None:
    assert not is_on(bench.camera), "trying it at the start leaves it closed"
    bench.run_until(1.0)
    assert bench.of(FaceObservation) == []
    bench.watch()
    bench.run_until(2.0)
    assert is_on(bench.camera)
    bench.worker.handle(Watch(is_on=False))
    assert not is_on(bench.camera)
    count = len(bench.of(FaceObservation))
    bench.run_until(3.0)
    assert len(bench.of(FaceObservation)) == count


def test_two_equal_runs_give_equal_events() -> None:
    def run() -> list[WorkerEvent]:
        bench = Bench(ListedCamera(24.0))
        bench.watch()
        bench.worker.handle(LearnNeutral())
        bench.run_until(4.0)
        return bench.events

    assert run() == run()


def test_requests_for_others_are_refused(bench: Bench) -> None:
    bench.worker.handle(SetCapture(is_open=True))
    (failed,) = bench.of(RequestFailed)
    assert (failed.worker, failed.request, failed.code) == ("vision", "SetCapture", "command-refused")


# --- the neutral mesh ---------------------------------------------------------------------------


def test_two_seconds_of_a_face_give_its_neutral_mesh_and_angles_against_it(bench: Bench) -> None:
    bench.watch()
    bench.worker.handle(LearnNeutral(duration_s=2.0))
    bench.run_until(1.9)
    assert bench.of(NeutralLearned) == []
    bench.run_until(3.0)
    learned = bench.learned()
    assert learned.is_good
    assert 2.0 <= learned.t < 2.2
    newest = bench.of(FaceObservation)[-1]
    assert newest.yaw_deg == pytest.approx(0.0, abs=0.1)
    assert newest.pitch_deg == pytest.approx(0.0, abs=0.1)


def test_a_neutral_mesh_that_is_given_back_serves_as_the_learned_one(bench: Bench) -> None:
    bench.watch()
    bench.worker.handle(LearnNeutral())
    bench.run_until(3.0)
    again = Bench()
    again.watch()
    again.worker.handle(SetNeutral(neutral=bench.learned().neutral))
    again.run_until(1.0)
    assert again.of(RequestFailed) == []
    assert again.of(FaceObservation)[-1].yaw_deg == pytest.approx(0.0, abs=0.1)


def test_a_malformed_neutral_mesh_is_refused_and_looking_goes_on(bench: Bench) -> None:
    bench.watch()
    bench.worker.handle(SetNeutral(neutral=b"junk"))
    bench.run_until(1.0)
    assert len(bench.of(RequestFailed)) == 1
    assert len(bench.of(FaceObservation)) > 10


@pytest.mark.parametrize(("score", "reason"), [(None, "no face"), (0.6, "no face")])
def test_without_a_good_face_learning_is_given_up_after_three_times_its_length(
    bench: Bench, score: float | None, reason: str
) -> None:
    bench.face.score = score
    bench.watch()
    bench.worker.handle(LearnNeutral(duration_s=1.0))
    bench.run_until(2.9)
    assert bench.of(NeutralLearned) == []
    bench.run_until(3.2)
    learned = bench.learned()
    assert not learned.is_good
    assert reason in learned.reason


def test_a_head_that_moves_gives_no_neutral_mesh_until_it_is_still(bench: Bench) -> None:
    bench.face.sways_deg = 25.0
    bench.watch()
    bench.worker.handle(LearnNeutral(duration_s=2.0))
    bench.run_until(2.5)
    assert bench.of(NeutralLearned) == []
    bench.face.sways_deg = 0.0
    bench.run_until(5.9)
    assert bench.learned().is_good

    bench = Bench()
    bench.face.sways_deg = 25.0
    bench.watch()
    bench.worker.handle(LearnNeutral(duration_s=2.0))
    bench.run_until(6.1)
    assert bench.learned().reason == "the head moved too much"


def test_time_without_a_face_does_not_count_for_learning(bench: Bench) -> None:
    bench.watch()
    bench.worker.handle(LearnNeutral(duration_s=2.0))
    bench.run_until(1.0)
    bench.face.score = None
    bench.run_until(2.0)
    bench.face.score = 0.99
    bench.run_until(2.9)
    assert bench.of(NeutralLearned) == []
    bench.run_until(3.3)
    assert bench.learned().is_good


def test_learning_that_cannot_succeed_is_answered_at_once(bench: Bench) -> None:
    bench.worker.handle(LearnNeutral())
    bench.run_until(0.1)
    assert bench.learned().reason == "the camera is off"

    bench = Bench(load_face=no_weights)
    bench.watch()
    bench.worker.handle(LearnNeutral())
    bench.run_until(0.1)
    assert bench.learned().reason == NO_ENGINE

    bench = Bench()
    bench.camera.is_unplugged = True
    bench.watch()
    bench.worker.handle(LearnNeutral())
    bench.run_until(0.1)
    assert bench.learned().reason == "no camera"


def test_learning_ends_when_the_camera_is_lost_or_switched_off(bench: Bench) -> None:
    bench.watch()
    bench.worker.handle(LearnNeutral())
    bench.run_until(1.0)
    bench.worker.handle(Watch(is_on=False))
    bench.run_until(1.1)
    assert bench.learned().reason == "the camera is off"

    bench = Bench()
    bench.watch()
    bench.worker.handle(LearnNeutral())
    bench.run_until(1.0)
    bench.camera.is_unplugged = True
    bench.run_until(1.2)
    assert bench.learned().reason == "no camera"


def test_a_worker_that_is_started_late_in_a_session_counts_from_then_on() -> None:
    bench = Bench()
    bench.slices = round(600 / SLICE_S)
    bench.watch()
    bench.worker.handle(LearnNeutral())
    bench.run_until(603.0)
    assert bench.learned().is_good
    assert min(event.t for event in bench.of(Event)) >= 600.0


def test_forgetting_drops_neutral_mesh_track_and_camera(bench: Bench) -> None:
    bench.watch()
    bench.worker.handle(LearnNeutral())
    bench.run_until(3.0)
    resets = bench.face.resets
    bench.worker.forget()
    assert bench.face.resets > resets
    assert not is_on(bench.camera)
    count = len(bench.of(FaceObservation))
    bench.run_until(4.0)
    assert len(bench.of(FaceObservation)) == count
    assert bench.worker._neutral is None
    assert bench.worker._learning is None


def test_an_engine_that_tells_no_score_is_taken_at_its_word(bench: Bench) -> None:
    bench.face.tells_score = False
    bench.watch()
    bench.worker.handle(LearnNeutral(duration_s=2.0))
    bench.run_until(3.0)
    assert bench.learned().is_good


def test_a_worker_that_closes_frees_its_engine(bench: Bench) -> None:
    bench.worker.close()
    assert bench.face.is_closed
