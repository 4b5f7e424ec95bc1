"""A candidate and a booth in words: drives the machine with times, without sound."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.events import (
    Begin,
    ChannelLearned,
    ChooseSetUp,
    Continue,
    FaceObservation,
    GiveConsent,
    JournalEntry,
    LevelReading,
    LineSpoken,
    NeutralLearned,
    PlayoutStarted,
    SessionPlanned,
    Tick,
    Utterance,
    VoiceStarted,
    VoiceStopped,
)
from greenroom.interview import machine
from greenroom.interview.effects import CloseEars, CutSpeech, Effect, LearnFace, LearnVoice, OpenEars, Say
from greenroom.interview.planning import make_plan
from greenroom.interview.questions import load_packs
from greenroom.interview.state import InterviewState
from greenroom.records import Consent, FollowUpHook, SetUp, SpokenLine, Word

FULL = ("in my second year i worked in a small shop and when the owner fell ill i kept it open for a month"
        " so i learned to deal with people every day")
"""A whole answer to a question of the plan: it is not brief, and ends with a sentence."""
HOOK = FollowUpHook(id="price", text="What did you give up for it?", intent="tradeoff")
"""Due after ``FULL``, and after anything else that weighs nothing up."""
SAY_S = 2.0
"""How long the interviewer needs for anything."""


class Play:
    """Feeds the machine and answers its effects as perfect workers would, 0.1 s later."""

    def __init__(self, questions: int = 2, pacing: str = "normal", *, follow_ups: bool = False) -> None:
        self.state = InterviewState()
        self.journal: list[JournalEntry] = []
        self.effects: list[Effect] = []
        self.t = 0.0
        self.cue = ""
        """What was being asked when a scene began."""
        self._segment = 0
        self._words: dict[int, tuple[Word, ...]] = {}
        self._due: list[tuple[float, JournalEntry]] = []
        self._saying: Say | None = None
        self._started_t = 0.0
        self.set_up = SetUp(questions=questions, pacing=pacing)  # type: ignore[arg-type]  # a literal in tests
        plan = make_plan(load_packs()["graduate"], questions, 1)
        hooks = (HOOK,) if follow_ups else ()
        self.plan = replace(plan, questions=tuple(replace(each, follow_ups=hooks) for each in plan.questions))

    # --- the booth ---

    def phase(self) -> str:
        return self.state.phase

    def feed(self, event: JournalEntry) -> None:
        before = self.state
        self.state, effects = machine.step(before, event)
        if self.state is not before or effects:
            self.journal.append(event)
        for effect in effects:
            self.effects.append(effect)
            self._answer(effect)

    def run(self, seconds: float) -> None:
        """Let time pass in steps of 20 ms."""
        end_t = self.t + seconds
        while self.t < end_t - 1e-9:
            self.t = round(self.t + 0.02, 6)
            for due in sorted((d for d in self._due if d[0] <= self.t), key=lambda d: d[0]):
                self._due.remove(due)
                self.feed(due[1])
            self.feed(Tick(t=self.t, t_known=self.t))

    def _later(self, seconds: float, event: JournalEntry) -> None:
        self._due.append((self.t + seconds, event))

    def _answer(self, effect: Effect) -> None:
        t = self.t
        match effect:
            case Say():
                self._saying = effect
                self._started_t = t + 0.1
                self._later(0.1, PlayoutStarted(t=t + 0.1, t_known=t + 0.1, job=effect.job, cue=effect.cue))
                self._later(0.1 + SAY_S, self._line(effect, t + 0.1 + SAY_S, was_cut=False))
            case CutSpeech():
                said = self._saying
                self._due = [d for d in self._due if not (isinstance(d[1], LineSpoken | PlayoutStarted)
                                                          and d[1].job == effect.job)]
                if said is not None:
                    self._later(0.02, self._line(said, t + 0.02, was_cut=True))
            case CloseEars():
                self._later(0.1, Utterance(t=effect.to_t, t_known=t + 0.1, job=effect.job, segment=effect.segment,
                                           words=self._words.get(effect.segment, ()), is_final=True))
            case LearnVoice():
                self._later(0.1, ChannelLearned(t=t, t_known=t + 0.1, mean=(1.0, 2.0)))
            case LearnFace():
                self._later(2.0, NeutralLearned(t=t, t_known=t + 2.0, neutral=b"n", is_good=True))
            case _:
                pass

    def _line(self, said: Say, t: float, *, was_cut: bool) -> LineSpoken:
        heard = said.text[: len(said.text) // 2] if was_cut else said.text
        line = SpokenLine(cue=said.cue, text=said.text, heard_text=heard, start_t=self._started_t, end_t=t,
                          was_cut=was_cut)
        return LineSpoken(t=t, t_known=t, job=said.job, line=line)

    # --- the candidate ---

    def voice_on(self) -> int:
        self._segment += 1
        self.feed(VoiceStarted(t=self.t - 0.1, t_known=self.t, segment=self._segment))
        return self._segment

    def hear(self, text: str) -> None:
        """The recogniser's partial of the open segment."""
        words = self._words[self._segment] = self._spoken(text)
        opened = next(e for e in reversed(self.effects) if isinstance(e, OpenEars))
        self.feed(Utterance(t=self.t, t_known=self.t, job=opened.job, segment=self._segment, words=words,
                            is_final=False))

    def voice_off(self, text: str) -> float:
        """The segment ends now; its last voiced sample is returned."""
        self._words[self._segment] = self._spoken(text)
        ended_t = self.t
        self.run(0.22)
        self.feed(VoiceStopped(t=ended_t, t_known=self.t, segment=self._segment))
        return ended_t

    def say(self, text: str, seconds: float = 2.0) -> float:
        self.voice_on()
        self.run(seconds)
        return self.voice_off(text)

    def _spoken(self, text: str) -> tuple[Word, ...]:
        return tuple(Word(text=w, start_t=self.t, end_t=self.t, certainty=0.9) for w in text.split())

    # --- scenes ---

    def to_check(self) -> None:
        self.feed(Begin(t=self.t, t_known=self.t))
        self.feed(GiveConsent(t=self.t, t_known=self.t, consent=Consent()))
        self.feed(ChooseSetUp(t=self.t, t_known=self.t, set_up=self.set_up))
        self.feed(SessionPlanned(t=self.t, t_known=self.t, set_up=self.set_up, plan=self.plan))

    def to_greeting(self) -> None:
        self.to_check()
        t = self.t
        self.feed(LevelReading(t=t, t_known=t, mic_dbfs=-60, speaker_dbfs=-90, noise_dbfs=-65, speech_probability=0))
        self.feed(FaceObservation(t=t, t_known=t, frame=1, faces=1, brightness=0.5))
        self.run(SAY_S + 0.5)
        self.say("hello this is my voice and i am ready")
        self.run(3.0)

    def to_question(self) -> None:
        """Until the first question has been asked."""
        self.to_greeting()
        self.feed(Continue(t=self.t, t_known=self.t))
        self.run(SAY_S + 0.5)

    def said(self) -> list[Say]:
        return [e for e in self.effects if isinstance(e, Say)]
