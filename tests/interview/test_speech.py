"""The interviewer's voice as core drives it, when the synthesiser does not bring what it owes."""

from __future__ import annotations

from greenroom.errors import CommandRefused
from greenroom.events import SAMPLE_RATE_HZ, JobKey, LineSpoken, PlayoutStarted, SpeechClip, WorkerName
from greenroom.interview import speech
from greenroom.interview.speech import Speech
from greenroom.requests import Play, Synthesize, WorkerRequest
from greenroom.voice.clauses import split

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
