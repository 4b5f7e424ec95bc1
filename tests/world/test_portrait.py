from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from greenroom.ports import Image
from greenroom.world.portrait import ASSETS, KEPT, PortraitRenderer
from greenroom.world.scene import Scene


@pytest.fixture(scope="module")
def renderer() -> PortraitRenderer:
    return PortraitRenderer()


def scene(**changes: float | bool) -> Scene:
    return Scene(frame=0, t=0.0, **changes)  # type: ignore[arg-type]  # fields by name


def changed(a: Image, b: Image) -> tuple[slice, slice] | None:
    """The box in which two pictures differ visibly."""
    rows, columns = np.nonzero(np.abs(a.astype(int) - b).max(axis=2) > 12)
    if rows.size == 0:
        return None
    return slice(int(rows.min()), int(rows.max()) + 1), slice(int(columns.min()), int(columns.max()) + 1)


def box_of(a: Image, b: Image) -> tuple[slice, slice]:
    box = changed(a, b)
    assert box is not None
    return box


def points() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    with np.load(ASSETS / "portrait.npz") as data:
        rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = data["points"]
    return rows


def test_the_assets_are_small() -> None:
    sizes = {path.suffix: path.stat().st_size for path in ASSETS.glob("portrait.*")}
    assert set(sizes) == {".jpg", ".npz"}
    assert sum(sizes.values()) < 120_000


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (800, 600)])
def test_draws_pictures_of_the_size_asked_for(size: tuple[int, int]) -> None:
    small = PortraitRenderer(*size)
    for shown in (scene(), scene(yaw_deg=10.0), scene(is_present=False)):
        picture = small.render(shown)
        assert picture.shape == (size[1], size[0], 3)
        assert picture.dtype == np.uint8


def test_equal_scenes_are_equal_pictures_in_any_order_and_renderer(renderer: PortraitRenderer) -> None:
    first = renderer.render(scene(yaw_deg=7.0, mouth=0.5)).copy()
    for yaw in range(2 * KEPT):
        renderer.render(scene(yaw_deg=yaw / 2))
    assert np.array_equal(renderer.render(scene(yaw_deg=7.0, mouth=0.5)), first)
    assert np.array_equal(PortraitRenderer().render(scene(yaw_deg=7.0, mouth=0.5)), first)


def test_keeps_a_bounded_number_of_pictures(renderer: PortraitRenderer) -> None:
    for n in range(3 * KEPT):
        renderer.render(scene(roll_deg=n / 2))
    assert len(renderer._drawn) == KEPT


def test_frame_number_and_time_do_not_change_the_picture(renderer: PortraitRenderer) -> None:
    assert renderer.render(Scene(frame=9, t=4.0)) is renderer.render(scene())


def test_a_picture_cannot_be_spoiled_by_who_gets_it(renderer: PortraitRenderer) -> None:
    for shown in (scene(), scene(is_present=False)):
        with pytest.raises(ValueError, match="read-only"):
            renderer.render(shown)[0, 0] = 0


def test_a_turned_head_moves_and_the_room_stays(renderer: PortraitRenderer) -> None:
    neutral, turned = renderer.render(scene()), renderer.render(scene(yaw_deg=15.0, pitch_deg=8.0))
    face = points()[:468, :2]
    rows, columns = box_of(neutral, turned)
    assert rows.start < face[:, 1].min()
    assert rows.stop > face[:, 1].max()
    assert columns.start > 5
    assert np.array_equal(neutral[:, :5], turned[:, :5])


def test_a_blink_changes_the_eyes_alone(renderer: PortraitRenderer) -> None:
    neutral, closed = renderer.render(scene()), renderer.render(scene(eyelids=0.0))
    rows, columns = box_of(neutral, closed)
    eyes = points()[[33, 263, 159, 145, 386, 374]]
    width = eyes[1, 0] - eyes[0, 0]
    assert rows.start > eyes[:, 1].min() - 0.25 * width
    assert rows.stop < eyes[:, 1].max() + 0.15 * width
    assert columns.start > eyes[0, 0] - 0.15 * width
    assert columns.stop < eyes[1, 0] + 0.15 * width


@pytest.mark.parametrize("side", [-1, 1])
def test_an_iris_moves_to_where_the_eye_looks(renderer: PortraitRenderer, side: int) -> None:
    """The dark of both eyes moves to the picture's right for a positive yaw."""
    neutral, aside = renderer.render(scene()), renderer.render(scene(gaze_yaw_deg=25.0 * side))
    for outer, inner, iris in ((33, 133, 468), (362, 263, 473)):
        left, right = points()[outer, 0], points()[inner, 0]
        y = int(points()[iris, 1])
        columns = np.arange(int(left) + 2, int(right) - 1)
        middles = []
        for picture in (neutral, aside):
            dark = 255.0 - picture[y - 2 : y + 3, columns].mean(axis=(0, 2))
            dark = np.clip(dark - np.median(dark), 0, None)
            middles.append((columns * dark).sum() / dark.sum())
        assert (middles[1] - middles[0]) * side > 3.0


def test_speaking_opens_the_mouth_and_leaves_the_eyes(renderer: PortraitRenderer) -> None:
    rows, columns = box_of(renderer.render(scene()), renderer.render(scene(mouth=1.0)))
    assert rows.start > points()[2, 1], "below the nose"
    assert columns.start >= int(points()[61, 0]) - 1
    assert columns.stop <= int(points()[291, 0]) + 2


def test_light_scales_the_picture(renderer: PortraitRenderer) -> None:
    bright, dim = renderer.render(scene()), renderer.render(scene(brightness=0.25))
    assert dim.mean() == pytest.approx(bright.mean() / 4, rel=0.03)
    assert renderer.render(scene(brightness=0.0)).max() == 0


def test_an_absent_candidate_leaves_a_bare_wall(renderer: PortraitRenderer) -> None:
    wall = renderer.render(scene(is_present=False, yaw_deg=10.0)).astype(int)
    assert np.abs(np.diff(wall, axis=0)).max() < 8
    assert np.abs(np.diff(wall, axis=1)).max() < 8


@pytest.mark.parametrize("angles", [(35.0, 0.0, 0.0), (-35.0, 20.0, 30.0), (0.0, -30.0, -45.0), (1000.0, 0.0, 0.0)])
def test_draws_something_for_any_pose(renderer: PortraitRenderer, angles: tuple[float, float, float]) -> None:
    yaw, pitch, roll = angles
    assert renderer.render(scene(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)).std() > 10


@pytest.mark.process
def test_the_module_loads_without_opencv() -> None:
    code = "import sys; sys.modules['cv2'] = None; import greenroom.world.portrait, greenroom.seeing.face_litert"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
