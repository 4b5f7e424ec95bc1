"""What was seen, as data: of a video beside what was heard in it, and of a single picture, with a published schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from greenroom.events import FaceObservation
from greenroom.records import Analysis, EngineInfo, Measure, Sight, Spread
from greenroom.reports.builder import report_engine
from greenroom.reports.schema import ReportEngine, ReportSpan

FRAME_VERSION = 1
FRAME_ID = "greenroom-frame"


class SeenPicture(Struct, frozen=True, kw_only=True):
    """The picture of a recording."""

    source: str
    """How it was stored: codec, size and rate."""
    frames: int
    """Looked at: at most as many a second as the booth looks at."""
    is_calibrated: bool
    """Angles and eye contact are relative to how the face was held while it kept still; else they are absolute, and of
    eye contact only the horizontal was judged."""
    neutral: ReportSpan | None
    """Where the face kept still; null when it did not."""
    reason: str


class SeenSpread(Struct, frozen=True, kw_only=True):
    """Over the frames in which the head was seen: the middle, and what 5 % lie below and above; null: cannot tell."""

    median: float | None
    p5: float | None
    p95: float | None


class SeenPose(Struct, frozen=True, kw_only=True):
    """Where the head pointed: yaw positive to the picture's right, pitch up, roll clockwise as the picture is seen."""

    yaw_deg: SeenSpread
    pitch_deg: SeenSpread
    roll_deg: SeenSpread
    coverage: float
    """Share of the recording."""
    reason: str


class SeenContact(Struct, frozen=True, kw_only=True):
    """Looking toward the lens: share of the frames that could tell."""

    share: float | None
    coverage: float
    reason: str


class SeenRate(Struct, frozen=True, kw_only=True):
    """How often something was seen."""

    value: float | None
    coverage: float
    reason: str


class SeenFaces(Struct, frozen=True, kw_only=True):
    """How many faces there were; the shares are of the frames that were looked at."""

    most: int | None
    """In one frame."""
    none_share: float | None
    several_share: float | None
    coverage: float
    reason: str


class Seen(Struct, frozen=True, kw_only=True):
    """What an analysis adds when there is a picture."""

    picture: SeenPicture
    head_pose: SeenPose
    eye_contact: SeenContact
    blink_rate_per_min: SeenRate
    faces: SeenFaces


class FramePose(Struct, frozen=True, kw_only=True):
    """Of the head, absolute in a single picture; null: cannot tell."""

    yaw_deg: float | None
    pitch_deg: float | None
    roll_deg: float | None


class FrameGaze(Struct, frozen=True, kw_only=True):
    """Of the eyes within the head; null: cannot tell."""

    yaw_deg: float | None
    pitch_deg: float | None


class FrameReport(Struct, frozen=True, kw_only=True):
    """One picture. Angles are not calibrated: one picture has no other to be compared with."""

    schema: Literal["greenroom-frame"]
    schema_version: int
    t_s: float | None
    """The time that came with the picture; null when none did."""
    width_px: int
    height_px: int
    """Upright, as it was looked at: larger pictures are shrunk."""
    faces: int
    head_pose: FramePose
    gaze: FrameGaze
    eye_contact: bool | None
    """Toward the lens, by the horizontal alone; null: cannot tell."""
    is_blinking: bool | None
    box: tuple[float, float, float, float] | None
    """x, y, width and height of the largest face as shares of the picture; null without a face."""
    brightness: float | None
    """0 black to 1 white."""
    coverage: float
    """Share of head pose, gaze and eye contact that could be told."""
    reason: str
    """Why not more could be told, or how what was told is limited."""
    engine: ReportEngine


def seen(analysis: Analysis) -> Seen | None:
    """None without a picture."""
    sight = analysis.sight
    if sight is None:
        return None
    contact, blinks = (_measure(analysis.measures, name) for name in ("eye_contact", "blink_rate_per_min"))
    return Seen(
        picture=_picture(sight),
        head_pose=SeenPose(
            yaw_deg=_spread(sight.yaw_deg),
            pitch_deg=_spread(sight.pitch_deg),
            roll_deg=_spread(sight.roll_deg),
            coverage=round(sight.pose_coverage, 3),
            reason=sight.reason,
        ),
        eye_contact=SeenContact(
            share=_rounded(contact.value), coverage=round(contact.coverage, 3),
            reason=contact.reason or sight.uncalibrated,
        ),
        blink_rate_per_min=SeenRate(
            value=_rounded(blinks.value), coverage=round(blinks.coverage, 3), reason=blinks.reason
        ),
        faces=SeenFaces(
            most=sight.most_faces,
            none_share=_rounded(sight.none_share),
            several_share=_rounded(sight.several_share),
            coverage=round(sight.looked_coverage, 3),
            reason="" if sight.most_faces is not None else sight.reason,
        ),
    )  # fmt: skip


def frame(face: FaceObservation, size_px: tuple[int, int], engine: EngineInfo, t_s: float | None) -> FrameReport:
    """``size_px``: width and height."""
    told = (face.yaw_deg is not None, face.gaze_yaw_deg is not None, face.is_eye_contact is not None)
    return FrameReport(
        schema="greenroom-frame",
        schema_version=FRAME_VERSION,
        t_s=t_s,
        width_px=size_px[0],
        height_px=size_px[1],
        faces=face.faces,
        head_pose=FramePose(
            yaw_deg=_rounded(face.yaw_deg), pitch_deg=_rounded(face.pitch_deg), roll_deg=_rounded(face.roll_deg)
        ),
        gaze=FrameGaze(yaw_deg=_rounded(face.gaze_yaw_deg), pitch_deg=_rounded(face.gaze_pitch_deg)),
        eye_contact=face.is_eye_contact,
        is_blinking=face.is_blinking,
        box=face.box,
        brightness=_rounded(face.brightness),
        coverage=round(sum(told) / len(told), 3),
        reason=face.reason,
        engine=report_engine(engine),
    )


def frame_schema() -> dict[str, Any]:
    """The published JSON schema of ``POST /api/v1/analyze/frame``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{FRAME_ID}:{FRAME_VERSION}",
        "title": "What Greenroom sees in a picture",
        **msgspec.json.schema(FrameReport),
    }


def _picture(sight: Sight) -> SeenPicture:
    span = sight.neutral
    return SeenPicture(
        source=sight.source,
        frames=sight.frames,
        is_calibrated=span is not None,
        neutral=None if span is None else ReportSpan(start_s=round(span.start_t, 3), end_s=round(span.end_t, 3),
                                                     label=span.label),
        reason=sight.uncalibrated,
    )  # fmt: skip


def _spread(spread: Spread) -> SeenSpread:
    return SeenSpread(median=_rounded(spread.median), p5=_rounded(spread.p5), p95=_rounded(spread.p95))


def _measure(measures: Sequence[Measure], name: str) -> Measure:
    return next(measure for measure in measures if measure.name == name)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
