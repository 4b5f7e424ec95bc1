"""Words that Whisper writes although nobody said them: what is known of its inventions, as guards over one hypothesis.

Two signs together let words be dropped, and so does a time at which there was no sound; one sign alone only lowers the
certainty, so that what was said indistinctly stays in the transcript, marked. Sources of the figures: Whisper's own
thresholds for silence and loops; the guards of screenpipe, freeflow and hermes-agent; faster-whisper's word anomaly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from greenroom.hearing.agreement import key
from greenroom.records import Word

NO_SPEECH = 0.6
POOR_LOGPROB = -1.0
LOOP_RATIO = 2.4
"""Text that compresses better than this repeats itself: half a minute of plain speech has 1.7, of rhetoric 2.2."""
MIN_REPEATS = 3
MAX_LOOP_WORDS = 5
UNSURE = 0.3
"""No word under suspicion is more certain than this."""
MIN_WORD_S, MAX_WORD_S = 0.01, 2.0
"""Half a step of Whisper's time, and more than anybody takes for a word."""
STOCK_PHRASES = frozenset({
    "you", "thank you", "thank you very much", "thank you so much", "thanks", "thanks for watching",
    "thank you for watching", "thank you so much for watching", "thanks for listening", "bye", "bye bye",
    "please subscribe", "like and subscribe", "see you next time", "see you in the next video", "the end",
    "subtitles by the amaraorg community", "transcription by castingwords", "music", "applause", "silence",
})  # fmt: skip
"""What Whisper writes for silence: the ends of the films from whose subtitles it learned."""


class Hypothesis(NamedTuple):
    """What Whisper says about one window of sound."""

    words: tuple[Word, ...]
    no_speech_prob: float
    """0 to 1: that there is no speech at all."""
    avg_logprob: float
    """Natural logarithm, mean over the tokens."""
    compression_ratio: float


def believed(hypothesis: Hypothesis, from_t: float, to_t: float) -> tuple[Word, ...]:
    """The words that may have been said in the sound between two times, with what certainty they deserve."""
    words = tuple(_within(word, from_t, to_t) for word in hypothesis.words if _is_possible(word, from_t, to_t))
    repeats = _repeats(words)
    is_loop = bool(repeats) and (MIN_REPEATS - 1) * len(words) <= MIN_REPEATS * len(repeats)
    if hypothesis.no_speech_prob > NO_SPEECH and (
            hypothesis.avg_logprob < POOR_LOGPROB or is_loop or _is_stock(words)):
        return ()
    if hypothesis.compression_ratio > LOOP_RATIO:
        return tuple(_unsure(word) for n, word in enumerate(words) if n not in repeats)
    return tuple(_unsure(word) if n in repeats or _is_odd(word) else word for n, word in enumerate(words))


def _is_possible(word: Word, from_t: float, to_t: float) -> bool:
    return word.start_t <= word.end_t and word.start_t < to_t and (word.end_t > from_t or word.start_t >= from_t)


def _within(word: Word, from_t: float, to_t: float) -> Word:
    return structs.replace(word, start_t=max(from_t, word.start_t), end_t=min(to_t, word.end_t))


def _is_odd(word: Word) -> bool:
    """Shorter or longer than words are."""
    return not MIN_WORD_S <= word.end_t - word.start_t <= MAX_WORD_S


def _is_stock(words: Sequence[Word]) -> bool:
    return " ".join(key(word) for word in words) in STOCK_PHRASES


def _unsure(word: Word) -> Word:
    return structs.replace(word, certainty=UNSURE if word.certainty is None else min(UNSURE, word.certainty))


def _repeats(words: Sequence[Word]) -> frozenset[int]:
    """Places of words that only repeat what stands before them: all rounds of a loop but its first."""
    keys = [key(word) for word in words]
    found: set[int] = set()
    for size in range(1, MAX_LOOP_WORDS + 1):
        start = 0
        while start + size * MIN_REPEATS <= len(keys):
            end = start + size
            while keys[end : end + size] == keys[start : start + size]:
                end += size
            if end - start >= size * MIN_REPEATS:
                found.update(range(start + size, end))
                start = end
            else:
                start += 1
    return frozenset(found)
