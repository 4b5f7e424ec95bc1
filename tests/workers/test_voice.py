from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from greenroom.errors import EngineError
from greenroom.events import LIVE, SAMPLE_RATE_HZ, RequestFailed, SpeechClip, WorkerEvent
from greenroom.ports import Speech, WorkerHandler
from greenroom.records import EngineInfo, Phoneme, Style
from greenroom.requests import DropSynthesis, Synthesize
from greenroom.workers import voice
from greenroom.workers.voice import VoiceWorker


class ToneSynthesizer:
    """One tone of 0.1 s for every character, and counts how often it was asked."""

    info = EngineInfo(capability="synthesiser", name="tone")

    def __init__(self) -> None:
        self.spoken: list[str] = []

    def speak(self, text: str, style: Style) -> Speech:
        if "!" in text:
            raise EngineError("no exclamations")
        self.spoken.append(f"{style} {text}")
        t = np.arange(len(text) * 1600) / SAMPLE_RATE_HZ
        pcm = (8000 * np.sin(2 * np.pi * 300 * t)).astype(np.int16)
        return Speech(pcm, SAMPLE_RATE_HZ, (Phoneme(ipa="a", start_s=0.0), Phoneme(ipa="b", start_s=0.05)))


class Booth:
    def __init__(self) -> None:
        self.events: list[WorkerEvent] = []
        self.engine = ToneSynthesizer()
        self.worker = VoiceWorker(self.engine, self.events.append)
        self.t = 0.0

    def say(self, text: str, *, key: str = "k", style: Style = "neutral", stream: str = LIVE) -> None:
        self.worker.handle(Synthesize(key=key, text=text, style=style, stream=stream))

    def advance(self, times: int = 1) -> list[WorkerEvent]:
        self.events.clear()
        for _ in range(times):
            self.t += 0.01
            self.worker.advance(self.t)
        return list(self.events)

    def clips(self, times: int = 1) -> list[SpeechClip]:
        return [event for event in self.advance(times) if isinstance(event, SpeechClip)]


@pytest.fixture
def booth() -> Booth:
    return Booth()


def test_is_a_worker(booth: Booth) -> None:
    handler: WorkerHandler = booth.worker
    handler.warm_up(0)
    assert [engine.name for engine in handler.engines] == ["tone"]
    handler.close()


def test_a_clause_comes_in_pieces_of_half_a_second_at_most(booth: Booth) -> None:
    booth.say("twelve chars")
    clips = booth.clips()
    assert [len(clip.pcm) / 2 / SAMPLE_RATE_HZ for clip in clips] == pytest.approx([0.5, 0.5, 0.2])
    assert [clip.is_last for clip in clips] == [False, False, True]
    assert {clip.sample_rate_hz for clip in clips} == {SAMPLE_RATE_HZ}
    assert [len(clip.phonemes) for clip in clips] == [0, 0, 2]
    assert all(clip.t <= clip.t_known == booth.t for clip in clips)


def test_clauses_come_in_order_one_an_advance(booth: Booth) -> None:
    booth.say("one", key="a")
    booth.say("two", key="b")
    assert [clip.key for clip in booth.clips()] == ["a"]
    assert [clip.key for clip in booth.clips()] == ["b"]
    assert booth.clips() == []


def test_dropped_clauses_are_not_spoken(booth: Booth) -> None:
    booth.say("one", key="old")
    booth.say("two", key="new")
    booth.worker.handle(DropSynthesis(key="old"))
    assert [clip.key for clip in booth.clips(3)] == ["new"]


def test_a_clause_that_cannot_be_spoken_fails_with_its_code_and_the_next_goes_on(booth: Booth) -> None:
    booth.say("bad!", key="bad")
    booth.say("good", key="good")
    failed, clip = booth.advance(2)
    assert isinstance(failed, RequestFailed)
    assert (failed.worker, failed.code, failed.request) == ("voice", "engine", "synthesize bad")
    assert failed.key == "bad"
    assert isinstance(clip, SpeechClip)


def test_more_than_the_bound_is_refused_not_lost_in_silence(booth: Booth) -> None:
    for n in range(voice.MAX_WAITING + 2):
        booth.say("a", key=str(n))
    events = booth.advance(voice.MAX_WAITING + 2)
    assert sum(isinstance(event, SpeechClip) for event in events) == voice.MAX_WAITING
    assert sum(isinstance(event, RequestFailed) for event in events) == 2


def test_the_interview_s_clauses_come_first(booth: Booth) -> None:
    booth.say("two", key="a", stream="speech-1")
    booth.say("two", key="b", stream="speech-1")
    booth.say("one", key="c")
    clips = booth.clips(3)
    assert [(clip.key, clip.stream) for clip in clips] == [("c", LIVE), ("a", "speech-1"), ("b", "speech-1")]


def test_other_streams_cannot_crowd_the_interview_out(booth: Booth) -> None:
    for n in range(voice.MAX_OTHERS + 2):
        booth.say("a", key=f"other {n}", stream="speech-1")
    for n in range(voice.MAX_WAITING):
        booth.say("b", key=str(n))
    events = booth.advance(voice.MAX_WAITING + voice.MAX_OTHERS)
    failed = [event for event in events if isinstance(event, RequestFailed)]
    assert [(event.stream, event.code) for event in failed] == [("speech-1", "engine")] * 2
    streams = [event.stream for event in events if isinstance(event, SpeechClip)]
    assert streams == [LIVE] * voice.MAX_WAITING + ["speech-1"] * voice.MAX_OTHERS


def test_a_stream_drops_its_own_clauses_alone(booth: Booth) -> None:
    booth.say("one", key="k")
    booth.say("two", key="k", stream="speech-1")
    booth.worker.handle(DropSynthesis(key="k", stream="speech-1"))
    assert [clip.stream for clip in booth.clips(3)] == [LIVE]


def test_other_streams_are_told_that_their_texts_are_forgotten(booth: Booth) -> None:
    booth.say("one", key="k", stream="speech-1")
    booth.worker.forget()
    assert not any(request.text for request in booth.worker._forgotten)
    (failed,) = booth.advance()
    assert isinstance(failed, RequestFailed)
    assert (failed.stream, failed.code) == ("speech-1", "command-refused")
    assert booth.advance() == []


@pytest.mark.parametrize("end", [VoiceWorker.forget, VoiceWorker.close])
def test_nothing_said_is_kept_after_forgetting(booth: Booth, end: Callable[[VoiceWorker], None]) -> None:
    booth.say("one")
    end(booth.worker)
    assert booth.clips() == []
    assert not booth.worker._waiting
    booth.say("one")
    assert booth.clips()[-1].is_last


def test_an_empty_clause_is_answered(booth: Booth) -> None:
    booth.say("")
    (clip,) = booth.clips()
    assert (clip.pcm, clip.is_last) == (b"", True)
