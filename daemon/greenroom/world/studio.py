"""Draws shots: the portrait turned, placed in a frame, covered, lit and spoiled, with the truth known."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.ports import Image
from greenroom.seeing.head_pose import Pose
from greenroom.world.face_paint import IRISES
from greenroom.world.portrait import HEIGHT, WIDTH, PortraitRenderer
from greenroom.world.scene import Scene
from greenroom.world.shot import Other, Shot, Truth, truth
from greenroom.world.spoiling import Spoiler

Floats = npt.NDArray[np.float64]

PROFILE_DEG, PROFILE_NARROWED = 45.0, 0.75
_MIDLINE = (10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 164, 0, 13, 17, 18, 200, 152)
_DESK = (58, 46, 40)
_POSTER = (slice(20, 350), slice(110, 520))
"""What of the portrait is printed on it."""
_PAPER = 235
_FEATHER_PX = 12.0


class ShotRenderer:
    """Equal shots give equal pictures. Raises ``EngineUnavailable`` without OpenCV or the assets."""

    def __init__(self) -> None:
        self._portrait = PortraitRenderer(has_eyeballs=True)
        import cv2

        self._cv2: Any = cv2
        self._spoiler = Spoiler()
        self._person = self._silhouette()

    def truth(self, shot: Shot) -> Truth | None:
        """What a reader should find; see ``Truth``. Angles are drawn in steps of ``portrait.STEP_DEG``."""
        where = self._portrait.places()
        return truth(shot, where.face, where.eyes, where.pivot)

    def landmarks(self, shot: Shot) -> Floats:
        """Where the mesh's 478 points are drawn (x, y in px), lids and lips as in rest, irises as they look.

        Rows stay with the candidate: 33 is their right eye's corner, in a mirror image too.
        """
        points = self._portrait.project(_pose(shot))
        irises = self._portrait.irises(_pose(shot), Pose(shot.gaze_yaw_deg, shot.gaze_pitch_deg, 0.0))
        for first, middle in zip(IRISES, irises, strict=True):
            points[first : first + 5] += middle - points[first]
        points = self._in_frame(shot, points)
        if shot.is_upside_down:
            points = np.array([shot.width - 1.0, shot.height - 1.0]) - points
        return points * [-1, 1] + [shot.width - 1, 0] if shot.is_mirrored else points

    def irises(self, shot: Shot) -> Floats:
        """Where the middles of both irises are drawn (x, y in px): the eye on the picture's left first."""
        middles = self.landmarks(shot)[list(IRISES)]
        return middles[np.argsort(middles[:, 0])]

    def render(self, shot: Shot) -> Image:
        """The RGB picture, ``height`` x ``width`` x 3 uint8; the caller's own."""
        picture = self._room(shot)
        for other in shot.others:
            self._add(picture, shot, other)
        if shot.is_present:
            self._place(picture, *self._candidate(shot), _scale(shot), self._corner(shot))
        self._desk(picture, shot)
        if shot.is_present:
            points = self._in_frame(shot, self._portrait.project(_pose(shot)))
            picture = self._spoiler.covered(picture, shot, points)
            picture = self._spoiler.lit(picture, shot, points)
        else:
            picture = self._spoiler.lit(picture, shot, None)
        picture = self._spoiler.taken(picture, shot)
        if shot.is_upside_down:
            picture = picture[::-1, ::-1]
        if shot.is_mirrored:
            picture = picture[:, ::-1]
        return self._spoiler.coded(np.ascontiguousarray(picture), shot)

    def _room(self, shot: Shot) -> Image:
        """The bare wall."""
        wall = self._portrait.render(Scene(frame=0, t=0.0, is_present=False))
        size = (shot.width, shot.height)
        return np.array(self._cv2.resize(wall, size, interpolation=self._cv2.INTER_LINEAR), np.uint8)

    def _desk(self, picture: Image, shot: Shot) -> None:
        """A desk from where the first body ends."""
        people = [shot] if shot.is_present else []
        people += [_as_shot(shot, other) for other in shot.others if other.kind == "person"]
        for person in people:
            picture[max(0, self._corner(person)[1] + round(HEIGHT * _scale(person))) :] = _DESK

    def _candidate(self, shot: Shot) -> tuple[Image, npt.NDArray[np.float32] | None]:
        """The picture in the portrait's frame, and its outline (None: it fills a frame of its own)."""
        pose = _pose(shot)
        scene = Scene(
            frame=0,
            t=0.0,
            yaw_deg=pose.yaw_deg,
            pitch_deg=pose.pitch_deg,
            roll_deg=pose.roll_deg,
            gaze_yaw_deg=shot.gaze_yaw_deg,
            gaze_pitch_deg=shot.gaze_pitch_deg,
            eyelids=shot.eyelids,
            mouth=shot.mouth,
        )
        picture = self._portrait.render(scene)
        if shot.is_profile:
            picture = self._profile(picture, pose)
        fills = not shot.others and shot.width * HEIGHT == shot.height * WIDTH
        is_whole = fills and shot.scale == 1.0 and shot.shift_x == shot.shift_y == 0.0
        return picture, None if is_whole else self._person

    def _profile(self, picture: Image, pose: Pose) -> Image:
        """The half of the face beyond the midline replaced by wall, what is left narrowed."""
        cv2 = self._cv2
        line = self._portrait.project(pose)[list(_MIDLINE)]
        side = WIDTH if pose.yaw_deg > 0 else -1.0
        out = 1.0 if pose.yaw_deg > 0 else -1.0
        hair = line[0] + np.array([[-30.0 * out, -145.0], [10.0 * out, -110.0], [26.0 * out, -60.0]])
        under = [line[-1, 0], line[-1, 1] + 25.0]
        beyond = np.array([[side, -1.0], [hair[0, 0], -1.0], *hair, *line, under, [side, under[1]]])
        mask = cv2.fillPoly(np.zeros((HEIGHT, WIDTH), np.float32), [np.round(beyond).astype(np.int32)], 1.0)
        mask = cv2.GaussianBlur(mask, (0, 0), 1.5)[..., None]
        wall = self._portrait.render(Scene(frame=0, t=0.0, is_present=False))
        cut = np.asarray(picture + (wall - picture.astype(np.float32)) * mask, np.uint8)
        middle = float(self._portrait.project(pose)[:468, 0].mean())
        narrow = np.array([[PROFILE_NARROWED, 0.0, middle * (1.0 - PROFILE_NARROWED)], [0.0, 1.0, 0.0]])
        size = (WIDTH, HEIGHT)
        return np.asarray(cv2.warpAffine(cut, narrow, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def _add(self, picture: Image, shot: Shot, other: Other) -> None:
        seen = _as_shot(shot, other)
        if other.kind == "poster":
            print_ = self._portrait.render(Scene(frame=0, t=0.0))[_POSTER]
            print_ = self._cv2.copyMakeBorder(print_, *[10] * 4, self._cv2.BORDER_CONSTANT, value=[_PAPER] * 3)
            (left, top), scale = self._corner(seen), _scale(seen)
            at = (left + round((_POSTER[1].start - 10) * scale), top + round((_POSTER[0].start - 10) * scale))
            self._place(picture, np.asarray(print_, np.uint8), None, scale, at)
            return
        person = self._portrait.render(Scene(frame=0, t=0.0, yaw_deg=-other.yaw_deg))[:, ::-1]
        self._place(picture, person, self._person[:, ::-1], _scale(seen), self._corner(seen))

    def _place(
        self,
        picture: Image,
        part: Image,
        mask: npt.NDArray[np.float32] | None,
        scale: float,
        corner: tuple[int, int],
    ) -> None:
        """Put a part, scaled, with its top left corner at ``corner``; what leaves the frame is cut."""
        cv2 = self._cv2
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
        height, width = picture.shape[:2]
        x, y = corner
        rows, columns = slice(max(0, y), min(height, y + size[1])), slice(max(0, x), min(width, x + size[0]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        inner = (slice(rows.start - y, rows.stop - y), slice(columns.start - x, columns.stop - x))
        shown = cv2.resize(np.ascontiguousarray(part), size, interpolation=how)[inner]
        if mask is not None:
            share = cv2.resize(np.ascontiguousarray(mask), size, interpolation=cv2.INTER_LINEAR)[inner][..., None]
            under = picture[rows, columns].astype(np.float32)
            shown = np.clip(under + (shown - under) * share + 0.5, 0, 255).astype(np.uint8)
        picture[rows, columns] = shown

    def _corner(self, shot: Shot) -> tuple[int, int]:
        """Where the portrait's top left corner lies: its face stays at the same share of the frame, then is shifted."""
        x, y = self._portrait.places().face_px
        scale = _scale(shot)
        left = (x / WIDTH + shot.shift_x) * shot.width - x * scale
        return round(left), round((y / HEIGHT + shot.shift_y) * shot.height - y * scale)

    def _in_frame(self, shot: Shot, points: Floats) -> Floats:
        # Middles of pixels, not their corners, are what scales.
        placed: Floats = (points + 0.5) * _scale(shot) - 0.5 + np.array(self._corner(shot))
        return placed

    def _silhouette(self) -> npt.NDArray[np.float32]:
        """Head with room to turn, and shoulders; soft at the edge."""
        cv2 = self._cv2
        mask = np.zeros((HEIGHT, WIDTH), np.float32)
        cv2.ellipse(mask, (325, 190), (205, 185), 0.0, 0.0, 360.0, 1.0, -1)
        shoulders = np.array([[205, 300], [445, 300], [520, HEIGHT], [90, HEIGHT]], np.int32)
        cv2.fillPoly(mask, [shoulders], 1.0)
        soft = cv2.GaussianBlur(mask, (0, 0), _FEATHER_PX, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(soft, np.float32)


def _scale(shot: Shot) -> float:
    return shot.scale * shot.height / HEIGHT


def _pose(shot: Shot) -> Pose:
    if shot.is_profile:
        return Pose(PROFILE_DEG if shot.yaw_deg >= 0 else -PROFILE_DEG, shot.pitch_deg, shot.roll_deg)
    return Pose(shot.yaw_deg, shot.pitch_deg, shot.roll_deg)


def _as_shot(shot: Shot, other: Other) -> Shot:
    """Where another face lies in the frame of a shot."""
    return Shot(
        width=shot.width, height=shot.height, scale=other.scale, shift_x=other.shift_x, shift_y=other.shift_y
    )
