"""Head pose from landmarks: yaw, pitch and roll in degrees, absolute or from the candidate's own neutral mesh.

The frame is the picture's: x to its right, y down, z away from the camera, one unit on all three. All zero looks
straight into the camera. **Yaw** is positive when the face turns to the picture's right (the candidate's left),
**pitch** when it is raised, **roll** when the head tilts clockwise as the picture is seen. Roll is applied last, so
turning a picture in its plane changes roll alone: R = Rz(roll) Ry(-yaw) Rx(-pitch). A mirrored picture has the
opposite yaw and roll and the same pitch. Gaze has the signs of yaw and pitch.

The networks look at a crop around the face, so angles are those against the ray from the lens to it: a head that turns
about its neck moves aside, and the lens sees it turned a little further. Within 35, 25 and 20 degrees a drawn head is
read with mean errors of 1.8, 2.1 and 1.3 degrees against the ray, and of 1.1, 2.4 and 0.9 against the camera's axes
(``greenroom bench eyes``).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from math import asin, atan2, cos, degrees, radians, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.ports import FaceMesh

Floats = npt.NDArray[np.float64]

MIN_MESHES = 10
"""Fewest meshes of a neutral baseline: two thirds of a second at 15 frames a second."""
MAX_SWAY_DEG = 5.0
"""Meshes turned further than this from the middle one are no part of a baseline; half of them must remain."""

_RIGHT_OUTER, _LEFT_OUTER, _FOREHEAD, _CHIN, _NOSE_BASE = 33, 263, 10, 152, 2
_RIGHT_SIDE, _LEFT_SIDE = 234, 454
_EYELIDS = (
    *(7, 163, 144, 145, 153, 154, 155, 246, 161, 160, 159, 158, 157, 173),
    *(249, 390, 373, 374, 380, 381, 382, 466, 388, 387, 386, 385, 384, 398),
)
_HEADER = struct.Struct("<4sI")
_MAGIC = b"GRN1"
_ROWS = 478
_FLIPPED = np.diag([1.0, -1.0, -1.0])
"""From y up and z toward the viewer to y down and z away."""
_MIN_RIGID = 100
"""Of some 200 rows above the nose's base in a face."""


class Pose(NamedTuple):
    """Degrees, see above."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


class Placement(NamedTuple):
    """How the neutral mesh lies in a picture: turned, scaled and moved."""

    turn: Floats
    scale: float
    source: Floats
    target: Floats
    """The middle of the rigid points, in the neutral mesh and in the picture."""

    def carry(self, points: Floats) -> Floats:
        """Where points (n x 3) of the neutral mesh are in the picture."""
        carried: Floats = self.scale * ((points - self.source) @ self.turn.T) + self.target
        return carried


class NeutralMesh:
    """How the candidate's face looks when they sit still and look into the lens; ``points`` has 478 rows in pixels."""

    def __init__(self, points: npt.NDArray[np.float32]) -> None:
        self.points = points
        self.rigid = _rigid_rows(points)
        self.rest = points[self.rigid].astype(np.float64)
        """The rigid points, in their order."""
        self.middle = self.rest.mean(axis=0)
        self.width_px = float(np.ptp(points[:468, 0]))

    @classmethod
    def learn(cls, meshes: Sequence[FaceMesh]) -> NeutralMesh | None:
        """Median shape and mean pose of meshes that agree; None when they are too few or move too much."""
        full = [mesh.points.astype(np.float64) for mesh in meshes if mesh.points.shape == (_ROWS, 3)]
        if len(full) < MIN_MESHES:
            return None
        poses = np.array([pose_of(_own_axes(points)) for points in full])
        middle = np.abs(poses - np.median(poses, axis=0)).sum(axis=1).argmin()
        reference = full[middle]
        rows = _rigid_rows(reference)
        placed, turns = [], []
        for points in full:
            turn, scale = _fit(reference[rows], points[rows])
            if max(map(abs, pose_of(turn))) <= MAX_SWAY_DEG:
                placed.append((points - points[rows].mean(axis=0)) @ turn / scale)
                turns.append(turn)
        if len(placed) < max(MIN_MESHES, len(full) / 2):
            return None
        mean_turn = _nearest_rotation(np.mean(turns, axis=0))
        # The median leaves blinks out.
        shape = np.median(placed, axis=0) @ mean_turn.T + reference[rows].mean(axis=0)
        return cls(shape.astype(np.float32))

    def to_bytes(self) -> bytes:
        return _HEADER.pack(_MAGIC, _ROWS) + self.points.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> NeutralMesh:
        """Raises ``ValueError`` for anything that ``to_bytes`` did not write."""
        size = _HEADER.size + _ROWS * 12
        if len(data) != size or _HEADER.unpack_from(data) != (_MAGIC, _ROWS):
            raise ValueError("this is no neutral mesh")
        points = np.frombuffer(data, "<f4", offset=_HEADER.size).reshape(_ROWS, 3).astype(np.float32)
        if not np.isfinite(points).all() or np.abs(points).max() > 1e5 or np.ptp(points[:468, :2], axis=0).min() < 1.0:
            raise ValueError("this neutral mesh has no extent")
        neutral = cls(points)
        if neutral.rigid.size < _MIN_RIGID:
            raise ValueError("this neutral mesh is no face")
        return neutral


def rotation(pose: Pose) -> Floats:
    """The 3 x 3 matrix of a pose; ``pose_of`` is its inverse."""
    yaw, pitch, roll = map(radians, pose)
    # Written out: for numbers so few a matrix product costs ten times as much.
    cy, sy, cp, sp, cr, sr = cos(yaw), sin(yaw), cos(pitch), sin(pitch), cos(roll), sin(roll)
    return np.array([
        [cr * cy, cr * sy * sp - sr * cp, -cr * sy * cp - sr * sp],
        [sr * cy, sr * sy * sp + cr * cp, -sr * sy * cp + cr * sp],
        [sy, -cy * sp, cy * cp],
    ])  # fmt: skip


def pose_of(turn: Floats) -> Pose:
    """Yaw, pitch and roll of a rotation matrix; yaw within ±90."""
    (xx, _, _), (yx, _, _), (zx, zy, zz) = turn.tolist()
    return Pose(degrees(asin(min(1.0, max(-1.0, zx)))), degrees(atan2(-zy, zz)), degrees(atan2(yx, xx)))


def absolute_rotation(mesh: FaceMesh) -> Floats:
    """The mesh's own axes: from eye to eye and side to side, and from forehead to chin."""
    return _own_axes(mesh.points.astype(np.float64))


def absolute_pose(mesh: FaceMesh) -> Pose:
    """Pose from one mesh alone.

    Pitch carries the slope of this face's profile, up to some 15 degrees, or half of it where the engine has fitted a
    metric head model (-5.5 instead of -11 degrees for the drawn face). That model's yaw is not taken: the library
    assumes one field of view for all cameras, and with it sees too little of a turn.
    """
    own = pose_of(absolute_rotation(mesh))
    return own if mesh.transform is None else own._replace(pitch_deg=metric_pose(mesh.transform).pitch_deg)


def is_upside_down(mesh: FaceMesh) -> bool:
    """Whether the face is turned in the picture's plane by more than 90 degrees, by its own axes."""
    x = mesh.points[:, 0]
    return bool(x[_LEFT_OUTER] - x[_RIGHT_OUTER] + x[_LEFT_SIDE] - x[_RIGHT_SIDE] < 0.0)


def metric_pose(transform: Floats) -> Pose:
    """Pose of the head model that ``FaceMesh.transform`` puts before the camera, against the camera's axes."""
    return pose_of(_FLIPPED @ _nearest_rotation(transform[:3, :3]) @ _FLIPPED)


def place(mesh: FaceMesh, neutral: NeutralMesh) -> Placement:
    """Rotation, scale and shift that take the neutral mesh to this one, in the picture's frame (Kabsch, Umeyama)."""
    target = mesh.points[neutral.rigid].astype(np.float64)
    middle = target.sum(axis=0) / len(target)
    turn, scale = _fit_centred(neutral.rest - neutral.middle, target - middle)
    return Placement(turn, scale, neutral.middle, middle)


def misfit(mesh: FaceMesh, neutral: NeutralMesh, placed: Placement) -> float:
    """Root of the mean squared distance of the rigid points from where ``placed`` carries them, over the face's
    width."""
    off = (mesh.points[neutral.rigid] - placed.carry(neutral.rest))[:, :2]
    away_px = float(np.sqrt((off * off).sum() / len(off)))
    return away_px / max(neutral.width_px * placed.scale, 1e-6)


def relative_pose(mesh: FaceMesh, neutral: NeutralMesh) -> Pose:
    """Pose relative to the candidate's neutral one."""
    return pose_of(place(mesh, neutral).turn)


def _own_axes(points: Floats) -> Floats:
    across = points[_LEFT_OUTER] - points[_RIGHT_OUTER] + points[_LEFT_SIDE] - points[_RIGHT_SIDE]
    across /= np.linalg.norm(across)
    down = points[_CHIN] - points[_FOREHEAD]
    down = down - across * (down @ across)
    down /= np.linalg.norm(down)
    return np.column_stack([across, down, np.cross(across, down)])


def _rigid_rows(points: npt.NDArray[np.floating]) -> npt.NDArray[np.intp]:
    """Rows that neither speech nor blinks move: the face above the nose's base, without eyelids."""
    axes = _own_axes(points[:468].astype(np.float64))
    height = (points[:468] - points[_NOSE_BASE]) @ axes[:, 1]
    rows = np.flatnonzero(height <= 0.0)
    return rows[~np.isin(rows, _EYELIDS)]


def _fit(source: Floats, target: Floats) -> tuple[Floats, float]:
    """Rotation and scale with the least squared distance of ``scale * R source`` to ``target``, both centred."""
    return _fit_centred(source - source.mean(axis=0), target - target.mean(axis=0))


def _fit_centred(source: Floats, target: Floats) -> tuple[Floats, float]:
    turn = _nearest_rotation(target.T @ source)
    return turn, float((target * (source @ turn.T)).sum() / max(float((source * source).sum()), 1e-12))


def _nearest_rotation(matrix: Floats) -> Floats:
    u, _, vt = np.linalg.svd(matrix)
    turn: Floats = (u * np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])) @ vt
    return turn
