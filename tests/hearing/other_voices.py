"""Voices that the virtual booth does not have: espeak-ng's, and flite's where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from greenroom.bench.spoken import stretched
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.voice import synthesizer_espeak
from greenroom.world.render import load_index

ESPEAK = ("en-gb-x-rp", "en-gb-x-rp+f4", "en-gb-scotland+m5", "en-us+klatt4", "en-029", "en-us-nyc+m7",
          "en-gb-x-gbclan+f5")
FLITE = ("awb", "kal16")
FILLERS = ("um", "uh", "er", "uhm")
LENGTHS_S = (0.3, 0.45, 0.62)
SENTENCES = 60
EVERY = 5
"""So many sentences and a filler; half of the fillers follow at once."""


class OtherVoice(NamedTuple):
    name: str
    say: Callable[[str, bool], Pcm]
    """The text, and whether it is said without melody."""


def other_voices() -> Iterator[OtherVoice]:
    for name in ESPEAK:
        yield OtherVoice(f"espeak-ng {name}", partial(_espeak, name))
    for name in FLITE if shutil.which("flite") else ():
        yield OtherVoice(f"flite {name}", partial(_flite, name))


def composed(voice: OtherVoice) -> tuple[Pcm, list[tuple[float, float]], int]:
    """Sentences with fillers between them, where the fillers are, and how many sentences there are."""
    random = np.random.default_rng(1)
    texts = sorted({clip.text for clip in load_index().values() if len(clip.text) > 8})
    fillers = [(text, length_s) for text in FILLERS for length_s in LENGTHS_S]
    pieces, truth = [_silence(0.5)], list[tuple[float, float]]()
    for n, k in enumerate(random.permutation(len(texts))[:SENTENCES]):
        pieces.append(voice.say(texts[k], False))
        number, rest = divmod(n, EVERY)
        if rest == EVERY - 1:
            text, length_s = fillers[number]
            pieces.append(_silence(0.04 if (number + number // 3) % 2 else random.uniform(0.28, 0.6)))
            start_s = sum(piece.size for piece in pieces) / SAMPLE_RATE_HZ
            pieces.append(_of_length(voice.say(text, True), length_s))
            truth.append((start_s, start_s + pieces[-1].size / SAMPLE_RATE_HZ))
        pieces.append(_silence(random.uniform(0.3, 0.7)))
    return np.concatenate(pieces), truth, SENTENCES


def _of_length(pcm: Pcm, seconds: float) -> Pcm:
    return stretched(pcm, seconds * SAMPLE_RATE_HZ / pcm.size)


def _silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)


def _espeak(name: str, text: str, is_flat: bool) -> Pcm:
    import espeakng_loader

    known, synthesizer_espeak.VOICE = synthesizer_espeak.VOICE, name
    try:
        library, data = espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
        with synthesizer_espeak._Espeak(str(library), str(data)) as espeak:
            speech = espeak.speak(text, 110 if is_flat else 160, 45 if is_flat else 50, 6 if is_flat else 50)
    finally:
        synthesizer_espeak.VOICE = known
    return _levelled(soxr.resample(speech.pcm.astype(np.float64) / 32768, speech.sample_rate_hz, SAMPLE_RATE_HZ))


def _flite(name: str, text: str, is_flat: bool) -> Pcm:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        flat = ["--setf", "duration_stretch=1.5", "--setf", "int_f0_target_stddev=2.0"] if is_flat else []
        subprocess.run(["flite", "-voice", name, *flat, "-t", text, "-o", str(path)], check=True, timeout=60)
        sound, rate_hz = soundfile.read(path)
    return _levelled(sound if rate_hz == SAMPLE_RATE_HZ else soxr.resample(sound, rate_hz, SAMPLE_RATE_HZ))


def _levelled(sound: npt.NDArray[np.float64]) -> Pcm:
    """Trimmed, at -26 dBFS."""
    loud = np.flatnonzero(np.abs(sound) > 0.11 * np.sqrt(np.mean(sound**2)))
    sound = sound[loud[0] : loud[-1] + 1]
    sound = sound * 10 ** (-26 / 20) / np.sqrt(np.mean(sound**2))
    return np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)
