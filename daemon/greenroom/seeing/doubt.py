"""When the eyes of a face that was found tell nothing: covered, dazzled, in the dark, blurred, or not read alike.

The networks draw eyes into whatever they are shown and stay sure of the face. The picture at the eyes tells what they
do not. The limits were set on the drawn portrait between what 540 good frames give (heads and eyes 15 degrees aside,
three crops, two lights, mirrored) and what spoiled ones do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.ports import FaceMesh, Image
from greenroom.seeing.gaze import Apart
from greenroom.seeing.head_pose import NeutralMesh, Placement, is_upside_down, misfit

Floats = npt.NDArray[np.float32]

TOO_DARK = "too dark"
TOO_BRIGHT = "too bright"
GLARE = "glare on the eyes"
COVERED = "an eye cannot be seen"
BLURRED = "picture not sharp"
UNLIKE = "the eyes are not read alike"
UPSIDE_DOWN = "face upside down"
HIDDEN = "half of the face cannot be seen"
PICTURE = "a picture, not a person"

MIN_IRIS_STEP = 8.0
"""255ths by which an iris is darker than what is beside it: 15 and more in dim light; below 6 in darkness (brightness
0.08), about 0 under a hand."""
DARK_EYE = 40.0
"""An eye without contrast is dark below this mean level and covered above it."""
MIN_IRIS = 0.36
"""The same step as a share of the eye's whole range of levels: 0.43 and more; in heads turned by 25 degrees and more
one in fifteen falls below, with an eye that is half hidden. Under a hand it is below 0, behind a fringe 0.02 to 0.26,
behind half a glare 0.29 in the middle: gaze is off by 3.5 degrees there instead of 1.5."""
MIN_STEEPNESS = 0.145
"""Largest step of the levels over a 20th of the eye's width, as a share of their range: 0.22 to 0.46. A blur of 4
pixels on an eye of 40 gives 0.13 to 0.15 and takes a third of the vertical gaze; 5 pixels give 0.11 and put the gaze
up to 9 degrees off."""
WHITE = 235.0
GLARE_SHARE, WHITE_SHARE = 0.02, 0.6
"""Of the eye's surroundings that are white: none; 0.05 and more in a full glare, where the gaze is 13 degrees off. From
0.6 on the whole face is over-exposed and the gaze 5 degrees off."""
MAX_APART_ACROSS, MAX_APART_DOWN = 0.16, 0.10
"""By how much of an eye's width the two irises may lie differently in their eyes: within 0.11 and 0.06 in heads turned
up to 35 degrees."""
MIN_LIDS = 0.6
"""The narrower eye's opening over the wider one's, against the neutral mesh: 0.64 and more in heads turned up to 45
degrees, 0.38 to 0.51 with a hand over one eye, and less in a wink."""
MIN_WIDTH = 0.82
"""Width of an eye against the neutral mesh: 0.86 and more in heads turned up to 35 degrees, 0.93 with lids shut; 0.80
behind a fringe and in heads turned 45 degrees, 0.49 in profile."""
MAX_MISFIT = 0.04
"""Root of the mean squared distance of the rigid points from the neutral ones, over the face's width: up to 0.038 in
heads turned up to 45 degrees, up to 0.07 in profile."""
MIN_SURE = 0.92
"""The network's own score of a face of which an eye cannot be seen either: 0.93 and more in heads turned up to 45
degrees, 0.62 to 0.9 in profiles that are read as half turned. Alone it tells nothing: with a mask it falls to 0.5, and
the pose is right."""

_COLUMNS, _ROWS, _REACH = 24, 16, 1.2
"""Where an eye is looked at: so many places over 1.2 times its width."""
_OUTER, _INNER, _IRIS = np.array((33, 362)), np.array((133, 263)), np.array((468, 473))
_STEEPEST, _LOW, _HIGH = 0.95, 0.05, 0.95


class EyePicture(NamedTuple):
    """What the picture shows where the mesh has its eyes; the worse eye of each."""

    level: float
    """Mean, 0 to 255."""
    iris_step: float
    """How much darker an iris is than what is left and right of it, in 255ths."""
    iris: float
    """That as a share of the range of levels."""
    steepness: float
    white_share: float


def _grid() -> Floats:
    """Places around an eye's middle (across, down), in widths of the eye; row by row."""
    across = (np.arange(_COLUMNS) - (_COLUMNS - 1) / 2) * (_REACH / _COLUMNS)
    down = (np.arange(_ROWS) - (_ROWS - 1) / 2) * (_REACH / _COLUMNS)
    return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2).astype(np.float32)


_PLACES = _grid()
_ACROSS = np.array([-1, 1], np.float32)


def eye_picture(picture: Image, mesh: FaceMesh | None) -> EyePicture | None:
    """``picture`` is the one in which ``mesh`` was found. None without irises, or with an eye outside the picture."""
    if mesh is None or len(mesh.points) < 478:
        return None
    points = mesh.points[:, :2]
    left, right = points[_OUTER], points[_INNER]
    along = right - left
    width = np.hypot(along[:, 0], along[:, 1])
    if not np.isfinite(along).all() or width.min() < 1.0:
        return None
    turned = np.stack([along, along[:, ::-1] * _ACROSS], axis=1)
    shown = _levels(picture, ((left + right) / 2)[:, None] + _PLACES @ turned)
    if shown is None:
        return None
    steps = np.abs(np.diff(shown.reshape(2, _ROWS, _COLUMNS), axis=2)).reshape(2, -1)
    ordered = np.sort(shown, axis=1)
    spread = np.maximum(1.0, _rank(ordered, _HIGH) - _rank(ordered, _LOW))
    iris = ((points[_IRIS] - (left + right) / 2)[:, None] * turned).sum(axis=2) / width[:, None] ** 2
    rim = points[_IRIS[:, None] + np.arange(1, 5)] - points[_IRIS][:, None]
    radius = np.hypot(rim[..., 0], rim[..., 1]).sum(axis=1) / 4 / width
    darker = _darker(shown, iris, radius)
    return EyePicture(
        float(shown.sum(axis=1).min() / shown.shape[1]), float(darker.min()), float((darker / spread).min()),
        float((_rank(np.sort(steps, axis=1), _STEEPEST) / spread).min()),
        float((shown >= WHITE).sum(axis=1).max() / shown.shape[1]),
    )


def face_doubt(mesh: FaceMesh, neutral: NeutralMesh | None, placed: Placement | None) -> str:
    """Why nothing of the eyes can be told from how the face lies; empty when it can. ``placed`` as in ``read_eyes``.

    With ``HIDDEN`` the mesh is a guess, and with it the pose.
    """
    # By the mesh's own axes, for a neutral mesh may have been learned from a picture that is upside down.
    if is_upside_down(mesh):
        return HIDDEN if is_guessed(mesh) else UPSIDE_DOWN
    is_hidden = neutral is not None and placed is not None and misfit(mesh, neutral, placed) > MAX_MISFIT
    return HIDDEN if is_hidden else ""


def eyes_doubt(shown: EyePicture | None, apart: Apart | None, *, is_shut: bool = False) -> str:
    """Why eyes that were read tell nothing; empty when they may."""
    doubt = "" if shown is None else picture_doubt(shown, is_shut=is_shut)
    return doubt or ("" if apart is None or is_shut else mesh_doubt(apart))


def is_guessed(mesh: FaceMesh) -> bool:
    """Whether a mesh in which an eye cannot be seen is a guess as a whole, and with it the pose."""
    return mesh.score is not None and mesh.score < MIN_SURE


def picture_doubt(shown: EyePicture, *, is_shut: bool = False) -> str:
    """Why the eyes in such a picture tell nothing; empty when they may. Shut eyes have no iris to be seen."""
    if shown.white_share > WHITE_SHARE:
        return TOO_BRIGHT
    if shown.iris_step < MIN_IRIS_STEP and shown.level < DARK_EYE:
        return TOO_DARK
    if shown.white_share > GLARE_SHARE and shown.iris < MIN_IRIS:
        return GLARE
    if shown.iris_step < MIN_IRIS_STEP or (not is_shut and shown.iris < MIN_IRIS):
        return COVERED
    return BLURRED if shown.steepness < MIN_STEEPNESS else ""


def mesh_doubt(apart: Apart) -> str:
    """Why eyes so read tell nothing; empty when they may."""
    if apart.width < MIN_WIDTH or apart.lids < MIN_LIDS:
        return COVERED
    return UNLIKE if abs(apart.across) > MAX_APART_ACROSS or abs(apart.down) > MAX_APART_DOWN else ""


def _levels(picture: Image, places: npt.NDArray[np.floating]) -> Floats | None:
    """Levels of green at places (2 x n x 2), those of the edge beyond it; None when the middle of them lies outside."""
    height, width = picture.shape[:2]
    x, y = (places[..., 0] + 0.5).astype(np.intp), (places[..., 1] + 0.5).astype(np.intp)
    middle = places.sum(axis=1) / places.shape[1]
    if middle.min() < 0 or (middle >= (width, height)).any():
        return None
    at = np.minimum(np.maximum(y, 0), height - 1) * width + np.minimum(np.maximum(x, 0), width - 1)
    levels: Floats = picture.reshape(-1).take(at * 3 + 1).astype(np.float32)
    return levels


def _darker(shown: Floats, iris: npt.NDArray[np.floating], radius: npt.NDArray[np.floating]) -> Floats:
    """Per eye: level beside the iris less that within it; 0 where the iris lies outside its eye."""
    off = _PLACES - iris.astype(np.float32)[:, None]
    off *= off
    away = (off[..., 0] + off[..., 1]) / np.maximum(radius[:, None], 1e-3).astype(np.float32) ** 2
    within, beside = away < 0.7**2, (away > 1.2**2) & (away < 2.2**2)
    inner, outer = within.sum(axis=1), beside.sum(axis=1)
    # Sums over a mask: picking the places out of an eye first costs twice as much.
    step = (shown * beside).sum(axis=1) / np.maximum(outer, 1) - (shown * within).sum(axis=1) / np.maximum(inner, 1)
    return np.where((inner > 0) & (outer > 0), step, 0.0).astype(np.float32)


def _rank(ordered: Floats, share: float) -> Floats:
    """Per row the value below which that share of it lies."""
    return ordered[:, round(share * (ordered.shape[1] - 1))]
