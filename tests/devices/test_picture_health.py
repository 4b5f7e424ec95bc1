from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import greenroom.world
from devices.filming import always_the_same, black, covered, noise
from greenroom.devices.picture_health import BLACK_S, COVERED_S, FROZEN_S, PictureHealth
from greenroom.ports import Image

PORTRAIT = Path(greenroom.world.__file__).parent / "assets" / "portrait.jpg"
STEP_S = 0.1


def see(health: PictureHealth, render: Callable[[float], Image], from_t: float, to_t: float) -> None:
    for n in range(round((to_t - from_t) / STEP_S) + 1):
        health.see(render(from_t + n * STEP_S), from_t + n * STEP_S)


def verdict(health: PictureHealth) -> str:
    """Exactly one, or "fine"."""
    said = [name for name in ("frozen", "black", "covered") if getattr(health, f"is_{name}")]
    assert len(said) <= 1
    return said[0] if said else "fine"


def after(render: Callable[[float], Image], seconds: float = 3.0) -> str:
    health = PictureHealth()
    see(health, render, 0.0, seconds)
    return verdict(health)


@pytest.mark.parametrize(("render", "fault", "limit_s"), [
    (always_the_same, "frozen", FROZEN_S), (black, "black", BLACK_S), (covered, "covered", COVERED_S)])
def test_a_fault_is_told_within_two_seconds_and_ends_with_it(
    render: Callable[[float], Image], fault: str, limit_s: float
) -> None:
    health = PictureHealth()
    see(health, noise, 0.0, 1.0)
    see(health, render, 1.1, 1.0 + limit_s - 2 * STEP_S)
    assert verdict(health) == "fine"
    see(health, render, 1.0 + limit_s - STEP_S, 3.0)
    assert verdict(health) == fault
    see(health, noise, 3.1, 4.0)
    assert verdict(health) == "fine"


def test_a_cap_over_the_lens_that_gives_the_very_same_picture_is_not_frozen() -> None:
    assert after(black, 10.0) == "black"
    assert after(lambda _: np.full((120, 160, 3), 25, np.uint8), 10.0) == "covered"


def test_a_dark_room_with_a_lit_corner_is_not_black() -> None:
    def lamp(t: float) -> Image:
        picture = black(t)
        picture[:40, :40] = 200
        picture[50:54, 50:54] = round(t * 10) % 200
        return picture

    assert after(lamp, 5.0) == "fine"


# --- nothing to see, or little -------------------------------------------------------------------


def filmed(picture: np.ndarray[tuple[int, ...], np.dtype[np.float64]], noise_rms: float) -> Callable[[float], Image]:
    def render(t: float) -> Image:
        grain = np.random.default_rng(round(t * 1e6)).normal(0.0, noise_rms, picture.shape)
        return np.clip(picture + grain, 0, 255).astype(np.uint8)

    return render


def portrait(light: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    picture = cv2.imread(str(PORTRAIT))
    assert picture is not None
    return cv2.resize(picture, (320, 240)).astype(np.float64) * light


@pytest.mark.parametrize("noise_rms", [1.0, 5.0, 10.0])
@pytest.mark.parametrize("light", [1.0, 0.3, 0.05])
def test_a_candidate_is_something_to_see_even_in_little_light(light: float, noise_rms: float) -> None:
    assert after(filmed(portrait(light), noise_rms)) == "fine"


def test_a_wall_with_the_edge_of_a_chair_is_something_to_see() -> None:
    wall = np.full((240, 320, 3), 120.0)
    wall[150:, 100:220] -= 8.0
    assert after(filmed(wall, 2.0)) == "fine"


@pytest.mark.parametrize("noise_rms", [0.5, 2.0, 10.0])
@pytest.mark.parametrize("kind", ["tape", "tape with light at one side", "thumb", "paper"])
def test_what_lies_on_the_lens_shows_nothing(kind: str, noise_rms: float) -> None:
    across = np.linspace(0.0, 1.0, 320)[np.newaxis, :, np.newaxis]
    pictures = {
        "tape": np.full((240, 320, 3), 12.0),
        "tape with light at one side": np.broadcast_to(10 + 50 * np.exp(-(1 - across) * 320 / 60), (240, 320, 3)),
        "thumb": (20 + 100 * across) * np.array([0.1, 0.3, 1.0]) * np.ones((240, 1, 1)),
        "paper": np.full((240, 320, 3), 200.0),
    }
    assert after(filmed(pictures[kind], noise_rms)) == "covered"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), min_size=1, max_size=6))
def test_pictures_of_any_size_are_judged(sizes: list[tuple[int, int]]) -> None:
    health = PictureHealth()
    for n, (height, width) in enumerate(sizes):
        health.see(np.random.default_rng(n).integers(0, 255, (height, width, 3), np.uint8), n / 10)
    assert not health.is_frozen
