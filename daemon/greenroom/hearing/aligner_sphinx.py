"""When each word of a known sentence was said: pocketsphinx's forced alignment."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from greenroom.errors import EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.language.clause_ends import plain
from greenroom.ports import Pcm
from greenroom.records import Word

MARGIN_S = 0.2
"""Silence that the search gets around the sentence."""
NOISE_RMS = 10.0
"""Digital silence has no spectrum to align."""
_FRAME_S = 0.01
_VARIANT = re.compile(r"\(\d+\)$")


class SphinxAligner:
    """Raises ``EngineUnavailable`` where the library is not installed."""

    def __init__(self) -> None:
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise EngineUnavailable("pocketsphinx is not installed", fix="pip install pocketsphinx") from error
        self._decoder: Any = Decoder(lm=None, loglevel="FATAL")

    def align(self, pcm: Pcm, text: str) -> tuple[Word, ...] | None:
        """The words of the text with seconds from the first sample; None when the sound does not fit them."""
        wanted = [word for part in text.split() for word in plain(part)]
        margin = np.zeros(round(MARGIN_S * SAMPLE_RATE_HZ), np.int16)
        whole = np.concatenate((margin, pcm, margin))
        sound = whole + np.random.default_rng(0).normal(0.0, NOISE_RMS, whole.size)
        try:
            self._decoder.set_align_text(" ".join(wanted))
            self._decoder.start_utt()
            self._decoder.process_raw(sound.clip(-32768, 32767).astype(np.int16).tobytes(), full_utt=True)
            self._decoder.end_utt()
        except RuntimeError:  # a word that the dictionary does not have
            return None
        words = tuple(
            Word(text=_VARIANT.sub("", part.word), start_t=part.start_frame * _FRAME_S - MARGIN_S,
                 end_t=(part.end_frame + 1) * _FRAME_S - MARGIN_S)
            for part in self._decoder.seg() or () if part.word[0] not in "<["
        )
        return words if [word.text for word in words] == wanted else None
