"""The picture of a recording or stream before the face engine, with what the face looks like when it keeps still.

Once either is known to its end, its first frames are judged by what was learned from later ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import NamedTuple

from msgspec.structs import replace

from greenroom.events import FaceObservation
from greenroom.hearing.decoder_av import MAX_RECORDING_S
from greenroom.hearing.sight import Watched
from greenroom.ports import FaceFinder, FaceMesh, Image
from greenroom.records import Span
from greenroom.seeing import stillness
from greenroom.seeing.decoder_av import Video
from greenroom.seeing.doubt import EyePicture, eye_picture
from greenroom.seeing.eye_contact import UNCALIBRATED
from greenroom.seeing.head_pose import NeutralMesh
from greenroom.seeing.learning import is_good
from greenroom.seeing.observe import observe
from greenroom.seeing.presence import brightness
from greenroom.seeing.stillness import Stillness

STILL_S = 2.0
"""As in the sensor check of the booth."""
LEARN_WITHIN_S = 60.0
"""A face that did not keep still so soon after it was seen first is judged without calibration: so few meshes wait."""
MAX_GAP_S = 0.5
"""A face that was lost for longer is not the same stretch."""
AHEAD_DEG = 8.0
"""A face that keeps still may look at something else than the lens. One turned further aside than this does: the error
of the absolute yaw is about 3 degrees, and a face is not quite the same on both sides."""
AHEAD_SHARE = 0.5
"""Of the still frames that must look toward the lens as far as can be told without calibration; the rest may blink."""
STEP_S = 0.5
STEP_FRAMES = 16
"""Video looked at in one step, some 0.2 s of work: a job can be held or dropped at any time."""
STILL_LOOKS = 3
"""How often a single picture is looked at: from the second time on the mesh is read where the first one lay."""
NEVER_STILL = f"{UNCALIBRATED}: no face kept still for {STILL_S:g} s, turned to the lens"
TOO_LATE = f"{UNCALIBRATED}: the face kept still for {STILL_S:g} s, turned to the lens, only after its first minute"
NO_FACE_ENGINE = "no face engine"
NOTE = ("The head's angles are those toward the lens, with the slope of the face's own profile in the pitch (up to 15 "
        "degrees); of eye contact only the horizontal was judged.")


class _Look(NamedTuple):
    mesh: FaceMesh | None
    light: float
    frame: int
    t: float
    eyes: EyePicture | None
    is_living: bool | None


class _Baseline:
    """The stretch in which a face keeps still: its newest frames, and what was learned from them."""

    def __init__(self) -> None:
        self._still: deque[tuple[_Look, bool]] = deque()
        self.neutral: NeutralMesh | None = None
        self.span: Span | None = None

    def add(self, look: _Look, plain: FaceObservation) -> None:
        """``plain`` is what the frame shows without calibration."""
        if look.mesh is None or not is_good(look.mesh) or plain.yaw_deg is None or abs(plain.yaw_deg) > AHEAD_DEG:
            return  # no part of a baseline
        still = self._still
        if still and look.t - still[-1][0].t > MAX_GAP_S:
            still.clear()
        still.append((look, bool(plain.is_eye_contact)))
        if look.t - still[0][0].t < STILL_S:
            return
        meshes = [each.mesh for each, _ in still if each.mesh is not None]
        ahead = sum(is_ahead for _, is_ahead in still)
        self.neutral = NeutralMesh.learn(meshes) if ahead >= AHEAD_SHARE * len(still) else None
        if self.neutral is not None:
            self.span = Span(start_t=still[0][0].t, end_t=look.t, label="the face kept still")
            still.clear()
            return
        middle_t = look.t - STILL_S / 2
        while still and still[0][0].t < middle_t:
            still.popleft()


class Watching:
    """Takes the pictures of one recording, or of one stream, in order; ``observed`` is complete after ``finish``.

    What a picture shows is told at once, too: relative to the face at rest as soon as that is known. A live stream goes
    on learning after ``LEARN_WITHIN_S``, for what is told at once alone: ``observed`` has one zero for all of it.
    """

    def __init__(self, face: FaceFinder, *, is_live: bool = False) -> None:
        self._face = face
        self._is_live = is_live
        self._held: list[_Look] = []
        self._baseline = _Baseline()
        self._is_settled = False
        self._stillness: Stillness | None = None
        self._neutral: NeutralMesh | None = None
        self.frames = 0
        self.neutral_span: Span | None = None
        self.observed: list[FaceObservation] = []
        face.reset()

    @property
    def is_calibrated(self) -> bool:
        """Whether what is told at once is relative to the face at rest."""
        return self._baseline.neutral is not None

    def take(self, picture: Image, t: float) -> FaceObservation:
        """``t`` counts from the start of the recording, and grows."""
        mesh, light = self._face.find(picture, t), brightness(picture)
        self._stillness = still = stillness.watch(self._stillness, mesh, t)
        look = _Look(mesh, light, self.frames, t, eye_picture(picture, mesh), still and still.is_living)
        self.frames += 1
        if not self._is_settled:
            return self._hold(look)
        seen = _seen(look, self._neutral)
        self.observed.append(seen)
        if self._neutral is None and self._is_live:
            return self._late(look, seen)
        return _said(seen, is_calibrated=self.is_calibrated)

    def finish(self) -> None:
        """No more pictures come."""
        self._settle()

    def watched(self, source: str, ended_s: float, notes: tuple[str, ...]) -> Watched:
        """All that was observed; after ``finish``."""
        span = self.neutral_span
        why = "" if span is not None else TOO_LATE if self.is_calibrated else NEVER_STILL
        return Watched(source=source, faces=tuple(self.observed), neutral=span, uncalibrated=why, ended_s=ended_s,
                       notes=(*notes, *((_capital(why), NOTE) if why else ())))

    def _hold(self, look: _Look) -> FaceObservation:
        plain = _seen(look, None)
        if look.mesh is None and not self._held:  # an empty chair waits for nobody
            self.observed.append(plain)
            return _said(plain, is_calibrated=False)
        self._held.append(look)
        self._baseline.add(look, plain)
        self._neutral, self.neutral_span = self._baseline.neutral, self._baseline.span
        if self._neutral is None and look.t - self._held[0].t < LEARN_WITHIN_S:
            return _said(plain, is_calibrated=False)
        self._settle()
        return _said(self.observed[-1], is_calibrated=self.is_calibrated)

    def _late(self, look: _Look, plain: FaceObservation) -> FaceObservation:
        if not self.is_calibrated:
            self._baseline.add(look, plain)
        seen = plain if self._baseline.neutral is None else _seen(look, self._baseline.neutral)
        return _said(seen, is_calibrated=self.is_calibrated)

    def _settle(self) -> None:
        self._is_settled = True
        self.observed += [_seen(look, self._neutral) for look in self._held]
        self._held.clear()


def watched(video: Video, face: FaceFinder, rate_hz: float, origin_s: float) -> Generator[float, None, Watched]:
    """Yields the share of the video that has been looked at. ``origin_s`` is where the recording begins on the file's
    own clock; earlier pictures are left out. Raises like ``Video.decode``."""
    watching = Watching(face)
    expected_s = min(video.stated_s or MAX_RECORDING_S, MAX_RECORDING_S)
    told_t, t, step_s = 0.0, 0.0, 0.0
    for decoded, shot in enumerate(video.decode(rate_hz), start=1):
        if shot is not None and shot.t >= origin_s:
            step_s, t = min(shot.t - origin_s - t, MAX_GAP_S), shot.t - origin_s
            watching.take(shot.picture, t)
        if decoded % STEP_FRAMES == 0 or t - told_t >= STEP_S:
            told_t = t
            yield min(1.0, t / max(expected_s, STEP_S))
    watching.finish()
    return watching.watched(video.source, t + step_s, tuple(video.notes))


def look_once(picture: Image, face: FaceFinder) -> FaceObservation:
    """What a single picture shows, which has no other to be compared with: not calibrated."""
    face.reset()
    mesh = None
    for n in range(STILL_LOOKS):
        mesh = face.find(picture, n / 15)
    face.reset()
    seen = observe(mesh, brightness(picture), None, 0, 0.0, 0.0, eyes_shown=eye_picture(picture, mesh))
    return _said(seen, is_calibrated=False)


def _seen(look: _Look, neutral: NeutralMesh | None) -> FaceObservation:
    return observe(look.mesh, look.light, neutral, look.frame, look.t, look.t, eyes_shown=look.eyes,
                   is_living=look.is_living)


def _said(seen: FaceObservation, *, is_calibrated: bool) -> FaceObservation:
    """With a reason that speaks of the face at rest alone: eyes are calibrated nowhere but in the booth."""
    if is_calibrated:
        return replace(seen, reason="") if seen.reason == UNCALIBRATED else seen
    return seen if seen.reason else replace(seen, reason=UNCALIBRATED)


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
