from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from greenroom.errors import EngineUnavailable, ModelMissing
from greenroom.ports import Image
from greenroom.seeing.face_litert import COUNT_EVERY_S, LiteRtFace
from greenroom.seeing.head_pose import Pose
from greenroom.seeing.regions import Region
from seeing.faces import PATHS, found, framed, middle_x, needs_face, new_finder, portrait_points, side_by_side, studio

pytestmark = needs_face


@pytest.fixture(scope="module")
def engine() -> LiteRtFace:
    return new_finder()


@pytest.fixture
def finder(engine: LiteRtFace) -> LiteRtFace:
    engine.reset()
    return engine


@pytest.fixture(scope="module")
def portrait() -> Image:
    return studio().picture()


@pytest.fixture(scope="module")
def wall() -> Image:
    return studio().picture(is_present=False)


def test_finds_the_portraits_landmarks_where_they_are(finder: LiteRtFace, portrait: Image) -> None:
    mesh = found(finder.find(portrait, 0.0))
    assert mesh.points.shape == (478, 3)
    assert (mesh.size, mesh.faces) == ((640, 480), 1)
    assert mesh.score is not None
    assert mesh.score > 0.9
    assert mesh.blendshapes is None
    assert mesh.transform is None
    away = np.hypot(*(mesh.points - portrait_points())[:, :2].T)
    assert np.median(away) < 3.0
    # The irises lie within their eyes, the right one on the picture's left.
    for iris, outer, inner in ((468, 33, 133), (473, 362, 263)):
        assert mesh.points[outer, 0] < mesh.points[iris, 0] < mesh.points[inner, 0]


def test_sees_nobody_in_an_empty_room_or_in_noise(finder: LiteRtFace, wall: Image) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (480, 640, 3)).astype(np.uint8)
    for t, picture in enumerate((wall, noise, np.zeros((480, 640, 3), np.uint8))):
        assert finder.find(picture, float(t)) is None


@pytest.mark.parametrize(("width", "height"), [(320, 240), (1280, 720), (480, 640), (641, 479)])
def test_takes_pictures_of_any_size(finder: LiteRtFace, portrait: Image, width: int, height: int) -> None:
    picture = framed(portrait, width, height)
    mesh = found(finder.find(picture, 0.0))
    assert mesh.size == (width, height)
    assert 0.4 < middle_x(mesh) / width < 0.6


@pytest.mark.parametrize("roll", [-40.0, 40.0])
def test_finds_a_tilted_face_at_once(finder: LiteRtFace, roll: float) -> None:
    assert finder.find(studio().picture(Pose(0.0, 0.0, roll)), 0.0) is not None


def test_follows_a_face_that_moves(finder: LiteRtFace, portrait: Image) -> None:
    start = middle_x(found(finder.find(portrait, 0.0)))
    for n in range(1, 12):
        mesh = found(finder.find(np.roll(portrait, 10 * n, axis=1), n / 15))
        assert middle_x(mesh) - start == pytest.approx(10 * n, abs=4.0)


def test_finds_a_face_that_jumped_in_the_same_frame(finder: LiteRtFace, portrait: Image) -> None:
    finder.find(side_by_side(portrait, 1.0, 0.0), 0.0)
    assert middle_x(found(finder.find(side_by_side(portrait, 0.0, 1.0), 0.1))) > 640


@pytest.mark.parametrize("frames", [4, 5])
def test_both_eyes_of_a_followed_face_are_read_in_the_frame_of_a_blink(finder: LiteRtFace, frames: int) -> None:
    for n in range(frames):
        before = found(finder.find(studio().picture(), n / 15))
    after = found(finder.find(studio().picture(eyelids=0.0), frames / 15))
    for upper, lower in ((159, 145), (386, 374)):
        gaps = [np.linalg.norm((mesh.points[upper] - mesh.points[lower])[:2]) for mesh in (before, after)]
        assert gaps[1] < 0.75 * gaps[0]


def test_the_eyes_of_a_still_face_are_read_in_turn(finder: LiteRtFace, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[float] = []
    read_eye = LiteRtFace._read_eye

    def noted(finder: LiteRtFace, picture: Image, region: Region, gap: float) -> Any:
        reads.append(now)
        return read_eye(finder, picture, region, gap)

    monkeypatch.setattr(LiteRtFace, "_read_eye", noted)
    for now in range(16):
        finder.find(studio().picture(), now / 15)
    assert reads[:2] == [0, 0], "both of a new face"
    # Once the crop has settled on the face: one every third frame of 15 a second.
    assert [n for n in reads if n > 6] == [9, 12, 15]


def test_a_gaze_that_moves_is_followed_by_both_eyes_together(finder: LiteRtFace) -> None:
    for n in range(4):
        before = found(finder.find(studio().picture(), n / 15))
    after = [found(finder.find(studio().picture(gaze_yaw_deg=15.0), n / 15)) for n in range(4, 7)]
    moved = [
        [float(np.linalg.norm((mesh.points[iris] - before.points[iris])[:2])) for iris in (468, 473)] for mesh in after
    ]
    # Within 0.2 s, and never one eye without the other: half a glance would be none.
    assert min(moved[-1]) > 1.0
    for right, left in moved:
        assert (right > 1.0) == (left > 1.0)


def test_loses_a_face_that_left_and_finds_it_when_it_is_back(finder: LiteRtFace, portrait: Image, wall: Image) -> None:
    assert [finder.find(p, n / 15) is not None for n, p in enumerate((portrait, wall, wall, portrait))] == [
        True,
        False,
        False,
        True,
    ]


def test_counts_the_faces_about_once_a_second(finder: LiteRtFace, portrait: Image) -> None:
    one, two = side_by_side(portrait, 1.0, 0.0), side_by_side(portrait, 1.0, 0.9)
    shown = ((one, 0.0), (two, 0.5), (two, COUNT_EVERY_S), (one, COUNT_EVERY_S + 0.5), (one, 2 * COUNT_EVERY_S))
    assert [found(finder.find(picture, t)).faces for picture, t in shown] == [1, 1, 2, 2, 1]


def test_stays_with_its_face_beside_one_like_it(finder: LiteRtFace, portrait: Image) -> None:
    finder.find(side_by_side(portrait, 0.9, 0.0), 0.0)
    assert middle_x(found(finder.find(side_by_side(portrait, 0.9, 1.0), COUNT_EVERY_S))) < 640


def test_turns_to_a_face_that_is_much_larger(finder: LiteRtFace, portrait: Image) -> None:
    finder.find(side_by_side(portrait, 0.75, 0.0), 0.0)
    assert middle_x(found(finder.find(side_by_side(portrait, 0.75, 1.0), 0.1))) < 640
    assert middle_x(found(finder.find(side_by_side(portrait, 0.75, 1.0), COUNT_EVERY_S))) > 640


def test_equal_pictures_in_equal_order_give_equal_meshes(finder: LiteRtFace) -> None:
    pictures = [studio().picture(Pose(3.0 * n, 0.0, -2.0 * n)) for n in range(4)]
    first = [found(finder.find(picture, n / 15)).points for n, picture in enumerate(pictures)]
    finder.reset()
    second = [found(finder.find(picture, n / 15)).points for n, picture in enumerate(pictures)]
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_time_that_runs_backwards_does_not_stop_the_count(finder: LiteRtFace, portrait: Image) -> None:
    finder.find(side_by_side(portrait, 1.0, 0.0), 100.0)
    assert found(finder.find(side_by_side(portrait, 1.0, 0.9), 0.0)).faces == 2


def test_says_which_engine_it_is(finder: LiteRtFace) -> None:
    assert (finder.info.capability, finder.info.name) == ("face", "litert-face-mesh")
    assert finder.info.is_first_choice


def test_a_stand_in_says_what_it_stands_in_for() -> None:
    info = LiteRtFace(*PATHS, why_not_first="the other one is not here").info
    assert info.detail.endswith("; the other one is not here")
    assert not info.is_first_choice


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="models pull"):
        LiteRtFace(PATHS[0], tmp_path / "gone.tflite", PATHS[2])


@pytest.mark.parametrize("content", [b"", b"no network" * 100])
def test_broken_weights_are_an_engine_that_is_unavailable(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(content)
    with pytest.raises(EngineUnavailable):
        LiteRtFace(PATHS[0], broken, PATHS[2])
