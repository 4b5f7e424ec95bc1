"""The voice worker: turns clauses into levelled speech at the booth's sample rate."""

from __future__ import annotations

from collections import deque

from msgspec.structs import replace

from greenroom.errors import CommandRefused, EngineError, GreenroomError
from greenroom.events import LIVE, SAMPLE_RATE_HZ, RequestFailed, SpeechClip
from greenroom.ports import Emit, Synthesizer
from greenroom.records import EngineInfo, Phoneme
from greenroom.requests import DropSynthesis, Synthesize, WorkerRequest
from greenroom.voice.levelling import levelled
from greenroom.voice.silences import framed

PIECE_S = 0.5
MAX_WAITING = 64
"""Clauses of the interview that may wait to be spoken; more are refused."""
MAX_OTHERS = 8
"""Clauses of all other streams that may wait."""


class VoiceWorker:
    """Speaks one waiting clause in each ``advance``, so that a drop never waits for more than one clause.

    A clause of the interview is spoken before those of other streams. No speech is kept for another time.
    """

    def __init__(self, synthesizer: Synthesizer, emit: Emit) -> None:
        self._synthesizer = synthesizer
        self._emit = emit
        self._waiting: deque[Synthesize] = deque()
        self._others: deque[Synthesize] = deque()
        self._refused: deque[Synthesize] = deque(maxlen=MAX_WAITING)
        self._forgotten: deque[Synthesize] = deque(maxlen=MAX_OTHERS)
        self.engines: tuple[EngineInfo, ...] = (synthesizer.info,)

    def warm_up(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature; this worker needs no device clock
        """Speak a first clause into the void. Raises ``EngineError``."""
        levelled(self._synthesizer.speak("Ready.", "neutral"))

    def handle(self, request: WorkerRequest) -> None:
        match request:
            case Synthesize(stream=stream):
                waiting, room = (self._waiting, MAX_WAITING) if stream == LIVE else (self._others, MAX_OTHERS)
                (waiting if len(waiting) < room else self._refused).append(request)
            case DropSynthesis():
                self._waiting = _without(self._waiting, request)
                self._others = _without(self._others, request)
            case _:
                pass

    def advance(self, until_t: float) -> None:
        while self._refused:
            self._fail(self._refused.popleft(), EngineError("too many clauses wait to be spoken"), until_t)
        while self._forgotten:
            self._fail(self._forgotten.popleft(), CommandRefused("all texts were dropped, this one with them",
                                                                 fix="ask again"), until_t)
        waiting = self._waiting or self._others
        if waiting:
            request = waiting.popleft()
            try:
                speech = framed(self._synthesizer.speak(request.text, request.style))
                pcm = levelled(speech).tobytes()
            except EngineError as error:
                self._fail(request, error, until_t)
                return
            self._send(request, pcm, speech.phonemes, until_t)

    def forget(self) -> None:
        """Drop every text; other streams than the interview's are told so."""
        self._forgotten.extend(replace(request, text="") for request in self._others)
        self._others.clear()
        self._waiting.clear()
        self._refused.clear()

    def close(self) -> None:
        self.forget()

    def _send(self, request: Synthesize, pcm: bytes, phonemes: tuple[Phoneme, ...], t: float) -> None:
        step = 2 * round(PIECE_S * SAMPLE_RATE_HZ)
        starts = range(0, max(len(pcm), 1), step)
        for start in starts:
            is_last = start == starts[-1]
            self._emit(
                SpeechClip(
                    t=t,
                    t_known=t,
                    key=request.key,
                    pcm=pcm[start : start + step],
                    sample_rate_hz=SAMPLE_RATE_HZ,
                    is_last=is_last,
                    phonemes=phonemes if is_last else (),
                    stream=request.stream,
                )
            )

    def _fail(self, request: Synthesize, error: GreenroomError, t: float) -> None:
        self._emit(
            RequestFailed(
                t=t,
                t_known=t,
                worker="voice",
                request=f"synthesize {request.key}",
                code=error.code,
                message=error.message,
                stream=request.stream,
                key=request.key,
            )
        )


def _without(waiting: deque[Synthesize], dropped: DropSynthesis) -> deque[Synthesize]:
    return deque(one for one in waiting if (one.stream, one.key) != (dropped.stream, dropped.key))
