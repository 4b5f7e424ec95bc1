"""Expression as motion alone: how far mouth and brows have moved against the candidate's own face at rest.

Nothing here names a feeling, and nothing is scored. Distances are shares of the face's width, in the head's own frame,
so that a turn of the head is no movement of the face. The same landmarks serve with every engine: a blendshape of a
"smile" was 0.9 for a portrait at rest that shows its teeth, and that of an open jaw 0.12 where the mouth was wide open.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.ports import FaceMesh
from greenroom.seeing.head_pose import NeutralMesh, Placement, absolute_rotation

Floats = npt.NDArray[np.float64]

FULL_SMILE = 0.03
"""Mean of how far the corners of the mouth are raised and drawn apart. Drawn corners that were moved by 0.05 both ways
are read as 0.027 by LiteRT and 0.036 by MediaPipe; a mouth that speaks in a turning head stays below 0.005."""
FULL_BROW = 0.04
"""How far both brows are raised: 0.05 drawn is read as 0.033 and 0.042; turning heads stay below 0.018."""
FULL_MOUTH = 0.10
"""How much wider the lips are apart: 0.08 to 0.11 for the widest mouth that is drawn."""

_RIGHT_CORNER, _LEFT_CORNER, _UPPER_LIP, _LOWER_LIP = 61, 291, 13, 14
_BROWS = [105, 66, 107, 334, 296, 336]


class Expression(NamedTuple):
    """Each 0 at rest or moved the other way, 1 from the full movement on."""

    smile: float
    brow_raise: float
    mouth_open: float


def expression(mesh: FaceMesh, neutral: NeutralMesh, placed: Placement) -> Expression:
    """``placed`` is ``head_pose.place`` of the two."""
    rest, points = neutral.points.astype(np.float64), mesh.points.astype(np.float64)
    width = max(1e-6, float(np.ptp(rest[:468, 0])) * placed.scale)
    # How the face lies in the neutral picture itself does not matter: its own axes are carried along.
    axes = placed.turn @ absolute_rotation(FaceMesh(neutral.points, None, mesh.size))
    rows = [_RIGHT_CORNER, _LEFT_CORNER, *_BROWS]
    moved = ((points[rows] - placed.carry(rest[rows])) @ axes)[:, :2] / width
    right, left, brows = moved[0], moved[1], moved[2:]
    raised, apart = -(right[1] + left[1]) / 2, (left[0] - right[0]) / 2
    lips = _gap(points) / width - _gap(rest) * placed.scale / width
    return Expression(_share((raised + apart) / 2, FULL_SMILE), _share(-float(brows[:, 1].mean()), FULL_BROW),
                      _share(lips, FULL_MOUTH))


def _gap(points: Floats) -> float:
    return float(np.linalg.norm(points[_UPPER_LIP] - points[_LOWER_LIP]))


def _share(moved: float, full: float) -> float:
    return float(min(1.0, max(0.0, moved / full)))
