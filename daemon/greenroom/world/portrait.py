"""The virtual candidate's picture: a real portrait, turned, blinking, looking and speaking as a scene says."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.errors import EngineUnavailable
from greenroom.ports import Image
from greenroom.seeing.head_pose import Pose, rotation
from greenroom.world.eyeballs import IRIS_MM, PLANE_MM, Eyeballs, radius_px
from greenroom.world.face_paint import IRISES, FacePainter
from greenroom.world.scene import Scene

ASSETS = Path(__file__).parent / "assets"
WIDTH, HEIGHT = 640, 480
"""The frame in which the portrait's mesh and depth are given."""
KEPT = 24
"""Pictures kept for scenes that come again, 22 MB at 640 x 480."""
STEP_DEG, STEP = 0.125, 1 / 32
"""What a scene is rounded to before it is drawn, so that equal keys are equal pictures."""

FOCAL_PX = float(WIDTH)
PIVOT = 0.45
"""How far behind the face its head turns, in face widths."""
_CELL_PX = 4
_HEAD_WIDTHS, _STILL_WIDTHS = 0.88, 1.4
"""Distances from the head's middle, in face widths: what moves with it, and from where on nothing moves."""
_STEPS = 12
_STRIDE = 0.6
"""Rounds of the search for the surface, and their share of the distance: whole strides overshoot at steep sides."""

Floats = npt.NDArray[np.float32]
Key = tuple[int, ...]


class Places(NamedTuple):
    """Where the portrait's head is, from its camera (x right, y down, z away, in pixels of its frame)."""

    face: npt.NDArray[np.float64]
    """Middle of the face's mesh."""
    eyes: npt.NDArray[np.float64]
    """Middle between the irises."""
    pivot: npt.NDArray[np.float64]
    """What the head turns about."""
    face_px: tuple[float, float]
    """Middle of the face in the portrait."""


class PortraitRenderer:
    """Draws scenes; equal scenes give equal pictures. Raises ``EngineUnavailable`` without OpenCV or the assets.

    ``has_eyeballs`` draws the eyes as ``eyeballs`` does: slower (4 ms), and true to where a turned head's eyes look.
    """

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, *, has_eyeballs: bool = False) -> None:
        try:
            import cv2
        except ImportError as error:
            raise EngineUnavailable("OpenCV is not installed", fix="pip install opencv-contrib-python") from error
        self._cv2: Any = cv2
        self._size = (width, height)
        stored = cv2.imread(str(ASSETS / "portrait.jpg"), cv2.IMREAD_COLOR_RGB)
        if stored is None:
            raise EngineUnavailable(f"no portrait in {ASSETS}", fix="install greenroom again")
        portrait = cv2.resize(stored, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        with np.load(ASSETS / "portrait.npz") as data:
            self._points: Floats = data["points"]
            self._depth: Floats = data["depth"].astype(np.float32)
            wall = cv2.resize(data["backdrop"], self._size, interpolation=cv2.INTER_CUBIC)
        self._wall: Image = np.asarray(wall, np.uint8)
        self._painter = FacePainter(np.asarray(portrait, np.uint8), self._points)
        self._eyeballs = Eyeballs(np.asarray(portrait, np.uint8), self._points) if has_eyeballs else None
        self._prepare()
        self._drawn: OrderedDict[Key, Image] = OrderedDict()

    def render(self, scene: Scene) -> Image:
        """The RGB picture of a scene; it belongs to the renderer and must not be changed."""
        key = _key(scene)
        picture = self._drawn.get(key)
        if picture is None:
            picture = self._draw(key)
            picture.setflags(write=False)
            self._drawn[key] = picture
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        else:
            self._drawn.move_to_end(key)
        return picture

    def places(self) -> Places:
        space = self._space()
        points = self._points[:468, :2]
        x, y = (points.min(axis=0) + points.max(axis=0)) / 2
        return Places(space[:468].mean(axis=0), space[[468, 473]].mean(axis=0), self._pivot, (float(x), float(y)))

    def project(self, pose: Pose) -> npt.NDArray[np.float64]:
        """Where the mesh's 478 points lie in the portrait's frame (x, y in px) when the head is turned so."""
        return self._projected(self._space(), pose)

    def irises(self, pose: Pose, gaze: Pose) -> npt.NDArray[np.float64]:
        """Where the middles of both eyeballs' irises lie (image left first) when head and eyes are turned so."""
        deep = np.array([radius_px(self._points, n) / IRIS_MM for n in range(2)])[:, None] * PLANE_MM
        balls = self._space()[list(IRISES)] + deep * [0.0, 0.0, 1.0]
        return self._projected(balls - deep * rotation(gaze)[:, 2], pose)

    def _projected(self, space: npt.NDArray[np.float64], pose: Pose) -> npt.NDArray[np.float64]:
        turned = (space - self._pivot) @ rotation(pose).T + self._pivot
        projected: npt.NDArray[np.float64] = FOCAL_PX * turned[:, :2] / turned[:, 2:] + self._axis
        return projected

    def _irises_before_turning(self, pose: Pose, gaze: Pose) -> list[tuple[float, float]]:
        """Where irises are painted so that the turned surface carries them to where the eyeballs have them."""
        columns, rows = self.irises(pose, gaze).astype(np.float32).T[:, None]
        if any(pose):
            cells = [(axis + 0.5) / _CELL_PX - 0.5 for axis in (columns, rows)]
            by_x, by_y = (
                self._cv2.remap(by, *cells, self._cv2.INTER_LINEAR) for by in self._shifts(rotation(pose))
            )
            columns, rows = columns + by_x, rows + by_y
        return [(float(x), float(y)) for x, y in zip(columns[0], rows[0], strict=True)]

    def _space(self) -> npt.NDArray[np.float64]:
        """The mesh's points from the camera, as deep as the surface that is drawn."""
        across = (self._points[:, :2] - self._axis).astype(np.float32)
        z = FOCAL_PX + self._surface(across[None, :, 0], across[None, :, 1]).T.astype(np.float64)
        return np.concatenate([across * z / FOCAL_PX, z], axis=1)

    def _draw(self, key: Key) -> Image:
        is_present, yaw, pitch, roll, gaze_yaw, gaze_pitch, eyelids, mouth, brightness = key
        picture: Image = self._wall
        if is_present:
            pose = Pose(yaw * STEP_DEG, pitch * STEP_DEG, roll * STEP_DEG)
            gaze = Pose(gaze_yaw * STEP_DEG, gaze_pitch * STEP_DEG, 0.0)
            if self._eyeballs is None:
                painted = self._painter.paint(gaze.yaw_deg, gaze.pitch_deg, eyelids * STEP, mouth * STEP)
            else:
                painted = self._painter.speaking(mouth * STEP)
                self._eyeballs.paint(painted, gaze, eyelids * STEP, self._irises_before_turning(pose, gaze))
            picture = self._turned(painted, pose)
        if brightness != round(1 / STEP):
            return np.asarray(self._cv2.convertScaleAbs(picture, alpha=brightness * STEP), np.uint8)
        return picture.copy() if picture is self._wall else picture

    def _prepare(self) -> None:
        """Where rays are followed (``_x``, ``_y`` from the optical axis), where the head is, and what stays at rest."""
        width, height = self._size
        self._axis = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
        self._x, self._y = _middles(WIDTH // _CELL_PX, HEIGHT // _CELL_PX)
        self._x -= self._axis[0]
        self._y -= self._axis[1]
        self._rest_x, self._rest_y = _middles(width, height)
        face = self._points[:468]
        self._face_px = float(np.ptp(face[:, 0]))
        middle = (face[:, :2].min(axis=0) + face[:, :2].max(axis=0)) / 2 - self._axis
        self._pivot = np.array([*middle, FOCAL_PX + PIVOT * self._face_px])
        # Hair reaches further up than the chin reaches down.
        self._head = np.array([middle[0], middle[1] - 0.25 * self._face_px, FOCAL_PX])

    def _turned(self, picture: Image, pose: Pose) -> Image:
        cv2 = self._cv2
        x, y = self._rest_x, self._rest_y
        if any(pose):
            by_x, by_y = self._shifts(rotation(pose))
            x = x + cv2.resize(by_x, self._size, interpolation=cv2.INTER_LINEAR)
            y = y + cv2.resize(by_y, self._size, interpolation=cv2.INTER_LINEAR)
        elif self._size == (WIDTH, HEIGHT):
            return picture
        return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def _shifts(self, turn: npt.NDArray[np.float64]) -> tuple[Floats, Floats]:
        """For each cell, how far from it in the portrait its pixel comes from.

        A ray through the cell is turned back into the portrait's pose, and the depth at which it meets the portrait's
        surface is found by steps: each corrects the ray's length by its distance from the surface.
        """
        ray = np.stack([self._x / FOCAL_PX, self._y / FOCAL_PX, np.ones_like(self._x)])
        along = np.einsum("ij,jkl->ikl", turn.T.astype(np.float32), ray)
        start = (self._pivot - turn.T @ self._pivot).astype(np.float32)
        length = np.full_like(self._x, FOCAL_PX)
        for _ in range(_STEPS):
            x, y, z = (start[n] + along[n] * length for n in range(3))
            x, y = FOCAL_PX * x / z, FOCAL_PX * y / z
            length += _STRIDE * (FOCAL_PX + self._surface(x, y) - z) / along[2]
        share = self._share(turn)
        return (x - self._x) * share, (y - self._y) * share

    def _surface(self, x: Floats, y: Floats) -> Floats:
        """Depth of the portrait at points given from the optical axis."""
        cv2 = self._cv2
        columns = (x + self._axis[0] + 0.5) / _CELL_PX - 0.5
        rows = (y + self._axis[1] + 0.5) / _CELL_PX - 0.5
        depth: Floats = cv2.remap(self._depth, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return depth

    def _share(self, turn: npt.NDArray[np.float64]) -> Floats:
        """How much of the head's movement each cell takes part in: 1 on the head, 0 in the room."""
        x, y, z = turn @ (self._head - self._pivot) + self._pivot
        away = np.hypot(self._x - FOCAL_PX * x / z, self._y - FOCAL_PX * y / z) / self._face_px
        share = np.clip((_STILL_WIDTHS - away) / (_STILL_WIDTHS - _HEAD_WIDTHS), 0, 1)
        return np.asarray(share * share * (3 - 2 * share), np.float32)


def _middles(columns: int, rows: int) -> tuple[Floats, Floats]:
    """Pixels of the portrait's frame under the middles of a grid's cells."""
    x = (np.arange(columns, dtype=np.float32) + 0.5) * (WIDTH / columns) - 0.5
    y = (np.arange(rows, dtype=np.float32) + 0.5) * (HEIGHT / rows) - 0.5
    across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return across, down


def _key(scene: Scene) -> Key:
    if not scene.is_present:
        return (0, 0, 0, 0, 0, 0, 0, 0, round(scene.brightness / STEP))
    angles = (scene.yaw_deg, scene.pitch_deg, scene.roll_deg, scene.gaze_yaw_deg, scene.gaze_pitch_deg)
    shares = (scene.eyelids, scene.mouth, scene.brightness)
    return (1, *(round(angle / STEP_DEG) for angle in angles), *(round(share / STEP) for share in shares))
