"""What whole interviews have in common, and which of it keeps the benchmark from its exit status 0."""

from __future__ import annotations

from greenroom.bench import turns as bench
from greenroom.bench.turns import Interview
from greenroom.world.measure import Gap


def interview(*gaps_s: float, cut_offs: int = 0, unfinished: int = 0, untold: int = 0, own_cuts: int = 0) -> Interview:
    gaps = [Gap("question:a", "follow_up:a", n, 10.0 * n, 10.0 * n + gap_s) for n, gap_s in enumerate(gaps_s)]
    return Interview(gaps, unfinished, untold, (), cut_offs, own_cuts, [])


def told(*interviews: Interview, turns: int = 40) -> dict[str, bool]:
    return dict(bench.table(list(interviews), turns))


def test_one_cut_off_in_any_interview_is_too_many() -> None:
    assert told(interview(0.8), interview(0.9))["cut off: 0 times in 2 interviews (limit 0)"]
    lines = told(interview(0.8), interview(0.9, cut_offs=1), interview(0.7, cut_offs=2))
    assert lines["cut off: 3 times in 3 interviews (limit 0)"] is False


def test_the_share_of_long_gaps_is_told() -> None:
    lines = told(interview(0.8, 0.8, 2.5, 0.9), interview(3.0))
    assert "  over 2.0 s: 2 (40%)" in lines
    assert "  over 2.0 s: 1 (25%)" in told(interview(0.8, 0.8, 2.5, 0.9), interview(3.0), turns=4)


def test_answers_that_have_no_gap_are_counted() -> None:
    (line,) = (text for text in told(interview(0.8, unfinished=2), interview(0.9, untold=1)) if "left out" in text)
    assert "2 stretches of answers that were broken off, 1 answers" in line


def test_a_loudspeaker_that_stops_by_itself_is_no_good() -> None:
    assert told(interview(0.8, own_cuts=1))["self-interruptions: 1"] is False
