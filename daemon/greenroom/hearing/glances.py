"""Runs of looking toward the interviewer and away, from frame to frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from greenroom.events import FaceObservation
from greenroom.records import Span

BRIDGED_S = 0.4
"""A blink lasts 0.1 to 0.4 s and ends no run."""
GLANCE_S = 0.2
"""Shorter looks aside are the eyes' own small steps, or an error of single frames."""
_SIDES = {"left": "looked to the left", "right": "looked to the right", "up": "looked up", "down": "looked down"}


class Run(NamedTuple):
    """``side`` is where most of an away run's frames looked, as the candidate sees it; empty where none says."""

    is_contact: bool
    from_t: float
    to_t: float
    side: str = ""

    @property
    def length_s(self) -> float:
        return self.to_t - self.from_t

    @property
    def span(self) -> Span:
        label = "looked toward the interviewer" if self.is_contact else _SIDES.get(self.side, "looked elsewhere")
        return Span(start_t=self.from_t, end_t=self.to_t, label=label)


def runs(faces: Sequence[FaceObservation], held_s: Sequence[float]) -> tuple[Run, ...]:
    """Stretches of frames that tell the same; ``held_s`` is the time for which each frame stands."""
    found: list[Run] = []
    sides: Counter[str] = Counter()
    for face, each_s in zip(faces, held_s, strict=True):
        if face.is_eye_contact is None:
            continue
        last = found[-1] if found else None
        end_t = face.t + each_s
        if last is None or last.is_contact is not face.is_eye_contact or face.t - last.to_t > BRIDGED_S:
            sides = Counter()
            found.append(Run(face.is_eye_contact, face.t, end_t))
        sides[face.away] += 1
        side, _ = max(sorted(sides.items()), key=lambda item: item[1])
        found[-1] = found[-1]._replace(to_t=end_t, side=side)
    return tuple(found)


def share_within_error(faces: Sequence[FaceObservation]) -> tuple[float, float] | None:
    """The least and the largest share of eye contact when each frame is off by its stated error; None without any."""
    told = [(face.edge_deg, face.edge_error_deg) for face in faces
            if face.is_eye_contact is not None and face.edge_deg is not None and face.edge_error_deg is not None]
    if not told:
        return None
    low, high = (sum(edge >= sign * error for edge, error in told) / len(told) for sign in (1.0, -1.0))
    return low, high
