from __future__ import annotations

import numpy as np
import pytest

from devices.room import speech
from greenroom.devices.echo import BLOCK_SAMPLES, Canceller, HalfDuplex, NoEcho, WebRtcEcho
from greenroom.ports import Pcm
from greenroom.world.room import Acoustics, Room

pytest.importorskip("livekit", reason="no WebRTC audio processing installed")


def clean(echo: Canceller, far: Pcm, mic: Pcm) -> Pcm:
    out = []
    for n in range(0, far.size - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
        echo.played(far[n : n + BLOCK_SAMPLES])
        out.append(echo.clean(mic[n : n + BLOCK_SAMPLES], 0.0))
    return np.concatenate(out)


def room(far: Pcm, near: Pcm | None = None, noise_dbfs: float = -90.0) -> Pcm:
    """-20 dB echo after 60 ms."""
    voice = np.zeros(far.size, np.float32)
    if near is not None:
        voice[: near.size] = near.astype(np.float32) / 32768
    return Room(1, Acoustics(noise_dbfs=noise_dbfs)).pick_up(far, voice)


def dbfs(pcm: Pcm) -> float:
    return float(10 * np.log10(np.mean(pcm.astype(np.float64) ** 2) / 32768**2 + 1e-12))


def loudness_curve(pcm: Pcm) -> list[float]:
    """dBFS of each 20 ms, nothing under -60."""
    return [max(-60.0, dbfs(pcm[n : n + 320])) for n in range(0, pcm.size - 319, 320)]


@pytest.fixture(scope="module")
def far() -> Pcm:
    return np.concatenate([speech("slt", n, 8.0) for n in range(3)])


def test_takes_at_least_25_db_of_a_loudspeakers_echo_after_1_s(far: Pcm) -> None:
    mic = room(far)
    out = clean(WebRtcEcho(), far, mic)
    removed = []
    for second in range(1, far.size // 16_000):
        span = slice(second * 16_000, (second + 1) * 16_000)
        if dbfs(mic[span]) > -60:
            removed.append(dbfs(mic[span]) - dbfs(out[span]))
    assert len(removed) >= 5
    assert min(removed) >= 25, removed


def test_gives_the_same_twice(far: Pcm) -> None:
    mic = room(far, noise_dbfs=-65)
    assert np.array_equal(clean(WebRtcEcho(), far, mic), clean(WebRtcEcho(), far, mic))


def test_keeps_the_candidate_who_speaks_at_the_same_time(far: Pcm) -> None:
    near = np.concatenate([np.zeros(32_000, np.int16), speech("rms", 1, 4.0)])[: far.size]
    echo = WebRtcEcho()
    out = clean(echo, far, room(far, near))
    spoken = slice(32_000, near.size - 200)
    heard = out[spoken.start + echo.delay_samples : spoken.stop + echo.delay_samples]
    assert abs(dbfs(heard) - dbfs(near[spoken])) < 2.5
    before, after = np.array(loudness_curve(near[spoken])), np.array(loudness_curve(heard))
    is_loud = before > -40
    assert np.mean(before[is_loud] - after[is_loud] > 6) < 1 / 3


def test_states_how_late_its_output_is() -> None:
    click = np.zeros(16_000, np.int16)
    click[8_000] = 20_000
    echo = WebRtcEcho()
    out = clean(echo, np.zeros_like(click), click)
    assert int(np.argmax(np.abs(out.astype(np.int32)))) - 8_000 == echo.delay_samples


def test_a_reference_given_ahead_of_time_does_as_well(far: Pcm) -> None:
    mic = room(far)
    ahead = np.concatenate([far[320:], np.zeros(320, np.int16)])
    out = clean(WebRtcEcho(), ahead, mic)
    assert dbfs(mic[32_000:]) - dbfs(out[32_000:]) > 25


def test_half_duplex_is_deaf_while_the_loudspeaker_plays_and_a_little_longer() -> None:
    echo = HalfDuplex()
    far = np.zeros(16_000, np.int16)
    far[3_200:6_400] = 5_000
    near = np.full(16_000, 100, np.int16)
    out = clean(echo, far, near)
    assert np.array_equal(np.flatnonzero(out == 0), np.arange(3_200, 6_400 + 3_200))
    assert not echo.info.is_first_choice
    assert "interrupt" in echo.info.detail


def test_hardware_is_left_alone() -> None:
    mic = speech("rms", 0)[:1600]
    assert np.array_equal(clean(NoEcho(), mic, mic), mic)
