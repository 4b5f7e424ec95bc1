"""What the camera shows of the candidate beside the face, about twice a second: posture, hand, things."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

import numpy as np

from greenroom.errors import EngineError, ModelError
from greenroom.events import SceneObserved
from greenroom.ports import Body, Emit, FaceMesh, Image, ObjectFinder
from greenroom.records import EngineInfo
from greenroom.seeing.hands import MIN_FACE_PX, SIDE_FACES, at_mouth, mouth_of, phone_in_hand
from greenroom.seeing.posture import NO_BODY, Build, Posture, build_of, middle_of, posture, rest_of
from greenroom.seeing.presence import brightness, light_fault
from greenroom.workers.bodies import BodyEyes

log = logging.getLogger(__name__)

PERIOD_S, LONGEST_S = 0.5, 5.0
BUDGET_SHARE = 0.12
"""Of a core, for face and scenery together: what the face leaves of it is spent here, so that it is looked less often
at 30 pictures a second than at 15, and less often on a slow box."""
LEARNED_FRAMES = 30
"""Over so many pictures the share that the face takes is averaged."""
KEPT = 3
"""Looks of which the middle is told."""
STALE_LOOKS = 4.0
"""Builds from before so many periods are no part of it."""
MAX_LEARNING_S = 10.0
LEARN_BY_S = 15.0
"""A rest is given up so long after it was asked for: within the sensor check, in which people sit still and read."""
NO_ENGINE = "no body engine"
NO_OBJECTS = "no object engine"
OTHER_BODY = "the body is not the face's"
NO_MOUTH = "no face"
SMALL = "the face is too small"
MAYBE = "there may be a hand"
NO_HAND = "there is a phone, and no hand to be seen"


class Scenery:
    """Looks when it is called and it is time. Without any engine it tells nothing; what one of them would have told has
    its reason. After one fails none is asked any
    more: the face does not suffer from it."""

    def __init__(self, emit: Emit, load_body: Callable[[], BodyEyes], load_objects: Callable[[], ObjectFinder],
                 stopwatch: Callable[[], float] | None = None, *, least_s: float = PERIOD_S) -> None:
        """``stopwatch`` reads the real clock; None where every look takes no time, and there is one every
        ``least_s``."""
        self._emit = emit
        self._load_body, self._load_objects = load_body, load_objects
        self._stopwatch = stopwatch
        self._eyes: BodyEyes | None = None
        self._objects: ObjectFinder | None = None
        self._least_s = self._period_s = least_s
        self._face_share = 0.0
        self._began_s = self._last_t = 0.0
        self._due_t = 0.0
        self._builds: deque[tuple[float, Build]] = deque(maxlen=KEPT)
        self._rest: Build | None = None
        self._wanted_s: float | None = None
        self._learned: list[Build] = []
        self._asked_t = 0.0

    def warm_up(self) -> tuple[EngineInfo, ...]:
        """Load the engines that are here, look once, and tell which they are."""
        dark = np.zeros((480, 640, 3), np.uint8)
        infos = []
        try:
            eyes = self._load_body()
            eyes.body.find(dark, 0.0)
            eyes.hands.find(dark, (320.0, 240.0), 240.0)
            infos.append(eyes.body.info)
            self._eyes = eyes
        except (ModelError, EngineError) as error:
            log.info("no body engine: %s", error)
        try:
            objects = self._load_objects()
            objects.find(dark)
            infos.append(objects.info)
            self._objects = objects
        except (ModelError, EngineError) as error:
            log.info("no object engine: %s", error)
        self.reset()
        return tuple(infos)

    def learn(self, duration_s: float, now_t: float) -> None:
        """From now on, what is seen for so long is the posture at rest. Nobody who is seen later is at rest."""
        self._wanted_s, self._learned, self._asked_t = min(duration_s, MAX_LEARNING_S), [], now_t
        self._rest, self._due_t = None, 0.0

    def reset(self) -> None:
        """The camera was closed: what was followed is gone."""
        self._due_t = 0.0
        self._builds.clear()
        if self._eyes is not None:
            self._eyes.body.reset()

    def forget(self) -> None:
        """Drop everything personal."""
        self._rest = self._wanted_s = None
        self._learned = []
        self.reset()

    def close(self) -> None:
        self.forget()
        if self._eyes is not None:
            self._eyes.body.close()
            self._eyes.hands.close()
        if self._objects is not None:
            self._objects.close()
        self._eyes = self._objects = None

    def begin(self) -> None:
        """Work on the face in a picture begins; ``look`` is called when it is done."""
        if self._stopwatch is not None:
            self._began_s = self._stopwatch()

    def look(self, picture: Image, mesh: FaceMesh | None, t: float, t_known: float) -> None:
        """Tell what a picture taken at ``t``, with the face in it, shows; nothing when the last look is fresh."""
        if self._eyes is None and self._objects is None:
            return
        begun_s = self._weigh(t)
        if t < self._due_t <= t + LONGEST_S:
            return
        try:
            self._emit(self._seen(picture, mesh, t, t_known))
        except EngineError as error:
            log.warning("nobody looks beside the face any more: %s", error)
            self._eyes = self._objects = None
            return
        if self._stopwatch is not None:
            left = max(1e-3, BUDGET_SHARE - self._face_share)
            self._period_s = min(LONGEST_S, max(self._least_s, (self._stopwatch() - begun_s) / left))
        # A posture at rest is learned in a few seconds, in which it costs what it costs.
        self._due_t = t + (self._period_s if self._wanted_s is None else PERIOD_S)

    def _seen(self, picture: Image, mesh: FaceMesh | None, t: float, t_known: float) -> SceneObserved:
        body = self._eyes.body.find(picture, t) if self._eyes is not None else None
        is_other = body is not None and mesh is not None and not _belongs(body, mesh)
        if is_other and self._eyes is not None:
            self._eyes.body.reset()
            body = None
        seen = self._posture(body, t, OTHER_BODY if is_other else "")
        hand, hand_reason = self._hand(picture, mesh, body)
        things = self._objects.find(picture) if self._objects is not None else None
        is_held = None if things is None else phone_in_hand(things, body)
        return SceneObserved(
            t=t, t_known=t_known, tilt_deg=seen.tilt_deg, nearness=seen.nearness, lowered=seen.lowered,
            posture_reason=seen.reason, hand_at_mouth=hand, hand_reason=hand_reason, objects=things,
            phone_in_hand=is_held,
            objects_reason=NO_OBJECTS if things is None else NO_HAND if is_held is None else "")

    def _weigh(self, t: float) -> float:
        """What the stopwatch says, with what the face has cost of the time since the last picture."""
        if self._stopwatch is None:
            return 0.0
        now_s = self._stopwatch()
        if 0.0 < t - self._last_t <= 1.0:
            share = (now_s - self._began_s) / (t - self._last_t)
            self._face_share += (share - self._face_share) / LEARNED_FRAMES
        self._last_t = t
        return now_s

    def _posture(self, body: Body | None, t: float, fault: str) -> Posture:
        if self._eyes is None:
            return Posture(reason=NO_ENGINE)
        now = build_of(body)
        if isinstance(now, str):
            return Posture(reason=fault if fault and now == NO_BODY else now)
        self._learn(now, t)
        self._builds.append((t, now))
        fresh_s = STALE_LOOKS * self._period_s
        return posture(middle_of([build for then, build in self._builds if 0.0 <= t - then <= fresh_s]), self._rest)

    def _learn(self, now: Build, t: float) -> None:
        if self._wanted_s is None:
            return
        since_s = t - self._asked_t
        is_late = since_s > LEARN_BY_S
        if not is_late:
            self._learned.append(now)
        if since_s < self._wanted_s - PERIOD_S:
            return
        rest = rest_of(self._learned)
        if rest is not None or is_late:
            self._rest, self._wanted_s, self._learned = rest, None, []

    def _hand(self, picture: Image, mesh: FaceMesh | None, body: Body | None) -> tuple[bool | None, str]:
        """Whether a hand is before the mouth, and why that cannot be told."""
        if self._eyes is None:
            return None, NO_ENGINE
        if fault := light_fault(brightness(picture)):
            return None, fault
        mouth = mouth_of(mesh, body)
        if mouth is None:
            return None, NO_MOUTH
        if mouth.face_px < MIN_FACE_PX:
            return None, SMALL
        hand = self._eyes.hands.find(picture, (mouth.x, mouth.y), SIDE_FACES * mouth.face_px)
        answer = at_mouth(hand, mouth)
        return answer, MAYBE if answer is None else ""


def _belongs(body: Body, mesh: FaceMesh) -> bool:
    """Whether the body's nose lies in the face, or next to it."""
    low, high = mesh.points[:468, :2].min(axis=0), mesh.points[:468, :2].max(axis=0)
    off = np.abs(body.points[0] - (low + high) / 2)
    return bool((off <= high - low).all())
