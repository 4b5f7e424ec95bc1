"""A booth around the machine: its real speech and playout, and workers and a candidate that chance drives."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from greenroom.events import (
    SAMPLE_RATE_HZ,
    ClientCommand,
    EndOfTurn,
    FollowUpWorded,
    JobKey,
    JournalEntry,
    LineSpoken,
    PlayoutCut,
    PlayoutFinished,
    PlayoutPaused,
    PlayoutProgress,
    PlayoutResumed,
    PlayoutStarted,
    RequestFailed,
    SessionPlanned,
    SpeechClip,
    Tick,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerDied,
    WorkerName,
    WorkerReady,
)
from greenroom.interview import machine
from greenroom.interview.effects import (
    CloseEars,
    CutSpeech,
    Effect,
    OpenEars,
    PauseSpeech,
    Prepare,
    Rehearse,
    ResumeSpeech,
    Say,
    SetListening,
    WordFollowUp,
)
from greenroom.interview.planning import make_plan
from greenroom.interview.questions import load_packs
from greenroom.interview.speech import Speech
from greenroom.interview.state import InterviewState
from greenroom.records import EngineInfo, Phoneme, SetUp, Word
from greenroom.requests import CutPlayout, PausePlayout, Play, ResumePlayout, Synthesize, WorkerRequest
from greenroom.voice.playout import Playout

STEP_S = 0.05
WORD_S = 0.25
MORE_THAN_A_FADE = 50
"""Samples of one value in a step: those that fade have it only a few times."""
ANSWERS = ("i worked in a small shop and i learned to deal with people every day", "and then i", "okay", "",
           "let me think", "that's all", "please repeat the question", "it was good because", "skip this question")
ENGINES: dict[WorkerName, tuple[EngineInfo, ...]] = {
    "hearing": (EngineInfo(capability="end_of_turn", name="chance"),),
    "language": (EngineInfo(capability="language_model", name="chance"),),
}


class Port:
    def __init__(self, name: WorkerName, take: Callable[[WorkerRequest], None]) -> None:
        self.name: WorkerName = name
        self._take = take

    def send(self, request: WorkerRequest) -> None:
        self._take(request)

    def forget(self) -> None:
        pass


class Simulation:
    """Time passes in ``run``; everything else is what chance, or a test, does in between."""

    def __init__(self, seed: int, questions: int = 2) -> None:
        self.chance = random.Random(seed)
        self.state = InterviewState()
        self.effects: list[Effect] = []
        self.lines: list[LineSpoken] = []
        self.heard: list[tuple[float, str]] = []
        """When the loudspeaker was not silent, and the text that was meant to be said."""
        self.t = 0.0
        self.dead: set[WorkerName] = set()
        self.voice_since_t: float | None = None
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._n = 0
        self._segment = 0
        self._answer = ""
        self._is_listening = False
        self._playout = Playout()
        self._texts: dict[int, str] = {}
        self._said: dict[JobKey, str] = {}
        self._speech = Speech(Port("voice", self._synthesize), Port("audio", self._play), feed=self._fed,
                              show=lambda _text: None, mouth=lambda _mouth: None)
        self._set_up = SetUp(questions=questions)
        self._plan = make_plan(load_packs()["graduate"], questions, seed)
        self.feed(WorkerReady(t=0.0, t_known=0.0, worker="language", generation=1, engines=ENGINES["language"]))

    # --- time ---

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        end_t = self.t + seconds
        while self.t < end_t - 1e-9 and not until():
            self.t = round(self.t + STEP_S, 6)
            while self._due and min(self._due)[0] <= self.t:
                due = min(self._due)
                self._due.remove(due)
                due[2]()
            self._sound()
            self._speech.tick(self.t)
            self.feed(Tick(t=self.t, t_known=self.t))

    def later(self, longest_s: float, do: Callable[[], None]) -> None:
        self._n += 1
        self._due.append((self.t + self.chance.uniform(0.0, longest_s), self._n, do))

    def feed(self, event: JournalEntry) -> None:
        self.state, effects = machine.step(self.state, event)
        for effect in effects:
            self.effects.append(effect)
            self._do(effect)

    # --- the booth ---

    def _sound(self) -> None:
        if "audio" in self.dead:
            return
        from_t = self.t - STEP_S
        pcm, _ = self._playout.take(round(STEP_S * SAMPLE_RATE_HZ), from_t)
        if pcm.any():
            values, counts = np.unique(pcm, return_counts=True)
            self.heard += [(self.t, self._texts[int(value)]) for value, count in zip(values, counts, strict=True)
                           if count >= MORE_THAN_A_FADE and value]
        for event in self._playout.drain():
            match event:
                case PlayoutStarted():
                    self._speech.started(event.job, event.t)
                    self.feed(event)
                case PlayoutProgress():
                    self._speech.heard(event.job, event.t, event.heard_s)
                case PlayoutPaused():
                    self._speech.paused(event.job, event.heard_s)
                case PlayoutResumed():
                    self._speech.resumed(event.job, event.t, event.heard_s)
                case PlayoutFinished() | PlayoutCut():
                    self._speech.ended(event.job, event.t, event.heard_s, was_cut=isinstance(event, PlayoutCut))

    def _fed(self, event: PlayoutStarted | LineSpoken) -> None:
        if isinstance(event, LineSpoken):
            self.lines.append(event)
        self.feed(event)

    def _play(self, request: WorkerRequest) -> None:
        if "audio" in self.dead:
            return
        match request:
            case Play(job=job, cue=cue, pcm=pcm, is_last=is_last):
                self._playout.append(job, cue, np.frombuffer(pcm, np.int16), is_last)
            case PausePlayout(job=job):
                self._playout.pause(job)
            case ResumePlayout(job=job, from_s=from_s):
                self._playout.resume(job, from_s)
            case CutPlayout(job=job):
                self._playout.cut(job, self.t)

    def _synthesize(self, request: WorkerRequest) -> None:
        if "voice" in self.dead or not isinstance(request, Synthesize):
            return
        words = len(request.text.split())
        value = 100 + len(self._texts)
        self._texts[value] = request.text
        pcm = np.full(round(words * WORD_S * SAMPLE_RATE_HZ), value, np.int16)
        marks = tuple(Phoneme(ipa=" ", start_s=n * WORD_S) for n in range(words))
        clip = SpeechClip(t=self.t, t_known=self.t, key=request.key, pcm=pcm.tobytes(),
                          sample_rate_hz=SAMPLE_RATE_HZ, is_last=True, phonemes=marks)
        self.later(0.3, lambda: self._speech.clip(clip) if "voice" not in self.dead else None)

    def _do(self, effect: Effect) -> None:
        match effect:
            case Say():
                self._said[effect.job] = effect.text
                self._speech.say(effect.job, effect.cue, effect.text, effect.style, self.t)
            case Rehearse():
                self._speech.rehearse(effect.texts, effect.style)
            case Prepare():
                self._speech.prepare(effect.text, effect.style)
            case PauseSpeech():
                self._speech.pause(effect.job)
            case ResumeSpeech():
                self._speech.resume(effect.job)
            case CutSpeech():
                self._speech.cut(effect.job, self.t)
            case OpenEars():
                self.later(0.6, lambda: self._recognise(effect.job, effect.segment, is_final=False))
            case CloseEars():
                self.later(0.4, lambda: self._recognise(effect.job, effect.segment, is_final=True))
            case SetListening(is_open=is_open):
                self._is_listening = is_open
                if not is_open:
                    self.later(0.0, self.hush)
            case WordFollowUp():
                self.later(1.5, lambda: self._word(effect))

    def _recognise(self, job: JobKey, segment: int, *, is_final: bool) -> None:
        words = tuple(Word(text=w, start_t=self.t, end_t=self.t) for w in self._answer.split())
        self._work("hearing", Utterance(t=self.t, t_known=self.t, job=job, segment=segment, words=words,
                                        is_final=is_final))
        if is_final:
            self.later(0.3, lambda: self._work("hearing", EndOfTurn(
                t=self.t, t_known=self.t, job=job, segment=segment, model_p=self.chance.random(),
                pitch_st=self.chance.uniform(-2, 4), end_p=self.chance.random())))

    def _word(self, asked: WordFollowUp) -> None:
        text = self.chance.choice(("", "You are hired?", f"So, {asked.text[0].lower()}{asked.text[1:]}"))
        if self.chance.random() < 0.2:
            self._work("language", RequestFailed(t=self.t, t_known=self.t, worker="language", code="engine",
                                                 request="word_follow_up", message="chance"))
        else:
            self._work("language", FollowUpWorded(t=self.t, t_known=self.t, job=asked.job, hook_id=asked.hook_id,
                                                  text=text, engine="chance"))

    def _work(self, worker: WorkerName, event: JournalEntry) -> None:
        if worker not in self.dead:
            self.feed(event)

    # --- what may happen ---

    def press(self, command: type[ClientCommand], **fields: object) -> None:
        self.feed(command(t=self.t, t_known=self.t, **fields))  # type: ignore[arg-type]  # its own fields

    def plan(self) -> None:
        self.feed(SessionPlanned(t=self.t, t_known=self.t, set_up=self._set_up, plan=self._plan))

    def speak(self) -> None:
        if self.voice_since_t is None and self._is_listening and "audio" not in self.dead:
            self._answer = self.chance.choice(ANSWERS)
            self._segment += 1
            self.voice_since_t = self.t
            self.feed(VoiceStarted(t=self.t - self.chance.uniform(0, 0.1), t_known=self.t, segment=self._segment))

    def hush(self) -> None:
        if self.voice_since_t is not None:
            self.voice_since_t = None
            self.feed(VoiceStopped(t=self.t - 0.2, t_known=self.t, segment=self._segment))

    def kill(self, worker: WorkerName) -> None:
        if worker in self.dead:
            return
        self.dead.add(worker)
        self.feed(WorkerDied(t=self.t, t_known=self.t, worker=worker, reason="chance"))
        if worker == "audio":
            self.voice_since_t = None
            self._playout = Playout()
            self._speech.sound_is_gone()

    def revive(self, worker: WorkerName) -> None:
        if worker not in self.dead:
            return
        self.dead.discard(worker)
        if worker == "voice":
            self._speech.voice_is_back(())
        self.feed(WorkerReady(t=self.t, t_known=self.t, worker=worker, generation=2, engines=ENGINES.get(worker, ())))

    @property
    def texts_said(self) -> set[str]:
        return set(self._said.values())

    @property
    def is_interruptible(self) -> bool:
        speaking = self.state.speaking
        return speaking is not None and speaking.purpose in ("ask", "greeting", "reprompt")
