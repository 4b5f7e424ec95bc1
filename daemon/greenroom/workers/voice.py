"""The voice worker: turns clauses into levelled speech at the booth's sample rate."""

from __future__ import annotations

from collections import OrderedDict, deque

from greenroom.errors import EngineError
from greenroom.events import SAMPLE_RATE_HZ, RequestFailed, SpeechClip
from greenroom.ports import Emit, Synthesizer
from greenroom.records import EngineInfo, Phoneme, Style
from greenroom.requests import DropSynthesis, Synthesize, WorkerRequest
from greenroom.voice.levelling import levelled

PIECE_S = 0.5
LEAD_IN_S = 0.2
"""Silence ahead of every clause but the first: espeak's own pause is 0.17 s at a comma, 0.33 s at a full stop."""
MAX_WAITING = 64
"""Clauses that may wait to be spoken; more are refused."""
CACHE_BYTES = 16 * 1024 * 1024
"""About 8 minutes of rendered clauses; the longest unused goes first."""

_Clip = tuple[bytes, tuple[Phoneme, ...]]


class VoiceWorker:
    """Speaks one waiting clause in each ``advance``, so that a drop never waits for more than one clause."""

    def __init__(self, synthesizer: Synthesizer, emit: Emit) -> None:
        self._synthesizer = synthesizer
        self._emit = emit
        self._waiting: deque[Synthesize] = deque()
        self._refused: deque[Synthesize] = deque(maxlen=MAX_WAITING)
        self._cache: OrderedDict[tuple[Style, str], _Clip] = OrderedDict()
        self._cached_bytes = 0
        self.engines: tuple[EngineInfo, ...] = (synthesizer.info,)

    def warm_up(self, origin_ns: int) -> None:  # noqa: ARG002 - the port's signature; this worker needs no device clock
        """Speak a first clause into the void. Raises ``EngineError``."""
        levelled(self._synthesizer.speak("Ready.", "neutral"))

    def handle(self, request: WorkerRequest) -> None:
        match request:
            case Synthesize() if len(self._waiting) < MAX_WAITING:
                self._waiting.append(request)
            case Synthesize():
                self._refused.append(request)
            case DropSynthesis():
                self._waiting = deque(waiting for waiting in self._waiting if waiting.key != request.key)
            case _:
                pass

    def advance(self, until_t: float) -> None:
        while self._refused:
            self._fail(self._refused.popleft(), EngineError("too many clauses wait to be spoken"), until_t)
        if self._waiting:
            request = self._waiting.popleft()
            try:
                pcm, phonemes = self._speak(request.text, request.style)
            except EngineError as error:
                self._fail(request, error, until_t)
                return
            lead_in_s = LEAD_IN_S if request.clause > 0 else 0.0
            self._send(request, _after(pcm, lead_in_s), _later(phonemes, lead_in_s), until_t)

    def forget(self) -> None:
        """Drop every text and all speech made from it."""
        self._waiting.clear()
        self._refused.clear()
        self._cache.clear()
        self._cached_bytes = 0

    def close(self) -> None:
        self.forget()

    def _speak(self, text: str, style: Style) -> _Clip:
        key = (style, text)
        if (clip := self._cache.get(key)) is not None:
            self._cache.move_to_end(key)
            return clip
        speech = self._synthesizer.speak(text, style)
        clip = (levelled(speech).tobytes(), speech.phonemes)
        self._cache[key] = clip
        self._cached_bytes += len(clip[0])
        while self._cached_bytes > CACHE_BYTES:
            _, (dropped, _) = self._cache.popitem(last=False)
            self._cached_bytes -= len(dropped)
        return clip

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
                )
            )

    def _fail(self, request: Synthesize, error: EngineError, t: float) -> None:
        self._emit(
            RequestFailed(
                t=t,
                t_known=t,
                worker="voice",
                request=f"synthesize {request.key}",
                code=error.code,
                message=error.message,
            )
        )


def _after(pcm: bytes, silence_s: float) -> bytes:
    return bytes(2 * round(silence_s * SAMPLE_RATE_HZ)) + pcm


def _later(phonemes: tuple[Phoneme, ...], by_s: float) -> tuple[Phoneme, ...]:
    return tuple(Phoneme(ipa=p.ipa, start_s=p.start_s + by_s) for p in phonemes)
