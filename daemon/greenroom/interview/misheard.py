"""How far a score hangs on words that may be others: those that the recogniser was unsure of. Pure.

A recogniser that tells no certainty is believed, and so is what was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from greenroom.language.plain_words import tokens
from greenroom.language.reading import Told, told_by
from greenroom.language.relevance import Nearness, nearness
from greenroom.language.sentences import Sentence
from greenroom.language.unsure import is_unsure, of_sure_words
from greenroom.records import Word

POOR_CERTAINTY = 0.6
"""Mean certainty of an answer's words under which it was heard poorly as a whole: of sixty words in a row that the
recogniser was 0.4 to 0.6 sure of, 0.66 were right, and of those that it was surer of, 0.90, never less than 0.82
(measured as ``unsure.UNSURE_CERTAINTY``). Under 0.4 nothing is scored at all (``refusing.LEAST_CERTAINTY``).
"""


class Heard(NamedTuple):
    """What of an answer was heard surely, and how it was heard as a whole."""

    told: tuple[Told, ...]
    """By the words that were heard surely alone; never more than by all of them."""
    near: Nearness
    unsure: int
    words: int
    mean: float
    """Certainty, 0 to 1."""

    @property
    def is_poor(self) -> bool:
        return self.mean < POOR_CERTAINTY

    def says(self, band: int | None) -> str:
        """What is said of a band that is not certain for this reason, empty where it is none; ``band``: without the
        unsure words, if that is the reason."""
        said = [f"the recogniser was {self.mean:.0%} sure of its words on average"] if self.is_poor else []
        if band is not None:
            said.append(f"band {band} without the {self.unsure} of {self.words} words that may be others")
        return f"heard unsurely: {', '.join(said)}" if said else ""


def heard(words: Sequence[Word], sentences: Sequence[Sentence], question: tuple[str, ...],
          near: Nearness) -> Heard | None:
    """``sentences`` and ``near`` are those of all words; None where every word was heard surely."""
    certainties = [word.certainty for word in words if word.certainty is not None]
    unsure = sum(map(is_unsure, words))
    if not certainties or (not unsure and fmean(certainties) >= POOR_CERTAINTY):
        return None
    kept = of_sure_words(words, sentences)
    told = tuple(told_by(one, sure) for one, sure in zip(sentences, kept, strict=True))
    fewer = nearness(question, [tokens(one.text) for one in kept])
    return Heard(told, near._replace(hits=min(near.hits, fewer.hits), shared=min(near.shared, fewer.shared)), unsure,
                 len(words), fmean(certainties))
