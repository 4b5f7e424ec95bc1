"""``greenroom bench vision``: what a camera frame costs, and how well pose and gaze are read from drawn truth."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec
import numpy as np
import psutil

from greenroom.bench import watching
from greenroom.bench.printing import tell
from greenroom.errors import EngineUnavailable, ModelError
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import FaceFinder, FaceMesh, Image
from greenroom.seeing.gaze import eye_in_head
from greenroom.seeing.head_pose import NeutralMesh, Pose, absolute_pose, relative_pose
from greenroom.seeing.observe import observe
from greenroom.seeing.presence import brightness
from greenroom.settings import load
from greenroom.workers.faces import load_litert, load_mediapipe
from greenroom.world.motion import FRAME_RATE_HZ, Motion, next_scene
from greenroom.world.portrait import PortraitRenderer
from greenroom.world.scene import Scene


class Candidate(NamedTuple):
    """An engine, and what a tracked frame may cost it."""

    name: str
    load: Callable[[Store], FaceFinder]
    limit_ms: float


ENGINES = (Candidate("LiteRT", load_litert, 3.5), Candidate("MediaPipe", load_mediapipe, 12.0))
LIMIT_DEG = 4.0
LIMIT_IN_PLANE_DEG = 2.0
FRAMES = 150
DRAWN_AHEAD = 30
SETTLE_FRAMES = 3
"""Looks at one still picture before it counts: what a few frames of a live camera give."""
GAZES_DEG = (-20.0, -10.0, 10.0, 20.0)
"""Eye in head, left and right of a head that faces the camera."""
IN_PLANE_DEG = (-30.0, -15.0, 15.0, 30.0)
AHEAD = Pose(0.0, 0.0, 0.0)
CONTACT = {
    "facing": (AHEAD, 0.0, True),
    "head 10 left, eyes on the lens": (Pose(10.0, 0.0, 0.0), -10.0, True),
    "head 10 right, eyes on the lens": (Pose(-10.0, 0.0, 0.0), 10.0, True),
    "head 20 left": (Pose(20.0, 0.0, 0.0), 0.0, False),
    "head 20 right": (Pose(-20.0, 0.0, 0.0), 0.0, False),
    "eyes 20 left": (AHEAD, 20.0, False),
    "eyes 25 right": (AHEAD, -25.0, False),
}
"""Pose, eye-in-head yaw, and whether that is eye contact; left is the candidate's."""


class Cost(msgspec.Struct, frozen=True):
    """CPU time of the whole process, threads of the engine's own included, in milliseconds."""

    median_ms: float
    mean_ms: float
    p95_ms: float


class Reading(msgspec.Struct, frozen=True):
    """A drawn pose and what was read, relative to the neutral mesh; None when the face was lost."""

    truth: Pose
    read: Pose | None


class Studio:
    """The virtual candidate before a face finder, with the neutral mesh that was learned from them."""

    def __init__(self, finder: FaceFinder) -> None:
        self._finder = finder
        self._renderer = PortraitRenderer()
        meshes = [self._finder.find(self.picture(), n / FRAME_RATE_HZ) for n in range(15)]
        neutral = NeutralMesh.learn([mesh for mesh in meshes if mesh is not None])
        if neutral is None:
            raise RuntimeError("the drawn face gave no neutral mesh")
        self.neutral = neutral

    def picture(
        self, pose: Pose = AHEAD, gaze_yaw_deg: float = 0.0, *, eyelids: float = 1.0, is_present: bool = True
    ) -> Image:
        yaw, pitch, roll = pose
        scene = Scene(
            frame=0,
            t=0.0,
            is_present=is_present,
            yaw_deg=yaw,
            pitch_deg=pitch,
            roll_deg=roll,
            gaze_yaw_deg=gaze_yaw_deg,
            eyelids=eyelids,
        )
        return self._renderer.render(scene)

    def look(self, picture: Image) -> FaceMesh | None:
        """A new face, seen for ``SETTLE_FRAMES``."""
        self._finder.reset()
        mesh = None
        for n in range(SETTLE_FRAMES):
            mesh = self._finder.find(picture, n / FRAME_RATE_HZ)
        return mesh

    def read(self, truth: Pose) -> Reading:
        mesh = self.look(self.picture(truth))
        return Reading(truth, None if mesh is None else relative_pose(mesh, self.neutral))

    def in_plane(self, turn_deg: float) -> Pose:
        """Errors of the pose read from a picture that was turned clockwise as a whole."""
        import cv2

        picture = self.picture()
        height, width = picture.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -turn_deg, 1.0)
        turned = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        mesh = self.look(np.asarray(turned, np.uint8))
        if mesh is None:
            return Pose(180.0, 180.0, 180.0)
        yaw, pitch, roll = relative_pose(mesh, self.neutral)
        return Pose(yaw, pitch, roll - turn_deg)

    def mirrored(self, pose: Pose) -> tuple[Pose, Pose] | None:
        """Absolute poses read from a picture and from its mirror image."""
        picture = self.picture(pose)
        plain, mirror = self.look(picture), self.look(np.ascontiguousarray(picture[:, ::-1]))
        return None if plain is None or mirror is None else (absolute_pose(plain), absolute_pose(mirror))

    def gaze_errors(self) -> list[float]:
        """Yaw of the eye in the head, read minus drawn, for each of ``GAZES_DEG``."""
        meshes = [(truth, self.look(self.picture(AHEAD, truth))) for truth in GAZES_DEG]
        eyes = [(truth, eye_in_head(mesh, self.neutral)) for truth, mesh in meshes if mesh is not None]
        return [gaze.yaw_deg - truth for truth, gaze in eyes if gaze is not None]

    def is_contact(self, pose: Pose, gaze_yaw_deg: float) -> bool | None:
        picture = self.picture(pose, gaze_yaw_deg)
        return observe(self.look(picture), brightness(picture), self.neutral, 0, 0.0, 0.0).is_eye_contact

    def tracked(self, frames: int) -> Cost:
        """The finder on a candidate who speaks and blinks; drawing is left out.

        Each picture is copied first: a decoder has just written it, so it lies in the core's caches.
        """
        self._finder.reset()
        motion, spent = Motion(), []
        for first in range(0, frames, DRAWN_AHEAD):
            shown = []
            for n in range(first, min(frames, first + DRAWN_AHEAD)):
                motion, scene = next_scene(motion, 1, n / FRAME_RATE_HZ, "speaking", -25.0)
                shown.append((self._renderer.render(scene), scene.t))
            spent += [_cpu_ms(partial(self._finder.find, picture.copy(), t)) for picture, t in shown]
        return _cost(spent[SETTLE_FRAMES:])

    def lost(self, frames: int) -> Cost:
        """The finder before an empty chair."""
        self._finder.reset()
        wall = self.picture(is_present=False)
        return _cost([_cpu_ms(partial(self._finder.find, wall, n / FRAME_RATE_HZ)) for n in range(frames)])

    def observed(self, frames: int) -> Cost:
        """Pose, gaze and eye contact from a mesh that was found."""
        picture = self.picture()
        mesh = self.look(picture)
        return _cost(
            [_cpu_ms(lambda: observe(mesh, brightness(picture), self.neutral, 0, 0.0, 0.0)) for _ in range(frames)]
        )


def poses(count: int, seed: int = 1) -> list[Pose]:
    """Poses spread evenly over ±25 degrees of yaw and ±15 of pitch and roll."""
    draw = np.random.default_rng(seed)
    return [Pose(*(float(draw.uniform(-most, most)) for most in (25.0, 15.0, 15.0))) for _ in range(count)]


def errors(readings: list[Reading]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Read minus true: a row for each face found, columns yaw, pitch, roll."""
    return np.array([np.subtract(reading.read, reading.truth) for reading in readings if reading.read is not None])


def load_finder(engine: Candidate) -> tuple[FaceFinder, float]:
    """The engine with the installed weights, and the memory in MiB that loading it took. Raises like its ``load``."""
    process = psutil.Process()
    before = process.memory_info().rss
    finder = engine.load(Store(load().booth.models_dir, Manifest.load()))
    finder.find(np.zeros((480, 640, 3), np.uint8), 0.0)
    return finder, (process.memory_info().rss - before) / 2**20


def run(frames: int = FRAMES, count: int = 30) -> int:
    """Print cost and accuracy of every engine that is here; 0 when every limit is kept. Raises when none is here."""
    missing: list[ModelError | EngineUnavailable] = []
    verdicts: list[bool] = []
    for engine in ENGINES:
        try:
            finder, memory_mib = load_finder(engine)
        except (ModelError, EngineUnavailable) as error:
            _say(f"--- {engine.name}: missing ({error})")
            missing.append(error)
            continue
        _say(f"--- {engine.name}: {finder.info.name} {finder.info.version}, {finder.info.detail}")
        studio = Studio(finder)
        verdicts += [
            _print_cost(studio, frames, memory_mib, engine.limit_ms), _print_poses(studio, count), _print_gaze(studio)
        ]
        finder.close()
        if engine is ENGINES[0]:
            verdicts.append(tell(watching.lines(lambda: load_finder(ENGINES[0])[0])) == 0)
    if not verdicts:
        raise missing[0]
    return 0 if all(verdicts) else 1


def _print_cost(studio: Studio, frames: int, memory_mib: float, limit_ms: float) -> bool:
    tracked, lost, observed = studio.tracked(frames), studio.lost(frames), studio.observed(frames)
    _say(f"frame 640 x 480, {frames} frames, CPU ms of all threads   median    mean     p95")
    for name, cost in (("tracked face", tracked), ("no face", lost), ("pose, gaze, eye contact", observed)):
        _say(f"  {name:<46}{cost.median_ms:8.2f}{cost.mean_ms:8.2f}{cost.p95_ms:8.2f}")
    rate_hz = 1000 / (tracked.mean_ms + observed.mean_ms)
    _say(f"  limit for a tracked face: {limit_ms:.1f} ms; {rate_hz:.0f} frames/s on one core")
    whole_mib = psutil.Process().memory_info().rss / 2**20
    # Neighbours on the same core share its caches: CPU time grows by a third on a busy machine.
    _say(f"  machine: load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    _say(f"  memory: engine {memory_mib:.0f} MiB, this process {whole_mib:.0f} MiB")
    return tracked.median_ms < limit_ms


def _print_poses(studio: Studio, count: int) -> bool:
    readings = [studio.read(pose) for pose in poses(count)]
    off = errors(readings)
    mean, worst, bias = np.abs(off).mean(axis=0), np.abs(off).max(axis=0), off.mean(axis=0)
    _say(f"head pose against drawn truth, {len(off)} of {count} faces found, degrees      yaw   pitch    roll")
    for name, row in (("mean error", mean), ("worst error", worst), ("bias", bias)):
        _say(f"  {name:<56}{row[0]:8.2f}{row[1]:8.2f}{row[2]:8.2f}")
    is_good = len(off) == count and bool((mean < LIMIT_DEG).all())
    for turn in IN_PLANE_DEG:
        wrong = studio.in_plane(turn)
        is_good &= max(map(abs, wrong)) < LIMIT_IN_PLANE_DEG
        _say(f"  {f'error, picture turned {turn:+.0f}':<56}{wrong[0]:8.2f}{wrong[1]:8.2f}{wrong[2]:8.2f}")
    both = studio.mirrored(Pose(12.0, 5.0, 8.0))
    if both is None:
        return False
    for name, pose in zip(("absolute, plain", "absolute, mirrored"), both, strict=True):
        _say(f"  {name:<56}{pose[0]:8.2f}{pose[1]:8.2f}{pose[2]:8.2f}")
    plain, mirror = both
    return (
        is_good
        and abs(plain.yaw_deg + mirror.yaw_deg) < LIMIT_DEG
        and abs(plain.roll_deg + mirror.roll_deg) < LIMIT_DEG
    )


def _print_gaze(studio: Studio) -> bool:
    off = np.abs(studio.gaze_errors())
    _say(f"gaze against drawn truth, {off.size} of {len(GAZES_DEG)} read: error of its yaw, degrees")
    _say(f"  {'mean, worst':<56}{off.mean():8.2f}{off.max():8.2f}" if off.size else "  cannot tell")
    _say("eye contact")
    is_good = True
    for name, (pose, gaze_yaw_deg, truth) in CONTACT.items():
        found = studio.is_contact(pose, gaze_yaw_deg)
        is_good &= found is truth
        _say(f"  {name:<56}{'yes' if found else 'no' if found is False else 'cannot tell':>8}")
    return is_good


def _cpu_ms(job: Callable[[], object]) -> float:
    began = time.process_time()
    job()
    return 1000.0 * (time.process_time() - began)


def _cost(spent: list[float]) -> Cost:
    return Cost(float(np.median(spent)), float(np.mean(spent)), float(np.percentile(spent, 95)))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
