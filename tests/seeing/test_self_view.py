"""The candidate's own picture: small, mirrored, bounded, and none at all while it is off."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from greenroom.ports import Image
from greenroom.seeing.self_view import MAX_BYTES, RATE_HZ, SIDE_PX, SelfView, small_mirrored

PICTURE = np.full((480, 640, 3), 90, np.uint8)


def shown(picture: Image) -> Image:
    """What a browser shows, as RGB."""
    data = small_mirrored(picture)
    assert data is not None
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded[..., ::-1].astype(np.uint8)


@pytest.mark.parametrize(("size", "small"), [
    ((480, 640), (240, 320)), ((1080, 1920), (180, 320)), ((640, 480), (320, 240)), ((120, 160), (120, 160)),
    ((1, 5000), (1, 320)),
])
def test_it_is_small(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert shown(np.full((*size, 3), 90, np.uint8)).shape == (*small, 3)


def test_it_is_as_in_a_mirror_and_keeps_its_colours() -> None:
    picture = PICTURE.copy()
    picture[:, :320] = (200, 20, 20)
    mirrored = shown(picture)
    assert mirrored[120, 300].tolist() == pytest.approx([200, 20, 20], abs=8)
    assert mirrored[120, 20].tolist() == pytest.approx([90, 90, 90], abs=8)


def test_the_worst_of_pictures_is_not_larger_than_stated() -> None:
    random = np.random.default_rng(1)
    worst = random.choice(np.array([0, 255], np.uint8), (SIDE_PX, SIDE_PX, 3))
    data = small_mirrored(worst)
    assert data is not None
    assert MAX_BYTES / 2 < len(data) <= MAX_BYTES


def test_there_is_none_until_it_is_switched_on_nor_afterwards() -> None:
    view = SelfView()
    assert view.jpeg(PICTURE, 0.0) is None
    view.switch(is_on=True)
    assert view.jpeg(PICTURE, 0.1) is not None
    view.switch(is_on=False)
    assert view.jpeg(PICTURE, 9.0) is None
    assert not any(isinstance(value, np.ndarray | bytes) for value in vars(view).values())


@pytest.mark.parametrize("camera_hz", [5.0, 10.0, 15.0, 30.0, 60.0])
def test_it_comes_ten_times_a_second_at_most_and_no_less_often_than_it_can(camera_hz: float) -> None:
    view = SelfView()
    view.switch(is_on=True)
    taken = [view.jpeg(PICTURE, n / camera_hz) for n in range(int(4 * camera_hz))]
    assert len([data for data in taken if data]) == pytest.approx(4 * min(camera_hz, RATE_HZ), abs=1)
