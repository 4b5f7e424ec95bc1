"""Nods and steadiness, from poses that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import FaceObservation
from greenroom.hearing.movement import NOD_DEG, movement, nods
from greenroom.hearing.visible import Visible
from greenroom.records import Measure

RATE_HZ = 15.0


def posed(pitches: list[float | None], yaw_deg: float = 0.0) -> list[FaceObservation]:
    return [FaceObservation(t=n / RATE_HZ, t_known=n / RATE_HZ, frame=n, faces=int(pitch is not None),
                            yaw_deg=None if pitch is None else yaw_deg, pitch_deg=pitch,
                            roll_deg=None if pitch is None else 0.0) for n, pitch in enumerate(pitches)]


def nodding(times: list[float], depth_deg: float, lasts_s: float = 0.5, length_s: float = 20.0,
            noise_deg: float = 0.0) -> list[FaceObservation]:
    draw = np.random.default_rng(1)
    at = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    pitch = draw.normal(0.0, noise_deg, at.size) if noise_deg else np.zeros(at.size)
    for from_t in times:
        inside = (at >= from_t) & (at <= from_t + lasts_s)
        pitch[inside] -= depth_deg * np.sin(np.pi * (at[inside] - from_t) / lasts_s)
    return posed([float(one) for one in pitch])


def measure(name: str, faces: list[FaceObservation], to_t: float = 20.0) -> Measure:
    return next(one for one in movement(Visible(faces, 0.0, to_t)) if one.name == name)


@pytest.mark.parametrize("lasts_s", [0.35, 0.5, 0.9])
def test_a_nod_is_where_the_head_sinks_and_rises_again(lasts_s: float) -> None:
    times = [2.0, 5.0, 9.0, 9.0 + lasts_s + 0.1, 15.0]
    found = nods(nodding(times, depth_deg=7.0, lasts_s=lasts_s, noise_deg=0.3))
    assert len(found) == len(times)
    for span, from_t in zip(found, times, strict=True):
        assert from_t - 0.2 <= span.start_t < span.end_t <= from_t + lasts_s + 0.2


def test_trembling_small_nods_and_slow_bows_are_none() -> None:
    assert nods(nodding([], 0.0, noise_deg=0.6)) == ()
    assert nods(nodding([3.0, 8.0], depth_deg=2.0)) == ()
    assert nods(nodding([3.0], depth_deg=12.0, lasts_s=6.0)) == ()
    assert nods(posed([-15.0 if n > 100 else 0.0 for n in range(300)])) == (), "it stays down"


def test_a_nod_in_which_the_face_is_lost_is_not_made_up() -> None:
    faces = nodding([5.0], depth_deg=8.0)
    lost = [face for face in faces if not 4.9 <= face.t <= 5.45]
    assert nods(lost) == ()


@given(st.lists(st.one_of(st.none(), st.floats(-60, 60)), max_size=120))
def test_nods_lie_in_the_pictures_in_order(pitches: list[float | None]) -> None:
    found = nods(posed(pitches))
    ends = [t for span in found for t in (span.start_t, span.end_t)]
    assert all(0.0 <= t <= len(pitches) / RATE_HZ for t in ends)
    assert [span.start_t for span in found] == sorted(span.start_t for span in found)
    if pitches and all(pitch is None for pitch in pitches):
        assert found == ()


def test_nods_are_told_a_minute_from_ten_seconds_on() -> None:
    told = measure("nods_per_min", nodding([2.0, 6.0, 12.0, 17.0], depth_deg=2 * NOD_DEG))
    assert told.value == pytest.approx(12.0, abs=0.2)
    assert len(told.evidence) == 4
    short = measure("nods_per_min", nodding([2.0], depth_deg=6.0, length_s=6.0), to_t=6.0)
    assert short.value is None
    assert "less than 10 s" in short.reason


def test_a_steady_head_stays_near_its_middle() -> None:
    steady = measure("head_sway_deg", nodding([], 0.0, noise_deg=0.2))
    rocking = measure("head_sway_deg", posed([10.0 * math.sin(n / 15.0) for n in range(300)]))
    assert steady.value is not None
    assert rocking.value is not None
    assert steady.value < 0.3
    assert rocking.value == pytest.approx(10.0 * math.sin(math.pi / 4), rel=0.1)
    assert measure("head_sway_deg", []).value is None
