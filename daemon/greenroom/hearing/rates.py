"""How fast somebody spoke: words and syllables a minute, with pauses and without, and how soon they began."""

from __future__ import annotations

from greenroom.hearing import prosody, summary, syllables
from greenroom.hearing.heard import FEW_WORDS, Heard
from greenroom.hearing.stating import stated
from greenroom.records import Measure, Span

SOURCE = "recogniser, word times"


def rates(heard: Heard) -> tuple[Measure, ...]:
    """Time to the first word (s), then speaking and articulation rate in words (wpm) and in syllables (spm) a minute.

    Speaking rate counts pauses as time, articulation rate does not (De Jong and Wempe 2009).
    """
    spoken_s, articulated_s = _seconds(heard)
    guessed = syllables.guessed(heard.words)
    spelled = f"; syllables of {guessed} of {len(heard.words)} words by their spelling" if guessed else ""
    units = (
        ("wpm", "Words", float(len(heard.words)), ""),
        ("spm", "Syllables", float(sum(map(syllables.spoken_syllables, heard.words))), f", its dictionary{spelled}"),
    )
    times = (("speaking_rate", spoken_s, ""),
             ("articulation_rate", articulated_s, f", pauses of {prosody.PAUSE_S:g} s and more out"))
    return (
        _time_to_first_word(heard),
        *(
            stated(
                f"{name}_{unit}",
                summary.per_minute(count, seconds) if len(heard.words) >= prosody.MIN_WORDS and seconds > 0 else None,
                unit,
                formula=f"{what} / minutes from the start of the first word to the end of the last{less}",
                source=f"{SOURCE}{more}",
                coverage=heard.heard_share * heard.worded_share if heard.voice else 0.0,
                reason=FEW_WORDS,
                evidence=heard.worded,
                over=seconds / 60.0,
            )
            for unit, what, count, more in units
            for name, seconds, less in times
        ),
    )


def _time_to_first_word(heard: Heard) -> Measure:
    words = heard.words
    return stated(
        "time_to_first_word_s",
        words[0].start_t - heard.question_end_t if words else None,
        "s",
        formula="Start of the first word minus end of the question; negative: before its end",
        source=SOURCE,
        coverage=1.0 if words else 0.0,
        reason="no word was recognised",
        evidence=tuple(Span(start_t=word.start_t, end_t=word.end_t, label="first word") for word in words[:1]),
    )


def _seconds(heard: Heard) -> tuple[float, float]:
    """From the first word to the last, less lost sound and asides: with pauses, and without."""
    if not heard.words:
        return 0.0, 0.0
    start_t, end_t = heard.words[0].start_t, max(word.end_t for word in heard.words)
    spoken_s = end_t - start_t - prosody.length_s(prosody.clip(heard.missing, start_t, end_t))
    return spoken_s, spoken_s - prosody.length_s(prosody.clip(heard.pauses, start_t, end_t))
