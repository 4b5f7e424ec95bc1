from __future__ import annotations

import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.hearing.hallucination import UNSURE, Hypothesis, believed
from greenroom.records import Word
from greenroom.world.render import load_index


def hypothesis(text: str, *, no_speech: float = 0.02, logprob: float = -0.3, ratio: float | None = None,
               word_s: float = 0.3, t: float = 0.0) -> Hypothesis:
    """Words one after the other, as sure as Whisper is of clear speech."""
    words = tuple(
        Word(text=part, start_t=t + n * word_s, end_t=t + (n + 1) * word_s, certainty=0.9)
        for n, part in enumerate(text.split())
    )
    data = text.encode()
    return Hypothesis(words, no_speech, logprob, len(data) / len(zlib.compress(data)) if ratio is None else ratio)


def heard(said: Hypothesis, to_t: float = 1000.0) -> tuple[Word, ...]:
    return believed(said, 0.0, to_t)


def text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def test_real_sentences_pass_as_they_are() -> None:
    for said in {clip.text for clip in load_index().values()}:
        assert heard(hypothesis(said)) == hypothesis(said).words


@pytest.mark.parametrize("said", ["Thank you.", "Bye.", "You", "No, no, no, that is not what I meant.",
                                  "It was very, very, very hard work.", "Yes. Yes. Yes."])
def test_what_whisper_likes_to_invent_can_be_said_in_earnest(said: str) -> None:
    assert text(heard(hypothesis(said, no_speech=0.3))) == said


def test_improbable_words_where_there_is_hardly_speech_are_dropped() -> None:
    assert heard(hypothesis("so I went on", no_speech=0.7, logprob=-1.2)) == ()


@pytest.mark.parametrize(("no_speech", "logprob"), [(0.7, -0.5), (0.3, -1.6)])
def test_one_of_both_signs_is_not_enough(no_speech: float, logprob: float) -> None:
    said = hypothesis("so I went on", no_speech=no_speech, logprob=logprob)
    assert heard(said) == said.words


def test_a_stock_phrase_goes_only_where_there_is_hardly_speech() -> None:
    for said in ("Thank you for watching!", "you", "Subtitles by the Amara.org community"):
        assert heard(hypothesis(said, no_speech=0.7)) == ()
        assert text(heard(hypothesis(said, no_speech=0.5))) == said
    assert text(heard(hypothesis("Thank you for the question.", no_speech=0.7))) == "Thank you for the question."


def test_a_word_alone_is_no_loop() -> None:
    assert text(heard(hypothesis("Yes.", no_speech=0.7))) == "Yes."


def test_nothing_but_a_loop_where_there_is_hardly_speech_is_dropped() -> None:
    assert heard(hypothesis("and and and and", no_speech=0.7)) == ()
    assert heard(hypothesis("I see. I see. I see.", no_speech=0.7)) == ()


def test_a_loop_that_compresses_is_cut_to_one_round_and_no_more_believed() -> None:
    words = heard(hypothesis("we talked about " + "the team and " * 12))
    assert text(words) == "we talked about the team and"
    assert all(word.certainty == UNSURE for word in words)


def test_a_word_said_three_times_is_kept_and_its_repetitions_are_doubted() -> None:
    words = heard(hypothesis("that was really really really good"))
    assert text(words) == "that was really really really good"
    assert [word.certainty == UNSURE for word in words] == [False, False, False, True, True, False]


def test_twice_is_no_loop() -> None:
    said = hypothesis("I had had enough and that that was it")
    assert heard(said) == said.words


def test_words_outside_the_sound_are_dropped_and_those_at_its_edge_cut() -> None:
    said = hypothesis("one two three four", word_s=1.0, t=-1.5)
    words = believed(said, 0.0, 2.0)
    assert text(words) == "two three four"
    assert [(word.start_t, word.end_t) for word in words] == [(0.0, 0.5), (0.5, 1.5), (1.5, 2.0)]


def test_a_word_that_ends_before_it_begins_is_dropped() -> None:
    said = hypothesis("one")._replace(words=(Word(text="one", start_t=1.0, end_t=0.5),))
    assert heard(said) == ()


@pytest.mark.parametrize(("word_s", "t"), [(0.0, 0.0), (0.0, 1.0), (2.5, 1.0)])
def test_a_word_of_no_length_or_of_seconds_is_kept_and_doubted(word_s: float, t: float) -> None:
    (word,) = heard(hypothesis("well", word_s=word_s, t=t))
    assert (word.text, word.certainty) == ("well", UNSURE)


def test_a_word_that_was_doubted_already_stays_as_doubtful() -> None:
    said = hypothesis("well", word_s=2.5)
    (word,) = heard(said._replace(words=(Word(text="well", start_t=0.0, end_t=2.5, certainty=0.1),)))
    assert word.certainty == 0.1


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "Thank", "you."]), max_size=20),
    st.floats(0, 1), st.floats(-3, 0), st.floats(0.5, 5), st.floats(0.1, 10),
)  # fmt: skip
def test_no_word_is_added_moved_or_made_more_certain(
        said: list[str], no_speech: float, logprob: float, ratio: float, to_t: float) -> None:
    before = hypothesis(" ".join(said), no_speech=no_speech, logprob=logprob, ratio=ratio)
    known = {word.start_t: word for word in before.words}
    for word in believed(before, 0.0, to_t):
        assert word.text == known[word.start_t].text
        assert word.end_t <= min(to_t, known[word.start_t].end_t)
        assert (word.certainty or 0.0) <= 0.9
