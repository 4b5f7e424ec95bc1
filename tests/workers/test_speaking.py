"""Texts that others want to hear, while no interview is held."""

from __future__ import annotations

import asyncio
import contextlib
import io
import wave
from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np
import pytest

from greenroom.errors import (
    CommandRefused,
    EngineError,
    GreenroomError,
    JobsFull,
    ProtocolError,
    TextTooLong,
    WorkerLost,
)
from greenroom.events import SAMPLE_RATE_HZ, RequestFailed, SpeechClip, WorkerDied, WorkerEvent
from greenroom.ports import Synthesizer
from greenroom.records import Style
from greenroom.requests import DropSynthesis, Synthesize, WorkerRequest
from greenroom.voice.clauses import SENTENCE_BREATH_S, split
from greenroom.voice.levelling import SPEECH_DBFS, spoken_rms
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.workers import speaking
from greenroom.workers.speaking import MAX_TEXT_CHARS, MAX_TEXTS, SpokenTexts
from greenroom.workers.voice import VoiceWorker
from server.booth import running
from server.test_http import ask
from workers.test_voice import ToneSynthesizer


class Voice:
    """Core's side of a voice worker in this process, which advances when the loop has nothing else to do."""

    def __init__(self, engine: Synthesizer | None = None) -> None:
        self.is_warm = True
        self.is_held = False
        self.is_busy = False
        self.requests: list[WorkerRequest] = []
        self.live: list[WorkerEvent] = []
        self.texts = SpokenTexts(self, lambda: self.is_busy)
        self.worker = VoiceWorker(engine or ToneSynthesizer(), self.tell)

    def send(self, request: WorkerRequest) -> None:
        self.requests.append(request)
        self.worker.handle(request)

    def tell(self, event: WorkerEvent) -> None:
        self.texts.take(event)
        if getattr(event, "stream", "live") == "live":
            self.live.append(event)

    @property
    def asked(self) -> list[str]:
        return [request.text for request in self.requests if isinstance(request, Synthesize)]

    async def run(self) -> None:
        while True:
            if not self.is_held:
                self.worker.advance(0.0)
            await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def spoken(voice: Voice) -> AsyncIterator[Voice]:
    running_worker = asyncio.create_task(voice.run())
    try:
        yield voice
    finally:
        running_worker.cancel()


def play(scene: Callable[[Voice], Awaitable[None]], voice: Voice | None = None) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20), spoken(voice or Voice()) as speaker:
            await scene(speaker)

    asyncio.run(limited())


async def failure(call: Awaitable[bytes]) -> GreenroomError:
    with pytest.raises(GreenroomError) as caught:
        await call
    return caught.value


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 - requests tell nobody
        await asyncio.sleep(0)


def test_the_clauses_of_a_text_are_joined_as_the_booth_says_them() -> None:
    async def scene(voice: Voice) -> None:
        text = "One two. Three four."
        pcm = await voice.texts.speak(text, "cold")
        assert voice.asked == list(split(text))
        breath = bytes(2 * round(SENTENCE_BREATH_S * SAMPLE_RATE_HZ))
        first, second = [await voice.texts.speak(part, "cold") for part in split(text)]
        assert pcm == first + breath + second

    play(scene)


def test_streams_have_names_of_their_own_and_the_interview_gets_nothing() -> None:
    async def scene(voice: Voice) -> None:
        await asyncio.gather(voice.texts.speak("One.", "cold"), voice.texts.speak("Two.", "cold"))
        assert len({request.stream for request in voice.requests}) == 2
        assert "live" not in {request.stream for request in voice.requests}
        assert voice.live == []

    play(scene)


def test_one_clause_at_a_time_is_asked_of_the_worker() -> None:
    async def scene(voice: Voice) -> None:
        voice.is_held = True
        texts = [asyncio.create_task(voice.texts.speak("One two. Three four.", "cold")) for _ in range(MAX_TEXTS)]
        for _ in range(20):
            await asyncio.sleep(0)
        assert voice.asked == ["One two. "]
        error = await failure(voice.texts.speak("One more.", "cold"))
        assert isinstance(error, JobsFull)
        voice.is_held = False
        await asyncio.gather(*texts)
        assert len(voice.asked) == 2 * MAX_TEXTS

    play(scene)


@pytest.mark.parametrize(("text", "kind"), [
    ("", ProtocolError), (" ... \n", ProtocolError), ("a" * (MAX_TEXT_CHARS + 1), TextTooLong), ("No!", EngineError),
])
def test_what_cannot_be_said_is_refused(text: str, kind: type[GreenroomError]) -> None:
    async def scene(voice: Voice) -> None:
        assert isinstance(await failure(voice.texts.speak(text, "cold")), kind)
        assert await voice.texts.speak("Yes.", "cold")

    play(scene)


def test_speech_that_gets_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "MAX_SPEECH_S", 1.4)

    async def scene(voice: Voice) -> None:
        assert isinstance(await failure(voice.texts.speak("One two. Three four. Five six.", "cold")), TextTooLong)
        assert len(voice.asked) == 2

    play(scene)


def test_a_worker_that_is_not_there_or_dies_is_told() -> None:
    async def scene(voice: Voice) -> None:
        voice.is_held = True
        waiting = asyncio.create_task(voice.texts.speak("One.", "cold"))
        await until(lambda: bool(voice.asked))
        voice.tell(WorkerDied(t=0.0, t_known=0.0, worker="hearing", reason="killed"))
        assert not waiting.done()
        voice.tell(WorkerDied(t=0.0, t_known=0.0, worker="voice", reason="killed"))
        assert isinstance(await failure(waiting), WorkerLost)
        voice.is_warm = False
        assert isinstance(await failure(voice.texts.speak("One.", "cold")), WorkerLost)

    play(scene)


def test_a_worker_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "CLAUSE_S", 0.05)

    async def scene(voice: Voice) -> None:
        voice.is_held = True
        assert isinstance(await failure(voice.texts.speak("One.", "cold")), WorkerLost)
        assert isinstance(voice.requests[-1], DropSynthesis)
        voice.is_held = False
        assert await voice.texts.speak("Two.", "cold")

    play(scene)


def test_a_caller_that_leaves_takes_its_text_along() -> None:
    async def scene(voice: Voice) -> None:
        voice.is_held = True
        leaving = asyncio.create_task(voice.texts.speak("One. Two.", "cold"))
        await until(lambda: bool(voice.asked))
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert isinstance(voice.requests[-1], DropSynthesis)
        assert not voice.worker._others
        voice.is_held = False
        assert await voice.texts.speak("Three.", "cold")

    play(scene)


def test_while_an_interview_runs_nothing_is_said_for_others() -> None:
    async def scene(voice: Voice) -> None:
        voice.is_busy = True
        assert isinstance(await failure(voice.texts.speak("One.", "cold")), CommandRefused)
        assert voice.requests == []
        voice.is_busy = False
        assert await voice.texts.speak("One.", "cold")

    play(scene)


def test_an_interview_that_begins_ends_all_texts_after_the_clause_in_work() -> None:
    async def scene(voice: Voice) -> None:
        voice.is_held = True
        texts = [asyncio.create_task(voice.texts.speak("One two. Three four.", "cold")) for _ in range(MAX_TEXTS)]
        await until(lambda: bool(voice.asked))
        voice.is_busy = True
        voice.is_held = False
        for text in texts:
            assert isinstance(await failure(text), CommandRefused)
        assert voice.asked == ["One two. "]

    play(scene)


def test_a_clause_that_is_not_in_work_when_an_interview_begins_is_not_made() -> None:
    async def scene(voice: Voice) -> None:
        voice.is_held = True
        waiting = asyncio.create_task(voice.texts.speak("One two.", "cold"))
        await until(lambda: bool(voice.asked))
        voice.is_busy = True
        assert isinstance(await failure(waiting), CommandRefused)
        assert isinstance(voice.requests[-1], DropSynthesis)
        assert not voice.worker._others

    play(scene)


def test_a_text_outlives_the_end_of_a_session() -> None:
    async def scene(voice: Voice) -> None:
        voice.is_held = True
        waiting = asyncio.create_task(voice.texts.speak("One.", "cold"))
        await until(lambda: bool(voice.asked))
        voice.worker.forget()
        voice.is_held = False
        assert await waiting
        assert voice.asked == ["One.", "One."]

    play(scene)


def test_a_clip_that_nobody_waits_for_changes_nothing() -> None:
    async def scene(voice: Voice) -> None:
        clip = SpeechClip(t=0.0, t_known=0.0, key="clause 7", pcm=b"12", sample_rate_hz=16_000, is_last=True,
                          stream="speech-1")
        voice.tell(clip)
        voice.is_held = True
        waiting = asyncio.create_task(voice.texts.speak("One.", "cold"))
        await until(lambda: bool(voice.asked))
        voice.tell(clip)
        voice.tell(RequestFailed(t=0.0, t_known=0.0, worker="voice", request="r", code="engine", message="m"))
        assert not waiting.done()
        voice.is_held = False
        assert len(await waiting) > 2

    play(scene)


def test_a_client_hears_what_the_real_engine_says() -> None:
    pytest.importorskip("espeakng_loader")
    text = "Tell me about a time, when you worked in a team. What was your part in it?"

    async def scene(voice: Voice) -> None:
        async with running() as booth:
            booth.booth.speak = voice.texts.speak  # type: ignore[method-assign]  # the real one
            sounds: dict[Style, float] = {}
            styles: tuple[Style, ...] = ("supportive", "cold")
            for style in styles:
                answer = await ask(f"{booth.url}/api/v1/speech", "POST", json={"text": text, "style": style})
                assert answer.status == 200
                with wave.open(io.BytesIO(answer.body)) as file:
                    pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
                    sounds[style] = len(pcm) / file.getframerate()
                loudness_dbfs = 20 * np.log10(spoken_rms(pcm.astype(np.float32) / 32768.0))
                assert loudness_dbfs == pytest.approx(SPEECH_DBFS, abs=1.0)
        assert 3.5 < sounds["cold"] < sounds["supportive"] < 7.0

    play(scene, Voice(EspeakSynthesizer()))
