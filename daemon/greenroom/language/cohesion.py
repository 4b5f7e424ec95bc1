"""How far the sentences of an answer take up those before them: context for a reader, never scored.

A sentence takes an earlier one up by a connective, by a word that refers back, or by a particular word that the
sentences shortly before it had (the ties of Halliday and Hasan, Cohesion in English, 1976, chapters 2, 5 and 6). The
order of sentences matters here, which is one reason not to score it.
"""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.language.plain_words import has, phrases, tokens
from greenroom.language.reading import is_particular, stem
from greenroom.language.sentences import Sentence

REACH = 3
"""Sentences back to which a word still refers."""
LEAST_WORDS = 3
"""Of a sentence that begins anything."""
OPENING_WORDS = 6
"""A connective or a reference stands among so many first words of its sentence."""
CONNECTIVES = phrases(
    "and, but, so, then, because, also, after that, before that, in the end, at the end, by the end, first, second,"
    " finally, meanwhile, however, therefore, as a result, for example, for instance, instead, otherwise, since then,"
    " later, next, still, once, when, while, until, although, even though, afterwards, eventually, until then"
)
REFERENCES = phrases(
    "it, they, them, this, that, these, those, there, here, both, such, the other, the others, another, each, neither"
)
"""First persons refer to nobody in the text."""


def untied(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Sentences after the first that take up nothing of those before them."""
    said = [tokens(one.text) for one in sentences]
    particular = [frozenset(stem(word) for word in words if is_particular(word)) for words in said]
    return tuple(
        sentence for n, sentence in enumerate(sentences)
        if n and not _is_tied(said[n], particular[n], particular[max(0, n - REACH) : n]))


def _is_tied(said: tuple[str, ...], particular: frozenset[str], before: Sequence[frozenset[str]]) -> bool:
    opening = said[:OPENING_WORDS]
    return (len(said) < LEAST_WORDS or has(opening, CONNECTIVES) or has(opening, REFERENCES)
            or any(not particular.isdisjoint(earlier) for earlier in before))
