"""The vision worker: camera, face, head pose and gaze in one process. Only observations leave it, and small pictures
while the candidate looks at themselves."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Literal

import numpy as np

from greenroom.devices.camera import NoCamera, OpenCvCamera
from greenroom.errors import (
    CommandRefused,
    DeviceError,
    EngineError,
    GreenroomError,
    ModelError,
    SettingsError,
)
from greenroom.events import DeviceChanged, FaceObservation, GazeLearned, NeutralLearned, RequestFailed, SelfPicture
from greenroom.ports import Camera, Emit, FaceFinder, FaceMesh, Image
from greenroom.records import DeviceInfo, EngineInfo, GazeCalibration
from greenroom.requests import LearnGaze, LearnNeutral, SetGaze, SetNeutral, ShowSelf, Watch, WorkerRequest
from greenroom.seeing import stillness
from greenroom.seeing.doubt import EyePicture, eye_picture, eyes_doubt, face_doubt
from greenroom.seeing.head_pose import NeutralMesh
from greenroom.seeing.learning import GazeLearning, NeutralLearning
from greenroom.seeing.observe import observe
from greenroom.seeing.pacing import Pacing
from greenroom.seeing.presence import brightness
from greenroom.seeing.self_view import SelfView
from greenroom.seeing.smoothing import Steadier
from greenroom.seeing.stillness import Stillness
from greenroom.settings import Devices, Settings
from greenroom.workers.bodies import load_body, load_objects
from greenroom.workers.effort import Effort
from greenroom.workers.faces import load_face
from greenroom.workers.scenery import Scenery

log = logging.getLogger(__name__)

RETRY_S = 0.5
RETRY_MAX_S = 2.0
"""A camera that is back is to be seen within 5 s, opening and first picture included."""
LATENCY_S = 0.05
"""From the capture of a picture to its observation, as stated in lock step."""
VIRTUAL_S = 3.0
"""Between two looks beside the face of the virtual candidate."""
SHOWN_S = 0.09
"""How long what the picture shows at the eyes holds: a hand before them takes longer to come."""
NO_ENGINE = "no face engine"
NO_NEUTRAL = "the face at rest is not known"


class VisionWorker:
    """Looks while ``Watch`` is on; else the camera is closed. A camera that is missing is tried again."""

    def __init__(self, emit: Emit, camera: Camera, load_face: Callable[[], FaceFinder], *,
                 rate_hz: float = 15.0, effort: Effort | None = None, scenery: Scenery | None = None,
                 with_expression: bool = False) -> None:
        self.engines: tuple[EngineInfo, ...] = ()
        self._emit = emit
        self._camera = camera
        self._load_face = load_face
        self._effort = effort
        self._with_expression = with_expression
        self._scenery = scenery
        self._face: FaceFinder | None = None
        self._neutral: NeutralMesh | None = None
        self._learning: NeutralLearning | None = None
        self._gaze: GazeCalibration | None = None
        self._gaze_learning: GazeLearning | None = None
        self._steadier = Steadier()
        self._still: Stillness | None = None
        self._shown: EyePicture | None = None
        self._shown_t = 0.0
        self._self_view = SelfView()
        self._period_s = 1.0 / max(0.1, rate_hz)
        self._origin_ns = 0
        self._now_t = self._due_t = self._retry_t = 0.0
        self._retry_s = RETRY_S
        self._is_watching = self._is_open = self._was_there = False
        self._device: DeviceInfo | None = None
        self._told: DeviceInfo | None = None

    def warm_up(self, origin_ns: int) -> None:
        """Load the face engine and try the camera, which ``advance`` then tells of. Neither has to be there."""
        self._origin_ns = origin_ns
        try:
            self._face = self._load_face()
            self._face.find(np.zeros((480, 640, 3), np.uint8), 0.0)
            self._face.reset()
            self.engines = (self._face.info,)
        except (ModelError, EngineError) as error:
            log.warning("no face engine: %s", error)
            self.engines = (EngineInfo(capability="face", name="none", detail=str(error), is_first_choice=False),)
        if self._scenery is not None:
            self.engines += self._scenery.warm_up()
        self._open()
        if self._is_open:
            self._device = self._camera.info
        self._close()

    def handle(self, request: WorkerRequest) -> None:
        try:
            self._obey(request)
        except GreenroomError as error:
            self._emit(RequestFailed(t=self._now_t, t_known=self._now_t, worker="vision",
                                     request=type(request).__name__, code=error.code, message=error.message))

    def advance(self, until_t: float) -> None:
        self._now_t = max(self._now_t, until_t)
        if self._is_watching and not self._is_open and until_t >= self._retry_t:
            self._open()
        if self._is_open and until_t >= self._due_t:
            self._look()
        self._report()
        self._judge()

    def forget(self) -> None:
        """Stop looking; drop what was learned of the face, the track and every picture."""
        self._stop()
        self._neutral = self._gaze = None
        self._learning = self._gaze_learning = None
        if self._scenery is not None:
            self._scenery.forget()

    def close(self) -> None:
        self.forget()
        if self._scenery is not None:
            self._scenery.close()
        if self._face is not None:
            self._face.close()
            self._face = None

    def _obey(self, request: WorkerRequest) -> None:
        match request:
            case Watch(is_on=True):
                if not self._is_watching:
                    self._is_watching = True
                    self._due_t = self._retry_t = self._now_t
                    self._retry_s = RETRY_S
            case Watch():
                self._stop()
            case ShowSelf():
                self._self_view.switch(is_on=request.is_on)
            case LearnNeutral():
                self._learning = NeutralLearning(request.duration_s)
                if self._scenery is not None:
                    self._scenery.learn(request.duration_s, self._now_t)
            case SetNeutral():
                self._set_neutral(request.neutral)
            case LearnGaze():
                self._learn_gaze(request)
            case SetGaze():
                self._gaze = request.calibration
            case _:
                raise CommandRefused(f"the vision worker does not know {type(request).__name__}")

    def _set_neutral(self, data: bytes) -> None:
        try:
            self._neutral, self._steadier = NeutralMesh.from_bytes(data), Steadier()
        except ValueError as error:
            raise CommandRefused(str(error)) from error

    def _learn_gaze(self, request: LearnGaze) -> None:
        if self._neutral is None:
            self._tell_gaze(NO_NEUTRAL)
        else:
            self._gaze_learning = GazeLearning(request.points, self._neutral)

    # --- pictures ---------------------------------------------------------------------------------

    def _look(self) -> None:
        try:
            shot = self._camera.newest(self._now_t)
        except DeviceError as error:
            self._lose(error)
            return
        if shot is None:
            return
        picture, t, frame = shot
        # The grid of due times goes on from the last one, so that a picture a little early is not left out.
        self._due_t = max(self._due_t + self._period_s, t)
        self._retry_s = RETRY_S
        self._device = self._camera.info
        if self._effort is None:
            self._report()
            self._observe(picture, t, frame)
            return
        self._device = _with_remark(self._device, self._effort.remark)
        self._report()
        self._effort.begin()
        self._observe(picture, t, frame)
        self._effort.end()
        self._period_s = 1.0 / self._effort.rate_hz

    def _observe(self, picture: Image, t: float, frame: int) -> None:
        if self._scenery is not None:
            self._scenery.begin()
        t_known = max(t + LATENCY_S, self._now_t)
        light = brightness(picture)
        if (jpeg := self._self_view.jpeg(picture, t)) is not None:
            self._emit(SelfPicture(t=t, t_known=t_known, jpeg=jpeg))
        if self._face is None:
            self._emit(FaceObservation(t=t, t_known=t_known, frame=frame, faces=0, brightness=light, reason=NO_ENGINE,
                                       trouble="no_engine"))
            return
        mesh = self._face.find(picture, t)
        shown = self._eyes_shown(picture, mesh, t)
        clear = None if shown is not None and eyes_doubt(shown, None) else mesh
        if self._learning is not None:
            self._learning.take(None if mesh is not None and face_doubt(mesh, None, None) else mesh, t)
        if self._gaze_learning is not None:
            self._gaze_learning.take(clear, t)
        self._still = still = stillness.watch(self._still, mesh, t)
        self._emit(observe(mesh, light, self._neutral, frame, t, t_known, self._gaze, self._steadier,
                           eyes_shown=shown, is_living=still and still.is_living,
                           with_expression=self._with_expression))
        # The first thing that a box without time leaves out.
        if self._scenery is not None and (self._effort is None or not self._effort.remark):
            self._scenery.look(picture, mesh, t, t_known)

    def _eyes_shown(self, picture: Image, mesh: FaceMesh | None, t: float) -> EyePicture | None:
        if mesh is None or self._shown is None or not 0.0 <= t - self._shown_t < SHOWN_S:
            self._shown, self._shown_t = eye_picture(picture, mesh), t
        return self._shown

    def _judge(self) -> None:
        """End what is being learned when it is due."""
        if self._learning is not None:
            self._judge_neutral(self._learning)
        if self._gaze_learning is not None:
            found = self._hopeless() or self._gaze_learning.result(self._now_t - LATENCY_S)
            if found is not None:
                self._gaze_learning = None
                self._tell_gaze(found)

    def _judge_neutral(self, learning: NeutralLearning) -> None:
        if (neutral := learning.result()) is not None:
            self._learning = None
            # How the eyes are read depends on it.
            self._neutral, self._gaze, self._steadier = neutral, None, Steadier()
            self._emit(NeutralLearned(t=self._now_t, t_known=self._now_t, neutral=neutral.to_bytes(), is_good=True))
        elif reason := self._hopeless() or learning.fault(self._now_t):
            self._learning = None
            self._emit(NeutralLearned(t=self._now_t, t_known=self._now_t, neutral=b"", is_good=False, reason=reason))

    def _tell_gaze(self, found: GazeCalibration | str) -> None:
        """A calibration, which serves from now on, or why there is none."""
        if isinstance(found, str):
            self._emit(GazeLearned(t=self._now_t, t_known=self._now_t, reason=found))
        else:
            self._gaze = found
            self._emit(GazeLearned(t=self._now_t, t_known=self._now_t, calibration=found))

    def _hopeless(self) -> str:
        """Why no picture can give a mesh now; empty when it can."""
        if self._face is None:
            return NO_ENGINE
        if not self._is_watching:
            return "the camera is off"
        return "" if self._is_open else "no camera"

    # --- camera -----------------------------------------------------------------------------------

    def _open(self) -> None:
        try:
            self._camera.open(self._origin_ns)
        except DeviceError as error:
            self._fail(error, "lost" if self._was_there else "absent")
            return
        self._is_open = self._was_there = True
        if self._effort is not None:
            self._effort.restart()

    def _lose(self, error: DeviceError) -> None:
        state = self._camera.info.state
        self._close()
        self._fail(error, "frozen" if state == "frozen" else "lost")

    def _fail(self, error: DeviceError, state: Literal["absent", "lost", "frozen"]) -> None:
        """Tell it, and try again later and later, until a picture has come."""
        name = self._camera.info.name or (self._device.name if self._device is not None else "")
        self._device = DeviceInfo(kind="camera", name=name, state=state, detail=error.message)
        self._retry_t = self._now_t + self._retry_s
        self._retry_s = min(2 * self._retry_s, RETRY_MAX_S)

    def _close(self) -> None:
        self._camera.close()
        self._is_open = False
        self._steadier = Steadier()
        self._still = self._shown = None
        if self._face is not None:
            self._face.reset()
        if self._scenery is not None:
            self._scenery.reset()

    def _stop(self) -> None:
        self._is_watching = False
        self._self_view.switch(is_on=False)
        self._close()

    def _report(self) -> None:
        """Tell how the camera is when that is news."""
        device, told = self._device, self._told
        if device is None or (told is not None and _is_same(told, device)):
            return
        if device.state != "ok":
            log.warning("camera: %s: %s", device.state, device.detail)
        self._told = device
        self._emit(DeviceChanged(t=self._now_t, t_known=self._now_t, device=device))


def _with_remark(device: DeviceInfo, remark: str) -> DeviceInfo:
    if not remark:
        return device
    detail = "; ".join(part for part in (device.detail, remark) if part)
    return DeviceInfo(kind="camera", name=device.name, state=device.state, detail=detail)


def _is_same(told: DeviceInfo, device: DeviceInfo) -> bool:
    """Of a camera that works, how it works is news too; of one that does not, each try may word it otherwise."""
    return ((told.name, told.state) == (device.name, device.state)
            and (device.state != "ok" or told.detail == device.detail))


def build(settings: Settings, emit: Emit, camera: Camera | None = None) -> VisionWorker:
    """The worker that these settings ask for; ``camera`` stands in for the machine's own, and keeps its rate."""
    wanted = settings.devices
    effort = None
    engines = (lambda: load_body(settings), lambda: load_objects(settings))
    if camera is None:
        camera = _camera(wanted)
        effort = Effort(Pacing(max(0.1, wanted.camera_rate_hz)))
        scenery = Scenery(emit, *engines, time.perf_counter)
    else:
        # Time may run faster than the clock there, and must not depend on it.
        scenery = Scenery(emit, *engines, least_s=VIRTUAL_S)
    return VisionWorker(emit, camera, lambda: load_face(settings), rate_hz=wanted.camera_rate_hz, effort=effort,
                        scenery=scenery, with_expression=settings.interview.expression)


def _camera(wanted: Devices) -> Camera:
    if wanted.camera == "virtual":
        raise SettingsError("devices.camera is virtual, and there is no virtual booth", fix="run greenroom demo")
    if wanted.camera == "none":
        return NoCamera()
    return OpenCvCamera(wanted.camera, rate_hz=wanted.camera_rate_hz, rotation_deg=wanted.camera_rotation)
