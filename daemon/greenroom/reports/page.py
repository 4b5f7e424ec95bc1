"""The report as one HTML file: nothing is loaded from anywhere, nothing runs, and it prints."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING

from msgspec import Struct

from greenroom.reports import plots
from greenroom.reports.analysis import AnalysisReport
from greenroom.reports.plots import Band, Line, Plot
from greenroom.reports.schema import (
    Answer,
    Report,
    ReportCue,
    ReportEnding,
    ReportMeasure,
    ReportSeries,
    ReportSpan,
    ReportWord,
)
from greenroom.reports.scored import Evidence

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

LOW_CERTAINTY = 0.5
"""Words the booth heard less surely than this are marked."""
NEW_LINE_PAUSE_S = 0.8
"""A silence of this length begins a new line of the transcript."""
LINE_WORDS = 14
ENDED_BY = {
    "silence": "a pause",
    "done": "the Done button",
    "skip": "skipping the question",
    "cap": "a long silence",
    "end": "the end of the interview",
    "lost": "a fault of the booth",
}
UNITS = {
    "wpm": "words a minute",
    "spm": "syllables a minute",
    "lufs": "LUFS",
    "st": "semitones",
    "deg": "°",
    "deg/s": "°/s",
    "/min": "a minute",
    "count": "",
    "dbfs": "dBFS",
    "share": "share of the time",
    "hz": "Hz",
}
SAID = {
    "complete": "a whole sentence",
    "unsure": "could be whole",
    "incomplete": "a sentence that was not over",
    "filler": "a filled pause, such as “um”",
    "hold": "a request for time",
}
"""What the words before a silence said, by their category."""
SPECULATION = {
    "reused": "What the booth prepared in your silence was what it said next.",
    "missed": "What the booth prepared in your silence was not what it said next.",
    "none": "The booth had prepared nothing when it took the turn.",
}
PLOT_ORDER = ("speaking_rate_wpm", "loudness_dbfs", "eye_contact")
"""These come first and in this order; others follow by name."""


def render(report: Report) -> str:
    """The whole page."""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(report=report, css=style_sheet(), policy=content_policy(), plots=_plots(report))
    )


def render_analysis(report: AnalysisReport) -> str:
    """The whole page of a recording."""
    whole = Whole(words=report.transcript.words, measures=tuple(report.measures.values()), ended_s=report.duration_s)
    return (
        _environment()
        .get_template("analysis.html.j2")
        .render(report=report, whole=whole, css=style_sheet(), policy=content_policy(),
                plots=_drawn([*report.series], (), report.duration_s))
    )


def content_policy() -> str:
    """The Content-Security-Policy under which the page shows everything: its own style sheet by hash, nothing else."""
    digest = base64.b64encode(hashlib.sha256(style_sheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


class Whole(Struct, frozen=True, kw_only=True):
    """A recording where the page of an interview has an answer."""

    words: tuple[ReportWord, ...]
    measures: tuple[ReportMeasure, ...]
    ended_s: float
    number: int = 1
    asked_s: float = 0.0
    started_s: float | None = 0.0


def transcript_lines(answer: Answer | Whole) -> list[list[tuple[int, ReportWord]]]:
    """Words with their indices, in lines that end at pauses or when they get long."""
    lines: list[list[tuple[int, ReportWord]]] = []
    for n, word in enumerate(answer.words):
        if not lines or len(lines[-1]) >= LINE_WORDS or word.start_s - lines[-1][-1][1].end_s >= NEW_LINE_PAUSE_S:
            lines.append([])
        lines[-1].append((n, word))
    return lines


def place(answer: Answer | Whole, span: ReportSpan) -> str:
    """The id to which a span leads: its first word, else the nearest one before it, else after it, else the answer."""
    words = list(enumerate(answer.words))
    if not words:
        return f"answer-{answer.number}"
    inside = [n for n, word in words if word.end_s > span.start_s and word.start_s < span.end_s]
    before = [(word.end_s, n) for n, word in words if word.end_s <= span.start_s]
    first = min((word.start_s, n) for n, word in words)
    return f"w{answer.number}-{inside[0] if inside else max(before, default=first)[1]}"


def place_in(answers: Sequence[Answer], quote: Evidence) -> str:
    """The id to which evidence of a score leads."""
    answer = next(one for one in answers if one.number == quote.answer)
    return place(answer, ReportSpan(start_s=quote.start_s or 0.0, end_s=quote.end_s or 0.0))


def evidence(answer: Answer | Whole, measure: ReportMeasure) -> tuple[ReportSpan, ...]:
    """What a measure was taken from. One that found nothing, such as no pause, was taken from the whole answer."""
    if measure.evidence or measure.value is None:
        return measure.evidence
    start_s = answer.asked_s if answer.started_s is None else answer.started_s
    return (ReportSpan(start_s=start_s, end_s=answer.ended_s, label="the whole answer"),)


def last_word(answer: Answer) -> str:
    """The id of the end of an answer."""
    return place(answer, ReportSpan(start_s=answer.ended_s, end_s=answer.ended_s))


def cue_place(answer: Answer, cue: ReportCue) -> str:
    """The id of the word at which a cue was shown."""
    return place(answer, ReportSpan(start_s=cue.at_s, end_s=cue.at_s))


def before(answer: Answer, ending: ReportEnding) -> str:
    """The id of the word after which a silence began."""
    return place(answer, ReportSpan(start_s=ending.at_s, end_s=ending.at_s))


def amount(value: float | None, unit: str) -> str:
    """A value as people read it."""
    if value is None:
        return "cannot tell"
    if unit in ("share", "ratio", "1"):
        return f"{value:.0%}"
    digits = 0 if abs(value) >= 20 or unit == "count" else 1
    text = f"{value:.{digits}f}"
    name = UNITS.get(unit, unit)
    return f"{text}{name}" if name.startswith("°") else f"{text} {name}".strip()


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("greenroom.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=plots.clock, amount=_measure_amount, percent=lambda share: f"{share:.0%}")
    environment.globals.update(
        transcript_lines=transcript_lines,
        place=place,
        place_in=place_in,
        evidence=evidence,
        last_word=last_word,
        before=before,
        cue_place=cue_place,
        said=SAID,
        speculation=SPECULATION,
        ended_by=ENDED_BY,
        low_certainty=LOW_CERTAINTY,
        as_amount=amount,
        units=UNITS,
    )
    return environment


def _measure_amount(measure: ReportMeasure) -> str:
    return amount(measure.value, measure.unit)


@functools.cache
def style_sheet() -> str:
    """The style of every page that is one file: light, dark and on paper."""
    return (resources.files("greenroom.reports") / "templates" / "report.css").read_text(encoding="utf-8")


def _plots(report: Report) -> list[tuple[str, Markup]]:
    """A plot for each measure that was followed over time, over the whole session."""
    bands = tuple(
        Band(start_s=answer.started_s, end_s=answer.ended_s, label=str(answer.number))
        for answer in report.answers
        if answer.started_s is not None
    )
    return _drawn([each for answer in report.answers for each in answer.series], bands, report.duration_s)


def _drawn(series: list[ReportSeries], bands: tuple[Band, ...], to_s: float) -> list[tuple[str, Markup]]:
    from markupsafe import Markup

    names = sorted({each.name for each in series}, key=lambda name: (_rank(name), name))
    drawn = []
    for name in names:
        ours = [each for each in series if each.name == name]
        unit = UNITS.get(ours[0].unit, ours[0].unit)
        title = f"{ours[0].label} over time"
        plot = Plot(
            name=name,
            title=title,
            unit=unit,
            lines=tuple(Line(t_s=each.t_s, values=each.values) for each in ours),
            bands=bands,
            from_s=0.0,
            to_s=to_s,
        )
        # Every text that goes into the drawing is escaped by plots.py.
        drawn.append((f"{title} ({unit})" if unit else title, Markup(plots.draw(plot))))  # noqa: S704 - see above
    return drawn


def _rank(name: str) -> int:
    return PLOT_ORDER.index(name) if name in PLOT_ORDER else len(PLOT_ORDER)
