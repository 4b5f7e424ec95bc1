from __future__ import annotations

import numpy as np
import pytest

from greenroom.devices.channel_levels import ChannelLevels
from greenroom.hearing.loudness import SILENCE_DBFS


def test_each_channel_has_its_level_its_peak_and_its_clipping() -> None:
    levels = ChannelLevels(3)
    frames = np.zeros((1_600, 3), np.int16)
    frames[:, 0] = np.tile([16_384, -16_384], 800)
    frames[0, 1] = 32_767
    levels.add(frames)
    levels.add(frames // 2)
    first, second, third = levels.levels()
    assert (first.channel, second.channel, third.channel) == (1, 2, 3)
    assert first.now_dbfs == pytest.approx(-12.0, abs=0.1)
    assert first.peak_dbfs == pytest.approx(-6.0, abs=0.1)
    assert (first.clipped, second.clipped, third.clipped) == (0, 1, 0)
    assert third.now_dbfs == third.peak_dbfs == SILENCE_DBFS


@pytest.mark.parametrize(
    ("amplitude", "advice"), [(0, "silent"), (60, "soft"), (3_000, ""), (22_000, "loud"), (32_767, "clips")]
)
def test_it_says_what_to_do_about_the_gain(amplitude: int, advice: str) -> None:
    levels = ChannelLevels(1)
    levels.add(np.full((160, 1), amplitude, np.int16))
    (level,) = levels.levels()
    assert level.advice.startswith(advice)
    assert bool(level.advice) == bool(advice)


def test_nothing_captured_changes_nothing() -> None:
    levels = ChannelLevels(2)
    levels.add(np.zeros((0, 2), np.int16))
    assert [level.now_dbfs for level in levels.levels()] == [SILENCE_DBFS, SILENCE_DBFS]
