"""``greenroom bench noise``: what the booth makes of rooms in which nobody speaks, and of a voice in a noisy one."""

from __future__ import annotations

import logging
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from greenroom.bench.hearing import LEAD_S, TAIL_S, Cost, recognise, shared_folder
from greenroom.bench.printing import Line, tell
from greenroom.devices.echo import Canceller, NoEcho
from greenroom.devices.reference import Reference
from greenroom.events import SAMPLE_RATE_HZ, AudioChunk, JobKey, Utterance, VoiceStarted, VoiceStopped, WorkerEvent
from greenroom.hearing.fillers import ends_in_filler
from greenroom.hearing.loudness import power, to_dbfs
from greenroom.hearing.measures import answer_measures
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.vad import BLOCK_SAMPLES, MODEL_FILE, SileroVad
from greenroom.interview.answering import NO_WORD_S
from greenroom.interview.evidence import Evidence
from greenroom.interview.turns import BARGE_PAUSE_S
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import Heard, Pcm
from greenroom.records import Measure, SpokenLine, TurnRecord
from greenroom.requests import CloseSegment, Hear, OpenSegment
from greenroom.settings import load
from greenroom.storage.media import SessionMedia
from greenroom.workers.capture import Capture
from greenroom.workers.hearing import HearingWorker
from greenroom.world.echo_path import Sound
from greenroom.world.measure import WordErrors, pooled, word_errors
from greenroom.world.noises import NOISES, pink, white
from greenroom.world.render import LEVEL_DBFS, VOICES, ClipReader, load_index
from greenroom.world.room import pink_noise
from greenroom.world.script import FILLERS

LENGTH_S = 600.0
PART_S = 60.0
"""Sounds are made and heard in parts, so that ten minutes need no more memory than one."""
SLICE_S = 0.032
ROOM_DBFS = -65.0
NOISE_DBFS = -35.0
"""Nine dB below the candidate: louder than anybody would leave it."""
FAR_DB = 25.0
"""Somebody else who talks in the room, below the candidate."""
LONGEST_S = 0.5
"""No VAD segment may last longer where nobody speaks."""
SNRS_DB = (39.0, 34.0, 29.0, 24.0, 19.0, 14.0)
EVERY = 6


@dataclass
class Made:
    """What the booth made of a sound in which no candidate speaks."""

    segments: int = 0
    longest_s: float = 0.0
    words: int = 0
    barge_ins: int = 0
    """Segments for which the interviewer would have paused."""
    measures: tuple[Measure, ...] = ()

    @property
    def told(self) -> list[str]:
        """Measures that claim more than that nothing was heard."""
        return [measure.name for measure in self.measures if measure.value]

    @property
    def is_good(self) -> bool:
        return self.longest_s <= LONGEST_S and not self.words and not self.told


class Ears:
    """Capture, voice detector and recogniser as the workers of the booth have them, and an answer's measures."""

    def __init__(self, model: Path, voice_dbfs: float | None = None, *, echo: Canceller | None = None,
                 reference: Reference | None = None) -> None:
        self._capture = Capture(self._take, SileroVad(model), echo or NoEcho(), reference or Reference())
        self._capture.set_voice(voice_dbfs)
        self._capture.set_open(True, 0.0)
        self._hearing = HearingWorker(self._take, SphinxRecogniser, ends_in_filler)
        self._hearing.warm_up(0)
        self._evidence = Evidence(SessionMedia())
        self._job = JobKey(turn=1)
        self._t = 0.0
        self._started_t = 0.0
        self._length_s: dict[int, float] = {}
        self.made = Made()

    def hear(self, sound: Sound) -> Made:
        """Hear on; ``made`` counts all that was heard so far."""
        pcm = np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)
        step = round(SLICE_S * SAMPLE_RATE_HZ)
        for start in range(0, pcm.size - step + 1, step):
            self._capture.take(Heard(pcm[start : start + step], self._t), self._t + SLICE_S)
            self._t += SLICE_S
            self._hearing.advance(self._t)
        return self.made

    def end(self) -> Made:
        """The answer is over: take its measures."""
        self._capture.set_open(False, self._t)
        for _ in range(100):
            self._t += SLICE_S
            self._hearing.advance(self._t)
        question = SpokenLine(cue="", text="", heard_text="", start_t=0.0, end_t=0.0)
        turn = TurnRecord(turn=1, question_id="noise", cue="", question=question, words=(), started_t=None,
                          ended_t=self._t, committed_t=self._t, ended_by="cap")
        self.made.measures = answer_measures(self._evidence.answer(turn))
        return self.made

    def _take(self, event: WorkerEvent) -> None:
        match event:
            case AudioChunk():
                self._hearing.handle(Hear(n=event.n, t=event.t, pcm=event.pcm))
                self._evidence.chunk(event)
            case VoiceStarted():
                self._started_t = event.t
                self.made.segments += 1
                self._evidence.voice_started(event)
                self._hearing.handle(OpenSegment(job=self._job, segment=event.segment, from_t=event.t))
            case VoiceStopped():
                self._length_s[event.segment] = event.t - self._started_t
                self.made.barge_ins += event.t_known - self._started_t >= BARGE_PAUSE_S
                self.made.longest_s = max(self.made.longest_s, event.t - self._started_t)
                self._evidence.voice_stopped(event)
                self._hearing.handle(CloseSegment(job=self._job, segment=event.segment, to_t=event.t))
            case Utterance(is_final=True) if self._length_s[event.segment] >= NO_WORD_S:
                self.made.words += len(event.words)
            case _:
                pass


def silent_room(name: str, seconds: float, model: Path, seed: int = 1) -> Made:
    """A kind of noise at ``NOISE_DBFS`` in a quiet room. The candidate's level is not known: the detector is alone."""
    ears, parts = Ears(model), max(1, round(seconds / PART_S))
    for n in range(parts):
        sound = NOISES[name](seconds / parts, NOISE_DBFS, seed + 100 * n)
        ears.hear(sound + pink_noise(sound.size, ROOM_DBFS, seed + n))
    return ears.end()


def far_talker(speech: Pcm, below_db: float, seconds: float, model: Path) -> Made:
    """Somebody who talks without end so far below the candidate, whose level is known from the sensor check."""
    gain_db = LEVEL_DBFS - below_db - voiced_dbfs(speech, model)
    voice = speech.astype(np.float32) * np.float32(10 ** (gain_db / 20) / 32768)
    ears = Ears(model, LEVEL_DBFS)
    for n in range(max(1, round(seconds * SAMPLE_RATE_HZ / voice.size))):
        ears.hear(voice + pink_noise(voice.size, ROOM_DBFS, n))
    return ears.end()


def voiced_dbfs(speech: Pcm, model: Path) -> float:
    """Mean level of the blocks that hold a voice."""
    detector = SileroVad(model)
    blocks = [speech[start : start + BLOCK_SAMPLES] for start in range(0, speech.size - BLOCK_SAMPLES, BLOCK_SAMPLES)]
    return to_dbfs(float(np.mean([power(block) for block in blocks if detector.probability(block) >= 0.5])))


def noisy_errors(snr_db: float, make: Callable[[float, float, int], Sound], every: int = EVERY) -> WordErrors:
    """Every so many clips of the script's voices in noise, after the sensor check's sentence in the same noise."""
    reader, cost, parts = ClipReader(VOICES), Cost(), list[WordErrors]()
    for voice in ("rms", "slt"):
        clips = [clip for clip in load_index().values() if clip.voice == voice and clip.text not in FILLERS]
        check = next(clip for clip in clips if clip.text.startswith("Hello, this is my voice"))
        recogniser = SphinxRecogniser()
        for n, clip in enumerate((check, *clips[::every])):
            pcm = np.pad(reader(clip.name), (round(LEAD_S * SAMPLE_RATE_HZ), round(TAIL_S * SAMPLE_RATE_HZ)))
            noise = make(pcm.size / SAMPLE_RATE_HZ, LEVEL_DBFS - snr_db, n)
            heard = (pcm + noise * 32768).clip(-32768, 32767).astype(np.int16)
            if n == 0:
                recogniser.learn_channel(heard)
            else:
                parts.append(word_errors(clip.text, recognise(recogniser, heard, cost)))
    return pooled(parts)


def shared_speech(name: str) -> Pcm | None:
    """A public-domain recording; None where it is not."""
    path = shared_folder() / name
    if not path.is_file():
        return None
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def _rooms(model: Path, seconds: float) -> Iterator[Line]:
    yield f"{seconds:.0f} s each at {NOISE_DBFS:.0f} dBFS      VAD segments  longest  words  measures", True
    for name in NOISES:
        yield _line(name, made := silent_room(name, seconds, model)), made.is_good
    for name in ("speech_jfk.wav", "speech_two_cities.wav"):
        speech = shared_speech(name)
        if speech is None:
            yield f"{name}: not in {shared_folder()}, left out", True
        else:
            made = far_talker(speech, FAR_DB, seconds, model)
            yield _line(f"{name} {-FAR_DB:.0f} dB", made), made.is_good


def _line(name: str, made: Made) -> str:
    told = ", ".join(made.told) or "nothing heard"
    return f"{name:<28}{made.segments:>13}{made.longest_s:>7.2f} s{made.words:>7}  {told}"


def _errors() -> Iterator[Line]:
    yield "signal to noise, dB   pink   white  word error rate", True
    for snr_db in SNRS_DB:
        rates = [noisy_errors(snr_db, make).rate for make in (pink, white)]
        yield f"{snr_db:>19.0f}{rates[0]:>7.2f}{rates[1]:>8.2f}", True


def run() -> int:
    """Print the figures; 1 when the booth hears a voice, words or more than nothing where nobody speaks."""
    logging.getLogger("greenroom.workers.hearing").setLevel(logging.WARNING)  # it misses engines not wanted here
    model = Store(load().booth.models_dir, Manifest.load()).path("silero-vad-v6", MODEL_FILE)
    return tell(chain(_rooms(model, LENGTH_S), _errors()))
