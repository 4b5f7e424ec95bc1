"""Answers whose words, pauses and rates are known: recorded sentences put together at a wanted pace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.prosody import PAUSE_S, Interval
from greenroom.hearing.syllables import count
from greenroom.ports import Pcm
from greenroom.records import Word
from greenroom.world.render import ClipReader, load_index, load_script
from greenroom.world.script import FILLERS, Clip

MAX_TEMPO = 1.3
"""Faster speech is no speech that anybody hears in an interview, and recognisers lose words of it."""
STOP_S = (0.12, 0.22)
"""Silences between sentences that are no pauses."""
SHORTEST_PAUSE_S = 0.45
"""Clearly over ``PAUSE_S``: what a detector makes of a silence of just that length is chance."""
WORDS = 60
LEAD_S, TAIL_S = 1.0, 0.8
NOISE_RMS = 20.0
_QUIET_DBFS = -50.0
LATER = ("graduate-start", "graduate-credit", "graduate-headline", "software-audience", "software-ship",
         "retail-browse", "retail-returns", "retail-new-colleague")  # fmt: skip
"""Questions whose answers came into the script after the limits were set: figures stay comparable without them."""


@dataclass(frozen=True)
class Spoken:
    """One answer and the truth about it. Times are seconds from the first sample."""

    voice: str
    wanted_wpm: float
    tempo: float
    pcm: Pcm
    words: tuple[Word, ...]
    pauses: tuple[Interval, ...]

    @property
    def spoken_s(self) -> float:
        return self.words[-1].end_t - self.words[0].start_t

    @property
    def speaking_wpm(self) -> float:
        return len(self.words) * 60 / self.spoken_s

    @property
    def articulation_wpm(self) -> float:
        return len(self.words) * 60 / (self.spoken_s - sum(b - a for a, b in self.pauses))


def answers(count_: int = 30, from_wpm: float = 80.0, to_wpm: float = 260.0, seed: int = 1) -> Iterator[Spoken]:
    """Slow ones are slow by pauses, fast ones by at most ``MAX_TEMPO``; the faster voice speaks the fast ones."""
    random = np.random.default_rng(seed)
    for n, wpm in enumerate(np.linspace(from_wpm, to_wpm, count_)):
        voice = "slt" if wpm > 190 or n % 2 else "rms"
        yield _answer(voice, float(wpm), random)


def _answer(voice: str, wpm: float, random: np.random.Generator) -> Spoken:
    read, clips = ClipReader(), _clips(voice, random)
    words = sum(len(clip.text.split()) for clip in clips)
    gaps = len(clips) - 1
    whole_s, clips_s = words * 60 / wpm, sum(clip.samples for clip in clips) / SAMPLE_RATE_HZ
    tempo = float(np.clip(clips_s / (whole_s - gaps * STOP_S[0]), 1.0, MAX_TEMPO))
    sounds = [stretched(read(clip.name), 1 / tempo) for clip in clips]
    silences = _silences(whole_s - sum(sound.size for sound in sounds) / SAMPLE_RATE_HZ, gaps, random)
    pieces, said, pauses = [np.zeros(round(LEAD_S * SAMPLE_RATE_HZ), np.int16)], list[Word](), list[Interval]()
    t = LEAD_S
    for clip, sound, silence_s in zip(clips, sounds, [*silences, TAIL_S], strict=True):
        end_t = t + sound.size / SAMPLE_RATE_HZ
        said += _words(clip.text, t, end_t)
        pauses += [(t + a, t + b) for a, b in _inner_pauses(sound)]
        pieces += [sound, np.zeros(round(silence_s * SAMPLE_RATE_HZ), np.int16)]
        t = end_t + round(silence_s * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
        if silence_s >= PAUSE_S:
            pauses.append((end_t, t))
    pcm = np.concatenate(pieces) + random.normal(0.0, NOISE_RMS, sum(piece.size for piece in pieces))
    return Spoken(voice, wpm, tempo, np.clip(pcm, -32768, 32767).astype(np.int16), tuple(said), tuple(pauses[:-1]))


def _clips(voice: str, random: np.random.Generator) -> list[Clip]:
    """Different sentences of at least ``WORDS`` words together."""
    later = {text.removesuffix(" ...") for name in LATER for text in load_script().answers[name]}
    known = [clip for clip in load_index().values()
             if clip.voice == voice and clip.text not in FILLERS and clip.text not in later]
    chosen: list[Clip] = []
    for n in random.permutation(len(known)):
        if sum(len(clip.text.split()) for clip in chosen) >= WORDS:
            break
        chosen.append(known[n])
    return chosen


def _silences(total_s: float, gaps: int, random: np.random.Generator) -> list[float]:
    """So many silences that add up, each a stop or a pause."""
    stops = [float(random.uniform(*STOP_S)) for _ in range(gaps)]
    pauses = min(gaps, int((total_s - sum(stops)) / SHORTEST_PAUSE_S)) if total_s > 0 else 0
    if pauses <= 0:
        return [max(total_s, gaps * STOP_S[0]) / gaps] * gaps
    wanted = max(1, round(pauses * 0.7)) if pauses > 2 else pauses
    left_s = total_s - sum(stops[wanted:]) - wanted * SHORTEST_PAUSE_S
    shares = random.dirichlet(np.full(wanted, 2.0))
    lengths = [SHORTEST_PAUSE_S + float(share) * left_s for share in shares] + stops[wanted:]
    return [lengths[n] for n in random.permutation(gaps)]


def _words(text: str, from_t: float, to_t: float) -> list[Word]:
    """The words of a sentence, each as long as it has syllables."""
    texts = text.split()
    syllables = [count(each) for each in texts]
    edges = from_t + np.concatenate(([0.0], np.cumsum(syllables))) / sum(syllables) * (to_t - from_t)
    return [
        Word(text=each, start_t=float(a), end_t=float(b), syllables=n)
        for each, n, a, b in zip(texts, syllables, edges, edges[1:], strict=False)
    ]


def _inner_pauses(sound: Pcm) -> list[Interval]:
    """Silences of ``PAUSE_S`` and more inside a recorded sentence."""
    size = SAMPLE_RATE_HZ // 100
    blocks = sound[: sound.size // size * size].reshape(-1, size).astype(np.float64) / 32768
    loud = np.flatnonzero(10 * np.log10(np.mean(blocks**2, axis=1) + 1e-12) > _QUIET_DBFS)
    return [
        ((a + 1) / 100, b / 100) for a, b in pairwise(loud) if (b - a - 1) / 100 >= PAUSE_S
    ]


def stretched(pcm: Pcm, factor: float) -> Pcm:
    """The same sound ``factor`` times as long at the same pitch: waveform-similarity overlap-add (Verhelst 1993)."""
    if abs(factor - 1.0) < 1e-6:
        return pcm
    frame, search = round(0.03 * SAMPLE_RATE_HZ), round(0.008 * SAMPLE_RATE_HZ)
    hop = frame // 2
    window = np.hanning(frame)
    wave = np.pad(pcm.astype(np.float64), (search, frame + 2 * search))
    out, weight = np.zeros(round(pcm.size * factor) + frame), np.zeros(round(pcm.size * factor) + frame)
    at = search
    for start in range(0, round(pcm.size * factor), hop):
        wanted = min(round(start / factor) + search, pcm.size)
        natural = wave[at + hop : at + hop + frame]
        if start:
            at = wanted + _best_shift(natural, wave[wanted - search : wanted + search + frame], frame) - search
        out[start : start + frame] += wave[at : at + frame] * window
        weight[start : start + frame] += window
    sound = (out / np.maximum(weight, 1e-3))[: round(pcm.size * factor)]
    return np.clip(np.round(sound), -32768, 32767).astype(np.int16)


def _best_shift(natural: npt.NDArray[np.float64], around: npt.NDArray[np.float64], frame: int) -> int:
    """Where in ``around`` the frame lies that goes on best from the one before."""
    if natural.size < frame:
        return (around.size - frame) // 2
    likeness: npt.NDArray[np.float64] = np.correlate(around, natural, mode="valid")
    return int(np.argmax(likeness))


def f1(found: Sequence[Interval], truth: Sequence[Interval], within_s: float = 0.1) -> tuple[int, int, int]:
    """Hits, found ones and true ones; a hit begins and ends within so many seconds of the truth."""
    left, hits = list(truth), 0
    for a, b in found:
        match = next((each for each in left if abs(each[0] - a) <= within_s and abs(each[1] - b) <= within_s), None)
        if match is not None:
            left.remove(match)
            hits += 1
    return hits, len(found), len(truth)
