from __future__ import annotations

import msgspec
import pytest

from greenroom.hearing.heard import Answer
from greenroom.hearing.measures import answer_measures, answer_series
from greenroom.records import Measure, TurnRecord
from greenroom.reports import findings
from greenroom.reports.builder import build
from greenroom.reports.schema import Summary
from storage.samples import record, turn

LONG = (
    "and then we all went on with the work that we had planned for "
    "the whole week before that day came around again to us"
)


def said(number: int, text: str, **measures: float | None) -> TurnRecord:
    plain = turn(number, text, start_t=100.0 + 60 * number)
    taken = tuple(
        Measure(
            name=name,
            value=value,
            unit="",
            formula="f",
            source="s",
            coverage=0.9 if value is not None else 0.0,
            reason="" if value is not None else "too dark",
            over=0.9 * (plain.ended_t - (plain.started_t or 0.0)) / 60,
        )
        for name, value in measures.items()
    )
    return msgspec.structs.replace(plain, measures=taken)


def summary(*turns: TurnRecord) -> Summary:
    return build(record("s", turns)).summary


def test_numbers_in_most_answers_are_the_first_strength() -> None:
    found = summary(said(1, "we sold twenty cups"), said(2, "it took 3 days"), said(3, "i liked it"))
    assert "2 of 3" in found.strength.text
    assert found.strength.answers == (1, 2)


@pytest.mark.parametrize("pace", [110.0, 150.0, 190.0])
def test_nothing_is_said_of_a_pace_inside_the_band(pace: float) -> None:
    found = summary(said(1, LONG, speaking_rate_wpm=pace), said(2, LONG, speaking_rate_wpm=pace))
    assert "pace" not in found.strength.text.lower()
    assert "pace" not in found.next_step.text.lower()


def test_looking_toward_the_interviewer_counts_when_it_is_much_everywhere() -> None:
    assert "looked toward" in summary(said(1, LONG, eye_contact=0.7)).strength.text
    assert "looked toward" not in summary(said(1, LONG, eye_contact=0.7), said(2, LONG, eye_contact=0.4)).strength.text


def test_a_measure_of_little_coverage_decides_nothing() -> None:
    fast = said(1, LONG, speaking_rate_wpm=240.0)
    thin = msgspec.structs.replace(fast, measures=(msgspec.structs.replace(fast.measures[0], coverage=0.2),))
    assert "pace" in summary(fast).next_step.text
    assert "pace" not in summary(thin).next_step.text


@pytest.mark.parametrize(
    ("turns", "advice"),
    [
        ((said(1, ""), said(2, LONG)), "Nothing was recognised in answer 1"),
        ((said(1, LONG, speaking_rate_wpm=220.0),), "Leave a breath"),
        ((said(1, LONG, speaking_rate_wpm=80.0),), "Say the next thought"),
        ((said(1, "we sold tea"),), "Tell one example"),
        ((said(1, LONG),), "Give one number"),
        ((said(1, f"{LONG} twenty"),), "Finish with how it turned out"),
        ((said(1, f"{LONG} twenty in the end", eye_contact=0.1),), "Look toward the interviewer"),
        ((said(1, f"{LONG} twenty in the end"),), "neutral interviewer"),
        ((), "neutral interviewer"),
    ],
)
def test_next_step_is_the_first_that_would_change_most(turns: tuple[TurnRecord, ...], advice: str) -> None:
    assert advice in summary(*turns).next_step.text


def test_nothing_said_is_told_without_blame() -> None:
    found = summary(said(1, ""))
    assert found.strength.text == "You took the time to hear the questions."
    assert [fact.value for fact in found.facts] == [0.0, None, None, None]


def test_a_fact_is_a_sum_over_a_sum_and_no_mean_of_means() -> None:
    short, long = said(1, "a b c", speaking_rate_wpm=100.0), said(2, " ".join("x" * 30), speaking_rate_wpm=200.0)
    lengths = [0.9 * (t.ended_t - (t.started_t or 0.0)) for t in (short, long)]
    pace = next(fact for fact in summary(short, long).facts if fact.name == "speaking_rate_wpm")
    assert pace.value == pytest.approx((lengths[0] * 100 + lengths[1] * 200) / sum(lengths), abs=0.01)
    assert pace.coverage == pytest.approx(0.9, abs=0.01)


def test_time_spoken_is_the_sum_of_what_the_answers_say() -> None:
    short, long = said(1, "a b c", talk_s=1.0), said(2, " ".join("x" * 30), talk_s=9.5)
    cough = said(3, "", talk_s=0.5)
    talk = summary(short, long, cough).facts[0]
    assert (talk.value, talk.unit, talk.reason, talk.answers) == (11.0, "s", "", (1, 2, 3))
    assert talk.coverage == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        (said(2, " ".join("x" * 30), speaking_rate_wpm=120.0), "answer 2 was not measured"),
        (said(2, " ".join("x" * 30)), "answer 2 was not measured"),
        (said(2, " ".join("x" * 30), talk_s=None), "too dark"),
    ],
)
def test_time_spoken_cannot_be_told_when_an_answer_with_words_was_not_measured(lost: TurnRecord, reason: str) -> None:
    known = said(1, " ".join("x" * 30), talk_s=11.0)
    talk = summary(known, lost).facts[0]
    assert (talk.value, talk.reason, talk.answers) == (None, reason, (1,))
    assert talk.coverage == pytest.approx(0.45, abs=0.01)


def test_a_fact_names_the_answers_in_which_it_could_be_measured() -> None:
    found = summary(*(said(n, LONG, speaking_rate_wpm=pace) for n, pace in ((1, 120.0), (2, None), (3, 130.0))))
    assert next(fact for fact in found.facts if fact.name == "speaking_rate_wpm").answers == (1, 3)


def test_a_fact_nobody_could_measure_says_why() -> None:
    eye = next(fact for fact in summary(said(1, LONG, eye_contact=None)).facts if fact.name == "eye_contact")
    assert (eye.value, eye.reason, eye.coverage) == (None, "too dark", 0.0)


def test_every_measure_of_an_answer_has_words_for_its_name() -> None:
    silence = Answer(question_end_t=0.0, words=(), voice_spans=(), pcm_runs=(), faces=(), ended_t=1.0)
    names = {measure.name for measure in answer_measures(silence)} | {one.name for one in answer_series(silence)}
    assert names <= findings.LABELS.keys()
