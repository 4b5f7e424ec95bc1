from __future__ import annotations

import numpy as np
import pytest

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm, Speech
from greenroom.voice import levelling


def tone(rate_hz: int, amplitude: float, seconds: float = 1.0, hz: float = 440.0) -> Speech:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    pcm = np.round(32767 * amplitude * np.sin(2 * np.pi * hz * t)).astype(np.int16)
    return Speech(pcm, rate_hz, ())


def level_dbfs(pcm: Pcm) -> float:
    return float(20 * np.log10(levelling.spoken_rms((pcm / 32768).astype(np.float32))))


@pytest.mark.parametrize("amplitude", [0.005, 0.1, 0.99])
@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000])
def test_every_clip_gets_the_same_loudness_and_rate(amplitude: float, rate_hz: int) -> None:
    pcm = levelling.levelled(tone(rate_hz, amplitude))
    assert len(pcm) == pytest.approx(SAMPLE_RATE_HZ, abs=2)
    assert level_dbfs(pcm) == pytest.approx(levelling.SPEECH_DBFS, abs=0.3)


def test_the_tone_stays_at_its_frequency() -> None:
    pcm = levelling.levelled(tone(22_050, 0.3))
    assert int(np.argmax(np.abs(np.fft.rfft(pcm[:SAMPLE_RATE_HZ])))) == pytest.approx(440, abs=1)


def test_peaks_are_never_clipped() -> None:
    clicks = np.zeros(SAMPLE_RATE_HZ, dtype=np.int16)
    clicks[::4000] = 30_000
    pcm = levelling.levelled(Speech(clicks, SAMPLE_RATE_HZ, ()))
    assert np.abs(pcm).max() <= 32767 * 10 ** (levelling.PEAK_DBFS / 20) + 1


def test_pauses_do_not_make_the_speech_louder() -> None:
    spoken = tone(16_000, 0.2)
    with_pause = Speech(np.concatenate([spoken.pcm, np.zeros(32_000, np.int16)]), 16_000, ())
    assert level_dbfs(levelling.levelled(with_pause)) == pytest.approx(level_dbfs(levelling.levelled(spoken)), abs=0.1)


@pytest.mark.parametrize("samples", [0, 1, 400])
def test_silence_stays_silence(samples: int) -> None:
    assert not levelling.levelled(Speech(np.zeros(samples, np.int16), 22_050, ())).any()
