"""MediaPipe Tasks' FaceLandmarker: the most prominent face, with its expression and its place before the camera."""

from __future__ import annotations

import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.errors import EngineError, EngineUnavailable, ModelCorrupt, ModelMissing
from greenroom.log import native_stderr_closed
from greenroom.ports import FaceMesh, Image
from greenroom.records import EngineInfo
from greenroom.seeing.regions import Region, prominent
from greenroom.seeing.stamps import RisingStamps

MODEL = "face-landmarker"
FILE = "face_landmarker.task"
DETECTOR = "face_detector.tflite"
"""Within the bundle."""
OPENGL = "apt-get install libegl1 libgles2"
PULL = f"greenroom models pull {MODEL}"

MIN_CONFIDENCE = 0.5
"""For a detection, for a face in its crop and for one that is followed: the published values."""
COUNT_EVERY_S = 1.0
"""How often a followed frame is searched for other faces."""
MAX_BLANKS = 3
"""Blank pictures after which the library must have forgotten its face; one did in every trial."""
ALONE_SIDE = 2.0
"""Side of the square that is kept of a face, over that of its detection: the landmarks want half of it around."""
BLANK = np.zeros((64, 64, 3), np.uint8)

Floats = npt.NDArray[np.float32]


class MediaPipeFace:
    """A ``FaceFinder`` with ``blendshapes`` and ``transform``; equal pictures in equal order give equal meshes.

    The bundle's detector is asked by itself while no face is followed and every ``COUNT_EVERY_S``: it counts the faces
    and tells which one is to be followed. The library smooths the landmarks of that one over time. It brings threads
    of its own, so that a picture costs the CPU time of the whole process, and it tells no score.
    Raises ``ModelMissing`` or ``ModelCorrupt`` for the bundle, ``EngineUnavailable`` when the library is missing or
    refuses it; ``find`` raises ``EngineError``.
    """

    def __init__(self, path: Path, why_not_first: str = "") -> None:
        """``why_not_first``: why the engine of the first choice does not look; empty when this one was wanted."""
        self._why_not_first = why_not_first
        try:
            import mediapipe
            from mediapipe.tasks.python import vision
        except (ImportError, OSError) as error:
            raise EngineUnavailable(
                f"MediaPipe cannot be loaded: {error}", fix="pip install 'greenroom[mediapipe]'"
            ) from error
        if not path.is_file():
            raise ModelMissing(f"no face landmarker at {path}", fix=PULL)
        if not zipfile.is_zipfile(path):
            raise ModelCorrupt(f"{path} is no bundle of MediaPipe Tasks", fix=PULL)
        self._library: Any = mediapipe
        self._vision: Any = vision
        self._stamps = RisingStamps()
        self._followed: Region | None = None
        self._faces = 0
        self._counted_t = 0.0
        self._open(path)
        self._path = path

    @property
    def info(self) -> EngineInfo:
        try:
            found = version("mediapipe")
        except PackageNotFoundError:
            found = ""
        detail = "FaceLandmarker with blendshapes" + (f"; {self._why_not_first}" if self._why_not_first else "")
        return EngineInfo(capability="face", name="mediapipe-face-landmarker", version=found, detail=detail,
                          is_first_choice=not self._why_not_first)

    def find(self, picture: Image, t: float) -> FaceMesh | None:
        """The face in a picture taken at ``t``; None when there is none."""
        was_followed = self._followed is not None
        mesh = self._read(picture, t, must_search=not (was_followed and 0.0 <= t - self._counted_t < COUNT_EVERY_S))
        if mesh is None and was_followed:
            # The face is gone, but perhaps no further than to another place.
            mesh = self._read(picture, t, must_search=True)
        return mesh

    def reset(self) -> None:
        """Forget the face that was followed."""
        for _ in range(MAX_BLANKS):
            if self._followed is None:
                return
            # The library forgets a face when a picture does not show it; to open it anew takes ten times as long.
            if not self._look(BLANK, self._stamps.again()).face_landmarks:
                self._followed = None
        if self._followed is not None:
            self.close()
            self._open(self._path)

    def close(self) -> None:
        """Free what the library holds; nothing can be found after that."""
        self._followed = None
        with native_stderr_closed():
            for task in (self._landmarker, self._detector):
                _close(task)

    def _open(self, path: Path) -> None:
        vision, base = self._vision, self._library.tasks.BaseOptions
        faces = vision.FaceDetectorOptions(
            # The library takes no single network out of a bundle by itself.
            base_options=base(model_asset_buffer=_detector_of(path)),
            running_mode=vision.RunningMode.IMAGE,
            min_detection_confidence=MIN_CONFIDENCE,
        )
        landmarks = vision.FaceLandmarkerOptions(
            base_options=base(model_asset_path=str(path)),
            running_mode=vision.RunningMode.VIDEO,
            num_faces=1,
            min_face_detection_confidence=MIN_CONFIDENCE,
            min_face_presence_confidence=MIN_CONFIDENCE,
            min_tracking_confidence=MIN_CONFIDENCE,
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
        )
        try:
            with native_stderr_closed():
                self._landmarker: Any = vision.FaceLandmarker.create_from_options(landmarks)
                self._detector: Any = vision.FaceDetector.create_from_options(faces)
                # Their threads go on speaking until they have seen a picture.
                self._look(BLANK, self._stamps.again())
                self._search(BLANK)
        except (ValueError, RuntimeError, FileNotFoundError, EngineError) as error:
            raise EngineUnavailable(f"MediaPipe refuses {path.name}: {_first_line(error)}", fix=PULL) from error
        except OSError as error:
            # It asks for the system's OpenGL when it is first used, also where it never draws.
            raise EngineUnavailable(f"MediaPipe cannot be loaded: {error}", fix=OPENGL) from error

    def _read(self, picture: Image, t: float, *, must_search: bool) -> FaceMesh | None:
        if must_search:
            faces = self._search(picture)
            self._faces, self._counted_t = len(faces), t
            if not faces and self._followed is None:
                return None
            if faces and self._turns_to(face := prominent(faces, self._followed)) and len(faces) > 1:
                picture = _alone(picture, face)
        height, width = picture.shape[:2]
        result = self._look(picture, self._stamps.next(t))
        if not result.face_landmarks:
            self._followed = None
            return None
        points = _points(result.face_landmarks[0], width, height)
        self._followed = _region(points)
        shapes = {shape.category_name: float(shape.score) for shape in result.face_blendshapes[0]}
        transform = np.asarray(result.facial_transformation_matrixes[0], np.float64)
        return FaceMesh(points, None, (width, height), max(1, self._faces), shapes, transform)

    def _turns_to(self, face: Region) -> bool:
        """Whether this is not the face that was followed, which is then forgotten."""
        if self._followed is not None and face.is_at(self._followed):
            return False
        self.reset()
        return True

    def _search(self, picture: Image) -> list[Region]:
        """All faces. Raises ``EngineError``."""
        try:
            boxes = [found.bounding_box for found in self._detector.detect(self._shown(picture)).detections]
        except (ValueError, RuntimeError, OSError) as error:
            raise EngineError(f"MediaPipe failed on a picture: {_first_line(error)}") from error
        return [
            Region(box.origin_x + box.width / 2, box.origin_y + box.height / 2, float(max(box.width, box.height)))
            for box in boxes
        ]

    def _shown(self, picture: Image) -> Any:
        return self._library.Image(image_format=self._library.ImageFormat.SRGB, data=np.ascontiguousarray(picture))

    def _look(self, picture: Image, stamp_ms: int) -> Any:
        """The library's own result. Raises ``EngineError``."""
        try:
            return self._landmarker.detect_for_video(self._shown(picture), stamp_ms)
        except (ValueError, RuntimeError, OSError) as error:
            raise EngineError(f"MediaPipe failed on a picture: {_first_line(error)}") from error


def _points(landmarks: Any, width: int, height: int) -> Floats:
    """Rows of x, y, z in pixels; the library has x and z as shares of the width, y as one of the height."""
    points = np.array([(mark.x, mark.y, mark.z) for mark in landmarks], np.float32)
    return points * np.array([width, height, width], np.float32)


def _region(points: Floats) -> Region:
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    x, y = (low + high) / 2
    return Region(float(x), float(y), float((high - low).max()))


def _alone(picture: Image, face: Region) -> Image:
    """The picture with nothing but this face: the library follows the surest of several, not the largest."""
    half = face.side * ALONE_SIDE / 2
    left, top = max(0, round(face.x - half)), max(0, round(face.y - half))
    kept = np.s_[top : max(0, round(face.y + half)), left : max(0, round(face.x + half))]
    only = np.zeros_like(picture)
    only[kept] = picture[kept]
    return only


def _detector_of(path: Path) -> bytes:
    """Raises ``EngineUnavailable``."""
    try:
        with zipfile.ZipFile(path) as bundle:
            return bundle.read(DETECTOR)
    except (KeyError, zipfile.BadZipFile) as error:
        raise EngineUnavailable(f"MediaPipe refuses {path.name}: no {DETECTOR} in it", fix=PULL) from error


def _close(task: Any) -> None:
    try:
        task.close()
    except (ValueError, RuntimeError, OSError):
        # One that failed on a picture says so again and is closed all the same; closed twice it would hang.
        task._handle = None  # noqa: SLF001 - its destructor closes what has a handle


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
