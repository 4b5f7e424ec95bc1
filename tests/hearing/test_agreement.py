from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.hearing.agreement import CUT_S, LIMIT_S, SETTLED_S, TRIM_S, Agreement
from greenroom.records import Word


def words(text: str, t: float = 0.0, word_s: float = 0.3) -> tuple[Word, ...]:
    """One word after the other; ``...`` is a pause as long as a word."""
    places = enumerate(text.split())
    return tuple(
        Word(text=part, start_t=round(t + n * word_s, 3), end_t=round(t + (n + 1) * word_s, 3), certainty=0.9)
        for n, part in places
        if part != "..."
    )


def text(said: Sequence[Word]) -> str:
    return " ".join(word.text for word in said)


def play(*hypotheses: tuple[Word, ...], agreement: Agreement | None = None) -> list[Agreement]:
    states = [agreement or Agreement()]
    for hypothesis in hypotheses:
        states.append(states[-1].heard(hypothesis))
    return states[1:]


# --- recorded courses of hypotheses ---


def test_words_are_committed_when_two_hypotheses_in_a_row_agree() -> None:
    first, second, third = play(
        words("so my fellow"), words("so my fellow americans"), words("so my fellow americans ask not")
    )
    assert (text(first.committed), text(first.tail)) == ("", "so my fellow")
    assert (text(second.committed), text(second.tail)) == ("so my fellow", "americans")
    assert (text(third.committed), text(third.tail)) == ("so my fellow americans", "ask not")


def test_the_last_words_may_be_revised_until_they_are_agreed_on() -> None:
    states = play(
        words("I was responsible for the"),
        words("I was responsible for the depth"),
        words("I was responsible for the deployment pipe"),
        words("I was responsible for the deployment pipeline and"),
        words("I was responsible for the deployment pipeline and the"),
    )
    assert [text(state.tail) for state in states] == [
        "I was responsible for the", "depth", "deployment pipe", "pipeline and", "the",
    ]  # fmt: skip
    assert text(states[-1].committed) == "I was responsible for the deployment pipeline and"


def test_case_and_punctuation_do_not_keep_hypotheses_apart() -> None:
    states = play(words("and so my fellow Americans."), words("And so, my fellow Americans, ask"))
    assert text(states[-1].committed) == "And so, my fellow Americans,"
    assert text(states[-1].tail) == "ask"


def test_a_committed_word_is_not_taken_back_by_a_later_opinion() -> None:
    states = play(words("we have nine people"), words("we have nine people in"), words("we have fine people in it"))
    assert text(states[1].committed) == "we have nine people"
    assert states[2].committed[:4] == states[1].committed
    assert text(states[2].words).startswith("we have nine people in")


def test_words_that_were_really_said_twice_stay_twice() -> None:
    said = "no no no that was a very very good team"
    parts = said.split()
    states = play(*(words(" ".join(parts[:n])) for n in range(2, len(parts) + 1)), words(said))
    assert text(states[-1].words) == said


def test_times_that_shift_from_hypothesis_to_hypothesis_double_no_word() -> None:
    states = play(
        words("I think that"), words("I think that the", t=0.08), words("I think that the answer", t=-0.1),
        words("I think that the answer is", t=0.2), words("I think that the answer is yes", t=0.05),
    )  # fmt: skip
    assert text(states[-1].words) == "I think that the answer is yes"


def test_a_hypothesis_that_is_cut_into_words_anew_does_not_repeat_what_stands() -> None:
    states = play(
        words("we met every day in the stand up"),
        words("we met every day in the stand up meeting"),
        words("we met") + words("everyday", 0.6, 0.6) + words("in the", 1.2) + words("standup", 1.8, 0.6)
        + words("meeting and talked", 2.4),
    )
    assert text(states[1].committed) == "we met every day in the stand up"
    assert text(states[2].words) == "we met every day in the stand up meeting and talked"


def test_a_wavering_end_commits_nothing_until_it_stands() -> None:
    states = play(
        words("yes"), words("yesterday"), words("yesterday we"), words("yesterday weak"), words("yesterday we could"),
        words("yesterday we could"),
    )  # fmt: skip
    assert [text(state.committed) for state in states] == [
        "", "", "yesterday", "yesterday", "yesterday", "yesterday we could",
    ]  # fmt: skip


def test_an_empty_hypothesis_takes_only_the_tail_away() -> None:
    states = play(words("one two"), words("one two three"), ())
    assert (text(states[-1].committed), states[-1].tail) == ("one two", ())


# --- the window ---


def spoken(sentences: int, t: float = 0.0) -> tuple[Word, ...]:
    """Sentences of ten words and three seconds."""
    return words(" ".join(f"w{n}{'.' if n % 10 == 9 else ''}" for n in range(10 * sentences)), t)


def test_a_long_window_begins_anew_after_the_last_committed_sentence() -> None:
    said = spoken(6)[:52]  # five sentences and two words
    (_, state) = play(said, said)
    moved = state.moved(15.7)
    assert moved.window_t == pytest.approx(15.0)
    assert moved.behind == 50
    assert moved.words == state.words
    assert state.moved(14.9) is state


def test_words_at_the_seam_of_two_windows_are_not_heard_twice() -> None:
    said = words("it was the best of times. it was", word_s=2.0)
    (_, state) = play(said[:6], said)
    moved = state.moved(16.0)
    assert (moved.window_t, text(moved.tail)) == (12.0, "it was")
    again = moved.heard(words("times. it was the worst of times", t=12.05, word_s=0.5))
    assert text(again.words) == "it was the best of times. it was the worst of times"


def test_a_word_far_behind_the_seam_is_no_repetition() -> None:
    state = play(words("and then we won."), words("and then we won."))[-1]
    later = Agreement(window_t=1.2, committed=state.committed, behind=4).heard(words("won by a mile", t=3.0))
    assert text(later.words) == "and then we won. won by a mile"


def test_a_window_without_an_end_of_a_sentence_is_cut_all_the_same() -> None:
    said = words("and " * 88 + "so")
    moved = Agreement().heard(said).moved(27.1)
    assert 27.1 - moved.window_t <= TRIM_S
    assert moved.words == said
    assert moved.committed[-1].end_t <= moved.window_t
    assert moved.tail[-1].end_t > 27.1 - SETTLED_S


def test_a_window_without_any_word_is_cut_too() -> None:
    moved = Agreement(window_t=3.0).moved(31.0)
    assert moved.window_t == 31.0 - SETTLED_S
    assert moved.words == ()


def test_the_last_hypothesis_replaces_what_lies_in_the_window_and_nothing_before() -> None:
    said = spoken(6)[:52]
    (_, state) = play(said, said)
    moved = state.moved(15.7)
    closed = moved.closed(words("W50 fifty-one fifty-two.", t=15.0))
    assert text(closed[:50]) == text(said[:50])
    assert text(closed[50:]) == "W50 fifty-one fifty-two."


# --- whatever a recogniser may say ---

TEXTS = st.sampled_from(["the", "The", "cat.", "sat", "no", "on", "mat!", "—", "it's"])


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[float, tuple[Word, ...]]]:
    """Ends of a growing window and what is heard in it: any words at any times, in order or not."""
    end_t, course = 0.0, []
    for _ in range(draw(st.integers(1, 25))):
        end_t += draw(st.floats(0.1, 1.0))
        drawn = draw(st.lists(st.tuples(TEXTS, st.floats(-1.0, end_t + 5.0), st.floats(-0.5, 3.0)), max_size=12))
        course.append((end_t, tuple(Word(text=t, start_t=a, end_t=a + d) for t, a, d in drawn)))
        if draw(st.booleans()):
            course.append((end_t, course[-1][1]))
        end_t += draw(st.sampled_from([0.0, 0.0, 4.0]))
    return course


@settings(max_examples=50, deadline=None)
@given(courses())
def test_what_is_committed_only_grows_and_its_times_never_overlap(course: list[tuple[float, tuple[Word, ...]]]) -> None:
    state = Agreement()
    for end_t, hypothesis in course:
        before, state = state, state.heard(hypothesis).moved(end_t)
        assert state.committed[: len(before.committed)] == before.committed
        assert state.window_t >= before.window_t
        assert state.window_t <= end_t
        assert all(word.start_t <= word.end_t for word in state.words)
        assert all(a.end_t <= b.start_t for a, b in pairwise(state.words))


@settings(max_examples=50, deadline=None)
@given(courses())
def test_the_window_is_bounded(course: list[tuple[float, tuple[Word, ...]]]) -> None:
    state = Agreement()
    for end_t, hypothesis in course:
        state = state.heard(hypothesis).moved(end_t)
        assert end_t - state.window_t <= CUT_S < LIMIT_S


@settings(max_examples=50, deadline=None)
@given(courses())
def test_the_last_hypothesis_keeps_order_and_what_lies_before(course: list[tuple[float, tuple[Word, ...]]]) -> None:
    state = Agreement()
    for end_t, hypothesis in course:
        state = state.heard(hypothesis).moved(end_t)
    closed = state.closed(course[-1][1])
    assert closed[: state.behind] == state.committed[: state.behind]
    assert all(a.end_t <= b.start_t for a, b in pairwise(closed))


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=40), st.lists(st.integers(1, 4), min_size=1, max_size=40))
def test_a_recogniser_that_never_wavers_gets_its_own_words_back(said: list[str], steps: list[int]) -> None:
    whole = words(" ".join(said))
    state, known = Agreement(), 0
    for step in [*steps, len(said), 0]:
        known = min(len(whole), known + step)
        state = state.heard(whole[:known])
    assert text(state.words) == text([word for word in whole if word.text != "—"])
