"""The analysis of a recording as data, with a published schema. Times ``*_s`` are seconds from its start."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from greenroom.records import Analysis
from greenroom.reports.builder import report_engine, report_measure, report_series, report_spans, report_word
from greenroom.reports.schema import ReportEngine, ReportMeasure, ReportSeries, ReportSpan, ReportWord
from greenroom.reports.sight import SeenContact, SeenFaces, SeenPicture, SeenPose, SeenRate, seen

SCHEMA_VERSION = 1
SCHEMA_ID = "greenroom-analysis"


class Transcript(Struct, frozen=True, kw_only=True):
    """What was said, as far as it was recognised."""

    text: str
    words: tuple[ReportWord, ...]


class AnalysisReport(Struct, frozen=True, kw_only=True):
    """One recording."""

    schema: Literal["greenroom-analysis"]
    schema_version: int
    file: str
    """Its name, without folders."""
    source: str
    """How its sound was stored: codec, rate and channels; empty when it has none."""
    duration_s: float
    transcript: Transcript
    voice: tuple[ReportSpan, ...]
    """Where the voice detector heard a voice."""
    measures: dict[str, ReportMeasure]
    """By name; a ``value`` is null when it cannot be told, and ``reason`` says why."""
    series: tuple[ReportSeries, ...]
    engines: tuple[ReportEngine, ...]
    notes: tuple[str, ...]
    """What to know before the numbers are used."""
    picture: SeenPicture | None = None
    """Null, and with it all below, where there is no picture or nobody was to look at it."""
    head_pose: SeenPose | None = None
    eye_contact: SeenContact | None = None
    blink_rate_per_min: SeenRate | None = None
    faces: SeenFaces | None = None


def build(analysis: Analysis, file: str) -> AnalysisReport:
    """The same analysis gives the same report."""
    words = tuple(report_word(word, 0.0) for word in analysis.words)
    shown = seen(analysis)
    return AnalysisReport(
        schema="greenroom-analysis",
        schema_version=SCHEMA_VERSION,
        file=file,
        source=analysis.source,
        duration_s=round(analysis.duration_s, 3),
        transcript=Transcript(text=" ".join(word.text for word in words), words=words),
        voice=report_spans(analysis.voice, 0.0),
        measures={measure.name: report_measure(measure, 0.0) for measure in analysis.measures},
        series=tuple(report_series(series, 0.0) for series in analysis.series),
        engines=tuple(report_engine(engine) for engine in analysis.engines),
        notes=analysis.notes,
        **({} if shown is None else msgspec.structs.asdict(shown)),
    )


def json_schema() -> dict[str, Any]:
    """The published JSON schema of ``greenroom analyze --json``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA_ID}:{SCHEMA_VERSION}",
        "title": "Greenroom analysis of a recording",
        **msgspec.json.schema(AnalysisReport),
    }


def to_json(report: AnalysisReport) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
