"""Which face engine a worker looks with."""

from __future__ import annotations

from greenroom.errors import EngineUnavailable
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import FaceFinder
from greenroom.seeing.face_litert import DETECTOR_FILE, IRIS_FILE, MESH_FILE, MODEL, LiteRtFace
from greenroom.settings import Settings


def load_face(settings: Settings) -> FaceFinder:
    """Raises ``ModelMissing``, ``ModelCorrupt`` or ``EngineUnavailable``."""
    if settings.engines.face == "mediapipe":
        raise EngineUnavailable("this version has no MediaPipe Tasks engine", fix="set engines.face to auto")
    store = Store(settings.booth.models_dir, Manifest.load())
    detector, mesh, iris = (store.path(MODEL, file) for file in (DETECTOR_FILE, MESH_FILE, IRIS_FILE))
    return LiteRtFace(detector, mesh, iris)
