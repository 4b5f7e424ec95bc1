"""MediaPipe's pose networks on LiteRT: one body from head to hips, followed over pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from greenroom.ports import Body, Image
from greenroom.records import EngineInfo
from greenroom.seeing import bodies
from greenroom.seeing.alignment import BODIES, best
from greenroom.seeing.network_litert import Cropper, Network, litert_version
from greenroom.seeing.regions import Region

MODEL = "body-pose"
DETECTOR_FILE = "pose_detection.tflite"
LANDMARKS_FILE = "pose_landmark_full.tflite"

CROP_PX = 256
"""Side of the landmark network's square input."""
MIN_SCORE = 0.5
"""Below this neither network sees a body: the thresholds with which they were published."""
SETTLING = 2
"""Further squares in which a body that was just detected is read."""


class LiteRtBody:
    """A ``BodyFinder`` on one CPU thread; equal pictures in equal order give equal bodies.

    The detector runs only while no body is followed. A followed body is read once as it is and once in a mirror, in a
    square laid by its last shoulders. Raises ``ModelMissing`` or ``EngineUnavailable``.
    """

    def __init__(self, detector_path: Path, landmarks_path: Path) -> None:
        self._crop = Cropper()
        self._detector = Network(detector_path, "body")
        self._landmarks = Network(landmarks_path, "body")
        self._anchors = BODIES.anchors()
        self._followed: Region | None = None

    @property
    def info(self) -> EngineInfo:
        detail = "BlazePose on 1 CPU thread"
        return EngineInfo(capability="body", name="litert-pose", version=litert_version(), detail=detail)

    def reset(self) -> None:
        """Forget the body that was followed."""
        self._followed = None

    def close(self) -> None:
        """The networks' memory goes with the last reference to this object."""
        self.reset()

    def find(self, picture: Image, t: float) -> Body | None:  # noqa: ARG002 - as old as its last picture
        """The body in a picture; None when there is none."""
        body = self._read(picture, self._followed) if self._followed is not None else None
        if body is None:
            body = self._search(picture)
        self._followed = bodies.settled_region(body.points) if body is not None else None
        return body

    def _search(self, picture: Image) -> Body | None:
        height, width = picture.shape[:2]
        whole = Region(width / 2 - 0.5, height / 2 - 0.5, float(max(width, height)))
        outputs = self._detector.run(self._crop(picture, whole, BODIES.input_px), 1 / 127.5, -1.0)
        count = len(self._anchors)
        rows, logits = outputs[count * BODIES.values].reshape(count, -1), outputs[count].reshape(count)
        found = best(BODIES, rows, logits, self._anchors)
        if found.score < MIN_SCORE:
            return None
        points = np.array([whole.x, whole.y]) + whole.side * (found.points - 0.5)
        # The square around the upper body alone is the worse one, and sees some that the other does not.
        for start, end in (points[:2], points[2:]):
            body = self._settle(picture, bodies.detected_region(start, end))
            if body is not None:
                return body
        return None

    def _settle(self, picture: Image, region: Region) -> Body | None:
        body = self._see(picture, region)
        for _ in range(SETTLING):
            if body is None:
                return None
            body = self._read(picture, bodies.settled_region(body.points))
        return body

    def _read(self, picture: Image, region: Region) -> Body | None:
        """The body in a square, read twice."""
        body = self._see(picture, region)
        if body is None:
            return None
        mirrored = self._see(picture, region._replace(is_flipped=True))
        return None if mirrored is None else bodies.both(body, mirrored)

    def _see(self, picture: Image, region: Region) -> Body | None:
        outputs = self._landmarks.run(self._crop(picture, region, CROP_PX), 1 / 255)
        score = float(outputs[1].item())
        if score < MIN_SCORE:
            return None
        rows = outputs[bodies.POINTS * bodies.VALUES].reshape(bodies.POINTS, bodies.VALUES)
        heat = outputs[bodies.CELLS**2 * bodies.POINTS].reshape(bodies.CELLS, bodies.CELLS, bodies.POINTS)
        points = region.points(bodies.landmarks(rows, heat, CROP_PX), CROP_PX)
        height, width = picture.shape[:2]
        shown = bodies.visibility(rows, points, (width, height))
        return Body(points[:, :2].copy(), shown, score, (width, height))
