from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.storage.media import RUN_S, SessionMedia

CHUNK = 320


def ramp(n: int) -> bytes:
    return (np.arange(n * CHUNK, (n + 1) * CHUNK) % 30_000).astype("<i2").tobytes()


def filled(chunks: int, *, start_t: float = 5.0, jitter_s: float = 0.0) -> SessionMedia:
    media = SessionMedia()
    rng = random.Random(1)
    for n in range(chunks):
        media.append(n, start_t + n * 0.02 + rng.uniform(-jitter_s, jitter_s), ramp(n))
    return media


def test_sound_comes_back_sample_for_sample() -> None:
    media = filled(1200)
    ((t, pcm),) = media.slice(7.0, 20.5)
    first = round(2.0 * SAMPLE_RATE_HZ)
    assert t == pytest.approx(7.0)
    assert pcm == (np.arange(first, round(15.5 * SAMPLE_RATE_HZ)) % 30_000).astype("<i2").tobytes()


def test_jitter_of_the_clock_makes_no_gaps() -> None:
    media = filled(1200, jitter_s=0.0009)
    assert len(media.slice(0.0, 100.0)) == 1
    assert media.kept_s == pytest.approx(24.0)


def test_a_gap_separates_two_runs() -> None:
    media = filled(10)
    media.append(40, 5.8, ramp(40))
    runs = media.slice(0.0, 100.0)
    assert [t for t, _ in runs] == pytest.approx([5.0, 5.8])
    assert runs[1][1] == ramp(40)


def test_a_chunk_heard_again_is_left_out() -> None:
    media = filled(10)
    media.append(9, 5.18, ramp(9))
    assert media.kept_s == pytest.approx(0.2)


def test_outside_what_is_kept_there_is_nothing() -> None:
    assert filled(10).slice(0.0, 4.9) == filled(10).slice(6.0, 9.0) == filled(10).slice(5.1, 5.1) == []


def test_when_full_the_oldest_goes_and_it_says_so() -> None:
    media = SessionMedia(capacity_s=30.0)
    assert media.lost_before_t is None
    for n in range(2500):
        media.append(n, n * 0.02, ramp(n))
    assert 30.0 - RUN_S <= media.kept_s <= 30.0
    assert media.lost_before_t == pytest.approx(50.0 - media.kept_s)
    ((t, pcm),) = media.slice(0.0, 60.0)
    assert t == pytest.approx(media.lost_before_t)
    assert pcm[-2:] == ramp(2499)[-2:]


def test_forgetting_leaves_nothing() -> None:
    media = filled(10)
    media.forget()
    assert (media.kept_s, media.slice(0.0, 100.0), media.lost_before_t) == (0.0, [], None)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-0.05, 0.3)), max_size=40), st.floats(0, 3), st.floats(0, 3))
def test_runs_never_overlap_and_are_bounded(steps: list[tuple[int, float]], from_t: float, to_t: float) -> None:
    media = SessionMedia(capacity_s=0.3)
    n, t = 0, 0.0
    for jump, late_s in steps:
        n, t = n + jump, t + 0.02 + late_s
        media.append(n, t, ramp(n))
        assert media.kept_s <= 0.3
    end_t = float("-inf")
    for start_t, pcm in media.slice(from_t, to_t):
        assert start_t >= end_t - 0.002
        end_t = start_t + len(pcm) / 2 / SAMPLE_RATE_HZ
        assert from_t - 1e-3 <= start_t <= end_t <= to_t + 1e-3
