"""The virtual room carries sound as stated, and the same way every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.world.echo_path import Sound
from greenroom.world.room import ROOMS, Acoustics, Room, Talker, level_dbfs, pink_noise
from world.tiny_script import speech

SECOND = SAMPLE_RATE_HZ
QUIET = Acoustics(noise_dbfs=-200.0)


def still(samples: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.zeros(samples, np.float32)


def nothing(samples: int) -> Pcm:
    return np.zeros(samples, np.int16)


def test_the_loudspeaker_reaches_the_microphone_20_db_weaker() -> None:
    said = speech(4 * SECOND)
    picked = Room(1, QUIET).pick_up(said, still(4 * SECOND))
    assert level_dbfs(picked[SECOND:]) - level_dbfs(said) == pytest.approx(-20.0, abs=0.3)


def test_the_first_echo_comes_after_60_ms() -> None:
    said = nothing(SECOND)
    said[0] = 30_000
    picked = Room(1, QUIET).pick_up(said, still(SECOND))
    assert np.flatnonzero(picked)[0] == round(0.06 * SECOND)
    assert len(np.flatnonzero(picked)) == len(QUIET.echo_taps)


def test_the_noise_floor_is_65_db_below_full_scale() -> None:
    assert level_dbfs(Room(1).pick_up(nothing(SECOND * 4), still(SECOND * 4))) == pytest.approx(-65.0, abs=0.5)


def test_noise_falls_by_three_decibels_an_octave() -> None:
    power = np.abs(np.fft.rfft(pink_noise(16 * SECOND, -65.0, 1))) ** 2
    hertz = np.fft.rfftfreq(16 * SECOND, 1 / SECOND)
    low, high = (np.mean(power[(hertz > f) & (hertz < 2 * f)]) for f in (500, 2000))
    assert 10 * np.log10(low / high) == pytest.approx(6.0, abs=0.3)


def test_the_candidate_is_picked_up_unchanged() -> None:
    voice = (speech(SECOND) / 32768).astype(np.float32)
    assert np.array_equal(Room(1, QUIET).pick_up(nothing(SECOND), voice), speech(SECOND))


def test_one_seed_gives_one_noise() -> None:
    first, again, other = (Room(seed).pick_up(nothing(SECOND), still(SECOND)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def busy() -> Acoustics:
    """Everything that a room can do, within 1 s."""
    return replace(ROOMS["office"], speaker_steps=((0.1, 6.0), (0.3, -3.0)), speaker_limit_dbfs=-3.0,
                   path_changes_s=(0.2,), drift_ppm=200.0, others=(Talker(speech(6_000, seed=9), -30.0, 0.15),))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=20), st.sampled_from([Acoustics(), busy()]))
def test_sound_does_not_depend_on_how_time_is_cut(sizes: list[int], acoustics: Acoustics) -> None:
    total = sum(sizes)
    said, voice = speech(total), (speech(total, seed=5) / 65536).astype(np.float32)
    whole = Room(1, acoustics).pick_up(said, voice)
    room, parts, at = Room(1, acoustics), [], 0
    for size in sizes:
        parts.append(room.pick_up(said[at : at + size], voice[at : at + size]))
        at += size
    assert np.array_equal(np.concatenate(parts), whole)


# --- reverberation --------------------------------------------------------------------------------


def heard_of(said: Pcm, acoustics: Acoustics, seed: int = 1) -> Pcm:
    """What the microphone picks up of the loudspeaker alone, without noise."""
    return Room(seed, replace(acoustics, noise_dbfs=-200.0)).pick_up(said, still(said.size))


def impulse_response(acoustics: Acoustics) -> Sound:
    """Of the loudspeaker, measured with noise, so that the steps of 16 bit are small against it."""
    said = speech(8 * SECOND, level=2_500)
    loud = replace(acoustics, echo_dbfs=0.0)
    size = 10 * SECOND
    heard = heard_of(np.pad(said, (0, 2 * SECOND)), loud)
    spectrum = np.fft.rfft(said / 32768, size)
    response: Sound = np.fft.irfft(np.fft.rfft(heard / 32768, size) / spectrum, size)[: 2 * SECOND].astype(np.float32)
    return response


def decay_s(response: Sound, from_hz: float, to_hz: float) -> float:
    """Reverberation time by Schroeder's backward integration, from its fall between -5 and -25 dB."""
    spectrum = np.fft.rfft(response)
    hertz = np.fft.rfftfreq(response.size, 1 / SECOND)
    band = np.fft.irfft(np.where((hertz >= from_hz) & (hertz < to_hz), spectrum, 0), response.size)
    left = np.cumsum(band[::-1] ** 2)[::-1]
    left_db = 10 * np.log10(left / left[0])
    begin, end = (int(np.argmax(left_db < level_db)) for level_db in (-5.0, -25.0))
    slope = np.polyfit(np.arange(begin, end) / SECOND, left_db[begin:end], 1)[0]
    return float(-60.0 / slope)


@pytest.mark.parametrize(("name", "rt60_s"), [("office", 0.4), ("hall", 0.8)])
def test_reverberation_falls_by_60_db_in_the_room_s_time_and_sooner_at_high_pitch(name: str, rt60_s: float) -> None:
    response = impulse_response(ROOMS[name])
    assert decay_s(response, 200, 1_000) == pytest.approx(rt60_s, rel=0.15)
    assert decay_s(response, 4_000, 7_900) < 0.7 * rt60_s


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_the_loudspeaker_is_as_loud_in_every_room(name: str) -> None:
    said = speech(6 * SECOND)
    assert level_dbfs(heard_of(said, ROOMS[name])[2 * SECOND :]) - level_dbfs(said) == pytest.approx(-20.0, abs=0.5)


def test_the_booth_is_dry() -> None:
    said = nothing(SECOND)
    said[0] = 30_000
    picked = heard_of(said, ROOMS["booth"])
    assert np.flatnonzero(picked)[-1] == round((0.06 + 0.0389) * SECOND)


def test_a_voice_reverberates_too() -> None:
    voice = np.zeros(SECOND, np.float32)
    voice[: SECOND // 2] = 0.1
    after = {name: Room(1, replace(acoustics, noise_dbfs=-200.0)).pick_up(nothing(SECOND), voice)[SECOND // 2 :]
             for name, acoustics in ROOMS.items()}
    assert not after["booth"].any()
    assert level_dbfs(after["hall"]) > -60


def test_one_seed_gives_one_reverberation() -> None:
    said = speech(SECOND)
    first, again, other = (heard_of(said, ROOMS["hall"], seed) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


# --- what happens to loudspeaker and clocks -------------------------------------------------------


def test_the_knob_is_turned_when_it_is_said_and_by_as_much() -> None:
    said = speech(3 * SECOND)
    steps = replace(QUIET, speaker_steps=((1.0, 10.0), (2.0, -6.0)))
    plain, turned = heard_of(said, QUIET), heard_of(said, steps)
    assert np.array_equal(turned[: SECOND + 960], plain[: SECOND + 960])
    for second, gain_db in ((1, 10.0), (2, -6.0)):
        span = slice(second * SECOND + 2_000, (second + 1) * SECOND)
        assert level_dbfs(turned[span]) - level_dbfs(plain[span]) == pytest.approx(gain_db, abs=0.1)


def test_a_change_of_the_path_keeps_the_level_and_not_the_echoes() -> None:
    said = speech(4 * SECOND)
    plain, changed = heard_of(said, QUIET), heard_of(said, replace(QUIET, path_changes_s=(2.0,)))
    assert np.array_equal(changed[: 2 * SECOND], plain[: 2 * SECOND])
    later = slice(2 * SECOND + 2_000, None)
    assert level_dbfs(changed[later]) == pytest.approx(level_dbfs(plain[later]), abs=0.5)
    likeness = np.corrcoef(plain[later].astype(float), changed[later].astype(float))[0, 1]
    assert abs(likeness) < 0.3


@pytest.mark.parametrize("drift_ppm", [200.0, 50.0, -200.0])
def test_a_drift_is_read_back_from_the_microphone(drift_ppm: float) -> None:
    one_tap = replace(QUIET, echo_dbfs=-6.0, echo_taps=((0.0, 1.0),))
    said = speech(61 * SECOND)
    heard = heard_of(said, replace(one_tap, drift_ppm=drift_ppm))
    delays = [delay_samples(said, heard, second) for second in (1, 59)]
    assert delays[0] == pytest.approx(960 + drift_ppm * 1e-6 * 1.1 * SECOND, abs=0.2)
    assert (delays[1] - delays[0]) / (58 * SECOND) == pytest.approx(drift_ppm * 1e-6, abs=0.5e-6)


def delay_samples(said: Pcm, heard: Pcm, second: int) -> float:
    """Of 0.1 s of the loudspeaker in the microphone, by correlation at 64 places a sample."""
    start, size = second * SECOND, 4_096
    excerpt = np.pad(said[start : start + 1_600].astype(float), (0, size - 1_600))
    common = np.fft.rfft(heard[start : start + size].astype(float)) * np.conj(np.fft.rfft(excerpt))
    return float(np.argmax(np.fft.irfft(common, 64 * size)[: 64 * 2_000])) / 64


def test_a_drift_changes_nothing_but_the_time() -> None:
    n = np.arange(4 * SECOND)
    said = np.round(8_000 * np.sin(2 * np.pi * 1_000 * n / SECOND)).astype(np.int16)
    one_tap = replace(QUIET, echo_dbfs=0.0, echo_taps=((0.0, 1.0),))
    heard = heard_of(said, replace(one_tap, drift_ppm=200.0))[SECOND:].astype(float)
    expected = 8_000 * np.sin(2 * np.pi * 1_000 * (n[SECOND:] / (1 + 200e-6) - 960) / SECOND)
    assert np.max(np.abs(heard - expected)) < 8


def test_a_loudspeaker_that_bends_stays_below_its_limit_and_adds_harmonics() -> None:
    n = np.arange(2 * SECOND)
    said = np.round(30_000 * np.sin(2 * np.pi * 500 * n / SECOND)).astype(np.int16)
    one_tap = replace(QUIET, echo_dbfs=0.0, echo_taps=((0.0, 1.0),))
    clean, bent = heard_of(said, one_tap), heard_of(said, replace(one_tap, speaker_limit_dbfs=-6.0))
    assert np.max(np.abs(bent)) < 32768 * 10 ** (-6 / 20)
    third = [float(np.abs(np.fft.rfft(pcm[SECOND:].astype(float)))[1_500]) for pcm in (clean, bent)]
    assert third[1] > 100 * third[0]


@pytest.mark.parametrize("name", ["booth", "hall"])
def test_somebody_else_talks_at_the_level_and_from_the_time_that_is_said(name: str) -> None:
    pcm = speech(SECOND, seed=9)
    room = Room(1, replace(ROOMS[name], noise_dbfs=-200.0, others=(Talker(pcm, -41.0, 0.5),)))
    picked = room.pick_up(nothing(3 * SECOND), still(3 * SECOND))
    assert not picked[: SECOND // 2].any()
    assert level_dbfs(picked[SECOND // 2 : 3 * SECOND // 2]) == pytest.approx(-41.0, abs=0.3)
    assert picked[3 * SECOND // 2 :].any() == (name == "hall")


def test_a_level_of_silence_is_a_number() -> None:
    assert level_dbfs(nothing(0)) == level_dbfs(nothing(100)) == -120.0
