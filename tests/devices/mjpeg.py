"""A network camera of our own: pictures as multipart MJPEG on a port of this machine, with faults on demand."""

from __future__ import annotations

import contextlib
import io
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image as Pillow

from greenroom.ports import Image

Render = Callable[[float], Image]
_BOUNDARY = "frame"
_QUALITY = 90


class MjpegServer:
    """Serves ``render(t)`` at ``fps`` to whoever connects; ``t`` is seconds since ``origin_ns`` of the monotonic clock.

    ``render`` runs in the server's threads, one call at a time. While ``is_stalled`` the connection stays open and
    carries nothing. After ``stop`` connections are refused until ``start``, which keeps the port.
    """

    def __init__(self, render: Render, fps: float = 15.0, *, origin_ns: int | None = None) -> None:
        self._render = render
        self._period_s = 1.0 / fps
        self._origin_ns = time.monotonic_ns() if origin_ns is None else origin_ns
        self._rendering = threading.Lock()
        self._stopping = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._port = 0
        self.is_stalled = False
        self.sent = 0
        """Pictures that have left, to all clients together."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/camera.mjpg"

    def start(self) -> None:
        self._stopping.clear()
        self._server = _Server(("127.0.0.1", self._port), self._handler())
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True, name="mjpeg")
        self._thread.start()

    def stop(self) -> None:
        """Ends every connection; returns when all threads have ended."""
        self._stopping.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
                self.end_headers()
                with contextlib.suppress(OSError):  # the client has gone
                    camera.send(self.wfile.write)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                """Say nothing."""

        return Handler

    def send(self, write: Callable[[bytes], object]) -> None:
        """Pictures at an even pace until ``stop``; raises ``OSError`` when the client is gone."""
        due_s = time.monotonic()
        while not self._stopping.wait(max(0.0, due_s - time.monotonic())):
            due_s = max(due_s + self._period_s, time.monotonic() - self._period_s)
            if self.is_stalled:
                continue
            with self._rendering:
                picture = self._render((time.monotonic_ns() - self._origin_ns) * 1e-9)
            body = _jpeg(picture)
            head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
            write(head.encode() + body + b"\r\n")
            self.sent += 1


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True


@contextlib.contextmanager
def mjpeg_camera(render: Render, fps: float = 15.0, *, origin_ns: int | None = None) -> Iterator[str]:
    """The address of a camera that shows ``render(t)``: RGB pictures of one size. ``MjpegServer`` tells of ``t``."""
    server = MjpegServer(render, fps, origin_ns=origin_ns)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def noisy(render: Render, amplitude: int = 4) -> Render:
    """The same pictures as a sensor gives them: a camera whose pictures are all alike counts as frozen."""
    numbers = itertools.count()

    def seen(t: float) -> Image:
        picture = render(t)
        noise = np.random.default_rng(next(numbers)).integers(-amplitude, amplitude + 1, picture.shape, np.int16)
        result: Image = np.clip(picture + noise, 0, 255).astype(np.uint8)
        return result

    return seen


def _jpeg(picture: Image) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(picture).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
