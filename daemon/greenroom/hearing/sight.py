"""What a whole video shows of a face: where the head pointed, how many faces there were, and the camera's measures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from greenroom.events import FaceObservation
from greenroom.hearing.camera import camera_measures
from greenroom.hearing.stating import MIN_COVERAGE, stated
from greenroom.hearing.visible import MIN_FRAMES, SOURCE, Visible
from greenroom.records import Measure, Sight, Span, Spread

ANGLES = ("yaw_deg", "pitch_deg", "roll_deg")


class Watched(Struct, frozen=True, kw_only=True):
    """All that was observed in the picture of a recording; ``neutral`` and the rest as in ``Sight``."""

    source: str
    faces: tuple[FaceObservation, ...]
    neutral: Span | None = None
    uncalibrated: str = ""
    failure: str = ""
    """Why nobody could look at the picture."""
    ended_s: float = 0.0
    """When the last picture was shown."""
    notes: tuple[str, ...] = ()


def sight(watched: Watched, duration_s: float) -> Sight:
    """Percentiles are taken over the frames that could tell, and not told from less than ``MIN_COVERAGE``."""
    visible = Visible(watched.faces, 0.0, duration_s)
    seen = [face.faces for face in watched.faces]
    coverage = visible.coverage(_has_pose)
    spreads = {angle: _spread(watched.faces, angle, coverage) for angle in ANGLES}
    is_told = spreads["yaw_deg"].median is not None
    return Sight(
        source=watched.source,
        frames=len(seen),
        neutral=watched.neutral,
        uncalibrated=watched.uncalibrated,
        **spreads,
        pose_coverage=coverage,
        most_faces=max(seen, default=None),
        none_share=sum(count == 0 for count in seen) / len(seen) if seen else None,
        several_share=sum(count > 1 for count in seen) / len(seen) if seen else None,
        looked_coverage=visible.coverage(lambda _: True),
        reason=_reason(watched, visible, coverage, is_told=is_told),
    )


def sight_measures(watched: Watched, duration_s: float) -> tuple[Measure, ...]:
    """Eye contact, movement and blinks as of an answer in the booth, and the median of each angle of the head."""
    visible = Visible(watched.faces, 0.0, duration_s)
    shown = sight(watched, duration_s)
    times = [face.t for face in visible.faces if _has_pose(face)]
    evidence = (Span(start_t=times[0], end_t=times[-1], label="the head was seen"),) if times else ()
    zero = "from how the face was held while it kept still" if watched.neutral is not None else "from the lens"
    poses = tuple(
        stated(
            angle,
            getattr(shown, angle).median,
            "deg",
            formula=f"Median over the frames in which the head was seen, {zero}",
            source=SOURCE,
            coverage=shown.pose_coverage,
            reason=shown.reason,
            evidence=evidence,
            over=float(len(times)),
        )
        for angle in ANGLES
    )
    return tuple(
        replace(measure, reason=watched.failure) if watched.failure and measure.value is None else measure
        for measure in (*camera_measures(visible), *poses)
    )


def _has_pose(face: FaceObservation) -> bool:
    return face.yaw_deg is not None


def _spread(faces: Sequence[FaceObservation], angle: str, coverage: float) -> Spread:
    known = [value for face in faces if (value := getattr(face, angle)) is not None]
    if len(known) < MIN_FRAMES or coverage < MIN_COVERAGE:
        return Spread()
    p5, median, p95 = (float(value) for value in np.percentile(known, (5, 50, 95)))
    return Spread(median=median, p5=p5, p95=p95)


def _reason(watched: Watched, visible: Visible, coverage: float, *, is_told: bool) -> str:
    if watched.failure:
        return watched.failure
    if not is_told:
        return visible.why_not() if not coverage else f"the head was seen in only {coverage:.0%} of the recording"
    return watched.uncalibrated
