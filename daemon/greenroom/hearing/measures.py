"""What an answer's delivery measures: numbers with formula, source, coverage and evidence, and their course over time.

Every measure is always present; where the booth cannot tell, ``value`` is None and ``reason`` says why. Nothing here
judges the person.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from greenroom.events import SAMPLE_RATE_HZ, FaceObservation
from greenroom.hearing import prosody
from greenroom.hearing.fillers import filled_pauses
from greenroom.hearing.prosody import Interval
from greenroom.hearing.stating import share, stated
from greenroom.hearing.visible import Visible
from greenroom.ports import Pcm
from greenroom.records import Measure, Series, Span, Word

LOUDNESS_STEP_S = 0.5
MIN_LEVELS = 10
PACE_STEP_S = 1.0
_FILLER_WORDS = frozenset(("um", "uh", "uhm", "er", "erm", "hm", "hmm", "mm"))
_FEW_WORDS = f"fewer than {prosody.MIN_WORDS} words were recognised"
_NO_VOICE = "no voice was heard"
_NO_SOUND = "the sound of the answer was not kept"


class Answer(Struct, frozen=True, kw_only=True):
    """Everything the booth knows of one answer; what lies outside it is left out."""

    question_end_t: float
    """Last sample of the question that was heard."""
    words: tuple[Word, ...]
    voice_spans: tuple[Interval, ...]
    """VAD segments."""
    pcm_runs: tuple[tuple[float, bytes], ...]
    """Time of the first sample, and 16 kHz mono int16; one entry for each stretch without a gap."""
    faces: tuple[FaceObservation, ...]
    ended_t: float
    gaps: tuple[Span, ...] = ()
    """Where samples are missing."""
    asides: tuple[Span, ...] = ()
    """Where the interviewer spoke or the interview was paused: no time of the answer."""


def answer_measures(answer: Answer) -> tuple[Measure, ...]:
    """All measures of an answer, in the order in which the report shows them."""
    heard = Heard(answer)
    visible = Visible(answer.faces, heard.from_t, answer.ended_t)
    return (
        *_pace(heard),
        *_pauses(heard),
        _filled(heard),
        *_loudness(heard),
        stated(
            "talk_s",
            heard.talk_s,
            "s",
            formula="Sum of the VAD segments",
            source="voice activity",
            coverage=heard.heard_share,
            evidence=heard.voiced,
        ),
        _certainty(heard),
        *visible.measures(),
    )


def answer_series(answer: Answer) -> tuple[Series, ...]:
    """The course of pace, loudness, eye contact and head pose; None where the booth could not tell."""
    heard = Heard(answer)
    visible = Visible(answer.faces, heard.from_t, answer.ended_t)
    intervals = [(word.start_t, word.end_t) for word in heard.words]
    levels = heard.levels
    return (
        _series("pace_wpm", "wpm", heard, PACE_STEP_S, lambda t: prosody.rolling_pace_wpm(intervals, t)),
        _series("loudness_dbfs", "dbfs", heard, LOUDNESS_STEP_S, lambda t: _level_before(levels, t)),
        *visible.series(),
    )


class Heard:
    """The audible side of an answer, prepared once."""

    def __init__(self, answer: Answer) -> None:
        self.question_end_t = answer.question_end_t
        self.ended_t = answer.ended_t
        self.voice = prosody.clip(answer.voice_spans, -math.inf, answer.ended_t)
        self.words = sorted(
            (word for word in answer.words if word.text.lower() not in _FILLER_WORDS), key=lambda word: word.start_t
        )
        starts = [span[0] for span in self.voice[:1]] + [word.start_t for word in self.words[:1]]
        self.from_t = min(starts, default=min(answer.question_end_t, answer.ended_t))
        gaps, asides = (
            [(span.start_t, span.end_t) for span in spans] for spans in (answer.gaps, answer.asides)
        )
        self.asides = prosody.outside(prosody.clip(asides, self.from_t, answer.ended_t), self.voice)
        self.missing = prosody.clip([*gaps, *self.asides], self.from_t, answer.ended_t)
        """What is no time of the candidate's: lost sound, and asides."""
        self.runs: list[tuple[float, Pcm]] = [
            (t, np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16)) for t, pcm in answer.pcm_runs
        ]
        self.talk_s = prosody.length_s(self.voice)
        self.levels = prosody.voiced_levels(self.runs, self.voice)

    @property
    def voiced(self) -> tuple[Span, ...]:
        """One stretch, from the first voiced sample to the last."""
        if not self.voice:
            return ()
        return (Span(start_t=self.voice[0][0], end_t=self.voice[-1][1], label="first to last voiced sample"),)

    @property
    def worded(self) -> tuple[Span, ...]:
        """One stretch, from the start of the first word to the end of the last."""
        if not self.words:
            return ()
        end_t = max(word.end_t for word in self.words)
        return (Span(start_t=self.words[0].start_t, end_t=end_t, label="first to last word"),)

    @property
    def heard_share(self) -> float:
        """Share of the answer for which there was sound."""
        aside_s = prosody.length_s(self.asides)
        whole_s = self.ended_t - self.from_t - aside_s
        return share(whole_s + aside_s - prosody.length_s(self.missing), whole_s) if whole_s > 0 else 0.0

    @property
    def worded_share(self) -> float:
        """Share of the voice that lies in VAD segments in which words were recognised."""
        with_words = [span for span in self.voice if any(w.start_t < span[1] and w.end_t > span[0] for w in self.words)]
        return share(prosody.length_s(with_words), self.talk_s)

    @property
    def kept_share(self) -> float:
        """Share of the voice whose samples are there."""
        kept = prosody.merge([(t, t + pcm.size / SAMPLE_RATE_HZ) for t, pcm in self.runs])
        return share(prosody.overlap_s(kept, self.voice), self.talk_s)


def _pace(heard: Heard) -> tuple[Measure, ...]:
    words, source = heard.words, "recogniser, word times"
    first = stated(
        "time_to_first_word_s",
        words[0].start_t - heard.question_end_t if words else None,
        "s",
        formula="Start of the first word minus end of the question; negative: before its end",
        source=source,
        coverage=1.0 if words else 0.0,
        reason="no word was recognised",
        evidence=tuple(Span(start_t=word.start_t, end_t=word.end_t, label="first word") for word in words[:1]),
    )
    coverage = heard.heard_share * heard.worded_share if heard.voice else 0.0
    spoken_s = articulated_s = 0.0
    if words:
        start_t, end_t = words[0].start_t, max(word.end_t for word in words)
        missing_s = prosody.length_s(prosody.clip(heard.missing, start_t, end_t))
        pauses = prosody.pauses_between(heard.voice, heard.missing)
        spoken_s = end_t - start_t - missing_s
        articulated_s = spoken_s - prosody.length_s(prosody.clip(pauses, start_t, end_t))
    is_enough = len(words) >= prosody.MIN_WORDS
    pace, articulation = (
        len(words) * 60.0 / seconds if is_enough and seconds > 0 else None for seconds in (spoken_s, articulated_s)
    )
    rows = (
        ("pace_wpm", pace, ""),
        ("articulation_wpm", articulation, f", pauses of {prosody.PAUSE_S:g} s and more out"),
    )
    return (
        first,
        *(
            stated(
                name,
                value,
                "wpm",
                formula=f"Words / minutes from the start of the first to the end of the last{less}",
                source=source,
                coverage=coverage,
                reason=_FEW_WORDS,
                evidence=heard.worded,
            )
            for name, value, less in rows
        ),
    )


def _pauses(heard: Heard) -> tuple[Measure, ...]:
    pauses = prosody.pauses_between(heard.voice, heard.missing)
    evidence = tuple(Span(start_t=a, end_t=b, label=f"pause of {b - a:.1f} s") for a, b in pauses)
    lengths = [b - a for a, b in pauses]
    whole_s = heard.voice[-1][1] - heard.voice[0][0] - prosody.length_s(heard.missing) if heard.voice else 0.0
    silence = f"silence of {prosody.PAUSE_S:g} s and more between VAD segments"
    rows: tuple[tuple[str, float, str, str], ...] = (
        ("pauses", float(len(lengths)), "count", f"Number of: {silence}"),
        ("longest_pause_s", max(lengths, default=0.0), "s", f"Longest {silence}; 0 when there is none"),
        ("pause_share", share(sum(lengths), whole_s), "share", f"Sum of {silence} / first to last voiced sample"),
    )
    return tuple(
        stated(
            name,
            value if heard.voice else None,
            unit,
            formula=formula,
            source="voice activity",
            coverage=heard.heard_share if heard.voice else 0.0,
            reason=_NO_VOICE,
            evidence=evidence,
        )
        for name, value, unit, formula in rows
    )


def _filled(heard: Heard) -> Measure:
    near = [(a - 0.3, b + 0.3) for a, b in heard.voice]
    found = [
        pause
        for t, pcm in heard.runs
        for pause in filled_pauses(pcm, t)
        if prosody.overlap_s([pause], prosody.merge(near)) > 0
    ]
    reason = _NO_VOICE if not heard.voice else _NO_SOUND
    return stated(
        "filled_pauses",
        float(len(found)) if heard.voice and heard.runs else None,
        "count",
        formula='Voiced stretches before a silence in which spectrum, pitch and level stand still ("um", "uh"); '
        "short ones are missed, and a drawn-out last vowel may be counted",
        source="samples",
        coverage=heard.kept_share,
        reason=reason,
        evidence=tuple(Span(start_t=a, end_t=b, label="filled pause") for a, b in found),
    )


def _loudness(heard: Heard) -> tuple[Measure, ...]:
    levels = [level for _, level in heard.levels]
    reason = _NO_VOICE if not heard.voice else _NO_SOUND
    frames = f"frames of {prosody.FRAME_S:g} s within VAD segments"
    value = prosody.mean_dbfs(levels) if levels else None
    spread = float(np.percentile(levels, 95) - np.percentile(levels, 10)) if len(levels) >= MIN_LEVELS else None
    return (
        stated(
            "loudness_dbfs",
            value,
            "dbfs",
            formula=f"Root mean square of {frames}",
            source="samples",
            coverage=heard.kept_share,
            reason=reason,
            evidence=heard.voiced,
        ),
        stated(
            "loudness_range_db",
            spread,
            "dB",
            formula=f"95th minus 10th percentile of the level of {frames}",
            source="samples",
            coverage=heard.kept_share,
            reason="less than 1 s of voice" if levels else reason,
            evidence=heard.voiced,
        ),
    )


def _certainty(heard: Heard) -> Measure:
    told = [word.certainty for word in heard.words if word.certainty is not None]
    is_enough = len(heard.words) >= prosody.MIN_WORDS
    return stated(
        "recogniser_certainty",
        float(np.mean(told)) if told and is_enough else None,
        "share",
        formula="Mean certainty of the recognised words: how well the booth could hear, not how well was spoken",
        source="recogniser",
        coverage=share(len(told), len(heard.words)),
        reason="the recogniser states no certainty" if is_enough else _FEW_WORDS,
        evidence=heard.worded,
    )


def _series(name: str, unit: str, heard: Heard, step_s: float, value: Callable[[float], float | None]) -> Series:
    steps = max(0, math.floor((heard.ended_t - heard.from_t) / step_s + 1e-9))
    times = tuple(heard.from_t + (n + 1) * step_s for n in range(steps))
    return Series(name=name, unit=unit, t=times, values=tuple(value(t) for t in times))


def _level_before(levels: Sequence[tuple[float, float]], t: float) -> float | None:
    recent = [level for start_t, level in levels if t - LOUDNESS_STEP_S - 1e-9 <= start_t < t - 1e-9]
    return prosody.mean_dbfs(recent) if recent else None
