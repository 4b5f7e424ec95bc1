"""What an answer's delivery measures: numbers with formula, source, coverage and evidence, and their course over time.

Every measure is always present; where the booth cannot tell, ``value`` is None and ``reason`` says why. Nothing here
judges the person.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence

from greenroom.hearing import prosody
from greenroom.hearing.camera import camera_measures
from greenroom.hearing.fillers import filled_pauses
from greenroom.hearing.heard import Answer, Heard
from greenroom.hearing.levels import loudness
from greenroom.hearing.pauses import pauses
from greenroom.hearing.pitch import pitch
from greenroom.hearing.rates import rates
from greenroom.hearing.scenes import Scenes
from greenroom.hearing.stating import stated
from greenroom.hearing.visible import Visible
from greenroom.hearing.wording import wording
from greenroom.records import Measure, Series, Span

LOUDNESS_STEP_S = 0.5
PACE_STEP_S = 1.0
NEAR_VOICE_S = 0.3
"""A filled pause lies in or next to a VAD segment."""


def answer_measures(answer: Answer) -> tuple[Measure, ...]:
    """All measures of an answer, in the order in which the report shows them."""
    heard = Heard(answer)
    visible = Visible(answer.faces, heard.from_t, answer.ended_t)
    phrases, repeated, certainty = wording(heard)
    return (
        *rates(heard),
        *pauses(heard),
        _filled(heard),
        phrases,
        repeated,
        *loudness(heard),
        *pitch(heard),
        stated(
            "talk_s",
            heard.talk_s,
            "s",
            formula="Sum of the VAD segments",
            source="voice activity",
            coverage=heard.heard_share,
            evidence=heard.voiced,
        ),
        certainty,
        *camera_measures(visible),
        *Scenes(answer.scenes, heard.from_t, answer.ended_t).measures(),
    )


def answer_series(answer: Answer) -> tuple[Series, ...]:
    """The course of pace, loudness, eye contact and head pose; None where the booth could not tell."""
    heard = Heard(answer)
    visible = Visible(answer.faces, heard.from_t, answer.ended_t)
    words = [(word.start_t, word.end_t) for word in heard.words]
    levels = heard.levels
    return (
        _series("speaking_rate_wpm", "wpm", heard, PACE_STEP_S, lambda t: prosody.rolling_pace_wpm(words, t)),
        _series("loudness_dbfs", "dbfs", heard, LOUDNESS_STEP_S, lambda t: _level_before(levels, t)),
        *visible.series(),
    )


def _filled(heard: Heard) -> Measure:
    near = prosody.merge([(a - NEAR_VOICE_S, b + NEAR_VOICE_S) for a, b in heard.voice])
    found = [pause for t, pcm in heard.runs for pause in filled_pauses(pcm, t) if prosody.cut(near, *pause)]
    return stated(
        "filled_pauses",
        float(len(found)) if heard.voice and heard.runs else None,
        "count",
        formula='Voiced stretches before a silence in which spectrum and pitch stand still ("um", "uh", "er"); those '
        "shorter than 0.3 s and those without a silence after them are missed. Measured on synthetic voices only: 8 of "
        "10 are found, and 1 in 90 sentence ends is taken for one",
        source="samples",
        coverage=heard.kept_share,
        reason=heard.why_silent,
        evidence=tuple(Span(start_t=a, end_t=b, label="filled pause") for a, b in found),
    )


def _series(name: str, unit: str, heard: Heard, step_s: float, value: Callable[[float], float | None]) -> Series:
    steps = max(0, math.floor((heard.ended_t - heard.from_t) / step_s + 1e-9))
    times = tuple(heard.from_t + (n + 1) * step_s for n in range(steps))
    return Series(name=name, unit=unit, t=times, values=tuple(value(t) for t in times))


def _level_before(levels: Sequence[tuple[float, float]], t: float) -> float | None:
    first = bisect.bisect_left(levels, t - LOUDNESS_STEP_S - 1e-9, key=lambda level: level[0])
    last = bisect.bisect_left(levels, t - 1e-9, key=lambda level: level[0])
    return prosody.mean_dbfs([level for _, level in levels[first:last]]) if last > first else None
