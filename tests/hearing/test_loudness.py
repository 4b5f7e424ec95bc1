from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.hearing.loudness import SILENCE_DBFS, EchoGate, Level, LevelMeter, NoiseFloor, dbfs, power
from greenroom.ports import Pcm

QUIET = np.zeros(160, np.int16)
BLOCK_S = 0.032


def tone(amplitude: float, samples: int = 160) -> Pcm:
    return np.round(amplitude * np.sin(2 * np.pi * np.arange(samples) / 16)).astype(np.int16)


def readings(meter: LevelMeter, mic: Pcm, speaker_power: float, seconds: float) -> list[Level]:
    found = [meter.add(mic, power(mic), speaker_power) for _ in range(round(seconds * 100))]
    return [level for level in found if level is not None]


def test_full_scale_is_zero_and_a_sine_three_less() -> None:
    assert dbfs(np.full(100, -32768, np.int16)) == pytest.approx(0.0)
    assert dbfs(tone(32767)) == pytest.approx(-3.01, abs=0.01)
    assert dbfs(tone(327.67)) == pytest.approx(-43.01, abs=0.02)


def test_silence_and_nothing_have_a_number() -> None:
    assert dbfs(QUIET) == dbfs(QUIET[:0]) == SILENCE_DBFS


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=400))
def test_never_leaves_its_range(samples: list[int]) -> None:
    assert SILENCE_DBFS <= dbfs(np.array(samples, np.int16)) <= 0.0


def test_a_reading_comes_every_100_ms() -> None:
    found = readings(LevelMeter(), tone(3276.7), 0.0, 1.0)
    assert len(found) == 10
    assert found[0].mic_dbfs == pytest.approx(-23.0, abs=0.1)
    assert found[0].speaker_dbfs == SILENCE_DBFS
    assert not found[0].is_clipping


def test_a_wave_cut_off_at_the_rail_clips_and_a_single_peak_does_not() -> None:
    assert readings(LevelMeter(), np.clip(tone(60_000 / 2), -32768, 32767), 0.0, 0.1)[0].is_clipping is False
    flat = np.clip(60_000 * np.sin(2 * np.pi * np.arange(160) / 16), -32768, 32767).astype(np.int16)
    assert readings(LevelMeter(), flat, 0.0, 0.1)[0].is_clipping
    peak = QUIET.copy()
    peak[7] = 32767
    meter = LevelMeter()
    meter.add(peak, power(peak), 0.0)
    assert not readings(meter, QUIET, 0.0, 0.09)[0].is_clipping


def test_the_noise_floor_lies_in_the_pauses_of_speech() -> None:
    floor = NoiseFloor()
    for level in [-62.0, -30.0, -25.0, -28.0, -61.0, -26.0]:
        floor.add(level)
    assert floor.value == -62.0


def test_the_noise_floor_follows_a_louder_room_after_5_s() -> None:
    floor = NoiseFloor()
    floor.add(-70.0)
    for _ in range(NoiseFloor.WINDOW):
        floor.add(-50.0)
    assert floor.value == -50.0


def test_the_noise_floor_is_not_read_while_the_loudspeaker_plays() -> None:
    meter = LevelMeter()
    before = readings(meter, tone(30), 0.0, 0.5)[-1].noise_dbfs
    assert readings(meter, tone(3), 0.01, 0.5)[-1].noise_dbfs == before


def test_the_noise_floor_is_not_read_in_the_silence_that_a_canceller_makes_after_the_loudspeaker() -> None:
    meter = LevelMeter()
    before = readings(meter, tone(30), 0.0, 0.5)[-1].noise_dbfs
    readings(meter, QUIET, 0.01, 0.5)
    assert readings(meter, QUIET, 0.0, 0.3)[-1].noise_dbfs == before
    assert readings(meter, QUIET, 0.0, 0.1)[-1].noise_dbfs == SILENCE_DBFS


def gate_after(seconds: float, cleaned_dbfs: float, speaker_dbfs: float = -15.0) -> EchoGate:
    """A gate that heard so much loudspeaker without speech, with the cleaned microphone at that level."""
    gate = EchoGate(BLOCK_S)
    for _ in range(round(seconds / BLOCK_S)):
        gate.is_voice_credible(cleaned_dbfs, speaker_dbfs, 0.05)
    return gate


def test_any_voice_is_credible_while_the_loudspeaker_is_silent() -> None:
    assert EchoGate(BLOCK_S).is_voice_credible(-70.0, SILENCE_DBFS, 0.9)


def test_what_is_no_louder_than_the_residual_echo_is_not_credible() -> None:
    gate = gate_after(5.0, -55.0)
    assert not gate.is_voice_credible(-52.0, -15.0, 0.9)
    assert gate.is_voice_credible(-48.0, -15.0, 0.9)


def test_the_tail_of_the_loudspeaker_counts_too() -> None:
    gate = gate_after(5.0, -55.0)
    assert not gate.is_voice_credible(-52.0, SILENCE_DBFS, 0.9)
    for _ in range(EchoGate.TAIL_BLOCKS):
        gate.is_voice_credible(-90.0, SILENCE_DBFS, 0.0)
    assert gate.is_voice_credible(-52.0, SILENCE_DBFS, 0.9)


def test_before_anything_was_learned_the_echo_counts_as_loud() -> None:
    assert not EchoGate(BLOCK_S).is_voice_credible(-30.0, -15.0, 0.9)
    assert EchoGate(BLOCK_S).is_voice_credible(-28.0, -15.0, 0.9)


def test_a_voice_teaches_the_gate_nothing() -> None:
    gate = gate_after(5.0, -55.0)
    for _ in range(100):
        gate.is_voice_credible(-25.0, -15.0, 0.9)
    assert gate.is_voice_credible(-48.0, -15.0, 0.9)


def test_converging_lasts_for_two_seconds_of_loudspeaker() -> None:
    assert not EchoGate(BLOCK_S).is_converging
    assert gate_after(1.0, -40.0).is_converging
    assert not gate_after(2.1, -40.0).is_converging


def test_the_soft_onset_of_a_voice_teaches_the_gate_nothing() -> None:
    """The detector needs some blocks until it takes a voice for speech."""
    gate = gate_after(5.0, -55.0)
    for probability in (0.02, 0.06, 0.1, 0.25):
        gate.is_voice_credible(-25.0, -15.0, probability)
    assert gate.is_voice_credible(-25.0, -15.0, 0.6)
    for _ in range(EchoGate.ONSET_BLOCKS):
        gate.is_voice_credible(-55.0, -15.0, 0.05)
    assert gate.is_voice_credible(-48.0, -15.0, 0.9)


def test_a_slam_does_not_deafen_the_gate() -> None:
    gate = gate_after(5.0, -55.0)
    for _ in range(8):
        gate.is_voice_credible(-25.0, -15.0, 0.02)
    for _ in range(EchoGate.ONSET_BLOCKS):
        gate.is_voice_credible(-55.0, -15.0, 0.05)
    assert gate.is_voice_credible(-40.0, -15.0, 0.9)


def test_an_echo_that_stays_is_learned_within_a_second() -> None:
    gate = gate_after(5.0, -55.0)
    for _ in range(round(1.3 / BLOCK_S)):
        gate.is_voice_credible(-30.0, -15.0, 0.05)
    assert not gate.is_voice_credible(-25.0, -15.0, 0.9)
