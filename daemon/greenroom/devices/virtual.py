"""The virtual booth's sound and camera: attached to a world's process over its Unix socket."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from greenroom.errors import DeviceLost, DeviceMissing, LinkError
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Heard, Image, Pcm, SpeakerSource
from greenroom.records import DeviceInfo
from greenroom.world.link import Unpacker, decode_from_world, pack
from greenroom.world.room import Acoustics
from greenroom.world.scene import Attach, Attached, Exchange, FromWorld, GetScene, RoomSound, Scene, SceneNow, ToWorld

NAME = "virtual booth"
_APPEAR_S = 5.0
"""A world that has just been started needs this long at most to open its socket."""
_ANSWER_S = 20.0
_PIECE_SAMPLES = 1600
_RECEIVE_BYTES = 1 << 16
_RETRY_S = 0.02


class _Attachment:
    """One blocking request and answer at a time; ``DeviceMissing`` without a world, ``DeviceLost`` after that."""

    def __init__(self, path: Path, device: str) -> None:
        self._socket = _connect(path)
        self._unpacker = Unpacker()
        self._bodies: list[bytes] = []
        answer = self.ask(Attach(device=device))
        if not isinstance(answer, Attached):
            raise DeviceLost(f"the world at {path} did not attach", fix="restart the demo")
        self.attached = answer

    def ask(self, message: ToWorld) -> FromWorld:
        try:
            self._socket.sendall(pack(message))
            while not self._bodies:
                self._bodies += self._unpacker.feed(self._receive())
            return decode_from_world(self._bodies.pop(0))
        except (OSError, LinkError) as error:
            raise DeviceLost(f"the virtual booth does not answer: {error}", fix="restart the demo") from error

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> bytes:
        data = self._socket.recv(_RECEIVE_BYTES)
        if not data:
            raise ConnectionResetError("the world has ended")
        return data


class VirtualSound:
    """Loudspeaker and microphone of the virtual room. After ``DeviceLost``, ``open`` attaches again."""

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path
        self._attachment: _Attachment | None = None
        self._position = 0
        self._lost = 0
        self._latency_s = Acoustics().speaker_latency_s

    @property
    def info(self) -> tuple[DeviceInfo, ...]:
        state: Literal["ok", "lost"] = "lost" if self._attachment is None else "ok"
        return (
            DeviceInfo(kind="microphone", name=NAME, state=state),
            DeviceInfo(kind="speaker", name=NAME, state=state),
        )

    def open(self, origin_ns: int) -> None:  # noqa: ARG002 - the world was started with the same origin
        """Attach where the room is now. Raises ``DeviceMissing`` when there is no world."""
        self.close()
        self._attachment = _Attachment(self._path, "sound")
        self._position = round(self._attachment.attached.t * SAMPLE_RATE_HZ)
        self._lost = 0

    def close(self) -> None:
        if self._attachment is not None:
            self._attachment.close()
            self._attachment = None

    def exchange(self, until_t: float, fill: SpeakerSource) -> list[Heard]:
        """Play and pick up everything up to ``until_t``.

        As many samples come back as are asked of ``fill``, less those that count as lost.
        """
        end = round(until_t * SAMPLE_RATE_HZ)
        heard: list[Heard] = []
        while self._position < end:
            samples = min(_PIECE_SAMPLES, end - self._position)
            from_t = self._position / SAMPLE_RATE_HZ
            pcm, cue = fill(samples, from_t + self._latency_s)
            sound = self._swap(from_t, pcm, cue)
            self._position += samples
            self._lost += sound.lost
            picked: Pcm = np.frombuffer(sound.pcm, "<i2").astype(np.int16)
            if len(picked):
                heard.append(Heard(picked, sound.t, self._lost))
                self._lost = 0
        return heard

    def _swap(self, from_t: float, pcm: Pcm, cue: str) -> RoomSound:
        if self._attachment is None:
            raise DeviceLost("the virtual booth is not attached", fix="restart the demo")
        try:
            answer = self._attachment.ask(Exchange(from_t=from_t, pcm=pcm.astype("<i2").tobytes(), cue=cue))
        except DeviceLost:
            self.close()
            raise
        if not isinstance(answer, RoomSound):
            raise DeviceLost("the world answered with something else", fix="restart the demo")
        return answer


class SceneRenderer(Protocol):
    """Draws what a camera sees of a scene."""

    def render(self, scene: Scene) -> Image: ...


class VirtualCamera:
    """A camera on the candidate's face, which draws what the world says is to be seen."""

    def __init__(self, socket_path: Path, width: int = 640, height: int = 480) -> None:
        self._path = socket_path
        self._size = (width, height)
        self._renderer: SceneRenderer | None = None
        self._attachment: _Attachment | None = None
        self._newest = -1

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(kind="camera", name=NAME, state="lost" if self._attachment is None else "ok")

    def open(self, origin_ns: int) -> None:  # noqa: ARG002 - the world was started with the same origin
        """Attach. Raises ``DeviceMissing`` when there is no world."""
        self.close()
        if self._renderer is None:
            from greenroom.world.portrait import PortraitRenderer

            self._renderer = PortraitRenderer(*self._size)
        self._attachment = _Attachment(self._path, "camera")

    def close(self) -> None:
        if self._attachment is not None:
            self._attachment.close()
            self._attachment = None

    def newest(self, until_t: float) -> tuple[Image, float, int] | None:
        if self._attachment is None or self._renderer is None:
            raise DeviceLost("the virtual camera is not attached", fix="restart the demo")
        try:
            answer = self._attachment.ask(GetScene(until_t=until_t))
        except DeviceLost:
            self.close()
            raise
        if not isinstance(answer, SceneNow) or answer.scene is None or answer.scene.frame <= self._newest:
            return None
        self._newest = answer.scene.frame
        return self._renderer.render(answer.scene), answer.scene.t, answer.scene.frame


def _connect(path: Path) -> socket.socket:
    """Waits a moment for a world that is still starting."""
    give_up = time.monotonic() + _APPEAR_S
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_ANSWER_S)
        try:
            connection.connect(str(path))
        except OSError as error:
            connection.close()
            if time.monotonic() > give_up:
                message = f"no virtual booth at {path}: {error.strerror}"
                raise DeviceMissing(message, fix="start it with the demo") from error
            time.sleep(_RETRY_S)
        else:
            return connection
