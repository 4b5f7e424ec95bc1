"""The voice worker: turns clauses into levelled speech at the booth's sample rate."""

from __future__ import annotations

from collections import OrderedDict, deque

from msgspec.structs import replace

from greenroom.errors import CommandRefused, EngineError, GreenroomError
from greenroom.events import LIVE, SAMPLE_RATE_HZ, RequestFailed, SpeechClip
from greenroom.ports import Emit, Synthesizer
from greenroom.records import EngineInfo, Phoneme, Style
from greenroom.requests import DropSynthesis, Synthesize, WorkerRequest
from greenroom.voice.levelling import levelled

PIECE_S = 0.5
LEAD_IN_S = 0.2
"""Silence ahead of every clause but the first: espeak's own pause is 0.17 s at a comma, 0.33 s at a full stop."""
MAX_WAITING = 64
"""Clauses of the interview that may wait to be spoken; more are refused."""
MAX_OTHERS = 8
"""Clauses of all other streams that may wait."""
CACHE_BYTES = 16 * 1024 * 1024
"""About 8 minutes of rendered clauses; the longest unused goes first."""

_Clip = tuple[bytes, tuple[Phoneme, ...]]


class VoiceWorker:
    """Speaks one waiting clause in each ``advance``, so that a drop never waits for more than one clause.

    A clause of the interview is spoken before those of other streams, whose speech is not kept for another time.
    """

    def __init__(self, synthesizer: Synthesizer, emit: Emit) -> None:
        self._synthesizer = synthesizer
        self._emit = emit
        self._waiting: deque[Synthesize] = deque()
        self._others: deque[Synthesize] = deque()
        self._refused: deque[Synthesize] = deque(maxlen=MAX_WAITING)
        self._forgotten: deque[Synthesize] = deque(maxlen=MAX_OTHERS)
        self._cache: OrderedDict[tuple[Style, str], _Clip] = OrderedDict()
        self._cached_bytes = 0
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
                pcm, phonemes = self._speak(request)
            except EngineError as error:
                self._fail(request, error, until_t)
                return
            lead_in_s = LEAD_IN_S if request.clause > 0 else 0.0
            self._send(request, _after(pcm, lead_in_s), _later(phonemes, lead_in_s), until_t)

    def forget(self) -> None:
        """Drop every text and all speech made from it; other streams than the interview's are told so."""
        self._forgotten.extend(replace(request, text="") for request in self._others)
        self._others.clear()
        self._waiting.clear()
        self._refused.clear()
        self._cache.clear()
        self._cached_bytes = 0

    def close(self) -> None:
        self.forget()

    def _speak(self, request: Synthesize) -> _Clip:
        key = (request.style, request.text)
        if request.stream != LIVE:
            return self._render(*key)
        if (clip := self._cache.get(key)) is not None:
            self._cache.move_to_end(key)
            return clip
        self._cache[key] = clip = self._render(*key)
        self._cached_bytes += len(clip[0])
        while self._cached_bytes > CACHE_BYTES:
            _, (dropped, _) = self._cache.popitem(last=False)
            self._cached_bytes -= len(dropped)
        return clip

    def _render(self, style: Style, text: str) -> _Clip:
        speech = self._synthesizer.speak(text, style)
        return levelled(speech).tobytes(), speech.phonemes

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
                    clause=request.clause,
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
            )
        )


def _without(waiting: deque[Synthesize], dropped: DropSynthesis) -> deque[Synthesize]:
    return deque(one for one in waiting if (one.stream, one.key) != (dropped.stream, dropped.key))


def _after(pcm: bytes, silence_s: float) -> bytes:
    return bytes(2 * round(silence_s * SAMPLE_RATE_HZ)) + pcm


def _later(phonemes: tuple[Phoneme, ...], by_s: float) -> tuple[Phoneme, ...]:
    return tuple(Phoneme(ipa=p.ipa, start_s=p.start_s + by_s) for p in phonemes)
