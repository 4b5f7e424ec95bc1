"""Faults of camera and weights, what the settings ask for, and the real engine."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from devices.filming import Scene, always_the_same, black, covered, noise
from devices.mjpeg import MjpegServer
from greenroom.devices.camera import NoCamera, OpenCvCamera
from greenroom.errors import SettingsError
from greenroom.events import DeviceChanged, FaceObservation, NeutralLearned, RequestFailed, WorkerEvent
from greenroom.ports import Image
from greenroom.requests import LearnNeutral, Watch
from greenroom.settings import Booth, Devices, Engines, Settings
from greenroom.timeline import MonotonicClock
from greenroom.workers.vision import NO_ENGINE, RETRY_MAX_S, RETRY_S, VisionWorker, build
from workers.looking import (
    LIMIT_S,
    MODELS,
    PORTRAIT,
    SLICE_S,
    Bench,
    ListedCamera,
    SteadyFace,
    is_on,
    no_weights,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


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


def test_a_covered_camera_is_told_and_is_still_looked_through(bench: Bench) -> None:
    bench.watch()
    bench.run_until(1.0)
    bench.camera.state = "covered"
    bench.run_until(2.0)
    assert bench.of(FaceObservation)[-1].t > 1.9
    bench.camera.state = "ok"
    bench.run_until(3.0)
    assert bench.states() == ["ok", "covered", "ok"]


def test_how_a_working_camera_works_is_news(bench: Bench) -> None:
    bench.watch()
    bench.run_until(1.0)
    bench.camera.detail = "fewer than 10 a second come"
    bench.run_until(2.0)
    assert [e.device.detail for e in bench.of(DeviceChanged)] == ["", "fewer than 10 a second come"]


def test_a_frozen_camera_is_told_once_however_often_it_is_opened_again(bench: Bench) -> None:
    bench.watch()
    bench.run_until(1.0)
    bench.camera.state = "frozen"
    bench.run_until(20.0)
    assert len(bench.camera.opened_at) > 5
    bench.camera.state = "ok"
    bench.run_until(26.0)
    assert bench.states() == ["ok", "frozen", "ok"]


ACTIONS = ("watch", "stop", "learn", "forget", "plug", "unplug", "black", "frozen", "covered", "ok",
           "face", "no face", "wait")


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
        case "black" | "frozen" | "covered" | "ok":
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


class RealBench:
    """A worker on a camera that is served, in real time."""

    def __init__(self) -> None:
        self.scene = Scene(noise)
        self.server = MjpegServer(self.scene, fps=30)
        self.server.start()
        self.events: list[WorkerEvent] = []
        self.clock = MonotonicClock(time.monotonic_ns())
        self.worker = VisionWorker(self.events.append, OpenCvCamera(self.server.url), SteadyFace)
        self.worker.warm_up(self.clock.origin_ns)
        self.worker.handle(Watch(is_on=True))

    def run_until_told(self, states: list[str]) -> None:
        """Repeats do not count: how a camera works is told anew when it changes."""
        give_up_t = self.clock.now() + LIMIT_S
        while self.told() != states:
            assert self.clock.now() < give_up_t, (states, self.told())
            self.worker.advance(self.clock.now())
            time.sleep(0.01)

    def told(self) -> list[str]:
        states = [event.device.state for event in self.events if isinstance(event, DeviceChanged)]
        return [state for state, _ in itertools.groupby(states)]

    def spoil(self, fault: str) -> None:
        match fault:
            case "unplugged":
                self.server.stop()
            case "stalled":
                self.server.is_stalled = True
            case _:
                self.scene.render = {"frozen": always_the_same, "black": black, "covered": covered}[fault]

    def mend(self, fault: str) -> None:
        self.scene.render = noise
        self.server.is_stalled = False
        if fault == "unplugged":
            self.server.start()


@pytest.fixture
def real() -> Iterator[RealBench]:
    bench = RealBench()
    yield bench
    bench.worker.close()
    bench.server.stop()


@pytest.mark.parametrize(("fault", "state"), [
    ("unplugged", "lost"), ("stalled", "lost"), ("frozen", "frozen"), ("black", "black"), ("covered", "covered")])
def test_a_real_cameras_fault_is_told_and_its_end(real: RealBench, fault: str, state: str) -> None:
    real.run_until_told(["ok"])
    real.spoil(fault)
    real.run_until_told(["ok", state])
    real.mend(fault)
    real.run_until_told(["ok", state, "ok"])
    seen = [e for e in real.events if isinstance(e, FaceObservation)]
    assert seen[-1].faces == 1
    assert all(0.0 < e.t < e.t_known for e in seen)


def test_the_settings_turn_the_camera() -> None:
    events: list[WorkerEvent] = []
    wanted = Devices(camera="test", camera_rotation=90)
    worker = build(Settings(booth=Booth(models_dir=Path("/nowhere")), devices=wanted, engines=Engines()), events.append)
    assert isinstance(worker._camera, OpenCvCamera)
    worker._camera.open(0)
    shots: list[Image] = []
    give_up_s = time.monotonic() + LIMIT_S
    while not shots and time.monotonic() < give_up_s:
        shots += [shot[0] for shot in [worker._camera.newest(1e9)] if shot is not None]
        time.sleep(0.01)
    worker.close()
    assert shots[0].shape == (640, 480, 3)
