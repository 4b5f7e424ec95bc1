"""Whether the candidate could be seen well: what stood in the way, when, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from greenroom.events import FaceObservation
from greenroom.hearing.stating import stated
from greenroom.hearing.visible import MIN_FRAMES, SOURCE, Visible
from greenroom.records import Measure, Span, Trouble

LASTING_S = 1.0
"""Shorter troubles are no evidence: a detector blinks, too."""
BRIDGED_S = 0.5
LABELS: dict[Trouble, str] = {
    "no_face": "no face in the picture",
    "picture": "a picture, not a person",
    "second_person": "somebody else in the picture",
    "leaning_out": "partly outside the picture",
    "too_near": "too near",
    "too_far": "too far away",
    "too_dark": "too dark",
    "too_bright": "too bright",
}


def in_view(visible: Visible) -> Measure:
    is_enough = sum(_looked(face) for face in visible.faces) >= MIN_FRAMES
    looked_s, well_s = visible.told_s(_looked), visible.told_s(lambda face: _looked(face) and not face.trouble)
    return stated(
        "in_view",
        well_s / looked_s if is_enough and looked_s > 0.0 else None,
        "share",
        formula="Time in which one whole face, of a person and not of a picture, was seen in good light and size / "
        "time in which the camera looked",
        source=SOURCE,
        coverage=visible.coverage(_looked),
        reason=f"the camera looked fewer than {MIN_FRAMES} times" if looked_s and not is_enough else visible.why_not(),
        evidence=troubles(visible),
        over=looked_s,
    )


def troubles(visible: Visible) -> tuple[Span, ...]:
    """Each that lasted for ``LASTING_S``, in order of time."""
    found: list[Span] = []
    for trouble, label in LABELS.items():
        found += lasting(visible.faces, visible.held_s, partial(_has, trouble), label, LASTING_S)
    return tuple(sorted(found, key=lambda span: span.start_t))


def lasting(faces: Sequence[FaceObservation], held_s: Sequence[float], tells: Callable[[FaceObservation], bool],
            label: str, least_s: float) -> list[Span]:
    """Stretches in which frames tell it, with gaps of up to ``BRIDGED_S`` in between."""
    spans: list[Span] = []
    for face, each_s in zip(faces, held_s, strict=True):
        if not tells(face):
            continue
        end_t = face.t + each_s
        if spans and face.t - spans[-1].end_t <= BRIDGED_S:
            spans[-1] = Span(start_t=spans[-1].start_t, end_t=end_t, label=label)
        else:
            spans.append(Span(start_t=face.t, end_t=end_t, label=label))
    return [span for span in spans if span.end_t - span.start_t >= least_s]


def _looked(face: FaceObservation) -> bool:
    return face.trouble != "no_engine"


def _has(trouble: Trouble, face: FaceObservation) -> bool:
    return face.trouble == trouble
