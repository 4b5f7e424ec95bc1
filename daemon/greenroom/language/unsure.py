"""What is left of an answer without the words that its recogniser heard unsurely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from greenroom.language.sentences import Sentence
from greenroom.records import Word

UNSURE_CERTAINTY = 0.4
"""Under it a word is as likely another one as the one that was said, or likelier. Measured with pocketsphinx over 1,588
words of the script's voices and of two public recordings, without noise and with white noise 10 and 20 dB below: of the
words under it 0.39 were right, of those from 0.4 to 0.6 0.62, and of all from 0.4 on 0.85. Of the script's voices
without noise, 0.14 of the words lie under it. ``tests/bench/bench_unsure.py`` measures the voices again.
"""
UNHEARD = "qx"
"""Stands where such a word stood, so that no phrase is made of what was not said in a row. No table knows it, and it is
too short to be a particular."""


def is_unsure(word: Word) -> bool:
    """Engines that tell no certainty are believed."""
    return word.certainty is not None and word.certainty < UNSURE_CERTAINTY


def of_sure_words(words: Sequence[Word], sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences of ``sentences.of_words(words)`` with ``UNHEARD`` in the place of each unsure word.

    Numbers and places stay; a sentence of sure words stays as it is.
    """
    unsure = [(start, end) for start, end, word in _placed(words) if is_unsure(word)]
    return tuple(_masked(one, [span for span in unsure if one.start <= span[0] < one.end]) for one in sentences)


def _placed(words: Sequence[Word]) -> Iterator[tuple[int, int, Word]]:
    """From and to which character of the text each word goes."""
    at = 0
    for word in words:
        said = word.text.strip()
        if said:
            yield at, at + len(said), word
            at += len(said) + 1


def _masked(one: Sentence, unsure: Sequence[tuple[int, int]]) -> Sentence:
    if not unsure:
        return one
    starts = [one.start, *(end for _, end in unsure)]
    ends = [*(start for start, _ in unsure), one.end]
    kept = (one.text[start - one.start : max(0, end - one.start)] for start, end in zip(starts, ends, strict=True))
    return one._replace(text=UNHEARD.join(kept))
