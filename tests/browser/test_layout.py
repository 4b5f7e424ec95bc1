"""Sizes on the panels that booths have, and on phones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict
from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import OpenPage
from browser.fake_booth import FakeBooth
from browser.material import (
    ANSWER,
    CHECK_SENTENCE,
    QUESTIONS,
    checks,
    gauges_at,
    idle_state,
    off_network,
    report_view,
    self_view,
)
from browser.pages import until
from greenroom.interview.questions import load_packs
from greenroom.server import protocol as p

LONG = (
    "Tell me about a decision you made without all the information you wanted, and how you told the others what you "
    "decided and why it had to be"
)
GREETING = "Hello, I am Ada. Take all the time you need, and stop whenever you like."
TITLES = tuple(pack.title for pack in load_packs().values())
WITH_PICTURE = "sensor check with the candidate's own picture"
LEFT_OVER = (
    "With 2 questions there was room for one line of the job description and no line of your CV. "
    "Choose more questions, or more time, to use more."
)
ALL = ("done", "repeat", "skip", "pause", "end")
TEXT_FLOOR_AM = 42.0
TARGET_FLOOR_MM = 20.0
FLOORS = [TEXT_FLOOR_AM, TARGET_FLOOR_MM]
AT_REST_LOOKS = 8
MEASURE = Path(__file__).with_name("measure.js").read_text()


@dataclass(frozen=True)
class Panel:
    inches: str
    mm: tuple[float, float]
    px: tuple[int, int]

    def __str__(self) -> str:
        return self.inches


PANELS = (
    Panel("15.6", (344, 194), (1920, 1080)),
    Panel("21.5", (476, 268), (1920, 1080)),
    Panel("24", (531, 299), (1920, 1080)),
    Panel("27", (597, 336), (2560, 1440)),
    Panel("32", (708, 398), (1920, 1080)),
)


def scenes(booth: FakeBooth) -> dict[str, dict[str, Any]]:
    question = p.QuestionView(turn=2, number=2, of=4, text=LONG, is_follow_up=True, suggested_s=90)
    sentence = p.QuestionView(turn=0, number=0, of=0, text=CHECK_SENTENCE, is_follow_up=False, suggested_s=10)
    answer = {"question": question, "turn": 2, "caption_you": ANSWER, "caption_booth": question.text}
    roles = tuple(p.RoleTile(role=f"r{k}", title=title, questions=8) for k, title in enumerate(TITLES))
    proceed = ("continue", "end")
    check = {"phase": "sensor_check", "allowed": proceed, "question": sentence, "checks": checks("good")}
    greeting = {"phase": "greeting", "state": "speaking", "allowed": proceed, "caption_booth": GREETING}
    since_t = booth.now_t() - 200
    return {
        "attract": {},
        "consent": {"phase": "consent", "allowed": ("give_consent", "end")},
        "set_up": {"phase": "set_up", "allowed": ("choose_set_up", "end"), "roles": roles},
        "sensor_check": check,
        WITH_PICTURE: check,
        "greeting": greeting,
        "greeting with a document that is not used up": {**greeting, "documents_note": LEFT_OVER},
        "listening": {"phase": "listening", "state": "silence", "answering_since_t": since_t, "allowed": ALL, **answer},
        "paused": {"phase": "paused", "state": "paused", "allowed": ("resume", "end"), **answer},
        "report": {"phase": "report", "allowed": proceed, "report": report_view("s")},
        "report by hand": {"phase": "report", "allowed": proceed, "report": off_network(report_view("0123456789ab"))},
    }


IS_DRAWN = "!['waiting', 'missing', undefined].includes(document.querySelector('.check-advice')?.dataset.look)"
"""The advice comes with a picture, after it was drawn."""
PLACES = """() => {
  const place = (e) => e.getBoundingClientRect();
  const one = place(document.querySelector(".self-picture")), oval = place(document.querySelector(".self-oval"));
  const meets = (box) => box.left < one.right && one.left < box.right && box.top < one.bottom && one.top < box.bottom;
  const others = [...document.querySelectorAll(".check-self .button, .tool, .check-advice")];
  return {
    covered: others.filter((e) => meets(place(e))).length,
    holds_oval: oval.left > one.left && oval.right < one.right && oval.top > one.top && oval.bottom < one.bottom
      && oval.height > oval.width,
  };
}"""
FRAMES = """() => document.fonts.ready.then(() => new Promise((done) => {
  const wait = (count) => (count === 0 ? done() : requestAnimationFrame(() => wait(count - 1)));
  wait(6);
}))"""


def settle(page: Page, phase: str) -> None:
    """The phase is there, and text has been fitted to its box, which takes a few frames."""
    page.wait_for_selector(f'[data-phase="{phase}"]')
    page.evaluate(FRAMES)


def measured(page: Page) -> dict[str, Any]:
    """What is wrong with the screen once it has come to rest: a busy machine fits text to its box some frames later."""
    found: dict[str, Any] = page.evaluate(MEASURE, FLOORS)
    for _ in range(AT_REST_LOOKS):
        if not any(found.values()):
            break
        page.wait_for_timeout(50)
        found = page.evaluate(MEASURE, FLOORS)
    return found


STANDS = [(panel, "landscape") for panel in PANELS] + [(panel, "portrait") for panel in PANELS if panel.inches != "24"]


@pytest.mark.parametrize(("panel", "orientation"), STANDS, ids=str)
def test_every_text_and_target_is_large_enough_and_nothing_is_cut(
    still_booth: FakeBooth, open_page: OpenPage, panel: Panel, orientation: str
) -> None:
    still_booth.panel_mm = panel.mm
    width, height = panel.px if orientation == "landscape" else panel.px[::-1]
    page = open_page(f"{still_booth.url}/kiosk/?density=full", width, height, motion="reduce")
    problems: list[str] = []

    def look(name: str, changes: dict[str, Any]) -> None:
        phase = str(changes.get("phase", "attract"))
        still_booth.show(**{**asdict(idle_state()), "session": "s", **changes})
        settle(page, phase)
        if name == WITH_PICTURE:
            page.get_by_role("button", name="Show me my picture").click()
            until(page, IS_DRAWN)
            settle(page, phase)
            if page.evaluate(PLACES) != {"covered": 0, "holds_oval": True}:
                problems.append(f"{name}: {page.evaluate(PLACES)}")
        found = measured(page)
        problems.extend(f"{name}: {kind} {what}" for kind in ("small", "thin", "outside") for what in found[kind])
        # The smallest panel scrolls its forms rather than shrink their text below what is readable.
        if found["overflow_px"] > 0 and (panel.inches != "15.6" or name.startswith("listening")):
            problems.append(f"{name}: {found['overflow_px']} px too high")

    still_booth.emit(gauges=gauges_at(9))
    still_booth.self_views = [self_view(90, "several", (180, 320))]
    for name, changes in scenes(still_booth).items():
        look(name, changes)
    look("listening in full", scenes(still_booth)["listening"])
    page.get_by_role("button", name="Show less").click()
    look("listening in quiet", scenes(still_booth)["listening"])
    page.get_by_role("button", name="Show captions").click()
    look("listening with captions", scenes(still_booth)["listening"])
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (390, 844), (820, 1180)])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_phone_never_scrolls_sideways_and_is_accessible(
    still_booth: FakeBooth, open_page: OpenPage, width: int, height: int, scheme: str
) -> None:
    page = open_page(f"{still_booth.url}/phone/", width, height, scheme=scheme, motion="reduce")
    for name in ("attract", "consent", "set_up", "listening", "paused", "report"):
        changes = scenes(still_booth)[name]
        still_booth.show(**{**asdict(idle_state()), "session": "s", **changes})
        still_booth.emit(gauges=gauges_at(9))
        settle(page, str(changes.get("phase", "attract")))
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        if width == 390:
            assert violations(page) == [], name


def test_the_sentence_of_the_sensor_check_is_no_question_on_the_phone(
    still_booth: FakeBooth, open_page: OpenPage
) -> None:
    page = open_page(f"{still_booth.url}/phone/", 390, 844)
    check = scenes(still_booth)["sensor_check"]["question"]
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["greeting"], "session": "s", "question": check})
    settle(page, "greeting")
    expect(page.get_by_text(CHECK_SENTENCE)).to_have_count(0)


def test_the_phone_holds_at_twice_the_text_size(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/phone/", 390, 844)
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["listening"]})
    settle(page, "listening")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_short_answer_on_a_small_phone_needs_no_scrolling(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/phone/", 360, 640)
    question = p.QuestionView(turn=1, number=1, of=4, text=QUESTIONS[1], is_follow_up=False, suggested_s=90)
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["listening"], "question": question})
    still_booth.emit(gauges=gauges_at(9))
    settle(page, "listening")
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    expect(page.get_by_role("button", name="Skip")).to_be_in_viewport()


@pytest.mark.parametrize(("width", "text"), [(360, "100%"), (390, "100%"), (820, "100%"), (390, "200%")])
@pytest.mark.parametrize("allowed", [ALL, (*ALL, "retry")], ids=["three more", "four more"])
def test_no_row_of_the_phones_buttons_has_gaps(
    still_booth: FakeBooth, open_page: OpenPage, width: int, text: str, allowed: tuple[str, ...]
) -> None:
    page = open_page(f"{still_booth.url}/phone/", width, 800)
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["listening"], "allowed": allowed})
    settle(page, "listening")
    page.evaluate("(size) => { document.documentElement.style.fontSize = size }", text)
    boxes: list[tuple[int, int, int]] = page.locator(".buttons .button").evaluate_all(
        "(all) => all.map((e) => e.getBoundingClientRect()).map((b) => [b.top, b.left, b.width].map(Math.round))")
    assert len(boxes) == len(allowed) - 1
    rows = [[box for box in boxes if box[0] == top] for top in sorted({box[0] for box in boxes})]
    assert len(rows[0]) == 1, "the first stands alone"
    assert len({len(row) for row in rows[1:]}) == 1
    assert max(box[2] for box in boxes[1:]) - min(box[2] for box in boxes[1:]) <= 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_phone_scrolled_back_stays_until_asked(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/phone/", 360, 640)
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["listening"]})
    settle(page, "listening")
    box = page.locator(".transcript-box")
    assert box.evaluate("(e) => e.scrollTop") > 0
    box.evaluate("(e) => { e.scrollTop = 0; }")
    jump = page.get_by_role("button", name="Jump to now")
    expect(jump).to_be_visible()
    said = ANSWER + " And they came back."
    still_booth.emit(p.Caption(t=1.0, speaker="you", turn=2, revision=1, keep=0, text=said, settled=9, is_final=False))
    expect(box).to_contain_text("came back")
    assert box.evaluate("(e) => e.scrollTop") == 0
    jump.click()
    expect(jump).to_be_hidden()


def test_a_phone_that_may_only_look_has_no_buttons_and_says_why(still_booth: FakeBooth, open_page: OpenPage) -> None:
    still_booth.phone_role = "viewer"
    page = open_page(f"{still_booth.url}/phone/", 390, 844)
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["listening"]})
    settle(page, "listening")
    expect(page.get_by_role("button", name="Done")).to_have_count(0)
    expect(page.get_by_text("The interview is steered at the booth itself.")).to_be_visible()
    assert violations(page) == []
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["report"]})
    settle(page, "report")
    expect(page.get_by_text("The report is on the booth\u2019s screen.")).to_be_visible()
    expect(page.get_by_role("link")).to_have_count(0)
    assert violations(page) == []


def test_a_phone_of_a_booth_off_the_network_has_no_link_to_nowhere(
    still_booth: FakeBooth, open_page: OpenPage
) -> None:
    page = open_page(f"{still_booth.url}/phone/", 390, 844)
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["report by hand"]})
    settle(page, "report")
    expect(page.get_by_text("Try next time")).to_be_visible()
    expect(page.get_by_role("link")).to_have_count(0)


def test_a_phone_is_not_told_to_touch_itself(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/phone/", 390, 844)
    notice = p.Notice(t=1.0, code="still-there", text="Touch the screen", severity="warn")
    still_booth.show(**{**asdict(idle_state()), **scenes(still_booth)["paused"], "notice": notice})
    expect(page.get_by_text("A touch on its screen is enough.")).to_be_visible()
    expect(page.get_by_text("Touch the screen")).to_have_count(0)
