"""The booth's ears and patience without an interview: real engines and policy, fed with sound in lock step."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from greenroom.devices.echo import NoEcho
from greenroom.devices.reference import Reference
from greenroom.events import (
    SAMPLE_RATE_HZ,
    AnswerRead,
    AnswerRetold,
    AudioChunk,
    EndOfTurn,
    JobKey,
    JournalEntry,
    SelfPicture,
    Tick,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerEvent,
)
from greenroom.hearing.fillers import ends_in_filler
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.sentence_end_ngram import NgramSentenceEnds
from greenroom.hearing.vad import MODEL_FILE, SileroVad
from greenroom.interview import machine
from greenroom.interview.effects import CloseEars, OpenEars, SaveTurn, Say
from greenroom.interview.reopening import REACTION_S
from greenroom.interview.state import Answer, InterviewState
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import Heard, Pcm
from greenroom.records import Ending, Plan, Question, TurnRecord
from greenroom.requests import CloseSegment, Hear, LearnChannel, OpenSegment
from greenroom.settings import load
from greenroom.workers.capture import Capture
from greenroom.workers.hearing import HearingWorker, load_turns
from greenroom.workers.lockstep import SLICE_S, EventOrder
from greenroom.world.measure import CANDIDATE_DBFS

SILENCE_S = 9.0
"""Longer than any wait for the end of a turn."""
NOISE_RMS = 20.0
"""About -64 dBFS, a quiet room."""
GIVEN_BACK_S = 0.6
"""After a turn was taken, long enough to know of a voice for which it is given back."""
LEAD_S = 0.5
AFTER_S = 1.0
_QUESTION = Question(id="bench", text="", kind="behavioural", competency="")


class Taken(NamedTuple):
    """What became of an answer."""

    after_s: float
    """From its last sample over ``CANDIDATE_DBFS`` to the moment at which the turn was taken, 0 when that was sooner;
    infinite when it was not taken within ``SILENCE_S``, as after "let me think"."""
    ending: Ending | None
    """How that silence was weighed; None when the turn was not taken, or nothing was recognised."""
    text: str
    """The words that were recognised; empty when the turn was not taken."""


def taken(turn: TurnRecord | None, spoken_t: float) -> Taken:
    """What became of an answer whose last voiced sample was at ``spoken_t``; ``turn`` is None when it was not taken."""
    if turn is None:
        return Taken(math.inf, None, "")
    return Taken(max(0.0, turn.committed_t - spoken_t), turn.endings[-1] if turn.endings else None,
                 " ".join(word.text for word in turn.words))


class Listener:
    """Learns a voice from a sentence, then hears answers one by one."""

    def __init__(self, check: Pcm) -> None:
        settings = load()
        model = Store(settings.booth.models_dir, Manifest.load()).path("silero-vad-v6", MODEL_FILE)
        self._order = EventOrder()
        self._capture = Capture(self._take, SileroVad(model), NoEcho(), Reference())
        self._capture.set_open(True, 0.0)
        self._hearing = HearingWorker(self._take, SphinxRecogniser, ends_in_filler, load_pitch=PraatPitch,
                                      load_turns=lambda: load_turns(settings), load_sentence_ends=NgramSentenceEnds)
        self._hearing.warm_up(0)
        self._random = np.random.default_rng(1)
        self._t = 0.0
        self._turn = 0
        self._state = InterviewState()
        self._record: TurnRecord | None = None
        self._before = self._state
        """As it was when the turn of ``_record`` was taken."""
        from_t = self._t + LEAD_S
        self._begin()
        self._play(check, AFTER_S)
        self._hearing.handle(LearnChannel(from_t=from_t, to_t=from_t + check.size / SAMPLE_RATE_HZ))
        self._play(np.zeros(0, np.int16), AFTER_S)

    def hear(self, answer: Pcm) -> Taken:
        """An answer, and then silence until the turn is taken for good: not given back, as the booth gives it back to a
        voice that sets in before the interviewer can have been heard. The interviewer speaks at once."""
        self._begin()
        spoken_t = self._t + LEAD_S + spoken_s(answer)
        self._play(answer, SILENCE_S)
        return taken(self._record, spoken_t)

    def _begin(self) -> None:
        self._turn += 1
        self._record = None
        job = JobKey(self._turn)
        answer = Answer(turn=self._turn, job=job, cue="question:bench", question_id="bench", opened_t=self._t - 10.0)
        self._state = InterviewState(
            phase="listening", now_t=self._t, turn=self._turn, answer=answer, is_judging=True,
            plan=Plan(pack_id="bench", seed=1, questions=(_QUESTION,)))

    def _play(self, pcm: Pcm, after_s: float) -> None:
        sound = np.concatenate([np.zeros(round(LEAD_S * SAMPLE_RATE_HZ)), pcm,
                                np.zeros(round(after_s * SAMPLE_RATE_HZ))])
        noisy = (sound + self._random.normal(0.0, NOISE_RMS, sound.size)).clip(-32768, 32767).astype(np.int16)
        step = round(SLICE_S * SAMPLE_RATE_HZ)
        for start in range(0, noisy.size - step + 1, step):
            self._slice(noisy[start : start + step])
            if self._record is not None and self._t > self._record.committed_t + GIVEN_BACK_S:
                return

    def _slice(self, pcm: Pcm) -> None:
        until_t = self._t + SLICE_S
        self._capture.take(Heard(pcm, self._t), until_t)
        self._hearing.advance(until_t)
        self._t = until_t
        for event in self._order.until(until_t):
            if not isinstance(event, SelfPicture | AnswerRead | AnswerRetold):
                self._step(event)
        self._step(Tick(t=until_t, t_known=until_t))

    def _take(self, event: WorkerEvent) -> None:
        if isinstance(event, AudioChunk):
            self._hearing.handle(Hear(n=event.n, t=event.t, pcm=event.pcm))
        elif isinstance(event, VoiceStarted | VoiceStopped | Utterance | EndOfTurn):
            self._order.put(0, event)

    def _step(self, event: JournalEntry) -> None:
        if self._record is not None:
            if not isinstance(event, VoiceStarted) or event.t >= self._record.committed_t + REACTION_S:
                return
            self._state, self._record = self._before, None
        before = self._state
        self._state, effects = machine.step(self._state, event)
        for effect in effects:
            match effect:
                case OpenEars():
                    self._hearing.handle(OpenSegment(job=effect.job, segment=effect.segment, from_t=effect.from_t))
                case CloseEars():
                    self._hearing.handle(CloseSegment(job=effect.job, segment=effect.segment, to_t=effect.to_t))
                case SaveTurn(turn=turn):
                    self._record, self._before = turn, before
                case Say(job=job):  # a word of encouragement, which nobody says here
                    self._state = _unsaid(self._state, job)


def spoken_s(answer: Pcm) -> float:
    """Seconds up to its last sample over ``CANDIDATE_DBFS``; 0 when there is none."""
    loud = np.flatnonzero(np.abs(answer.astype(np.int32)) > 32768 * 10 ** (CANDIDATE_DBFS / 20))
    return (int(loud[-1]) + 1) / SAMPLE_RATE_HZ if loud.size else 0.0


def _unsaid(state: InterviewState, job: JobKey) -> InterviewState:
    is_it = state.speaking is not None and state.speaking.job == job
    return replace(state, speaking=None) if is_it else state
