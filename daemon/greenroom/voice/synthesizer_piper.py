"""Piper as synthesiser: a neural voice on ONNX Runtime, always on the CPU, where short texts are spoken soonest."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom import networks
from greenroom.errors import EngineError, EngineUnavailable, ModelCorrupt, ModelMissing
from greenroom.ports import Intonation, Pcm, Speech
from greenroom.records import EngineInfo, Phoneme, Style
from greenroom.voice.clauses import WORD_BOUNDARY, speakable, word_starts
from greenroom.voice.estimating import estimated
from greenroom.voice.onsets import sounding
from greenroom.voice.signs import Sign, kind_of, phonemes, word_marks
from greenroom.voice.visemes import SILENCE

MAX_THREADS = 4
SENTENCE_PAUSE_S = 0.2
"""Silence between the sentences of one clause, ahead of what the voice itself leaves."""


class Manner(NamedTuple):
    """What a style makes of a voice, as factors of the voice's own values."""

    length: float
    variation: float
    """Of tone, and of the lengths of sounds."""
    width: float
    """Of the pitch, which the network hardly varies by itself."""


MANNERS: dict[Style, Manner] = {
    "supportive": Manner(1.23, 1.1, 1.15),
    "neutral": Manner(1.15, 1.0, 1.0),
    "cold": Manner(1.05, 0.6, 0.7),
    "pressure": Manner(1.0, 0.9, 0.9),
}
"""Lengths for the paces of the espeak voice, found with the packs' questions and the voice en_US-joe-medium."""

_INPUTS = {"input", "input_lengths", "scales"}


class PiperSynthesizer:
    """Speech at the voice's own rate, not levelled. Not to be used by two threads.

    The same clauses in the same order after loading give the same samples. A clause that is spoken twice differs a
    little: its variation is drawn from generators inside the network, which are seeded only when it is loaded.

    Times of phonemes come from the network's own lengths where they can be had (``onnx`` is installed, or the file was
    patched), else an estimate; ``info`` says which.
    """

    def __init__(self, model_path: Path, intonation: Intonation | None = None) -> None:
        """``model_path``: the network, beside it its configuration, with ``.json`` after the whole name.

        Without ``intonation`` the styles differ in pace, not in the width of their pitch.

        Raises ``EngineUnavailable`` without the library, ``ModelMissing`` without one of the files and
        ``ModelCorrupt`` when they are no English voice that the library can speak with.
        """
        self._intonation = intonation
        name = model_path.stem
        config_path = model_path.with_name(model_path.name + ".json")
        for path in (model_path, config_path):
            if not path.is_file():
                raise ModelMissing(f"no Piper voice: {path} is not there", fix="greenroom models pull")
        networks.runtime()  # before Piper takes it up in its own way
        # Piper's own log names what is spoken.
        logging.getLogger("piper").setLevel(logging.ERROR)
        try:
            import piper
        except ImportError as error:
            raise EngineUnavailable("Piper is not installed", fix="pip install 'greenroom[piper]'") from error
        threads = max(1, min(MAX_THREADS, (os.cpu_count() or 1) - 1))
        try:
            config = piper.PiperConfig.from_dict(json.loads(config_path.read_text("utf-8")))
            session, times = _session(model_path, threads)
            self._voice: Any = piper.PiperVoice(session=session, config=config)
            self._check()
        except Exception as error:  # configuration, espeak and runtime raise classes of their own, or KeyError
            raise ModelCorrupt(f"the voice {name} cannot be used: {type(error).__name__}: {error}",
                               fix=f"delete {model_path.parent}, then greenroom models pull") from error
        self._info = EngineInfo(
            capability="synthesiser", name="Piper", version=_version(),
            detail=f"voice {name}, {threads} CPU thread{'s' if threads > 1 else ''}, {times}")

    @property
    def info(self) -> EngineInfo:
        return self._info

    def speak(self, text: str, style: Style) -> Speech:
        """Raises ``EngineError``, also for a text of more than ``clauses.MAX_TEXT_CHARS`` characters."""
        # Between double brackets Piper would take letters for phonemes.
        plain = speakable(text).replace("[[", "  ").replace("]]", "  ")
        rate_hz = int(self._voice.config.sample_rate)
        pause = np.zeros(round(SENTENCE_PAUSE_S * rate_hz), np.int16)
        pieces: list[Pcm] = []
        signs: list[Sign] = []
        for sentence in self._phonemize(plain):
            if not any(kind_of(sign) == "sound" for sign in sentence):
                continue
            if pieces:
                signs += [Sign(SILENCE, _seconds(pieces, rate_hz)), Sign(" ", _seconds(pieces, rate_hz))]
                pieces.append(pause)
            begin_s = _seconds(pieces, rate_hz)
            pcm, timed = self._render(sentence, style)
            pieces.append(pcm)
            signs += [Sign(sign.text, begin_s + sign.start_s) for sign in timed]
        pcm = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
        if self._intonation is not None:
            pcm = self._intonation.widened(pcm, rate_hz, MANNERS[style].width)
        return Speech(pcm, rate_hz, self._phonemes(plain, signs, pcm.size / rate_hz))

    def _check(self) -> None:
        """Raises ``ValueError`` for a voice of another kind, and what the library raises for one that cannot speak."""
        config = self._voice.config
        if config.phoneme_type.value != "espeak" or not config.sample_rate > 0:
            raise ValueError("not a voice that speaks the phonemes of espeak")
        wanted = {one.name for one in self._voice.session.get_inputs()} - {"sid"}
        if wanted != _INPUTS:
            raise ValueError("not the network of a Piper voice")
        (sentence,) = self._voice.phonemize("a")
        self._render(sentence, "neutral")

    def _phonemize(self, text: str) -> list[list[str]]:
        """The signs of each sentence, those alone that the voice knows."""
        known = self._voice.config.phoneme_id_map
        try:
            sentences = self._voice.phonemize(text)
        except (RuntimeError, ValueError) as error:
            raise EngineError("espeak-ng could not read a clause for Piper") from error
        return [[sign for sign in sentence if sign in known] for sentence in sentences]

    def _render(self, signs: list[str], style: Style) -> tuple[Pcm, list[Sign]]:
        """The samples of one sentence and when each sign begins in them."""
        import piper

        manner, own = MANNERS[style], self._voice.config
        config = piper.SynthesisConfig(
            length_scale=own.length_scale * manner.length, noise_scale=own.noise_scale * manner.variation,
            noise_w_scale=own.noise_w_scale * manner.variation, normalize_audio=False)
        ids = self._voice.phonemes_to_ids(signs)
        try:
            # Not `synthesize`: it tells less of the signs.
            audio, lengths = self._voice.phoneme_ids_to_audio(ids, config, include_alignments=True)
        except Exception as error:  # the runtime raises classes of its own
            raise EngineError(f"the voice failed while it spoke: {type(error).__name__}") from error
        pcm = _pcm(audio)
        rate_hz = int(own.sample_rate)
        return pcm, self._aligned(signs, ids, lengths) or estimated(signs, pcm, rate_hz)

    def _aligned(self, signs: list[str], ids: list[int], lengths: npt.NDArray[np.int64] | None) -> list[Sign]:
        """When each sign begins, by the samples of each id; empty where they are not of these ids."""
        from piper.const import BOS, EOS, PAD

        id_map = self._voice.config.phoneme_id_map
        # A sound begins in the padding ahead of it.
        pads = len(id_map[PAD])
        counts = [len(id_map[BOS]), *(pads + len(id_map[sign]) for sign in signs), pads + len(id_map[EOS])]
        if lengths is None or not len(ids) == len(lengths) == sum(counts):
            return []
        begins = np.concatenate([[0], np.cumsum(lengths)])
        firsts = accumulate(counts[:-1], initial=0)
        rate_hz = self._voice.config.sample_rate
        return sounding([Sign(sign, float(begins[first]) / rate_hz)
                         for sign, first in zip([SILENCE, *signs, SILENCE], firsts, strict=True)])

    def _phonemes(self, text: str, signs: Sequence[Sign], end_s: float) -> tuple[Phoneme, ...]:
        """Sounds, silences and where the words of the text begin."""
        marks = word_marks(text, signs, lambda word: [sign for part in self._phonemize(word) for sign in part])
        words = [Phoneme(ipa=WORD_BOUNDARY, start_s=start_s) for start_s in word_starts(text, marks, end_s)]
        sounds = [Phoneme(ipa=p.ipa, start_s=min(p.start_s, end_s)) for p in phonemes(signs)]
        return tuple(sorted(words + sounds, key=lambda p: p.start_s))


def _session(path: Path, threads: int) -> tuple[Any, str]:
    """The network, made to tell the lengths of its phonemes where that can be; and what is to be said of the times."""
    network, times = _with_lengths(path)
    networks.runtime().set_seed(1)
    session = networks.session(network, f"the voice {path.stem}", threads=threads)
    if len(session.get_outputs()) > 1:
        times = "phoneme times of the voice"
    return session, times


def _with_lengths(path: Path) -> tuple[Path | bytes, str]:
    """The network with one output more, or the file itself and why not."""
    try:
        import onnx
        from piper.patch_voice_with_alignment import add_alignment_output
    except ImportError:
        return path, "phoneme times estimated: onnx is not installed"
    model = onnx.load(str(path))
    try:
        add_alignment_output(model)
    except ValueError:
        return path, "phoneme times estimated: this voice does not tell them"
    patched: bytes = model.SerializeToString()
    return patched, ""


def _pcm(audio: npt.NDArray[np.float32]) -> Pcm:
    whole = np.nan_to_num(np.atleast_1d(audio)).clip(-1.0, 1.0)
    pcm: Pcm = np.round(whole * 32767.0).astype(np.int16)
    return pcm


def _seconds(pieces: list[Pcm], rate_hz: int) -> float:
    return sum(piece.size for piece in pieces) / rate_hz


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("piper-tts")
    except PackageNotFoundError:
        return ""
