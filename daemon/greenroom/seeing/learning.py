"""What is learned of a candidate's face over many frames: how it looks at rest, and how its eyes move."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.ports import FaceMesh
from greenroom.records import GazeCalibration, GazeTarget
from greenroom.seeing.calibration import Fixation, fit, target_at
from greenroom.seeing.gaze import eye_in_head
from greenroom.seeing.head_pose import MIN_MESHES, NeutralMesh, relative_pose

GOOD_SCORE = 0.8
"""Stricter than the 0.5 with which a face is followed. The portrait scores above 0.99 in any light and tilt that was
tried, and 0.97 with its lower half covered. An engine that tells no score is taken at its word."""
MAX_LEARNING_S = 10.0
"""Longer wishes are cut, so that the meshes waiting to be averaged stay few."""
PATIENCE = 3.0
"""A neutral mesh is given up after so many times the length that was asked for."""
MAX_STEP_S = 0.5
"""A longer gap between two pictures does not count as time in which the face was seen."""
MAX_FIXATIONS = 1000
"""Ten seconds of 60 frames a second, and some."""


class NeutralLearning:
    """Collects the meshes of a face until it was seen for ``duration_s`` in all; starts over when the head moved."""

    def __init__(self, duration_s: float) -> None:
        self._meshes: list[FaceMesh] = []
        self._seen_s = 0.0
        self._has_moved = False
        self._duration_s = min(duration_s, MAX_LEARNING_S)
        self._give_up_t: float | None = None
        self._last_t: float | None = None

    def take(self, mesh: FaceMesh | None, t: float) -> None:
        step_s = min(MAX_STEP_S, t - self._last_t) if self._last_t is not None else 0.0
        self._last_t = t
        if mesh is not None and is_good(mesh):
            self._meshes.append(mesh)
            self._seen_s += step_s

    def result(self) -> NeutralMesh | None:
        """The neutral mesh as soon as there is one."""
        if self._seen_s < self._duration_s or len(self._meshes) < MIN_MESHES:
            return None
        neutral = NeutralMesh.learn(self._meshes)
        if neutral is None:
            self._has_moved = True
            self._meshes.clear()
            self._seen_s = 0.0
        return neutral

    def fault(self, now_t: float) -> str:
        """Why it is given up; empty while there is hope."""
        if self._give_up_t is None:
            self._give_up_t = now_t + PATIENCE * self._duration_s
        if now_t < self._give_up_t:
            return ""
        if self._has_moved:
            return "the head moved too much"
        return f"the face was seen for {self._seen_s:.1f} s only" if self._meshes else "no face was seen"


class GazeLearning:
    """Collects how the eyes are read while points are looked at."""

    def __init__(self, points: Sequence[GazeTarget], neutral: NeutralMesh) -> None:
        self._points = tuple(points)
        self._neutral = neutral
        self._seen: list[Fixation] = []

    def take(self, mesh: FaceMesh | None, t: float) -> None:
        point = target_at(self._points, t)
        if mesh is None or point is None or not is_good(mesh) or len(self._seen) >= MAX_FIXATIONS:
            return
        if (eyes := eye_in_head(mesh, self._neutral)) is not None:
            self._seen.append(Fixation(point.name, relative_pose(mesh, self._neutral), eyes))

    def result(self, now_t: float) -> GazeCalibration | str | None:
        """The calibration or why there is none, once the last point is gone."""
        if self._points and now_t < self._points[-1].to_t:
            return None
        return fit(self._points, self._seen)


def is_good(mesh: FaceMesh) -> bool:
    """Whether a face is to be learned from."""
    return mesh.score is None or mesh.score >= GOOD_SCORE
