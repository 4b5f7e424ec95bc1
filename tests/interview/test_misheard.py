"""Words that a recogniser was unsure of: they move no band, and certainty only falls with them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from greenroom.interview.misheard import POOR_CERTAINTY
from greenroom.interview.scoring import Answer, score
from greenroom.language.unsure import UNSURE_CERTAINTY
from greenroom.records import Word
from greenroom.scores import AnswerScore, Certainty, Criterion, CriterionScore
from interview.tricks import BY_ID, GOOD, QUESTION, to_the_team, words

LOST = UNSURE_CERTAINTY - 0.1
SURENESS: dict[Certainty | None, int] = {None: 0, "low": 1, "high": 2}
CERTAIN = BY_ID["q1-4b"]


def of(result: AnswerScore, criterion: Criterion) -> CriterionScore:
    return next(one for one in result.criteria if one.criterion == criterion)


def heard(text: str, unsure: str = r"(?!)", certainty: float | None = 0.9) -> AnswerScore:
    """To the question on the team; words that match ``unsure`` were heard unsurely."""
    return to_the_team(said=tuple(
        Word(text=word.text, start_t=word.start_t, end_t=word.end_t,
             certainty=LOST if re.search(unsure, word.text) else certainty) for word in words(text, 150)))


def bands(result: AnswerScore) -> list[int]:
    return [one.band for one in result.criteria]


def test_what_was_heard_surely_or_written_is_as_certain_as_its_rules() -> None:
    written = to_the_team(CERTAIN.text)
    assert written.certainty == "high"
    for result in (heard(CERTAIN.text), heard(CERTAIN.text, certainty=None)):
        assert [one.certainty for one in result.criteria] == [one.certainty for one in written.criteria]
        assert (result.certainty, result.explanation) == (written.certainty, written.explanation)


def test_a_band_that_hangs_on_unsure_words_is_of_low_certainty_and_says_why() -> None:
    sure = heard(CERTAIN.text)
    unsure = heard(CERTAIN.text, r"^(took|would)$")
    assert of(sure, "reflection").certainty == "high"
    assert of(unsure, "reflection").band == of(sure, "reflection").band == 4
    assert of(unsure, "reflection").certainty == "low"
    assert of(unsure, "reflection").formula == of(sure, "reflection").formula
    assert of(unsure, "reflection").doubt == "heard unsurely: band 1 without the 2 of 204 words that may be others"
    assert of(unsure, "specificity") == of(sure, "specificity")


def test_unsure_words_on_which_no_band_hangs_leave_it_certain() -> None:
    sure, unsure = heard(CERTAIN.text), heard(CERTAIN.text, r"^(the|of|shocking,|headmistress\.)$")
    assert [one.certainty for one in unsure.criteria] == [one.certainty for one in sure.criteria]
    assert unsure.explanation == sure.explanation


def test_an_answer_that_was_heard_poorly_is_of_low_certainty_throughout_and_says_why() -> None:
    sure, poor = heard(GOOD), heard(GOOD, certainty=POOR_CERTAINTY - 0.05)
    assert bands(poor) == bands(sure)
    assert {one.certainty for one in poor.criteria} == {"low"}
    assert (poor.band, poor.certainty) == (sure.band, "low")
    assert poor.explanation == sure.explanation
    assert poor.doubt == "heard unsurely: the recogniser was 55% sure of its words on average"


SPOKEN = st.lists(st.sampled_from([
    "I rang", "we told", "the oven", "the miller", "broke", "because", "in the end", "last year", "at a bakery", ".",
    "I would ring", "if", "the risk", "learned", "and then", "forty", "the team", "argued", "wanted the customer",
    "nobody", "lazy", "so that", "since", "next time I", "you know", "was repaired",
]), min_size=12, max_size=50).map(" ".join)  # fmt: skip


@given(SPOKEN, st.sampled_from(("behavioural", "situational", "technical", "motivation")), st.data())
def test_certainty_only_falls_as_words_are_heard_less_surely_and_bands_stay(
    text: str, kind: str, data: st.DataObject
) -> None:
    parts = words(text, 150)
    levels = st.lists(st.sampled_from((0.3, 0.5, 0.9)), min_size=len(parts), max_size=len(parts))
    first, second = data.draw(levels), data.draw(levels)

    def scored(certainties: list[float]) -> AnswerScore:
        said = tuple(Word(text=word.text, start_t=word.start_t, end_t=word.end_t, certainty=certainty)
                     for word, certainty in zip(parts, certainties, strict=True))
        return score(Answer(QUESTION, kind, words=said))  # type: ignore[arg-type]  # of the four kinds

    surer, less_sure = scored(first), scored([min(a, b) for a, b in zip(first, second, strict=True)])
    if surer.is_refused or less_sure.is_refused:
        assert less_sure.is_refused
        return
    written = score(Answer(QUESTION, kind, words=tuple(  # type: ignore[arg-type]  # of the four kinds
        Word(text=word.text, start_t=word.start_t, end_t=word.end_t) for word in parts)))
    assert bands(surer) == bands(less_sure) == bands(written)
    assert surer.band == less_sure.band == written.band
    for upper, lower in zip((written, surer), (surer, less_sure), strict=True):
        assert SURENESS[lower.certainty] <= SURENESS[upper.certainty]
        for a, b in zip(upper.criteria, lower.criteria, strict=True):
            assert SURENESS[b.certainty] <= SURENESS[a.certainty]
    for one in less_sure.criteria:
        without = re.search(r"band (\d) without", one.doubt)
        assert without is None or int(without[1]) < one.band, one.doubt
        assert bool(one.doubt) is (one.certainty == "low")
