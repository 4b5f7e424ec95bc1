"""The numbers of the whole interview, and the later answers against the warm-up."""

from __future__ import annotations

import msgspec
import pytest

from greenroom.records import Measure, Plan, Question, SessionRecord, SpokenLine, TurnRecord
from greenroom.reports import page
from greenroom.reports.builder import build
from greenroom.reports.schema import Fact
from storage.samples import record, turn

WORDS = "so i worked there for two years and then i moved on"


def measure(name: str, value: float | None, over: float = 1.0) -> Measure:
    return Measure(name=name, value=value, unit="u", formula="f", source="s", coverage=0.0 if value is None else 1.0,
                   reason="too short" if value is None else "", over=over)


def answered(number: int, *measures: Measure, question_id: str = "q1", text: str = WORDS) -> TurnRecord:
    plain = turn(number, text, question_id=question_id, start_t=100.0 + 60 * number)
    return msgspec.structs.replace(plain, measures=measures)


def session(*turns: TurnRecord, kinds: tuple[str, ...] = ("motivation", "behavioural")) -> SessionRecord:
    questions = tuple(
        msgspec.convert({"id": f"q{n}", "text": "Why?", "kind": kind, "competency": "c"}, Question)
        for n, kind in enumerate(kinds, start=1)
    )
    return msgspec.structs.replace(record("s", turns), plan=Plan(pack_id="p", seed=1, questions=questions))


def facts(some: SessionRecord) -> dict[str, Fact]:
    return {fact.name: fact for fact in build(some).whole}


def test_talk_ratio_is_the_candidates_share_of_all_talk_between_first_question_and_last_answer() -> None:
    one, two = answered(1, measure("talk_s", 3.0)), answered(2, measure("talk_s", 5.0))
    some = session(one, two)
    lines = (
        SpokenLine(cue="greeting", text="", heard_text="", start_t=100.0, end_t=110.0),
        SpokenLine(cue="question:q1", text="", heard_text="", start_t=one.question.start_t, end_t=one.question.end_t),
        SpokenLine(cue="question:q2", text="", heard_text="", start_t=two.question.start_t, end_t=two.question.end_t),
        SpokenLine(cue="closing", text="", heard_text="", start_t=two.ended_t + 1, end_t=two.ended_t + 9),
    )
    ratio = facts(msgspec.structs.replace(some, lines=lines))["talk_ratio"]
    assert ratio.value == pytest.approx(8.0 / 10.0)
    assert ratio.answers == (1, 2)
    assert "first question" in ratio.formula


def test_talk_ratio_cannot_be_told_when_nobody_was_measured() -> None:
    unknown = facts(session(answered(1, measure("talk_s", None))))["talk_ratio"]
    assert (unknown.value, unknown.reason) == (None, "too short")
    silent = facts(session())["talk_ratio"]
    assert (silent.value, silent.reason) == (None, "nothing was said")


def test_counts_add_up_rates_are_sums_over_sums_and_loudness_is_a_mean_of_power() -> None:
    first = (("speaking_rate_wpm", 120.0, 0.5), ("pauses", 2.0, 0.0), ("loudness_dbfs", -20.0, 1.0))
    second = (("speaking_rate_wpm", 180.0, 1.5), ("pauses", 3.0, 0.0), ("loudness_dbfs", -60.0, 1.0))
    whole = facts(session(
        answered(1, *(measure(*row) for row in first), measure("longest_pause_s", 0.9)),
        answered(2, *(measure(*row) for row in second), measure("longest_pause_s", 2.5)),
    ))
    assert whole["speaking_rate_wpm"].value == pytest.approx((60 + 270) / 2.0)
    assert whole["pauses"].value == 5.0
    assert whole["longest_pause_s"].value == 2.5
    assert whole["loudness_dbfs"].value == pytest.approx(-23.01, abs=0.01)


def test_medians_and_ranges_are_not_pooled() -> None:
    whole = facts(session(answered(1, measure("pitch_median_hz", 120.0), measure("loudness_range_db", 12.0))))
    assert not {"pitch_median_hz", "loudness_range_db"} & whole.keys()


def test_each_later_answer_is_set_against_the_warm_up() -> None:
    names = ("speaking_rate_wpm", "loudness_lufs", "pitch_median_hz")
    warm = answered(1, *(measure(name, value) for name, value in zip(names, (150.0, -23.0, 110.0), strict=True)))
    later = answered(2, *(measure(name, value) for name, value in zip(names, (180.0, -20.5, 220.0), strict=True)),
                     question_id="q2")
    report = build(session(warm, later))
    assert report.answers[0].against_warm_up == ()
    changes = {change.name: change for change in report.answers[1].against_warm_up}
    found = [(changes[name].difference, changes[name].difference_unit) for name in names]
    assert found == [(20.0, "%"), (2.5, "LU"), (12.0, "st")]
    assert {change.warm_up_answer for change in changes.values()} == {1}
    html = page.render(report)
    assert "Against your warm-up" in html
    assert '<a href="#answer-1">' in html


def test_what_the_warm_up_did_not_show_is_not_compared() -> None:
    warm, later = answered(1, measure("pitch_median_hz", None)), answered(2, measure("pitch_median_hz", 120.0))
    (change,) = build(session(warm, later)).answers[1].against_warm_up
    assert (change.difference, change.reason) == (None, "of the warm-up: too short")
    silent = answered(2, measure("pitch_median_hz", None), text="")
    assert build(session(warm, silent)).answers[1].against_warm_up == ()


def test_without_a_warm_up_nothing_is_compared() -> None:
    rate = measure("speaking_rate_wpm", 150.0)
    report = build(session(answered(1, rate), answered(2, rate), kinds=("behavioural",)))
    assert all(answer.against_warm_up == () for answer in report.answers)
