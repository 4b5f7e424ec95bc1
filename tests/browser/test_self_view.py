"""Candidates look at themselves in the sensor check: only when they ask, and not after it."""

from __future__ import annotations

import pytest
from msgspec.structs import asdict
from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import OpenPage
from browser.fake_booth import FakeBooth
from browser.material import idle_state, self_view
from browser.pages import until
from browser.test_kiosk_use import keys
from browser.test_layout import IS_DRAWN, scenes, settle
from greenroom.server import protocol as p

pytestmark = pytest.mark.alone

SHOW, HIDE = "Show me my picture", "Hide my picture"
CANVAS = "document.querySelector('.self-picture canvas')"
LOOK = f"{CANVAS}.toDataURL()"
BOXES = """() => [".check-sentence", ".checks", ".form-foot", ".check-title:not(.unseen)"].map((name) => {
  const box = document.querySelector(name).getBoundingClientRect();
  return [name, Math.round(box.top), Math.round(box.height)];
})"""


def checking(booth: FakeBooth, open_page: OpenPage, width: int = 1920, height: int = 1080) -> Page:
    page = open_page(f"{booth.url}/kiosk/", width, height, motion="reduce")
    booth.show(**{**asdict(idle_state()), "session": "s", **scenes(booth)["sensor_check"]})
    settle(page, "sensor_check")
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_the_picture_is_off_until_it_is_asked_for_and_after_it_is_hidden(
    still_booth: FakeBooth, open_page: OpenPage
) -> None:
    still_booth.self_views = [self_view(40), self_view(200)]
    page = checking(still_booth, open_page)
    expect(page.get_by_role("img", name="Ada")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(0)
    assert still_booth.lookers == []
    before = page.evaluate(BOXES)
    press(page, SHOW)
    until(page, IS_DRAWN)
    expect(page.get_by_role("img", name="Your picture, as in a mirror.")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Good, stay like this")).to_be_visible()
    assert page.evaluate(BOXES) == before
    first = page.evaluate(LOOK)
    until(page, f"(first) => {LOOK} !== first", first)
    assert violations(page) == []
    press(page, HIDE)
    expect(page.get_by_role("img", name="Ada")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(0)
    still_booth.wait_for(lambda: still_booth.lookers == [])
    assert page.evaluate(BOXES) == before
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_the_view_goes_off_with_the_sensor_check(still_booth: FakeBooth, open_page: OpenPage) -> None:
    still_booth.self_views = [self_view(90)]
    page = checking(still_booth, open_page)
    press(page, SHOW)
    still_booth.wait_for(lambda: len(still_booth.lookers) == 1)
    still_booth.emit(p.PhaseChanged(t=2.0, phase="greeting", allowed=("continue", "end")))
    settle(page, "greeting")
    still_booth.wait_for(lambda: still_booth.lookers == [])
    expect(page.locator("canvas")).to_have_count(0)


def test_keys_show_and_hide_it_and_the_bar_keeps_its_numbers(still_booth: FakeBooth, open_page: OpenPage) -> None:
    still_booth.self_views = [self_view(90)]
    page = checking(still_booth, open_page)
    page.get_by_role("button", name=SHOW).focus()
    keys(page, "Enter")
    expect(page.get_by_role("button", name=HIDE)).to_be_focused()
    until(page, IS_DRAWN)
    keys(page, "Enter")
    expect(page.get_by_role("button", name=SHOW)).to_be_focused()
    keys(page, "2")
    still_booth.wait_for(lambda: len(still_booth.received(p.ContinueCommand)) == 1)


def test_a_picture_that_does_not_come_is_told_and_so_is_how_to_go_on(
    still_booth: FakeBooth, open_page: OpenPage
) -> None:
    page = checking(still_booth, open_page)
    press(page, SHOW)
    expect(page.get_by_text("Your picture is coming")).to_be_visible()
    expect(page.get_by_text("No picture comes. You can continue without it.")).to_be_visible()
    assert violations(page) == []
    still_booth.self_views = [self_view(90, "left")]
    expect(page.get_by_text("Move to the left")).to_be_visible()


def test_a_booth_that_closes_the_view_has_the_interviewer_back(still_booth: FakeBooth, open_page: OpenPage) -> None:
    still_booth.self_views = [self_view(90)]
    page = checking(still_booth, open_page)
    press(page, SHOW)
    until(page, IS_DRAWN)

    async def close() -> None:
        for socket in list(still_booth.lookers):
            await socket.close()

    still_booth.call(close())
    expect(page.get_by_role("img", name="Ada")).to_be_visible()
    expect(page.get_by_role("button", name=SHOW)).to_be_visible()


def test_a_booth_that_may_not_show_it_has_no_button(still_booth: FakeBooth, open_page: OpenPage) -> None:
    still_booth.has_self_view = False
    page = checking(still_booth, open_page)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page.get_by_role("button", name=SHOW)).to_have_count(0)
