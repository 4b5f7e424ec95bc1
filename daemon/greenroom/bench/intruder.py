"""An interview in lock step through the booth's own workers, and somebody in its room who makes sounds on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from greenroom.bench.echo_rig import LateRoom
from greenroom.devices.echo import Canceller, WebRtcEcho
from greenroom.errors import GreenroomError
from greenroom.events import (
    SAMPLE_RATE_HZ,
    Begin,
    ChooseSetUp,
    ClientCommand,
    Continue,
    GiveConsent,
    JobKey,
    JournalEntry,
    LineSpoken,
    PlayoutCut,
    PlayoutPaused,
    PlayoutResumed,
    PlayoutStarted,
    Repeat,
    Skip,
    SpeechClip,
    Tick,
    Utterance,
    WorkerEvent,
)
from greenroom.hearing.fillers import ends_in_filler
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.sentence_end_ngram import NgramSentenceEnds
from greenroom.hearing.vad import MODEL_FILE, SileroVad
from greenroom.interview.effects import Effect
from greenroom.interview.evidence import Evidence
from greenroom.interview.questions import load_packs
from greenroom.interview.session import Session
from greenroom.interview.speech import Mouth
from greenroom.interview.state import InterviewState
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import Emit, Heard, Pcm, SpeakerSource
from greenroom.records import Consent, DeviceInfo, EngineInfo, Phoneme, SessionRecord, SetUp
from greenroom.requests import Synthesize, WorkerRequest
from greenroom.settings import load
from greenroom.storage.media import SessionMedia
from greenroom.storage.memory import MemorySessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock
from greenroom.voice.clauses import WORD_BOUNDARY, breath_s, split
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.voice.visemes import SILENCE
from greenroom.workers.audio import AudioWorker
from greenroom.workers.hearing import HearingWorker, load_turns
from greenroom.workers.language import LanguageWorker
from greenroom.workers.local import LocalCrew
from greenroom.workers.voice import VoiceWorker
from greenroom.world.echo_path import Sound
from greenroom.world.measure import LOUDSPEAKER_DBFS, QUIET_S
from greenroom.world.room import Acoustics

ROLE = "graduate"
ROLE_QUESTIONS = 8
CHECK_S, BEGIN_S = 40.0, 15.0
"""Longer than the check and the first question take."""


class WordSpan(NamedTuple):
    """A word of what the interviewer says, in seconds from the first sample of the line."""

    start_s: float
    end_s: float


class IntruderRoom:
    """Microphone and loudspeaker in the virtual room, and whatever is scheduled to be heard in it."""

    info = (DeviceInfo(kind="microphone", name="room", state="ok"), DeviceInfo(kind="speaker", name="room", state="ok"))

    def __init__(self, acoustics: Acoustics, seed: int) -> None:
        self._room = LateRoom(acoustics, seed)
        self._latency_s = acoustics.speaker_latency_s
        self._voice: Sound = np.zeros(0, np.float32)
        """What is still to be heard; its first sample is the next one."""
        self._n = 0
        self._played: list[Pcm] = []

    def open(self, origin_ns: int) -> None: ...

    def close(self) -> None: ...

    def schedule(self, sound: Sound, at_t: float) -> None:
        start = round(at_t * SAMPLE_RATE_HZ) - self._n
        self._voice = np.pad(self._voice, (0, max(0, start + sound.size - self._voice.size)))
        self._voice[start : start + sound.size] += sound

    def exchange(self, until_t: float, fill: SpeakerSource) -> list[Heard]:
        samples = round(until_t * SAMPLE_RATE_HZ) - self._n
        from_t = self._n / SAMPLE_RATE_HZ
        pcm, _ = fill(samples, from_t + self._latency_s)
        voice = np.pad(self._voice[:samples], (0, max(0, samples - self._voice.size)))
        self._voice = self._voice[samples:]
        self._n += samples
        self._played.append(pcm)
        return [Heard(self._room.pick_up(pcm, voice), from_t)]

    def emitted(self, from_t: float, until_t: float) -> Pcm:
        """What is heard of the loudspeaker itself in this stretch, as far as it has come."""
        begin, end = (max(0, round((t - self._latency_s) * SAMPLE_RATE_HZ)) for t in (from_t, until_t))
        return np.concatenate(self._played)[begin:end]

    def silent_t(self, from_t: float, until_t: float) -> float | None:
        """When the loudspeaker falls silent for the rest of a stretch, ``from_t`` when it is silent all the time; None
        when it does not, or for less than ``QUIET_S``."""
        emitted = self.emitted(from_t, until_t)
        loud = np.flatnonzero(np.abs(emitted.astype(np.int32)) > 32768 * 10 ** (LOUDSPEAKER_DBFS / 20))
        silent_t = from_t + (int(loud[-1]) + 1) / SAMPLE_RATE_HZ if loud.size else from_t
        return silent_t if until_t - silent_t >= QUIET_S else None


class NobodySees:
    """A vision worker that is never ready to see anything."""

    engines: tuple[EngineInfo, ...] = ()

    def warm_up(self, origin_ns: int) -> None: ...

    def handle(self, request: WorkerRequest) -> None: ...

    def advance(self, until_t: float) -> None: ...

    def forget(self) -> None: ...

    def close(self) -> None: ...


class Nobody:
    """An audience that looks away."""

    def moved(self, before: InterviewState, after: InterviewState) -> None: ...

    def sensed(self, event: WorkerEvent) -> None: ...

    def spoke(self, text: str) -> None: ...

    def mouth(self, mouth: Mouth | None) -> None: ...

    def opened(self, session_id: str | None) -> None: ...

    def reported(self, record: SessionRecord) -> None: ...

    def reread(self, record: SessionRecord) -> None: ...

    def failed(self, error: GreenroomError) -> None:
        raise error


Noted = PlayoutStarted | PlayoutPaused | PlayoutResumed | PlayoutCut | LineSpoken | Utterance


class NotedVoice(VoiceWorker):
    """Notes under which key each clause was asked for."""

    def __init__(self, emit: Emit, asked: dict[str, str]) -> None:
        super().__init__(EspeakSynthesizer(), emit)
        self._asked = asked

    def handle(self, request: WorkerRequest) -> None:
        if isinstance(request, Synthesize):
            self._asked[request.key] = request.text
        super().handle(request)


class Interview:
    """Real engines, machine and room. ``noted`` holds what happened to the interviewer's lines, and what was heard."""

    def __init__(self, check: Pcm, *, seed: int = 1, acoustics: Acoustics | None = None,
                 load_echo: Callable[[], Canceller] = WebRtcEcho) -> None:
        """``check`` is the sentence of the sensor check in the intruder's voice."""
        self.room = IntruderRoom(acoustics or Acoustics(), seed)
        self.noted: list[Noted] = []
        self._check = check
        self._asked: dict[str, str] = {}
        self._clips: dict[str, list[SpeechClip]] = {}
        self._clock = VirtualClock()
        settings, model = load(), vad_model()
        self._crew = LocalCrew(
            {
                "audio": lambda emit: AudioWorker(emit, self.room, lambda: SileroVad(model), load_echo),
                "vision": lambda _emit: NobodySees(),
                "hearing": lambda emit: HearingWorker(emit, SphinxRecogniser, ends_in_filler, load_pitch=PraatPitch,
                                                      load_turns=lambda: load_turns(settings),
                                                      load_sentence_ends=NgramSentenceEnds),
                "voice": lambda emit: NotedVoice(emit, self._asked),
                "language": LanguageWorker,
            }, self._clock, self._feed)
        self.session = Session(
            self._crew.workers, MemorySessionStore("bench"), AtOnce(), self._clock, Nobody(), packs=load_packs(),
            evidence=Evidence(SessionMedia()), booth="bench", offered=SetUp(), draw_seed=lambda: seed,
            wall_time=lambda: "2026-01-01T00:00:00+00:00", trace=self._note)
        self._crew.warm_up()

    @property
    def now_t(self) -> float:
        return self._clock.now()

    @property
    def state(self) -> InterviewState:
        return self.session.state

    def begin(self) -> None:
        """Until the first question is being asked: the screens, the sensor check, and the greeting cut short."""
        for command in (Begin, GiveConsent, ChooseSetUp):
            fields: dict[str, object] = {"consent": Consent()} if command is GiveConsent else {}
            if command is ChooseSetUp:
                fields = {"set_up": SetUp(role=ROLE, questions=ROLE_QUESTIONS)}
            self.press(command, **fields)
        self.until(lambda: self.state.phase == "sensor_check" and self.state.speaking is None, CHECK_S)
        self.say(as_sound(self._check), self.now_t + 1.0)
        self.until(lambda: self.state.phase == "greeting", CHECK_S)
        self.until(lambda: self.state.speaking is None, BEGIN_S)
        self.press(Continue)

    def press(self, command: Callable[..., ClientCommand], **fields: object) -> None:
        self.session.command(command(t=self.now_t, t_known=self.now_t, **fields))

    def ask(self, *, is_next: bool) -> JobKey:
        """Have a question asked, the same one again or the next one; returns when its first sample is heard."""
        turn = self.state.turn
        self.press(Skip, turn=turn) if is_next else self.press(Repeat)
        before = len(self.noted)
        self.until(lambda: any(self._is_question(event) for event in self.noted[before:]), BEGIN_S)
        return self.started(before).job

    def started(self, before: int = 0) -> PlayoutStarted:
        """The beginning of the newest question."""
        return next(event for event in reversed(self.noted[before:])
                    if isinstance(event, PlayoutStarted) and self._is_question(event))

    def say(self, sound: Sound, at_t: float) -> None:
        self.room.schedule(sound, at_t)

    def until(self, is_so: Callable[[], bool], limit_s: float) -> bool:
        """Go on until something is so; False when it was not within the limit."""
        limit_t = self.now_t + limit_s
        while not is_so():
            if self.now_t >= limit_t:
                return False
            self._crew.slice()
        return True

    def run(self, seconds: float) -> None:
        self.until(lambda: False, seconds)

    def word_spans(self, text: str) -> list[WordSpan]:
        """Every word of a line, as far as its sound has been made, by the marks of its phonemes."""
        spans: list[WordSpan] = []
        begin_s = 0.0
        for clause, pieces in self._made(text):
            duration_s = sum(len(piece.pcm) for piece in pieces) / (2 * SAMPLE_RATE_HZ)
            spans += _spans(pieces[-1].phonemes, begin_s, begin_s + duration_s)
            begin_s += duration_s + breath_s(clause)
        return spans

    def sound(self, text: str) -> Pcm:
        """A line as it was made, as far as it has been: its clips with the breaths between them."""
        parts = [np.zeros(0, np.int16)]
        for clause, pieces in self._made(text):
            parts += [np.frombuffer(piece.pcm, np.int16) for piece in pieces]
            parts.append(np.zeros(round(breath_s(clause) * SAMPLE_RATE_HZ), np.int16))
        return np.concatenate(parts)

    def _made(self, text: str) -> Iterator[tuple[str, list[SpeechClip]]]:
        """The clauses of a line in order with their clips, up to the first one that has none."""
        made = {asked: self._clips[key] for key, asked in self._asked.items() if key in self._clips}
        for clause in split(text):
            pieces = made.get(clause.strip())
            if pieces is None:
                return
            yield clause, pieces

    def close(self) -> None:
        self._crew.close()

    def _is_question(self, event: Noted) -> bool:
        return isinstance(event, PlayoutStarted) and event.cue.partition(":")[0] in ("question", "repeat", "follow_up")

    def _feed(self, event: WorkerEvent | Tick) -> None:
        if isinstance(event, SpeechClip):
            pieces = self._clips.setdefault(event.key, [])
            if not (pieces and pieces[-1].is_last):
                pieces.append(event)
        self.session.feed(event)

    def _note(self, entry: JournalEntry | Effect) -> None:
        if isinstance(entry, Noted):
            self.noted.append(entry)


def _spans(phonemes: tuple[Phoneme, ...], begin_s: float, end_s: float) -> list[WordSpan]:
    """A word goes from its mark to the next one, or to the pause before that."""
    starts_s = [begin_s + p.start_s for p in phonemes if p.ipa == WORD_BOUNDARY]
    pauses_s = [begin_s + p.start_s for p in phonemes if p.ipa == SILENCE]
    return [WordSpan(start_s, min([next_s, *(s for s in pauses_s if s > start_s)]))
            for start_s, next_s in pairwise((*starts_s, end_s))]


def as_sound(pcm: Pcm) -> Sound:
    sound: Sound = pcm.astype(np.float32) / np.float32(32768)
    return sound


def vad_model() -> Path:
    """Raises ``ModelMissing``."""
    return Store(load().booth.models_dir, Manifest.load()).path("silero-vad-v6", MODEL_FILE)
