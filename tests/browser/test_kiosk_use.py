"""Keypad, displays settings and densities of the kiosk."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import OpenPage
from browser.fake_booth import FakeBooth
from browser.material import ANSWER
from browser.test_kiosk_faults import QUESTION, answering
from greenroom.server import protocol as p

RUNNING_ANIMATIONS = "document.getAnimations().filter((a) => a.playState === 'running').length"


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def test_a_keypad_reaches_and_presses_everything(booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{booth.url}/kiosk/")
    keys(page, "Enter")
    page.wait_for_selector('[data-phase="consent"]')
    expect(page.get_by_role("heading", name="Before we begin")).to_be_focused()
    keys(page, "ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    expect(page.get_by_role("switch", name="Keep my report")).to_have_attribute("aria-checked", "true")
    keys(page, "ArrowUp", "ArrowUp", "ArrowUp")
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
