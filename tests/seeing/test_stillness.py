from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.ports import FaceMesh
from greenroom.seeing.doubt import PICTURE
from greenroom.seeing.observe import observe
from greenroom.seeing.stillness import WATCH_S, Stillness, watch
from greenroom.world.motion import Motion, next_scene
from greenroom.world.portrait import PortraitRenderer
from greenroom.world.shot import Other, Shot
from greenroom.world.studio import ShotRenderer
from seeing.faces import mesh_at, needs_face, neutral, new_finder, with_lids

RATE_HZ = 15


def watched(meshes: list[FaceMesh | None], rate_hz: float = RATE_HZ) -> list[bool | None]:
    still: Stillness | None = None
    told = []
    for n, mesh in enumerate(meshes):
        still = watch(still, mesh, n / rate_hz)
        told.append(None if still is None else still.is_living)
    return told


def shaken(mesh: FaceMesh, seed: int, share: float = 0.0015) -> FaceMesh:
    """Every point off by a share of the face's width, as a camera's noise does."""
    width = float(np.ptp(mesh.points[:468, 0]))
    noise = np.random.default_rng(seed).normal(0.0, share * width, mesh.points.shape).astype(np.float32)
    return mesh._replace(points=mesh.points + noise)


def poster(seconds: float) -> list[FaceMesh | None]:
    return [shaken(mesh_at(), n) for n in range(round(seconds * RATE_HZ))]


def test_a_face_that_never_moves_is_a_picture_after_a_while_and_unknown_before() -> None:
    told = watched(poster(WATCH_S + 2.0))
    assert told[int(WATCH_S * RATE_HZ) - 2] is None
    assert set(told[int(WATCH_S * RATE_HZ) + 1:]) == {False}


@needs_face
def test_a_poster_before_a_noisy_camera_is_a_picture_and_the_drawn_candidate_is_not() -> None:
    finder, draw, rate_hz = new_finder(), np.random.default_rng(1), 8
    wall = Shot(is_present=False, others=(Other(kind="poster", scale=0.7, shift_x=0.0, shift_y=0.0),))
    print_ = ShotRenderer().render(wall).astype(np.float32)
    portrait, motion = PortraitRenderer(), Motion()
    shown: list[FaceMesh | None] = []
    alive: list[FaceMesh | None] = []
    for n in range(round((WATCH_S + 1.5) * rate_hz)):
        noisy = print_ + 4.0 * draw.standard_normal(print_.shape, np.float32)
        shown.append(finder.find(np.clip(noisy, 0, 255).astype(np.uint8), n / rate_hz))
    finder.reset()
    for n in range(round((WATCH_S + 1.5) * rate_hz)):
        motion, scene = next_scene(motion, 1, n / rate_hz, "attentive", -60.0)
        alive.append(finder.find(portrait.render(scene), n / rate_hz))
    assert watched(shown, rate_hz)[-1] is False
    assert True not in watched(shown, rate_hz)
    assert False not in watched(alive, rate_hz)


def test_a_blink_is_life() -> None:
    meshes = poster(WATCH_S + 2.0)
    meshes[100:103] = [with_lids(mesh_at(), 0.3)] * 3
    told = watched(meshes)
    assert told[105] is True
    assert False not in told


def test_a_head_that_sways_by_two_millimetres_is_life() -> None:
    width = float(np.ptp(mesh_at().points[:468, 0]))
    sway = [0.014 / 2 * width * np.sin(2 * np.pi * n / RATE_HZ / 5.0) for n in range(20 * RATE_HZ)]
    assert False not in watched([shaken(mesh_at(shift_px=float(px)), n) for n, px in enumerate(sway)])


def test_a_picture_that_comes_to_life_is_a_person_at_once() -> None:
    meshes = [*poster(WATCH_S + 1.0), *([mesh_at(shift_px=9.0)] * (3 * RATE_HZ))]
    told = watched(meshes)
    assert False in told
    assert told[-1] is True


def test_a_face_that_was_gone_begins_anew() -> None:
    told = watched([*poster(WATCH_S + 1.0), *([None] * (2 * RATE_HZ)), *poster(1.0)])
    assert told[-1] is None
    assert False in told


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-40.0, 40.0)), max_size=60))
def test_nothing_is_called_a_picture_before_its_time(shifts: list[float | None]) -> None:
    meshes = [None if px is None else mesh_at(shift_px=px) for px in shifts]
    assert False not in watched(meshes, rate_hz=5.0)


def test_a_picture_of_a_face_is_not_counted_and_has_no_numbers() -> None:
    seen = observe(mesh_at(faces=2), 0.5, neutral(), 0, 0.0, 0.0, is_living=False)
    assert (seen.faces, seen.is_living, seen.reason) == (1, False, PICTURE)
    numbers = (seen.yaw_deg, seen.pitch_deg, seen.roll_deg, seen.gaze_yaw_deg, seen.is_eye_contact, seen.is_blinking)
    assert numbers == (None,) * 6


@pytest.mark.parametrize("is_living", [True, None])
def test_a_person_or_a_face_not_yet_known_is_judged(is_living: bool | None) -> None:
    seen = observe(mesh_at(), 0.5, neutral(), 0, 0.0, 0.0, is_living=is_living)
    assert (seen.faces, seen.is_living) == (1, is_living)
    assert seen.yaw_deg is not None
