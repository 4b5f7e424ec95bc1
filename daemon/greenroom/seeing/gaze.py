"""Gaze from irises and eyelids.

Angles are of the eye in the head, signs as in ``head_pose``. With the candidate's neutral mesh they are relative to
how this candidate looks into the lens; without it the iris is compared with the middle of the eye, which differs
between people by several degrees.
"""

from __future__ import annotations

from math import asin, atan2, degrees
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from greenroom.ports import FaceMesh
from greenroom.records import GazeCalibration
from greenroom.seeing.head_pose import NeutralMesh, Placement, Pose, absolute_rotation, place, rotation

Floats = npt.NDArray[np.float64]

EYEBALL_OVER_EYE = 0.41
"""Radius of the eyeball (12 mm) over the distance of the eye's corners (29 mm)."""
GAIN_H, GAIN_V = 0.55, 0.345
"""Share of an iris's true shift that is seen so, read back from drawn eyes, 22 degrees aside and 18 up and down."""
CORNERS_SHARE = 0.8
"""How much of what the eye's corners have moved against the rigid face is taken off the iris's way: the iris network
errs alike for both. Least squares over 447 drawn looks gave 0.82 across and 0.80 down."""
FORWARD_H, FORWARD_V = 0.0, 0.06
"""How far the iris seems to lie before the eye's middle, in corner distances: what of its shift the head's turn takes
along. Read back from drawn heads."""
CORNERS_GAIN_H, CORNERS_FORWARD = 0.55, 0.03
"""The same for an iris that is read against the corners alone."""
TYPICAL_OPENING = 0.34
"""Height (10 mm) over width (29 mm) of an open eye where the candidate's own is not known."""
BLINK_OPENNESS = 0.62
"""Openness below which the eyes are closed: the iris network reads closed eyes as 0.3 to 0.6."""
MIN_EYE_PX = 12.0
"""An eye narrower than this has an iris of under 5 pixels."""

_OUTER, _INNER, _IRIS = [33, 263], [133, 362], [468, 473]
_UPPER = np.array(((160, 159, 158), (387, 386, 385)))
_LOWER = np.array(((144, 145, 153), (373, 374, 380)))


class Gaze(NamedTuple):
    """Where the eyes point within the head, and how open they are: 1 as in the neutral mesh, about 0.4 closed."""

    yaw_deg: float
    pitch_deg: float
    openness: float


def eye_in_head(mesh: FaceMesh, neutral: NeutralMesh | None, placed: Placement | None = None) -> Gaze | None:
    """Mean of both eyes; None without irises or when the eyes are too small to be read.

    ``placed`` is ``head_pose.place`` of the two, where that is known already.
    """
    return read_eyes(mesh, neutral, placed)[0]


class Apart(NamedTuple):
    """How differently both eyes are read, against the neutral mesh. Distances are in widths of an eye."""

    across: float
    down: float
    """From iris to iris in their eyes."""
    lids: float
    """Opening of the narrower eye over that of the wider one, up to 1."""
    width: float
    """Distance of the corners of the more shortened eye: 1 as in the neutral mesh."""


def read_eyes(
    mesh: FaceMesh, neutral: NeutralMesh | None, placed: Placement | None = None
) -> tuple[Gaze | None, Apart | None]:
    """``eye_in_head``, and how far the eyes agree, which nothing but a neutral mesh can tell."""
    points = mesh.points.astype(np.float64)
    if len(points) < 478 or _width_px(points) < MIN_EYE_PX:
        return None, None
    if neutral is None:
        across, down = _off_corners(points, absolute_rotation(mesh))
        yaw, pitch = _angle_deg(across, CORNERS_GAIN_H), _angle_deg(-down, GAIN_V)
        return Gaze(yaw, pitch, float(_openings(points).mean()) / TYPICAL_OPENING), None
    own = _resting(neutral)
    placed = place(mesh, neutral) if placed is None else placed
    off = _off_rest(points, own.middles, own.widths, placed, placed.turn @ own.axes) - own.offset
    openings = _openings(points)
    across, down = off.mean(axis=0)
    gaze = Gaze(_angle_deg(across, GAIN_H), _angle_deg(-down, GAIN_V), float(openings.mean() / own.openings.mean()))
    (across, down), lids = off[0] - off[1], openings / np.maximum(own.openings, 1e-6)
    width = float((_widths(points) / own.widths).min()) / placed.scale
    return gaze, Apart(float(across), float(down), float(lids.min() / max(1e-6, lids.max())), width)


def is_blinking(gaze: Gaze) -> bool:
    """Whether the eyes are closed in this frame."""
    return gaze.openness < BLINK_OPENNESS


def line_of_sight(pose: Pose, gaze: Gaze) -> tuple[float, float]:
    """Yaw and pitch in degrees of head and eyes together, away from the lens."""
    x, y, z = (rotation(pose) @ -rotation(Pose(gaze.yaw_deg, gaze.pitch_deg, 0.0))[:, 2]).tolist()
    return degrees(atan2(x, -z)), degrees(asin(min(1.0, max(-1.0, -y))))


def toward(pose: Pose, yaw_deg: float, pitch_deg: float) -> tuple[float, float]:
    """Yaw and pitch of the eyes in a head so posed that look in a direction: the inverse of ``line_of_sight``."""
    ahead = -rotation(Pose(yaw_deg, pitch_deg, 0.0))[:, 2]
    x, y, z = (rotation(pose).T @ ahead).tolist()
    return degrees(atan2(x, -z)), degrees(asin(min(1.0, max(-1.0, -y))))


def calibrated(eyes: Gaze, calibration: GazeCalibration) -> Gaze:
    """The eyes as this candidate holds them when they are read so."""
    pitch, bend = eyes.pitch_deg, calibration.bend_deg
    level = calibration.pitch_gain * max(pitch, bend) + calibration.low_pitch_gain * min(pitch - bend, 0.0)
    return Gaze(calibration.yaw_gain * eyes.yaw_deg + calibration.yaw_bias_deg, level + calibration.pitch_bias_deg,
                eyes.openness)


class _Resting(NamedTuple):
    axes: Floats
    offset: Floats
    openings: Floats
    widths: Floats
    middles: Floats
    """A row or value an eye."""


_AT_REST = Placement(np.eye(3), 1.0, np.zeros(3), np.zeros(3))
_rests: WeakKeyDictionary[NeutralMesh, _Resting] = WeakKeyDictionary()
"""Known as long as the neutral mesh is."""


def _resting(neutral: NeutralMesh) -> _Resting:
    """What is taken of the neutral mesh for every frame."""
    known = _rests.get(neutral)
    if known is None:
        points = neutral.points.astype(np.float64)
        axes = absolute_rotation(FaceMesh(neutral.points, 1.0, (0, 0)))
        widths = np.maximum(_widths(points), 1e-6)
        middles = (points[_OUTER] + points[_INNER]) / 2
        offset = _off_rest(points, middles, widths, _AT_REST, axes)
        known = _rests[neutral] = _Resting(axes, offset, _openings(points), widths, middles)
    return known


def _off_rest(points: Floats, middles: Floats, widths: Floats, placed: Placement, axes: Floats) -> Floats:
    """Iris from where the neutral eye's middle is now, in the head's own frame (right, down), in corner distances.

    A row an eye, as ``middles`` and ``widths`` of the neutral eyes.
    """
    width, middle = widths * placed.scale, placed.carry(middles)
    moved = (points[_OUTER] + points[_INNER]) / 2 - middle
    away = points[_IRIS] - middle - CORNERS_SHARE * moved
    # The networks give no depth for the iris within its eye.
    across = away[:, 0] * axes[0, 0] + away[:, 1] * axes[1, 0] - FORWARD_H * width * axes[2, 0]
    down = away[:, 0] * axes[0, 1] + away[:, 1] * axes[1, 1] - FORWARD_V * width * axes[2, 1]
    return np.stack([across, down], axis=1) / width[:, None]


def _off_corners(points: Floats, turn: Floats) -> tuple[float, float]:
    """Iris from the middle of the corners in the head's own frame (right, down), in corner distances."""
    found = np.zeros(2)
    for outer, inner, iris in zip(_OUTER, _INNER, _IRIS, strict=True):
        width = float(np.linalg.norm(points[outer] - points[inner]))
        away = points[iris] - (points[outer] + points[inner]) / 2
        away[2] = -CORNERS_FORWARD * width
        found += (turn.T @ away)[:2] / width / 2
    return float(found[0]), float(found[1])


def _openings(points: Floats) -> Floats:
    """Height over width of each eye."""
    gaps = np.linalg.norm(points[_UPPER] - points[_LOWER], axis=2).mean(axis=1)
    shares: Floats = gaps / np.maximum(_widths(points), 1e-6)
    return shares


def _widths(points: Floats) -> Floats:
    """Distance of each eye's corners."""
    widths: Floats = np.linalg.norm(points[_OUTER] - points[_INNER], axis=1)
    return widths


def _width_px(points: Floats) -> float:
    """Width of the wider eye in the picture."""
    return max(float(np.linalg.norm((points[a] - points[b])[:2])) for a, b in zip(_OUTER, _INNER, strict=True))


def _angle_deg(shift: float, gain: float) -> float:
    return degrees(asin(min(1.0, max(-1.0, shift / (EYEBALL_OVER_EYE * gain)))))
