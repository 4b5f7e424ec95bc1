"""Which face finder the vision worker looks with.

LiteRT comes first: on drawn faces it reads the head about as well as MediaPipe's FaceLandmarker does and gaze with a
seventh of its error, for a third of its CPU time and half of its memory (``greenroom bench vision`` measures both).
FaceLandmarker, which also reads blendshapes, looks where ``engines.face`` asks for it or LiteRT cannot be loaded.
"""

from __future__ import annotations

import logging

from greenroom.errors import EngineUnavailable, ModelCorrupt, ModelError, ModelMissing
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import FaceFinder
from greenroom.seeing import face_litert, face_mediapipe
from greenroom.seeing.face_litert import LiteRtFace
from greenroom.seeing.face_mediapipe import MediaPipeFace
from greenroom.settings import Settings

log = logging.getLogger(__name__)


def load_face(settings: Settings, manifest: Manifest | None = None) -> FaceFinder:
    """What the settings ask for, else the other one. ``manifest`` stands in for the one that comes with the program.

    Raises ``ModelMissing``, ``ModelCorrupt`` or ``EngineUnavailable``, of the engine that comes first, when neither can
    be loaded; ``engines.face = "litert"`` takes no other.
    """
    choice = settings.engines.face
    store = Store(settings.booth.models_dir, manifest or Manifest.load())
    name, first, second = MEDIAPIPE if choice == "mediapipe" else LITERT
    try:
        return first(store)
    except (ModelError, EngineUnavailable) as error:
        if choice == "litert":
            raise
        log.info("not looking with %s: %s", name, error)
        try:
            return second(store, _reason(name, error))
        except (ModelError, EngineUnavailable) as other:
            log.info("nor with the other engine: %s", other)
        raise


def load_litert(store: Store, why_not_first: str = "") -> LiteRtFace:
    """Raises like ``load_face``."""
    files = (face_litert.DETECTOR_FILE, face_litert.MESH_FILE, face_litert.IRIS_FILE)
    detector, mesh, iris = (store.path(face_litert.MODEL, file) for file in files)
    return LiteRtFace(detector, mesh, iris, why_not_first)


def load_mediapipe(store: Store, why_not_first: str = "") -> MediaPipeFace:
    """Raises like ``load_face``."""
    return MediaPipeFace(store.path(face_mediapipe.MODEL, face_mediapipe.FILE), why_not_first)


LITERT = ("LiteRT", load_litert, load_mediapipe)
MEDIAPIPE = ("MediaPipe", load_mediapipe, load_litert)
"""The engine that comes first, with its name, and the other one."""


def _reason(name: str, error: ModelError | EngineUnavailable) -> str:
    """What the screens and the report say: no paths of this machine."""
    match error:
        case ModelMissing():
            return f"the weights of {name} are not here"
        case ModelCorrupt():
            return f"the weights of {name} are damaged"
        case _:
            return error.message
