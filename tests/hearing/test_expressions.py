"""Expression is told as motion, and only where somebody looked for it."""

from __future__ import annotations

import pytest

from greenroom.events import FaceObservation
from greenroom.hearing.expressions import expressions
from greenroom.hearing.visible import Visible
from greenroom.records import Measure


def seen(*stretches: tuple[float, float, float, float]) -> Visible:
    """Stretches of (seconds, smile, brow raise, mouth open)."""
    faces: list[FaceObservation] = []
    for length_s, smile, brow, mouth in stretches:
        for _ in range(round(length_s * 10)):
            t = len(faces) / 10
            faces.append(FaceObservation(t=t, t_known=t, frame=len(faces), faces=1, yaw_deg=0.0, pitch_deg=0.0,
                                         roll_deg=0.0, smile=smile, brow_raise=brow, mouth_open=mouth))
    return Visible(faces, 0.0, len(faces) / 10)


def told(visible: Visible) -> dict[str, Measure]:
    return {measure.name: measure for measure in expressions(visible)}


def test_nothing_is_told_unless_somebody_looked_for_it() -> None:
    plain = [FaceObservation(t=n / 10, t_known=n / 10, frame=n, faces=1) for n in range(200)]
    assert expressions(Visible(plain, 0.0, 20.0)) == ()
    assert expressions(Visible([], 0.0, 20.0)) == ()


def test_movements_are_told_with_their_evidence() -> None:
    found = told(seen((4, 0, 0, 0.1), (6, 0.9, 0, 0.5), (4, 0, 0.8, 0), (2, 0, 0, 0), (4, 0.2, 0.7, 0.9)))
    assert found["smile_share"].value == pytest.approx(0.3, abs=0.02)
    assert found["brow_raises_per_min"].value == pytest.approx(6.0, abs=0.1)
    assert found["mouth_open_share"].value == pytest.approx(0.5, abs=0.02)
    (smile,) = found["smile_share"].evidence
    assert (smile.start_t, smile.end_t) == pytest.approx((4.0, 10.0), abs=0.11)
    assert len(found["brow_raises_per_min"].evidence) == 2


def test_every_measure_says_that_it_is_a_movement_and_no_score() -> None:
    for measure in told(seen((12, 0, 0, 0))).values():
        assert "not a feeling" in measure.source
        assert measure.value == 0.0


def test_brows_that_were_seen_for_a_moment_give_no_rate() -> None:
    few = told(seen((5, 0, 1, 0)))["brow_raises_per_min"]
    assert few.value is None
    assert "less than 10 s" in few.reason
