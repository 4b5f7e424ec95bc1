"""The virtual candidate on real drivers: hears the booth's loudspeaker sink, speaks into the sink of its microphone.

Camera pictures come from a network camera. What the candidate should understand comes from a phone's screen.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import select
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from devices.mjpeg import MjpegServer, noisy
from devices.pulse import Pulse
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Image, Pcm
from greenroom.world.__main__ import make_stage
from greenroom.world.portrait import PortraitRenderer
from greenroom.world.recording import RoomRecording
from greenroom.world.room import level_dbfs
from greenroom.world.scene import Scene
from greenroom.world.truth import Truth

PATIENCE_S = 0.1
"""Without sound for so long the room goes on by itself: a person does not stop when a plug is pulled."""
BACKLOG_BYTES = round(0.06 * SAMPLE_RATE_HZ) * 2
"""More than this waiting at the mouth after a hiccup is made up for by leaving out silence."""
QUIET_DBFS = -45.0
PICTURES_HZ = 10.0
_RECEIVE_BYTES = 2 * SAMPLE_RATE_HZ // 10


class Bridge:
    """Room, candidate and camera in real time. ``cue`` says what the interviewer is saying just now."""

    def __init__(self, pulse: Pulse, cue: Callable[[], str], out: Path, *, role: str = "graduate",
                 seed: int = 1) -> None:
        self._pulse, self._cue = pulse, cue
        self._record = RoomRecording(out / "room.wav")
        self._stage = make_stage(role, seed, self._record)
        self._scene = Scene(frame=0, t=0.0)
        self._renderer = PortraitRenderer()
        self.camera = MjpegServer(noisy(self._draw), PICTURES_HZ)
        self.dropped = 0
        """Samples of silence left out at the mouth."""
        self._odd = b""
        self._ear: subprocess.Popen[bytes] | None = None
        self._mouth: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="bridge")

    @property
    def is_candidate_silent(self) -> bool:
        return self._stage.state.is_silent

    def truth(self) -> Truth:
        """After ``stop``."""
        return self._stage.truth()

    def start(self) -> None:
        self.camera.start()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(10)
        self._hang_up()
        self.camera.stop()
        self._record.close()

    def _draw(self, _t: float) -> Image:
        return self._renderer.render(self._scene)

    def _run(self) -> None:
        last_s = time.monotonic()
        while not self._stopping.is_set():
            heard = self._listen()
            now_s = time.monotonic()
            if heard is not None:
                last_s = now_s
                self._live(heard)
            elif now_s - last_s > PATIENCE_S:
                self._live(np.zeros(round((now_s - last_s) * SAMPLE_RATE_HZ), np.int16))
                last_s = now_s

    def _live(self, heard: Pcm) -> None:
        """One stretch of time in the room."""
        said = self._stage.advance(heard, self._cue())
        if self._stage.scenes:
            self._scene = self._stage.scenes[-1]
        self._speak(said)

    def _listen(self) -> Pcm | None:
        """What the loudspeaker has played since; None when there is nothing yet."""
        ear = self._connected_ear()
        if ear is None or ear.stdout is None:
            self._stopping.wait(0.05)
            return None
        ready, _, _ = select.select([ear.stdout], [], [], 0.05)
        if not ready:
            return None
        data = os.read(ear.stdout.fileno(), _RECEIVE_BYTES)
        if not data:
            self._hang_up()
            return None
        self._odd += data
        whole = len(self._odd) - len(self._odd) % 2
        heard, self._odd = np.frombuffer(self._odd[:whole], np.int16), self._odd[whole:]
        return heard if heard.size else None

    def _speak(self, said: Pcm) -> None:
        if self._mouth is None or self._mouth.stdin is None:
            return
        if _waiting(self._mouth.stdin.fileno()) > BACKLOG_BYTES and level_dbfs(said) < QUIET_DBFS:
            self.dropped += said.size
            return
        try:
            self._mouth.stdin.write(said.tobytes())
            self._mouth.stdin.flush()
        except OSError:
            self._hang_up()

    def _connected_ear(self) -> subprocess.Popen[bytes] | None:
        """The recorder, connected again when the devices are there again."""
        if self._ear is not None and self._ear.poll() is not None:
            self._hang_up()
        if self._ear is None and self._pulse.is_plugged:
            self._ear, self._mouth = self._pulse.ear(), self._pulse.mouth()
        return self._ear

    def _hang_up(self) -> None:
        for process in (self._ear, self._mouth):
            if process is None:
                continue
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self._ear = self._mouth = None
        self._odd = b""


@contextlib.contextmanager
def bridge(pulse: Pulse, cue: Callable[[], str], out: Path) -> Iterator[Bridge]:
    """A candidate who sits in front of the booth."""
    held = Bridge(pulse, cue, out)
    held.start()
    try:
        yield held
    finally:
        held.stop()


def _waiting(pipe: int) -> int:
    """Bytes written to a pipe and not yet read."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]
