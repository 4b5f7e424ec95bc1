from __future__ import annotations

import pytest

from greenroom.events import DeviceChanged, FaceObservation
from greenroom.records import DeviceInfo
from greenroom.requests import Watch
from greenroom.seeing.pacing import BUSY_LOOKS, CALM_LOOKS, Pacing
from greenroom.workers.effort import LOOK_S, Effort
from greenroom.workers.vision import VisionWorker
from workers.looking import SLICE_S, ListedCamera, SteadyFace


class Box:
    """A box whose clocks go by what is done: every look at one takes no time, every picture ``picture_s``."""

    def __init__(self) -> None:
        self.now_s = self.cpu_s = 0.0
        self.picture_s = 0.005
        self.cpu_share = 0.1
        self.is_hot = False
        self.waiting: float | None = None

    def effort(self, wanted_hz: float = 15.0) -> Effort:
        return Effort(Pacing(wanted_hz), lambda: self.is_hot, lambda: self.waiting,
                      now=lambda: self.now_s, cpu=lambda: self.cpu_s)

    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds
        self.cpu_s += seconds * self.cpu_share

    def look(self, effort: Effort, loads: int) -> float:
        """Pictures at the rate that the effort asks for, until so many loads were weighed."""
        until_s = self.now_s + loads * (LOOK_S + 0.3)
        while self.now_s < until_s:
            effort.begin()
            self.pass_time(self.picture_s)
            effort.end()
            self.pass_time(max(0.0, 1.0 / effort.rate_hz - self.picture_s))
        return effort.rate_hz


def test_pictures_that_take_long_are_taken_less_often_until_they_do_not() -> None:
    box = Box()
    effort = box.effort()
    assert box.look(effort, 5) == 15.0
    assert effort.remark == ""
    box.picture_s = 0.06
    assert box.look(effort, BUSY_LOOKS + 1) < 15.0
    assert effort.remark.endswith("times a second: the box is busy")
    box.picture_s = 0.005
    assert box.look(effort, 3 * CALM_LOOKS) == 15.0
    assert effort.remark == ""


@pytest.mark.parametrize("trouble", ["cpu", "heat", "others"])
def test_the_share_of_a_core_and_heat_and_those_who_wait_count_too(trouble: str) -> None:
    box = Box()
    box.cpu_share = 0.9 if trouble == "cpu" else 0.1
    box.waiting = 0.8 if trouble == "others" else None
    box.is_hot = trouble == "heat"
    effort = box.effort()
    assert box.look(effort, 40) == 5.0
    assert ("hot" in effort.remark) == box.is_hot


def test_time_in_which_the_camera_was_off_does_not_count() -> None:
    box = Box()
    effort = box.effort()
    for _ in range(20):
        box.pass_time(100.0)
        box.cpu_s += 90.0
        effort.restart()
        assert box.look(effort, 1) == 15.0


# --- the worker ----------------------------------------------------------------------------------


class SlowFace(SteadyFace):
    """Takes as long as the box says; sees a face all the while."""

    def __init__(self, box: Box) -> None:
        super().__init__()
        self._box = box

    def find(self, picture: object, t: float) -> None:
        del picture, t
        self._box.pass_time(self._box.picture_s)


def test_a_worker_on_a_busy_box_looks_less_often_and_says_so_once() -> None:
    box, camera = Box(), ListedCamera(30.0)
    events: list[object] = []
    worker = VisionWorker(events.append, camera, lambda: SlowFace(box), rate_hz=15.0, effort=box.effort())
    worker.warm_up(0)
    worker.handle(Watch(is_on=True))

    def run(from_t: float, to_t: float) -> tuple[float, list[DeviceInfo]]:
        """Observations a second, and what was told of the camera."""
        first = len(events)
        for n in range(round(from_t / SLICE_S), round(to_t / SLICE_S)):
            box.pass_time(max(0.0, n * SLICE_S - box.now_s))
            worker.advance(n * SLICE_S)
        new = events[first:]
        seen = sum(isinstance(event, FaceObservation) for event in new)
        return seen / (to_t - from_t), [event.device for event in new if isinstance(event, DeviceChanged)]

    rate_hz, told = run(0.0, 10.0)
    assert rate_hz == pytest.approx(15.0, abs=1.0)
    assert [(device.state, device.detail) for device in told] == [("ok", "")]
    box.picture_s, box.cpu_share = 0.09, 0.9
    run(10.0, 40.0)
    rate_hz, told = run(40.0, 50.0)
    assert rate_hz == pytest.approx(5.0, abs=0.5)
    assert told == [], "it is no news any more"
    box.picture_s, box.cpu_share = 0.005, 0.05
    _, told = run(50.0, 110.0)
    assert "5 times a second: the box is busy" not in told[-1].detail
    assert told[-1].detail == ""
    rate_hz, _ = run(110.0, 115.0)
    assert rate_hz == pytest.approx(15.0, abs=1.0)
