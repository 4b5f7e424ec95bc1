"""A camera, a face and a bench for the vision worker's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

import greenroom.world
from greenroom.errors import DeviceLost, DeviceMissing, ModelMissing
from greenroom.events import DeviceChanged, NeutralLearned, WorkerEvent
from greenroom.ports import FaceFinder, FaceMesh, Image
from greenroom.records import DeviceInfo, EngineInfo
from greenroom.requests import Watch
from greenroom.seeing.head_pose import Pose, rotation
from greenroom.workers.vision import VisionWorker

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
        self.state: Literal["ok", "black", "frozen", "covered"] = "ok"
        self.detail = ""
        self.is_open = self.is_unplugged = self.is_dumb = False
        self.opened_at: list[float] = []
        self.asked_t: list[float] = []
        self.now_t = 0.0
        self._given = -1

    @property
    def info(self) -> DeviceInfo:
        if not self.is_open:
            return DeviceInfo(kind="camera", name="listed", state="absent")
        return DeviceInfo(kind="camera", name="listed", state=self.state, detail=self.detail)

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
        self.is_closed = False
        self.tells_score = True
        self.sways_deg = 0.0
        self.points: Points = np.load(FACE)["points"]

    def find(self, picture: Image, t: float) -> FaceMesh | None:
        if self.score is None:
            return None
        turned = self.points @ rotation(Pose(self.sways_deg * np.sin(5 * t), 0.0, 0.0)).T.astype(np.float32)
        return FaceMesh(turned, self.score if self.tells_score else None, (picture.shape[1], picture.shape[0]))

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.is_closed = True


def is_on(camera: ListedCamera) -> bool:
    return camera.is_open


def no_weights() -> FaceFinder:
    raise ModelMissing("face-mesh: no file", fix="greenroom models pull face-mesh")


class Bench:
    """A worker with a camera, driven in lock step as core does it."""

    def __init__(self, camera: ListedCamera | None = None, load_face: Callable[[], FaceFinder] | None = None,
                 rate_hz: float = 15.0) -> None:
        self.camera = camera or ListedCamera()
        self.face = SteadyFace()
        self.events: list[WorkerEvent] = []
        self.worker = VisionWorker(self.events.append, self.camera, load_face or (lambda: self.face), rate_hz=rate_hz)
        self.worker.warm_up(0)
        self.slices = 0

    def run_until(self, t: float) -> None:
        while (self.slices + 1) * SLICE_S < t + 1e-9:
            self.slices += 1
            self.camera.now_t = self.slices * SLICE_S
            self.worker.advance(self.camera.now_t)

    def watch(self) -> None:
        self.worker.handle(Watch(is_on=True))

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def states(self) -> list[str]:
        return [event.device.state for event in self.of(DeviceChanged)]

    def learned(self) -> NeutralLearned:
        (event,) = self.of(NeutralLearned)
        return event
