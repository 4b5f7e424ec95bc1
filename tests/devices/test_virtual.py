"""Sound and camera of the virtual booth behave like devices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from greenroom.devices.virtual import VirtualCamera, VirtualSound
from greenroom.errors import DeviceLost, DeviceMissing
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Image, Pcm
from greenroom.world.scene import Scene
from world.worlds import World, a_world

SLICE_S = 0.032
process = pytest.mark.process


class Interviewer:
    """Fills the loudspeaker with a tone while it has something to say, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.cue = ""
        self.asked: list[tuple[int, float]] = []

    def __call__(self, samples: int, heard_t: float) -> tuple[Pcm, str]:
        self.asked.append((samples, heard_t))
        if not self.cue:
            return np.zeros(samples, np.int16), ""
        return np.full(samples, 3000, np.int16), self.cue


class Painter:
    """A picture that says which scene it was drawn from."""

    def render(self, scene: Scene) -> Image:
        return np.full((4, 4, 3), scene.frame % 256, np.uint8)


def sound_of(world: World) -> VirtualSound:
    sound = VirtualSound(world.socket)
    sound.open(world.origin_ns)
    return sound


@process
def test_as_many_samples_are_heard_as_are_played_and_on_one_timeline(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        sound, fill = sound_of(world), Interviewer()
        heard = [h for n in range(1, 40) for h in sound.exchange(n * SLICE_S, fill)]
        assert sum(len(h.pcm) for h in heard) == sum(samples for samples, _ in fill.asked)
        assert all(h.lost_samples == 0 for h in heard)
        ends = [h.t + len(h.pcm) / SAMPLE_RATE_HZ for h in heard]
        assert [h.t for h in heard] == pytest.approx([0.0, *ends[:-1]])
        latency_s = {round(heard_t - h.t, 6) for (_, heard_t), h in zip(fill.asked, heard, strict=True)}
        assert latency_s == {0.02}


@process
def test_the_candidate_hears_the_cue_and_answers(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        sound, fill = sound_of(world), Interviewer()
        loudest = 0
        for n in range(1, 250):
            fill.cue = "check" if n < 32 else ""
            for heard in sound.exchange(n * SLICE_S, fill):
                if n > 45:
                    loudest = max(loudest, int(np.abs(heard.pcm).max()))
        world.end()
        assert [a.cue for a in world.truth().answers] == ["check"]
        assert loudest > 3000


@process
def test_a_long_step_is_taken_in_pieces(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        sound, fill = sound_of(world), Interviewer()
        heard = sound.exchange(1.0, fill)
        assert sum(len(h.pcm) for h in heard) == SAMPLE_RATE_HZ
        assert max(samples for samples, _ in fill.asked) <= 1600
        assert sound.exchange(1.0, fill) == []
        assert sound.exchange(0.5, fill) == []


@process
def test_a_world_that_dies_is_a_lost_device_and_a_new_one_can_be_opened(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        sound, camera = sound_of(world), VirtualCamera(world.socket)
        camera._renderer = Painter()
        camera.open(0)
        assert {info.state for info in (*sound.info, camera.info)} == {"ok"}
        world.process.kill()
        world.process.wait()
        with pytest.raises(DeviceLost):
            sound.exchange(1.0, Interviewer())
        with pytest.raises(DeviceLost):
            camera.newest(0.0)
        assert {info.state for info in (*sound.info, camera.info)} == {"lost"}
        with pytest.raises(DeviceLost):
            sound.exchange(1.0, Interviewer())
    (tmp_path / "world.sock").unlink()
    with a_world(tmp_path) as world:
        sound.open(world.origin_ns)
        assert sound.exchange(0.1, Interviewer())


@process
def test_a_second_process_attaches_where_the_room_is(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        sound_of(world).exchange(1.0, Interviewer())
        again = sound_of(world)
        (heard,) = again.exchange(1.05, Interviewer())
        assert heard.t == pytest.approx(1.0)


def test_no_world_is_a_missing_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenroom.devices.virtual._APPEAR_S", 0.05)
    with pytest.raises(DeviceMissing, match="no virtual booth"):
        VirtualSound(tmp_path / "absent.sock").open(0)


@process
def test_the_camera_returns_each_frame_once_and_the_newest_only(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        sound, camera = sound_of(world), VirtualCamera(world.socket)
        camera._renderer = Painter()
        camera.open(0)
        seen = []
        for n in range(1, 32):
            sound.exchange(n * SLICE_S, Interviewer())
            frame = camera.newest(n * SLICE_S)
            if frame is not None:
                picture, t, number = frame
                assert picture[0, 0, 0] == number
                assert n * SLICE_S - 1 / 15 - 1e-6 <= t <= n * SLICE_S
                seen.append(number)
        assert seen == list(range(15))
        sound.exchange(3.0, Interviewer())
        newest = camera.newest(3.0)
        assert newest is not None
        assert newest[2] == 44, "the scene at 3.0 s belongs to what comes next"
        assert camera.newest(3.0) is None
