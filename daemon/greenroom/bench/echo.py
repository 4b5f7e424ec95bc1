"""``greenroom bench echo``: what is left of the interviewer's own voice at the microphone, by room."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from statistics import median

import numpy as np

from greenroom.bench.echo_rig import LateRoom, cleaned, monologue, phrases, silent, spoken
from greenroom.bench.hearing import Cost, recognise
from greenroom.bench.lengths import MINUTES
from greenroom.bench.noise import Ears, Made
from greenroom.bench.printing import Line, tell
from greenroom.devices import echo_check
from greenroom.devices.echo import Canceller, HalfDuplex, WebRtcEcho
from greenroom.devices.echo_check import Choice
from greenroom.devices.reference import Reference
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.vad import MODEL_FILE
from greenroom.interview.questions import CHECK_SENTENCE
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import Pcm
from greenroom.settings import load
from greenroom.workers.echo_checking import QUIET_S
from greenroom.world.echo_path import Sound
from greenroom.world.measure import WordErrors, pooled, word_errors
from greenroom.world.render import ClipReader, load_index
from greenroom.world.room import ROOMS, Acoustics
from greenroom.world.script import FILLERS, Clip

REMOVED_LIMIT_DB = 25.0
"""In the booth, after the first second of a canceller that knew nothing."""
REACHED_DB = 20.0
PHRASES = 24
RUNS = 5
"""Monologues in which each change is tried."""
CHANGE_S = 10.0
AFTER_S = 15.0
PART_S = 20.0
"""Shorter than what the reference keeps."""
LEARN_S = 6.0
"""The interviewer has spoken for so long before the candidate speaks at the same time."""
EVERY = 12
LOUD_DB = 10.0

CHANGES: dict[str, tuple[Acoustics, float, bool]] = {
    "loudspeaker 6 dB louder": (Acoustics(speaker_steps=((CHANGE_S, 6.0),)), CHANGE_S, True),
    "loudspeaker 12 dB louder": (Acoustics(speaker_steps=((CHANGE_S, 12.0),)), CHANGE_S, True),
    "loudspeaker moved": (Acoustics(path_changes_s=(CHANGE_S,)), CHANGE_S, True),
    "clocks 50 ppm apart": (Acoustics(drift_ppm=50.0), 0.0, True),
    "clocks 200 ppm apart": (Acoustics(drift_ppm=200.0), 0.0, True),
    "200 ppm, not followed": (Acoustics(drift_ppm=200.0), 0.0, False),
}
"""What happens in the booth, when, and whether the microphone's times tell of it."""


@dataclass(frozen=True)
class Removed:
    """Echo taken away, in dB, while the canceller learns and after; medians over phrases."""

    first_s_db: float
    after_db: float


def removed(acoustics: Acoustics, model: Path, texts: tuple[str, ...]) -> Removed:
    """Each phrase with a canceller that knows nothing, in the room without its noise."""
    first, after = [], []
    start_s = acoustics.speaker_latency_s + acoustics.echo_delay_s
    for text in texts:
        done = cleaned(np.pad(spoken(text), (0, SAMPLE_RATE_HZ // 2)), silent(acoustics), WebRtcEcho(), model)
        first.append(done.removed_db(start_s, start_s + 1.0))
        after.append(done.removed_db(start_s + 1.0))
    return Removed(median(first), median(after))


@dataclass(frozen=True)
class Recovery:
    """How the canceller takes a change: medians over runs.

    ``reached_s``: from the change to the half second in which ``REACHED_DB`` are removed again; None when in one run
    they never are.
    """

    reached_s: float | None
    end_db: float


def recovery(name: str, model: Path, runs: int = RUNS) -> Recovery:
    acoustics, change_s, is_followed = CHANGES[name]
    reached, ends = list[float | None](), []
    arrives_s = change_s + acoustics.speaker_latency_s + acoustics.echo_delay_s
    for run_ in range(runs):
        played = np.concatenate(list(monologue(CHANGE_S + AFTER_S, 1 + run_)))
        done = cleaned(played, silent(acoustics), WebRtcEcho(), model, is_clock_followed=is_followed)
        reached.append(done.reached_s(REACHED_DB, arrives_s))
        ends.append(done.removed_db(CHANGE_S + AFTER_S / 2))
    times_s = [time_s for time_s in reached if time_s is not None]
    return Recovery(median(times_s) if len(times_s) == runs else None, median(ends))


def chosen(acoustics: Acoustics) -> Choice:
    """What the booth would choose after listening to its loudspeaker in this room."""
    before, after = (np.zeros(round(t * SAMPLE_RATE_HZ), np.int16) for t in (QUIET_S, echo_check.AFTER_S))
    played = np.concatenate([before, echo_check.probe(), after])
    late = round(acoustics.speaker_latency_s * SAMPLE_RATE_HZ)
    heard = LateRoom(acoustics).pick_up(played)[late:]  # the latency is known, and in the loudspeaker's times
    path = echo_check.measure(played[:-late], heard)
    return echo_check.choose(path, echo_check.cancelled(WebRtcEcho(), played[:-late], heard, 0.0))


def own_voice(acoustics: Acoustics, seconds: float, model: Path, echo: Canceller | None = None) -> Made:
    """Nobody but the interviewer speaks; the candidate's level is not known, so the detector is alone.

    AEC3 unless another canceller is given.
    """
    reference, room = Reference(), LateRoom(acoustics)
    ears = Ears(model, echo=echo or WebRtcEcho(), reference=reference)
    t, said = 0.0, np.zeros(0, np.int16)
    part = round(PART_S * SAMPLE_RATE_HZ) // 512 * 512
    for piece in chain(monologue(seconds), [np.zeros(part, np.int16)]):
        said = np.concatenate([said, piece])
        while said.size >= part:
            reference.played(said[:part], t + acoustics.speaker_latency_s)
            ears.hear(room.pick_up(said[:part]).astype(np.float32) / np.float32(32768))
            t, said = t + part / SAMPLE_RATE_HZ, said[part:]
    return ears.end()


@dataclass(frozen=True)
class DoubleTalk:
    """Word errors of the candidate alone, and with the interviewer talking: cleaned, and as the microphone heard it."""

    alone: WordErrors
    cleaned: WordErrors
    raw: WordErrors


def double_talk(acoustics: Acoustics, model: Path, every: int = EVERY) -> DoubleTalk:
    """Recorded sentences while the interviewer goes on talking; the canceller has had time to learn the room."""
    parts: list[tuple[WordErrors, WordErrors, WordErrors]] = []
    for voice in ("rms", "slt"):
        clips = [clip for clip in load_index().values() if clip.voice == voice and clip.text not in FILLERS]
        check = next(clip for clip in clips if clip.text.startswith(CHECK_SENTENCE.split(",")[0]))
        recogniser = SphinxRecogniser()
        recogniser.learn_channel(_answer(check, acoustics, model, 0)[0])
        for n, clip in enumerate(clips[::every], 1):
            errors = [word_errors(clip.text, recognise(recogniser, heard, Cost()))
                      for heard in _answer(clip, acoustics, model, n)]
            parts.append((errors[0], errors[1], errors[2]))
    return DoubleTalk(*(pooled(column) for column in zip(*parts, strict=True)))


def _answer(clip: Clip, acoustics: Acoustics, model: Path, seed: int) -> tuple[Pcm, Pcm, Pcm]:
    """What is heard of one sentence: alone, over the interviewer and cleaned, over the interviewer and not."""
    lead, tail = round(LEARN_S * SAMPLE_RATE_HZ), SAMPLE_RATE_HZ
    voice: Sound = np.pad(ClipReader()(clip.name), (lead, tail)).astype(np.float32) / np.float32(32768)
    played = np.concatenate(list(monologue(voice.size / SAMPLE_RATE_HZ, 1 + seed)))
    nothing = np.zeros_like(played)
    alone = cleaned(nothing, acoustics, WebRtcEcho(), model, voice=voice, seed=1 + seed)
    over = cleaned(played, acoustics, WebRtcEcho(), model, voice=voice, seed=1 + seed)
    span = slice(lead - round(0.3 * SAMPLE_RATE_HZ), voice.size - tail + round(0.3 * SAMPLE_RATE_HZ))
    return alone.clean[span], over.clean[span], over.raw[span]


def _rooms(model: Path) -> Iterator[Line]:
    yield f"echo removed in dB, median of {PHRASES} phrases   first second    then", True
    for name, acoustics in ROOMS.items():
        found = removed(acoustics, model, phrases()[:PHRASES])
        is_good = name != "booth" or found.after_db >= REMOVED_LIMIT_DB
        limit = f"  (at least {REMOVED_LIMIT_DB:.0f})" if name == "booth" else ""
        yield f"{name:<44}{found.first_s_db:>12.1f}{found.after_db:>8.1f}{limit}", is_good


def _changes(model: Path) -> Iterator[Line]:
    yield f"booth, median of {RUNS} runs        {REACHED_DB:.0f} dB removed after    at the end", True
    for name in CHANGES:
        found = recovery(name, model)
        reached = "never" if found.reached_s is None else f"{found.reached_s:.1f} s"
        yield f"{name:<33}{reached:>18}{found.end_db:>11.1f} dB", True


def _own_voice(model: Path, seconds: float) -> Iterator[Line]:
    yield f"{seconds:.0f} s of the booth's own voice   VAD segments  false barge-ins  longest  words", True
    for name, acoustics in ROOMS.items():
        made = own_voice(acoustics, seconds, model)
        yield _heard(name, made), name != "booth" or not (made.segments or made.words)
        if chosen(acoustics).rung == "half-duplex":
            yield _heard(f"{name}, half duplex", own_voice(acoustics, seconds, model, HalfDuplex())), True


def _heard(name: str, made: Made) -> str:
    return f"{name:<28}{made.segments:>15}{made.barge_ins:>17}{made.longest_s:>7.2f} s{made.words:>7}"


def _choices() -> Iterator[Line]:
    yield "what the booth chooses after a sweep", True
    for name, acoustics in ROOMS.items():
        choice = chosen(acoustics)
        yield f"{name:<12}{choice.rung}: {choice.reason}", name != "booth" or choice.rung == "aec3"


def _double_talk(model: Path) -> Iterator[Line]:
    yield "word error rate of the candidate     alone    both, cleaned    both, not cleaned", True
    rooms = {**ROOMS, f"booth, echo {LOUD_DB:.0f} dB louder": replace(Acoustics(), echo_dbfs=-20.0 + LOUD_DB)}
    for name, acoustics in rooms.items():
        rates = double_talk(acoustics, model)
        yield f"{name:<34}{rates.alone.rate:>8.2f}{rates.cleaned.rate:>17.2f}{rates.raw.rate:>21.2f}", True


def run(minutes: float = MINUTES) -> int:
    """Print the figures; 1 when in its own room the booth removes too little, hears itself, or does not trust AEC3."""
    logging.getLogger("greenroom.workers.hearing").setLevel(logging.WARNING)  # it misses engines not wanted here
    model = Store(load().booth.models_dir, Manifest.load()).path("silero-vad-v6", MODEL_FILE)
    return tell(chain(_choices(), _rooms(model), _changes(model), _own_voice(model, 60.0 * minutes),
                      _double_talk(model)))
