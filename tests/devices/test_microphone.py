from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from greenroom.devices import microphone
from greenroom.devices.driver_clock import DriverClock
from greenroom.devices.microphone import OVERFLOW, RING_S, Microphone
from greenroom.ports import Heard

BEGIN_T = 50.0


class Driver:
    """Calls back as PortAudio does, each buffer 10 ms after its capture; sample 0 is captured at ``BEGIN_T``."""

    def __init__(self, rate_hz: int = 16_000, channels: int = 1, picked: tuple[int, ...] = (0,)) -> None:
        self.microphone = Microphone(rate_hz, channels, 0, picked=picked)
        self.rate_hz = rate_hz
        self.n = 0
        self.now_t = BEGIN_T

    def monotonic_ns(self) -> int:
        return round(self.now_t * 1e9)

    def deliver(self, pcm: np.ndarray, *, status: int = 0, skipped: int = 0, jitter_s: float = 0.0) -> None:
        self.n += skipped
        self.now_t = BEGIN_T + self.n / self.rate_hz + 0.01
        times = {"current_time": 1_000.0, "input_buffer_adc_time": 1_000.0 - 0.01 + jitter_s}
        self.n += pcm.shape[0]
        self.microphone.callback(pcm.astype(np.int16).tobytes(), pcm.shape[0], times, status)


Drive = Callable[..., Driver]


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch) -> Drive:
    def make(rate_hz: int = 16_000, channels: int = 1, picked: tuple[int, ...] = (0,)) -> Driver:
        driver = Driver(rate_hz, channels, picked)
        monkeypatch.setattr(microphone, "time", driver)
        return driver

    return make


def ramp(start: int, size: int = 160) -> np.ndarray:
    return np.arange(start, start + size) % 30_000


def test_samples_come_out_whole_with_the_time_of_their_capture(drive: Drive) -> None:
    driver = drive()
    heard: list[Heard] = []
    for n in range(0, 16_000, 160):
        driver.deliver(ramp(n))
        if n % 480 == 0:
            heard += driver.microphone.drain()
    heard += driver.microphone.drain()
    assert np.array_equal(np.concatenate([piece.pcm for piece in heard]), ramp(0, 16_000))
    at = 0
    for piece in heard:
        assert piece.t == pytest.approx(BEGIN_T + at / 16_000, abs=0.001)
        at += piece.pcm.size


def test_an_empty_ring_gives_nothing(drive: Drive) -> None:
    assert drive().microphone.drain() == []


def test_an_overflow_is_counted_from_the_capture_times(drive: Drive) -> None:
    driver = drive()
    for n in range(0, 3_200, 160):
        driver.deliver(ramp(n))
    driver.deliver(ramp(4_800), status=OVERFLOW, skipped=1_600)
    before, after = driver.microphone.drain()
    assert before.pcm.size == 3_200
    assert after.lost_samples == pytest.approx(1_600, abs=16)
    assert after.t == pytest.approx(BEGIN_T + 4_800 / 16_000, abs=0.001)


def test_a_silent_jump_of_the_capture_times_is_a_gap_too(drive: Drive) -> None:
    driver = drive()
    for n in range(0, 3_200, 160):
        driver.deliver(ramp(n))
    for n in range(8_000, 11_200, 160):
        driver.deliver(ramp(n), skipped=4_800 if n == 8_000 else 0)
    pieces = driver.microphone.drain()
    assert sum(piece.lost_samples for piece in pieces) == pytest.approx(4_800, abs=16)
    assert pieces[-1].t + pieces[-1].pcm.size / 16_000 == pytest.approx(BEGIN_T + 11_200 / 16_000, abs=0.001)


def test_jitter_of_a_driver_does_not_reach_the_timeline(drive: Drive) -> None:
    driver = drive()
    rng = np.random.default_rng(1)
    ends = []
    for n in range(0, 64_000, 160):
        driver.deliver(ramp(n), jitter_s=float(rng.normal(0, 0.003)))
        (piece,) = driver.microphone.drain()
        ends.append(piece.t - n / 16_000 - BEGIN_T)
    assert np.max(np.abs(ends[100:])) < 0.0015
    assert np.max(np.abs(np.diff(ends[100:]))) < 0.0002


def test_the_oldest_goes_when_nobody_drains_for_longer_than_the_ring(drive: Drive) -> None:
    driver = drive()
    for n in range(0, (RING_S + 2) * 16_000, 1_600):
        driver.deliver(ramp(n, 1_600))
    (piece,) = driver.microphone.drain()
    assert piece.lost_samples == 2 * 16_000
    assert piece.pcm.size == RING_S * 16_000
    assert piece.t == pytest.approx(BEGIN_T + 2.0, abs=0.001)


def test_several_channels_are_averaged_and_none_overflows(drive: Drive) -> None:
    driver = drive(channels=6, picked=(1, 4))
    frames = np.zeros((160, 6))
    frames[:, 1], frames[:, 4], frames[:, 5] = 32_767, 32_767, -32_768
    driver.deliver(frames)
    frames[:, 4] = -32_768
    driver.deliver(frames)
    (piece,) = driver.microphone.drain()
    assert set(piece.pcm[:160]) == {32_767}
    assert set(piece.pcm[160:]) <= {-1, 0}


@pytest.mark.parametrize("channel", [0, 1])
def test_one_channel_is_picked_from_interleaved_samples(drive: Drive, channel: int) -> None:
    driver = drive(channels=2, picked=(channel,))
    driver.deliver(np.stack([ramp(0), ramp(5_000)], axis=1))
    (piece,) = driver.microphone.drain()
    assert np.array_equal(piece.pcm, ramp(5_000 * channel))


def test_another_rate_is_converted_without_losing_the_time(drive: Drive) -> None:
    driver = drive(rate_hz=48_000)
    click_n = 48_000 + 12_000
    wave = np.zeros(96_000)
    wave[click_n : click_n + 3] = 20_000
    found: list[float] = []
    total = 0
    for n in range(0, wave.size, 480):
        driver.deliver(wave[n : n + 480])
        for piece in driver.microphone.drain():
            total += piece.pcm.size
            loud = np.flatnonzero(np.abs(piece.pcm.astype(int)) > 9_000)
            found += [piece.t + int(loud[0]) / 16_000] if loud.size else []
    assert total == pytest.approx(32_000, abs=500)
    assert found[0] == pytest.approx(BEGIN_T + click_n / 48_000, abs=0.0005)


def test_a_clock_learns_the_rate_of_the_hardware() -> None:
    clock = DriverClock(16_000)
    true_hz = 16_000 * 1.0001
    for n in range(0, 16_000 * 20, 160):
        clock.follow(n, n / true_hz)
    assert clock.time_of(16_000 * 20) == pytest.approx(16_000 * 20 / true_hz, abs=0.0005)
