"""Pocketsphinx with its bundled en-us model: streaming recognition on any CPU, nothing to download."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.errors import EngineError, EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.syllables import VOWEL_PHONES
from greenroom.ports import Pcm
from greenroom.records import EngineInfo, Word

FRAME_S = 0.01
SPLIT_AFTER_S = 8.0
"""From here on a segment is split at the first quiet moment: closing costs time in proportion to length."""
MAX_PIECE_S = 15.0
"""A segment is split here at the latest."""
_QUIET_DB = 25.0
"""A block so far below the loudest one of its piece is a quiet moment."""
_SILENCE_DB = -100.0
_COEFFICIENTS = 13
_LEARNING_SEARCH = "channel"
_LEARNING_PROBE = 100.0
_MOST_KEPT = 0.95
"""The mean's old value counts 5 s; frames without energy do not count, so silence leaves it as it was."""
_LEARNING_BLOCK = SAMPLE_RATE_HZ // 10
_MIN_LEARN_S = 0.5
_VARIANT = re.compile(r"\(\d+\)$")
_OPTIONS = {
    # Two second passes over a segment there are. The word lattice costs 0.03 s, takes a fifth off the errors and gives
    # certainty. A flat search costs 0.2 to 0.4 s at the end of a segment and finds no more: 9.1 % of the words of the
    # script's voices are wrong then, not 9.3, but 27 % of a noisy public recording instead of 23.
    "bestpath": True,
    "fwdflat": False,
    "maxhmmpf": 8000,  # bounds what one noisy frame may cost; half as many cost a third of the words on a noisy clip
    "topn": 8,  # twice the usual Gaussians: the words then hardly depend on how frames fall on the sound
    "maxwpf": 20,  # keeps the lattice small: it is what closing a segment waits for
    "pl_window": 8,  # looks 80 ms ahead for likely phones, which makes up for the bound on words
    "samprate": float(SAMPLE_RATE_HZ),
    "loglevel": "FATAL",
}


class SphinxRecogniser:
    """One segment at a time; the same calls in the same order give the same words.

    The cepstral mean, which stands for voice and microphone, is learned from a few seconds of the speaker and
    carried on from segment to segment.
    """

    latency_s = 0.1

    def __init__(self, why: str = "") -> None:
        """``why``: what keeps the first choice out. Raises ``EngineUnavailable`` where the library is not installed."""
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise EngineUnavailable("pocketsphinx is not installed", fix="pip install pocketsphinx") from error
        try:
            self._decoder: Any = Decoder(**_OPTIONS)
        except RuntimeError as error:
            raise EngineUnavailable(
                "pocketsphinx cannot load its en-us model", fix="pip install --force-reinstall pocketsphinx"
            ) from error
        self._search: str = self._decoder.current_search()
        self._decoder.add_keyphrase(_LEARNING_SEARCH, "hello")  # the cheapest search: only the features are wanted
        self._default_mean: str = self._decoder.get_cmn(False)
        self._detail = f"en-us; {why}" if why else "en-us"
        self._is_open = False
        self._finished: list[Word] = []
        self._t = 0.0
        self._samples = 0
        self._peak_db = _SILENCE_DB

    @property
    def info(self) -> EngineInfo:
        from importlib.metadata import version

        return EngineInfo(
            capability="recogniser",
            name="pocketsphinx",
            version=version("pocketsphinx"),
            detail=self._detail,
            is_first_choice=False,
        )

    def open(self, t: float, hints: tuple[str, ...] = ()) -> None:  # noqa: ARG002 - this engine knows its own words only
        """Begin a segment at ``t``; an open one is thrown away."""
        if self._is_open:
            self._end_piece()
        self._finished = []
        self._start_piece(t)
        self._decoder.start_utt()
        self._is_open = True

    def feed(self, pcm: Pcm) -> None:
        if not self._is_open:
            raise EngineError("the recogniser has no open segment")
        if pcm.size == 0:
            return
        length_s = self._samples / SAMPLE_RATE_HZ
        level_db = _level_db(pcm)
        is_quiet = level_db < self._peak_db - _QUIET_DB
        if length_s >= MAX_PIECE_S or (length_s >= SPLIT_AFTER_S and is_quiet):
            t = self._t + length_s
            self._finished += self._end_piece()
            self._start_piece(t)
            self._decoder.start_utt()
        self._decoder.process_raw(pcm.tobytes(), no_search=False, full_utt=False)
        self._samples += pcm.size
        self._peak_db = max(self._peak_db, level_db)

    def partial(self) -> tuple[Word, ...]:
        """Words so far; certainty is known only when a segment is closed."""
        return (*self._finished, *self._words(is_final=False)) if self._is_open else ()

    def close(self) -> tuple[Word, ...]:
        if not self._is_open:
            return ()
        words = (*self._finished, *self._end_piece())
        self._is_open = False
        self._finished = []
        return words

    def learn_channel(self, pcm: Pcm) -> tuple[float, ...]:
        """Adapt to 3 s or more of the speaker. Raises ``EngineError`` inside a segment or below 0.5 s of audio."""
        if self._is_open:
            raise EngineError("the channel cannot be learned inside a segment")
        if pcm.size < _MIN_LEARN_S * SAMPLE_RATE_HZ:
            raise EngineError("there is too little audio to learn the channel from")
        before = self._decoder.get_cmn(False)
        self._decoder.activate_search(_LEARNING_SEARCH)
        low, high = self._mean_after(0.0, pcm), self._mean_after(_LEARNING_PROBE, pcm)
        self._decoder.activate_search(self._search)
        # The live mean is a weighted sum of where it began and of what it heard: two beginnings give the weight.
        kept = (high - low) / _LEARNING_PROBE
        if kept.max() > _MOST_KEPT:
            self._decoder.set_cmn(before)
            raise EngineError("there is only silence to learn the channel from")
        mean = tuple(round(float(value), 4) for value in low / (1.0 - kept))
        self.set_channel(mean)
        return mean

    def set_channel(self, mean: tuple[float, ...]) -> None:
        """Take a learned mean, or with an empty tuple the model's own. Raises ``EngineError``."""
        if self._is_open:
            raise EngineError("the channel cannot change inside a segment")
        if mean and (len(mean) != _COEFFICIENTS or not np.isfinite(mean).all()):
            raise EngineError(f"a channel mean has {_COEFFICIENTS} finite numbers")
        self._forget_noise()
        self._decoder.set_cmn(",".join(f"{value:.6g}" for value in mean) if mean else self._default_mean)

    def _mean_after(self, start: float, pcm: Pcm) -> npt.NDArray[np.float64]:
        """The live mean when it begins with ``start`` in every coefficient and hears ``pcm``."""
        self._forget_noise()
        self._decoder.set_cmn(",".join([str(start)] * _COEFFICIENTS))
        self._decoder.start_utt()
        for begin in range(0, pcm.size, _LEARNING_BLOCK):
            self._decoder.process_raw(pcm[begin : begin + _LEARNING_BLOCK].tobytes(), no_search=False, full_utt=False)
        mean = self._decoder.get_cmn(True)
        self._decoder.end_utt()
        return np.array([float(value) for value in mean.split(",")])

    def _forget_noise(self) -> None:
        """Drop the noise estimate, which otherwise goes on from utterance to utterance."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # called unnecessary, but means differ without it
            self._decoder.start_stream()

    def _start_piece(self, t: float) -> None:
        self._t = t
        self._samples = 0
        self._peak_db = _SILENCE_DB

    def _end_piece(self) -> list[Word]:
        self._decoder.end_utt()
        return self._words(is_final=True)

    def _words(self, *, is_final: bool) -> list[Word]:
        end_t = self._t + self._samples / SAMPLE_RATE_HZ
        words = []
        for segment in self._decoder.seg() or ():
            text = _VARIANT.sub("", segment.word)
            if text.startswith(("<", "[", "+")):
                continue
            words.append(
                Word(
                    text=text,
                    start_t=round(self._t + segment.start_frame * FRAME_S, 3),
                    end_t=round(min(end_t, self._t + (segment.end_frame + 1) * FRAME_S), 3),
                    certainty=round(min(1.0, max(0.0, segment.prob)), 3) if is_final else None,
                    syllables=self._syllables(segment.word) if is_final else None,
                )
            )
        return words


    def _syllables(self, word: str) -> int | None:
        """Vowels in the pronunciation that was heard."""
        phones = self._decoder.lookup_word(word)
        return sum(phone in VOWEL_PHONES for phone in phones.split()) if phones else None


def _level_db(pcm: Pcm) -> float:
    wave = pcm.astype(np.float32) / 32768.0
    return float(10 * np.log10(np.mean(wave * wave) + 1e-10))
