"""A session's record becomes its report: the same record always gives the same report."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from greenroom.interview.document_use import note
from greenroom.records import (
    STAGES,
    Ending,
    EngineInfo,
    Measure,
    Series,
    SessionRecord,
    Span,
    Stage,
    TurnRecord,
    Word,
)
from greenroom.reports import findings
from greenroom.reports.baseline import against_warm_up
from greenroom.reports.coaching import with_coaching
from greenroom.reports.cued import with_cues
from greenroom.reports.judged import with_scores
from greenroom.reports.letter import letter
from greenroom.reports.levels import with_levels
from greenroom.reports.origins import with_sources
from greenroom.reports.reread import report_reading
from greenroom.reports.retries import with_retries
from greenroom.reports.room import report_room
from greenroom.reports.schema import (
    SCHEMA_VERSION,
    Answer,
    CannotTell,
    Report,
    ReportDevice,
    ReportEnding,
    ReportEngine,
    ReportMeasure,
    ReportSeries,
    ReportSpan,
    ReportStage,
    ReportWord,
    Summary,
)
from greenroom.reports.study import study_plan
from greenroom.reports.whole import whole

NO_NUMBER = "the measure gave no number"
_MEANINGS: dict[str, str] = {name: meaning for name, meaning in STAGES.items()}  # noqa: C416 - other names, too


def build(record: SessionRecord) -> Report:
    """Total: any record gives a report; what is missing or not finite is told as something the booth cannot tell."""
    origin_t = record.started_t
    plain = [_answer(n, turn, origin_t) for n, turn in enumerate(record.turns, start=1)]
    judged = with_scores(against_warm_up(plain, record.plan), record.turns)
    levelled = with_sources(with_levels(with_retries(judged), record.plan), record.plan)
    answers = with_cues(with_coaching(levelled, record), record)
    study = study_plan(judged)
    gaps = [answer.gap_s for answer in answers if answer.gap_s is not None]
    return Report(
        schema="greenroom-report",
        schema_version=SCHEMA_VERSION,
        session=record.id,
        booth=record.booth,
        started_at=record.started_at,
        duration_s=_s(record.ended_t - origin_t),
        is_complete=record.is_complete,
        role=record.set_up.role,
        style=record.set_up.style,
        pacing=record.set_up.pacing,
        questions_planned=len(record.plan.questions),
        summary=Summary(
            strength=findings.strength(answers),
            next_step=findings.next_step(answers, record.set_up.style),
            facts=findings.facts(answers),
        ),
        answers=answers,
        gap_median_s=_s(statistics.median(gaps)) if gaps else None,
        notices=report_spans(record.notices, origin_t),
        cannot_tell=tuple(_cannot_tell(record, answers)),
        engines=tuple(report_engine(engine) for engine in record.engines),
        devices=tuple(
            ReportDevice(kind=device.kind, name=device.name, state=device.state, detail=device.detail)
            for device in record.devices
        ),
        whole=whole(answers, record.lines, origin_t),
        room=None if record.room is None else report_room(record.room, _recogniser(record)),
        study=study,
        letter=letter(answers, record.set_up.style, study),
        documents=note(record.plan),
        reading=report_reading(record),
    )


def _recogniser(record: SessionRecord) -> str:
    return next((engine.name for engine in record.engines if engine.capability == "recogniser"), "")


def _answer(number: int, turn: TurnRecord, origin_t: float) -> Answer:
    stages = tuple(report_stage(stage) for stage in turn.stages)
    return Answer(
        number=number,
        turn=turn.turn,
        question_id=turn.question_id,
        cue=turn.cue,
        is_follow_up=turn.cue.startswith("follow_up:"),
        question=turn.question.text,
        heard_question=turn.question.heard_text,
        was_question_cut=turn.question.was_cut,
        asked_s=_s(turn.question.start_t - origin_t),
        started_s=None if turn.started_t is None else _s(turn.started_t - origin_t),
        ended_s=_s(turn.ended_t - origin_t),
        committed_s=_s(turn.committed_t - origin_t),
        ended_by=turn.ended_by,
        words=tuple(report_word(word, origin_t) for word in turn.words),
        pauses=tuple(
            ReportSpan(start_s=_s(pause.start_t - origin_t), end_s=_s(pause.end_t - origin_t)) for pause in turn.pauses
        ),
        gaps=report_spans(turn.gaps, origin_t),
        others=report_spans(turn.others, origin_t),
        stages=stages,
        gap_s=max((stage.at_s for stage in stages), default=None),
        measures=tuple(report_measure(measure, origin_t) for measure in turn.measures),
        series=tuple(report_series(series, origin_t) for series in turn.series),
        endings=tuple(report_ending(ending, origin_t) for ending in turn.endings),
        speculation=turn.speculation,
        discarded=turn.discarded,
        worded_by=turn.worded_by,
    )


def report_stage(stage: Stage) -> ReportStage:
    return ReportStage(name=stage.name, at_s=_s(stage.at_s), meaning=_MEANINGS.get(stage.name, ""))


def report_ending(ending: Ending, origin_t: float) -> ReportEnding:
    return ReportEnding(
        at_s=_s(ending.t - origin_t),
        category=ending.category,
        words=ending.words,
        model_p=_value(ending.model_p),
        pitch_st=_value(ending.pitch_st),
        score=_value(ending.score),
        wait_s=_s(ending.wait_s),
        went_on_s=_value(ending.went_on_s),
        filler=_value(ending.filler),
        end_p=_value(ending.end_p),
    )


def report_engine(engine: EngineInfo) -> ReportEngine:
    return ReportEngine(
        capability=engine.capability,
        name=engine.name,
        version=engine.version,
        detail=engine.detail,
        is_first_choice=engine.is_first_choice,
    )


def report_word(word: Word, origin_t: float) -> ReportWord:
    return ReportWord(
        text=word.text,
        start_s=_s(word.start_t - origin_t),
        end_s=_s(word.end_t - origin_t),
        certainty=_value(word.certainty),
    )


def report_measure(measure: Measure, origin_t: float) -> ReportMeasure:
    value = _value(measure.value)
    return ReportMeasure(
        name=measure.name,
        label=findings.label(measure.name),
        value=value,
        unit=measure.unit,
        formula=measure.formula,
        source=measure.source,
        coverage=min(max(_value(measure.coverage) or 0.0, 0.0), 1.0),
        reason=measure.reason or ("" if value is not None else NO_NUMBER),
        evidence=report_spans(measure.evidence, origin_t),
        over=round(measure.over, 6) if math.isfinite(measure.over) else 0.0,
    )


def report_series(series: Series, origin_t: float) -> ReportSeries:
    points = list(zip(series.t, series.values, strict=False))
    return ReportSeries(
        name=series.name,
        label=findings.label(series.name),
        unit=series.unit,
        t_s=tuple(_s(t - origin_t) for t, _ in points),
        values=tuple(_value(value) for _, value in points),
    )


def report_spans(spans: Iterable[Span], origin_t: float) -> tuple[ReportSpan, ...]:
    return tuple(
        ReportSpan(start_s=_s(span.start_t - origin_t), end_s=_s(span.end_t - origin_t), label=span.label)
        for span in spans
    )


def _cannot_tell(record: SessionRecord, answers: tuple[Answer, ...]) -> Iterable[CannotTell]:
    for answer in answers:
        if not answer.words:
            why = "the question was skipped" if answer.ended_by == "skip" else "no words were recognised"
            yield CannotTell(answer=answer.number, what="Transcript", reason=why)
        elif not answer.measures:
            why = "its sound and picture were lost before they could be measured"
            yield CannotTell(answer=answer.number, what="Measures", reason=why)
        for measure in answer.measures:
            if measure.value is None:
                yield CannotTell(answer=answer.number, what=measure.label, reason=measure.reason)
        for gap in answer.gaps:
            length_s = max(gap.end_s - gap.start_s, 0.0)
            yield CannotTell(
                answer=answer.number,
                what="Sound",
                reason=f"{length_s:.1f} s were lost{f': {gap.label}' if gap.label else ''}",
            )
        for other in answer.others:
            yield CannotTell(
                answer=answer.number,
                what="Whose words",
                reason=f"another voice was heard with yours for {max(other.end_s - other.start_s, 0.0):.1f} s: "
                "these words count as less certain",
            )
    missing = len(record.plan.questions) - len({turn.question_id for turn in record.turns})
    if missing > 0:
        yield CannotTell(
            answer=None,
            what="Questions",
            reason=f"{missing} of {len(record.plan.questions)} planned questions were not asked",
        )
    for device in record.devices:
        if device.state != "ok":
            yield CannotTell(
                answer=None, what=device.kind.capitalize(), reason=device.detail or f"it was {device.state}"
            )


def _s(seconds: float) -> float:
    return _value(seconds) or 0.0


def _value(value: float | None) -> float | None:
    """Rounded to three places, which is finer than any engine here; None for what is no number; never minus zero."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, 3) + 0.0
