"""What a candidate who looks at their own picture is advised to do."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import FaceObservation
from greenroom.records import Trouble
from greenroom.seeing.framing import HOLD_S, Advice, Framing, advice, follow
from greenroom.seeing.presence import BRIGHT, DARK, FAR_HEIGHT, NEAR_HEIGHT, Box
from greenroom.server import protocol

PERIOD_S = 1 / 15


def at(x: float = 0.5, y: float = 0.5, height: float = 0.4, width: float = 0.25) -> Box:
    """A face whose centre lies there in the camera's picture."""
    return x - width / 2, y - height / 2, width, height


def seen(box: Box | None = None, *, t: float = 0.0, faces: int = 1, light: float | None = 0.5,
         trouble: Trouble = "") -> FaceObservation:
    return FaceObservation(t=t, t_known=t, frame=0, faces=faces, box=box, brightness=light, trouble=trouble)


@pytest.mark.parametrize(("picture", "told"), [
    (seen(at()), "good"),
    (seen(at(), light=None), "good"),
    (seen(None, faces=0), "nobody"),
    (seen(at(), faces=0), "nobody"),  # a picture of a face
    (seen(at(), faces=2), "several"),
    (seen(at(), light=DARK - 0.01), "dark"),
    (seen(None, faces=0, light=DARK - 0.01), "dark"),
    (seen(at(), light=BRIGHT + 0.01), "bright"),
    (seen(at(height=FAR_HEIGHT - 0.01)), "nearer"),
    (seen(at(height=NEAR_HEIGHT + 0.01)), "further"),
    (seen(None, faces=0, trouble="no_engine"), "unknown"),
    (seen(None, faces=0, light=0.01, trouble="no_engine"), "dark"),
])
def test_one_picture_asks_for_one_thing(picture: FaceObservation, told: Advice) -> None:
    assert advice(picture) == told


@pytest.mark.parametrize(("x", "y", "told"), [
    (0.25, 0.5, "left"),  # left in the camera's picture is right in the mirror
    (0.75, 0.5, "right"),
    (0.5, 0.25, "down"),
    (0.5, 0.75, "up"),
    (0.3, 0.75, "up"),
    (0.25, 0.7, "left"),
    (0.4, 0.6, "good"),
])
def test_directions_are_those_in_which_the_candidate_has_to_move(x: float, y: float, told: Advice) -> None:
    assert advice(seen(at(x, y, height=0.3, width=0.2))) == told


def test_a_large_face_is_kept_off_the_edge() -> None:
    assert advice(seen(at(0.5, 0.5, height=0.7))) == "good"
    assert advice(seen(at(0.5, 0.35, height=0.7))) == "down"


def test_what_is_told_stands_until_the_limit_is_clearly_passed() -> None:
    assert advice(seen(at(height=FAR_HEIGHT * 1.1))) == "good"
    assert advice(seen(at(height=FAR_HEIGHT * 1.1)), "nearer") == "nearer"
    assert advice(seen(at(height=FAR_HEIGHT * 1.2)), "nearer") == "good"
    assert advice(seen(at(0.35))) == "good"
    assert advice(seen(at(0.35)), "left") == "left"
    assert advice(seen(at(0.37)), "left") == "good"


def told_by(pictures: list[FaceObservation]) -> list[Advice]:
    framing: Framing | None = None
    told: list[Advice] = []
    for picture in pictures:
        framing = follow(framing, picture)
        told.append(framing.told)
    return told


def test_another_advice_has_to_hold_before_it_is_told() -> None:
    shaky = [seen(at(0.2 if n % 6 == 3 else 0.5), t=n * PERIOD_S) for n in range(60)]
    assert set(told_by(shaky)) == {"good"}
    moved = [seen(at(0.5 if n < 15 else 0.2), t=n * PERIOD_S) for n in range(60)]
    first = told_by(moved).index("left")
    assert moved[first].t - moved[15].t == pytest.approx(HOLD_S, abs=PERIOD_S + 1e-9)
    assert set(told_by(moved)[first:]) == {"left"}


@given(st.lists(st.tuples(st.floats(0.0, 0.4), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(0, 3),
                          st.floats(0, 1)), min_size=1, max_size=40))
def test_no_two_advices_come_in_quick_succession(moves: list[tuple[float, float, float, float, int, float]]) -> None:
    framing: Framing | None = None
    t = changed_t = 0.0
    for step_s, x, y, height, faces, light in moves:
        t += step_s
        before, framing = framing, follow(framing, seen(at(x, y, height, height), t=t, faces=faces, light=light))
        assert framing.told in get_args(Advice)
        if before is not None and framing.told != before.told:
            assert t - changed_t >= HOLD_S - 1e-9
            changed_t = t


def test_the_kiosk_is_told_in_the_same_words() -> None:
    assert get_args(Advice) == get_args(protocol.Framing)
