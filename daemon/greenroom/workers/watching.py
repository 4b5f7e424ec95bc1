"""The picture of a recording before the face engine, with what the candidate's face looks like when it keeps still.

A recording is known to its end, so its first frames are judged by what is learned from later ones.
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
from greenroom.seeing.head_pose import NeutralMesh
from greenroom.seeing.learning import is_good
from greenroom.seeing.observe import observe
from greenroom.seeing.presence import brightness
from greenroom.seeing.stillness import Stillness

STILL_S = 2.0
"""As in the sensor check of the booth."""
LEARN_WITHIN_S = 60.0
"""A face that did not keep still by then is judged without calibration: so few meshes wait."""
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
UNCALIBRATED = "not calibrated"
NEVER_STILL = f"{UNCALIBRATED}: no face kept still for {STILL_S:g} s, turned to the lens"
NOTE = ("The head's angles are those toward the lens, with the slope of the face's own profile in the pitch (up to 15 "
        "degrees); of eye contact only the horizontal was judged.")


class _Look(NamedTuple):
    mesh: FaceMesh | None
    light: float
    frame: int
    t: float
    eyes: EyePicture | None
    is_living: bool | None
    is_ahead: bool | None = None
    """Whether it looks ahead by its absolute angles; None: no part of a baseline."""


class Watching:
    """Takes the pictures of one recording in order; ``observed`` is complete after ``finish``."""

    def __init__(self, face: FaceFinder) -> None:
        self._face = face
        self._held: list[_Look] = []
        self._still: deque[_Look] = deque()
        self._is_settled = False
        self._stillness: Stillness | None = None
        self._neutral: NeutralMesh | None = None
        self._frames = 0
        self.neutral_span: Span | None = None
        self.observed: list[FaceObservation] = []
        face.reset()

    def take(self, picture: Image, t: float) -> None:
        """``t`` counts from the start of the recording, and grows."""
        mesh, light = self._face.find(picture, t), brightness(picture)
        self._stillness = still = stillness.watch(self._stillness, mesh, t)
        look = _Look(mesh, light, self._frames, t, eye_picture(picture, mesh), still and still.is_living)
        self._frames += 1
        if self._is_settled:
            self._observe(look)
            return
        look = look._replace(is_ahead=_is_ahead(look))
        self._held.append(look)
        self._learn(look)
        if not self._is_settled and t - self._held[0].t >= LEARN_WITHIN_S:
            self._settle()

    def finish(self) -> None:
        """No more pictures come."""
        self._settle()

    def _learn(self, look: _Look) -> None:
        if look.is_ahead is None:
            return
        if self._still and look.t - self._still[-1].t > MAX_GAP_S:
            self._still.clear()
        self._still.append(look)
        if look.t - self._still[0].t < STILL_S:
            return
        meshes = [each.mesh for each in self._still if each.mesh is not None]
        ahead = sum(bool(each.is_ahead) for each in self._still)
        neutral = NeutralMesh.learn(meshes) if ahead >= AHEAD_SHARE * len(self._still) else None
        if neutral is not None:
            self._neutral = neutral
            self.neutral_span = Span(start_t=self._still[0].t, end_t=look.t, label="the face kept still")
            self._settle()
            return
        middle_t = look.t - STILL_S / 2
        while self._still and self._still[0].t < middle_t:
            self._still.popleft()

    def _settle(self) -> None:
        self._is_settled = True
        for look in self._held:
            self._observe(look)
        self._held.clear()
        self._still.clear()

    def _observe(self, look: _Look) -> None:
        self.observed.append(observe(look.mesh, look.light, self._neutral, look.frame, look.t, look.t,
                                     eyes_shown=look.eyes, is_living=look.is_living))


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
    span = watching.neutral_span
    return Watched(source=video.source, faces=tuple(watching.observed), neutral=span,
                   uncalibrated="" if span is not None else NEVER_STILL, ended_s=t + step_s,
                   notes=(*video.notes, *(() if span is not None else (_capital(NEVER_STILL), NOTE))))


def look_once(picture: Image, face: FaceFinder) -> FaceObservation:
    """What a single picture shows, which has no other to be compared with: not calibrated."""
    face.reset()
    mesh = None
    for n in range(STILL_LOOKS):
        mesh = face.find(picture, n / 15)
    face.reset()
    seen = observe(mesh, brightness(picture), None, 0, 0.0, 0.0, eyes_shown=eye_picture(picture, mesh))
    return seen if seen.reason else replace(seen, reason=UNCALIBRATED)


def _is_ahead(look: _Look) -> bool | None:
    if look.mesh is None or not is_good(look.mesh):
        return None
    plain = observe(look.mesh, look.light, None, look.frame, look.t, look.t, eyes_shown=look.eyes)
    if plain.yaw_deg is None or abs(plain.yaw_deg) > AHEAD_DEG:
        return None
    return bool(plain.is_eye_contact)


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
