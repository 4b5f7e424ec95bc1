"""What the camera saw during an answer, and what it tells of the eyes: contact, glances away and blinks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from greenroom.events import FaceObservation
from greenroom.hearing.glances import GLANCE_S, runs, share_within_error
from greenroom.hearing.stating import share, stated
from greenroom.records import Measure, Series, Span

SOURCE = "camera, face landmarks"
EYES_SOURCE = f"{SOURCE} and irises; how exact that is was measured on one drawn face, not yet on other people"
POSE_STEP_S = 0.5
EYE_CONTACT_STEP_S = 1.0
MIN_FRAMES = 3
"""Fewer that could tell give no share."""
LOOKED_AWAY_S = 1.0
"""Shorter glances aside are no evidence."""
BLINKS_AFTER_S = GLANCES_AFTER_S = 10.0
_HOLD_S = 0.25
"""A frame stands for the time up to the next one, at most this long: the camera gives 4 to 15 a second."""


class Visible:
    """The observations between two times."""

    def __init__(self, faces: Sequence[FaceObservation], from_t: float, to_t: float) -> None:
        self.from_t, self.to_t = from_t, to_t
        self.faces = sorted((face for face in faces if from_t <= face.t <= to_t), key=lambda face: face.t)
        ends = [*(face.t for face in self.faces[1:]), to_t][: len(self.faces)]
        self.held_s = [min(max(end - face.t, 0.0), _HOLD_S) for face, end in zip(self.faces, ends, strict=True)]
        self._runs = runs(self.faces, self.held_s)

    def measures(self) -> tuple[Measure, ...]:
        return self._eye_contact(), self._longest_contact(), self._glances(), self._blink_rate()

    def series(self) -> tuple[Series, ...]:
        return (
            self._series("eye_contact", "share", EYE_CONTACT_STEP_S, eye_contact_share),
            self._series("yaw_deg", "deg", POSE_STEP_S, lambda faces: median_of([face.yaw_deg for face in faces])),
            self._series("pitch_deg", "deg", POSE_STEP_S, lambda faces: median_of([face.pitch_deg for face in faces])),
        )

    def _eye_contact(self) -> Measure:
        return stated(
            "eye_contact",
            eye_contact_share(self.faces),
            "share",
            formula="Frames that look toward the interviewer / frames that could tell",
            source=EYES_SOURCE + self._range(),
            coverage=self.coverage(_tells_contact),
            reason=self.why_not(),
            evidence=tuple(run.span for run in self._runs if not run.is_contact and run.length_s >= LOOKED_AWAY_S),
            over=sum(face.is_eye_contact is not None for face in self.faces),
        )

    def _range(self) -> str:
        """What the share may be when every frame at the zone's edge is off by its error."""
        found = share_within_error(self.faces)
        if found is None or round(found[0], 2) == round(found[1], 2):
            return ""
        return f"; {found[0]:.0%} to {found[1]:.0%} within the error of the look"

    def _longest_contact(self) -> Measure:
        toward = [run for run in self._runs if run.is_contact]
        longest = max(toward, key=lambda run: run.length_s, default=None)
        return stated(
            "longest_eye_contact_s",
            longest.length_s if longest is not None else 0.0 if self._runs else None,
            "s",
            formula="Longest time that looks toward the interviewer without a break; blinks do not break it",
            source=EYES_SOURCE,
            coverage=self.coverage(_tells_contact),
            reason=self.why_not(),
            evidence=(longest.span,) if longest is not None else (),
            over=1.0,
        )

    def _glances(self) -> Measure:
        away = [run for run in self._runs if not run.is_contact and run.length_s >= GLANCE_S]
        told_s = self.told_s(_tells_contact)
        is_enough = told_s >= GLANCES_AFTER_S
        return stated(
            "glances_away_per_min",
            len(away) * 60.0 / told_s if is_enough else None,
            "/min",
            formula=f"Looks away of {GLANCE_S:g} s and more / minutes in which the look could be told",
            source=EYES_SOURCE,
            coverage=self.coverage(_tells_contact),
            reason=f"the look could be told for less than {GLANCES_AFTER_S:g} s"
            if self.faces and not is_enough
            else self.why_not(),
            evidence=tuple(run.span for run in away),
            over=told_s / 60.0,
        )

    def _blink_rate(self) -> Measure:
        told_s, blinks, was_blinking = 0.0, list[FaceObservation](), False
        for face, held_s in zip(self.faces, self.held_s, strict=True):
            if face.is_blinking is None:
                continue
            told_s += held_s
            if face.is_blinking and not was_blinking:
                blinks.append(face)
            was_blinking = face.is_blinking
        is_enough = told_s >= BLINKS_AFTER_S
        return stated(
            "blink_rate_per_min",
            len(blinks) * 60.0 / told_s if is_enough else None,
            "/min",
            formula="Closings of the eyes / minutes in which they were seen; the shortest fall between two frames",
            source=SOURCE,
            coverage=self.coverage(lambda face: face.is_blinking is not None),
            reason=f"the eyes were seen for less than {BLINKS_AFTER_S:g} s"
            if self.faces and not is_enough
            else self.why_not(),
            evidence=tuple(Span(start_t=face.t, end_t=face.t, label="blink") for face in blinks),
            over=told_s / 60.0,
        )

    def told_s(self, tells: Callable[[FaceObservation], bool]) -> float:
        """Time for which the frames stand that tell it."""
        return sum(held_s for face, held_s in zip(self.faces, self.held_s, strict=True) if tells(face))

    def coverage(self, tells: Callable[[FaceObservation], bool]) -> float:
        """That as a share of all time."""
        return share(self.told_s(tells), self.to_t - self.from_t)

    def why_not(self) -> str:
        """The commonest reason that frames give themselves."""
        if not self.faces:
            return "the camera saw nothing"
        reasons = [face.reason for face in self.faces if face.reason]
        return max(sorted(set(reasons)), key=reasons.count) if reasons else "no face was seen"

    def windows(self, step_s: float) -> list[tuple[float, list[FaceObservation]]]:
        """End time and observations of whole steps from the start on."""
        steps = max(0, math.floor((self.to_t - self.from_t) / step_s + 1e-9))
        windows: list[tuple[float, list[FaceObservation]]] = [
            (self.from_t + (n + 1) * step_s, []) for n in range(steps)
        ]
        for face in self.faces:
            n = math.floor((face.t - self.from_t) / step_s)
            if n < steps:
                windows[n][1].append(face)
        return windows

    def _series(
        self, name: str, unit: str, step_s: float, value: Callable[[list[FaceObservation]], float | None]
    ) -> Series:
        windows = self.windows(step_s)
        return Series(
            name=name, unit=unit, t=tuple(t for t, _ in windows), values=tuple(value(faces) for _, faces in windows)
        )


def _tells_contact(face: FaceObservation) -> bool:
    return face.is_eye_contact is not None


def eye_contact_share(faces: Sequence[FaceObservation]) -> float | None:
    """Share of the frames that could tell; None when fewer than ``MIN_FRAMES`` could."""
    told = [face.is_eye_contact for face in faces if face.is_eye_contact is not None]
    return sum(told) / len(told) if len(told) >= MIN_FRAMES else None


def median_of(values: Sequence[float | None]) -> float | None:
    """Median of what is known; None when fewer than two values are."""
    known = [value for value in values if value is not None]
    return float(np.median(known)) if len(known) >= 2 else None
