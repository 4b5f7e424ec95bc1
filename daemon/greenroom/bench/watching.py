"""What the whole vision worker costs while it looks at a candidate 30 times a second, without decoding the source."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from greenroom.bench.printing import Line
from greenroom.events import FaceObservation, NeutralLearned, SceneObserved, WorkerEvent
from greenroom.ports import FaceFinder, Image
from greenroom.records import DeviceInfo
from greenroom.requests import LearnNeutral, Watch
from greenroom.settings import load
from greenroom.workers.bodies import load_body, load_objects
from greenroom.workers.scenery import Scenery
from greenroom.workers.vision import VisionWorker
from greenroom.world.motion import FRAME_RATE_HZ, Motion, next_scene
from greenroom.world.portrait import PortraitRenderer

RATE_HZ = 30.0
LIMIT_SHARE = 0.15
DRAWN_S = 4.0
"""So much of the candidate is drawn, and shown again and again: there and back, so that nothing jumps."""
STILL_S = 3.0
"""At the beginning, for the face and the posture at rest."""


class Shown:
    """A camera whose pictures are ready. Each is copied first: a decoder has just written it."""

    def __init__(self, pictures: list[Image]) -> None:
        self._pictures = [*pictures, *pictures[::-1]]
        self.spent_s = 0.0
        self.info = DeviceInfo(kind="camera", name="drawn", state="ok")

    def open(self, origin_ns: int) -> None:
        """Always there."""

    def close(self) -> None:
        """Nothing to free."""

    def newest(self, until_t: float) -> tuple[Image, float, int] | None:
        began_s = time.process_time()
        n = round(until_t * RATE_HZ)
        picture = self._pictures[n % len(self._pictures)].copy()
        self.spent_s += time.process_time() - began_s
        return picture, until_t, n


class Cost(NamedTuple):
    """Shares of one core, for the mean and the busiest second, and how much was told.

    Not the median: looks beside the face may be five seconds apart, and most seconds have none.
    """

    mean: float
    busiest: float
    faces: int
    scenes: int


def drawn() -> list[Image]:
    """A candidate who speaks, blinks and moves, as often as the camera would show them."""
    renderer, motion, pictures = PortraitRenderer(), Motion(), list[Image]()
    for n in range(round(DRAWN_S * FRAME_RATE_HZ)):
        motion, scene = next_scene(motion, 1, n / FRAME_RATE_HZ, "speaking", -25.0)
        pictures += [renderer.render(scene).copy()] * round(RATE_HZ / FRAME_RATE_HZ)
    return pictures


def cost(load_face: Callable[[], FaceFinder], scenery: Callable[[Callable[[WorkerEvent], None]], Scenery] | None,
         pictures: list[Image], length_s: float) -> Cost:
    """CPU of the whole process, threads of the engines included, while ``length_s`` of pictures are looked at."""
    told: list[WorkerEvent] = []
    camera = Shown(pictures)
    worker = VisionWorker(told.append, camera, load_face, rate_hz=RATE_HZ,
                          scenery=None if scenery is None else scenery(told.append))
    worker.warm_up(0)
    worker.handle(Watch(is_on=True))
    worker.handle(LearnNeutral(duration_s=2.0))
    n, spent = 0, list[float]()
    for second in range(round(STILL_S + length_s)):
        before_s = time.process_time() - camera.spent_s
        for _ in range(round(RATE_HZ)):
            worker.advance(n / RATE_HZ)
            n += 1
        if second >= STILL_S:
            spent.append(time.process_time() - camera.spent_s - before_s)
    worker.close()
    if not any(isinstance(event, NeutralLearned) and event.is_good for event in told):
        raise RuntimeError("the drawn face gave no neutral mesh")
    seen = [event for event in told if isinstance(event, FaceObservation) and event.yaw_deg is not None]
    return Cost(float(np.mean(spent)), max(spent), len(seen), sum(isinstance(event, SceneObserved) for event in told))


def lines(load_face: Callable[[], FaceFinder], length_s: float = 20.0) -> Iterator[Line]:
    """The worker with the face alone, and with everything that is installed."""
    settings, pictures = load(), drawn()

    def load_scenery(emit: Callable[[WorkerEvent], None]) -> Scenery:
        return Scenery(emit, lambda: load_body(settings), lambda: load_objects(settings), time.process_time)

    title = f"whole worker, {RATE_HZ:.0f} pictures a second: share of one core"
    yield f"{title:<60}  mean second  busiest second", True
    for name, scenery in (("face, gaze, doubt", None), ("with posture, hands and things", load_scenery)):
        found = cost(load_face, scenery, pictures, length_s)
        yield (f"  {name:<58}{found.mean:14.1%}{found.busiest:15.1%}   ({found.faces} faces, {found.scenes} scenes)",
               found.mean <= LIMIT_SHARE)
