"""Cues on the candidate's phone: off until asked for, shown for a moment, read out politely, in nobody's way."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict
from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import OpenPage
from browser.fake_booth import FakeBooth
from browser.material import idle_state
from browser.pages import until
from browser.test_layout import scenes, settle
from greenroom.server import protocol as p

CUE = p.Cue(t=61.5, turn=2, name="slow_down", text="Slow down", show_s=1.0)
BUZZ = "window.buzzes = []; Object.defineProperty(navigator, 'vibrate', {value: (ms) => window.buzzes.push(ms)})"


def show(booth: FakeBooth, page: Page, scene: str, **changes: Any) -> None:
    wanted = {**scenes(booth)[scene], **changes}
    booth.show(**{**asdict(idle_state()), "session": "s", **wanted})
    settle(page, str(wanted["phase"]))


def test_a_candidate_asks_for_cues_and_they_come_and_go(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/phone/", 390, 844)
    show(still_booth, page, "paused", allowed=("resume", "show_cues", "end"))
    switch = page.get_by_role("switch", name="Short cues while I answer")
    expect(switch).not_to_be_checked()
    switch.click()
    until(page, "true")
    wished = [one for one in still_booth.commands if isinstance(one, p.ShowCuesCommand)]
    assert [one.is_on for one in wished] == [True]
    still_booth.emit(p.CuesSwitched(t=60.0, is_on=True))
    expect(switch).to_be_checked()
    assert violations(page) == []
    show(still_booth, page, "listening", cues=True)
    line = page.locator(".cue")
    expect(line).to_have_attribute("aria-live", "polite")
    expect(line).to_have_text("")
    height = page.evaluate("document.documentElement.scrollHeight")
    still_booth.emit(CUE)
    expect(line).to_have_text("Slow down")
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert violations(page) == []
    expect(line).to_have_text("")


def test_a_phone_vibrates_only_where_that_was_switched_on(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/phone/", 390, 844)
    page.evaluate(BUZZ)
    show(still_booth, page, "paused", cues=True, allowed=("resume", "show_cues"))
    still_booth.emit(CUE)
    expect(page.locator(".cue")).to_have_text("Slow down")
    assert page.evaluate("window.buzzes") == []
    page.get_by_role("switch", name="Vibrate with each cue").click()
    still_booth.emit(p.Cue(t=90.0, turn=2, name="result", text="The result?", show_s=1.0))
    expect(page.locator(".cue")).to_have_text("The result?")
    assert page.evaluate("window.buzzes") == [60]


def test_a_cue_ends_with_its_answer(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/phone/", 360, 640)
    show(still_booth, page, "listening", cues=True)
    still_booth.emit(p.Cue(t=61.5, turn=2, name="wrap_up", text="Wrap up", show_s=60.0))
    expect(page.locator(".cue")).to_have_text("Wrap up")
    still_booth.emit(p.TurnTaken(t=63.0, turn=2, ended_by="done", gap_s=None))
    expect(page.locator(".cue")).to_have_text("")


def test_a_page_that_may_only_look_is_not_asked_about_cues(still_booth: FakeBooth, open_page: OpenPage) -> None:
    still_booth.phone_role = "viewer"
    page = open_page(f"{still_booth.url}/phone/", 390, 844)
    show(still_booth, page, "paused", allowed=("resume", "show_cues"))
    expect(page.get_by_role("switch")).to_have_count(0)
