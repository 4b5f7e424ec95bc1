"""Starts real worlds as processes and speaks with them over their socket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.world.link import Unpacker, decode_from_world, pack
from greenroom.world.scene import Attach, Attached, Exchange, FromWorld, RoomSound, ToWorld
from greenroom.world.truth import Truth, read_truth

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
PATIENCE_S = 20.0


class World:
    """A world's process; standard input is the pipe whose end it takes as its parent's."""

    def __init__(self, folder: Path, *, is_fast: bool, seed: int = 1, more: tuple[str, ...] = ()) -> None:
        self.socket, self.out = folder / "world.sock", folder / "out"
        self.origin_ns = time.monotonic_ns()
        command = [sys.executable, "-m", "greenroom.world", "--socket", str(self.socket), "--out", str(self.out)]
        command += ["--seed", str(seed), "--origin-ns", str(self.origin_ns), *(["--fast"] if is_fast else []), *more]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, text=True
        )

    def now(self) -> float:
        return (time.monotonic_ns() - self.origin_ns) * 1e-9

    def wait_ready(self) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise AssertionError(f"the world did not start: {self.process.communicate()[1]}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def truth(self) -> Truth:
        return read_truth(self.out / "truth.json")

    def end(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.stdin = None
        return self.process.wait(PATIENCE_S)


@contextmanager
def a_world(folder: Path, *, is_fast: bool = True, seed: int = 1) -> Iterator[World]:
    world = World(folder, is_fast=is_fast, seed=seed)
    try:
        world.wait_ready()
        yield world
    finally:
        world.process.kill()
        world.process.communicate()


class Device:
    """A device that says exactly what a test wants."""

    def __init__(self, path: Path, device: str | None = "sound") -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(str(path))
        self._unpacker = Unpacker()
        self._bodies: list[bytes] = []
        self.t = 0.0
        if device is not None:
            attached = self.ask(Attach(device=device))
            assert isinstance(attached, Attached)
            self.t = attached.t

    def send(self, message: ToWorld) -> None:
        self.socket.sendall(pack(message))

    def receive(self) -> FromWorld:
        while not self._bodies:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionResetError
            self._bodies += self._unpacker.feed(data)
        return decode_from_world(self._bodies.pop(0))

    def ask(self, message: ToWorld) -> FromWorld:
        self.send(message)
        return self.receive()

    def swap(self, samples: int, cue: str = "", pcm: Pcm | None = None) -> RoomSound:
        """Play from where this device is, and go on by so many samples."""
        pcm = np.zeros(samples, np.int16) if pcm is None else pcm
        sound = self.ask(Exchange(from_t=self.t, pcm=pcm.tobytes(), cue=cue))
        assert isinstance(sound, RoomSound)
        self.t += samples / SAMPLE_RATE_HZ
        return sound

    def close(self) -> None:
        self.socket.close()
