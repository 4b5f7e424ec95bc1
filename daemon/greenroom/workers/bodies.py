"""Which engines look at the candidate beside the face: nothing waits for them."""

from __future__ import annotations

from typing import NamedTuple

from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import BodyFinder, HandFinder, ObjectFinder
from greenroom.seeing import body_litert, hands_litert, objects_litert
from greenroom.seeing.body_litert import LiteRtBody
from greenroom.seeing.hands_litert import LiteRtHands
from greenroom.seeing.objects_litert import LiteRtObjects
from greenroom.settings import Settings


class BodyEyes(NamedTuple):
    """What looks at body and hands; their weights come together."""

    body: BodyFinder
    hands: HandFinder


def load_body(settings: Settings, manifest: Manifest | None = None) -> BodyEyes:
    """Raises ``ModelMissing``, ``ModelCorrupt`` or ``EngineUnavailable``."""
    store = Store(settings.booth.models_dir, manifest or Manifest.load())
    files = (body_litert.DETECTOR_FILE, body_litert.LANDMARKS_FILE, hands_litert.PALM_FILE, hands_litert.LANDMARKS_FILE)
    detector, landmarks, palms, fingers = (store.path(body_litert.MODEL, file) for file in files)
    return BodyEyes(LiteRtBody(detector, landmarks), LiteRtHands(palms, fingers))


def load_objects(settings: Settings, manifest: Manifest | None = None) -> ObjectFinder:
    """Raises likewise."""
    store = Store(settings.booth.models_dir, manifest or Manifest.load())
    return LiteRtObjects(store.path(objects_litert.MODEL, objects_litert.FILE))
