"""What one test picture shows, and hence the truth that a reader of it is held against."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from greenroom.seeing.head_pose import Pose, pose_of, rotation

Occlusion = Literal["", "hand over mouth", "hand over eye", "fringe", "mask"]
Floats = npt.NDArray[np.float64]


class Other(Struct, frozen=True, kw_only=True):
    """Another face behind the candidate: a person (the portrait mirrored), or a poster that never moves."""

    kind: Literal["person", "poster"] = "person"
    scale: float = 0.6
    shift_x: float = 0.3
    shift_y: float = -0.1
    yaw_deg: float = 0.0


class Shot(Struct, frozen=True, kw_only=True):
    """One picture. Angles are degrees as ``seeing/head_pose.py`` defines them, from the portrait's own pose.

    They describe the candidate before ``is_mirrored`` and ``is_upside_down``; ``Truth`` describes the picture.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    gaze_yaw_deg: float = 0.0
    """Eye in head."""
    gaze_pitch_deg: float = 0.0
    eyelids: float = 1.0
    """1 open, 0 closed."""
    mouth: float = 0.0
    """0 closed, 1 wide open."""
    is_present: bool = True
    is_profile: bool = False
    """Turned to the side of ``yaw_deg`` as far as can be drawn: 45 degrees, narrowed, the far half of the face gone."""
    others: tuple[Other, ...] = ()

    width: int = 640
    height: int = 480
    scale: float = 1.0
    """Size of the face as a share of the frame's height, 1 the portrait's (0.50 from forehead to chin)."""
    shift_x: float = 0.0
    """The face from where the portrait has it, as a share of the frame."""
    shift_y: float = 0.0
    is_mirrored: bool = False
    is_upside_down: bool = False

    occlusion: Occlusion = ""
    glare: float = 0.0
    """0 none, 1 white spots on both lenses of a pair of glasses."""
    brightness: float = 1.0
    """A factor: 0.1 is darkness, 3 is over-exposed."""
    contrast: float = 1.0
    """Around middle grey."""
    warmth: float = 0.0
    """-1 bluish to 1 candle light."""
    side_light: float = 0.0
    """Share of the light missing at the picture's right edge (negative: left), up to 1."""
    blur_px: float = 0.0
    """Sigma."""
    motion_px: float = 0.0
    """Length of the smear along ``motion_deg``, clockwise from the picture's right."""
    motion_deg: float = 0.0
    noise: float = 0.0
    """Standard deviation of each channel, in 255ths."""
    seed: int = 0
    jpeg_quality: int | None = None


CROPS: dict[str, dict[str, float]] = {
    "as the portrait": {},
    "far, to the left": {"scale": 0.6, "shift_x": -0.2, "shift_y": -0.05},
    "near, low": {"scale": 1.3, "shift_x": 0.06, "shift_y": 0.05},
}
LIGHTS: dict[str, dict[str, float]] = {
    "even": {},
    "dim, warm, from the side": {"brightness": 0.55, "contrast": 0.8, "warmth": 0.7, "side_light": 0.7, "noise": 3.0},
}
"""Changes of a shot under which a reader must say the same."""


class Truth(NamedTuple):
    """What a picture shows of the candidate, in the picture's frame (after mirroring).

    There are two frames for a turned head. The *camera's* keeps its axes: ``pose`` and ``sight``. The *lens's* follows
    the ray from the lens to the face: a head that turns about its neck moves aside, and the lens sees it turned
    further. Whoever crops the face sees ``seen`` and ``off_lens``, and shifting the face in the picture
    (``shift_x``, ``shift_y``) changes neither.
    """

    pose: Pose
    """Head in the camera's frame; all zero as in the portrait."""
    gaze: tuple[float, float]
    """Yaw and pitch of the eyes in the head."""
    sight: tuple[float, float]
    """Yaw and pitch of the line of sight in the camera's frame: R(pose) R(gaze) (0, 0, -1)."""
    seen: Pose
    """Head as the lens sees it."""
    off_lens: tuple[float, float]
    """Yaw and pitch by which the line of sight misses the lens; the portrait's eyes are taken to look into it."""


def truth(shot: Shot, face: Floats, eyes: Floats, pivot: Floats) -> Truth | None:
    """None without a candidate, and in profile, where no angle is claimed.

    ``face``, ``eyes`` (middles) and ``pivot`` (what the head turns about) are places in the portrait, from its camera.
    """
    if not shot.is_present or shot.is_profile:
        return None
    head = rotation(Pose(shot.yaw_deg, shot.pitch_deg, shot.roll_deg))
    eye = rotation(Pose(shot.gaze_yaw_deg, shot.gaze_pitch_deg, 0.0))
    seen, seen_eyes = (_toward(head @ (at - pivot) + pivot).T @ head @ _toward(at) for at in (face, eyes))
    if shot.is_upside_down:
        over = rotation(Pose(0.0, 0.0, 180.0))
        head, seen, seen_eyes = over @ head, over @ seen, over @ seen_eyes
    gaze = (shot.gaze_yaw_deg, shot.gaze_pitch_deg)
    found = Truth(pose_of(head), gaze, direction(head @ eye), pose_of(seen), direction(seen_eyes @ eye))
    return _mirrored(found) if shot.is_mirrored else found


def direction(turn: Floats) -> tuple[float, float]:
    """Yaw and pitch of where something points that points at the camera before the turn."""
    x, y, z = -turn[:, 2]
    return float(np.degrees(np.arctan2(x, -z))), float(np.degrees(np.arcsin(np.clip(-y, -1.0, 1.0))))


def _mirrored(found: Truth) -> Truth:
    pose, gaze, sight, seen, off_lens = found
    return Truth(
        Pose(-pose.yaw_deg, pose.pitch_deg, -pose.roll_deg),
        (-gaze[0], gaze[1]),
        (-sight[0], sight[1]),
        Pose(-seen.yaw_deg, seen.pitch_deg, -seen.roll_deg),
        (-off_lens[0], off_lens[1]),
    )


def _toward(place: Floats) -> Floats:
    """The axes of who looks from the lens at a place: z along the ray, x level."""
    z = place / np.linalg.norm(place)
    x = np.cross([0.0, 1.0, 0.0], z)
    x /= np.linalg.norm(x)
    return np.column_stack([x, np.cross(z, x), z])
