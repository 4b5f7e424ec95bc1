"""EfficientDet-Lite0 on LiteRT: things in a picture, phones among them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from greenroom.errors import EngineUnavailable
from greenroom.ports import Image
from greenroom.records import EngineInfo, SeenObject
from greenroom.seeing.efficientdet import INPUT_PX, KINDS, anchors, decode
from greenroom.seeing.network_litert import Cropper, Network, litert_version
from greenroom.seeing.regions import Region

MODEL = "efficientdet-lite0"
FILE = "efficientdet_lite0.tflite"


class LiteRtObjects:
    """An ``ObjectFinder`` on one CPU thread. Raises ``ModelMissing`` or ``EngineUnavailable``."""

    def __init__(self, path: Path) -> None:
        self._crop = Cropper()
        self._network = Network(path, "object")
        self._anchors = anchors()
        self._sizes = (4 * len(self._anchors), len(KINDS) * len(self._anchors))
        # Bytes go in as they are, and scores come out as shares: a variant scaled otherwise would tell nonsense.
        is_known = self._network.takes == (INPUT_PX, INPUT_PX, 3, "uint8")
        if not is_known or any(self._network.gives.get(size) != "float32" for size in self._sizes):
            raise EngineUnavailable(f"the object network at {path} is not laid out as {MODEL} is published")

    @property
    def info(self) -> EngineInfo:
        detail = "EfficientDet-Lite0 on 1 CPU thread"
        return EngineInfo(capability="objects", name="litert-efficientdet", version=litert_version(), detail=detail)

    def close(self) -> None:
        """The network's memory goes with the last reference to this object."""

    def find(self, picture: Image) -> tuple[SeenObject, ...]:
        height, width = picture.shape[:2]
        side = float(max(width, height))
        whole = Region(width / 2 - 0.5, height / 2 - 0.5, side)
        outputs = self._network.run(self._crop(picture, whole, INPUT_PX), 1.0)
        differences, scores = (outputs[size].reshape(len(self._anchors), -1) for size in self._sizes)
        return tuple(_framed(thing, width, height) for thing in decode(differences, scores, self._anchors))


def _framed(thing: SeenObject, width: int, height: int) -> SeenObject:
    """With its box as shares of the picture, cut at its edges, instead of the square around it."""
    side = max(width, height)
    low = np.array(thing.box[:2])
    corners = np.stack([low, low + thing.box[2:]]) * side - (np.array([side, side]) - [width, height]) / 2
    (x, y), (right, bottom) = np.clip(corners / [width, height], 0.0, 1.0)
    return SeenObject(label=thing.label, score=thing.score,
                      box=(float(x), float(y), float(right - x), float(bottom - y)))
