"""How near an answer is to its question by the words that both use, for booths without a model of meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from greenroom.language.general_words import GENERAL
from greenroom.language.plain_words import found, has
from greenroom.language.reading import stem
from greenroom.language.topics import TOPICS

ASIDE_WORDS = 5
"""Fewer words on another subject are in any answer."""
NEAR_RANK = 0.1
"""Nearer to the question than to nine tenths of others."""
ECHO_SHARE = 0.75
"""Of an answer's sentences' words that may be the question's before the answer is an echo."""


class Nearness(NamedTuple):
    """What speaks for and against an answer's being one to the question."""

    topics: tuple[str, ...]
    """What the question is about, as far as the lists know."""
    hits: int
    """Different words or phrases of those topics in the answer."""
    shared: int
    """Different words that only the question could have brought in."""
    best_other: int
    """Hits of the topic that the question does not have and the answer has most of."""
    rank: float | None = None
    """By meaning, see ``meaning.rank``; None where nothing tells meanings."""
    other: str = ""
    """The name of the topic of ``best_other``."""


def to_spare(near: Nearness) -> int | None:
    """Hits beyond the least that an answer to the question has: six for ten of another subject. Below 0 it speaks more
    of that one; None where nothing speaks against it."""
    if not near.topics or near.best_other < ASIDE_WORDS or is_near(near):
        return None
    return near.hits - (3 * near.best_other + 4) // 5


def is_beside(near: Nearness) -> bool:
    """Does not speak of the question at all."""
    by_words = bool(near.topics) and near.best_other >= 6 and not near.hits and not near.shared
    return by_words and not is_near(near)


def is_near(near: Nearness) -> bool:
    """The meaning of its sentences speaks for the answer. It never speaks against one: see ``meaning.rank``."""
    return near.rank is not None and near.rank <= NEAR_RANK


def question_topics(question: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the topics that words of a question call."""
    return tuple(name for name, topic in TOPICS.items() if has(question, topic.called_by))


def nearness(question: tuple[str, ...], sentences: Sequence[tuple[str, ...]]) -> Nearness:
    """Words made plain on both sides."""
    topics = question_topics(question)
    hits = {name: _hits(sentences, name) for name in TOPICS}
    asked = {stem(word) for word in question if GENERAL.isdisjoint((word, stem(word)))}
    said = {stem(word) for sentence in sentences for word in sentence}
    elsewhere = {name: len(words) for name, words in hits.items() if name not in topics and words}
    other = max(elsewhere, key=lambda name: elsewhere[name], default="")
    return Nearness(
        topics=topics,
        hits=len(frozenset[tuple[str, ...]]().union(*(hits[name] for name in topics))),
        shared=len(asked & said),
        best_other=elsewhere.get(other, 0),
        other=other,
    )


def _hits(sentences: Sequence[tuple[str, ...]], name: str) -> frozenset[tuple[str, ...]]:
    return frozenset(phrase for said in sentences for phrase in found(said, TOPICS[name].spoken))


def is_echo(question: tuple[str, ...], sentences: Sequence[tuple[str, ...]]) -> bool:
    """Hardly anything is said that the question did not say."""
    asked = frozenset(question)
    said = [word for sentence in sentences for word in sentence]
    return bool(said) and bool(asked) and sum(word in asked for word in said) >= ECHO_SHARE * len(said)
