"""The world's process: a Unix socket to which sound and camera attach, and the room's own time."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from greenroom.errors import LinkError, PortBusy, StorageError
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.world.link import Unpacker, decode_to_world, pack
from greenroom.world.motion import FRAME_RATE_HZ
from greenroom.world.scene import Attach, Attached, Exchange, FromWorld, GetScene, RoomSound, SceneNow, ToWorld
from greenroom.world.stage import Stage

PATIENCE_S = 0.06
"""In real time the room is never further behind the wall clock: then it goes on without the booth."""
HELD_S = 2.0
"""Microphone samples kept for an attached booth that is late; older ones are lost to it."""
SAVE_EVERY_S = 15.0
_MAX_AHEAD_S = 10.0
_MAX_CATCH_UP_S = 1.0
_TICK_S = 0.01
_RECEIVE_BYTES = 1 << 16
_MAX_CLIENTS = 8


class Client:
    """One attached device."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.unpacker = Unpacker()
        self.waits_for_t: float | None = None
        """Time of a scene that the room has not reached."""


class HeldSound:
    """Microphone samples that the booth has not fetched, the newest ``HELD_S`` of them."""

    def __init__(self, position: int) -> None:
        self._pcm: Pcm = np.zeros(0, np.int16)
        self.end = position
        self.fetched = position

    def put(self, pcm: Pcm) -> None:
        self.end += len(pcm)
        self._pcm = np.concatenate([self._pcm, pcm])[-round(HELD_S * SAMPLE_RATE_HZ) :]

    def take(self, until: int) -> tuple[int, Pcm, int]:
        """Samples up to a position: the position of the first, the samples, and how many before it are lost."""
        until = max(self.fetched, min(until, self.end))
        oldest = self.end - len(self._pcm)
        first = min(max(self.fetched, oldest), until)
        lost = first - self.fetched
        taken = self._pcm[first - oldest : until - oldest] if until > first else self._pcm[:0]
        self._pcm = self._pcm[max(0, until - oldest) :]
        self.fetched = until
        return first, taken, lost


class WorldServer:
    """Serves one stage until told to stop. ``save`` is called every quarter of a minute and at the end."""

    def __init__(
        self,
        stage: Stage,
        path: Path,
        save: Callable[[], None],
        *,
        origin_ns: int,
        is_fast: bool,
        parent_fd: int | None = None,
    ) -> None:
        self._stage, self._path, self._save = stage, path, save
        self._origin_ns, self._is_fast, self._parent_fd = origin_ns, is_fast, parent_fd
        self._selector = selectors.DefaultSelector()
        self._clients: dict[int, Client] = {}
        self._sound: Client | None = None
        self._held = HeldSound(stage.position)
        self._saved_t = stage.t
        self._is_stopping = False

    def stop(self) -> None:
        """May be called from a signal handler."""
        self._is_stopping = True

    def run(self) -> None:
        """Returns after ``stop`` or when the parent has gone. Raises ``PortBusy`` when the socket is in use."""
        listener = _listen(self._path)
        self._selector.register(listener, selectors.EVENT_READ)
        if self._parent_fd is not None:
            self._selector.register(self._parent_fd, selectors.EVENT_READ)
        try:
            while not self._is_stopping:
                for key, _ in self._selector.select(_TICK_S):
                    if key.fileobj is listener:
                        self._accept(listener)
                    elif key.fd == self._parent_fd:
                        self._is_stopping |= not os.read(key.fd, 64)
                    elif key.fd in self._clients:
                        self._receive(self._clients[key.fd])
                self._go_on()
        finally:
            self._close(listener)

    def _go_on(self) -> None:
        """Move on without the booth when it is late, and save now and then."""
        if not self._is_fast:
            now_t = (time.monotonic_ns() - self._origin_ns) * 1e-9
            late_s = now_t - PATIENCE_S - self._stage.t
            if late_s > 0:
                self._advance(np.zeros(round(min(late_s + _TICK_S, _MAX_CATCH_UP_S) * SAMPLE_RATE_HZ), np.int16), "")
        if self._stage.t - self._saved_t >= SAVE_EVERY_S:
            self._saved_t = self._stage.t
            self._save()

    def _advance(self, speaker: Pcm, cue: str) -> None:
        self._held.put(self._stage.advance(speaker, cue))
        for client in list(self._clients.values()):
            if client.waits_for_t is not None and self._has_reached(client.waits_for_t):
                self._show(client, client.waits_for_t)

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        if len(self._clients) >= _MAX_CLIENTS:
            connection.close()
            return
        connection.setblocking(False)
        self._clients[connection.fileno()] = Client(connection)
        self._selector.register(connection, selectors.EVENT_READ)

    def _receive(self, client: Client) -> None:
        try:
            data = client.connection.recv(_RECEIVE_BYTES)
            bodies = client.unpacker.feed(data) if data else None
            for body in bodies or ():
                self._handle(client, decode_to_world(body))
        except (OSError, LinkError):
            bodies = None
        if bodies is None:
            self._drop(client)

    def _handle(self, client: Client, message: ToWorld) -> None:
        match message:
            case Attach(device=device):
                if device == "sound":
                    self._attach_sound(client)
                self._send(client, Attached(t=self._stage.t, frame_rate_hz=FRAME_RATE_HZ))
            case Exchange():
                self._exchange(client, message)
            case GetScene(until_t=until_t):
                if self._is_fast and not self._has_reached(until_t):
                    client.waits_for_t = until_t
                else:
                    self._show(client, until_t)

    def _attach_sound(self, client: Client) -> None:
        """The newest device that attaches is the booth's; one before it is a process that died or hangs."""
        if self._sound is not None and self._sound is not client:
            self._drop(self._sound)
        self._sound = client
        self._held = HeldSound(self._stage.position)

    def _exchange(self, client: Client, message: Exchange) -> None:
        if client is not self._sound or len(message.pcm) % 2:
            raise LinkError("sound from a device that has not attached", fix="attach first")
        pcm = np.frombuffer(message.pcm, "<i2").astype(np.int16)
        first = round(message.from_t * SAMPLE_RATE_HZ)
        ahead = first - self._stage.position
        if ahead > _MAX_AHEAD_S * SAMPLE_RATE_HZ:
            raise LinkError("sound from far in the future", fix="give world and booth the same origin")
        if ahead > 0:
            self._advance(np.zeros(ahead, np.int16), "")
        in_time = pcm[max(0, self._stage.position - first) :]
        if len(in_time):
            self._advance(in_time, message.cue)
        start, picked, lost = self._held.take(first + len(pcm))
        self._send(client, RoomSound(t=start / SAMPLE_RATE_HZ, pcm=picked.astype("<i2").tobytes(), lost=lost))

    def _has_reached(self, t: float) -> bool:
        return self._stage.position >= round(t * SAMPLE_RATE_HZ)

    def _show(self, client: Client, until_t: float) -> None:
        client.waits_for_t = None
        self._send(client, SceneNow(scene=self._stage.scene_at(until_t)))

    def _send(self, client: Client, message: FromWorld) -> None:
        """A device that does not read its answers is dropped: every answer fits a socket's buffer."""
        try:
            client.connection.sendall(pack(message))
        except OSError:
            self._drop(client)

    def _drop(self, client: Client) -> None:
        if self._clients.pop(client.connection.fileno(), None) is None:
            return
        self._selector.unregister(client.connection)
        client.connection.close()
        if self._sound is client:
            self._sound = None

    def _close(self, listener: socket.socket) -> None:
        for client in list(self._clients.values()):
            self._drop(client)
        listener.close()
        self._selector.close()
        self._path.unlink(missing_ok=True)
        self._save()


def parent_pipe(fd: int = 0) -> int | None:
    """Standard input when it is a pipe or socket held by a parent, whose end means that the parent is gone."""
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        return None
    return fd if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None


def _is_listened_to(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, contextlib.suppress(OSError):
        return probe.connect_ex(str(path)) == 0
    return False  # the path is too long for an address, which the listener says with its remedy


def _listen(path: Path) -> socket.socket:
    """A socket that appears under its name only once it can be connected to."""
    if _is_listened_to(path):
        raise PortBusy(f"another world listens on {path}", fix="choose another --socket")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    draft = path.with_name(f".{os.getpid()}")  # no longer than the name itself: addresses of sockets are short
    try:
        listener.bind(str(draft))
        listener.listen(_MAX_CLIENTS)
        draft.replace(path)
    except OSError as error:
        listener.close()
        fix = "choose a shorter --socket, in a folder that can be written"
        raise StorageError(f"no socket at {path}: {error}", fix=fix) from error
    return listener
