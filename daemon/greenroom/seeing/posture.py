"""How a candidate sits, from the landmarks of their body, against how they sat at rest.

A webcam sees a body from the front, so this is told: **tilt**, by how much the line of the shoulders has turned, in
degrees, positive clockwise as the picture is seen (the candidate's left shoulder, on the picture's right, has sunk: the
sign of roll in ``head_pose``); **nearness**, by what share the shoulders look wider (0.1: a tenth wider, so a tenth
nearer); **lowered**, by how much the nose is lower in the picture, in widths of the shoulders at rest: whoever slumps
sinks, and a nod moves the nose a little, too. Whoever turns aside by 20 degrees looks 6 % further away; from ``TURNED``
on nothing is said of nearness.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, hypot
from typing import NamedTuple

import numpy as np

from greenroom.ports import Body
from greenroom.seeing.bodies import LEFT_SHOULDER, MIN_VISIBLE, NOSE, RIGHT_SHOULDER

MIN_BODIES = 3
"""Fewest bodies of a posture at rest: one and a half seconds at two a second."""
MAX_SWAY_DEG = 6.0
"""Bodies whose shoulders lie further from the middle tilt are no part of a rest; half of them must remain."""
TURNED = 0.85
"""Share of the width at rest below which shoulders that are no further away are turned aside: by 32 degrees."""
NO_BODY = "no body"
NO_SHOULDERS = "the shoulders are not in the picture"
NO_REST = "the posture at rest is not known"
ASIDE = "turned aside"


class Build(NamedTuple):
    """Shoulders and head in one picture."""

    tilt_deg: float
    """Of the line of the shoulders, as the picture has it."""
    width: float
    """Of the shoulders, as a share of the picture's height, as are the two below."""
    neck: float
    """From the line of the shoulders to the nose."""
    head: float
    """From the picture's upper edge to the nose."""


class Posture(NamedTuple):
    """See above; None: cannot tell, and ``reason`` says why."""

    tilt_deg: float | None = None
    nearness: float | None = None
    lowered: float | None = None
    reason: str = ""


def build_of(body: Body | None) -> Build | str:
    """What is seen of shoulders and head, or why it is not."""
    if body is None:
        return NO_BODY
    if body.visibility[[LEFT_SHOULDER, RIGHT_SHOULDER, NOSE]].min() < MIN_VISIBLE:
        return NO_SHOULDERS
    left, right, nose = (body.points[row].astype(float) for row in (LEFT_SHOULDER, RIGHT_SHOULDER, NOSE))
    dx, dy = (float(value) for value in left - right)
    width = hypot(dx, dy)
    if dx <= 0.0 or width < 1.0:
        return ASIDE
    to_x, to_y = (float(value) for value in nose - (left + right) / 2)
    height = float(body.size[1])
    return Build(degrees(atan2(dy, dx)), width / height, (dy * to_x - dx * to_y) / width / height,
                 float(nose[1]) / height)


def middle_of(builds: Sequence[Build]) -> Build:
    """The median of each: of three looks at a still body, its tilt is steadier by a third."""
    return Build(*(float(value) for value in np.median(np.array(builds), axis=0)))


def rest_of(builds: Sequence[Build]) -> Build | None:
    """The median of builds that agree; None when they are too few or move too much."""
    if len(builds) < MIN_BODIES:
        return None
    middle = float(np.median([build.tilt_deg for build in builds]))
    calm = [build for build in builds if abs(build.tilt_deg - middle) <= MAX_SWAY_DEG]
    if len(calm) < max(MIN_BODIES, len(builds) / 2):
        return None
    rest = middle_of(calm)
    return rest if rest.neck > 0.0 else None


def posture(now: Build | str, rest: Build | None) -> Posture:
    """How the candidate sits, whose build is seen or is not for a reason."""
    if isinstance(now, str):
        return Posture(reason=now)
    if rest is None:
        return Posture(reason=NO_REST)
    tilt_deg = now.tilt_deg - rest.tilt_deg
    lowered = (now.head - rest.head) / rest.width
    wider, longer = now.width / rest.width, now.neck / rest.neck
    if wider < TURNED and longer > (1.0 + TURNED) / 2:
        return Posture(tilt_deg, None, lowered, ASIDE)
    return Posture(tilt_deg, wider - 1.0, lowered)
