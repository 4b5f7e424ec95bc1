"""``greenroom bench hearing``: word errors, cost and delay of each recogniser on real and on recorded script voices."""

from __future__ import annotations

import contextlib
import gc
import os
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from greenroom import settings as configuration
from greenroom.bench.printing import Line, tell
from greenroom.errors import EngineUnavailable, ModelError
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.recogniser_whisper import WhisperRecogniser
from greenroom.models.manifest import Manifest
from greenroom.ports import Pcm, Recogniser
from greenroom.records import Word
from greenroom.settings import Settings
from greenroom.workers.listening import PARTIAL_S
from greenroom.workers.recognisers import load_whisper
from greenroom.workers.segments import BLOCK_SAMPLES
from greenroom.world.measure import WordErrors, pooled, word_errors
from greenroom.world.render import LEVEL_DBFS, VOICES, ClipReader, load_index
from greenroom.world.script import FILLERS, Clip

LEARN_S = 3.0
POOLED_LIMIT = 0.20
NOISE_RMS = 20.0
"""About -64 dBFS, a quiet room."""
SNR_DB = 20.0
NOISY_RMS = 32768 * 10 ** ((LEVEL_DBFS - SNR_DB) / 20)
PARTIAL_LIMIT_S = 0.3
LEAD_S, TAIL_S = 0.3, 0.15
Load = Callable[[], Recogniser]
T = TypeVar("T")
EVERY = 3
"""So many of the script's clips make one that is measured: the whole script takes a minute and shows the same."""


class SharedClip(msgspec.Struct, frozen=True):
    """A public-domain recording and the word error rate it may have."""

    file: str
    limit: float
    text: str


SHARED = (
    SharedClip(
        "speech_jfk.wav", 0.35,
        "And so, my fellow Americans: ask not what your country can do for you, ask what you can do for your country.",
    ),
    SharedClip(
        "speech_two_cities.wav", 0.40,
        "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness,"
        " it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season"
        " of Darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had"
        " nothing before us, we were all going direct to Heaven, we were all going direct the other way, in short,"
        " the period was so far like the present period, that some of its noisiest authorities insisted on its being"
        " received, for good or for evil, in the superlative degree of comparison only.",
    ),
)  # fmt: skip


@dataclass
class Cost:
    """What recognition took: seconds of processor time, and of waiting.

    ``finals_s``: from the end of speech to the final words. ``partials_s``: from the last sound that a partial covers
    to the partial. ``shown_s``: from the end of a word to the first partial that has it where the final words do.
    """

    audio_s: float = 0.0
    cpu_s: float = 0.0
    finals_s: list[float] = field(default_factory=list)
    partials_s: list[float] = field(default_factory=list)
    shown_s: list[float] = field(default_factory=list)

    def line(self) -> str:
        return f"real-time factor {self.cpu_s / self.audio_s:.3f}, final words after {_spread(self.finals_s)}"

    def captions(self) -> str:
        return f"partials after {_spread(self.partials_s)}; a word is shown {_spread(self.shown_s)} after its end"


def shared_folder() -> Path:
    """Where the recordings lie that are no part of the project."""
    named = os.environ.get("GREENROOM_TEST_DATA")
    return Path(named) if named else Path(__file__).parents[4] / "shared" / "data"


def recognise(recogniser: Recogniser, pcm: Pcm, cost: Cost) -> str:
    """The words of one segment as text, heard as the hearing worker does.

    Nothing is waited for, but time is kept as if every block came when it was spoken: a recogniser that is still busy
    with the blocks before takes it up late, and owes no partial then.
    """
    began_s = time.process_time()
    free_s = partial_s = 0.0
    shown: list[tuple[float, tuple[Word, ...]]] = []
    recogniser.open(0.0)
    for start in range(0, pcm.size, BLOCK_SAMPLES):
        block = pcm[start : start + BLOCK_SAMPLES]
        end_s = (start + block.size) / SAMPLE_RATE_HZ
        free_s = max(free_s, end_s) + _took(partial(recogniser.feed, block))[1]
        if end_s >= partial_s + PARTIAL_S - 1 / SAMPLE_RATE_HZ and free_s < end_s + BLOCK_SAMPLES / SAMPLE_RATE_HZ:
            partial_s = end_s
            words, took_s = _took(recogniser.partial)
            free_s += took_s
            cost.partials_s.append(free_s - end_s)
            shown.append((free_s, words))
    closing_s = time.perf_counter()
    final = recogniser.close()
    free_s += time.perf_counter() - closing_s
    shown.append((free_s, final))
    cost.shown_s += [_first(shown, n, word.text) - word.end_t for n, word in enumerate(final)]
    cost.finals_s.append(free_s - pcm.size / SAMPLE_RATE_HZ)
    cost.cpu_s += time.process_time() - began_s
    cost.audio_s += pcm.size / SAMPLE_RATE_HZ
    return " ".join(word.text for word in final)


def _first(shown: list[tuple[float, tuple[Word, ...]]], n: int, text: str) -> float:
    """When the word at this place was first told."""
    return next(t for t, words in shown if len(words) > n and words[n].text == text)


def _spread(waits_s: list[float]) -> str:
    p50, p95 = np.percentile(waits_s, [50, 95]) * 1000
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms"


def _took(work: Callable[[], T]) -> tuple[T, float]:
    """What it gave, and the seconds that it took."""
    began_s = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began_s


def shared_errors(clip: SharedClip, cost: Cost, load: Load = SphinxRecogniser) -> WordErrors:
    """Streamed by a fresh recogniser that knows the channel from the clip's first seconds."""
    with wave.open(str(shared_folder() / clip.file)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    recogniser = load()
    recogniser.learn_channel(pcm[: round(LEARN_S * SAMPLE_RATE_HZ)])
    return word_errors(clip.text, recognise(recogniser, pcm, cost))


def voice_errors(voice: str, cost: Cost, every: int = EVERY, load: Load = SphinxRecogniser,
                 noise_rms: float = NOISE_RMS) -> WordErrors:
    """Sentences of the script one by one after the sensor check's sentence, with the sound of a room around them."""
    clips = [clip for clip in load_index().values() if clip.voice == voice and clip.text not in FILLERS]
    check = next(clip for clip in clips if clip.text.startswith("Hello, this is my voice"))
    reader, noise = ClipReader(VOICES), np.random.default_rng(1)
    recogniser = load()
    recogniser.learn_channel(_in_room(reader, check, noise, noise_rms))
    parts = [
        word_errors(clip.text, recognise(recogniser, _in_room(reader, clip, noise, noise_rms), cost))
        for clip in clips[::every]
    ]
    return pooled(parts)


def _in_room(reader: ClipReader, clip: Clip, noise: np.random.Generator, rms: float) -> Pcm:
    pcm = np.pad(reader(clip.name), (round(LEAD_S * SAMPLE_RATE_HZ), round(TAIL_S * SAMPLE_RATE_HZ)))
    return (pcm + noise.normal(0.0, rms, pcm.size)).clip(-32768, 32767).astype(np.int16)


def _lines(settings: Settings) -> Iterator[Line]:
    yield from _figures(lambda: SphinxRecogniser)
    try:
        yield from _figures(lambda: _whisper(settings))
    except (ModelError, EngineUnavailable) as error:
        yield f"faster-whisper: left out: {error.message} ({error.fix})", True


def _whisper(settings: Settings) -> Load:
    whisper = load_whisper(settings, Manifest.load())
    return lambda: WhisperRecogniser(whisper)


def _figures(loaded: Callable[[], Load]) -> Iterator[Line]:
    """One engine; ``loaded`` takes into memory what all its recognisers use."""
    gc.collect()
    before_mb = _memory_mb("VmRSS")
    with contextlib.suppress(OSError):  # where it is not allowed, the peak is that of the whole process
        Path("/proc/self/clear_refs").write_text("5")
    load = loaded()
    info = load().info
    yield f"{info.name} {info.version} ({info.detail})", True
    for clip in SHARED:
        if not (shared_folder() / clip.file).is_file():
            yield f"  {clip.file}: not in {shared_folder()}, left out", True
            continue
        cost = Cost()
        errors = shared_errors(clip, cost, load)
        is_good = errors.rate <= clip.limit
        yield f"  {clip.file}: word error rate {errors.rate:.3f} (limit {clip.limit:.2f}), {cost.line()}", is_good
    cost, parts = Cost(), []
    for voice in ("rms", "slt"):
        parts.append(voice_errors(voice, cost, load=load))
        yield f"  voice {voice}: word error rate {parts[-1].rate:.3f} of {parts[-1].words} words", True
    rate = pooled(parts).rate
    yield f"  voices pooled: word error rate {rate:.3f} (limit {POOLED_LIMIT:.2f}), {cost.line()}", rate < POOLED_LIMIT
    yield f"  voices: {cost.captions()}", True
    for voice in ("rms", "slt"):
        noisy = Cost()
        voice_errors(voice, noisy, 2 * EVERY, load, NOISY_RMS)
        p95_s = float(np.percentile(noisy.partials_s, 95))
        yield (f"  voice {voice}, noise {SNR_DB:.0f} dB below: {noisy.captions()} (limit of partials, p95: "
               f"{PARTIAL_LIMIT_S * 1000:.0f} ms)"), p95_s <= PARTIAL_LIMIT_S
    yield f"  peak memory {_memory_mb('VmHWM') - before_mb:.0f} MB", True


def _memory_mb(what: str) -> float:
    """"VmRSS" or "VmHWM", its peak, of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{what}:")) * 1024 / 1e6


def run() -> int:
    """Print the figures; 1 when a word error rate is over its limit."""
    return tell(_lines(configuration.load()))
