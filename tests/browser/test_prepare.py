"""What a phone hands in before the interview: documents, own questions, minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import asdict
from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import OpenPage
from browser.fake_booth import FakeBooth
from browser.material import idle_state
from greenroom.server import protocol as p

pytestmark = pytest.mark.browser
JOB = "About the role\nExperience with PostgreSQL\nAbility to explain decisions to customers"
ROLES = (p.RoleTile(role="graduate", title="Graduate", questions=11),
         p.RoleTile(role="software", title="Software", questions=10))


def prepare(booth: FakeBooth, open_page: OpenPage, *, may_complain: bool = False) -> Page:
    page = open_page(f"{booth.url}/phone/", 390, 844, may_complain=may_complain)
    booth.show(**{**asdict(idle_state()), "session": "s", "phase": "set_up", "allowed": ("choose_set_up", "end"),
                  "roles": ROLES})
    page.wait_for_selector('[data-phase="set_up"]')
    return page


def chosen(booth: FakeBooth) -> p.SetUpCommand:
    booth.wait_for(lambda: len(booth.received(p.SetUpCommand)) == 1)
    (command,) = booth.received(p.SetUpCommand)
    assert isinstance(command, p.SetUpCommand)
    return command


def test_a_pasted_job_description_shows_the_lines_that_questions_come_from(
        still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = prepare(still_booth, open_page)
    page.get_by_label("Job description: paste the text").fill(JOB)
    page.get_by_role("button", name="Read: Job description").click()
    expect(page.locator(".prepare-found li")).to_have_count(2)
    expect(page.locator(".prepare-found")).to_contain_text("Line 2: Experience with PostgreSQL")
    assert violations(page) == []
    page.get_by_label("Questions of your own").fill("Why did you leave?\n\n  How do you learn?  ")
    page.get_by_text("15 min", exact=True).click()
    page.get_by_text("Software", exact=True).click()
    page.get_by_role("button", name="Start with these").click()
    command = chosen(still_booth)
    assert command.documents == ("job-1",)
    assert command.questions_own == ("Why did you leave?", "How do you learn?")
    assert (command.minutes, command.role) == (15, "software")


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(
        still_booth: FakeBooth, open_page: OpenPage, tmp_path: Path) -> None:
    page = prepare(still_booth, open_page, may_complain=True)  # a browser notes every refusal
    scan = tmp_path / "my-cv.txt"
    scan.write_text("---")
    page.get_by_label("Your CV: or choose a PDF or text file").set_input_files(str(scan))
    notice = page.locator(".notice-error")
    expect(notice).to_contain_text("my-cv.txt has no text in it")
    expect(notice).to_contain_text("paste its text")
    scan.write_text("Trained four new colleagues at the till")
    page.get_by_label("Your CV: or choose a PDF or text file").set_input_files(str(scan))
    expect(page.locator(".prepare-found li")).to_have_count(1)
    expect(notice).to_have_count(0)


def test_a_question_that_is_too_long_keeps_the_interview_from_starting(
        still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = prepare(still_booth, open_page)
    page.get_by_label("Questions of your own").fill("Why?\n" + "x" * 141)
    expect(page.get_by_text("Question 2 is longer than 140 characters: shorten it.")).to_be_visible()
    expect(page.get_by_role("button", name="Start with these")).to_be_disabled()


def test_a_phone_remembers_what_was_asked_until_it_is_told_to_forget(
        still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = prepare(still_booth, open_page)
    source = p.SourceView(document="job", line=12, quote="Experience")
    question = p.QuestionView(turn=1, number=1, of=4, text="Why?", is_follow_up=False, suggested_s=90,
                              id="software-why", source=source)
    still_booth.show(phase="listening", question=question)
    expect(page.get_by_text("From line 12 of the job description")).to_be_visible()
    still_booth.show(phase="set_up", question=None)
    page.reload()
    expect(page.get_by_text("This phone knows 1 question that you were asked")).to_be_visible()
    page.get_by_role("button", name="Start with these").click()
    assert chosen(still_booth).asked == ("software-why",)
    page.get_by_role("button", name="Forget them").click()
    page.reload()
    expect(page.get_by_text("This phone knows")).to_have_count(0)


def test_who_only_looks_prepares_nothing(still_booth: FakeBooth, open_page: OpenPage) -> None:
    still_booth.phone_role = "viewer"
    page = prepare(still_booth, open_page)
    expect(page.get_by_role("button", name="Start with these")).to_have_count(0)


def test_a_document_without_room_in_the_interview_is_said_on_kiosk_and_phone(
        still_booth: FakeBooth, open_page: OpenPage) -> None:
    said = "With 2 questions there was room for no line of your CV."
    kiosk, phone = open_page(f"{still_booth.url}/kiosk/"), open_page(f"{still_booth.url}/phone/", 390, 844)
    state = asdict(idle_state()) | {"session": "s", "documents_note": said, "allowed": ("continue", "end")}
    still_booth.show(**{**state, "phase": "sensor_check"})
    expect(phone.get_by_text(said)).to_be_visible()
    still_booth.show(**{**state, "phase": "greeting"})
    expect(phone.get_by_text(said)).to_be_visible()
    expect(kiosk.get_by_text(said)).to_be_visible()
    still_booth.show(**{**state, "phase": "goodbye"})
    expect(phone.get_by_text(said)).to_have_count(0)
    expect(kiosk.get_by_text(said)).to_have_count(0)
