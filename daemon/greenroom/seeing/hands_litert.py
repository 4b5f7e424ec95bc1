"""MediaPipe's palm detector and hand landmarks on LiteRT: one hand in a square of a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from greenroom.ports import Hand, Image
from greenroom.records import EngineInfo
from greenroom.seeing.alignment import PALMS, best
from greenroom.seeing.hands import hand_region
from greenroom.seeing.network_litert import Cropper, Network, litert_version
from greenroom.seeing.regions import Region

PALM_FILE = "palm_detection_full.tflite"
LANDMARKS_FILE = "hand_landmark_full.tflite"

CROP_PX = 224
MIN_PALM = 0.2
"""Lower than the 0.5 with which it was published: the landmark network, which sees more of the hand, has the last word.
A hand before a face scores between the two in every tenth picture."""


class LiteRtHands:
    """A ``HandFinder`` on one CPU thread. Raises ``ModelMissing`` or ``EngineUnavailable``."""

    def __init__(self, palm_path: Path, landmarks_path: Path) -> None:
        self._crop = Cropper()
        self._palms = Network(palm_path, "hand")
        self._landmarks = Network(landmarks_path, "hand")
        self._anchors = PALMS.anchors()

    @property
    def info(self) -> EngineInfo:
        detail = "palm detector and hand landmarks on 1 CPU thread"
        return EngineInfo(capability="body", name="litert-hands", version=litert_version(), detail=detail)

    def close(self) -> None:
        """The networks' memory goes with the last reference to this object."""

    def find(self, picture: Image, at: tuple[float, float], side_px: float) -> Hand | None:
        square = Region(at[0], at[1], side_px)
        outputs = self._palms.run(self._crop(picture, square, PALMS.input_px), 1 / 255)
        count = len(self._anchors)
        rows, logits = outputs[count * PALMS.values].reshape(count, -1), outputs[count].reshape(count)
        palm = best(PALMS, rows, logits, self._anchors)
        if palm.score < MIN_PALM:
            return None
        corner = np.array(at) - side_px / 2
        x, y = corner + side_px * np.array([palm.x, palm.y])
        region = hand_region(float(x), float(y), side_px * palm.size, corner + side_px * palm.points)
        named = self._landmarks.named(self._crop(picture, region, CROP_PX), 1 / 255)
        points = region.points(named["Identity"].reshape(21, 3), CROP_PX)
        return Hand(points[:, :2].copy(), float(named["Identity_1"].item()))
