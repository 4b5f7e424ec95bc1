"""Discourse phrases, repetitions and open clauses in words."""

from __future__ import annotations

import pytest

from greenroom.hearing.heard import Answer
from greenroom.hearing.measures import answer_measures
from greenroom.hearing.wording import discourse_phrases, repeated_words
from greenroom.records import Measure, Word


def words(text: str, from_t: float = 10.0, gap_s: float = 0.05) -> list[Word]:
    """A bar is a pause of a second."""
    said: list[Word] = []
    t = from_t
    for part in text.split():
        if part == "|":
            t += 1.0
            continue
        said.append(Word(text=part, start_t=t, end_t=t + 0.25))
        t += 0.25 + gap_s
    return said


def measures(text: str) -> dict[str, Measure]:
    said = words(text)
    parts: list[tuple[float, float]] = []
    for word in said:
        if parts and word.start_t - parts[-1][1] < 0.2:
            parts[-1] = (parts[-1][0], word.end_t)
        else:
            parts.append((word.start_t, word.end_t))
    answer = Answer(question_end_t=9.0, words=tuple(said), voice_spans=tuple(parts), pcm_runs=(), faces=(),
                    ended_t=said[-1].end_t)
    return {measure.name: measure for measure in answer_measures(answer)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("you know it was sort of hard", ['"you know"', '"sort of"']),
        ("I mean, basically we actually did it. Literally", ['"I mean,"', '"basically"', '"actually"', '"Literally"']),
        ("so well right like okay so", []),
        ("kind of kind of", ['"kind of"', '"kind of"']),
        ("do you | know that", []),
        ("a kind off thing", []),
    ],
)
def test_only_the_listed_phrases_count(text: str, found: list[str]) -> None:
    assert [span.label for span in discourse_phrases(words(text))] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("i i went home", ['"i i"']),
        ("and the the | the end", ['"the the"', '"the the"']),
        ("i was i was late", ['"i was i was"']),
        ("we had to we had to stop", ['"we had to we had to"']),
        ("The the end", ['"The the"']),
        ("very very good and no no no", []),
        ("he had had it", []),
        ("two two three three", []),
        ("again and again", []),
    ],
)
def test_what_was_said_again_at_once_is_a_repetition(text: str, found: list[str]) -> None:
    assert [span.label for span in repeated_words(words(text))] == found


def test_counts_come_with_their_places_and_need_words() -> None:
    found = measures("you know i i think it was good")
    assert (found["discourse_phrases"].value, found["repeated_words"].value) == (1.0, 1.0)
    (span,) = found["repeated_words"].evidence
    assert span.start_t == pytest.approx(10.6)
    assert span.label == '"i i"'
    few = measures("you know")
    for name in ("discourse_phrases", "repeated_words"):
        assert (few[name].value, few[name].evidence) == (None, ())
        assert "fewer than 5 words" in few[name].reason


def test_a_filled_pause_that_was_written_is_neither_word_nor_phrase() -> None:
    plain, filled = measures("i went um to the the shop"), measures("i went to the the shop")
    assert plain["repeated_words"].value == filled["repeated_words"].value == 1.0


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("i worked in the | kitchen and | then i left", ["the", "and"]),
        ("i worked in the kitchen | then i left for home", []),
        ("we wanted to | finish it on time | and we did", ["to"]),
        ("it was for example | quite late for us", ["example"]),
        ("that is what i was looking for | it took two years", []),
    ],
)
def test_a_pause_is_inside_a_clause_when_the_word_before_leaves_it_open(text: str, inside: list[str]) -> None:
    found = measures(text)["pauses_within_clause"]
    assert [span.label.rpartition("after ")[2].strip('"') for span in found.evidence] == inside
    assert found.value == len(inside)
    assert found.coverage == 1.0


def test_a_pause_after_unrecognised_words_cannot_be_placed() -> None:
    said = words("we did it well and then")
    voice = ((10.0, 11.8), (13.0, 16.0), (17.0, 20.0), (21.0, 24.0))
    answer = Answer(question_end_t=9.0, words=tuple(said), voice_spans=voice, pcm_runs=(), faces=(), ended_t=24.0)
    found = {measure.name: measure for measure in answer_measures(answer)}["pauses_within_clause"]
    assert found.value is None
    assert found.coverage == pytest.approx(1 / 3)
    silent = Answer(question_end_t=9.0, words=(), voice_spans=voice, pcm_runs=(), faces=(), ended_t=24.0)
    unknown = {measure.name: measure for measure in answer_measures(silent)}["pauses_within_clause"]
    assert (unknown.value, unknown.reason) == (None, "no word was recognised")
