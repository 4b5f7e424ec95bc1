"""Context points at sentences and enters no band."""

from __future__ import annotations

from greenroom.interview.context import context
from greenroom.interview.scoring import Answer, score
from greenroom.language.sentences import split

TEXT = "The oven broke on Friday. My sister plays the trumpet. Then we solved it."


def test_facts_count_sentences_and_point_at_them() -> None:
    coherence, sentiment = context(split(TEXT))
    assert coherence.text == "1 of the 2 sentences after the first take up something said shortly before"
    assert [TEXT[quote.start : quote.end] for quote in coherence.evidence] == ["My sister plays the trumpet."]
    assert sentiment.text == "1 of 3 sentences tell of something good, 1 of something bad"
    assert [quote.tells for quote in sentiment.evidence] == ["something bad", "something good"]


def test_too_few_sentences_have_no_coherence() -> None:
    assert [fact.name for fact in context(split("The oven broke. It was late."))] == ["sentiment"]


def test_a_refused_answer_has_no_context() -> None:
    assert score(Answer("Why?", "behavioural", "It was fine.")).context == ()
