from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from greenroom.devices.reference import RING_SAMPLES, Reference
from greenroom.devices.ring import Ring

RATE = 16_000


def counted(start: int, size: int) -> np.ndarray:
    return (np.arange(start, start + size) % 30_000 + 1).astype(np.int16)


def test_gives_back_what_was_played_at_that_time_and_silence_elsewhere() -> None:
    reference = Reference()
    reference.played(counted(0, 800), 100.0)
    assert not reference.at(99.9, 800).any()
    assert np.array_equal(reference.at(100.01, 160), counted(160, 160))
    assert np.array_equal(reference.at(100.045, 160), np.concatenate([counted(720, 80), np.zeros(80, np.int16)]))
    assert not reference.at(101.0, 160).any()


def test_a_hole_between_two_pieces_is_silence() -> None:
    reference = Reference()
    reference.played(counted(0, 160), 1.0)
    reference.played(counted(0, 160), 1.5)
    assert not reference.at(1.01, 7_840).any()
    assert np.array_equal(reference.at(1.5, 160), counted(0, 160))


def test_drift_between_two_clocks_is_made_up_sample_by_sample() -> None:
    for drift in (1.0005, 0.9995):
        reference = Reference()
        for n in range(0, 160 * 1_000, 160):
            reference.played(counted(n, 160), n / RATE * drift)
        assert abs(int(reference.at(9.9 * drift, 1)[0]) - int(counted(round(9.9 * RATE), 1)[0])) <= 3


def test_what_is_older_than_the_ring_is_silence() -> None:
    reference = Reference()
    reference.played(counted(0, 160), 1.0)
    reference.played(counted(0, 160), 40.0)
    assert not reference.at(1.0, 160).any()


def test_a_long_pause_leaves_nothing_of_an_earlier_lap() -> None:
    reference = Reference()
    for n in range(40):
        reference.played(counted(0, RATE), float(n))
    reference.played(counted(0, 160), 200.0)
    assert not reference.at(199.0, RATE).any()


@given(st.lists(st.integers(0, 700), max_size=30))
def test_a_ring_keeps_its_newest_samples(sizes: list[int]) -> None:
    ring, n = Ring(1_000), 0
    for size in sizes:
        ring.write(n, counted(n, size))
        n += size
    count = min(n, ring.size)
    assert np.array_equal(ring.read(n - count, count), counted(n - count, count))


def test_the_ring_is_as_long_as_it_says() -> None:
    assert RING_SAMPLES == 30 * RATE
