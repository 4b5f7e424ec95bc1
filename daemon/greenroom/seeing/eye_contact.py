"""Eye contact: does the line of sight end in the zone around the lens and the interviewer's eyes?

People take a gaze within some 4 degrees for eye contact (Horstmann and Linke 2022), notice a look below the eyes far
less than one aside or above (Chen 2002), and find it best 2 degrees below the lens (Gao 2024): hence a zone that
reaches further down. The error of a webcam comes on top of the cone; how large it is, the calibration says.
"""

from __future__ import annotations

from math import hypot
from typing import Literal, NamedTuple

from greenroom.records import GazeCalibration
from greenroom.seeing.gaze import Gaze, calibrated, is_blinking, line_of_sight
from greenroom.seeing.head_pose import Pose

Away = Literal["", "left", "right", "up", "down"]
"""The candidate's left and right."""

MAX_YAW_DEG, MAX_PITCH_DEG = 40.0, 35.0
"""Beyond these the far eye is hidden, and the mesh is a guess."""
NO_FACE = "no face"
TOO_SMALL = "face too far away"
TURNED = "head turned too far"
CLOSED = "eyes closed"
UNCALIBRATED = "not calibrated"


class Zone(NamedTuple):
    """Degrees from the ray to the lens; ``error_deg`` is how far off (one standard deviation) a frame may be."""

    side_deg: float
    up_deg: float
    down_deg: float
    error_deg: float


CONE_DEG = 6.0
"""Half the cone of eye contact, and some of what the candidate's head moves about within the picture."""
BELOW_INTERVIEWER_DEG = 5.0
NEUTRAL_ZONE = Zone(10.0, 10.0, 14.0, 5.0)
"""While only the neutral mesh is known; the error is that of usual gains, read back from drawn eyes."""
HEAD_ZONE = Zone(12.0, 90.0, 90.0, 8.0)
"""While nothing is known: eyes of people rest up to 8 degrees aside of the middle between their corners."""


class Look(NamedTuple):
    """What a frame says of eye contact."""

    is_contact: bool | None
    """None: cannot tell."""
    reason: str = ""
    """Why it cannot be told, or that it was judged without calibration."""
    away: Away = ""
    """On which side of the zone the line of sight passes; empty inside."""
    edge_deg: float | None = None
    """Distance to the zone's edge, positive inside."""
    error_deg: float | None = None


def zone_of(calibration: GazeCalibration) -> Zone:
    """From above the lens to below the interviewer's eyes."""
    return Zone(CONE_DEG, CONE_DEG, BELOW_INTERVIEWER_DEG - calibration.interviewer_pitch_deg,
                hypot(calibration.yaw_error_deg, calibration.pitch_error_deg) / 2 ** 0.5)


def eye_contact(pose: Pose | None, eyes: Gaze | None, calibration: GazeCalibration | None = None, *,
                is_neutral: bool = True) -> Look:
    """Whether the candidate looks toward the interviewer.

    ``pose`` and ``eyes`` are both relative to the neutral mesh or, when not ``is_neutral``, both absolute.
    """
    if pose is None:
        return Look(None, NO_FACE)
    if abs(pose.yaw_deg) > MAX_YAW_DEG or abs(pose.pitch_deg) > MAX_PITCH_DEG:
        return Look(None, TURNED)
    if eyes is None:
        return Look(None, TOO_SMALL)
    if is_blinking(eyes):
        return Look(None, CLOSED)
    if not is_neutral:
        zone, reason = HEAD_ZONE, UNCALIBRATED
    elif calibration is None:
        zone, reason = NEUTRAL_ZONE, UNCALIBRATED
    else:
        zone, reason, eyes = zone_of(calibration), "", calibrated(eyes, calibration)
    yaw, pitch = line_of_sight(pose, eyes)
    edge_deg, away = edge_of(zone, yaw, pitch)
    return Look(edge_deg >= 0.0, reason, away, edge_deg, zone.error_deg)


def edge_of(zone: Zone, yaw_deg: float, pitch_deg: float) -> tuple[float, Away]:
    """Distance to the nearest edge from inside, or to the one that is passed furthest; and which one is passed."""
    sides: tuple[tuple[float, Away], ...] = (
        (zone.side_deg - yaw_deg, "left"), (zone.side_deg + yaw_deg, "right"),
        (zone.up_deg - pitch_deg, "up"), (zone.down_deg + pitch_deg, "down"))
    edge_deg, side = min(sides)
    return edge_deg, side if edge_deg < 0.0 else ""
