"""The world's process keeps time, survives its devices, and always leaves whole files."""

from __future__ import annotations

import signal
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.world.process import HELD_S, HeldSound
from greenroom.world.process import PATIENCE_S as BEHIND_S
from greenroom.world.scene import Exchange, GetScene, RoomSound, SceneNow
from world.tiny_script import speech
from world.worlds import PATIENCE_S, Device, World, a_world

SLICE = 512
process = pytest.mark.process


def interview(device: Device, seconds: float = 12.0) -> bytes:
    """Ask for the check sentence and listen."""
    picked = []
    for n in range(round(seconds * SAMPLE_RATE_HZ / SLICE)):
        is_asking = n * SLICE < SAMPLE_RATE_HZ
        cue = "check" if is_asking else ""
        picked.append(device.swap(SLICE, cue, speech(SLICE, n) if is_asking else None).pcm)
    return b"".join(picked)


def frames_of(path: Path) -> int:
    with wave.open(str(path)) as file:
        frames: int = file.getnframes()
    return frames


@process
def test_a_fast_world_says_the_same_to_the_same_seed(tmp_path: Path) -> None:
    heard, truths, rooms = [], [], []
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        with a_world(tmp_path / run, seed=7) as world:
            heard.append(interview(Device(world.socket)))
            assert world.end() == 0
            truths.append((world.out / "truth.json").read_bytes())
            rooms.append((world.out / "room.wav").read_bytes())
    assert heard[0] == heard[1]
    assert truths[0] == truths[1]
    assert rooms[0] == rooms[1]


@process
def test_the_recording_holds_what_was_played_and_picked_up(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        picked = interview(Device(world.socket))
        world.end()
        with wave.open(str(world.out / "room.wav")) as file:
            both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        assert both[:, 1].astype("<i2").tobytes() == picked
        (answer,) = world.truth().answers
        assert (answer.cue, answer.is_complete) == ("check", True)


@process
def test_a_fast_world_does_not_move_by_itself(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        device = Device(world.socket)
        device.swap(SLICE)
        assert Device(world.socket, "camera").t == pytest.approx(SLICE / SAMPLE_RATE_HZ)
        world.end()
        assert frames_of(world.out / "room.wav") == SLICE


@process
def test_a_scene_of_a_fast_world_is_answered_when_the_room_has_come_so_far(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        sound, camera = Device(world.socket), Device(world.socket, "camera")
        camera.send(GetScene(until_t=0.1))
        for _ in range(3):
            sound.swap(SLICE)
        camera.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            camera.receive()
        camera.socket.settimeout(PATIENCE_S)
        sound.swap(SLICE)
        answer = camera.receive()
        assert isinstance(answer, SceneNow)
        assert answer.scene is not None
        assert answer.scene.t == pytest.approx(1 / 15)


@process
def test_a_world_without_a_booth_goes_on_in_real_time(tmp_path: Path) -> None:
    with a_world(tmp_path, is_fast=False) as world:
        first = Device(world.socket)
        first.swap(160)
        first.close()
        time.sleep(0.5)
        second = Device(world.socket)
        assert world.now() - second.t < BEHIND_S + 0.2, "the room keeps up with the wall clock"
        assert second.t - first.t > 0.3
        assert second.swap(160).lost == 0


@process
def test_a_booth_that_is_a_little_late_misses_nothing_but_is_not_heard_in_the_past(tmp_path: Path) -> None:
    with a_world(tmp_path, is_fast=False) as world:
        device = Device(world.socket)
        late = round(0.5 * SAMPLE_RATE_HZ)
        time.sleep(0.8)
        sound = device.swap(late, "check", speech(late))
        assert (len(sound.pcm), sound.lost) == (2 * late, 0)
        world.end()
        assert world.truth().cues == []


@process
def test_a_booth_that_hangs_for_long_is_told_how_much_it_missed(tmp_path: Path) -> None:
    with a_world(tmp_path, is_fast=False) as world:
        device = Device(world.socket)
        time.sleep(HELD_S + 1.0)
        first = device.swap(SAMPLE_RATE_HZ // 2)
        second = device.swap(SAMPLE_RATE_HZ)
        assert len(first.pcm) // 2 + first.lost == SAMPLE_RATE_HZ // 2
        assert len(second.pcm) // 2 + second.lost == SAMPLE_RATE_HZ
        assert first.lost + second.lost > 0.5 * SAMPLE_RATE_HZ


@process
def test_the_newest_sound_device_takes_over_from_one_that_hangs(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        old = Device(world.socket)
        old.swap(SLICE)
        new = Device(world.socket)
        assert len(new.swap(SLICE).pcm) == 2 * SLICE
        with pytest.raises(ConnectionError):
            old.swap(SLICE)


@process
@pytest.mark.parametrize(
    "garbage",
    [b"\xff\xff\xff\xff", b"\x03\x00\x00\x00abc", b"GET / HTTP/1.1\r\n\r\n", b"\x07\x00\x00\x00\x81\xa4type\xc0"],
)
def test_garbage_ends_only_the_connection_it_came_over(tmp_path: Path, garbage: bytes) -> None:
    with a_world(tmp_path) as world:
        good, bad = Device(world.socket), Device(world.socket, None)
        bad.socket.sendall(garbage)
        good.swap(SLICE)
        bad.socket.shutdown(1)
        assert bad.socket.recv(10) == b""
        assert len(good.swap(SLICE).pcm) == 2 * SLICE


@process
def test_sound_without_attaching_or_from_far_ahead_is_refused(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        stranger = Device(world.socket, None)
        with pytest.raises(ConnectionError):
            stranger.ask(Exchange(from_t=0.0, pcm=b"\0\0"))
        device = Device(world.socket)
        with pytest.raises(ConnectionError):
            device.ask(Exchange(from_t=1e6, pcm=b"\0\0"))
        assert isinstance(Device(world.socket).ask(Exchange(from_t=0.0, pcm=b"\0\0")), RoomSound)


@process
@pytest.mark.parametrize("how", ["SIGTERM", "parent"])
def test_an_orderly_end_leaves_whole_files_and_no_socket(tmp_path: Path, how: str) -> None:
    with a_world(tmp_path) as world:
        interview(Device(world.socket), 8.0)
        if how == "SIGTERM":
            world.process.send_signal(signal.SIGTERM)
            assert world.process.wait(PATIENCE_S) == 0
        else:
            assert world.end() == 0
        assert not world.socket.exists()
        assert frames_of(world.out / "room.wav") == 8 * SAMPLE_RATE_HZ
        assert world.truth().end_t == pytest.approx(8.0)
        assert {path.name for path in world.out.iterdir()} == {"room.wav", "truth.json"}


@process
def test_a_killed_world_leaves_a_whole_recording_and_truth(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        interview(Device(world.socket), 20.0)
        world.process.kill()
        world.process.wait(PATIENCE_S)
        assert frames_of(world.out / "room.wav") >= 15 * SAMPLE_RATE_HZ
        assert world.truth().end_t >= 15.0
        (world.out / "room.wav").unlink()
        with a_world(tmp_path) as next_world:
            assert Device(next_world.socket).t == 0.0


@process
def test_a_second_world_on_the_same_socket_says_so(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        rival = World(tmp_path, is_fast=True)
        assert rival.process.wait(PATIENCE_S) == 1
        assert "port-busy" in rival.process.communicate()[1]
        assert len(Device(world.socket).swap(SLICE).pcm) == 2 * SLICE


@process
def test_a_world_in_another_room_says_in_which(tmp_path: Path) -> None:
    world = World(tmp_path, is_fast=True, more=("--room", "hall"))
    world.wait_ready()
    Device(world.socket).swap(SLICE)
    world.end()
    assert (world.truth().levels["room"], world.truth().levels["rt60_s"]) == ("hall", 0.8)


@process
def test_what_cannot_work_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    rival = World(tmp_path, is_fast=True)
    assert rival.process.wait(PATIENCE_S) == 1
    said = rival.process.communicate()[1]
    assert said.startswith("greenroom: storage: ")
    assert said.count("\n") == 1
    (tmp_path / "out").unlink()
    deep = tmp_path / ("x" * 110)
    deep.mkdir()
    far = World(deep, is_fast=True)
    assert far.process.wait(PATIENCE_S) == 1
    said = far.process.communicate()[1]
    assert said.startswith("greenroom: storage: no socket at ")
    assert "choose a shorter --socket" in said
    assert said.count("\n") == 1
    stranger = World(tmp_path, is_fast=True, more=("--questions-pack", "astronaut"))
    assert stranger.process.wait(PATIENCE_S) == 2
    assert "no answers for `astronaut`" in stranger.process.communicate()[1]
    assert not (tmp_path / "out" / "truth.json").exists()


@given(st.lists(st.tuples(st.integers(1, 9000), st.integers(0, 9000)), max_size=30))
def test_held_sound_is_given_out_once_in_order_and_losses_are_counted(steps: list[tuple[int, int]]) -> None:
    held, put, asked = HeldSound(100), 100, 100
    for size, wanted in steps:
        held.put((np.arange(put, put + size) % 30_000).astype(np.int16))
        put += size
        asked = min(asked + wanted, put)
        before = held.fetched
        first, pcm, lost = held.take(asked)
        assert first - lost == before
        assert len(pcm) + lost == asked - before
        assert np.array_equal(pcm, (np.arange(first, first + len(pcm)) % 30_000).astype(np.int16))
        assert len(held._pcm) <= HELD_S * SAMPLE_RATE_HZ
