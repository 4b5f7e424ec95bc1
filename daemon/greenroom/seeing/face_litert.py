"""MediaPipe's BlazeFace, face mesh and iris networks on LiteRT: the most prominent face, followed over frames."""

from __future__ import annotations

from math import atan2, exp, hypot, pi
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.ports import FaceMesh, Image
from greenroom.records import EngineInfo
from greenroom.seeing import detections
from greenroom.seeing.detections import Detection
from greenroom.seeing.network_litert import Cropper, Network, litert_version
from greenroom.seeing.regions import Region, around, prominent

MODEL = "face-mesh"
DETECTOR_FILE = "face_detection_short_range.tflite"
MESH_FILE = "face_landmark.tflite"
IRIS_FILE = "iris_landmark.tflite"

MESH_PX = 192
EYE_PX = 64
"""Sides of the networks' square inputs."""
MIN_SCORE = 0.5
"""Below this the mesh network does not see a face in its crop: the threshold with which it was published."""
COUNT_EVERY_S = 1.0
"""How often a followed frame is searched for other faces."""

OTHER_SIDE = 0.5
"""A face smaller than this share of the largest one's width is not counted: a poster, or somebody who passes behind at
more than twice the distance."""

EYE_EVERY_S = 0.19
"""How often one of the eyes is read, in turn: every third of 15 frames/s, shorter than a fixation (0.2 to 0.3 s)."""
GAZE_STIR_PX = 0.4
"""Step of an iris in its crop at which the other eye is read at once: about 2 degrees; a still eye's noise is 0.1."""
BLINK_STIR = 0.06
"""Change of an eye's opening in the mesh at which that eye is read out of turn; a blink changes it by 0.2."""

Floats = npt.NDArray[np.float32]

_FACE_MARGIN = 1.5
_EYE_MARGIN = 2.3
"""Crop sides over face and eye sizes, as the networks were trained."""
_RIGHT_CORNER, _LEFT_CORNER = 33, 263


class _Eye(NamedTuple):
    """Mesh rows of one eye; ``eyelid`` in the order of the network, ``iris`` is the first of five."""

    outer: int
    inner: int
    eyelid: list[int]
    iris: int
    is_mirrored: bool


# The network knows the eye on the picture's left; the other one is shown to it in a mirror.
_EYES = (
    _Eye(33, 133, [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173], 468, False),
    _Eye(263, 362, [263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398], 473, True),
)


class _Reading(NamedTuple):
    """What the iris network saw of an eye, in its crop, and how wide open the mesh network held that eye."""

    points: Floats
    gap: float

    def distance_px(self, other: _Reading) -> float:
        """How far the centre of the iris lies from that of another reading, in pixels of the crop."""
        dx, dy, _ = self.points[16] - other.points[16]
        return hypot(dx, dy)


class LiteRtFace:
    """A ``FaceFinder`` on one CPU thread; equal pictures in equal order give equal meshes.

    It finds faces from about 0.12 of the frame's longer side in width, turned in the plane by up to 40 degrees or as
    far from upside down.

    The detector runs while no face is followed and every ``COUNT_EVERY_S``. Eyelids and irises (rows 468 to 477) come
    from the iris network, everything else from the mesh network. Both eyes of a new face are read; of a followed one
    an eye every ``EYE_EVERY_S`` in turn and both when that one's gaze or the lids stir. In between, an eye's last
    reading moves along with the mesh.
    Raises ``ModelMissing`` without the weights, ``EngineUnavailable`` when LiteRT or OpenCV is missing or refuses them.
    """

    def __init__(self, detector_path: Path, mesh_path: Path, iris_path: Path, why_not_first: str = "") -> None:
        """``why_not_first``: why the engine that was wanted does not look; empty when this one was wanted."""
        self._why_not_first = why_not_first
        self._crop = Cropper()
        self._detector = Network(detector_path, "face")
        self._mesh = Network(mesh_path, "face")
        self._iris = Network(iris_path, "face")
        self._anchors = detections.anchors()
        self.reset()

    @property
    def info(self) -> EngineInfo:
        why = f"; {self._why_not_first}" if self._why_not_first else ""
        detail = f"BlazeFace, face mesh and iris on 1 CPU thread{why}"
        return EngineInfo(
            capability="face", name="litert-face-mesh", version=litert_version(), detail=detail, is_first_choice=not why
        )

    def reset(self) -> None:
        """Forget the face that was followed."""
        self._faces = 0
        self._counted_t = 0.0
        self._follow(None)

    def close(self) -> None:
        """The networks' memory goes with the last reference to this object."""
        self.reset()

    def find(self, picture: Image, t: float) -> FaceMesh | None:
        """The face in a picture taken at ``t``; None when there is none."""
        if self._followed is None or not 0.0 <= t - self._counted_t < COUNT_EVERY_S:
            self._search(picture, t)
        mesh = self._read(picture, t)
        if mesh is None and self._followed is not None:
            # The face has left its crop, or what was followed is none.
            self._follow(None)
            self._search(picture, t)
            mesh = self._read(picture, t)
        if mesh is None:
            self._follow(None)
        return mesh

    def _follow(self, region: Region | None) -> None:
        self._followed = region
        self._is_new = region is not None
        self._due, self._eye_t = 0, 0.0
        self._eyes: list[_Reading | None] = [None, None]

    def _search(self, picture: Image, t: float) -> None:
        """Count the faces; follow the largest one when none is followed, or when it is much larger or elsewhere."""
        height, width = picture.shape[:2]
        whole = Region(width / 2 - 0.5, height / 2 - 0.5, float(max(width, height)))
        outputs = self._detector.run(self._crop(picture, whole, detections.INPUT_PX), 1 / 127.5, -1.0)
        faces = detections.decode(outputs[16 * 896].reshape(896, 16), outputs[896].reshape(896), self._anchors)
        regions = [_region_of(face, whole) for face in faces]
        self._counted_t = t
        largest_px = max((region.side for region in regions), default=0.0)
        self._faces = sum(region.side >= OTHER_SIDE * largest_px for region in regions)
        if not regions:
            return
        # Detections are compared with each other, so that both sizes are measured in the same way.
        face, before = prominent(regions, self._followed), self._followed
        if before is None or not face.is_at(before):
            self._follow(face)

    def _read(self, picture: Image, t: float) -> FaceMesh | None:
        """The mesh in the followed region, and where to look next."""
        region = self._followed
        if region is None:
            return None
        rows, logit = self._see(picture, region)
        if self._is_new:
            # The detector takes a chin for a forehead, and the mesh network then scores 6 instead of 24.
            over = region._replace(turn_rad=region.turn_rad + pi)
            turned_rows, turned_logit = self._see(picture, over)
            if turned_logit > logit:
                region, rows, logit = over, turned_rows, turned_logit
        score = 1.0 / (1.0 + exp(-min(60.0, max(-60.0, logit))))
        if score < MIN_SCORE:
            return None
        self._is_new = False
        points = np.empty((478, 3), dtype=np.float32)
        points[:468] = region.points(rows, MESH_PX)
        self._place_eyes(picture, points, t)
        self._followed = around(points[:468], points[_RIGHT_CORNER], points[_LEFT_CORNER], _FACE_MARGIN)
        height, width = picture.shape[:2]
        return FaceMesh(points, score, (width, height), max(1, self._faces))

    def _see(self, picture: Image, region: Region) -> tuple[Floats, float]:
        """The mesh network's points in its crop, and how much like a face that looks: a logit."""
        outputs = self._mesh.run(self._crop(picture, region, MESH_PX), 1 / 255)
        return outputs[468 * 3].reshape(468, 3), float(outputs[1].item())

    def _place_eyes(self, picture: Image, points: Floats, t: float) -> None:
        """Put eyelids and irises into the mesh; depths stay those of the mesh."""
        dx, dy, _ = points[_LEFT_CORNER] - points[_RIGHT_CORNER]
        turn_rad = atan2(dy, dx)
        is_due = not 0.0 <= t - self._eye_t < EYE_EVERY_S
        if is_due:
            self._due, self._eye_t = 1 - self._due, t
        has_moved = False
        for n in (self._due, 1 - self._due):
            eye = _EYES[n]
            region, gap = _eye_region(points, eye, turn_rad), _gap(points, eye)
            before = reading = self._eyes[n]
            is_in_turn = has_moved or (is_due and n == self._due)
            if reading is None or is_in_turn or abs(gap - reading.gap) > BLINK_STIR * reading.gap:
                reading = self._eyes[n] = self._read_eye(picture, region, gap)
                has_moved = before is not None and reading.distance_px(before) > GAZE_STIR_PX
            placed = region.points(reading.points, EYE_PX)
            depth = (points[eye.outer, 2] + points[eye.inner, 2]) / 2
            points[eye.eyelid, :2] = placed[:16, :2]
            points[eye.iris : eye.iris + 5, :2] = placed[16:, :2]
            points[eye.iris : eye.iris + 5, 2] = depth

    def _read_eye(self, picture: Image, region: Region, gap: float) -> _Reading:
        outputs = self._iris.run(self._crop(picture, region, EYE_PX), 1 / 255)
        eyelids, iris = outputs[71 * 3].reshape(71, 3)[:16], outputs[5 * 3].reshape(5, 3)
        return _Reading(np.concatenate([eyelids, iris]), gap)


def _gap(points: Floats, eye: _Eye) -> float:
    """Height over width of an eye as the mesh network has it: coarse, but it stirs with every blink."""
    upper, lower = points[eye.eyelid[12]], points[eye.eyelid[4]]
    dx, dy, _ = points[eye.outer] - points[eye.inner]
    return hypot(upper[0] - lower[0], upper[1] - lower[1]) / max(1e-6, hypot(dx, dy))


def _eye_region(points: Floats, eye: _Eye, turn_rad: float) -> Region:
    x, y, _ = (points[eye.outer] + points[eye.inner]) / 2
    dx, dy, _ = points[eye.outer] - points[eye.inner]
    return Region(float(x), float(y), hypot(dx, dy) * _EYE_MARGIN, turn_rad, eye.is_mirrored)


def _region_of(face: Detection, whole: Region) -> Region:
    """The mesh network's crop for a detection made in ``whole``."""
    corner = np.array([whole.x + 0.5, whole.y + 0.5]) - whole.side / 2
    x, y = corner + whole.side * np.array([face.x + face.width / 2, face.y + face.height / 2])
    right, left = face.eyes
    turn = atan2(left[1] - right[1], left[0] - right[0])
    return Region(float(x), float(y), whole.side * max(face.width, face.height) * _FACE_MARGIN, turn)
