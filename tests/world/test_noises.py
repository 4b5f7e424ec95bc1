from __future__ import annotations

import numpy as np
import pytest

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.world.noises import NOISES, SLAM_S, cough, door
from greenroom.world.room import level_dbfs

STEADY = sorted(set(NOISES) - {"silence", "door", "coughs"})


@pytest.mark.parametrize("name", sorted(NOISES))
def test_a_sound_has_its_length_and_one_seed_gives_it_again(name: str) -> None:
    first, again, other = (NOISES[name](5.0, -30.0, seed) for seed in (1, 1, 2))
    assert first.size == 5 * SAMPLE_RATE_HZ
    assert first.dtype == np.float32
    assert np.array_equal(first, again)
    assert name == "silence" or not np.array_equal(first, other)


@pytest.mark.parametrize("name", STEADY)
@pytest.mark.parametrize("level", [-50.0, -20.0])
def test_a_sound_has_the_level_that_was_asked_for(name: str, level: float) -> None:
    sound = NOISES[name](5.0, level, 1)
    assert level_dbfs(sound) == pytest.approx(level, abs=0.1)


def test_a_slam_has_the_level_that_was_asked_for_and_dies_away() -> None:
    sound = door(20.0, -20.0, 1)
    begin = int(np.flatnonzero(sound)[0])
    slam = sound[begin : begin + round(SLAM_S * SAMPLE_RATE_HZ)]
    assert level_dbfs(slam) == pytest.approx(-20.0, abs=0.5)
    assert level_dbfs(sound[begin + SAMPLE_RATE_HZ // 2 : begin + SAMPLE_RATE_HZ]) < -50.0
    assert level_dbfs(sound) < -25.0


def test_a_cough_is_two_bursts_of_air_with_a_breath_between_them() -> None:
    for seed in range(5):
        sound = cough(-20.0, np.random.default_rng(seed))
        assert level_dbfs(sound) == pytest.approx(-20.0, abs=0.1)
        assert 0.25 <= sound.size / SAMPLE_RATE_HZ <= 0.8
        silent = np.flatnonzero(sound == 0.0)
        assert 0.05 <= (silent[-1] - silent[1]) / SAMPLE_RATE_HZ <= 0.21
        assert level_dbfs(sound[: silent[1]]) > level_dbfs(sound[silent[-1] :])


def test_a_song_has_a_melody_and_breath() -> None:
    sound = NOISES["sung"](10.0, -20.0, 3)
    blocks = sound[: sound.size // 1600 * 1600].reshape(-1, 1600)
    levels = [level_dbfs(block) for block in blocks]
    assert max(levels) - min(levels) > 6.0
    loud = blocks[int(np.argmax(levels))]
    spectrum = np.abs(np.fft.rfft(loud * np.hanning(loud.size)))
    assert spectrum.max() > 20 * np.median(spectrum), "a voice that sings is a row of harmonics"
