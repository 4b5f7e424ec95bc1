"""The virtual room carries sound as stated, and the same way every time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.world.room import Acoustics, Room, level_dbfs, pink_noise
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


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=20))
def test_sound_does_not_depend_on_how_time_is_cut(sizes: list[int]) -> None:
    total = sum(sizes)
    said, voice = speech(total), (speech(total, seed=5) / 65536).astype(np.float32)
    whole = Room(1).pick_up(said, voice)
    room, parts, at = Room(1), [], 0
    for size in sizes:
        parts.append(room.pick_up(said[at : at + size], voice[at : at + size]))
        at += size
    assert np.array_equal(np.concatenate(parts), whole)


def test_a_level_of_silence_is_a_number() -> None:
    assert level_dbfs(nothing(0)) == level_dbfs(nothing(100)) == -120.0
