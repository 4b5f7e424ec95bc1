"""Which interview, chosen on the kiosk: its length by questions or by minutes, and where documents are brought."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import asdict
from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import OpenPage
from browser.fake_booth import FakeBooth
from browser.material import idle_state
from greenroom.server import protocol as p

pytestmark = pytest.mark.browser
ROLES = (p.RoleTile(role="graduate", title="Graduate", questions=11),
         p.RoleTile(role="short", title="Short", questions=5))


def set_up(booth: FakeBooth, open_page: OpenPage, **changes: Any) -> Page:
    page = open_page(f"{booth.url}/kiosk/")
    booth.show(**{**asdict(idle_state()), "session": "s", "phase": "set_up", "allowed": ("choose_set_up", "end"),
                  "roles": ROLES, **changes})
    page.wait_for_selector('[data-phase="set_up"]')
    return page


def chosen(booth: FakeBooth) -> p.SetUpCommand:
    booth.wait_for(lambda: len(booth.received(p.SetUpCommand)) == 1)
    (command,) = booth.received(p.SetUpCommand)
    assert isinstance(command, p.SetUpCommand)
    return command


def test_one_touch_takes_what_the_booth_offers(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = set_up(still_booth, open_page, questions=5)
    expect(page.get_by_role("group", name="Length by").get_by_label("Questions")).to_be_checked()
    expect(page.get_by_role("group", name="Questions", exact=True).get_by_label("5", exact=True)).to_be_checked()
    expect(page.get_by_text("about 10 min")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Start with these").click()
    command = chosen(still_booth)
    assert (command.questions, command.minutes) == (5, None)


def test_more_questions_are_a_touch_away(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = set_up(still_booth, open_page)
    page.get_by_label("8", exact=True).check()
    page.get_by_role("button", name="Start with these").click()
    assert chosen(still_booth).questions == 8


def test_a_keypad_chooses_minutes(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = set_up(still_booth, open_page)
    page.get_by_role("group", name="Length by").get_by_label("Questions").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("group", name="Length by").get_by_label("Minutes")).to_be_checked()
    page.keyboard.press("ArrowDown")
    minutes = page.get_by_role("group", name="Minutes", exact=True)
    expect(minutes.get_by_label("10", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(minutes.get_by_label("15", exact=True)).to_be_checked()
    assert violations(page) == []
    page.get_by_role("button", name="Start with these").click()
    assert chosen(still_booth).minutes == 15


def test_a_role_with_fewer_questions_offers_no_more(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = set_up(still_booth, open_page)
    page.get_by_label("8", exact=True).check()
    page.get_by_label("Short", exact=True).check()
    group = page.get_by_role("group", name="Questions", exact=True)
    expect(group.get_by_role("radio")).to_have_count(3)
    expect(group.get_by_label("5", exact=True)).to_be_checked()
    page.get_by_role("button", name="Start with these").click()
    assert chosen(still_booth).questions == 5


def test_the_phone_is_named_only_where_it_may_bring_a_document(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = set_up(still_booth, open_page)
    said = "With a job description or CV, set up on your phone"
    expect(page.get_by_text(f"{said}: 192.168.100.123:8481/phone/")).to_be_visible()
    still_booth.phone_url = ""
    page = set_up(still_booth, open_page)
    expect(page.get_by_text(said)).to_have_count(0)
