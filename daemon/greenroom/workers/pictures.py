"""The pictures of a stream in its worker: one waits, is decoded and looked at, and what it shows is told at once."""

from __future__ import annotations

import math
from collections.abc import Callable

from greenroom.errors import EngineError, GreenroomError, ModelError, PictureError, RecordingTooLong
from greenroom.events import PicturePassed, PictureRefused, PictureSeen
from greenroom.hearing.decoder_av import MAX_RECORDING_S
from greenroom.hearing.sight import Watched
from greenroom.ports import Emit, FaceFinder
from greenroom.records import EngineInfo
from greenroom.requests import MAX_SHOWN_PIXELS, Show
from greenroom.seeing.decoder_av import picture_of
from greenroom.seeing.still_header import header_of
from greenroom.workers.watching import NO_FACE_ENGINE, Watching

EARLY_SHARE = 0.4
"""Of the time between two looks, by which a picture may be early: cameras and their tools are not punctual. From a
camera twice as fast every second picture is still looked at, and over time there are no more looks than are due."""
NONE_READ = "none of the pictures could be read"


class Pictures:
    """At most ``rate_hz`` pictures a second of the stream are looked at, as of a recording, so an hour has an end.

    A broken picture is refused, an engine that cannot look is told once; the stream goes on. ``eyes`` is called when
    the first picture is looked at, and raises ``EngineError`` or ``ModelError``.
    """

    def __init__(self, stream: str, emit: Emit, eyes: Callable[[], FaceFinder], rate_hz: float) -> None:
        self._stream = stream
        self._emit = emit
        self._eyes = eyes
        self._rate_hz = rate_hz
        self._waiting: Show | None = None
        self._watching: Watching | None = None
        self._failure: EngineError | ModelError | None = None
        self._due_t = self._last_t = -math.inf
        self._step_s = 0.0
        self._source = ""
        self._came = self._skipped = self._untold = self._refused = 0
        self.engines: tuple[EngineInfo, ...] = ()

    @property
    def waiting_t(self) -> float | None:
        """The time of the picture that waits."""
        return self._waiting.t if self._waiting is not None else None

    def show(self, request: Show) -> None:
        """The newest picture waits in place of another one. Raises ``RecordingTooLong`` beyond an hour."""
        if request.t > MAX_RECORDING_S:
            raise RecordingTooLong(f"a picture is {request.t:.0f} s from the stream's beginning, which is longer than "
                                   f"{MAX_RECORDING_S / 60:.0f} minutes",
                                   fix="count t from the first sample or picture; begin another stream for more")
        self._came += 1 + request.skipped
        self._skip(request.skipped)
        if self._failure is not None or request.t < self._due_t - EARLY_SHARE / self._rate_hz:
            self._pass(request)
            return
        if self._waiting is not None:
            self._pass(self._waiting)
        self._waiting = request

    def look(self) -> None:
        """At the picture that waits."""
        request, self._waiting = self._waiting, None
        if request is None:
            return
        try:
            self._look(request)
        except (EngineError, ModelError) as error:
            self._failure = error
            self._refuse(request, error)
        except PictureError as error:
            self._refused += 1
            self._refuse(request, error)

    def finish(self) -> Watched | None:
        """All that was seen; None when no picture came."""
        if not self._came:
            return None
        if self._watching is not None and self._watching.frames:
            self._watching.finish()
            return self._watching.watched(self._source, self._last_t + self._step_s, self._notes())
        why = NONE_READ if self._failure is None else NO_FACE_ENGINE
        return Watched(source=self._source, faces=(), failure=why, uncalibrated=why, notes=self._notes())

    def forget(self) -> None:
        """Drop what waits and what was seen."""
        self._waiting = self._watching = None

    def _look(self, request: Show) -> None:
        if self._watching is None:
            face = self._eyes()
            self.engines = (face.info,)
            self._watching = Watching(face, is_live=True)
        picture = picture_of(request.image, MAX_SHOWN_PIXELS)
        header = header_of(request.image)
        if header is not None and not self._source:
            self._source = f"stream, {header.kind}, {header.width_px} x {header.height_px}"
        seen = self._watching.take(picture, request.t)
        t, rate_s = request.t, 1.0 / self._rate_hz
        self._step_s = min(t - self._last_t, rate_s) if self._last_t > -math.inf else 0.0
        self._due_t = max(self._due_t + rate_s, t) if self._last_t > -math.inf else t + rate_s
        self._last_t = t
        untold, self._untold = self._untold, 0
        self._emit(PictureSeen(t=t, t_known=t, stream=self._stream, width_px=picture.shape[1],
                               height_px=picture.shape[0], face=seen, engine=self.engines[0],
                               is_calibrated=self._watching.is_calibrated, skipped=untold))

    def _skip(self, count: int) -> None:
        self._skipped += count
        self._untold += count

    def _pass(self, request: Show) -> None:
        self._skip(1)
        self._emit(PicturePassed(t=request.t, t_known=request.t, stream=self._stream))

    def _refuse(self, request: Show, error: GreenroomError) -> None:
        self._emit(PictureRefused(t=request.t, t_known=request.t, stream=self._stream, code=error.code,
                                  message=error.message, fix=error.fix))

    def _notes(self) -> tuple[str, ...]:
        told: list[str] = []
        if self._failure is not None:
            told.append(f"Pictures were not looked at{' any more' if self._source else ''}: {self._failure.message}.")
        elif self._skipped:
            told.append(f"{self._skipped} of {self._came} pictures were passed over: newer ones had come, or more than "
                        f"{self._rate_hz:g} a second.")
        if self._refused:
            told.append(f"{self._refused} of {self._came} pictures could not be read.")
        return tuple(told)
