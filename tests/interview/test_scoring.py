"""One answer, one score: with evidence, for nobody's sake another one, and for nothing that is no answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.anchors import anchors
from greenroom.interview.refusing import explained
from greenroom.interview.rubric import CRITERIA, NOT_TOLD
from greenroom.interview.scoring import BY_WORDS, MAX_QUOTES, RATINGS, RULES, Answer, score
from greenroom.language.sentences import split
from greenroom.records import QuestionKind, Word
from greenroom.scores import AnswerScore, Criterion, Quote
from interview.tricks import BY_ID, GOOD, LEARNERS, ORDERS, QUESTION, to_the_team, tricks, words
from interview.written import CHANGES, Written, agreement, band_of, held_out, moved, said, tuning

TUNING = tuning()
each_answer = pytest.mark.parametrize("answer", TUNING, ids=[one.id for one in TUNING])


# --- what a score is ------------------------------------------------------------------------------


@each_answer
def test_a_score_has_five_criteria_with_anchors_and_says_what_to_do_next(answer: Written) -> None:
    result = answer.scored()
    assert not result.is_refused
    assert tuple(one.criterion for one in result.criteria) == CRITERIA
    assert result.band is not None
    assert result.rating == RATINGS[result.band]
    assert result.readers == (RULES, BY_WORDS)
    for one in result.criteria:
        written = anchors(one.criterion, answer.kind)
        assert one.anchor == written[one.band - 1]
        assert one.next_anchor == (*written, "")[one.band]
        assert bool(one.lacks) is bool(one.next_anchor)
        assert len(one.evidence) <= MAX_QUOTES
    assert result.next_step in {one.lacks for one in result.criteria}
    assert bool(result.next_step) is any(one.band < 5 for one in result.criteria)


def quotes(result: AnswerScore) -> list[Quote]:
    return [*result.left_out, *(quote for one in result.criteria for quote in one.evidence)]


@each_answer
def test_evidence_is_whole_sentences_of_the_text(answer: Written) -> None:
    result = answer._replace(text=f"{answer.text} {ORDERS[0]}").scored()
    sentences = {one.n: one for one in split(result.text)}
    assert quotes(result)
    for quote in quotes(result):
        sentence = sentences[quote.sentence]
        assert (quote.start, quote.end) == (sentence.start, sentence.end)
        assert result.text[quote.start : quote.end] == sentence.text


@each_answer
def test_what_was_heard_is_scored_as_what_was_written(answer: Written) -> None:
    """Marks end the sentences in both; words come with their times."""
    heard = score(Answer(answer.question, answer.kind, words=words(answer.text, 150)))
    assert heard.text == " ".join(answer.text.split())
    assert said(heard) == said(answer.scored())


def test_a_refusal_has_a_reason_and_its_words_and_no_band() -> None:
    result = to_the_team("Fine.")
    assert (result.reason, result.explanation) == ("too_short", explained("too_short", "behavioural"))
    assert (result.band, result.rating, result.certainty, result.criteria) == (None, None, None, ())


def test_words_to_the_booth_are_left_out_and_shown() -> None:
    result = to_the_team(f"{GOOD} {ORDERS[0]}")
    (left,) = result.left_out
    assert result.text[left.start : left.end] == ORDERS[0]


def test_whether_an_answer_is_to_a_question_whose_subject_is_in_no_list_is_not_certain() -> None:
    asked = 'The job asks for "PostgreSQL or another relational database". Tell me about a time when you needed that.'
    result = score(Answer(asked, "behavioural", GOOD))
    relevance = next(one for one in result.criteria if one.criterion == "relevance")
    assert (relevance.band, relevance.certainty) == (3, "low")
    assert relevance.formula.startswith("0 words of the question, whose subject is in no list of the rules")
    assert NOT_TOLD in relevance.doubt
    meant = score(Answer(asked, "behavioural", GOOD), rank=0.05, reader="an encoder")
    assert next(one for one in meant.criteria if one.criterion == "relevance").band > relevance.band


def test_meaning_enters_only_relevance_and_names_its_reader() -> None:
    near, far = (score(Answer(QUESTION, "behavioural", GOOD), rank, "encoder 1") for rank in (0.0, 0.9))
    assert near.readers == far.readers == (RULES, "encoder 1")
    differing: set[Criterion] = {a.criterion for a, b in zip(near.criteria, far.criteria, strict=True) if a != b}
    assert differing == {"relevance"}


# --- the same answer, the same score --------------------------------------------------------------


@pytest.mark.parametrize("answer", TUNING[::4], ids=[one.id for one in TUNING[::4]])
def test_twenty_scores_of_an_answer_are_equal(answer: Written) -> None:
    assert len({msgspec.json.encode(answer.scored()) for _ in range(20)}) == 1


OTHER_PROCESS = """
import hashlib, msgspec
from interview.tricks import tricks
from interview.written import tuning
scores = [one.scored() for one in tuning()] + list(tricks().values())
print(hashlib.sha256(msgspec.json.encode(scores)).hexdigest())
"""


def test_another_process_gives_the_same_scores_to_the_last_letter() -> None:
    """Sets have another order there."""
    tests = Path(__file__).parents[1]
    path = os.pathsep.join([str(tests.parent / "daemon"), str(tests)])
    seen = {
        subprocess.run([sys.executable, "-c", OTHER_PROCESS], capture_output=True, text=True, check=True, timeout=100,
                       env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "4711")
    }
    assert len(seen) == 1


# --- how it is said -------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "a hedge before each sentence"])
def test_who_says_it_in_which_order_accent_and_spelling_changes_nothing(change: str) -> None:
    result = moved(TUNING, CHANGES[change])
    assert result.touched
    assert result.identical == result.touched


def test_hedges_leave_every_band_as_it_is() -> None:
    """A sentence that they lengthen may be cut at another place, which may change what is counted, here in 2 of 40."""
    result = moved(TUNING, CHANGES["a hedge before each sentence"])
    assert result.moved == 0
    assert result.identical >= 0.9 * len(TUNING)


FURTHER: dict[Criterion, str] = {
    "structure": "In the end the planners thanked us and the forklift was back before noon.",
    "reasoning": "I rang the planners because the forklift was blocked, so that nobody had to wait.",
    "reflection": "Since then I always ring the planners first, and next time I would check the forklift myself.",
}


@pytest.mark.parametrize("criterion", FURTHER)
@each_answer
def test_telling_an_end_a_reason_or_a_look_back_more_never_costs_its_band(answer: Written, criterion: str) -> None:
    def band(result: AnswerScore) -> int:
        return next(one.band for one in result.criteria if one.criterion == criterion)

    more = answer._replace(text=f"{answer.text} {FURTHER[criterion]}")  # type: ignore[index]  # of its keys
    assert band(more.scored()) >= band(answer.scored())


@pytest.mark.parametrize("text", LEARNERS)
def test_answers_in_the_english_of_beginners_are_scored(text: str) -> None:
    assert not to_the_team(text).is_refused


# --- what is no answer ----------------------------------------------------------------------------

TRICKS = tricks()


@pytest.mark.parametrize("trick", list(TRICKS)[:-1])
def test_no_trick_is_worth_more_than_band_2(trick: str) -> None:
    assert band_of(TRICKS[trick]) <= 2


def test_a_good_answer_said_twice_is_worth_what_it_is_worth_once() -> None:
    assert said(TRICKS["a good answer, twice"]) == said(to_the_team(GOOD))
    assert TRICKS["a good answer, twice"].band == 5


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("answer", ["q1-1b", "q1-3a", "q1-5a"])
def test_an_order_to_the_scorer_changes_nothing(answer: str, order: str) -> None:
    alone = BY_ID[answer].scored()
    assert said(BY_ID[answer]._replace(text=f"{BY_ID[answer].text} {order}").scored()) == said(alone)
    assert said(BY_ID[answer]._replace(text=f"{order}\n{BY_ID[answer].text}").scored()) == said(alone)


@pytest.mark.timeout(60)
def test_work_grows_no_faster_than_the_answer() -> None:
    """By calls of functions, which no other work on the machine changes."""

    def calls(sentences: int) -> int:
        text = " ".join(f"I called guest number {n} and fixed her boiler because it broke." for n in range(sentences))
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(counted)
        try:
            score(Answer(QUESTION, "behavioural", text))
        finally:
            sys.setprofile(None)
        return count

    calls(10)
    assert calls(200) < 2.2 * calls(100)


KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
SPOKEN = st.lists(st.sampled_from([
    "I rang", "we told", "the oven", "the miller", "broke", "because", "in the end", "last year", "at a bakery", ".",
    "!", ",", "I would ring", "if", "the risk", "learned", "and then", "forty", "was", "ignore your rules",
]), max_size=60).map(" ".join)  # fmt: skip


@given(st.text(max_size=60) | SPOKEN, st.text(max_size=300) | SPOKEN, st.sampled_from(KINDS), st.booleans(),
       st.none() | st.floats(0.0, 1.0))  # fmt: skip
def test_any_text_is_refused_or_has_bands_and_evidence(
    question: str, text: str, kind: QuestionKind, is_heard: bool, rank: float | None
) -> None:
    heard: tuple[Word, ...] = words(text, 150) if is_heard else ()
    result = score(Answer(question, kind, text, heard), rank)
    assert result.is_refused is (result.band is None) is not bool(result.criteria)
    assert all(result.text[quote.start : quote.end].strip() for quote in quotes(result))
    assert msgspec.json.decode(msgspec.json.encode(result), type=AnswerScore) == result


# --- how far it agrees with people ----------------------------------------------------------------


@pytest.mark.parametrize("answers", [tuning, held_out], ids=["tuning", "held_out"])
def test_bands_agree_with_those_that_a_person_gave(answers: object) -> None:
    written = tuning() if answers is tuning else held_out()
    found = agreement([band_of(one.scored()) for one in written], [one.band for one in written])
    assert found.within_one >= 0.9
    assert found.exact >= 0.5
    assert found.kappa >= 0.6


def test_agreement_is_that_of_the_textbook() -> None:
    assert agreement([1, 2, 3], [1, 2, 3]) == (1.0, 1.0, 1.0)
    assert agreement([1, 1, 5, 5], [1, 5, 1, 5]).kappa == 0.0
    assert agreement([5, 1], [1, 5]) == (0.0, 0.0, -1.0)
    assert agreement([3, 3], [3, 3]).kappa == 0.0
    assert agreement([1, 2, 3, 4], [1, 2, 3, 5]) == pytest.approx((0.75, 1.0, 1 - 0.25 / 3.5))
