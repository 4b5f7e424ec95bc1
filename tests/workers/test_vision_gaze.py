"""The vision worker learns how a candidate's eyes are read, and what it sees with that."""

from __future__ import annotations

from math import radians, sin

import pytest

from greenroom.events import FaceObservation, GazeLearned
from greenroom.ports import FaceMesh, Image
from greenroom.requests import LearnGaze, LearnNeutral, SetGaze, SetNeutral, Watch
from greenroom.seeing.calibration import NOT_FOLLOWED, NOT_SEEN, targets
from greenroom.seeing.eye_contact import UNCALIBRATED
from greenroom.seeing.gaze import EYEBALL_OVER_EYE, GAIN_H, GAIN_V
from greenroom.workers.vision import NO_NEUTRAL
from greenroom.world.portrait import HEIGHT, WIDTH
from seeing.faces import with_irises, with_lids
from workers.looking import Bench, SteadyFace

POINTS = targets((476.0, 268.0), 4.0)
SEEN = 0.8
"""Of the eyes' way, so much is read of this candidate."""


class FollowingFace(SteadyFace):
    """A face within the picture, that blinks, and whose eyes go to each point 0.2 s after it appears."""

    def find(self, picture: Image, t: float) -> FaceMesh | None:
        mesh = super().find(picture, t)
        if mesh is not None:
            mesh = mesh._replace(size=(WIDTH, HEIGHT))
            mesh = with_lids(mesh, 0.3) if t % 4.0 < 0.2 else mesh
        point = next((p for p in POINTS if p.from_t <= t - 0.2 < p.to_t), None)
        if mesh is None or point is None:
            return mesh
        across = EYEBALL_OVER_EYE * GAIN_H * sin(radians(SEEN * point.yaw_deg))
        down = -EYEBALL_OVER_EYE * GAIN_V * sin(radians(SEEN * point.pitch_deg))
        return with_irises(mesh, across, down)


def looking(face: SteadyFace | None = None) -> Bench:
    """A worker that watches and knows the face at rest."""
    bench = Bench(load_face=None if face is None else lambda: face)
    bench.watch()
    bench.worker.handle(LearnNeutral(duration_s=1.0))
    bench.run_until(2.0)
    return bench


def learned(bench: Bench) -> GazeLearned:
    (event,) = bench.of(GazeLearned)
    return event


def test_eyes_that_follow_the_points_are_calibrated_when_the_last_one_is_gone() -> None:
    bench = looking(FollowingFace())
    bench.worker.handle(LearnGaze(points=POINTS))
    bench.run_until(POINTS[-1].to_t)
    assert bench.of(GazeLearned) == []
    bench.run_until(POINTS[-1].to_t + 0.3)
    found = learned(bench).calibration
    assert found is not None
    assert found.yaw_gain == pytest.approx(1 / SEEN, rel=0.05)
    assert found.pitch_gain == pytest.approx(1 / SEEN, rel=0.1)


def test_with_the_calibration_eye_contact_is_told_without_a_reservation() -> None:
    bench = looking(FollowingFace())
    assert bench.of(FaceObservation)[-1].reason == UNCALIBRATED
    bench.worker.handle(LearnGaze(points=POINTS))
    bench.run_until(POINTS[-1].to_t + 1.0)
    newest = bench.of(FaceObservation)[-1]
    assert (newest.is_eye_contact, newest.reason) == (True, "")
    assert newest.edge_error_deg is not None


def test_eyes_that_rest_give_no_calibration_and_a_reason() -> None:
    bench = looking()
    bench.worker.handle(LearnGaze(points=POINTS))
    bench.run_until(POINTS[-1].to_t + 0.3)
    assert (learned(bench).calibration, learned(bench).reason) == (None, NOT_FOLLOWED)


def test_a_face_that_is_away_gives_a_reason() -> None:
    bench = looking()
    bench.face.score = None
    bench.worker.handle(LearnGaze(points=POINTS))
    bench.run_until(POINTS[-1].to_t + 0.3)
    assert learned(bench).reason == NOT_SEEN


def test_without_the_face_at_rest_it_is_refused_at_once() -> None:
    bench = Bench()
    bench.watch()
    bench.run_until(0.5)
    bench.worker.handle(LearnGaze(points=POINTS))
    assert learned(bench).reason == NO_NEUTRAL


def test_a_camera_that_is_switched_off_ends_it_with_a_reason() -> None:
    bench = looking()
    bench.worker.handle(LearnGaze(points=POINTS))
    bench.worker.handle(Watch(is_on=False))
    bench.run_until(2.5)
    assert learned(bench).reason == "the camera is off"


def test_a_calibration_that_is_given_back_serves_and_is_forgotten_with_the_session() -> None:
    bench = looking(FollowingFace())
    bench.worker.handle(LearnGaze(points=POINTS))
    bench.run_until(POINTS[-1].to_t + 0.3)
    found = learned(bench).calibration
    assert found is not None
    again = Bench(load_face=FollowingFace)
    again.watch()
    again.worker.handle(SetNeutral(neutral=bench.learned().neutral))
    again.worker.handle(SetGaze(calibration=found))
    again.run_until(1.0)
    assert again.of(FaceObservation)[-1].reason == ""
    again.worker.forget()
    again.watch()
    again.run_until(2.0)
    assert again.of(FaceObservation)[-1].reason == UNCALIBRATED


def test_a_new_face_at_rest_makes_an_old_calibration_void() -> None:
    bench = looking(FollowingFace())
    bench.worker.handle(LearnGaze(points=POINTS))
    bench.run_until(POINTS[-1].to_t + 0.5)
    bench.worker.handle(LearnNeutral(duration_s=1.0))
    bench.run_until(POINTS[-1].to_t + 3.0)
    assert bench.of(FaceObservation)[-1].reason == UNCALIBRATED
