"""``greenroom bench eyes``: head pose and raw gaze as read from a drawn face whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from greenroom.bench import sight
from greenroom.bench.printing import Line, tell
from greenroom.bench.vision import ENGINES, IN_PLANE_DEG, LIMIT_IN_PLANE_DEG, SETTLE_FRAMES, Studio, load_finder
from greenroom.ports import FaceFinder, FaceMesh
from greenroom.seeing.gaze import eye_in_head
from greenroom.seeing.head_pose import NeutralMesh, Pose, absolute_pose, relative_pose
from greenroom.world.motion import FRAME_RATE_HZ
from greenroom.world.shot import CROPS, LIGHTS, Shot, Truth
from greenroom.world.studio import ShotRenderer

Floats = npt.NDArray[np.float64]

POSES = 200
MOST_DEG = Pose(35.0, 25.0, 20.0)
LIMIT_MEAN_DEG, LIMIT_DECILE_DEG, LIMIT_REST_DEG, LIMIT_MIRRORED_DEG = 3.0, 6.0, 5.0, 4.0
GAZE_YAWS_DEG, GAZE_PITCHES_DEG = (-25.0, -12.0, 0.0, 12.0, 25.0), (-20.0, -10.0, 0.0, 10.0, 20.0)
HEADS = {
    "ahead": Pose(0.0, 0.0, 0.0),
    "15 left": Pose(15.0, 0.0, 0.0),
    "15 right": Pose(-15.0, 0.0, 0.0),
    "15 up": Pose(0.0, 15.0, 0.0),
    "15 down": Pose(0.0, -15.0, 0.0),
}
"""Left is the candidate's."""


class PoseErrors(NamedTuple):
    """Read minus true in degrees: columns yaw, pitch, roll."""

    mean: Floats
    """Of absolute errors."""
    decile: Floats
    """Mean of the largest tenth of them."""
    bias: Floats


class GazeFit(NamedTuple):
    """What is read of the eyes as a linear function of their truth: [yaw, pitch] each, degrees of the eye."""

    gain: Floats
    leak: Floats
    """Of the other axis."""
    bias: Floats
    residual: Floats
    """Mean distance from the line, over the gain."""
    worst: Floats


class Eyes:
    """A face finder before the studio's camera."""

    def __init__(self, finder: FaceFinder) -> None:
        self.renderer = ShotRenderer()
        self._finder = finder

    def look(self, shot: Shot) -> FaceMesh | None:
        """A new face, seen for ``SETTLE_FRAMES``."""
        self._finder.reset()
        picture, mesh = self.renderer.render(shot), None
        for n in range(SETTLE_FRAMES):
            mesh = self._finder.find(picture, n / FRAME_RATE_HZ)
        return mesh

    def neutral(self, shot: Shot) -> NeutralMesh:
        mesh = self.look(shot)
        learned = None if mesh is None else NeutralMesh.learn([mesh] * 15)
        if learned is None:
            raise RuntimeError("the drawn face gave no neutral mesh")
        return learned

    def poses(self, count: int, seed: int = 1) -> list[tuple[Truth, Pose | None]]:
        """Heads turned at random within ``MOST_DEG``, and how they are read; None where no face was found."""
        draw = np.random.default_rng(seed)
        neutral, readings = self.neutral(Shot()), []
        for _ in range(count):
            yaw, pitch, roll = (float(draw.uniform(-most, most)) for most in MOST_DEG)
            shot = Shot(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
            mesh, truth = self.look(shot), self.renderer.truth(shot)
            if truth is not None:
                readings.append((truth, None if mesh is None else relative_pose(mesh, neutral)))
        return readings

    def gaze(self, shot: Shot, neutral: NeutralMesh) -> GazeFit | None:
        """Eyes over the whole grid with the head as in ``shot``; None when most of them could not be read."""
        wanted, read = [], []
        for yaw in GAZE_YAWS_DEG:
            for pitch in GAZE_PITCHES_DEG:
                aside = replace(shot, gaze_yaw_deg=yaw, gaze_pitch_deg=pitch)
                mesh, truth = self.look(aside), self.renderer.truth(aside)
                eyes = None if mesh is None else eye_in_head(mesh, neutral)
                if eyes is not None and truth is not None:
                    wanted.append(truth.gaze)
                    read.append((eyes.yaw_deg, eyes.pitch_deg))
        return None if len(read) < 13 else fit(np.array(wanted), np.array(read))


def pose_errors(readings: list[tuple[Truth, Pose | None]], is_by_lens: bool = False) -> PoseErrors:
    """Against ``Truth.pose``, or ``Truth.seen`` where ``is_by_lens``."""
    off = np.array(
        [np.subtract(read, truth.seen if is_by_lens else truth.pose) for truth, read in readings if read is not None]
    )
    size = np.abs(off)
    tenth = max(1, len(size) // 10)
    return PoseErrors(size.mean(axis=0), np.sort(size, axis=0)[-tenth:].mean(axis=0), off.mean(axis=0))


def fit(wanted: Floats, read: Floats) -> GazeFit:
    """Least squares over rows of [yaw, pitch]."""
    terms = np.column_stack([wanted, np.ones(len(wanted))])
    weights = np.linalg.lstsq(terms, read, rcond=None)[0]
    gain, leak = np.diag(weights[:2]), np.array([weights[1, 0], weights[0, 1]])
    away = np.abs((read - terms @ weights) / gain)
    return GazeFit(gain, leak, weights[2], away.mean(axis=0), away.max(axis=0))


def run(poses: int = POSES) -> int:
    """Print how well heads and eyes are read; 0 when every limit of the head is kept."""
    finder, _ = load_finder(ENGINES[0])
    eyes = Eyes(finder)
    parts = (_heads(eyes, poses), _turned(Studio(finder), eyes), _gazes(eyes), sight.lines(finder, eyes.renderer))
    return tell(line for part in parts for line in part)


def _heads(eyes: Eyes, count: int) -> Iterator[Line]:
    readings = eyes.poses(count)
    found = sum(read is not None for _, read in readings)
    most = ", ".join(f"±{limit:.0f}" for limit in MOST_DEG)
    yield f"head pose, {found} of {count} faces found within {most} degrees     yaw   pitch    roll", found == count
    for name, is_by_lens in (("camera's frame", False), ("as the lens sees it", True)):
        mean, decile, bias = pose_errors(readings, is_by_lens)
        is_kept = bool((mean < LIMIT_MEAN_DEG).all() and (decile < LIMIT_DECILE_DEG).all())
        for what, row in (("mean error", mean), ("worst tenth", decile), ("bias", bias)):
            yield f"  {f'{name}: {what}':<60}" + "".join(f"{value:8.2f}" for value in row), is_kept


def _turned(studio: Studio, eyes: Eyes) -> Iterator[Line]:
    for turn in IN_PLANE_DEG:
        off = studio.in_plane(turn)
        text = "".join(f"{value:8.2f}" for value in off)
        yield f"  {f'error, picture turned {turn:+.0f}':<60}{text}", max(map(abs, off)) < LIMIT_IN_PLANE_DEG
    shot = Shot(yaw_deg=12.0, pitch_deg=5.0, roll_deg=8.0)
    read = [eyes.look(each) for each in (Shot(), shot, replace(shot, is_mirrored=True))]
    if any(mesh is None for mesh in read):
        yield "  no face found", False
        return
    rest, plain, mirror = (absolute_pose(mesh) for mesh in read if mesh is not None)
    flips = max(abs(plain.yaw_deg + mirror.yaw_deg), abs(plain.roll_deg + mirror.roll_deg)) < LIMIT_MIRRORED_DEG
    level = max(abs(rest.yaw_deg), abs(rest.roll_deg)) < LIMIT_REST_DEG
    rows = (("at rest", rest, level), ("turned", plain, flips), ("its mirror image", mirror, flips))
    for name, pose, is_kept in rows:
        yield f"  {f'absolute, {name}':<60}" + "".join(f"{value:8.2f}" for value in pose), is_kept


def _gazes(eyes: Eyes) -> Iterator[Line]:
    names = "   gain   leak   bias  resid  worst"
    yield f"eyes in the head: yaw | pitch\n{'':14}{names} |{names}", True
    for crop, light, is_mirrored in _variants():
        shot = replace(Shot(is_mirrored=is_mirrored), **CROPS[crop], **LIGHTS[light])
        yield f" {crop}; {light}{'; mirrored' if is_mirrored else ''}", True
        neutral = eyes.neutral(shot)
        for name, (yaw, pitch, roll) in HEADS.items():
            found = eyes.gaze(replace(shot, yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll), neutral)
            if found is None:
                yield f"  {name:<12}cannot tell", True
                continue
            sides = ("".join(f"{row[axis]:7.2f}" for row in found) for axis in range(2))
            yield f"  {name:<12}{' |'.join(sides)}", True


def _variants() -> Iterator[tuple[str, str, bool]]:
    return ((crop, light, mirrored) for crop in CROPS for light in LIGHTS for mirrored in (False, True))
