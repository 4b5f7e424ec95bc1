"""The hearing worker: turns the candidate's sound into utterances."""

from __future__ import annotations

from collections.abc import Callable

from greenroom.errors import CommandRefused, EngineUnavailable, GreenroomError
from greenroom.events import (
    LIVE,
    CloseSegment,
    Hear,
    LearnChannel,
    OpenSegment,
    RequestFailed,
    SetChannel,
    WorkerRequest,
)
from greenroom.hearing.fillers import ends_in_filler
from greenroom.ports import Emit, Recogniser
from greenroom.records import EngineInfo
from greenroom.settings import Settings
from greenroom.workers.listening import FillerRule, Listening

MAX_STREAMS = 4


class HearingWorker:
    """One recogniser a stream, made when the stream first needs it; the live stream's is made in ``warm_up``."""

    def __init__(self, emit: Emit, load_recogniser: Callable[[], Recogniser], is_filler: FillerRule) -> None:
        self.engines: tuple[EngineInfo, ...] = ()
        self._emit = emit
        self._load_recogniser = load_recogniser
        self._is_filler = is_filler
        self._streams: dict[str, Listening] = {}
        self._now_t = 0.0

    def warm_up(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature; sound carries its own times
        """Recognise a little noise, so that the first answer does not wait. Raises ``EngineUnavailable``."""
        live = self._stream(LIVE)
        live.warm_up()
        self.engines = (live.engine,)

    def handle(self, request: WorkerRequest) -> None:
        try:
            self._obey(request)
        except GreenroomError as error:
            self._tell(error, type(request).__name__)

    def advance(self, until_t: float) -> None:
        for name in sorted(self._streams, key=lambda name: name != LIVE):
            self._streams[name].advance(self._now_t, until_t)
        self._now_t = max(self._now_t, until_t)

    def forget(self) -> None:
        """Drop all sound, words and voices."""
        self._streams = {name: stream for name, stream in self._streams.items() if name == LIVE}
        for stream in self._streams.values():
            stream.forget()

    def close(self) -> None:
        self._streams.clear()

    def _obey(self, request: WorkerRequest) -> None:
        match request:
            case Hear():
                self._stream(request.stream).hear(request)
            case OpenSegment():
                self._stream(request.stream).open(request)
            case CloseSegment():
                self._stream(request.stream).close(request)
            case LearnChannel():
                self._stream(request.stream).learn(request.from_t, request.to_t)
            case SetChannel():
                self._stream(request.stream).set_channel(request.mean)
            case _:
                raise CommandRefused(f"the hearing worker does not know {type(request).__name__}")

    def _stream(self, name: str) -> Listening:
        """The state of a stream; a new one takes the place of the idle one that was longest unused."""
        if name in self._streams:
            self._streams[name] = stream = self._streams.pop(name)
            return stream
        if len(self._streams) >= MAX_STREAMS:
            idle = next((n for n, stream in self._streams.items() if n != LIVE and not stream.is_busy), None)
            if idle is None:
                raise CommandRefused(f"{MAX_STREAMS} streams are busy", fix="close a segment of one of them first")
            del self._streams[idle]
        stream = Listening(name, self._emit, self._tell, self._load_recogniser, self._is_filler)
        self._streams[name] = stream
        return stream

    def _tell(self, error: GreenroomError, request: str) -> None:
        self._emit(RequestFailed(t=self._now_t, t_known=self._now_t, worker="hearing", request=request,
                                 code=error.code, message=error.message))


def build(settings: Settings, emit: Emit) -> HearingWorker:
    """The worker that these settings ask for. Raises ``EngineUnavailable``."""
    if settings.engines.recogniser == "whisper":
        raise EngineUnavailable("this booth has no adapter for Whisper", fix='set engines.recogniser to "auto"')
    from greenroom.hearing.recogniser_sphinx import SphinxRecogniser

    return HearingWorker(emit, SphinxRecogniser, ends_in_filler)
