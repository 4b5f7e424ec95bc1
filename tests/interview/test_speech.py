"""The interviewer's voice as core drives it: what is owed, what is ready, and shapes that come with their samples."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.errors import CommandRefused
from greenroom.events import (
    SAMPLE_RATE_HZ,
    JobKey,
    LineSpoken,
    PlayoutFinished,
    PlayoutPaused,
    PlayoutProgress,
    PlayoutResumed,
    PlayoutStarted,
    SpeechClip,
    WorkerName,
)
from greenroom.interview import speech
from greenroom.interview.speech import Mouth, Speech
from greenroom.records import Phoneme
from greenroom.requests import PausePlayout, Play, ResumePlayout, Synthesize, WorkerRequest
from greenroom.voice.clauses import split
from greenroom.voice.playout import Playout

TEXT = "Thank you for that. Tell me about your work in the shop last year. And what was it like to leave?"
JOB = JobKey(1)


class Port:
    """A worker that remembers what it was asked."""

    def __init__(self, name: WorkerName) -> None:
        self.name: WorkerName = name
        self.asked: list[WorkerRequest] = []

    def send(self, request: WorkerRequest) -> None:
        self.asked.append(request)

    def forget(self) -> None:
        raise CommandRefused("nobody asks for this here")


class Booth:
    def __init__(self) -> None:
        self.voice, self.audio = Port("voice"), Port("audio")
        self.fed: list[PlayoutStarted | LineSpoken] = []
        self.shown: list[str] = []
        self.speech = Speech(self.voice, self.audio, feed=self.fed.append, show=self.shown.append,
                             mouth=lambda _mouth: None)
        self.t = 0.0

    def asked(self) -> list[Synthesize]:
        return [request for request in self.voice.asked if isinstance(request, Synthesize)]

    def bring(self, request: Synthesize, seconds: float = 1.0) -> None:
        self.speech.clip(SpeechClip(t=self.t, t_known=self.t, key=request.key,
                                    pcm=bytes(2 * round(seconds * SAMPLE_RATE_HZ)), sample_rate_hz=SAMPLE_RATE_HZ,
                                    is_last=True))

    def run(self, seconds: float) -> None:
        """Time passes; all that was sent is heard."""
        end_t = self.t + seconds
        while self.t < end_t:
            self.t += 0.1
            self.speech.tick(self.t)
            plays = [request for request in self.audio.asked if isinstance(request, Play)]
            self.speech.heard(JOB, self.t, sum(len(play.pcm) for play in plays) / (2 * SAMPLE_RATE_HZ))

    def begin(self) -> None:
        """The first clause is heard."""
        self.speech.say(JOB, "question:x", TEXT, "neutral", self.t)
        self.bring(self.asked()[0])
        self.speech.started(JOB, self.t)
        self.run(1.5)
        assert not self.is_over()

    def is_over(self) -> bool:
        return any(isinstance(request, Play) and request.is_last for request in self.audio.asked)


def test_a_line_whose_rest_never_comes_ends_after_a_while_and_is_on_the_screen() -> None:
    booth = Booth()
    booth.begin()
    booth.run(speech.VOICE_PATIENCE_S - 2.0)
    assert not booth.is_over()
    booth.run(3.0)
    assert booth.is_over()
    assert booth.shown[-1] == TEXT
    booth.speech.ended(JOB, booth.t, 1.0, was_cut=False)
    (line,) = [event.line for event in booth.fed if isinstance(event, LineSpoken)]
    assert line.was_cut
    assert TEXT.startswith(line.heard_text)
    assert len(line.heard_text) < len(TEXT)


def test_a_voice_that_is_gone_for_good_is_not_waited_for() -> None:
    booth = Booth()
    booth.begin()
    booth.speech.has_voice = False
    booth.run(1.0)
    assert booth.is_over()


def test_a_line_whose_first_clause_cannot_be_said_is_on_the_screen_at_once() -> None:
    booth = Booth()
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    booth.speech.refused(booth.asked()[0].key)
    booth.speech.tick(0.02)
    assert booth.shown == [TEXT]
    assert [type(event) for event in booth.fed] == [PlayoutStarted]


def test_a_line_whose_next_clause_cannot_be_said_ends_where_its_sound_ends() -> None:
    booth = Booth()
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    first, second = booth.asked()
    booth.bring(first, 3.0)
    booth.speech.refused(second.key)
    booth.speech.started(JOB, booth.t)
    booth.run(0.2)
    assert not booth.is_over(), "what can be said is said"
    booth.run(2.0)
    assert booth.is_over()
    assert booth.shown[-1] == TEXT
    assert sum(len(play.pcm) for play in booth.audio.asked if isinstance(play, Play)) >= 2 * 3 * SAMPLE_RATE_HZ


def test_a_clause_that_could_not_be_said_is_asked_for_anew_when_it_is_said_again() -> None:
    booth = Booth()
    booth.speech.prepare(TEXT, "neutral")
    booth.speech.refused(booth.asked()[0].key)
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    booth.run(1.0)
    assert booth.fed == [], "it is waited for"
    assert [request.text for request in booth.asked()[1:2]] == [split(TEXT)[0].strip()]
    booth.bring(booth.asked()[1])
    assert any(isinstance(request, Play) for request in booth.audio.asked)


def test_a_refusal_of_what_nobody_asked_for_changes_nothing() -> None:
    booth = Booth()
    booth.begin()
    booth.speech.refused("")
    booth.run(1.0)
    assert not booth.is_over()


def test_a_line_that_broke_is_asked_for_anew_when_it_is_said_again() -> None:
    booth = Booth()
    booth.begin()
    booth.run(speech.VOICE_PATIENCE_S + 1.0)
    before = len(booth.asked())
    booth.speech.ended(JOB, booth.t, 1.0, was_cut=False)
    booth.speech.say(JobKey(2), "repeat:x", TEXT, "neutral", booth.t)
    assert [request.text for request in booth.asked()[before:]] == [split(TEXT)[1].strip()]


def test_sound_that_waits_for_the_loudspeaker_is_not_broken_off() -> None:
    booth = Booth()
    booth.speech.say(JOB, "question:x", TEXT, "neutral", 0.0)
    for request in booth.asked():
        booth.bring(request, 3.0)
    booth.speech.started(JOB, 0.0)
    for n in range(200):
        booth.speech.tick(0.1 * n)
    assert not booth.is_over()


def test_it_is_told_when_the_first_sound_of_a_text_came() -> None:
    booth = Booth()
    booth.speech.prepare(TEXT, "neutral")
    assert booth.speech.ready_t(JOB) is None
    booth.t = 2.0
    booth.bring(booth.asked()[0])
    booth.t = 3.0
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    booth.bring(booth.asked()[1])
    assert booth.speech.ready_t(JOB) == 2.0
    assert booth.speech.ready_t(JobKey(2)) is None


class Loudspeaker:
    """A real playout behind the audio port, whose events reach the voice as a session passes them on."""

    name: WorkerName = "audio"
    STEP_S = 0.01

    def __init__(self) -> None:
        self.playout = Playout()
        self.voice = Port("voice")
        self.mouths: list[Mouth] = []
        self.heard = np.zeros(0, np.int16)
        self.from_t = self.t = 3.21
        self.speech = Speech(self.voice, self, feed=lambda _event: None, show=lambda _text: None, mouth=self.told)

    def told(self, mouth: Mouth | None) -> None:
        if mouth is not None:
            self.mouths.append(mouth)

    def send(self, request: WorkerRequest) -> None:
        match request:
            case Play():
                self.playout.append(request.job, request.cue, np.frombuffer(request.pcm, np.int16), request.is_last)
            case PausePlayout():
                self.playout.pause(request.job)
            case ResumePlayout():
                self.playout.resume(request.job, request.from_s)
            case _:
                raise AssertionError(request)

    def forget(self) -> None:
        self.playout.clear()

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / self.STEP_S)):
            pcm, _ = self.playout.take(round(self.STEP_S * SAMPLE_RATE_HZ), self.t)
            self.heard = np.concatenate((self.heard, pcm))
            self.t += self.STEP_S
            for event in self.playout.drain():
                match event:
                    case PlayoutStarted():
                        self.speech.started(event.job, event.t)
                    case PlayoutProgress():
                        self.speech.heard(event.job, event.t, event.heard_s)
                    case PlayoutPaused():
                        self.speech.paused(event.job, event.heard_s)
                    case PlayoutResumed():
                        self.speech.resumed(event.job, event.t, event.heard_s)
                    case PlayoutFinished():
                        self.speech.ended(event.job, event.t, event.heard_s, was_cut=False)
                    case _:
                        pass
            self.speech.tick(self.t)

    def bring(self, clause: int) -> None:
        """1 s of a level that is the clause's own, with one mouth shape."""
        request = [asked for asked in self.voice.asked if isinstance(asked, Synthesize)][clause]
        pcm = np.full(SAMPLE_RATE_HZ, self.level(clause), np.int16).tobytes()
        self.speech.clip(SpeechClip(t=self.t, t_known=self.t, key=request.key, pcm=pcm, sample_rate_hz=SAMPLE_RATE_HZ,
                                    is_last=True, phonemes=(Phoneme(ipa=SOUNDS[clause], start_s=0.0),)))

    def level(self, clause: int) -> int:
        """One that no other level passes through while it fades."""
        return (5003, 10009, 15013)[clause]

    def off_s(self, clause: int) -> float:
        """How far the clause's last shapes are from the time its samples are heard at: those of its last 0.1 s."""
        mouth = next(mouth for mouth in reversed(self.mouths) if mouth.shapes[0] == SHAPES[clause])
        last = int(np.flatnonzero(self.heard == self.level(clause))[-1])
        return mouth.t0 + 1.0 - (self.from_t + (last + 1) / SAMPLE_RATE_HZ)


SOUNDS, SHAPES = "ɑuɛ", "DFC"


def test_shapes_come_with_the_samples_they_belong_to() -> None:
    booth = Loudspeaker()
    booth.run(0.5)
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    for clause in range(2):
        booth.bring(clause)
    booth.run(1.0)
    booth.bring(2)
    booth.run(5.0)
    assert len(booth.mouths) == 3
    assert [booth.off_s(n) for n in range(3)] == pytest.approx([0.0] * 3, abs=1e-3)


def test_shapes_come_with_their_samples_after_a_pause_too() -> None:
    booth = Loudspeaker()
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    for clause in range(2):
        booth.bring(clause)
    booth.run(0.4)
    booth.speech.pause(JOB)
    booth.run(0.73)
    booth.speech.resume(JOB)
    booth.run(0.5)
    booth.bring(2)
    booth.run(1.5)
    booth.speech.pause(JOB)
    booth.run(1.11)
    booth.speech.resume(JOB)
    booth.run(3.0)
    assert [booth.off_s(n) for n in range(3)] == pytest.approx([0.0] * 3, abs=1e-3)


def test_shapes_wait_for_samples_that_come_late() -> None:
    booth = Loudspeaker()
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    booth.bring(0)
    booth.run(2.0)
    booth.bring(1)
    booth.run(1.0)
    booth.bring(2)
    booth.run(3.0)
    assert [booth.off_s(n) for n in range(3)] == pytest.approx([0.0] * 3, abs=0.02)


@pytest.mark.parametrize("wait_s", [0.7, 0.9, 1.1])
def test_shapes_of_a_clause_that_comes_in_the_last_moment_come_before_its_sound(wait_s: float) -> None:
    booth = Loudspeaker()
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    booth.bring(0)
    booth.run(wait_s)
    booth.bring(1)
    (mouth,) = (mouth for mouth in booth.mouths if mouth.shapes[0] == SHAPES[1])
    assert mouth.t0 > booth.t
    booth.run(2.0)
    assert booth.off_s(1) == pytest.approx(0.0, abs=1e-3)


def test_during_a_pause_no_shapes_are_sent() -> None:
    booth = Loudspeaker()
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    booth.bring(0)
    booth.run(0.7)
    booth.speech.pause(JOB)
    booth.run(0.1)
    before = len(booth.mouths)
    booth.bring(1)
    booth.run(0.5)
    assert len(booth.mouths) == before
    booth.speech.resume(JOB)
    booth.run(2.0)
    assert booth.off_s(1) == pytest.approx(0.0, abs=1e-3)


def test_what_was_rehearsed_is_sent_to_the_loudspeaker_at_once() -> None:
    booth = Loudspeaker()
    booth.speech.rehearse([TEXT], "neutral")
    for clause in range(3):
        booth.bring(clause)
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    assert booth.playout.queued_samples >= speech.AHEAD_S * SAMPLE_RATE_HZ
    booth.run(0.02)
    assert booth.mouths[0].t0 == pytest.approx(3.21)


def test_nothing_but_the_script_is_left_after_forgetting() -> None:
    booth = Loudspeaker()
    booth.speech.rehearse(["Thank you."], "neutral")
    booth.bring(0)
    booth.speech.say(JOB, "question:x", "Thank you. You left the bakery.", "neutral", booth.t)
    booth.bring(1)
    booth.run(4.0)
    booth.speech.forget()
    before = len(booth.voice.asked)
    booth.speech.say(JobKey(2), "question:x", "Thank you. You left the bakery.", "neutral", booth.t)
    assert [request.text for request in booth.voice.asked[before:] if isinstance(request, Synthesize)] == [
        "You left the bakery."]


def test_what_was_rehearsed_is_said_even_when_the_voice_is_gone_for_good() -> None:
    booth = Loudspeaker()
    booth.speech.rehearse([TEXT], "neutral")
    for clause in range(3):
        booth.bring(clause)
    booth.speech.voice_is_gone(is_lost=True)
    booth.speech.say(JOB, "question:x", TEXT, "neutral", booth.t)
    booth.run(5.0)
    assert [booth.off_s(n) for n in range(3)] == pytest.approx([0.0] * 3, abs=1e-3)


def test_a_synthesiser_that_comes_back_when_everything_is_sent_owes_nothing() -> None:
    booth = Booth()
    booth.begin()
    for request in booth.asked()[1:]:
        booth.bring(request)
    booth.run(3.0)
    for request in booth.asked()[2:]:
        booth.bring(request)
    booth.run(3.0)
    asked = len(booth.asked())
    booth.speech.voice_is_back(())
    assert len(booth.asked()) == asked
