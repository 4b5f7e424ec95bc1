from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenroom.records import (
    Consent,
    DeviceInfo,
    Ending,
    EngineInfo,
    Measure,
    Pause,
    Plan,
    Question,
    Series,
    SessionRecord,
    SetUp,
    Span,
    SpokenLine,
    Stage,
    TurnRecord,
    Word,
)
from greenroom.reports import page, schema
from greenroom.reports.builder import build
from greenroom.reports.schema import Report
from reports.samples import interview

texts = st.text(max_size=12)
times = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-10, 400)
values = st.none() | st.floats(allow_nan=True, allow_infinity=True)
spans = st.builds(Span, start_t=times, end_t=times, label=texts)
some: Any = st.lists
words = st.builds(Word, text=texts, start_t=times, end_t=times, certainty=values)
records = st.builds(
    SessionRecord,
    id=texts,
    booth=texts,
    started_at=texts,
    started_t=times,
    ended_t=times,
    set_up=st.builds(SetUp, role=texts, style=st.sampled_from(["supportive", "neutral", "cold"])),
    consent=st.just(Consent()),
    plan=st.builds(
        Plan,
        pack_id=texts,
        seed=st.just(1),
        questions=some(st.just(Question(id="q", text="Q", kind="technical", competency="c")), max_size=3).map(tuple),
    ),
    engines=some(st.builds(EngineInfo, capability=st.just("face"), name=texts, detail=texts), max_size=2).map(tuple),
    devices=some(
        st.builds(DeviceInfo, kind=st.just("camera"), name=texts, state=st.sampled_from(["ok", "lost"])), max_size=2
    ).map(tuple),
    lines=st.just(()),
    turns=some(
        st.builds(
            TurnRecord,
            turn=st.integers(0, 5),
            question_id=texts,
            cue=texts,
            question=st.builds(SpokenLine, cue=texts, text=texts, heard_text=texts, start_t=times, end_t=times),
            words=some(words, max_size=4).map(tuple),
            started_t=st.none() | times,
            ended_t=times,
            committed_t=times,
            ended_by=st.sampled_from(["silence", "done", "skip", "cap", "end", "lost"]),
            pauses=some(st.builds(Pause, start_t=times, end_t=times), max_size=2).map(tuple),
            gaps=some(spans, max_size=2).map(tuple),
            stages=some(st.builds(Stage, name=texts, at_s=times), max_size=2).map(tuple),
            endings=some(
                st.builds(Ending, t=times, category=texts, words=st.integers(0, 9), model_p=values, pitch_st=values,
                          end_p=values, score=values, wait_s=times, went_on_s=values),
                max_size=2,
            ).map(tuple),
            speculation=st.sampled_from(["reused", "missed", "none"]),
            discarded=st.integers(0, 3),
            measures=some(
                st.builds(
                    Measure,
                    name=st.sampled_from(["speaking_rate_wpm", "eye_contact", "pause_share", "made up", ""]),
                    value=values,
                    unit=st.sampled_from(["wpm", "share", "deg", ""]),
                    formula=texts,
                    source=texts,
                    coverage=st.floats(allow_nan=True),
                    evidence=some(spans, max_size=2).map(tuple),
                ),
                max_size=3,
            ).map(tuple),
            recogniser_certainty=values,
            series=some(
                st.builds(
                    Series,
                    name=st.sampled_from(["speaking_rate_wpm", "x y"]),
                    unit=texts,
                    t=some(times, max_size=4).map(tuple),
                    values=some(values, max_size=4).map(tuple),
                ),
                max_size=2,
            ).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    notices=some(spans, max_size=2).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
@given(records)
def test_any_record_gives_a_report_a_page_and_json_that_reads_back(record: SessionRecord) -> None:
    report = build(record)
    assert schema.from_json(schema.to_json(report)) == report
    assert page.render(report).endswith("</html>")
    assert len(report.summary.facts) == 4
    assert all((fact.value is None) == bool(fact.reason) for fact in report.summary.facts)
    assert all(m.reason for answer in report.answers for m in answer.measures if m.value is None)
    assert all(0 <= m.coverage <= 1 for answer in report.answers for m in answer.measures)


def test_times_count_from_the_beginning_of_the_session() -> None:
    record, report = interview(), build(interview())
    first = record.turns[0]
    assert report.answers[0].words[0].start_s == pytest.approx(first.words[0].start_t - record.started_t)
    assert report.answers[0].asked_s == pytest.approx(30.0)
    assert report.duration_s == pytest.approx(record.ended_t - record.started_t)


def test_the_same_session_at_another_time_of_the_clock_gives_the_same_report() -> None:
    def later(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: later(v, k) for k, v in value.items()}
        if key == "t" or key.endswith("_t"):
            return [v + 977.0 for v in value] if isinstance(value, list) else value and value + 977.0
        return [later(v) for v in value] if isinstance(value, list) else value

    moved = msgspec.convert(later(msgspec.json.decode(msgspec.json.encode(interview()))), SessionRecord)
    assert moved.turns[0].ended_t != interview().turns[0].ended_t
    assert schema.to_json(build(moved)) == schema.to_json(build(interview()))


def test_what_the_booth_could_not_tell_is_listed_with_its_reason() -> None:
    told = {(missing.answer, missing.what): missing.reason for missing in build(interview()).cannot_tell}
    assert told[(3, "Looking toward the interviewer")] == "the camera was unplugged"
    assert told[(4, "Transcript")] == "the question was skipped"
    assert told[(None, "Camera")] == "unplugged for 12 s"
    assert told[(None, "Questions")].startswith("1 of 4")


def test_an_answer_whose_measures_were_lost_is_among_what_could_not_be_told() -> None:
    record = interview()
    lost = msgspec.structs.replace(record, turns=tuple(msgspec.structs.replace(t, measures=()) for t in record.turns))
    told = {(missing.answer, missing.what): missing.reason for missing in build(lost).cannot_tell}
    assert "lost" in told[(1, "Measures")]
    assert (4, "Measures") not in told
    assert (1, "Measures") not in {(missing.answer, missing.what) for missing in build(record).cannot_tell}


def test_follow_ups_and_gaps_are_marked() -> None:
    report = build(interview())
    assert [answer.is_follow_up for answer in report.answers] == [False, True, False, False]
    assert [answer.gap_s for answer in report.answers] == [0.95, 0.96, 0.97, 0.98]
    assert report.gap_median_s == pytest.approx(0.965)


def test_how_a_turn_was_taken_is_told_with_what_it_means() -> None:
    first, record = build(interview()).answers[0], interview()
    assert [(stage.name, bool(stage.meaning)) for stage in first.stages] == [
        ("capture", True), ("soft end", True), ("voice stopped", False), ("turn taken", True),
        ("first sample heard", True)]  # fmt: skip
    pause, end = first.endings
    assert pause.at_s == pytest.approx(record.turns[0].endings[0].t - record.started_t, abs=1e-3)
    assert (pause.category, pause.model_p, pause.score, pause.went_on_s) == ("hold", None, None, 1.25)
    assert (end.model_p, end.pitch_st, end.end_p, end.score, end.wait_s) == (0.93, -0.8, 0.25, 4.2, 0.7)
    assert end.went_on_s is None
    assert [answer.speculation for answer in build(interview()).answers] == ["reused"] * 3 + ["none"]


def test_reports_that_older_versions_kept_can_be_read() -> None:
    kept = json.loads(schema.to_json(build(interview())))
    for answer in kept["answers"]:
        del answer["endings"], answer["speculation"], answer["discarded"]
        for stage in answer["stages"]:
            del stage["meaning"]
    answers = schema.from_json(json.dumps(kept).encode()).answers
    assert answers[0].has_turn
    assert answers[0].endings == ()


def test_the_published_schema_names_every_field_and_allows_the_report() -> None:
    published = schema.json_schema()
    assert published["$id"] == "urn:greenroom-report:1"
    report = json.loads(schema.to_json(build(interview())))
    defs = published["$defs"]

    def check(value: Any, rule: dict[str, Any]) -> None:
        if isinstance(value, dict):
            rule = next((each for each in rule.get("anyOf", ()) if "$ref" in each), rule)
        if "$ref" in rule:
            rule = defs[rule["$ref"].rsplit("/", 1)[1]]
        if isinstance(value, dict):
            assert set(value) <= set(rule["properties"])
            assert set(rule.get("required", ())) <= set(value)
            for key, each in value.items():
                check(each, rule["properties"][key])
        elif isinstance(value, list):
            items = rule.get("items") or {}
            for each in value:
                check(each, items)

    check(report, published)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"schema": "greenroom-report"}'])
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        schema.from_json(data)


def test_a_report_of_another_schema_is_refused() -> None:
    other = json.loads(schema.to_json(build(interview()))) | {"schema": "something"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(other, Report)
