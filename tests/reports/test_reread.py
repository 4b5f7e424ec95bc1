"""What a report says of a model that read its answers: pending, read with both bands, or failed."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.interview import rereading
from greenroom.interview.rereading import Read
from greenroom.records import ModelReading, ReadBy, Retold, SessionRecord
from greenroom.reports import builder, page, schema
from greenroom.reports.reread import ReportReading
from greenroom.requests import ReadAnswer
from interview.readings import BY, NOW, closed, read_by
from workers.reading_models import OWN


def read(*, is_believed: bool = True, words: str = "", by: ReadBy = BY) -> SessionRecord:
    before = closed()
    found = {}
    for turn, answer in rereading.to_read(before).items():
        event = read_by(ReadAnswer(session=before.id, turn=turn, answer=answer), is_believed=is_believed)
        found[turn] = Read(event.score, event.is_believed, by)
    return rereading.finished(before, found, Retold(turn=2, text=words) if words else None, NOW)


def told(record: SessionRecord) -> ReportReading:
    reading = builder.build(record).reading
    assert reading is not None
    return reading


def test_a_report_says_nothing_of_a_model_where_there_was_none() -> None:
    report = builder.build(closed(is_awaited=False))
    assert report.reading is None
    assert "language model" not in page.render(report)


def test_while_the_answers_are_read_the_page_says_so() -> None:
    report = builder.build(closed())
    assert report.reading is not None
    assert report.reading.state == "pending"
    assert "A language model still reads the answers" in page.render(report)


def test_both_bands_of_every_answer_that_moved_are_shown_with_the_model_and_its_weights() -> None:
    record = read()
    reading = told(record)
    assert (reading.state, reading.answers, reading.believed, reading.readings) == ("read", 2, 2, 3)
    assert (1, None, 2, 3) in [(one.answer, one.criterion, one.before, one.after) for one in reading.moved]
    assert (1, "reasoning", 2, 4) in [(one.answer, one.criterion, one.before, one.after) for one in reading.moved]
    assert reading.text == (
        "Scored by rules at the end of the interview; read by llama.cpp 0.3 (sha256 abababababab) afterwards: 2 of 2 "
        f"answers believed; {len(reading.moved)} bands moved.")
    html = page.render(builder.build(record))
    assert "Bands that moved" in html
    assert "ab" * 32 in html
    assert "the whole answer" in html


def test_a_model_that_did_not_pass_its_check_is_said_to_have_moved_nothing() -> None:
    reading = told(read(is_believed=False))
    assert (reading.moved, reading.believed) == ((), 0)
    assert "it did not pass its check, and nothing of what it said counts; no band moved." in reading.text


def test_a_model_whose_weights_nobody_knows_is_said_to_be_so() -> None:
    assert "remote (its weights are not known)" in told(read(by=ReadBy(name="remote", readings=3))).text
    assert "sha256 of its weights: not known" in page.render(builder.build(read(by=ReadBy(name="remote", readings=3))))


def test_a_reading_that_failed_says_why() -> None:
    record = replace(closed(), reading=ModelReading(state="failed", why="the language model's process ended", at=NOW))
    assert told(record).text == ("Scored by rules at the end of the interview. No model has read the answers: the "
                                 "language model's process ended.")
    assert "process ended" in page.render(builder.build(record))


def test_the_candidate_s_own_words_stand_with_their_answer_and_say_who_put_them_in_order() -> None:
    record = read(words=OWN)
    words = told(record).own_words
    assert words is not None
    assert (words.answer, words.text, words.written_by) == (2, OWN, "llama.cpp 0.3")
    html = page.render(builder.build(record))
    assert html.count("Your own words, in order") == 1
    assert html.index("answer-2") < html.index("Your own words, in order") < html.index('id="answer-3"')
    assert "Your own words" not in page.render(builder.build(read()))


def test_what_is_read_is_part_of_the_published_report() -> None:
    report = builder.build(read(words=OWN))
    assert schema.from_json(schema.to_json(report)) == report
    assert "ReportReading" in str(schema.json_schema())


def test_what_a_model_wrote_is_escaped() -> None:
    assert "<b>" not in page.render(builder.build(read(words="<b>I wrote</b>")))
