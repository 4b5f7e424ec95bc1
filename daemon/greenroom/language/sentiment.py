"""Which sentences of an answer tell of something good, and which of something bad: context for a reader, never scored.

What words say of the matter, not how the speaker feels, and nothing of the voice or the face. A negation shortly before
such a word turns it round.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from greenroom.language.negations import NEGATIONS, REACH
from greenroom.language.plain_words import phrases, tokens
from greenroom.language.sentences import Sentence

Sentiment = Literal["good", "bad"]
GOOD = phrases(
    "good, great, went well, worked well, did well, better, best, nice, happy, glad, pleased, proud, love, loved,"
    " enjoy, enjoyed, liked, fun, success, successful, succeeded, solved, improved, thanked, grateful, praised,"
    " helpful, helped, calm, calmed, safe, saved, won, on time, in time, easy, easier, satisfied,"
    " recovered, trust, trusted, agreed, smiled, laughed, relieved, confident, excellent, perfect, welcome, fair,"
    " reward, rewarding"
)
BAD = phrases(
    "bad, badly, worse, worst, wrong, problem, problems, trouble, mistake, mistakes, error, errors, failed,"
    " failure, broke, broken, crashed, lost, late, too late, angry, upset, annoyed, furious, shouted, complained,"
    " complaint, complaints, argued, argument, conflict, sick, ill, hurt, injured, afraid, scared, worried, worry,"
    " stress, stressful, stressed, difficult, hardest, tired, sad, ashamed, embarrassed, disappointed,"
    " refused, rude, missed, forgot, damage, damaged, dangerous, risk, delay, delayed, confused, panic, panicked,"
    " hated, hate, unfair, unhappy, struggled, chaos, mess, cancelled, quit, sorry"
)


def sentiments(sentences: Sequence[Sentence]) -> dict[int, frozenset[Sentiment]]:
    """By the number of the sentence; those that tell of neither are left out."""
    told = {one.n: _of(tokens(one.text)) for one in sentences}
    return {n: kinds for n, kinds in told.items() if kinds}


def _of(said: tuple[str, ...]) -> frozenset[Sentiment]:
    found: set[Sentiment] = set()
    for at in range(len(said)):
        kind = _kind(said, at)
        if kind is not None:
            is_turned = not NEGATIONS.isdisjoint(said[max(0, at - REACH) : at])
            found.add(kind if not is_turned else "bad" if kind == "good" else "good")
    return frozenset(found)


def _kind(said: tuple[str, ...], at: int) -> Sentiment | None:
    """Of the word, or the two words, that begin here."""
    for length in (2, 1):
        words = said[at : at + length]
        if words in GOOD:
            return "good"
        if words in BAD:
            return "bad"
    return None
