"""What the words of a turn say about whether it is over. Facts about wording; silence and the caller decide.

Words may be wrong: about one in eight is with the embedded recogniser, so every rule looks at a few words of the tail
and sound-alikes of "think" count. Case, punctuation and marks of the recogniser ("the(2)", "<sil>") do not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from greenroom.interview import cue_words
from greenroom.language import clause_ends
from greenroom.records import QuestionKind

Category = Literal["complete", "unsure", "incomplete", "filler", "hold"]

SHORT_WORDS: dict[QuestionKind, int] = {"behavioural": 8, "situational": 8, "technical": 6, "motivation": 6}
"""An answer of fewer words is not taken as whole: a story needs more of them than a reason or a fact."""
_CUE_WORDS = 12
"""Longer utterances are answers, whatever request they contain."""
_DONE_BY_LAST = {last: tuple(phrase for phrase in cue_words.DONE if phrase[-1] == last)
                 for last in {phrase[-1] for phrase in cue_words.DONE}}
_START_WORDS = 6
_AFTER_HOLD_WORDS = 6


def classify(words: Sequence[str], *, ends_in_filler: bool, kind: QuestionKind) -> Category:
    """How whole all words of the turn so far sound.

    ``hold``: asks for time to think. ``filler``: breaks off in a filled pause, ``incomplete``: inside a sentence.
    ``unsure``: too short for an answer, without a verb, or an ending that can be either. ``complete`` otherwise.
    """
    said = _plain(words)
    trimmed = _without_trailing_fillers(said)
    if _asks_for_time(trimmed):
        return "hold"
    if ends_in_filler or len(trimmed) < len(said):
        return "filler"
    if not trimmed:
        return "unsure"
    ending = clause_ends.ending(trimmed)
    if ending == "complete" and (len(trimmed) < SHORT_WORDS[kind] or not _has_verb(trimmed)):
        return "unsure"
    return ending


def is_backchannel(words: Sequence[str]) -> bool:
    """All words only say "I am listening"; False for no words at all."""
    said = _plain(words)
    if not said:
        return False
    text = _text(said)
    for phrase in cue_words.BACKCHANNEL_PHRASES:
        text = text.replace(f" {phrase} ", " okay ")
    return all(word in cue_words.BACKCHANNELS or word in cue_words.FILLERS for word in text.split())


def is_done_phrase(words: Sequence[str]) -> bool:
    """The tail says that the answer is over ("that's all", "I'm done")."""
    said = _without_trailing_fillers(_plain(words))
    for dropped in range(min(4, len(said))):
        rest = said[: len(said) - dropped]
        if not all(word in cue_words.AFTER_DONE for word in said[len(rest) :]):
            return False
        for phrase in _DONE_BY_LAST.get(rest[-1], ()):
            before = rest[: -len(phrase)]
            if _ends(rest, phrase) and not (before and before[-1] in cue_words.NOT_DONE_AFTER):
                return True
    return False


def is_start_phrase(words: Sequence[str]) -> bool:
    """A short utterance that agrees to begin ("start", "yes", "I'm ready")."""
    said = [word for word in _plain(words) if word not in cue_words.FILLERS]
    if not said or len(said) > _START_WORDS or cue_words.REFUSALS.intersection(said):
        return False
    return not cue_words.START_SINGLE.isdisjoint(said) or _has_any(said, cue_words.START_PHRASES)


def asks_repeat(words: Sequence[str]) -> bool:
    """A short utterance that asks for the question again."""
    return _asks(words, cue_words.REPEATS, cue_words.ALONE_REPEATS)


def asks_skip(words: Sequence[str]) -> bool:
    """A short utterance that asks for the next question."""
    return _asks(words, cue_words.SKIPS, cue_words.ALONE_SKIPS)


def asks_to_stop(words: Sequence[str]) -> bool:
    """A short utterance for which whoever is speaking should fall silent: to wait, to repeat, to skip, to think."""
    said = _plain(words)
    if not said or len(said) > _CUE_WORDS:
        return False
    return (not cue_words.STOPS.isdisjoint(said) or asks_repeat(said) or asks_skip(said)
            or _asks_for_time(_without_trailing_fillers(said)))


def _asks_for_time(said: list[str]) -> bool:
    for start in range(max(0, len(said) - _AFTER_HOLD_WORDS - 5), len(said)):
        if start and said[start] in ("one", "just") and said[start - 1] in cue_words.NO_REQUEST_AFTER:
            continue
        after = _after_hold(said[start:])
        if after is not None and len(after) <= _AFTER_HOLD_WORDS and cue_words.AFTER_HOLD.issuperset(after):
            return True
    return False


def _after_hold(tail: list[str]) -> list[str] | None:
    """What follows a request for time that begins here; None when none does."""
    for phrase in cue_words.HOLDS:
        if len(tail) >= len(phrase) and all(word in choice for word, choice in zip(tail, phrase, strict=False)):
            return tail[len(phrase) :]
    return None


def _asks(words: Sequence[str], phrases: tuple[str, ...], alone: frozenset[str]) -> bool:
    said = [word for word in _plain(words) if word not in cue_words.FILLERS]
    if not said or len(said) > _CUE_WORDS:
        return False
    return " ".join(said) in alone or _has_any(said, phrases)


def _has_verb(said: list[str]) -> bool:
    return any(word in cue_words.VERBS or cue_words.VERB_SHAPE.fullmatch(word) for word in said)


def _has_any(said: list[str], phrases: tuple[str, ...]) -> bool:
    text = _text(said)
    return any(f" {phrase} " in text for phrase in phrases)


def _ends(said: list[str], ending: tuple[str, ...]) -> bool:
    return len(said) >= len(ending) and tuple(said[-len(ending) :]) == ending


def _without_trailing_fillers(said: list[str]) -> list[str]:
    end = len(said)
    while end and said[end - 1] in cue_words.FILLERS:
        end -= 1
    return said[:end]


def _text(said: list[str]) -> str:
    return f" {' '.join(said)} "


def _plain(words: Sequence[str]) -> list[str]:
    return [part for word in words for part in clause_ends.plain(word)]
