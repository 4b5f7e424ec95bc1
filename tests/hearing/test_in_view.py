"""Presence: what stood between the camera and the candidate, and when."""

from __future__ import annotations

import pytest

from greenroom.events import FaceObservation
from greenroom.hearing.in_view import LABELS, in_view, troubles
from greenroom.hearing.visible import Visible
from greenroom.records import Trouble

RATE_HZ = 10.0


def visible(*stretches: tuple[float, Trouble]) -> Visible:
    """Frames over stretches of seconds, each with its trouble."""
    faces: list[FaceObservation] = []
    t = 0.0
    for length_s, trouble in stretches:
        for _ in range(round(length_s * RATE_HZ)):
            faces.append(FaceObservation(t=t, t_known=t, frame=len(faces), faces=1, trouble=trouble))
            t += 1 / RATE_HZ
    return Visible(faces, 0.0, t)


@pytest.mark.parametrize("trouble", LABELS)
def test_each_trouble_that_lasts_is_evidence_with_its_time(trouble: Trouble) -> None:
    (span,) = troubles(visible((5.0, ""), (2.0, trouble), (3.0, "")))
    assert (span.start_t, span.end_t) == pytest.approx((5.0, 7.0), abs=0.11)
    assert span.label == LABELS[trouble]


def test_what_lasts_less_than_a_second_is_none_and_short_gaps_do_not_part_it() -> None:
    assert troubles(visible((5.0, ""), (0.6, "no_face"), (5.0, ""))) == ()
    (span,) = troubles(visible((2.0, "leaning_out"), (0.3, ""), (2.0, "leaning_out")))
    assert span.end_t - span.start_t == pytest.approx(4.3, abs=0.11)


def test_the_share_is_of_the_time_in_which_the_camera_looked() -> None:
    told = in_view(visible((6.0, ""), (2.0, "second_person"), (2.0, "too_far")))
    assert told.value == pytest.approx(0.6, abs=0.02)
    assert told.coverage == pytest.approx(1.0, abs=0.02)
    assert [span.label for span in told.evidence] == [LABELS["second_person"], LABELS["too_far"]]


def test_a_camera_that_was_away_for_most_of_it_tells_no_share() -> None:
    short = visible((2.0, ""))
    told = in_view(Visible(short.faces, 0.0, 10.0))
    assert told.value is None
    assert told.coverage == pytest.approx(0.2, abs=0.03)
    assert in_view(Visible([], 0.0, 10.0)).reason == "the camera saw nothing"


def test_a_look_or_two_are_no_share() -> None:
    told = in_view(visible((0.2, "")))
    assert (told.value, told.coverage > 0.9) == (None, True)
    assert "fewer than 3" in told.reason


def test_without_a_face_engine_nobody_was_looked_at() -> None:
    told = in_view(visible((10.0, "no_engine")))
    assert (told.value, told.coverage, told.evidence) == (None, 0.0, ())
