"""Shots: each effect does what it says, and the truth of a picture is true."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from greenroom.ports import Image
from greenroom.seeing.head_pose import Pose, rotation
from greenroom.world.portrait import PortraitRenderer
from greenroom.world.shot import CROPS, LIGHTS, Other, Shot
from greenroom.world.studio import ShotRenderer

REST = Shot()
EYES = [33, 133, 362, 263]


@pytest.fixture(scope="module")
def renderer() -> ShotRenderer:
    return ShotRenderer()


def grey(picture: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(picture.mean(axis=2), np.float64)


def sharpness(picture: Image) -> float:
    return float(np.abs(np.diff(grey(picture), axis=1)).mean())


def around(picture: Image, x: float, y: float, reach: int = 6) -> Image:
    return picture[round(y) - reach : round(y) + reach + 1, round(x) - reach : round(x) + reach + 1]


@pytest.mark.parametrize(
    "shot",
    [REST, Shot(noise=8.0, seed=3), Shot(jpeg_quality=30, blur_px=1.5, occlusion="fringe"), Shot(others=(Other(),))],
)
def test_equal_shots_give_equal_pictures(renderer: ShotRenderer, shot: Shot) -> None:
    picture = renderer.render(shot)
    renderer.render(Shot(yaw_deg=9.0))
    assert np.array_equal(picture, renderer.render(msgspec.json.decode(msgspec.json.encode(shot), type=Shot)))
    assert np.array_equal(picture, ShotRenderer().render(shot))


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (320, 240), (480, 640)])
def test_pictures_have_the_size_asked_for_and_the_face_where_the_landmarks_say(
    renderer: ShotRenderer, size: tuple[int, int]
) -> None:
    shot = Shot(width=size[0], height=size[1], gaze_yaw_deg=5.0)
    picture = renderer.render(shot)
    assert picture.shape == (size[1], size[0], 3)
    for x, y in renderer.irises(shot):
        assert around(picture, x, y, 2).mean() < 0.8 * around(picture, x, y + 0.06 * size[1], 2).mean(), "iris on cheek"


def test_a_nearer_face_is_larger_and_a_shift_moves_it(renderer: ShotRenderer) -> None:
    def spread(shot: Shot) -> float:
        points = renderer.landmarks(shot)
        return float(np.linalg.norm(points[263] - points[33]))

    assert spread(Shot(scale=1.5)) == pytest.approx(1.5 * spread(REST), rel=0.01)
    moved = renderer.landmarks(Shot(shift_x=0.1, shift_y=-0.05)) - renderer.landmarks(REST)
    assert moved == pytest.approx(np.tile([64.0, -24.0], (478, 1)), abs=1.0)


def test_the_drawn_surface_carries_the_mesh_to_its_projection() -> None:
    """A point of the mesh comes from where it was, unless something of the head hides it."""
    renderer = PortraitRenderer()
    off = []
    for pose in (Pose(30.0, 0.0, 0.0), Pose(-25.0, 15.0, 10.0), Pose(10.0, -20.0, -15.0)):
        by = renderer._shifts(rotation(pose))
        at = renderer.project(pose)[:468]
        columns, rows = ((at[:, axis] + 0.5) / 4 - 0.5 for axis in range(2))
        cells = (np.clip(np.round(rows), 0, 119).astype(int), np.clip(np.round(columns), 0, 159).astype(int))
        off += [np.abs(at[:, axis] + by[axis][cells] - renderer._points[:468, axis]) for axis in range(2)]
    assert np.median(off) < 0.5


@pytest.mark.parametrize("gaze", [(-15.0, 0.0), (15.0, 0.0), (0.0, 15.0), (10.0, -10.0)])
@pytest.mark.parametrize("yaw", [0.0, 15.0, -15.0])
def test_irises_are_drawn_where_the_eyeballs_have_them(
    renderer: ShotRenderer, gaze: tuple[float, float], yaw: float
) -> None:
    shot = Shot(yaw_deg=yaw, gaze_yaw_deg=gaze[0], gaze_pitch_deg=gaze[1], scale=1.5)
    picture = 255.0 - grey(renderer.render(shot))
    for x, y in renderer.irises(shot):
        rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
        # What the lids leave of the disc lies about its level, so only the columns tell.
        near = (np.hypot(columns - x, rows - y) < 16) & (np.abs(rows - y) < 5)
        dark = np.where(near, np.clip(picture - np.percentile(picture[near], 60), 0, None), 0.0)
        assert (dark * columns).sum() / dark.sum() == pytest.approx(x, abs=3.0)


def test_eyes_shift_as_on_a_ball_of_12_mm(renderer: ShotRenderer) -> None:
    radius = 8.55
    shift = renderer.irises(Shot(gaze_yaw_deg=25.0)) - renderer.irises(REST)
    assert shift[:, 0] == pytest.approx(radius / 5.85 * 10.5 * np.sin(np.radians(25.0)), rel=0.05)
    assert np.abs(shift[:, 1]).max() < 0.2


def test_lids_follow_the_eye_up_and_down(renderer: ShotRenderer) -> None:
    x, y = renderer.irises(REST)[0]

    def dark(pitch_deg: float) -> float:
        """Row of the lash line over the iris: the darkest step from the skin down."""
        column = grey(renderer.render(Shot(gaze_pitch_deg=pitch_deg)))[round(y) - 25 : round(y) + 12, round(x)]
        return float(np.diff(column).argmin())

    assert dark(20.0) < dark(0.0) < dark(-20.0)


def test_a_closed_eye_shows_no_iris(renderer: ShotRenderer) -> None:
    x, y = renderer.irises(REST)[0]
    closed, opened = (renderer.render(Shot(eyelids=lids)) for lids in (0.0, 1.0))
    assert around(closed, x, y, 2).mean() > 1.3 * around(opened, x, y, 2).mean()


def test_mirroring_flips_the_picture_and_its_truth(renderer: ShotRenderer) -> None:
    shot = Shot(yaw_deg=12.0, pitch_deg=5.0, roll_deg=8.0, gaze_yaw_deg=-10.0, gaze_pitch_deg=4.0)
    mirror = replace(shot, is_mirrored=True)
    assert np.array_equal(renderer.render(mirror), renderer.render(shot)[:, ::-1])
    plain, flipped = renderer.truth(shot), renderer.truth(mirror)
    assert plain is not None
    assert flipped is not None
    assert flipped.pose == pytest.approx((-plain.pose.yaw_deg, plain.pose.pitch_deg, -plain.pose.roll_deg))
    for name in ("gaze", "sight", "off_lens"):
        yaw, pitch = getattr(plain, name)
        assert getattr(flipped, name) == pytest.approx((-yaw, pitch))
    assert renderer.irises(mirror)[:, 0] == pytest.approx(639 - renderer.irises(shot)[::-1, 0])


angles = st.floats(-30, 30)


@settings(max_examples=50, deadline=None)
@given(angles, angles, st.floats(-25, 25), st.floats(-20, 20))
def test_sight_is_head_and_eyes_together(yaw: float, pitch: float, gaze_yaw: float, gaze_pitch: float) -> None:
    shot = Shot(yaw_deg=yaw, pitch_deg=pitch, gaze_yaw_deg=gaze_yaw, gaze_pitch_deg=gaze_pitch)
    truth = SHARED.truth(shot)
    assert truth is not None
    assert truth.pose == pytest.approx((yaw, pitch, 0.0), abs=1e-6)
    assert truth.gaze == (gaze_yaw, gaze_pitch)
    x, y, z = -(rotation(truth.pose) @ rotation(Pose(gaze_yaw, gaze_pitch, 0.0)))[:, 2]
    assert truth.sight == pytest.approx((np.degrees(np.arctan2(x, -z)), np.degrees(np.arcsin(-y))), abs=1e-6)


SHARED = ShotRenderer()


@pytest.mark.parametrize("yaw", [-20.0, 20.0])
def test_a_head_that_turns_about_its_neck_misses_the_lens_by_more_than_it_turned(yaw: float) -> None:
    truth = SHARED.truth(Shot(yaw_deg=yaw))
    assert truth is not None
    assert 1.1 < truth.seen.yaw_deg / yaw < 1.25
    assert truth.off_lens[0] == pytest.approx(truth.seen.yaw_deg, abs=0.5)


def test_place_size_and_spoiling_leave_the_truth_alone(renderer: ShotRenderer) -> None:
    shot = Shot(yaw_deg=9.0, gaze_yaw_deg=-4.0)
    changed = replace(shot, **CROPS["far, to the left"], **LIGHTS["dim, warm, from the side"], width=1280, height=720)
    assert renderer.truth(changed) == renderer.truth(shot)


def test_nothing_is_claimed_of_nobody_and_of_a_profile(renderer: ShotRenderer) -> None:
    assert renderer.truth(Shot(is_present=False)) is None
    assert renderer.truth(Shot(is_profile=True)) is None


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_profile_lacks_the_far_half_of_the_face(renderer: ShotRenderer, side: float) -> None:
    wall = renderer.render(Shot(is_present=False)).astype(float)
    picture = renderer.render(Shot(is_profile=True, yaw_deg=side))
    band = (slice(220, 260), slice(520, 600) if side > 0 else slice(40, 120))
    assert np.abs(picture[band] - wall[band]).mean() < 25
    brow = renderer.landmarks(Shot(is_profile=True, yaw_deg=side))[[105, 334]]
    assert np.ptp(brow[:, 0]) > 20


def test_upside_down_is_the_picture_turned_over(renderer: ShotRenderer) -> None:
    over = Shot(is_upside_down=True)
    assert np.array_equal(renderer.render(over), renderer.render(REST)[::-1, ::-1])
    truth = renderer.truth(over)
    assert truth is not None
    assert abs(truth.pose.roll_deg) == pytest.approx(180.0)


def test_light_does_what_it_says(renderer: ShotRenderer) -> None:
    rest = renderer.render(REST)
    assert renderer.render(Shot(brightness=0.1)).mean() == pytest.approx(0.1 * rest.mean(), rel=0.05)
    assert (renderer.render(Shot(brightness=3.0)) == 255).mean() > 0.5
    assert renderer.render(Shot(contrast=0.5)).std() == pytest.approx(0.5 * rest.std(), rel=0.05)
    warm = renderer.render(Shot(warmth=1.0)).mean(axis=(0, 1))
    assert warm[0] / warm[2] > 1.2 * rest[..., 0].mean() / rest[..., 2].mean()
    aside = renderer.render(Shot(side_light=0.8))
    assert aside[:, -40:].mean() < 0.4 * rest[:, -40:].mean()
    assert aside[:, :40].mean() > 0.9 * rest[:, :40].mean()


def test_blur_and_motion_soften_and_noise_roughens(renderer: ShotRenderer) -> None:
    rest = sharpness(renderer.render(REST))
    assert sharpness(renderer.render(Shot(blur_px=3.0))) < 0.6 * rest
    along, down = (sharpness(renderer.render(Shot(motion_px=15.0, motion_deg=way))) for way in (0.0, 90.0))
    assert along < down < rest
    noisy = renderer.render(Shot(noise=5.0)).astype(float) - renderer.render(REST)
    assert noisy.std() == pytest.approx(5.0, rel=0.1)
    assert not np.array_equal(renderer.render(Shot(noise=5.0)), renderer.render(Shot(noise=5.0, seed=1)))


def test_jpeg_leaves_its_marks(renderer: ShotRenderer) -> None:
    rest = renderer.render(REST).astype(float)
    coarse, fine = (np.abs(renderer.render(Shot(jpeg_quality=quality)) - rest).mean() for quality in (10, 95))
    assert coarse > 2 * fine > 0


def test_glare_whitens_the_eyes_as_strong_as_asked_and_turns_with_the_head(renderer: ShotRenderer) -> None:
    for yaw in (0.0, 15.0):
        levels = []
        for glare in (0.0, 0.5, 1.0):
            shot = Shot(yaw_deg=yaw, glare=glare)
            x, y = renderer.landmarks(shot)[[33, 133]].mean(axis=0)
            levels.append(float(around(renderer.render(shot), x + 4, y - 3, 4).mean()))
        assert levels[0] < levels[1] < levels[2]
        assert levels[2] > 230


@pytest.mark.parametrize(
    ("kind", "hidden", "seen"),
    [
        ("hand over mouth", (13, 61, 291), (33, 263, 10)),
        ("hand over eye", (33, 133), (362, 263, 13)),
        ("mask", (13, 61, 291, 1), (33, 263, 10)),
        ("fringe", (107, 336), (13, 1)),
    ],
)
def test_an_occlusion_hides_what_it_says(
    renderer: ShotRenderer, kind: str, hidden: tuple[int, ...], seen: tuple[int, ...]
) -> None:
    bare = Shot(yaw_deg=10.0)
    points = renderer.landmarks(bare)
    pair = renderer.render(bare), renderer.render(msgspec.convert({"yaw_deg": 10.0, "occlusion": kind}, Shot))

    def change(row: int) -> float:
        before, after = (around(picture, points[row, 0], points[row, 1], 3).astype(float) for picture in pair)
        return float(np.abs(after - before).mean())

    assert min(map(change, hidden)) > 10
    assert max(map(change, seen)) < 5


def test_a_poster_hangs_still_while_the_candidate_moves(renderer: ShotRenderer) -> None:
    poster = Other(kind="poster", scale=0.4, shift_x=-0.3, shift_y=-0.2)
    shots = (Shot(scale=0.7, shift_x=0.15, yaw_deg=yaw, gaze_yaw_deg=yaw, others=(poster,)) for yaw in (0.0, 15.0))
    first, second = (renderer.render(shot) for shot in shots)
    assert np.array_equal(first[:200, :180], second[:200, :180])
    bare = renderer.render(Shot(scale=0.7, shift_x=0.15))
    assert np.abs(first[:200, :180].astype(float) - bare[:200, :180]).max() > 100
    assert renderer.render(Shot(is_present=False, others=(poster,)))[:200, :180].std() > 30


def test_a_second_person_appears_beside_the_first(renderer: ShotRenderer) -> None:
    alone = Shot(scale=0.7, shift_x=-0.22)
    both = replace(alone, others=(Other(scale=0.7, shift_x=0.22, shift_y=0.0),))
    change = np.abs(renderer.render(both).astype(float) - renderer.render(alone)).max(axis=2)
    assert (change[:, 360:] > 40).mean() > 0.3
    assert (change[:, 60:280] > 40).mean() < 0.02
