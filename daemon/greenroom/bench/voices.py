"""Sentences of several synthetic voices, with the times of their words."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom import settings
from greenroom.bench.spoken import stretched
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.aligner_sphinx import SphinxAligner
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import Pcm
from greenroom.records import Word
from greenroom.voice import synthesizer_espeak
from greenroom.voice.synthesizer_piper import PiperSynthesizer
from greenroom.world.render import LEVEL_DBFS, ClipReader, flite, load_index, load_script
from greenroom.world.script import Piece, clip_name, recordings

RECORDED = ("rms", "slt")
"""The virtual candidate's own: flite's, but recorded, so that they are there without it."""
FLITE = ("awb", "kal16")
ESPEAK = ("en-gb-x-rp", "en-gb-x-rp+f4", "en-gb-scotland+m5", "en-us+klatt4", "en-029", "en-us-nyc+m7",
          "en-gb-x-gbclan+f5")
PIPER = ("piper-en-us-joe", "piper-en-gb-alba")
FLAT_STRETCH = 1.5
_ESPEAK_MANNER = {False: (160, 50, 50), True: (110, 45, 6)}
"""Words a minute, pitch and range, with and without melody."""


class Sentence(NamedTuple):
    text: str
    pcm: Pcm
    words: tuple[Word, ...]
    """With seconds from the first sample."""

    @property
    def is_held_out(self) -> bool:
        """Half of all texts."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1


class Voice(NamedTuple):
    name: str
    say: Callable[[str, bool], Pcm]
    """The text, and whether it is said slowly and without melody. Trimmed, at ``LEVEL_DBFS``."""


def other_voices() -> Iterator[Voice]:
    """Voices that the virtual candidate does not have: Piper's where their weights are here, flite's where it is
    installed."""
    store = Store(settings.load().booth.models_dir, Manifest.load())
    for name in PIPER:
        if store.state(name) == "here":
            yield Voice(f"piper {name.rpartition('-')[2]}", partial(_piper, name))
    for name in ESPEAK:
        yield Voice(f"espeak-ng {name}", partial(_espeak, name))
    for name in FLITE if shutil.which("flite") else ():
        yield Voice(f"flite {name}", partial(_flite, name))


def recorded_voices() -> Iterator[Voice]:
    """Those know the texts of the script and no other."""
    for name in RECORDED:
        yield Voice(f"recorded {name}", partial(_recorded, name))


def script_texts(voice: str) -> list[str]:
    """Every sentence that is recorded in a voice."""
    known = load_index()
    return sorted({" ".join(parts) for owner, parts in recordings(load_script())
                   if owner == voice and clip_name(voice, Piece(parts[0], parts, 0)) in known})


def aligned(voice: Voice, texts: Iterable[str]) -> Iterator[Sentence]:
    """Those texts of which every word can be found in the voice's sound."""
    aligner = SphinxAligner()
    for text in texts:
        pcm = voice.say(text, False)
        words = aligner.align(pcm, text)
        if words is not None:
            yield Sentence(text, pcm, words)


def _recorded(name: str, text: str, is_flat: bool) -> Pcm:  # noqa: ARG001 - a recording is as it is
    known, read = load_index(), ClipReader()
    parts = next(parts for owner, parts in recordings(load_script()) if owner == name and " ".join(parts) == text)
    clips = [known[clip_name(name, Piece(part, parts, n))] for n, part in enumerate(parts)]
    return np.concatenate([read(clip.name) for clip in clips])


def _espeak(name: str, text: str, is_flat: bool) -> Pcm:
    import soxr

    speech = synthesizer_espeak.say(text, name, *_ESPEAK_MANNER[is_flat])
    return _levelled(soxr.resample(speech.pcm.astype(np.float64) / 32768, speech.sample_rate_hz, SAMPLE_RATE_HZ))


@cache
def _piper_voice(name: str) -> PiperSynthesizer:
    files = Store(settings.load().booth.models_dir, Manifest.load()).locate(name)
    return PiperSynthesizer(next(path for file, path in files.items() if file.endswith(".onnx")))


def _piper(name: str, text: str, is_flat: bool) -> Pcm:
    import soxr

    speech = _piper_voice(name).speak(text, "cold" if is_flat else "neutral")
    pcm = _levelled(soxr.resample(speech.pcm.astype(np.float64) / 32768, speech.sample_rate_hz, SAMPLE_RATE_HZ))
    return stretched(pcm, FLAT_STRETCH) if is_flat else pcm


def _flite(name: str, text: str, is_flat: bool) -> Pcm:
    return _levelled(flite(name, text, FLAT_STRETCH if is_flat else 1.0)[0])


def _levelled(sound: npt.NDArray[np.float64]) -> Pcm:
    loud = np.flatnonzero(np.abs(sound) > 0.11 * np.sqrt(np.mean(sound**2)))
    sound = sound[loud[0] : loud[-1] + 1]
    sound = sound * 10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(sound**2))
    return np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)
