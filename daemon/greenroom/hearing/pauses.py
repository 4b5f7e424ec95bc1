"""Silences inside an answer: how many, how long, and where."""

from __future__ import annotations

import bisect

from greenroom.hearing import prosody
from greenroom.hearing.heard import NO_VOICE, Heard
from greenroom.hearing.prosody import Interval
from greenroom.hearing.stating import share, stated
from greenroom.language import clause_ends
from greenroom.records import Measure, Span, Word

NEAR_S = 1.0
"""The word before a pause ends at most so long before it; else it was not recognised."""
_LOOK_BACK = 8
"""Words that decide whether a clause is open."""
_SILENCE = f"silences of {prosody.PAUSE_S:g} s and more between VAD segments"


def pauses(heard: Heard) -> tuple[Measure, ...]:
    """Their number, the longest (s), their share of the time from the first voiced sample to the last.

    Time before the first voiced sample is no pause.
    """
    evidence = tuple(_span(pause) for pause in heard.pauses)
    lengths = [b - a for a, b in heard.pauses]
    whole_s = heard.voice[-1][1] - heard.voice[0][0] - prosody.length_s(heard.missing) if heard.voice else 0.0
    rows: tuple[tuple[str, float, str, str, float], ...] = (
        ("pauses", float(len(lengths)), "count", f"Number of {_SILENCE}", 0.0),
        ("longest_pause_s", max(lengths, default=0.0), "s", f"Longest of the {_SILENCE}; 0 when there is none", 0.0),
        ("pause_share", share(sum(lengths), whole_s), "share",
         f"Sum of the {_SILENCE} / first to last voiced sample", whole_s),
    )
    return (
        *(
            stated(
                name,
                value if heard.voice else None,
                unit,
                formula=formula,
                source="voice activity",
                coverage=heard.heard_share if heard.voice else 0.0,
                reason=NO_VOICE,
                evidence=evidence,
                over=over,
            )
            for name, value, unit, formula, over in rows
        ),
        _within_clause(heard),
    )


def _within_clause(heard: Heard) -> Measure:
    """Listeners take these for a search for words, and no others (Kahng, Applied Psycholinguistics 39, 2018)."""
    before = [(pause, words_before(heard.words, pause)) for pause in heard.pauses]
    told = [(pause, words) for pause, words in before if words]
    inside = [(pause, words[-1]) for pause, words in told if is_open(words)]
    return stated(
        "pauses_within_clause",
        float(len(inside)) if heard.voice and heard.words else None,
        "count",
        formula=f"Number of {_SILENCE} after a word that leaves its clause open (a list of articles, prepositions, "
        "conjunctions, pronouns, auxiliaries and phrases); those after other words inside a clause are missed. "
        "After Kahng 2018",
        source="voice activity; recogniser, word times",
        coverage=heard.heard_share * (share(len(told), len(before)) if before else 1.0) if heard.words else 0.0,
        reason="no word was recognised" if heard.voice else NO_VOICE,
        evidence=tuple(_span(pause, f' after "{word.text}"') for pause, word in inside),
    )


def words_before(words: list[Word], pause: Interval) -> list[Word]:
    """The last few words that were begun before the middle of a pause; none when the nearest one was not recognised."""
    end = bisect.bisect_left(words, (pause[0] + pause[1]) / 2, key=lambda word: word.start_t)
    if not end or words[end - 1].end_t < pause[0] - NEAR_S:
        return []
    return words[max(0, end - _LOOK_BACK) : end]


def is_open(words: list[Word]) -> bool:
    """Whether a clause goes on after these words."""
    said = [part for word in words for part in clause_ends.plain(word.text)]
    return bool(said) and clause_ends.ending(said) == "incomplete"


def _span(pause: Interval, where: str = "") -> Span:
    return Span(start_t=pause[0], end_t=pause[1], label=f"pause of {pause[1] - pause[0]:.1f} s{where}")
