"""Texts that clients want to hear: the booth's own form, that of OpenAI's clients, and what is refused."""

from __future__ import annotations

import asyncio
import io
import wave
from typing import Any

import msgspec
import numpy as np
import pytest

from greenroom.server import speech, waiting
from greenroom.server.routes import MAX_TEXT_BYTES
from greenroom.server.speech import OPENAI_PCM_HZ, at_24k
from server.booth import Running, asking, run, running, until
from server.test_http import Answer, ask

API = "/api/v1"


async def post(booth: Running, path: str, role: str = "kiosk", **body: Any) -> Answer:
    return await ask(f"{booth.url}{API}/{path}?role={role}", "POST", json=body)


def samples(answer: Answer) -> tuple[int, Any]:
    """Rate and samples of a wav file."""
    with wave.open(io.BytesIO(answer.body)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), np.int16)


def test_a_text_is_answered_with_its_sound() -> None:
    async def test() -> None:
        async with running() as booth:
            answer = await post(booth, "speech", text="Hello there.", style="cold")
            assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/wav")
            assert answer.headers["Cache-Control"] == "no-store"
            rate_hz, pcm = samples(answer)
            assert (rate_hz, len(pcm), set(pcm)) == (16_000, 12 * 320, {100})
            assert (await post(booth, "speech", text="Hello.")).status == 200
            assert booth.booth.said == [("cold", "Hello there."), ("neutral", "Hello.")]

    run(test())


def test_openai_s_clients_get_their_own_form() -> None:
    async def test() -> None:
        async with running() as booth:
            asked = {"model": "tts-1", "input": "Hello there.", "voice": "supportive"}
            file = await post(booth, "audio/speech", **asked, response_format="wav", speed=1.0, instructions="")
            assert (file.status, file.headers["Content-Type"]) == (200, "audio/wav")
            assert samples(file)[0] == 16_000
            bare = await post(booth, "audio/speech", **asked, response_format="pcm")
            assert (bare.status, bare.headers["Content-Type"]) == (200, "audio/pcm")
            assert len(bare.body) / 2 / OPENAI_PCM_HZ == pytest.approx(12 * 0.02, abs=0.001)
            assert booth.booth.said == [("supportive", "Hello there.")] * 2

    run(test())


@pytest.mark.parametrize(("changed", "said"), [
    ({"response_format": None}, "response_format"), ({"response_format": "mp3"}, "wav, pcm"),
    ({"response_format": "opus"}, "wav, pcm"), ({"speed": 1.5}, "speed"), ({"voice": "alloy"}, "no such voice"),
    ({"instructions": "Whisper."}, "instructions"), ({"stream_format": "sse"}, "stream_format"),
    ({"language": "de"}, "language"), ({"input": None}, "input"), ({"input": 7}, "input"),
])
def test_what_would_not_be_done_as_it_was_asked_is_refused(changed: dict[str, Any], said: str) -> None:
    async def test() -> None:
        body = {"model": "tts-1", "input": "Hello.", "voice": "cold", "response_format": "wav"} | changed
        async with running() as booth:
            answer = await post(booth, "audio/speech", **{key: value for key, value in body.items()
                                                          if value is not None})
            assert (answer.status, answer.json["code"]) == (400, "protocol")
            assert said in answer.json["message"]
            assert booth.booth.said == []
            if "voice" in changed:
                assert answer.json["fix"] == "known: supportive, neutral, cold, pressure"

    run(test())


def test_a_style_that_there_is_not_and_an_unknown_field_are_refused() -> None:
    async def test() -> None:
        async with running() as booth:
            for body in ({"text": "Hello.", "style": "warm"}, {"text": "Hello.", "voice": "cold"}, {"style": "cold"}):
                answer = await post(booth, "speech", **body)
                assert (answer.status, answer.json["code"]) == (400, "protocol")
            answer = await post(booth, "speech", text="a" * MAX_TEXT_BYTES)
            assert (answer.status, answer.json["code"]) == (413, "protocol")

    run(test())


def test_only_those_at_the_booth_may_let_it_speak() -> None:
    async def test() -> None:
        async with running() as booth:
            for path, body in (("speech", {"text": "Hello."}), ("audio/speech", {"input": "Hello.", "voice": "cold"})):
                answer = await post(booth, path, "phone", **body)
                assert (answer.status, answer.json["code"]) == (403, "access")

    run(test())


SLOW = {"speech": {"text": "Well..."}, "audio/speech": {"input": "Well...", "voice": "cold", "response_format": "wav"}}


@pytest.mark.parametrize("path", SLOW)
def test_a_client_that_hangs_up_takes_its_text_along(path: str) -> None:
    async def test() -> None:
        async with running() as booth:
            with asking(booth, f"{API}/{path}", msgspec.json.encode(SLOW[path])):
                await until(lambda: bool(booth.booth.said))
                assert booth.booth.unsaid == []
            await until(lambda: booth.booth.unsaid == ["Well..."])

    run(test())


@pytest.mark.parametrize("path", SLOW)
def test_a_client_that_waits_gets_its_sound_however_long_it_takes(
        path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_S", 0.001)

    async def test() -> None:
        async with running() as booth:
            answer = asyncio.create_task(post(booth, path, **SLOW[path]))
            await until(lambda: bool(booth.booth.said))
            await asyncio.sleep(20 * waiting.LOOK_S)
            booth.booth.go.set()
            assert (await answer).status == 200
            assert booth.booth.unsaid == []

    run(test())


def test_without_a_voice_the_client_may_try_again() -> None:
    async def test() -> None:
        async with running() as booth:
            answer = await post(booth, "speech", text="Hello!")
            assert (answer.status, answer.json["code"]) == (503, "worker-lost")
            assert answer.json["fix"]

    run(test())


@pytest.mark.parametrize("hz", [110.0, 1000.0, 6000.0])
def test_bare_samples_are_the_same_sound_at_the_other_rate(hz: float) -> None:
    tone = (10_000 * np.sin(2 * np.pi * hz * np.arange(16_000) / 16_000)).astype(np.int16)
    made = np.frombuffer(at_24k(tone.tobytes()), np.int16)
    expected = 10_000 * np.sin(2 * np.pi * hz * np.arange(24_000) / OPENAI_PCM_HZ)
    assert np.abs(made - expected)[200:-200].max() < 3


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 99, 100])
def test_no_sample_is_lost_at_the_other_rate(count: int) -> None:
    pcm = np.full(count, 20_000, np.int16)
    assert len(at_24k(pcm.tobytes())) // 2 == -(-3 * count // 2)


def test_every_style_is_a_voice() -> None:
    assert speech.STYLES == ("supportive", "neutral", "cold", "pressure")
