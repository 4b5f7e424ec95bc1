from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image as Pillow

import greenroom.world
from devices.mjpeg import MjpegServer
from greenroom.devices.camera import NoCamera, OpenCvCamera
from greenroom.errors import DeviceLost, DeviceMissing, ModelMissing, SettingsError
from greenroom.events import (
    DeviceChanged,
    Event,
    FaceObservation,
    LearnNeutral,
    NeutralLearned,
    RequestFailed,
    SetCapture,
    SetNeutral,
    Watch,
    WorkerEvent,
)
from greenroom.ports import FaceFinder, FaceMesh, Image
from greenroom.records import DeviceInfo, EngineInfo
from greenroom.seeing.head_pose import Pose, rotation
from greenroom.settings import Booth, Devices, Engines, Settings
from greenroom.timeline import MonotonicClock
from greenroom.workers.vision import LATENCY_S, NO_ENGINE, RETRY_MAX_S, RETRY_S, VisionWorker, build

E = TypeVar("E")
SLICE_S = 0.032
LIMIT_S = 20.0
FACE = Path(greenroom.world.__file__).parent / "assets" / "portrait.npz"
PORTRAIT = FACE.with_suffix(".jpg")
MODELS = Path(__file__).parents[2] / "models"
Points = npt.NDArray[np.float32]
PICTURE = np.full((48, 64, 3), 120, np.uint8)


class ListedCamera:
    """A camera with a picture every ``1 / fps``, and faults on demand; time is what it is asked for."""

    def __init__(self, fps: float = 15.0) -> None:
        self.period_s = 1.0 / fps
        self.state: Literal["ok", "black", "frozen"] = "ok"
        self.is_open = self.is_unplugged = self.is_dumb = False
        self.opened_at: list[float] = []
        self.asked_t: list[float] = []
        self.now_t = 0.0
        self._given = -1

    @property
    def info(self) -> DeviceInfo:
        if not self.is_open:
            return DeviceInfo(kind="camera", name="listed", state="absent")
        return DeviceInfo(kind="camera", name="listed", state=self.state)

    def open(self, origin_ns: int) -> None:  # noqa: ARG002 - its time is virtual
        self.opened_at.append(self.now_t)
        if self.is_unplugged:
            raise DeviceMissing("no such camera")
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def newest(self, until_t: float) -> tuple[Image, float, int] | None:
        assert self.is_open
        self.asked_t.append(until_t)
        if self.is_unplugged:
            raise DeviceLost("the cable is out")
        if self.state == "frozen":
            raise DeviceLost("the picture does not change")
        frame = int(until_t / self.period_s + 1e-6)
        if frame <= self._given or self.is_dumb:
            return None
        self._given = frame
        return PICTURE, frame * self.period_s, frame


class SteadyFace:
    """Finds the same face in every picture, or none."""

    info = EngineInfo(capability="face", name="steady")

    def __init__(self) -> None:
        self.score: float | None = 0.99
        self.resets = 0
        self.sways_deg = 0.0
        self.points: Points = np.load(FACE)["points"]

    def find(self, picture: Image, t: float) -> FaceMesh | None:
        if self.score is None:
            return None
        turned = self.points @ rotation(Pose(self.sways_deg * np.sin(5 * t), 0.0, 0.0)).T.astype(np.float32)
        return FaceMesh(turned, self.score, (picture.shape[1], picture.shape[0]))

    def reset(self) -> None:
        self.resets += 1


def is_on(camera: ListedCamera) -> bool:
    return camera.is_open


def no_weights() -> FaceFinder:
    raise ModelMissing("face-mesh: no file", fix="greenroom models pull face-mesh")


class Bench:
    """A worker with a camera, driven in lock step as core does it."""

    def __init__(self, camera: ListedCamera | None = None, load_face: Callable[[], FaceFinder] | None = None) -> None:
        self.camera = camera or ListedCamera()
        self.face = SteadyFace()
        self.events: list[WorkerEvent] = []
        self.worker = VisionWorker(self.events.append, self.camera, load_face or (lambda: self.face))
        self.worker.warm_up(0)
        self.slices = 0

    def run_until(self, t: float) -> None:
        while (self.slices + 1) * SLICE_S < t + 1e-9:
            self.slices += 1
            self.camera.now_t = self.slices * SLICE_S
            self.worker.advance(self.camera.now_t)

    def watch(self, rate_hz: float = 15.0) -> None:
        self.worker.handle(Watch(is_on=True, rate_hz=rate_hz))

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def states(self) -> list[str]:
        return [event.device.state for event in self.of(DeviceChanged)]

    def learned(self) -> NeutralLearned:
        (event,) = self.of(NeutralLearned)
        return event


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
    bench = Bench(ListedCamera(fps))
    bench.watch(rate_hz)
    bench.run_until(4.0)
    assert len(bench.of(FaceObservation)) == pytest.approx(expected, abs=2)


def test_the_camera_is_not_asked_before_an_observation_is_due(bench: Bench) -> None:
    bench.watch(rate_hz=2.0)
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


# --- faults -------------------------------------------------------------------------------------


def test_without_weights_the_booth_goes_on_and_says_so() -> None:
    bench = Bench(load_face=no_weights)
    (engine,) = bench.worker.engines
    assert (engine.name, engine.is_first_choice) == ("none", False)
    assert "models pull" in engine.detail
    bench.watch()
    bench.run_until(1.0)
    seen = bench.of(FaceObservation)
    assert len(seen) == 15
    assert {e.reason for e in seen} == {NO_ENGINE}
    assert {e.is_eye_contact for e in seen} == {None}
    assert seen[0].brightness is not None


def test_a_camera_that_is_missing_at_the_start_is_told_once_and_tried_later_and_later() -> None:
    camera = ListedCamera()
    camera.is_unplugged = True
    bench = Bench(camera)
    assert len(bench.worker.engines) == 1
    bench.run_until(0.1)
    assert bench.states() == ["absent"]
    bench.watch()
    bench.run_until(30.0)
    assert bench.states() == ["absent"]
    waits = np.diff(camera.opened_at[1:])
    assert waits[0] == pytest.approx(RETRY_S, abs=2 * SLICE_S)
    assert waits[-1] == pytest.approx(RETRY_MAX_S, abs=2 * SLICE_S)
    assert all(np.diff(waits) > -2 * SLICE_S)
    camera.is_unplugged = False
    bench.run_until(36.0)
    assert bench.states() == ["absent", "ok"]
    assert bench.of(FaceObservation)


def test_a_camera_that_is_unplugged_and_plugged_in_again_is_told_lost_and_back(bench: Bench) -> None:
    bench.watch()
    bench.run_until(2.0)
    bench.camera.is_unplugged = True
    bench.run_until(2.2)
    assert bench.states() == ["ok", "lost"]
    assert bench.of(DeviceChanged)[-1].device.detail == "the cable is out"
    assert not is_on(bench.camera)
    resets = bench.face.resets
    bench.camera.is_unplugged = False
    bench.run_until(4.0)
    assert bench.states() == ["ok", "lost", "ok"]
    assert resets > 1, "the track of a lost camera is dropped"
    assert bench.of(FaceObservation)[-1].t > 3.8


def test_a_camera_that_opens_and_shows_nothing_is_not_back(bench: Bench) -> None:
    bench.watch()
    bench.run_until(1.0)
    bench.camera.is_unplugged = True
    bench.run_until(1.2)
    bench.camera.is_unplugged, bench.camera.is_dumb = False, True
    bench.run_until(4.0)
    assert is_on(bench.camera)
    assert bench.states() == ["ok", "lost"]


def test_a_black_camera_is_told_and_when_it_sees_again(bench: Bench) -> None:
    bench.watch()
    bench.run_until(1.0)
    bench.camera.state = "black"
    bench.run_until(2.0)
    bench.camera.state = "ok"
    bench.run_until(3.0)
    assert bench.states() == ["ok", "black", "ok"]


def test_a_frozen_camera_is_told_once_however_often_it_is_opened_again(bench: Bench) -> None:
    bench.watch()
    bench.run_until(1.0)
    bench.camera.state = "frozen"
    bench.run_until(20.0)
    assert len(bench.camera.opened_at) > 5
    bench.camera.state = "ok"
    bench.run_until(26.0)
    assert bench.states() == ["ok", "frozen", "ok"]


ACTIONS = ("watch", "stop", "learn", "forget", "plug", "unplug", "black", "frozen", "ok", "face", "no face", "wait")


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.floats(0.0, 1.5)), max_size=25))
def test_whatever_happens_the_worker_stays_orderly(script: list[tuple[str, float]]) -> None:
    bench = Bench(ListedCamera(10.0))
    is_watching, learns, t = False, 0, 0.0
    for action, wait_s in script:
        act(bench, action)
        is_watching = action == "watch" or (is_watching and action not in {"stop", "forget"})
        learns += action == "learn"
        t += wait_s
        bench.run_until(t)
        assert is_watching or not is_on(bench.camera)
    told = [(e.device.name, e.device.state) for e in bench.of(DeviceChanged)]
    assert all(a != b for a, b in itertools.pairwise(told)), "only news is told"
    times = [e.t for e in bench.of(FaceObservation)]
    assert times == sorted(set(times))
    assert len(bench.of(NeutralLearned)) <= learns
    assert bench.of(RequestFailed) == []


def act(bench: Bench, action: str) -> None:
    match action:
        case "watch":
            bench.watch()
        case "stop":
            bench.worker.handle(Watch(is_on=False))
        case "learn":
            bench.worker.handle(LearnNeutral(duration_s=1.0))
        case "forget":
            bench.worker.forget()
        case "plug" | "unplug":
            bench.camera.is_unplugged = action == "unplug"
        case "black" | "frozen" | "ok":
            bench.camera.state = action
        case "face" | "no face":
            bench.face.score = 0.99 if action == "face" else None
        case _:
            pass


# --- what the settings ask for --------------------------------------------------------------------


def settings(camera: str, models_dir: Path = Path("/nowhere")) -> Settings:
    return Settings(booth=Booth(models_dir=models_dir), devices=Devices(camera=camera), engines=Engines())


def test_the_settings_choose_the_camera() -> None:
    assert isinstance(build(settings("none"), lambda _: None)._camera, NoCamera)
    assert isinstance(build(settings("auto"), lambda _: None)._camera, OpenCvCamera)
    own = ListedCamera()
    assert build(settings("virtual"), lambda _: None, own)._camera is own
    with pytest.raises(SettingsError):
        build(settings("virtual"), lambda _: None)


def test_a_booth_without_camera_and_weights_still_warms_up() -> None:
    events: list[WorkerEvent] = []
    worker = build(settings("none"), events.append)
    worker.warm_up(0)
    worker.handle(Watch(is_on=True))
    worker.advance(1.0)
    (changed,) = events
    assert isinstance(changed, DeviceChanged)
    assert changed.device.state == "absent"
    assert worker.engines[0].name == "none"
    worker.close()


# --- a real engine --------------------------------------------------------------------------------


class PortraitCamera(ListedCamera):
    """A camera on the portrait, whose sensor is noisy."""

    def __init__(self) -> None:
        super().__init__()
        self._portrait = np.asarray(Pillow.open(PORTRAIT).convert("RGB"))

    def newest(self, until_t: float) -> tuple[Image, float, int] | None:
        shot = super().newest(until_t)
        if shot is None:
            return None
        noise = np.random.default_rng(shot[2]).integers(-6, 7, self._portrait.shape)
        return np.clip(self._portrait + noise, 0, 255).astype(np.uint8), shot[1], shot[2]


@pytest.mark.skipif(not (MODELS / "face-mesh").is_dir(), reason="no face networks: greenroom models pull --minimal")
def test_the_embedded_engine_learns_and_follows_a_real_face() -> None:
    events: list[WorkerEvent] = []
    worker = build(settings("virtual", MODELS), events.append, PortraitCamera())
    worker.warm_up(0)
    assert worker.engines[0].name.startswith("litert")
    worker.handle(Watch(is_on=True))
    worker.handle(LearnNeutral(duration_s=1.0))
    for n in range(1, 60):
        worker.advance(n * SLICE_S)
    worker.close()
    (learned,) = [event for event in events if isinstance(event, NeutralLearned)]
    assert learned.is_good
    after = [event for event in events if isinstance(event, FaceObservation) and event.t > learned.t]
    assert len(after) > 8
    assert {event.faces for event in after} == {1}
    for event in after:
        assert event.yaw_deg == pytest.approx(0.0, abs=2.0)
        assert event.pitch_deg == pytest.approx(0.0, abs=2.0)
        assert event.box is not None


# --- a real camera --------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    def noise(t: float) -> Image:
        return np.random.default_rng(round(t * 1e6)).integers(60, 90, (120, 160, 3), dtype=np.uint8)

    served = MjpegServer(noise, fps=30)
    served.start()
    yield served
    served.stop()


def test_a_real_camera_is_lost_and_found_again(server: MjpegServer) -> None:
    events: list[WorkerEvent] = []
    clock = MonotonicClock(time.monotonic_ns())
    worker = VisionWorker(events.append, OpenCvCamera(server.url), SteadyFace)
    worker.warm_up(clock.origin_ns)
    worker.handle(Watch(is_on=True))

    def run_until_told(states: list[str]) -> None:
        give_up_t = clock.now() + LIMIT_S
        while [e.device.state for e in events if isinstance(e, DeviceChanged)] != states:
            assert clock.now() < give_up_t, states
            worker.advance(clock.now())
            time.sleep(0.01)

    run_until_told(["ok"])
    server.stop()
    run_until_told(["ok", "lost"])
    server.start()
    run_until_told(["ok", "lost", "ok"])
    seen = [e for e in events if isinstance(e, FaceObservation)]
    assert seen[-1].faces == 1
    assert all(0.0 < e.t < e.t_known for e in seen)
    worker.close()
