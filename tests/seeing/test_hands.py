from __future__ import annotations

import numpy as np
import pytest

from greenroom.ports import Body, FaceMesh, Hand
from greenroom.records import SeenObject
from greenroom.seeing.bodies import MOUTH, ROWS
from greenroom.seeing.hands import PHONE, SIDE_FACES, SURE, UNSURE, Mouth, at_mouth, mouth_of, phone_in_hand
from greenroom.seeing.hands_litert import LiteRtHands
from greenroom.world.shot import Shot
from greenroom.world.studio import ShotRenderer
from seeing.sitters import Frame, frame, needs_body, new_hands, with_hand

LIPS = Mouth(320.0, 240.0, 120.0)


def hand(x: float, y: float, score: float = 0.9, size: float = 40.0) -> Hand:
    ways = np.linspace(0.0, 2.0 * np.pi, 21)
    return Hand((np.stack([x + size * np.cos(ways), y + size * np.sin(ways)], axis=1)).astype(np.float32), score)


def body(visible: dict[int, tuple[float, float]]) -> Body:
    points, shown = np.zeros((ROWS, 2), np.float32), np.zeros(ROWS, np.float32)
    for row, place in visible.items():
        points[row], shown[row] = place, 0.9
    return Body(points, shown, 0.9, (640, 480))


def phone(x: float, y: float, score: float = 0.8, label: str = PHONE) -> SeenObject:
    return SeenObject(label=label, score=score, box=(x, y, 0.1, 0.15))


def test_a_hand_whose_outline_holds_the_mouth_is_before_it() -> None:
    assert at_mouth(hand(320.0, 250.0), LIPS) is True
    assert at_mouth(hand(375.0, 240.0), LIPS) is True
    assert at_mouth(hand(440.0, 240.0), LIPS) is False
    assert at_mouth(None, LIPS) is False


def test_what_may_be_a_hand_is_no_answer() -> None:
    assert at_mouth(hand(320.0, 250.0, (SURE + UNSURE) / 2), LIPS) is None
    assert at_mouth(hand(440.0, 240.0, (SURE + UNSURE) / 2), LIPS) is False
    assert at_mouth(hand(320.0, 250.0, UNSURE / 2), LIPS) is False
    assert at_mouth(hand(320.0, 250.0), LIPS._replace(face_px=30.0)) is None


def test_the_mouth_is_that_of_the_face_else_that_of_the_body() -> None:
    points = np.zeros((478, 3), np.float32)
    points[[13, 14], :2], points[234, :2], points[454, :2] = (100.0, 120.0), (60.0, 90.0), (140.0, 90.0)
    mesh = FaceMesh(points, 0.9, (640, 480))
    seen = body({MOUTH[0]: (330.0, 200.0), MOUTH[1]: (310.0, 200.0)})
    assert mouth_of(mesh, seen) == Mouth(100.0, 120.0, 80.0)
    assert mouth_of(None, seen) == pytest.approx((320.0, 200.0, 60.0))
    assert mouth_of(None, body({})) is None
    assert mouth_of(None, None) is None


def test_a_phone_is_in_a_hand_that_it_touches() -> None:
    holding = body({19: (0.55 * 640, 0.65 * 480)})
    assert phone_in_hand([phone(0.5, 0.6)], holding)
    assert not phone_in_hand([phone(0.1, 0.6)], holding)
    assert not phone_in_hand([phone(0.5, 0.6, label="book")], holding)
    assert not phone_in_hand([phone(0.5, 0.6, score=0.2)], holding)


def test_without_a_hand_to_be_seen_nobody_knows_who_holds_a_phone() -> None:
    for nobody in (None, body({})):
        assert phone_in_hand([phone(0.5, 0.6)], nobody) is None
        assert phone_in_hand([], nobody) is False
        assert phone_in_hand([phone(0.5, 0.6, label="book")], nobody) is False


# --- with the networks ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finder() -> LiteRtHands:
    return new_hands()


def answer(finder: LiteRtHands, shown: Frame) -> bool | None:
    mouth = Mouth(*shown.mouth, shown.face_px)
    return at_mouth(finder.find(shown.picture, shown.mouth, SIDE_FACES * shown.face_px), mouth)


@needs_body
def test_sees_most_hands_that_are_drawn_before_the_mouth(finder: LiteRtHands) -> None:
    answers = []
    for scale in (1.0, 1.6):
        shown = frame(scale)
        x, y = shown.mouth
        for turn_deg in (-70.0, -35.0, 0.0, 35.0, 70.0):
            covered = with_hand(shown, (x, y + 0.15 * shown.face_px), 0.3 * shown.face_px, turn_deg)
            answers.append(answer(finder, shown._replace(picture=covered)))
    assert answers.count(True) >= 8


@needs_body
def test_a_hand_beside_the_face_is_not_before_the_mouth(finder: LiteRtHands) -> None:
    shown = frame(1.6)
    x, y = shown.mouth
    raised = with_hand(shown, (x + 1.3 * shown.face_px, y), 0.45 * shown.face_px, 10.0)
    assert answer(finder, shown._replace(picture=raised)) is False


@needs_body
def test_a_face_that_speaks_turns_and_is_badly_lit_has_no_hand_before_it(finder: LiteRtHands) -> None:
    renderer = ShotRenderer()
    shots = [
        Shot(mouth=mouth, yaw_deg=yaw_deg, scale=scale, brightness=brightness, noise=noise, side_light=side_light)
        for mouth, yaw_deg, scale, brightness, noise, side_light in (
            (0.0, 0.0, 1.0, 1.0, 0.0, 0.0), (0.5, 20.0, 0.6, 1.0, 0.0, 0.7), (1.0, -20.0, 0.8, 0.4, 4.0, 0.0),
            (1.0, 0.0, 1.2, 0.25, 8.0, 0.0), (0.3, 30.0, 0.45, 1.5, 0.0, -0.7), (0.0, -30.0, 0.7, 0.6, 0.0, 0.0),
        )
    ]
    for shot in shots:
        lips = renderer.landmarks(shot)
        x, y = lips[[13, 14]].mean(axis=0)
        width = float(np.hypot(*(lips[454] - lips[234])))
        assert answer(finder, Frame(renderer.render(shot), (float(x), float(y)), width)) is not True
