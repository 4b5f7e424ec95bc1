"""The report tells which line of a document a question came from."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.records import DocumentUse, Plan, Question, QuestionSource
from greenroom.reports import page
from greenroom.reports.builder import build
from greenroom.reports.schema import Report
from reports.test_judged import TEXTS, turn
from storage.samples import record as sample

TEXT = TEXTS["q1-4a"]["answer"]
SOURCES = {
    "job-1": QuestionSource(document="job", line=12, quote="Experience with <b>SQL</b>"),
    "cv-1": QuestionSource(document="cv", line=3, quote="Trained four colleagues"),
    "own-1": QuestionSource(document="own"),
    "pack-1": None,
}


def report() -> Report:
    questions = tuple(Question(id=name, text=f"{name}?", kind="behavioural", competency="", source=source)
                      for name, source in SOURCES.items())
    turns = tuple(replace(turn(n, f"question:{name}", TEXT), question_id=name)
                  for n, name in enumerate(SOURCES, start=1))
    later = replace(turn(5, "follow_up:job-1:x", TEXT), question_id="job-1")
    return build(replace(sample(), plan=Plan(pack_id="p", seed=1, questions=questions), turns=(*turns, later)))


def test_every_made_question_names_its_line() -> None:
    job, cv, own, pack, follow_up = report().answers
    assert job.source is not None
    assert (job.source.document, job.source.line) == ("job", 12)
    assert cv.source is not None
    assert cv.source.quote == "Trained four colleagues"
    assert own.source is not None
    assert (own.source.document, own.source.line) == ("own", 0)
    assert pack.source is follow_up.source is None


def test_only_questions_of_a_pack_have_a_level() -> None:
    assert [answer.level is not None for answer in report().answers] == [False, False, False, True, False]


def test_the_page_shows_the_line_as_text() -> None:
    text = page.render(report())
    assert 'From line 12 of the job description: <q class="source">Experience with &lt;b&gt;SQL&lt;/b&gt;</q>' in text
    assert "From line 3 of your CV:" in text
    assert "Typed for this interview." in text


def test_a_document_that_was_not_used_up_is_said_once() -> None:
    record = sample()
    use = DocumentUse(kind="cv", offered=9, asked=0, has_more=True)
    told = build(replace(record, plan=replace(record.plan, documents=(use,))))
    assert "no line of your CV" in told.documents
    assert page.render(told).count(told.documents) == 1
    assert build(record).documents == ""
