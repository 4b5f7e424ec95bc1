"""What mouth and brows did during an answer, as movements of the face. Only where it was asked for; never scored."""

from __future__ import annotations

from greenroom.events import FaceObservation
from greenroom.hearing.in_view import lasting
from greenroom.hearing.stating import stated
from greenroom.hearing.visible import MIN_FRAMES, Visible
from greenroom.records import Measure

MOVED = 0.5
"""Share of the full movement from which on it counts; see ``seeing/expression.py``."""
OPEN = 0.3
LASTING_S = 0.3
RAISES_AFTER_S = 10.0
SOURCE = ("camera, face landmarks against the face at rest; how exact that is was measured on one drawn face. A "
          "movement, not a feeling: it has no part in any score")


def expressions(visible: Visible) -> tuple[Measure, ...]:
    """Empty when nobody looked for them."""
    if all(face.smile is None for face in visible.faces):
        return ()
    smiles = lasting(visible.faces, visible.held_s, _smiles, "corners of the mouth raised", LASTING_S)
    raises = lasting(visible.faces, visible.held_s, _raises, "brows raised", LASTING_S)
    opened = lasting(visible.faces, visible.held_s, _opens, "mouth open", LASTING_S)
    told = [face for face in visible.faces if _tells(face)]
    told_s, coverage, why_not = visible.told_s(_tells), visible.coverage(_tells), visible.why_not()
    is_enough, is_long = len(told) >= MIN_FRAMES, told_s >= RAISES_AFTER_S
    return (
        stated("smile_share", visible.told_s(_smiles) / told_s if is_enough else None, "share",
               formula="Time in which the corners of the mouth were raised and drawn apart, against the face at rest / "
               "time in which the mouth was seen", source=SOURCE, coverage=coverage, reason=why_not,
               evidence=tuple(smiles), over=told_s),
        stated("brow_raises_per_min", len(raises) * 60.0 / told_s if is_long else None, "/min",
               formula="Times both brows were raised, against the face at rest / minutes in which they were seen",
               source=SOURCE, coverage=coverage,
               reason=why_not if is_long else f"the brows were seen for less than {RAISES_AFTER_S:g} s",
               evidence=tuple(raises), over=told_s / 60.0),
        stated("mouth_open_share", visible.told_s(_opens) / told_s if is_enough else None, "share",
               formula="Time in which the lips were apart, against the face at rest / time in which they were seen; "
               "speaking opens them", source=SOURCE, coverage=coverage, reason=why_not, evidence=tuple(opened),
               over=told_s),
    )  # fmt: skip


def _tells(face: FaceObservation) -> bool:
    return face.smile is not None


def _smiles(face: FaceObservation) -> bool:
    return face.smile is not None and face.smile >= MOVED


def _raises(face: FaceObservation) -> bool:
    return face.brow_raise is not None and face.brow_raise >= MOVED


def _opens(face: FaceObservation) -> bool:
    return face.mouth_open is not None and face.mouth_open >= OPEN
