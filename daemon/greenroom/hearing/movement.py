"""How the head moves during an answer: how much, how far from its middle, and how often it nods."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from greenroom.events import FaceObservation
from greenroom.hearing.stating import stated
from greenroom.hearing.visible import MIN_FRAMES, POSE_STEP_S, SOURCE, Visible, median_of
from greenroom.records import Measure, Span

NOD_DEG = 3.0
"""By how much the head sinks and rises again: heads are read with a tremble of half a degree."""
NOD_HALF_S = 0.6
"""Within so long before and after the lowest point; nods come one to three times a second."""
NODS_AFTER_S = 10.0

Pose = tuple[float, float, float]


def movement(visible: Visible) -> tuple[Measure, ...]:
    return _movement(visible), _sway(visible), _nods(visible)


def nods(faces: Sequence[FaceObservation]) -> tuple[Span, ...]:
    """From where the head begins to sink to where it is up again. ``faces`` are in order of time."""
    told = [(face.t, face.pitch_deg) for face in faces if face.pitch_deg is not None]
    found: list[Span] = []
    for n in range(len(told)):
        down, up = _risen(told, n, -1), _risen(told, n, 1)
        if down is not None and up is not None:
            found.append(Span(start_t=down, end_t=up, label="nod"))
    return tuple(found)


def _risen(told: Sequence[tuple[float, float]], n: int, step: int) -> float | None:
    """When, going from the lowest point ``n``, the head is up; None when it does not rise in time, or sinks further.

    Of several lowest points the first counts.
    """
    low_t, low = told[n]
    m = n + step
    while 0 <= m < len(told) and abs(told[m][0] - low_t) <= NOD_HALF_S:
        t, pitch = told[m]
        if pitch >= low + NOD_DEG:
            return t
        if pitch < low or (pitch == low and step < 0):
            return None
        m += step
    return None


def _movement(visible: Visible) -> Measure:
    poses = [(n, pose) for n, (_, faces) in enumerate(visible.windows(POSE_STEP_S))
             if (pose := _median(faces)) is not None]
    steps = [math.dist(a, b) for (m, a), (n, b) in pairwise(poses) if n == m + 1]
    return stated(
        "head_movement_deg_s",
        sum(steps) / (len(steps) * POSE_STEP_S) if steps else None,
        "deg/s",
        formula=f"Mean change of the head's angle from one median of {POSE_STEP_S:g} s to the next, per second",
        source=SOURCE,
        coverage=visible.coverage(_has_pose),
        reason=visible.why_not(),
        evidence=_seen(visible),
        over=len(steps) * POSE_STEP_S,
    )


def _sway(visible: Visible) -> Measure:
    poses = [pose for face in visible.faces if (pose := _pose(face)) is not None]
    away = np.linalg.norm(np.array(poses) - np.median(np.array(poses), axis=0), axis=1) if poses else np.zeros(0)
    return stated(
        "head_sway_deg",
        float(np.median(away)) if len(poses) >= MIN_FRAMES else None,
        "deg",
        formula="Median distance of the head's angles from their own middle during the answer: low is steady",
        source=SOURCE,
        coverage=visible.coverage(_has_pose),
        reason=visible.why_not(),
        evidence=_seen(visible),
        over=float(len(poses)),
    )


def _nods(visible: Visible) -> Measure:
    found, told_s = nods(visible.faces), visible.told_s(_has_pose)
    is_enough = told_s >= NODS_AFTER_S
    return stated(
        "nods_per_min",
        len(found) * 60.0 / told_s if is_enough else None,
        "/min",
        formula=f"Times the head sank by {NOD_DEG:g} degrees and rose again within {2 * NOD_HALF_S:g} s / minutes in "
        "which it was seen; heads also move so with the stress of speech, and with fewer than ten pictures a second "
        "quick nods fall between them",
        source=SOURCE,
        coverage=visible.coverage(_has_pose),
        reason=f"the head was seen for less than {NODS_AFTER_S:g} s"
        if visible.faces and not is_enough
        else visible.why_not(),
        evidence=found,
        over=told_s / 60.0,
    )


def _has_pose(face: FaceObservation) -> bool:
    return face.yaw_deg is not None


def _seen(visible: Visible) -> tuple[Span, ...]:
    seen = [face.t for face in visible.faces if _has_pose(face)]
    return (Span(start_t=seen[0], end_t=seen[-1], label="the head was seen"),) if seen else ()


def _pose(face: FaceObservation) -> Pose | None:
    yaw, pitch, roll = face.yaw_deg, face.pitch_deg, face.roll_deg
    return None if yaw is None or pitch is None or roll is None else (yaw, pitch, roll)


def _median(faces: Sequence[FaceObservation]) -> Pose | None:
    yaw, pitch, roll = (
        median_of([getattr(face, angle) for face in faces]) for angle in ("yaw_deg", "pitch_deg", "roll_deg")
    )
    return None if yaw is None or pitch is None or roll is None else (yaw, pitch, roll)
