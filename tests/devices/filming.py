"""Pictures for cameras to see, and ways to wait for what a camera then says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest

from greenroom.devices.camera import OpenCvCamera
from greenroom.errors import DeviceLost
from greenroom.ports import Image

T = TypeVar("T")
Picture = tuple[Image, float, int]
FOREVER_T = 1e9
LIMIT_S = 15.0


def noise(t: float) -> Image:
    """A dim room as a sensor sees it: no two pictures alike; a red square on the left."""
    picture = np.random.default_rng(round(t * 1e6)).integers(20, 60, (120, 160, 3), dtype=np.uint8)
    picture[40:80, 20:60] = (230, 30, 30)
    return picture


def black(t: float) -> Image:  # noqa: ARG001 - a shutter is black at any time
    return np.zeros((120, 160, 3), np.uint8)


def covered(t: float) -> Image:
    """A thumb on the lens: dim, red, without an edge, and a sensor that works."""
    grain = np.random.default_rng(round(t * 1e6)).integers(-3, 4, (120, 160, 3))
    glow = np.linspace(20, 60, 160)[np.newaxis, :, np.newaxis] * np.array([1.0, 0.2, 0.2])
    return np.asarray(np.clip(glow + grain, 0, 255), np.uint8)


def always_the_same(t: float) -> Image:  # noqa: ARG001 - that is what frozen means
    return noise(0.0)


class Scene:
    """What a served camera shows; may be changed while it serves."""

    def __init__(self, render: Callable[[float], Image]) -> None:
        self.render = render

    def __call__(self, t: float) -> Image:
        return self.render(t)


def eventually(ask: Callable[[], T | None]) -> T:
    """What ``ask`` gives in the end; fails when that takes impossibly long."""
    give_up_s = time.monotonic() + LIMIT_S
    while time.monotonic() < give_up_s:
        if (answer := ask()) is not None:
            return answer
        time.sleep(0.01)
    pytest.fail(f"nothing within {LIMIT_S} s")


def picture_of(camera: OpenCvCamera) -> Picture:
    return eventually(lambda: camera.newest(FOREVER_T))


def fault_of(camera: OpenCvCamera) -> DeviceLost:
    def ask() -> DeviceLost | None:
        try:
            camera.newest(FOREVER_T)
        except DeviceLost as error:
            return error
        return None

    return eventually(ask)


def state_of(camera: OpenCvCamera) -> str:
    return camera.info.state


def camera_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "camera"]
