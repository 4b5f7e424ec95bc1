"""Gaze after calibration against drawn truth: a candidate follows the points, then looks about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from greenroom.bench.printing import Line
from greenroom.ports import FaceFinder, FaceMesh
from greenroom.records import GazeCalibration
from greenroom.seeing.calibration import Fixation, fit, targets
from greenroom.seeing.eye_contact import Zone, edge_of, eye_contact, zone_of
from greenroom.seeing.gaze import calibrated, eye_in_head, line_of_sight, toward
from greenroom.seeing.head_pose import NeutralMesh, Pose, relative_pose
from greenroom.world.motion import FRAME_RATE_HZ
from greenroom.world.shot import CROPS, LIGHTS, Shot
from greenroom.world.studio import ShotRenderer

Floats = npt.NDArray[np.float64]

PANEL_MM = (476.0, 268.0)
LOOKS = 60
"""For each variant."""
SETTLE_FRAMES, SEEN_FRAMES = 3, 5
"""Frames of a look until the eyes are read anew, and after."""
POINT_FRAMES, REST_FRAMES = 18, 30
SWAY_DEG = 0.4
"""Of a head that is held still, one standard deviation."""
NEAR_SHARE = 0.4
"""Of the looks go to the interviewer, give or take 4 degrees; the others anywhere."""
ASIDE_DEG, UP_DEG, DOWN_DEG = 18.0, 14.0, 24.0
MOST_EYE_DEG = (25.0, 20.0)
"""Further, people turn their head."""
BAND_DEG = 2.0
"""So near the zone's edge a look counts for neither side."""
LIMIT = 0.9
TUNED = "as the portrait; even"
"""On this variant the constants of the reader were found."""


class Looks(NamedTuple):
    """Looks of one variant: where they went and where they were read, yaw and pitch in degrees; None: cannot tell."""

    true: list[tuple[float, float]]
    read: list[tuple[float, float] | None]
    is_contact: list[bool | None]
    zone: Zone


class Sitter:
    """The drawn candidate before a face finder; ``shot`` is the variant."""

    def __init__(self, finder: FaceFinder, renderer: ShotRenderer, shot: Shot, seed: int) -> None:
        self._finder, self._renderer, self._shot = finder, renderer, shot
        self._draw = np.random.default_rng(seed)
        self._n = 0
        meshes = [mesh for mesh in self._fixate((0.0, 0.0), Pose(0.0, 0.0, 0.0), REST_FRAMES) if mesh is not None]
        neutral = NeutralMesh.learn(meshes)
        if neutral is None:
            raise RuntimeError("the drawn face gave no neutral mesh")
        self._neutral = neutral

    def calibrate(self) -> GazeCalibration | str:
        points = targets(PANEL_MM, 0.0)
        seen = []
        for point in points:
            share = self._draw.uniform(0.0, 0.4)
            head = Pose(share * point.yaw_deg + self._draw.normal(), share * point.pitch_deg + self._draw.normal(), 0.0)
            meshes = self._fixate((point.yaw_deg, point.pitch_deg), head, POINT_FRAMES)[SETTLE_FRAMES:]
            for mesh in meshes:
                eyes = None if mesh is None else eye_in_head(mesh, self._neutral)
                if mesh is not None and eyes is not None:
                    seen.append(Fixation(point.name, relative_pose(mesh, self._neutral), eyes))
        return fit(points, seen)

    def look_about(self, own: GazeCalibration, count: int) -> Looks:
        looks = Looks([], [], [], zone_of(own))
        while len(looks.true) < count:
            away, head = self._somewhere()
            if max(np.abs(toward(head, *away)) - MOST_EYE_DEG) > 0.0:
                continue
            meshes = self._fixate(away, head, SETTLE_FRAMES + SEEN_FRAMES)[SETTLE_FRAMES:]
            told = [self._sight(mesh, own) for mesh in meshes if mesh is not None]
            known = [one for one in told if one is not None]
            where = tuple(np.median(np.array(known), axis=0)) if known else None
            looks.true.append(away)
            looks.read.append(where)
            looks.is_contact.append(None if where is None else edge_of(looks.zone, *where)[0] >= 0.0)
        return looks

    def _sight(self, mesh: FaceMesh, own: GazeCalibration) -> tuple[float, float] | None:
        pose, eyes = relative_pose(mesh, self._neutral), eye_in_head(mesh, self._neutral)
        if eyes is None or eye_contact(pose, eyes, own).is_contact is None:
            return None
        return line_of_sight(pose, calibrated(eyes, own))

    def _somewhere(self) -> tuple[tuple[float, float], Pose]:
        """A direction, and a head that goes along with a part of it."""
        draw = self._draw
        yaw, pitch = draw.uniform(-ASIDE_DEG, ASIDE_DEG), draw.uniform(-DOWN_DEG, UP_DEG)
        if draw.random() < NEAR_SHARE:
            yaw, pitch = draw.normal(0.0, 4.0), draw.normal(-3.0, 4.0)
        head = draw.uniform([-12.0, -8.0, -6.0], [12.0, 8.0, 6.0]) + 0.3 * np.array([yaw, pitch, 0.0])
        return (float(yaw), float(pitch)), Pose(*map(float, head))

    def _fixate(self, away: tuple[float, float], head: Pose, frames: int) -> list[FaceMesh | None]:
        """Frames of a swaying head whose eyes stay on a direction from the ray to the lens, in the picture's frame."""
        side = -1.0 if self._shot.is_mirrored else 1.0
        wanted, seen = (side * away[0], away[1]), []
        for _ in range(frames):
            yaw, pitch, roll = head + self._draw.normal(0.0, SWAY_DEG, 3)
            shot = replace(self._shot, yaw_deg=float(side * yaw), pitch_deg=float(pitch), roll_deg=float(side * roll))
            self._n += 1
            picture = self._renderer.render(self._aimed(shot, wanted))
            seen.append(self._finder.find(picture, self._n / FRAME_RATE_HZ))
        return seen

    def _aimed(self, shot: Shot, wanted: tuple[float, float]) -> Shot:
        """The eyes turned until the line of sight misses the lens by ``wanted`` (before mirroring)."""
        eyes = toward(Pose(shot.yaw_deg, shot.pitch_deg, shot.roll_deg), *wanted)
        for _ in range(3):
            truth = self._renderer.truth(replace(
                shot, is_mirrored=False, gaze_yaw_deg=eyes[0], gaze_pitch_deg=eyes[1]))
            if truth is not None:
                eyes = (eyes[0] + wanted[0] - truth.off_lens[0], eyes[1] + wanted[1] - truth.off_lens[1])
        return replace(shot, gaze_yaw_deg=eyes[0], gaze_pitch_deg=eyes[1])


def variants() -> Iterator[tuple[str, Shot]]:
    for crop, where in CROPS.items():
        for light, how in LIGHTS.items():
            for is_mirrored in (False, True):
                name = f"{crop}; {light}{'; mirrored' if is_mirrored else ''}"
                yield name, replace(Shot(is_mirrored=is_mirrored), **where, **how)


def precision_recall(looks: list[Looks]) -> tuple[float, float, int]:
    """Of eye contact, over looks that can be told and are not near the edge; and how many those are."""
    true, told = [], []
    for one in looks:
        for away, contact in zip(one.true, one.is_contact, strict=True):
            edge_deg, _ = edge_of(one.zone, *away)
            if contact is not None and abs(edge_deg) > BAND_DEG:
                true.append(edge_deg > 0.0)
                told.append(contact)
    both = sum(a and b for a, b in zip(true, told, strict=True))
    return both / max(1, sum(told)), both / max(1, sum(true)), len(true)


def lines(finder: FaceFinder, renderer: ShotRenderer, count: int = LOOKS, seed: int = 1) -> Iterator[Line]:
    """Errors of each variant, then precision and recall over all, and over those kept out of tuning."""
    yield "line of sight after calibration     yaw error, bias   pitch error, bias   stated error   cannot tell", True
    kept_out: list[Looks] = []
    for name, shot in variants():
        sitter = Sitter(finder, renderer, shot, seed)
        own = sitter.calibrate()
        if isinstance(own, str):
            yield f"  {name:<42}{own}", False
            continue
        looks = sitter.look_about(own, count)
        off = np.array([np.subtract(read, true) for read, true in zip(looks.read, looks.true, strict=True)
                        if read is not None])
        (yaw, pitch), (yaw_bias, pitch_bias) = np.abs(off).mean(axis=0), off.mean(axis=0)
        yield (f"  {name:<42}{yaw:5.1f},{yaw_bias:5.1f} {pitch:9.1f},{pitch_bias:5.1f} "
               f"{looks.zone.error_deg:9.1f} {count - len(off):10d}"), True
        if name == TUNED:
            yield _contact("eye contact, tuned variant", [looks], 0.0)
        else:
            kept_out.append(looks)
    yield _contact("eye contact, all variants that nothing was tuned on", kept_out, LIMIT)


def _contact(name: str, looks: list[Looks], limit: float) -> Line:
    precision, recall, count = precision_recall(looks)
    told = f"{name}: precision {precision:.2f}, recall {recall:.2f} of {count} looks"
    return (told + (f" (limit {limit:.1f})" if limit else ""), precision >= limit and recall >= limit)
