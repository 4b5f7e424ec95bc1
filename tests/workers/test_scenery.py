from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from greenroom.errors import EngineError, ModelMissing
from greenroom.events import FaceObservation, SceneObserved, WorkerEvent
from greenroom.ports import Body, FaceMesh, Hand, Image
from greenroom.records import EngineInfo, SeenObject
from greenroom.requests import LearnNeutral, Watch
from greenroom.seeing.bodies import LEFT_SHOULDER, NOSE, RIGHT_SHOULDER, ROWS
from greenroom.seeing.hands import PHONE
from greenroom.seeing.posture import NO_BODY, NO_REST
from greenroom.workers.bodies import BodyEyes
from greenroom.workers.effort import Effort
from greenroom.workers.scenery import (
    BUDGET_SHARE,
    KEPT,
    LONGEST_S,
    MAYBE,
    NO_ENGINE,
    NO_HAND,
    NO_OBJECTS,
    OTHER_BODY,
    PERIOD_S,
    SMALL,
    Scenery,
)
from greenroom.workers.vision import VisionWorker
from seeing.sitters import frame, needs_body, new_body, new_hands, with_hand
from workers.looking import SLICE_S, ListedCamera, SteadyFace
from workers.test_effort import Box, SlowFace

PICTURE = np.full((480, 640, 3), 120, np.uint8)


class Sitter:
    """A body, the hand before its face and the things around it, as a test puts them."""

    def __init__(self) -> None:
        self.info = EngineInfo(capability="body", name="drawn")
        self.sunk_px = 0.0
        self.is_there = self.is_well = True
        self.resets = self.looks = 0
        self.now_s = self.look_s = 0.0
        """A clock that a look at the body turns on by so much."""
        self.hand: Hand | None = None
        self.things: tuple[SeenObject, ...] = ()

    def body(self) -> Body | None:
        points = np.full((ROWS, 2), -1.0, np.float32)
        points[[NOSE, LEFT_SHOULDER, RIGHT_SHOULDER]] = [(320, 180), (420, 300 + self.sunk_px), (220, 300)]
        shown = np.zeros(ROWS, np.float32)
        shown[[NOSE, LEFT_SHOULDER, RIGHT_SHOULDER]] = 0.9
        return Body(points, shown, 0.9, (640, 480)) if self.is_there else None


class DrawnBody:
    def __init__(self, sitter: Sitter) -> None:
        self._sitter = sitter
        self.info = sitter.info

    def find(self, picture: Image, t: float) -> Body | None:  # noqa: ARG002
        self._sitter.looks += 1
        self._sitter.now_s += self._sitter.look_s
        if not self._sitter.is_well:
            raise EngineError("the network is gone")
        return self._sitter.body()

    def reset(self) -> None:
        self._sitter.resets += 1

    def close(self) -> None: ...


class DrawnHands:
    def __init__(self, sitter: Sitter) -> None:
        self._sitter = sitter
        self.info = sitter.info

    def find(self, picture: Image, at: tuple[float, float], side_px: float) -> Hand | None:  # noqa: ARG002
        return self._sitter.hand

    def close(self) -> None: ...


class DrawnObjects:
    info = EngineInfo(capability="objects", name="drawn")

    def __init__(self, sitter: Sitter) -> None:
        self._sitter = sitter

    def find(self, picture: Image) -> tuple[SeenObject, ...]:  # noqa: ARG002
        return self._sitter.things

    def close(self) -> None: ...


def missing() -> BodyEyes:
    raise ModelMissing("no weights")


def no_objects() -> DrawnObjects:
    raise ModelMissing("no weights")


class Scene:
    """A scenery that is shown a picture fifteen times a second."""

    def __init__(self, *, has_body: bool = True, has_objects: bool = True,
                 stopwatch: Callable[[], float] | None = None) -> None:
        self.sitter = Sitter()
        self.events: list[WorkerEvent] = []
        eyes = BodyEyes(DrawnBody(self.sitter), DrawnHands(self.sitter))
        self.scenery = Scenery(self.events.append, (lambda: eyes) if has_body else missing,
                               (lambda: DrawnObjects(self.sitter)) if has_objects else no_objects, stopwatch)
        self.engines = self.scenery.warm_up()
        self.frame = 0

    def learn(self) -> None:
        self.scenery.learn(2.0, self.frame / 15)

    def show(self, seconds: float, mesh: FaceMesh | None = None, picture: Image = PICTURE) -> list[SceneObserved]:
        before = len(self.events)
        for _ in range(round(seconds * 15)):
            t = self.frame / 15
            self.frame += 1
            self.scenery.look(picture, mesh, t, t + 0.05)
        return [event for event in self.events[before:] if isinstance(event, SceneObserved)]


def face(x: float = 320.0, y: float = 180.0) -> FaceMesh:
    ways = np.linspace(0.0, 2.0 * np.pi, 478)
    points = np.stack([x + 60 * np.cos(ways), y + 80 * np.sin(ways), 0 * ways], axis=1).astype(np.float32)
    points[[234, 454, 13, 14], :2] = [(x - 60, y), (x + 60, y), (x, y + 30), (x, y + 32)]
    return FaceMesh(points, 0.99, (640, 480))


def ring(x: float, y: float, score: float) -> Hand:
    ways = np.linspace(0.0, 2.0 * np.pi, 21)
    return Hand(np.stack([x + 50 * np.cos(ways), y + 50 * np.sin(ways)], axis=1).astype(np.float32), score)


def test_looks_about_twice_a_second() -> None:
    scene = Scene()
    seen = scene.show(10.0)
    assert 18 <= len(seen) <= 21
    assert min(b.t - a.t for a, b in pairwise(seen)) >= PERIOD_S
    assert all(event.t_known - event.t == pytest.approx(0.05) for event in seen)


def test_a_posture_is_told_against_the_one_at_rest() -> None:
    scene = Scene()
    assert scene.show(1.0)[-1].posture_reason == NO_REST
    scene.learn()
    scene.show(2.5)
    assert scene.show(1.0)[-1].tilt_deg == pytest.approx(0.0, abs=0.01)
    scene.sitter.sunk_px = 20.0
    seen = scene.show(KEPT * PERIOD_S + 0.5)[-1]
    assert seen.posture_reason == ""
    assert seen.nearness == pytest.approx(0.0, abs=0.02)
    assert seen.tilt_deg == pytest.approx(5.7, abs=0.1)


@pytest.mark.parametrize("is_looked", [True, False])
def test_who_comes_into_view_long_after_they_were_asked_to_keep_still_is_not_at_rest(is_looked: bool) -> None:
    scene = Scene()
    scene.learn()
    scene.sitter.is_there = False
    if is_looked:
        scene.show(20.0)
    else:  # the box had no time
        scene.frame += 20 * 15
    scene.sitter.is_there = True
    scene.sitter.sunk_px = 40.0
    assert {seen.posture_reason for seen in scene.show(10.0)} == {NO_REST}


def test_a_rest_that_is_learned_anew_is_not_the_one_before() -> None:
    scene = Scene()
    scene.learn()
    scene.show(3.0)
    scene.learn()
    assert scene.show(1.0)[0].posture_reason == NO_REST


def test_a_single_odd_look_changes_nothing() -> None:
    scene = Scene()
    scene.learn()
    scene.show(3.0)
    scene.sitter.sunk_px = 60.0
    assert scene.show(PERIOD_S)[-1].tilt_deg == pytest.approx(0.0, abs=0.01)


def test_forgets_the_posture_at_rest() -> None:
    scene = Scene()
    scene.learn()
    scene.show(3.0)
    scene.scenery.forget()
    assert scene.show(1.0)[-1].posture_reason == NO_REST


def test_a_body_that_is_not_the_faces_is_no_bodys() -> None:
    scene = Scene()
    assert scene.show(0.5, face())[-1].posture_reason == NO_REST
    resets = scene.sitter.resets
    seen = scene.show(0.5, face(x=550.0))[-1]
    assert (seen.posture_reason, seen.tilt_deg) == (OTHER_BODY, None)
    assert scene.sitter.resets > resets
    scene.sitter.is_there = False
    assert scene.show(0.5, face())[-1].posture_reason == NO_BODY


def test_tells_a_hand_before_the_mouth_none_and_a_perhaps() -> None:
    scene = Scene()
    scene.sitter.hand = ring(320.0, 220.0, 0.9)
    seen = scene.show(0.5, face())[-1]
    assert (seen.hand_at_mouth, seen.hand_reason) == (True, "")
    scene.sitter.hand = ring(320.0, 220.0, 0.3)
    seen = scene.show(0.6, face())[-1]
    assert (seen.hand_at_mouth, seen.hand_reason) == (None, MAYBE)
    scene.sitter.hand = None
    assert scene.show(0.6, face())[-1].hand_at_mouth is False
    seen = scene.show(0.6, face(), np.zeros_like(PICTURE))[-1]
    assert (seen.hand_at_mouth, seen.hand_reason) == (None, "too dark")
    points = (face().points / 4 + np.array([240, 135, 0])).astype(np.float32)
    far = face()._replace(points=points)
    seen = scene.show(0.6, far)[-1]
    assert (seen.hand_at_mouth, seen.hand_reason) == (None, SMALL)


def test_things_are_told_where_something_looks_for_them() -> None:
    scene = Scene()
    scene.sitter.things = (SeenObject(label=PHONE, score=0.8, box=(0.4, 0.6, 0.1, 0.2)),)
    seen = scene.show(0.5)[-1]
    assert (seen.objects, seen.phone_in_hand, seen.objects_reason) == (scene.sitter.things, None, NO_HAND)
    scene.sitter.things = ()
    seen = scene.show(0.5)[-1]
    assert (seen.objects, seen.phone_in_hand, seen.objects_reason) == ((), False, "")
    without = Scene(has_objects=False)
    seen = without.show(0.5)[-1]
    assert (seen.objects, seen.phone_in_hand, seen.objects_reason) == (None, None, NO_OBJECTS)
    assert [info.capability for info in without.engines] == ["body"]


def test_without_weights_it_says_nothing() -> None:
    scene = Scene(has_body=False, has_objects=False)
    assert scene.engines == ()
    assert scene.show(2.0, face()) == []
    seen = Scene(has_body=False).show(0.5, face())[-1]
    assert (seen.posture_reason, seen.hand_reason, seen.objects) == (NO_ENGINE, NO_ENGINE, ())


@pytest.mark.parametrize("face_s", [0.0, 0.004, 0.008])
def test_face_and_scenery_together_keep_to_their_share_of_a_core(face_s: float) -> None:
    """At 15 pictures a second, with looks of 0.1 s."""
    scene = Scene(stopwatch=lambda: scene.sitter.now_s)
    scene.sitter.look_s = 0.1
    for n in range(70 * 15):
        if n == 10 * 15:
            scene.events.clear()
        scene.scenery.begin()
        scene.sitter.now_s += face_s
        scene.scenery.look(PICTURE, face(), n / 15, n / 15)
    left = max(0.1 / LONGEST_S, BUDGET_SHARE - 15 * face_s)
    assert len(scene.events) == pytest.approx(60.0 / max(PERIOD_S, 0.1 / left), rel=0.15)


def test_a_box_without_any_time_left_still_looks_now_and_then() -> None:
    readings = iter(np.arange(0.0, 1e6, 0.4).tolist())
    seen = Scene(stopwatch=lambda: next(readings)).show(30.0)
    assert len(seen) == pytest.approx(30.0 / LONGEST_S, abs=1)


# --- in the worker --------------------------------------------------------------------------------


class Beside:
    """A vision worker that also looks beside the face."""

    def __init__(self, effort: Effort | None = None, box: Box | None = None) -> None:
        self.scene = Scene()
        self.box = box
        face = SteadyFace() if box is None else SlowFace(box)
        self.camera = ListedCamera(30.0)
        self.worker = VisionWorker(self.scene.events.append, self.camera, lambda: face, effort=effort,
                                   scenery=self.scene.scenery)
        self.worker.warm_up(0)
        self.worker.handle(Watch(is_on=True))
        self.slices = 0

    def run_until(self, t: float) -> list[SceneObserved]:
        before = len(self.scene.events)
        while self.slices * SLICE_S < t:
            self.slices += 1
            if self.box is not None:
                self.box.pass_time(max(0.0, self.slices * SLICE_S - self.box.now_s))
            self.worker.advance(self.slices * SLICE_S)
        return [event for event in self.scene.events[before:] if isinstance(event, SceneObserved)]


def test_the_worker_tells_of_face_and_scene_and_names_the_engines_of_both() -> None:
    bench = Beside()
    assert [engine.capability for engine in bench.worker.engines] == ["face", "body", "objects"]
    assert len(bench.run_until(5.0)) == pytest.approx(10, abs=1)


def test_an_engine_that_fails_beside_the_face_costs_no_face() -> None:
    bench = Beside()
    assert bench.run_until(2.0)
    bench.scene.sitter.is_well = False
    bench.run_until(4.0)
    before = len(bench.scene.events)
    assert bench.run_until(6.0) == []
    assert sum(isinstance(event, FaceObservation) for event in bench.scene.events[before:]) > 20


def test_an_engine_that_cannot_look_once_is_none() -> None:
    sitter, told = Sitter(), list[WorkerEvent]()
    sitter.is_well = False
    scenery = Scenery(told.append, lambda: BodyEyes(DrawnBody(sitter), DrawnHands(sitter)), no_objects)
    assert scenery.warm_up() == ()


def test_the_posture_at_rest_is_learned_with_the_face_and_forgotten_with_it() -> None:
    bench = Beside()
    assert NO_REST in {event.posture_reason for event in bench.run_until(1.0)}
    bench.worker.handle(LearnNeutral(duration_s=2.0))
    bench.run_until(4.0)
    assert NO_REST not in {event.posture_reason for event in bench.run_until(6.0)}
    bench.worker.forget()
    assert bench.run_until(7.0) == []
    bench.worker.handle(Watch(is_on=True))
    assert NO_REST in {event.posture_reason for event in bench.run_until(9.0)}


def test_a_busy_box_leaves_the_scene_out_first() -> None:
    box = Box()
    bench = Beside(box.effort(), box)
    assert len(bench.run_until(5.0)) > 5
    box.picture_s, box.cpu_share = 0.09, 0.9
    bench.run_until(20.0)
    assert bench.run_until(30.0) == []
    box.picture_s, box.cpu_share = 0.005, 0.05
    bench.run_until(80.0)
    assert len(bench.run_until(85.0)) > 5


# --- with the networks ----------------------------------------------------------------------------


@needs_body
def test_a_sitter_who_tilts_and_covers_the_mouth_is_seen_to_do_so() -> None:
    scene = Scene(has_objects=False)
    scene.scenery = Scenery(scene.events.append, lambda: BodyEyes(new_body(), new_hands()), no_objects)
    scene.scenery.warm_up()
    scene.learn()
    upright = frame()
    at_rest = scene.show(3.0, picture=upright.picture)[-1]
    assert at_rest.tilt_deg == pytest.approx(0.0, abs=1.0)
    assert (at_rest.hand_at_mouth, at_rest.posture_reason) == (False, "")
    tilted = scene.show(2.0, picture=frame(turn_deg=8.0).picture)[-1]
    assert tilted.tilt_deg == pytest.approx(8.0, abs=2.0)
    x, y = upright.mouth
    covered = with_hand(upright, (x, y + 0.15 * upright.face_px), 0.3 * upright.face_px, -35.0)
    assert scene.show(1.0, picture=covered)[-1].hand_at_mouth is True
