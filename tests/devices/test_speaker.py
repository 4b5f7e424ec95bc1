from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from greenroom.devices import speaker as module
from greenroom.devices.speaker import AHEAD_S, Speaker
from greenroom.ports import Pcm

LEAD_S = 0.02
NOW_T = 50.0


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic_ns=lambda: round(NOW_T * 1e9)))


def ask(speaker: Speaker, frames: int, lead_s: float = LEAD_S) -> Pcm:
    """What the device gets for a buffer that is heard ``lead_s`` from now."""
    data, _ = speaker.callback(None, frames, {"current_time": 7.0, "output_buffer_dac_time": 7.0 + lead_s}, 0)
    return np.frombuffer(data, np.int16)


def test_silence_until_there_is_something_to_play() -> None:
    speaker = Speaker(16_000, 1, 0)
    assert speaker.wanted()[0] == 0
    assert not ask(speaker, 160).any()


def test_wants_to_be_kept_a_little_ahead_of_the_device() -> None:
    speaker = Speaker(16_000, 1, 0)
    ask(speaker, 160)
    samples, _ = speaker.wanted()
    assert samples == round(AHEAD_S * 16_000)
    speaker.write(np.ones(samples, np.int16))
    assert speaker.wanted()[0] == 0
    ask(speaker, 160)
    assert speaker.wanted()[0] == 160


def test_says_when_a_sample_will_be_heard() -> None:
    speaker = Speaker(16_000, 1, 0)
    ask(speaker, 160)
    _, heard_t = speaker.wanted()
    assert heard_t == pytest.approx(NOW_T + LEAD_S + 0.01)
    speaker.write(np.ones(400, np.int16))
    assert speaker.wanted()[1] == pytest.approx(heard_t + 400 / 16_000, abs=1e-6)


def test_silence_that_the_device_put_in_makes_everything_after_it_later() -> None:
    speaker = Speaker(16_000, 1, 0)
    ask(speaker, 160)
    _, before_t = speaker.wanted()
    speaker.write(np.ones(100, np.int16))
    out = ask(speaker, 160, lead_s=LEAD_S + 0.01)
    assert np.count_nonzero(out) == 100
    assert speaker.wanted()[1] == pytest.approx(before_t + 0.01)


def test_every_channel_gets_the_same() -> None:
    speaker = Speaker(16_000, 2, 0)
    ask(speaker, 160)
    speaker.write(np.arange(1, 161, dtype=np.int16))
    out = ask(speaker, 160).reshape(-1, 2)
    assert np.array_equal(out[:, 0], np.arange(1, 161))
    assert np.array_equal(out[:, 0], out[:, 1])


def test_another_rate_is_converted() -> None:
    speaker = Speaker(48_000, 1, 0)
    ask(speaker, 480)
    out = []
    wave = (8_000 * np.sin(2 * np.pi * np.arange(16_000) / 16)).astype(np.int16)
    at = 0
    for _ in range(100):
        samples, _ = speaker.wanted()
        speaker.write(wave[at : at + samples])
        at += samples
        out.append(ask(speaker, 480))
    heard = np.concatenate(out)
    spectrum = np.abs(np.fft.rfft(heard[4_800:43_200].astype(float)))
    assert np.argmax(spectrum) * 48_000 / 38_400 == pytest.approx(1_000, abs=2)
    assert np.abs(heard).max() == pytest.approx(8_000, rel=0.02)
