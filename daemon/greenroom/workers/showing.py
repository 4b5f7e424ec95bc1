"""Pictures of a stream on their way to its worker: one is there, the newest of those that come meanwhile waits here."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec.structs import replace

from greenroom.errors import PictureError, PictureOutOfOrder, PictureTooLarge
from greenroom.events import PictureRefused
from greenroom.requests import MAX_SHOWN_BYTES, Show


class Showing:
    """``show`` pictures; ``taken`` says that the worker is done with the one that it had."""

    def __init__(self, stream: str, send: Callable[[Show], None]) -> None:
        self._stream = stream
        self._send = send
        self._newest: Show | None = None
        self._is_out = False
        self._last_t = -math.inf
        self._skipped = 0

    def show(self, t: float, image: bytes) -> PictureRefused | None:
        """Send it or let it wait, in place of an older one; or why it is refused."""
        if t <= self._last_t:
            return refused(self._stream, t, PictureOutOfOrder(
                f"the picture at {t:.3f} s is not newer than the one before it, at {self._last_t:.3f} s",
                fix="send pictures in the order in which they were taken"))
        self._last_t = t
        if len(image) > MAX_SHOWN_BYTES:
            return refused(self._stream, t, PictureTooLarge(
                f"the picture has {len(image)} bytes", fix=f"send one of at most {MAX_SHOWN_BYTES}"))
        self._skipped += self._newest is not None
        self._newest = Show(stream=self._stream, t=t, image=image)
        self._go_on()
        return None

    def taken(self) -> None:
        """The worker has room for another one."""
        self._is_out = False
        self._go_on()

    def flush(self) -> None:
        """No more pictures come: the one that waits goes to the worker, which keeps the newer of two."""
        self.taken()

    def _go_on(self) -> None:
        if self._newest is None or self._is_out:
            return
        self._send(replace(self._newest, skipped=self._skipped))
        self._newest, self._skipped, self._is_out = None, 0, True


def refused(stream: str, t: float, error: PictureError) -> PictureRefused:
    """What is told of a picture that nobody looks at."""
    return PictureRefused(t=t, t_known=t, stream=stream, code=error.code, message=error.message, fix=error.fix)
