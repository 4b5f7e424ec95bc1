"""What the interviewer writes: it quotes what was said, praises what a rule found, and never says a thing twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from greenroom.interview import feedback, grading, rubric, scoring
from greenroom.language.reading import ELEMENTS, Reading
from greenroom.language.relevance import Nearness
from greenroom.language.sentences import split
from greenroom.records import Plan, Question, QuestionKind, SpokenLine, Style, TurnRecord, Word
from greenroom.reports import page, quoting
from greenroom.reports.builder import build
from greenroom.reports.coached import Remark
from greenroom.reports.coaching_words import ADVICES, PARTICULARS, PRAISE_FRAMES, PRAISES, STEP_FRAMES
from greenroom.reports.refusal_words import REFUSALS, REFUSED_FRAMES, refused
from greenroom.reports.schema import Report, from_json, to_json
from greenroom.scores import Refusal
from interview.written import Written, tuning
from storage.samples import record as sample

STYLES: tuple[Style, ...] = get_args(Style)
WRITTEN = tuning()
TEAM = [one for one in WRITTEN if one.id.startswith("q1-")]
styles = st.sampled_from(STYLES)


def a_turn(n: int, one: Written, cue: str = "question") -> TurnRecord:
    words = tuple(Word(text=word, start_t=100.0 * n + 0.4 * k, end_t=100.0 * n + 0.4 * k + 0.4, certainty=0.9)
                  for k, word in enumerate(one.text.split()))
    line = SpokenLine(cue="", text=one.question, heard_text="", start_t=100.0 * n - 5, end_t=100.0 * n - 1)
    return TurnRecord(turn=n, question_id=one.id, cue=f"{cue}:{one.id}", question=line, words=words,
                      started_t=words[0].start_t if words else None, ended_t=100.0 * n + 90,
                      committed_t=100.0 * n + 91, ended_by="done")


def report(given_answers: Sequence[Written], style: Style = "neutral") -> Report:
    numbered = [one._replace(id=f"a{n}") for n, one in enumerate(given_answers, start=1)]
    plan = Plan(pack_id="p", seed=1, questions=tuple(
        Question(id=one.id, text=one.question, kind=one.kind, competency="c") for one in numbered))
    turns = grading.graded({n: a_turn(n, one) for n, one in enumerate(numbered, start=1)}, plan)
    base = sample()
    return build(replace(base, plan=plan, set_up=replace(base.set_up, style=style),
                         turns=tuple(turns[n] for n in sorted(turns))))


def said(text: str) -> Written:
    return TEAM[0]._replace(text=text)


def remarks(found: Report) -> list[Remark]:
    return [remark for answer in found.answers for remark in answer.coaching]


@pytest.mark.parametrize("style", STYLES)
def test_an_answer_gets_a_strength_with_its_evidence_and_a_next_step_with_its_place(style: Style) -> None:
    found = report([next(one for one in TEAM if one.band == 4)], style)
    strength, step = found.answers[0].coaching
    score = found.answers[0].score
    assert score is not None
    assert (strength.kind, step.kind) == ("strength", "next_step")
    assert strength.quote is not None
    assert strength.criterion is not None
    assert strength.quote.sentence in {one.sentence for one in score.evidence if one.criterion == strength.criterion}
    assert score.bands[strength.criterion] >= scoring.PRAISED_BAND
    assert step.criterion is not None
    assert score.bands[step.criterion] == min(score.bands.values())
    assert step.quote is not None
    assert f"“{step.quote.text}" in step.text


def test_a_story_without_an_end_is_told_so_after_its_last_step() -> None:
    text = (
        "Last March at the lorry depot in Hull our team of eleven drivers had a conflict with the other team, and the"
        " teams argued. I phoned every driver of both teams, listened to them and noted their 42 wishes in a yellow"
        " notebook, because the colleagues did not trust the tablets. I wrote a new rota with two shifts, because the"
        " conflict was about the Saturday lorries. I learned that one must ask colleagues first, because a team in"
        " conflict reads no rota, and now I ask.")
    step = report([said(text)]).answers[0].coaching[-1]
    assert step.criterion == "structure"
    assert step.quote is not None
    assert step.quote.text.startswith("I wrote a new rota")
    assert any(phrase in step.text for phrase in ADVICES["Say how it turned out."].phrases)


def test_a_plan_is_praised_only_where_one_was_asked_for() -> None:
    praised = [remark for one in WRITTEN if one.kind == "behavioural" for remark in remarks(report([one]))
               if remark.kind == "strength" and remark.quote is not None]
    assert len(praised) > 5
    assert not {remark.quote.tells for remark in praised if remark.quote is not None} & {"a step of a plan", "a motive"}


def test_the_four_tones_differ_and_quote_the_same() -> None:
    told = [report(TEAM[3:6], style) for style in STYLES]
    assert len({tuple(remark.text for remark in remarks(one)) for one in told}) == len(STYLES)
    assert len({tuple(remark.quote for remark in remarks(one)) for one in told}) == 1


def test_cold_is_the_shortest() -> None:
    def frames(style: Style) -> int:
        return sum(map(len, (*PRAISE_FRAMES[style], *STEP_FRAMES[style], *REFUSED_FRAMES[style])))

    assert min(STYLES, key=frames) == "cold"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=8), styles)
def test_what_is_quoted_was_said_and_nothing_is_written_twice(some: list[Written], style: Style) -> None:
    found = report(some, style)
    for answer in found.answers:
        text = answer.transcript
        for remark in answer.coaching:
            if remark.quote is None:
                continue
            assert remark.quote.text
            assert remark.quote.text in text
            assert len(remark.quote.text) <= quoting.MOST_CHARACTERS
            assert remark.text.startswith(f"{remark.before}{remark.quote.text}")
    texts = [remark.text for remark in remarks(found)]
    assert len(set(texts)) == len(texts)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["fine", "", "ich weiss es nicht und das ist mir egal", "I do not know"]), min_size=1,
                max_size=16), styles)
def test_many_refusals_are_each_said_otherwise(texts: list[str], style: Style) -> None:
    found = remarks(report([said(text) for text in texts], style))
    assert len(found) == sum(bool(text) for text in texts)
    assert {remark.kind for remark in found} <= {"refused"}
    sentences = [sentence for remark in found[:12] for sentence in re.split(r"(?<=\.) ", remark.text)]
    assert len(set(sentences)) == len(sentences)


def test_the_same_answer_eight_times_is_not_coached_in_the_same_words() -> None:
    texts = [remark.text for remark in remarks(report([TEAM[5]] * 8))]
    assert len(texts) == len(set(texts)) == 16


def test_a_refused_answer_gets_the_reason_and_how_to_get_a_score() -> None:
    (remark,) = report([said("fine")], "cold").answers[0].coaching
    assert (remark.kind, remark.criterion, remark.quote) == ("refused", None, None)
    assert any(why in remark.text for why in REFUSALS["too_short"].whys)
    assert any(how in remark.text for how in REFUSALS["too_short"].hows)


def test_nothing_is_said_of_what_was_not_scored() -> None:
    found = report([said(""), said("")])
    assert not remarks(found)
    assert found.letter == ()


def test_a_weak_answer_is_not_praised() -> None:
    text = "It was nice and we did things and then it was good and everybody was happy with it somehow you know."
    found = report([said(text)])
    score = found.answers[0].score
    assert score is not None
    assert not score.refused
    assert all(band < scoring.PRAISED_BAND for band in score.bands.values())
    assert found.answers[0].coaching[0].kind == "no_strength"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=6), styles)
def test_the_letter_is_short_and_speaks_of_several_answers_only_where_several_show_it(
        some: list[Written], style: Style) -> None:
    found = report([*some, said("fine")], style)
    scored = {answer.number for answer in found.answers if answer.score is not None and answer.score.bands}
    assert 3 <= len(found.letter) <= 6
    for line in found.letter:
        assert set(line.answers) <= scored
        for wording in feedback.STRENGTHS.values():
            assert wording not in line.text or len(line.answers) >= 2
    if found.study:
        assert any(found.study[0].title in line.text for line in found.letter)


def test_the_letter_of_a_session_without_scores_says_so() -> None:
    first, *others = report([said("fine"), said("well yes")], "neutral").letter
    assert "could be scored" in first.text
    assert len(others) == 2


KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
readings = st.builds(
    lambda counts, steps, plans, particulars: Reading(
        elements={element: tuple(range(1, n + 1)) for element, n in zip(ELEMENTS, counts, strict=True)},
        steps=steps, plans=plans, particulars=particulars, words=120),
    st.lists(st.integers(0, 4), min_size=len(ELEMENTS), max_size=len(ELEMENTS)), st.integers(0, 7), st.integers(0, 7),
    st.integers(0, 30))


@settings(max_examples=300)
@given(readings, st.sampled_from(KINDS), st.integers(0, 8))
def test_every_advice_of_the_rubric_has_wordings(reading: Reading, kind: QuestionKind, hits: int) -> None:
    near = Nearness(topics=("work",), hits=hits, shared=1, best_other=3)
    for one in rubric.mapped(kind, reading, near).values():
        assert not one.lacks or one.lacks in ADVICES


@pytest.mark.parametrize("reason", get_args(Refusal))
def test_how_to_get_a_score_is_told_for_what_was_asked(reason: Refusal) -> None:
    hows = [refused(reason, kind).hows for kind in KINDS]
    assert all(len(set(three)) == 3 for three in hows)
    assert refused(reason, "behavioural") == REFUSALS[reason]
    technical = refused(reason, "technical").hows
    assert not any(word in how for how in technical for word in ("example", "case", "what you did", "what happened"))


def test_every_element_and_every_refusal_has_wordings() -> None:
    assert set(PRAISES) == {*scoring.ELEMENTS_BY_TELLS, PARTICULARS}
    assert set(REFUSALS) == set(get_args(Refusal))
    for phrases in (*PRAISES.values(), *(advice.phrases for advice in ADVICES.values())):
        assert len(set(phrases)) == 3


@settings(max_examples=200)
@given(st.text(alphabet="abc ,.;:—'\"“” \nandbut", max_size=600))
def test_a_cut_is_a_piece_of_its_sentence_without_loose_marks(text: str) -> None:
    for sentence in split(text):
        start, end = quoting.cut(sentence)
        quote = text[start:end]
        assert quote in sentence.text
        assert len(quote) <= quoting.MOST_CHARACTERS
        assert quote == quote.strip(" ,;:.")


def test_a_long_sentence_is_cut_where_it_tells_what_it_is_quoted_for() -> None:
    clause = "we went on with the boxes in the long hall of the depot"
    (sentence,) = split(f"{clause}, {clause}, {clause}, because the buyer of the lorry had signed the wrong contract.")
    start, end = quoting.cut(sentence, "reason")
    assert "because the buyer" in sentence.text[start:end]
    assert quoting.is_cut(sentence, quoting.cut(sentence)[1])
    assert not quoting.is_cut(sentence, end)


def test_coaching_is_read_back_and_its_quotes_lead_to_words_on_the_page() -> None:
    found = report(TEAM[3:6], "supportive")
    assert from_json(to_json(found)) == found
    html = page.render(found)
    assert 'id="letter"' in html
    ids = set(re.findall(r'id="([^"]+)"', html))
    block = "".join(re.findall(r'<div class="coaching">.*?</div>', html, re.DOTALL))
    links = re.findall(r'href="#([^"]+)"', block)
    assert len(links) == sum(remark.quote is not None for remark in remarks(found)) > 0
    assert set(links) <= ids
