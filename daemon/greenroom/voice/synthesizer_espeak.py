"""espeak-ng as synthesiser, with the time of every phoneme."""

from __future__ import annotations

import _ctypes
import ctypes
from typing import Any, Self

import numpy as np

from greenroom.errors import EngineError, EngineUnavailable
from greenroom.ports import Speech
from greenroom.records import EngineInfo, Phoneme, Style
from greenroom.voice.clauses import WORD_BOUNDARY, speakable, word_starts
from greenroom.voice.visemes import SILENCE

VOICE = "en-us+f3"
PACE_AND_PITCH: dict[Style, tuple[int, int, int]] = {
    "supportive": (155, 52, 60),
    "neutral": (165, 48, 50),
    "cold": (175, 42, 30),
    "pressure": (185, 45, 45),
}
"""Words a minute, pitch and pitch range (0 to 100, espeak's own scales) of each interviewer."""

_SYNCHRONOUS = 2
_PHONEME_EVENTS, _IPA, _NO_EXIT = 0x0001, 0x0002, 0x8000
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_LIST_ENDS, _WORD, _PHONEME = 0, 1, 7
_STRESS = str.maketrans("", "", "ˈˌ")


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h; ``id`` is a union of which only the 8 characters are read here."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_ubyte * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class EspeakSynthesizer:
    """Speech at espeak's own 22.05 kHz. The same text in the same style gives the same samples.

    Raises ``EngineUnavailable`` when the library or its voice is not installed. Not to be used by two threads.
    """

    def __init__(self, why_not_first: str = "") -> None:
        """``why_not_first``: why an engine of a better voice does not speak; empty when this one was wanted."""
        try:
            import espeakng_loader

            self._library = str(espeakng_loader.get_library_path())
            self._data = str(espeakng_loader.get_data_path())
            with _Espeak(self._library, self._data) as espeak:
                version = espeak.version
        except (ImportError, OSError) as error:
            raise EngineUnavailable(
                f"espeak-ng cannot be loaded: {error}", fix="pip install espeakng-loader"
            ) from error
        detail = f"voice {VOICE}" + (f"; {why_not_first}" if why_not_first else "")
        self._info = EngineInfo(capability="synthesiser", name="espeak-ng", version=version, detail=detail,
                                is_first_choice=not why_not_first)

    @property
    def info(self) -> EngineInfo:
        return self._info

    def speak(self, text: str, style: Style) -> Speech:
        """Raises ``EngineError``, also for a text of more than ``clauses.MAX_TEXT_CHARS`` characters."""
        plain = speakable(text)
        # The library keeps the phase of its pitch flutter in static variables that nothing resets, so a second
        # utterance differs from the first. Loading it anew for each clause costs 2 ms and makes speech repeatable.
        with _Espeak(self._library, self._data) as espeak:
            return espeak.speak(plain, *PACE_AND_PITCH[style])


def say(text: str, voice: str, rate_wpm: int, pitch: int, pitch_range: int) -> Speech:
    """A text in any of espeak's voices, by espeak's own scales. Raises ``EngineUnavailable``."""
    try:
        import espeakng_loader

        library, data = str(espeakng_loader.get_library_path()), str(espeakng_loader.get_data_path())
    except (ImportError, OSError) as error:
        raise EngineUnavailable(f"espeak-ng cannot be loaded: {error}", fix="pip install espeakng-loader") from error
    with _Espeak(library, data, voice) as espeak:
        return espeak.speak(speakable(text), rate_wpm, pitch, pitch_range)


class _Espeak:
    """One life of the shared library, from loading to unloading."""

    def __init__(self, library: str, data: str, voice: str = VOICE) -> None:
        self._voice = voice
        self._lib = ctypes.CDLL(library)
        self._pcm = bytearray()
        self._phonemes: list[Phoneme] = []
        self._word_marks: list[tuple[int, float]] = []
        self._callback = _Callback(self._take)
        self.version = ""
        try:
            self._start(data)
        except EngineError:
            self.__exit__()
            raise

    def _start(self, data: str) -> None:
        self._lib.espeak_Info.restype = ctypes.c_char_p
        self.version = self._lib.espeak_Info(None).decode("ascii", "replace").split(" ")[0]
        flags = _PHONEME_EVENTS | _IPA | _NO_EXIT
        self.rate_hz = int(self._lib.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), flags))
        if self.rate_hz <= 0:
            raise EngineUnavailable("espeak-ng does not find its data", fix="reinstall espeakng-loader")
        # An unknown voice is reported, but the one before it silently stays in use.
        if self._lib.espeak_SetVoiceByName(self._voice.encode()) != 0:
            raise EngineUnavailable(f"espeak-ng has no voice {self._voice}", fix="reinstall espeakng-loader")
        self._lib.espeak_SetSynthCallback(self._callback)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lib.espeak_Terminate()
        _ctypes.dlclose(self._lib._handle)  # noqa: SLF001 - ctypes has no public way to unload a library

    def speak(self, text: str, rate_wpm: int, pitch: int, pitch_range: int) -> Speech:
        for parameter, value in ((_RATE, rate_wpm), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._lib.espeak_SetParameter(parameter, value, 0)
        # The breath in its voices is drawn from generators of its own, seeded with the time of day, and of the C
        # library.
        self._lib.espeak_ng_SetRandSeed(ctypes.c_long(1))
        ctypes.CDLL(None).srand(1)
        data = text.encode()
        status = self._lib.espeak_Synth(
            ctypes.c_char_p(data), ctypes.c_size_t(len(data) + 1), 0, 1, 0, _UTF8, None, None
        )
        if status != 0:
            raise EngineError(f"espeak-ng refused a clause with status {status}")
        pcm = np.frombuffer(bytes(self._pcm), dtype=np.int16)
        end_s = len(pcm) / self.rate_hz
        words = [Phoneme(ipa=WORD_BOUNDARY, start_s=t) for t in word_starts(text, self._word_marks, end_s)]
        sounds = [Phoneme(ipa=p.ipa, start_s=min(p.start_s, end_s)) for p in self._phonemes]
        return Speech(pcm, self.rate_hz, tuple(sorted(words + sounds, key=lambda p: p.start_s)))

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._pcm += ctypes.string_at(samples, 2 * count)
        n = 0
        while events[n].type != _LIST_ENDS:
            self._note(events[n])
            n += 1
        return 0

    def _note(self, event: _Event) -> None:
        start_s = event.audio_position / 1000.0
        if event.type == _WORD:
            self._word_marks.append((event.text_position - 1, start_s))
        elif event.type == _PHONEME:
            # All 8 bytes may be used, without a zero at the end, and the last character may be cut in two.
            ipa = bytes(event.id).split(b"\0")[0].decode("utf-8", "ignore").translate(_STRESS)
            # A change of language arrives as "(en)" where a phoneme should be.
            if not ipa.startswith("("):
                self._phonemes.append(Phoneme(ipa=ipa or SILENCE, start_s=start_s))
