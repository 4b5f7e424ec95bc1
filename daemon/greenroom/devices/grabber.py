"""A thread that owns an open source from open to release, because any call of it may hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from greenroom.devices.camera_source import Source
from greenroom.devices.frame_clock import FrameClock
from greenroom.devices.picture_health import PictureHealth
from greenroom.ports import Image

OPEN_WAIT_S = 4.0
"""A driver that takes longer to open is left to its thread."""
FIRST_PICTURE_S = 3.0
"""USB cameras set their exposure before the first picture."""
NO_PICTURE_S = 1.6
"""More than a camera of one picture a second needs, and a fault is still known within 2 s."""
CLOSE_WAIT_S = 1.5
SLOW_HZ = 8.0
"""Half of the 15 pictures a second that the booth looks at: fewer are told until there are ``BETTER_HZ``."""
BETTER_HZ = 10.0
RATE_SMOOTHING = 0.2
MAX_SKIP_S = 0.2
"""Pictures are decoded at least so often, or a frozen camera would be found too late."""


class Capture(Protocol):
    """An open source; see ``OpenCvCapture``."""

    granted: str
    pace_s: float

    def grab(self) -> bool: ...

    def picture(self) -> Image | None: ...

    def stamp_s(self) -> float | None: ...

    def end(self) -> str: ...

    def release(self) -> None: ...


class Shot(NamedTuple):
    """One picture as it was grabbed, in OpenCV's order of colours."""

    bgr: Image
    t: float
    frame: int


class Grabber:
    """Keeps the newest picture of one source, and knows when something is wrong with it."""

    def __init__(self, source: Source, open_source: Callable[[], Capture | None], health: PictureHealth,
                 origin_ns: int) -> None:
        self.newest: Shot | None = None
        self.fault = ""
        self.granted = ""
        self.skip_s = 0.0
        """Pictures that come sooner after the last one need not be decoded."""
        self._source = source
        self._open_source = open_source
        self._health = health
        self._clock = FrameClock(is_drivers=source.kind == "node")
        self._origin_ns = origin_ns
        self._last_t: float | None = None
        self._period_s: float | None = None
        self._is_slow = False
        self._opened_t = 0.0
        self._settled = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="camera")

    @property
    def target(self) -> str:
        return self._source.target

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def manner(self) -> str:
        """How the pictures come: what was granted, whose times they bear, and whether they are few."""
        times = ", timed by its driver" if self._clock.is_drivers else ", timed when grabbed"
        few = f"; fewer than {BETTER_HZ:g} a second come: is it dark?" if self._is_slow else ""
        return self.granted + times + few

    def start(self) -> bool:
        """True when the camera is open; else ``fault`` says why not."""
        self._thread.start()
        if not self._settled.wait(OPEN_WAIT_S):
            self.fault = f"does not open within {OPEN_WAIT_S:g} s"
            self._stopping.set()
        return not self.fault

    def stop(self) -> bool:
        """Drop the picture and end the thread; False when it hangs in the driver (it ends when the driver lets go)."""
        self._stopping.set()
        self._thread.join(CLOSE_WAIT_S)
        self.newest = None
        return not self.is_alive

    def look(self) -> str:
        """What is wrong by now; empty when nothing is."""
        if self.fault:
            return self.fault
        since_t, limit_s = (self._opened_t, FIRST_PICTURE_S) if self._last_t is None else (self._last_t, NO_PICTURE_S)
        return f"no picture for {limit_s:g} s" if self._now() - since_t > limit_s else ""

    def _now(self) -> float:
        return self._on_timeline(time.monotonic_ns() * 1e-9)

    def _on_timeline(self, monotonic_s: float) -> float:
        return monotonic_s - self._origin_ns * 1e-9

    def _run(self) -> None:
        capture = None
        try:
            capture = self._open_source()
            if capture is None:
                self.fault = "cannot be opened"
                return
            self.granted = capture.granted
            self._opened_t = self._now()
            self._settled.set()
            self._grab(capture)
        except OSError as error:
            self.fault = error.strerror or str(error)
        except Exception as error:  # noqa: BLE001 - OpenCV raises its own and the standard library's; all mean no camera
            self.fault = f"OpenCV failed: {type(error).__name__}"
        finally:
            if capture is not None:
                capture.release()
            self._settled.set()

    def _grab(self, capture: Capture) -> None:
        frame, due_t = 0, self._now()
        while not self._stopping.wait(max(0.0, due_t - self._now()) if capture.pace_s else 0.0):
            is_there, t = capture.grab(), self._now()
            if self._stopping.is_set():
                return
            if not is_there:
                self.fault = capture.end()
                return
            frame += 1
            due_t = max(due_t + capture.pace_s, t - capture.pace_s)
            stamp_s = capture.stamp_s()
            taken_t = self._clock.time(None if stamp_s is None else self._on_timeline(stamp_s), t)
            if self.newest is not None and taken_t - self.newest.t < min(self.skip_s, MAX_SKIP_S):
                self._count(t)
                continue
            if (bgr := capture.picture()) is not None and bgr.size:
                self._health.see(bgr, t)
                self._count(t)
                self.newest = Shot(bgr, taken_t, frame)

    def _count(self, t: float) -> None:
        """One more picture came; a single one that is late tells nothing."""
        if self._last_t is not None:
            step_s = t - self._last_t
            mean_s = step_s if self._period_s is None else self._period_s
            self._period_s = mean_s + RATE_SMOOTHING * (step_s - mean_s)
            limit_hz = BETTER_HZ if self._is_slow else SLOW_HZ
            self._is_slow = self._period_s > 1.0 / limit_hz
        self._last_t = t
