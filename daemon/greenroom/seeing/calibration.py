"""The candidate's own gaze: the eyes are read while they rest on points whose directions are known.

The iris network sees less than the true movement of an iris, by a share that differs between people, cameras and
distances; vertically, lids hide half of it. A few fixations tell the share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import atan2, degrees, hypot
from typing import Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from greenroom.records import GazeCalibration, GazeTarget
from greenroom.seeing.gaze import Gaze, calibrated, is_blinking, line_of_sight, toward
from greenroom.seeing.head_pose import Pose

Floats = npt.NDArray[np.float64]
Name = Literal["lens", "interviewer", "left", "right", "below"]

ORDER: tuple[tuple[Name, float], ...] = (
    ("lens", 1.6), ("left", 1.6), ("right", 1.6), ("below", 1.6), ("interviewer", 1.6), ("lens", 1.6),
)
"""What is looked at, and for how many seconds."""
PLACES: dict[Name, tuple[float, float]] = {
    "lens": (0.5, 0.0), "interviewer": (0.5, 0.25), "left": (0.02, 0.35), "right": (0.98, 0.35), "below": (0.5, 0.97),
}
"""Where the points are on the screen, as shares of its width and height. The lens is above it."""
LENS_ABOVE_MM = 15.0
"""A webcam on the upper edge of a panel: from the edge of the picture to the middle of the lens."""
VIEWING_MM = 700.0
"""From the eyes to the screen, as everywhere on the screens."""
SETTLE_S = 0.5
"""From the point's appearing until the eyes rest on it: 0.2 s to begin, 0.05 s to move, and a second, smaller step."""
MIN_FRAMES = 4
"""At a point: a third of a second with the eyes open."""
USUAL_GAIN, GAIN_SPREAD = 1.0, 0.35
BIAS_SPREAD_DEG = 5.0
BEND_SPREAD = 1.5
POINT_SPREAD_DEG = 1.0
"""What is expected before the eyes were seen, and how exactly people rest on a point when they are asked to."""
LEAST_SHARE_ACROSS, LEAST_SHARE_DOWN = 0.35, 0.2
"""Of the way between the points: eyes that were seen to move less have not followed, or cannot be read."""
LEAST_ERROR_DEG = 1.0
LEAST_GAIN = 0.2

NOT_SEEN = "the eyes were not seen at every point"
NOT_FOLLOWED = "the eyes did not follow the points"


class Fixation(NamedTuple):
    """One frame while a point was looked at: ``eyes`` as read, without calibration."""

    name: str
    pose: Pose
    eyes: Gaze


def targets(panel_mm: tuple[float, float], from_t: float) -> tuple[GazeTarget, ...]:
    """The points in order, with their directions from eyes level with the lens, ``VIEWING_MM`` before it."""
    width, height = panel_mm
    found = []
    for name, length_s in ORDER:
        x, y = PLACES[name]
        # Left on the screen is the candidate's left, hence the picture's right.
        across, down = (0.5 - x) * width, LENS_ABOVE_MM + y * height
        away = (0.0, 0.0) if name == "lens" else (
            degrees(atan2(across, VIEWING_MM)), -degrees(atan2(down, hypot(across, VIEWING_MM))))
        found.append(GazeTarget(name=name, x=x, y=y, yaw_deg=away[0], pitch_deg=away[1], from_t=from_t,
                                to_t=from_t + length_s))
        from_t += length_s
    return tuple(found)


def target_at(points: Sequence[GazeTarget], t: float) -> GazeTarget | None:
    """The point on which the eyes rest at ``t``; None before they are there and between points."""
    return next((point for point in points if point.from_t + SETTLE_S <= t < point.to_t), None)


def fit(points: Sequence[GazeTarget], seen: Sequence[Fixation]) -> GazeCalibration | str:
    """What turns this candidate's eyes as they are read into where they look; or why that cannot be told.

    For each axis a gain and a bias by least squares over the points' medians, drawn towards the usual ones (ridge
    regression: the spreads are one standard deviation). Below the interviewer's eyes, where the lower lid begins to
    hide the iris, the height has a gain of its own.
    """
    where: dict[str, tuple[float, float]] = {point.name: (point.yaw_deg, point.pitch_deg) for point in points}
    open_eyed = [one for one in seen if one.name in where and not is_blinking(one.eyes)]
    by_point = {name: [one for one in open_eyed if one.name == name] for name in where}
    if any(len(frames) < MIN_FRAMES for frames in by_point.values()):
        return NOT_SEEN
    if not _has_followed(where, by_point):
        return NOT_FOLLOWED
    read = {name: _medians([(f.eyes.yaw_deg, f.eyes.pitch_deg) for f in frames]) for name, frames in by_point.items()}
    wanted = {name: _medians([toward(f.pose, *where[name]) for f in frames]) for name, frames in by_point.items()}
    names = list(where)
    yaw_gain, yaw_bias, _ = _line([read[name][0] for name in names], [wanted[name][0] for name in names], -math.inf)
    bend_deg = float(read["interviewer"][1])
    pitch_gain, pitch_bias, low_gain = _line(
        [read[name][1] for name in names], [wanted[name][1] for name in names], bend_deg)
    found = GazeCalibration(
        yaw_gain=yaw_gain, yaw_bias_deg=yaw_bias, pitch_gain=pitch_gain, pitch_bias_deg=pitch_bias,
        bend_deg=bend_deg, low_pitch_gain=low_gain, yaw_error_deg=LEAST_ERROR_DEG, pitch_error_deg=LEAST_ERROR_DEG,
        interviewer_pitch_deg=where["interviewer"][1])
    return msgspec.structs.replace(found, **_errors(found, where, open_eyed))


def _errors(
    found: GazeCalibration, where: dict[str, tuple[float, float]], seen: Sequence[Fixation]
) -> dict[str, float]:
    """How far a frame's eyes are from the point that they rested on; half lie within 0.674 standard deviations."""
    off = np.array([np.subtract(calibrated(f.eyes, found)[:2], toward(f.pose, *where[f.name])) for f in seen])
    yaw, pitch = np.maximum(np.median(np.abs(off), axis=0) / 0.674, LEAST_ERROR_DEG)
    return {"yaw_error_deg": float(yaw), "pitch_error_deg": float(pitch)}


def _has_followed(where: dict[str, tuple[float, float]], by_point: dict[str, list[Fixation]]) -> bool:
    """Whether head and eyes together went the way of the points, as far as that is seen without calibration."""
    went = {name: _medians([line_of_sight(f.pose, f.eyes) for f in frames]) for name, frames in by_point.items()}
    across = (went["left"][0] - went["right"][0]) / (where["left"][0] - where["right"][0])
    down = (went["below"][1] - went["lens"][1]) / (where["below"][1] - where["lens"][1])
    return bool(across >= LEAST_SHARE_ACROSS and down >= LEAST_SHARE_DOWN)


def _medians(pairs: Sequence[tuple[float, float]]) -> Floats:
    middle: Floats = np.median(np.array(pairs), axis=0)
    return middle


def _line(read: Sequence[float], wanted: Sequence[float], bend: float) -> tuple[float, float, float]:
    """Gain, bias, and the gain below ``bend``."""
    known = np.array(read)
    rows = np.column_stack([known, np.ones(known.size), np.minimum(known - bend, 0.0)])
    expected = np.diag([1 / GAIN_SPREAD, 1 / BIAS_SPREAD_DEG, 1 / BEND_SPREAD])
    gain, bias, more = np.linalg.lstsq(
        np.vstack([rows / POINT_SPREAD_DEG, expected]),
        np.concatenate([np.array(wanted) / POINT_SPREAD_DEG, [USUAL_GAIN / GAIN_SPREAD, 0.0, 0.0]]), rcond=None)[0]
    return max(float(gain), LEAST_GAIN), float(bias), max(float(gain + more), LEAST_GAIN)
