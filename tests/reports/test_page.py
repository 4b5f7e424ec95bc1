from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from greenroom.events import SAMPLE_RATE_HZ, FaceObservation
from greenroom.hearing.heard import Answer
from greenroom.hearing.measures import answer_measures
from greenroom.interview import grading
from greenroom.records import STAGES, Question, SessionRecord
from greenroom.reports import page
from greenroom.reports.builder import build
from greenroom.reports.schema import Answer as ReportAnswer
from greenroom.reports.schema import Report, ReportSpan
from reports.samples import interview

HOSTILE = "<script>alert(1)</script>\"'&</style><img src=x onerror=y>"
AXE = Path(__file__).parents[2] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")


class Outline(HTMLParser):
    """Tags in order, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def html() -> str:
    return page.render(build(interview()))


def hostile(value: Any, key: str = "") -> Any:
    """The same record with hostile text in every free field."""
    fixed = {"style", "pacing", "kind", "intent", "ended_by", "capability", "state", "cue", "unit", "verdict",
             "speculation"}
    if isinstance(value, dict):
        return {k: hostile(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(v, key) for v in value]
    return HOSTILE if isinstance(value, str) and key not in fixed else value


def test_a_question_that_a_language_model_worded_says_so() -> None:
    told = interview()
    turns = tuple(msgspec.structs.replace(turn, worded_by="llama.cpp") if turn.cue.startswith("follow_up:") else turn
                  for turn in told.turns)
    assert page.render(build(msgspec.structs.replace(told, turns=turns))).count(", worded by llama.cpp.") == sum(
        bool(turn.worded_by) for turn in turns) > 0
    assert "worded by" not in page.render(build(told))


def test_hostile_text_stays_text() -> None:
    raw = hostile(msgspec.json.decode(msgspec.json.encode(interview())))
    html = page.render(build(msgspec.convert(raw, SessionRecord)))
    outline = Outline(html)
    names = {tag for tag, _ in outline.tags}
    assert not names & {"script", "img", "iframe", "object", "link", "form"}
    assert len(outline.all("style")) == 1
    assert not [attrs for _, attrs in outline.tags if any(name.startswith("on") or name == "style" for name in attrs)]
    assert html.count("&lt;script&gt;") > 20


def test_nothing_is_loaded_from_anywhere(html: str) -> None:
    outline = Outline(html)
    assert not re.search(r"(src|srcset|xlink:href)=|url\(|@import|https?://", html)
    assert all((link["href"] or "").startswith("#") for link in outline.all("a"))


def test_the_policy_lets_only_its_own_style_through(html: str) -> None:
    (policy,) = [m["content"] for m in Outline(html).all("meta") if m.get("http-equiv")]
    assert policy == page.content_policy()
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_every_link_leads_somewhere_and_ids_are_unique(html: str) -> None:
    outline = Outline(html)
    ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {(link["href"] or "")[1:] for link in outline.all("a")} <= set(ids)
    assert {i for svg in outline.all("svg") for i in (svg["aria-labelledby"] or "").split()} <= set(ids)


def measured_interview() -> SessionRecord:
    """The sample with an interview's own measures: pauses without a word, looks aside, nothing found, nothing said."""
    record = interview()
    turns = list(record.turns)
    for n, turn in enumerate(turns):
        first_t, last_t = (turn.words[0].start_t, turn.words[-1].end_t) if turn.words else (turn.ended_t, turn.ended_t)
        middle_t = (first_t + last_t) / 2
        is_still = n == 1
        spans = ((first_t - 0.2, last_t),) if is_still else ((first_t - 0.2, middle_t - 0.6), (middle_t + 0.6, last_t))
        answer = Answer(
            question_end_t=turn.question.end_t,
            words=tuple(w for w in turn.words if is_still or abs(w.start_t - middle_t) > 0.9),
            voice_spans=spans if turn.words else ((turn.ended_t - 0.4, turn.ended_t),),
            pcm_runs=((first_t - 0.5, b"\x10\x00" * round((last_t - first_t + 1.0) * SAMPLE_RATE_HZ)),),
            faces=tuple(
                FaceObservation(
                    t=first_t + k / 15,
                    t_known=0.0,
                    frame=k,
                    faces=1,
                    yaw_deg=0.1 * k,
                    pitch_deg=0.0,
                    roll_deg=0.0,
                    is_blinking=not is_still and k % 90 == 0,
                    is_eye_contact=is_still or abs(k / 15 - 4.0) > 0.8,
                )
                for k in range(round((last_t - first_t) * 15))
            ),
            ended_t=turn.ended_t,
        )
        turns[n] = msgspec.structs.replace(turn, words=answer.words, measures=answer_measures(answer))
    return msgspec.structs.replace(record, turns=tuple(turns))


@pytest.mark.parametrize("record", [interview(), measured_interview()], ids=["sample", "measured"])
def test_every_number_has_a_link_that_leads_somewhere(record: SessionRecord) -> None:
    report = build(record)
    html = page.render(report)
    ids = {attrs["id"] for _, attrs in Outline(html).tags if "id" in attrs}
    sections = html.split('<section class="card" id="answer-')[1:]
    boxes = re.findall(r'<div class="card"><dt>.*?</dd></div>', html, re.DOTALL)
    told = 0
    sections[-1], _, whole = sections[-1].partition('<div id="whole">')
    assert len(sections) == len(report.answers)
    assert len(boxes) == len(report.summary.facts)
    for values, parts in (
        ([fact.value for fact in report.summary.facts], boxes),
        ([fact.value for fact in report.whole], whole.split('<li><details><summary><span class="name">')[1:]),
        *(
            (
                [measure.value for measure in answer.measures],
                section.split('<li><details><summary><span class="name">')[1:],
            )
            for answer, section in zip(report.answers, sections, strict=True)
        ),
    ):
        for value, part in zip(values, parts, strict=True):
            links = [(link["href"] or "") for link in Outline(part.split("</details>")[0]).all("a")]
            assert {link[:1] for link in links} <= {"#"}
            assert {link[1:] for link in links} <= ids
            assert links or value is None
            told += value is not None
    assert told > 15


def test_a_span_without_a_word_leads_to_the_nearest_word_before_it_or_after_it() -> None:
    answer = build(interview()).answers[0]
    words = answer.words[:4]
    some = msgspec.structs.replace(answer, words=words)

    def leads(start_s: float, end_s: float, answer: ReportAnswer = some) -> str:
        return page.place(answer, ReportSpan(start_s=start_s, end_s=end_s))

    assert leads(words[1].start_s, words[3].end_s) == "w1-1"
    assert leads(words[1].end_s + 0.01, words[2].start_s - 0.01) == "w1-1"
    assert leads(words[3].end_s + 50, words[3].end_s + 60) == "w1-3"
    assert leads(words[0].start_s - 2, words[0].start_s - 1) == "w1-0"
    assert leads(0.0, 1.0, msgspec.structs.replace(answer, words=())) == "answer-1"


def test_every_number_opens_its_evidence(html: str) -> None:
    report = build(interview())
    for answer in report.answers:
        for measure in answer.measures:
            assert measure.formula in html
            assert measure.source in html
        for measure in answer.measures:
            for span in measure.evidence:
                assert f"{span.start_s:.1f}–{span.end_s:.1f} s" in html


def test_every_number_of_a_turn_leads_to_the_word_before_the_silence(html: str) -> None:
    report = build(interview())
    ids = {attrs["id"] for _, attrs in Outline(html).tags if "id" in attrs}
    sections = html.split('<section class="card" id="turn-')[1:]
    assert len(sections) == len(report.answers)
    for answer, section in zip(report.answers, sections, strict=True):
        for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", section.split("</section>")[0], re.DOTALL):
            for cell in re.findall('<td data-label="[^"]+"><span>(.*?)</span></td>', row, re.DOTALL):
                bare = re.sub("<a .*?</a>", "", cell, flags=re.DOTALL)
                assert bare in STAGES.values() or not re.search(r"\d", bare), row
            assert {(link["href"] or "")[1:] for link in Outline(row).all("a")} <= ids
        assert section.count("the turn was taken") == bool(answer.endings)
    first, last = sections[0], report.answers[0].endings[1]
    assert f"{last.model_p:.2f}" in first
    assert "you went on after" in first
    assert "a request for time" in first
    assert first.count("cannot tell") == 4
    assert page.SPECULATION["reused"] in first
    assert "threw away" not in first
    assert "threw away what it had prepared 1 time:" in sections[1]


def test_nothing_is_said_of_turns_of_which_nothing_is_known() -> None:
    record = interview()
    bare = tuple(msgspec.structs.replace(turn, stages=(), endings=()) for turn in record.turns)
    html = page.render(build(msgspec.structs.replace(record, turns=bare)))
    assert "When the interviewer spoke" not in html
    assert 'href="#turn' not in html


def test_all_words_are_there_in_order(html: str) -> None:
    said = re.findall(r'<a class="w[^>]*>([^<]*)</a>', html)
    assert said == [word.text for answer in build(interview()).answers for word in answer.words]


def test_headings_do_not_skip_a_level(html: str) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(html).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "wpm", "cannot tell"),
        (148.05, "wpm", "148 words a minute"),
        (0.684, "share", "68%"),
        (-24.2, "dbfs", "-24 dBFS"),
        (3.25, "s", "3.2 s"),
        (4.0, "deg", "4.0°"),
        (2.0, "count", "2"),
        (12.5, "/min", "12.5 a minute"),
        (3.0, "deg/s", "3.0°/s"),
        (6.0, "dB", "6.0 dB"),
        (7.0, "", "7.0"),
    ],
)
def test_amounts_are_shown_as_people_read_them(value: float | None, unit: str, shown: str) -> None:
    assert page.amount(value, unit) == shown


def test_a_pause_begins_a_new_line() -> None:
    answer = build(interview()).answers[0]
    late = [msgspec.structs.replace(w, start_s=w.start_s + 5, end_s=w.end_s + 5) for w in answer.words[3:]]
    lines = page.transcript_lines(msgspec.structs.replace(answer, words=(*answer.words[:3], *late)))
    assert [n for n, _ in lines[0]] == [0, 1, 2]
    assert sum(map(len, lines)) == len(answer.words)


def test_every_value_of_a_table_has_its_columns_name(html: str) -> None:
    for table in re.findall("<table.*?</table>", html, re.DOTALL):
        names = re.findall('<th scope="col">(.*?)</th>', table)
        for row in re.findall("<tr>.*?</tr>", table.partition("<tbody>")[2], re.DOTALL):
            labels = re.findall('<td data-label="([^"]+)">', row)
            assert labels == names[len(names) - len(labels):]
            assert row.count("<td") == len(labels)


def judged_report() -> Report:
    """The sample with its answers scored."""
    told = interview()
    asked = {turn.question_id: turn.question.text for turn in told.turns if turn.cue.startswith("question:")}
    plan = msgspec.structs.replace(told.plan, questions=tuple(
        Question(id=name, text=text, kind="behavioural", competency="c") for name, text in asked.items()))
    known = grading.graded({turn.turn: turn for turn in told.turns}, plan)
    return build(msgspec.structs.replace(told, plan=plan, turns=tuple(known[n] for n in sorted(known))))


def test_bands_come_before_evidence_and_lead_to_it() -> None:
    report = judged_report()
    html = page.render(report)
    bands = html[html.index('<div class="card bands">'):html.index('<dl class="facts">')]
    scored = [answer for answer in report.answers if answer.score is not None]
    assert [int(n) for n in re.findall(r'<li value="(\d+)">', bands)] == [answer.number for answer in scored]
    assert len(scored) > 1
    for answer in scored:
        assert answer.score is not None
        if not answer.score.refused:
            assert f'<a href="#judged-{answer.number}">Band <strong>{answer.score.band}</strong> of 5' in bands


@contextlib.contextmanager
def shown(html: str, folder: Path, width: int = 800, **options: Any) -> Iterator[Any]:
    """The page in a browser; anything on its console fails the test."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not (CHROMIUM.exists() and AXE.exists()):
        pytest.skip("needs Chromium and axe-core")
    (folder / "report.html").write_text(html, encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": width, "height": 900}, **options)
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        tab.goto((folder / "report.html").as_uri())
        yield tab
        browser.close()
    assert complaints == []


SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll(".scroll")]
  .map((e) => e.scrollWidth - e.clientWidth)"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800])
def test_the_page_shows_under_its_policy_and_is_accessible(tmp_path: Path, scheme: Any, width: int) -> None:
    with shown(page.render(judged_report()), tmp_path, width, color_scheme=scheme) as tab:
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate("axe.run({rules: {'target-size': {enabled: true}}})")["violations"]
        for details in tab.query_selector_all("details"):
            details.evaluate("e => { e.open = true }")
        found += tab.evaluate("axe.run({rules: {'target-size': {enabled: true}}})")["violations"]
        is_styled = tab.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius") != "0px"
        sideways = tab.evaluate(SIDEWAYS)
    assert [(v["id"], v["impact"], v["nodes"][0]["html"][:160]) for v in found] == []
    assert is_styled
    assert max(sideways) <= 0


@pytest.mark.browser
def test_evidence_is_folded_until_a_link_leads_to_it(html: str, tmp_path: Path) -> None:
    with shown(html, tmp_path, 390) as tab:
        assert tab.locator("details[open]").count() == 0
        for link in ("w1-3", "turn-2", "whole", "cannot", "how"):
            place = tab.locator(f"#{link}")
            assert not place.is_visible()
            tab.evaluate("(id) => { location.hash = id }", link)
            place.wait_for(state="visible")
            assert -1 <= place.evaluate("(e) => e.getBoundingClientRect().top") < 900


@pytest.mark.browser
def test_a_fold_is_shown_where_a_browser_does_not_open_it_by_itself(html: str, tmp_path: Path) -> None:
    with shown(html, tmp_path, 390) as tab:
        tab.evaluate("() => { location.hash = 'w1-3' }")
        tab.locator("#w1-3").wait_for(state="visible")
        tab.evaluate("() => document.querySelectorAll('details').forEach((e) => { e.open = false })")
        assert tab.locator("#w1-3").is_visible()
        assert not tab.locator("#w2-0").is_visible()


@pytest.mark.browser
def test_paper_has_everything_that_is_folded_on_the_screen(html: str, tmp_path: Path) -> None:
    with shown(html, tmp_path, 700) as tab:
        tab.emulate_media(media="print")
        hidden = """() => [...document.querySelectorAll("details > :not(summary)")]
          .filter((e) => e.getBoundingClientRect().height === 0 && e.textContent.trim()).length"""
        assert tab.evaluate(hidden) == 0
        assert tab.evaluate("getComputedStyle(document.querySelector('.stack td')).display") == "table-cell"


@pytest.mark.browser
def test_on_a_phone_rows_of_tables_are_blocks_with_named_values(html: str, tmp_path: Path) -> None:
    with shown(html, tmp_path, 360) as tab:
        tab.evaluate("() => { location.hash = 'how' }")
        cell = tab.locator("#how td").first
        cell.wait_for(state="visible")
        assert cell.evaluate("(e) => getComputedStyle(e, '::before').content") == '"Engine"'
        assert cell.evaluate("(e) => getComputedStyle(e).display") == "grid"
