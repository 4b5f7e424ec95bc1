"""Keypad, displays settings and densities of the kiosk."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import OpenPage
from browser.fake_booth import FakeBooth
from browser.material import ANSWER, off_network, report_view
from browser.test_kiosk_faults import QUESTION, answering
from greenroom.server import protocol as p

TITLE_AM = """parseFloat(getComputedStyle(document.querySelector("[role=alertdialog] h2")).fontSize)
  / parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--am"))"""
BUTTON_MM = """document.querySelector("[role=alertdialog] button").getBoundingClientRect().height
  / parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"))"""
RUNNING_ANIMATIONS = "document.getAnimations().filter((a) => a.playState === 'running').length"


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def test_a_keypad_reaches_and_presses_everything(booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{booth.url}/kiosk/")
    keys(page, "Enter")
    page.wait_for_selector('[data-phase="consent"]')
    expect(page.get_by_role("heading", name="Before we begin")).to_be_focused()
    keys(page, "ArrowDown", "ArrowDown", "Enter")
    expect(page.get_by_role("switch", name="Keep my report")).to_have_attribute("aria-checked", "true")
    keys(page, "ArrowUp", "ArrowUp")
    expect(page.get_by_role("button", name="Continue")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    keys(page, "Enter")
    page.wait_for_selector('[data-phase="set_up"]')
    given = booth.received(p.ConsentCommand)[0]
    assert isinstance(given, p.ConsentCommand)
    assert (given.record, given.keep, given.share_with_staff, given.fleet_summary) == (False, True, False, False)
    expect(page.get_by_role("button", name="Start with these")).to_be_focused()
    keys(page, "Enter")
    page.wait_for_selector('[data-phase="sensor_check"]')
    keys(page, "2")
    page.wait_for_selector('[data-phase="greeting"]')


def test_escape_twice_ends_and_once_does_not(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    expect(page.locator("h1.question")).to_be_visible()
    keys(page, "Escape")
    page.wait_for_timeout(200)
    assert still_booth.received(p.EndCommand) == []
    keys(page, "Escape")
    still_booth.wait_for(lambda: len(still_booth.received(p.EndCommand)) == 1)


def test_end_asks_once_before_it_ends(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    page.get_by_role("button", name="End", exact=True).click()
    assert still_booth.received(p.EndCommand) == []
    page.get_by_role("button", name="End now").click()
    still_booth.wait_for(lambda: len(still_booth.received(p.EndCommand)) == 1)


def test_quiet_shows_no_words_and_no_meters_and_a_tap_adds_them(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    still_booth.emit(
        p.Caption(t=1.0, speaker="you", turn=2, revision=1, keep=0, text=ANSWER, settled=200, is_final=False)
    )
    expect(page.locator("h1.question")).to_be_visible()
    expect(page.locator(".captions")).to_have_count(0)
    expect(page.get_by_role("meter")).to_have_count(0)
    page.get_by_role("button", name="Show captions").click()
    expect(page.locator(".captions")).to_contain_text("first weekend")
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_role("meter")).to_have_count(5)
    expect(page.locator(".booth-footer")).to_contain_text("pocketsphinx")
    page.get_by_role("button", name="Show less").click()
    expect(page.get_by_role("meter")).to_have_count(0)


def test_settled_words_stand_and_only_the_tail_changes(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/?density=captions")
    answering(still_booth)
    said = p.Caption(t=1.0, speaker="you", turn=2, revision=1, keep=0, text="I build a", settled=2, is_final=False)
    still_booth.emit(said)
    expect(page.locator(".caption-tail")).to_have_text("build a")
    still_booth.emit(
        p.Caption(t=1.0, speaker="you", turn=2, revision=2, keep=2, text="built a shop", settled=8, is_final=False)
    )
    expect(page.locator(".caption-words")).to_have_text("I built a shop")
    expect(page.locator(".caption-tail")).to_have_text("a shop")


def test_the_question_appears_clause_by_clause_with_the_voice(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    clause = "Describe a conflict in a team you were part of."
    still_booth.show(
        phase="asking", state="asking", session="s", question=QUESTION, turn=2, caption_booth=clause, allowed=("end",)
    )
    expect(page.locator(".spoken")).to_have_text(clause)
    assert page.evaluate("getComputedStyle(document.querySelector('.unspoken')).opacity") == "0"


def test_the_display_panel_changes_size_colours_and_movement(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    before = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    page.get_by_role("button", name="Display settings").click()
    assert violations(page) == []
    for name in ("Largest", "Light"):
        page.locator("label", has=page.get_by_role("radio", name=name)).click()
    page.get_by_role("switch", name="Less movement").click()
    after = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert after / before > 1.25
    assert violations(page) == []
    page.get_by_role("button", name="Close").click()
    assert violations(page) == []
    assert page.evaluate(RUNNING_ANIMATIONS) == 0


def test_a_system_that_asks_for_less_motion_gets_none(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/", motion="reduce")
    answering(still_booth)
    expect(page.locator("h1.question")).to_be_visible()
    assert page.evaluate(RUNNING_ANIMATIONS) == 0


def test_a_booth_off_the_network_says_who_hands_the_report_over(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    still_booth.show(phase="report", session="s-1", report=off_network(report_view("s-1")), allowed=("continue", "end"))
    expect(page.get_by_text("This booth is not on the network")).to_be_visible()
    expect(page.get_by_text("greenroom report s-1 --html FILE")).to_be_visible()
    expect(page.locator(".qr")).to_have_count(0)
    expect(page.locator(".take-address")).to_have_count(0)
    assert violations(page) == []


STAY = ("done", "stay", "end")
ASKS = "Are you still there? Touch the screen or press any key to stay."


def stays(booth: FakeBooth) -> int:
    return len(booth.received(p.StayCommand))


def ask(booth: FakeBooth) -> None:
    booth.emit(p.Notice(t=booth.now_t(), code="still-there", text=ASKS, severity="warn"))


def test_any_touch_or_key_tells_the_booth_that_somebody_is_here(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    expect(page.locator("h1.question")).to_be_visible()
    page.mouse.click(5, 500)
    still_booth.show(allowed=STAY)
    expect(page.get_by_role("button", name="Skip", exact=True)).to_be_disabled()
    assert stays(still_booth) == 0
    page.mouse.click(5, 500)
    still_booth.wait_for(lambda: stays(still_booth) == 1)
    page.get_by_role("button", name="Done", exact=True).click()
    still_booth.wait_for(lambda: len(still_booth.received(p.DoneCommand)) == 1)
    assert stays(still_booth) == 1
    page.wait_for_timeout(5000)
    keys(page, "Tab")
    still_booth.wait_for(lambda: stays(still_booth) == 2)


def test_the_booth_asks_before_it_leaves_a_screen(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/", motion="reduce")
    answering(still_booth)
    still_booth.show(allowed=STAY)
    done = page.get_by_role("button", name="Done", exact=True)
    done.focus()
    page.mouse.click(5, 500)
    done.focus()
    still_booth.wait_for(lambda: stays(still_booth) == 1)
    ask(still_booth)
    dialog = page.get_by_role("alertdialog", name=ASKS)
    expect(dialog).to_be_visible()
    expect(page.get_by_role("button", name="Yes, more time")).to_be_focused()
    assert violations(page) == []
    assert page.evaluate(TITLE_AM) >= 42
    assert page.evaluate(BUTTON_MM) >= 20
    keys(page, "x")
    still_booth.wait_for(lambda: stays(still_booth) == 2)
    still_booth.emit(p.Notice(t=1.0, code="", text="", severity="info"))
    expect(dialog).to_have_count(0)
    expect(done).to_be_focused()


def test_a_key_that_answers_the_booth_presses_nothing_beneath(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    still_booth.show(allowed=STAY)
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    still_booth.wait_for(lambda: stays(still_booth) == 1)
    ask(still_booth)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    keys(page, "2", "1", "Escape")
    still_booth.wait_for(lambda: stays(still_booth) >= 2)
    page.mouse.click(5, 500)
    page.wait_for_timeout(600)
    assert still_booth.received(p.EndCommand) == still_booth.received(p.DoneCommand) == []
    expect(page.get_by_role("dialog", name="End the interview?")).to_be_visible()
