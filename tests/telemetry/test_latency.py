"""Percentiles of many turns, and what else they have in common."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.records import STAGES, Stage
from greenroom.reports.builder import build
from greenroom.telemetry.latency import TurnTimes, aggregate, percentile, without_words
from reports.samples import interview
from telemetry.samples import SECRET, ending, timed

times = st.floats(-10, 100)


@given(st.lists(times, min_size=1, max_size=60), st.floats(0, 1))
def test_percentiles_are_those_of_numpy(values: list[float], share: float) -> None:
    assert percentile(sorted(values), share) == pytest.approx(float(np.percentile(values, share * 100)), abs=1e-9)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(STAGES)), times), max_size=30))
def test_the_stages_of_many_turns_are_spread_as_numpy_says(turns: list[dict[str, float]]) -> None:
    told = aggregate(
        TurnTimes(stages=tuple(Stage(name=name, at_s=at_s) for name, at_s in turn.items()), ended_by="silence")
        for turn in turns)
    assert told.turns == len(turns)
    assert list(told.stages) == [name for name in STAGES if any(name in turn for turn in turns)]
    for name, spread in told.stages.items():
        values = [turn[name] for turn in turns if name in turn]
        assert spread.count == len(values)
        assert (spread.p50_s, spread.p95_s) == pytest.approx(tuple(np.percentile(values, [50, 95])), abs=1e-9)


def test_the_felt_gap_is_of_turns_that_the_booth_ended_itself() -> None:
    turns = [timed(1, first_sample_heard=1.0), timed(2, ended_by="cap", first_sample_heard=2.0),
             timed(3, ended_by="done", first_sample_heard=9.0), timed(4, ended_by="skip"), timed(5)]
    told = aggregate(turns)
    assert told.gap is not None
    assert (told.gap.count, told.gap.p50_s) == (2, 1.5)
    assert told.stages["first sample heard"].count == 3
    assert told.ended_by == {"silence": 2, "done": 1, "skip": 1, "cap": 1, "end": 0, "lost": 0}


def test_the_share_of_speculation_that_was_used() -> None:
    assert aggregate([]).reused_share is None
    told = aggregate([timed(1), timed(2, speculation="missed", discarded=3), timed(3), timed(4, speculation="none"),
                      timed(5, discarded=1)])
    assert told.reused_share == pytest.approx(3 / 4)
    assert told.speculation == {"reused": 3, "missed": 1, "none": 1}
    assert told.discarded == 4


def test_silences_are_told_by_how_sure_they_were_and_what_came_of_them() -> None:
    silences = aggregate([
        timed(1, endings=(ending("complete", score=2.0, went_on_s=0.8), ending("complete", score=5.0))),
        timed(2, endings=(ending("hold", score=None, went_on_s=3.0), ending("filler", score=5.0))),
        timed(3, endings=(ending("complete", score=None),)),
    ]).silences
    assert {tier: (told.went_on, told.taken) for tier, told in silences.items()} == {
        "complete": (0, 2), "unsure": (1, 0), "incomplete": (0, 0), "filler": (0, 1), "hold": (1, 0)}


def test_names_of_older_versions_come_last_and_what_is_no_number_is_left_out() -> None:
    told = aggregate([timed(1, voice_stopped=0.2, turn_taken=0.7, soft_end=math.nan)])
    assert list(told.stages) == ["turn taken", "voice stopped"]


def test_nothing_that_was_said_is_kept() -> None:
    turn = timed(1, soft_end=0.2, endings=(ending(),))
    kept = without_words(turn)
    assert SECRET not in repr(kept)
    assert SECRET in repr(turn)
    assert aggregate([kept]) == aggregate([turn])


def test_turns_and_the_answers_of_their_report_say_the_same() -> None:
    record = interview()
    assert aggregate(build(record).answers) == aggregate(record.turns)
