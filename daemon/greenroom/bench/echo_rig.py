"""The interviewer's voice from loudspeaker to cleaned microphone, through the booth's own parts in a virtual room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from greenroom.devices.echo import Canceller
from greenroom.devices.reference import Reference
from greenroom.events import SAMPLE_RATE_HZ, AudioChunk, WorkerEvent
from greenroom.hearing.vad import SileroVad
from greenroom.interview.questions import load_packs
from greenroom.ports import Heard, Pcm
from greenroom.voice.levelling import levelled
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.workers.capture import Capture
from greenroom.world.echo_path import Floats, Sound
from greenroom.world.room import Acoustics, Room

SLICE_SAMPLES = 512
BREATH_S = 0.4
"""Between two things that the interviewer says."""
SILENT_DBFS = -90.0
"""Noise of a room in which the echo can be followed down to nothing."""
ROLES, QUESTIONS = ("graduate", "retail", "software"), 8
"""Packs, and how many of their questions, the monologue is made of."""
FRAME_SAMPLES = 320
_HEARD_DBFS = -60.0
"""Frames in which the echo is above this count."""


def phrases(seed: int = 1) -> tuple[str, ...]:
    """What is asked in three packs, shuffled: always the same, so that figures compare when packs grow."""
    packs, texts = load_packs(), list[str]()
    for role in ROLES:
        for question in packs[role].questions[:QUESTIONS]:
            texts += [question.text, *(hook.text for hook in question.follow_ups)]
    return tuple(texts[n] for n in np.random.default_rng(seed).permutation(len(texts)))


@cache
def spoken(text: str) -> Pcm:
    """As the voice worker makes it."""
    return levelled(EspeakSynthesizer().speak(text, "neutral"))


def monologue(seconds: float, seed: int = 1) -> Iterator[Pcm]:
    """Phrase after phrase with a breath behind each, of so many seconds together."""
    left, breath = round(seconds * SAMPLE_RATE_HZ), np.zeros(round(BREATH_S * SAMPLE_RATE_HZ), np.int16)
    texts = phrases(seed)
    n = 0
    while left > 0:
        piece = np.concatenate([spoken(texts[n % len(texts)]), breath])[:left]
        left -= piece.size
        n += 1
        yield piece


def silent(acoustics: Acoustics) -> Acoustics:
    """The same room without noise."""
    return replace(acoustics, noise_dbfs=SILENT_DBFS)


class LateRoom:
    """The virtual room behind a loudspeaker that takes its time, as the virtual booth has it."""

    def __init__(self, acoustics: Acoustics, seed: int = 1) -> None:
        self._room = Room(seed, acoustics)
        self._late = np.zeros(round(acoustics.speaker_latency_s * SAMPLE_RATE_HZ), np.int16)

    def pick_up(self, played: Pcm, voice: Sound | None = None) -> Pcm:
        """Microphone samples while ``played`` is handed over."""
        queued = np.concatenate([self._late, played])
        self._late = queued[played.size :]
        return self._room.pick_up(queued[: played.size], np.zeros(played.size, np.float32) if voice is None else voice)


@dataclass(frozen=True)
class Cleaned:
    """Microphone before and after the canceller, sample by sample, from time 0."""

    raw: Pcm
    clean: Pcm

    def removed_db(self, from_s: float = 0.0, to_s: float = 1e9) -> float:
        """Echo removed in a stretch, over the frames in which there is some; NaN when there is none."""
        raw, clean = (_powers(pcm, from_s, to_s) for pcm in (self.raw, self.clean))
        heard = raw > 10 ** (_HEARD_DBFS / 10)
        if not heard.any():
            return float("nan")
        return float(10 * np.log10(raw[heard].sum() / max(clean[heard].sum(), 1e-12)))

    def reached_s(self, removed_db: float, from_s: float, window_s: float = 0.5, step_s: float = 0.1) -> float | None:
        """How long after ``from_s`` the first window begins in which as much is removed; None: in none."""
        end_s = self.raw.size / SAMPLE_RATE_HZ - window_s
        for n in range(max(0, int((end_s - from_s) / step_s) + 1)):
            start_s = from_s + n * step_s
            if self.removed_db(start_s, start_s + window_s) >= removed_db:
                return n * step_s
        return None


def cleaned(played: Pcm, acoustics: Acoustics, echo: Canceller, model: Path, *, voice: Sound | None = None,
            seed: int = 1, is_clock_followed: bool = True) -> Cleaned:
    """Play it in the room and clean what comes back.

    ``is_clock_followed``: the microphone's times are those of its own clock, as its driver tells them; otherwise a
    drift of the clocks is noticed by nobody.
    """
    room, reference, chunks = LateRoom(acoustics, seed), Reference(), list[bytes]()

    def take(event: WorkerEvent) -> None:
        if isinstance(event, AudioChunk):
            chunks.append(event.pcm)

    capture = Capture(take, SileroVad(model), echo, reference)
    capture.set_open(True, 0.0)
    rate_hz = SAMPLE_RATE_HZ * (1 + acoustics.drift_ppm * 1e-6 * is_clock_followed)
    raw = []
    for start in range(0, played.size - SLICE_SAMPLES + 1, SLICE_SAMPLES):
        span = slice(start, start + SLICE_SAMPLES)
        reference.played(played[span], start / SAMPLE_RATE_HZ + acoustics.speaker_latency_s)
        raw.append(room.pick_up(played[span], None if voice is None else voice[span]))
        capture.take(Heard(raw[-1], start / rate_hz), (start + SLICE_SAMPLES) / SAMPLE_RATE_HZ)
    clean = np.frombuffer(b"".join(chunks), np.int16)[echo.delay_samples :]
    return Cleaned(np.concatenate(raw)[: clean.size], clean)


def _powers(pcm: Pcm, from_s: float, to_s: float) -> Floats:
    """Mean square of each frame."""
    begin, end = (min(pcm.size, round(t * SAMPLE_RATE_HZ)) for t in (from_s, to_s))
    size = (end - begin) // FRAME_SAMPLES * FRAME_SAMPLES
    frames = pcm[begin : begin + size].reshape(-1, FRAME_SAMPLES).astype(np.float64) / 32768
    powers: Floats = np.mean(frames**2, axis=1)
    return powers
