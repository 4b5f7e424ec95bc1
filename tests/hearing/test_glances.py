from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import FaceObservation
from greenroom.hearing.glances import BRIDGED_S, runs, share_within_error
from greenroom.hearing.visible import Visible

STEP_S = 0.1
TELLS = {"c": True, "l": False, "r": False, "d": False, ".": None}
AWAY = {"l": "left", "r": "right", "d": "down"}


def frames(shown: str) -> list[FaceObservation]:
    """Ten a second: c toward the interviewer, l, r and d away, a dot where it cannot be told."""
    return [FaceObservation(t=n * STEP_S, t_known=n * STEP_S, frame=n, faces=1, is_eye_contact=TELLS[one],
                            away=AWAY.get(one, ""))  # type: ignore[arg-type]  # of the literal sides
            for n, one in enumerate(shown)]


def found(shown: str) -> list[tuple[bool, float, float, str]]:
    return [(run.is_contact, round(run.from_t, 2), round(run.to_t, 2), run.side)
            for run in runs(frames(shown), [STEP_S] * len(shown))]


def test_runs_are_stretches_of_equal_looks() -> None:
    assert found("cccllrrrc") == [(True, 0.0, 0.3, ""), (False, 0.3, 0.8, "right"), (True, 0.8, 0.9, "")]


def test_a_blink_breaks_no_run_and_a_longer_gap_does() -> None:
    assert found("ccc...ccc") == [(True, 0.0, 0.9, "")]
    assert found("ccc.....ccc") == [(True, 0.0, 0.3, ""), (True, 0.8, 1.1, "")]
    assert BRIDGED_S == 0.4


def test_nothing_told_is_no_run() -> None:
    assert found("....") == []
    assert share_within_error(frames("....")) is None


@pytest.mark.parametrize(("side", "label"), [
    ("l", "looked to the left"), ("r", "looked to the right"), ("d", "looked down")])
def test_a_look_away_says_where_it_went(side: str, label: str) -> None:
    (run,) = runs(frames(side * 3), [STEP_S] * 3)
    assert run.span.label == label


def test_the_share_has_a_range_as_wide_as_frames_near_the_edge() -> None:
    edges = [(5.0, 2.0), (1.0, 2.0), (-1.0, 2.0), (-5.0, 2.0)]
    seen = [FaceObservation(t=0.0, t_known=0.0, frame=0, faces=1, is_eye_contact=edge > 0, edge_deg=edge,
                            edge_error_deg=error) for edge, error in edges]
    assert share_within_error(seen) == (0.25, 0.75)


def test_measures_tell_the_longest_look_and_every_glance_away_with_its_evidence() -> None:
    shown = "c" * 60 + "l" * 3 + "c" * 40 + "d" * 12 + "c" + "r" + "c" * 3
    told = {measure.name: measure for measure in Visible(frames(shown), 0.0, len(shown) * STEP_S).measures()}
    assert told["longest_eye_contact_s"].value == pytest.approx(6.0, abs=0.01)
    glances = told["glances_away_per_min"]
    assert glances.value == pytest.approx(2 * 60 / 12.0, rel=0.02)
    assert [span.label for span in glances.evidence] == ["looked to the left", "looked down"]
    assert [span.label for span in told["eye_contact"].evidence] == ["looked down"]


def test_too_little_seen_gives_no_rate_of_glances() -> None:
    told = {measure.name: measure for measure in Visible(frames("c" * 50), 0.0, 5.0).measures()}
    assert told["glances_away_per_min"].value is None
    assert "less than 10 s" in told["glances_away_per_min"].reason


@given(st.text(alphabet="clrd.", max_size=80))
def test_runs_alternate_or_are_apart_and_cover_all_that_was_told(shown: str) -> None:
    seen = runs(frames(shown), [STEP_S] * len(shown))
    for before, after in itertools.pairwise(seen):
        assert after.from_t >= before.to_t - 1e-9
        assert before.is_contact is not after.is_contact or after.from_t - before.to_t > BRIDGED_S - 1e-9
    told = [n * STEP_S for n, one in enumerate(shown) if one != "."]
    assert all(any(run.from_t - 1e-9 <= t < run.to_t for run in seen) for t in told)
    assert all(run.side for run in seen if not run.is_contact)


def source_of(edges_deg: tuple[float, float]) -> str:
    """Of eye contact whose looks lie so far within the zone's edge in turn, with an error of 2 degrees."""
    seen = [FaceObservation(t=n / 10, t_known=n / 10, frame=n, faces=1, is_eye_contact=True, edge_deg=edges_deg[n % 2],
                            edge_error_deg=2.0) for n in range(30)]
    told = {measure.name: measure for measure in Visible(seen, 0.0, 3.0).measures()}["eye_contact"]
    assert "%" not in told.formula
    return told.source


def test_the_range_goes_with_the_answer_it_belongs_to_and_not_with_the_formula_of_all() -> None:
    assert source_of((3.0, 1.0)).endswith("; 50% to 100% within the error of the look")


def test_an_error_that_moves_no_look_over_the_edge_leaves_no_range() -> None:
    assert "%" not in source_of((3.0, 4.0))
