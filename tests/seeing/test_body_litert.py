from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from greenroom.errors import EngineUnavailable, ModelMissing
from greenroom.seeing.bodies import LEFT_SHOULDER, MOUTH, RIGHT_SHOULDER
from greenroom.seeing.body_litert import DETECTOR_FILE, LiteRtBody
from greenroom.seeing.posture import Build, build_of, middle_of, posture
from seeing.sitters import BODY_PATHS, SIZE, Frame, found, frame, needs_body, new_body

pytestmark = needs_body


@pytest.fixture(scope="module")
def engine() -> LiteRtBody:
    return new_body()


@pytest.fixture
def finder(engine: LiteRtBody) -> LiteRtBody:
    engine.reset()
    return engine


def build(finder: LiteRtBody, shown: Frame) -> Build:
    """What three looks at a body that has just sat down tell."""
    finder.reset()
    seen = [build_of(finder.find(shown.picture, n / 2)) for n in range(3)]
    return middle_of([build for build in seen if isinstance(build, Build)])


@pytest.fixture(scope="module")
def rest(engine: LiteRtBody) -> Build:
    return build(engine, frame())


def test_finds_the_sitters_landmarks_where_they_are(finder: LiteRtBody) -> None:
    shown = frame()
    body = found(finder.find(shown.picture, 0.0))
    assert body.points.shape == (25, 2)
    assert body.visibility.shape == (25,)
    assert (body.size, body.score > 0.9) == (SIZE, True)
    assert np.hypot(*(body.points[list(MOUTH)].mean(axis=0) - shown.mouth)) < 0.2 * shown.face_px
    assert body.points[RIGHT_SHOULDER, 0] < shown.mouth[0] < body.points[LEFT_SHOULDER, 0]
    assert body.visibility[[LEFT_SHOULDER, RIGHT_SHOULDER]].min() > 0.9


def test_sees_nobody_in_an_empty_room_or_in_noise(finder: LiteRtBody) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (480, 640, 3)).astype(np.uint8)
    for picture in (noise, np.zeros((480, 640, 3), np.uint8)):
        assert finder.find(picture, 0.0) is None


@pytest.mark.parametrize("turn_deg", [-10.0, -5.0, 5.0, 10.0])
def test_a_tilt_in_the_plane_comes_back_within_two_degrees(finder: LiteRtBody, rest: Build, turn_deg: float) -> None:
    assert build(finder, frame(turn_deg=turn_deg)).tilt_deg - rest.tilt_deg == pytest.approx(turn_deg, abs=2.0)


def test_a_sitter_who_leans_nearer_looks_wider_by_as_much(finder: LiteRtBody, rest: Build) -> None:
    for scale in (0.8, 1.25):
        assert posture(build(finder, frame(scale)), rest).nearness == pytest.approx(scale - 1.0, abs=0.08)


def test_a_head_that_sinks_is_lowered_by_as_much(finder: LiteRtBody, rest: Build) -> None:
    for down_px in (-20.0, 30.0):
        seen = posture(build(finder, frame(shift=(0.0, down_px))), rest)
        assert seen.lowered == pytest.approx(down_px / (rest.width * SIZE[1]), abs=0.05)


def test_follows_a_body_that_moves_and_lets_go_of_one_that_is_gone(finder: LiteRtBody) -> None:
    start = found(finder.find(frame().picture, 0.0)).points[0, 0]
    for n in range(1, 5):
        body = found(finder.find(frame(shift=(25.0 * n, 0.0)).picture, n / 2))
        assert body.points[0, 0] - start == pytest.approx(25.0 * n, abs=10.0)
    assert finder.find(np.zeros((480, 640, 3), np.uint8), 3.0) is None


def test_the_same_pictures_give_the_same_bodies(finder: LiteRtBody) -> None:
    picture = frame().picture
    first = found(finder.find(picture, 0.0))
    finder.reset()
    again = found(finder.find(picture, 0.0))
    assert np.array_equal(first.points, again.points)
    assert np.array_equal(first.visibility, again.visibility)


def test_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        LiteRtBody(tmp_path / DETECTOR_FILE, BODY_PATHS[1])
    (tmp_path / DETECTOR_FILE).write_bytes(b"no network")
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        LiteRtBody(tmp_path / DETECTOR_FILE, BODY_PATHS[1])
